//! Watching at a terminal: a screen that is drawn anew with each update, and keys.

mod display;
mod keys;
mod rows;

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::Receiver;

use anstyle::Style;
use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::event::{Event, Keyboard};
use super::{Action, Job, take};
use crate::cli::{Failure, Global, Outcome, editor, terminal};
use crate::diagnostics::{Count, Theme, sanitize};
use crate::project::LiveProject;
use crate::watch::WatchEvent;
use display::{Display, size};
use keys::{KEYS, Key, meaning};
use rows::rows;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAR: Style = Style::new().invert();

/// Whether somebody sits there who can see a screen and press keys.
pub(in crate::cli) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && !terminal::is_dumb()
}

/// A screen.
pub(super) struct Screen<'a, J> {
    global: &'a Global,
    job: J,
    display: Display,
    /// How many rows of the text are above the screen.
    scroll: usize,
    /// What is being typed after `/`.
    typed: Option<String>,
    shows_help: bool,
    /// What was last said, until something else happens.
    remark: String,
    /// Why the project is not as its files are.
    error: String,
}

impl<'a, J: Job> Screen<'a, J> {
    /// Shows what a job did with a project, and takes the terminal for it.
    pub(super) fn open(job: J, live: &LiveProject, global: &'a Global) -> Result<Self, Failure> {
        let (remark, error) = (String::new(), String::new());
        let display = Display::take()?;
        let mut screen = Self { global, job, display, scroll: 0, typed: None, shows_help: false, remark, error };
        screen.draw(live)?;
        Ok(screen)
    }

    /// Shows all that happens, until somebody has enough.
    pub(super) fn run(
        mut self,
        live: &mut LiveProject,
        happened: &Receiver<Event>,
        keyboard: &Keyboard,
    ) -> Result<Outcome, Failure> {
        for event in happened {
            match event {
                Event::WatchEvent(WatchEvent::Notice(notice)) => self.remark = notice,
                Event::WatchEvent(told) => {
                    if !self.update(live, &told)? {
                        continue;
                    }
                }
                Event::Terminal(event) => {
                    let end = self.terminal(&event, live)?;
                    // Only now may somebody else not read keys.
                    keyboard.go_on();
                    if let Some(outcome) = end {
                        return Ok(outcome);
                    }
                }
                Event::Ended(code) => return Ok(Outcome::Ended(code)),
                Event::NobodyReads => return Ok(Outcome::Fine),
            }
            self.draw(live)?;
        }
        Ok(Outcome::Fine)
    }

    /// Takes over what may be different. Gives whether anything is.
    fn update(&mut self, live: &mut LiveProject, told: &WatchEvent) -> Result<bool, Failure> {
        let done = match take(told, live, &self.job) {
            Ok(false) => return Ok(false),
            Ok(true) => self.job.update(live, told),
            Err(error) => Err(error.into()),
        };
        match done {
            Ok(_) => {
                self.remark.clear();
                self.error.clear();
            }
            // What was there is shown until the files are whole again.
            Err(Failure::Messages(messages)) => self.error = messages.join("; "),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    fn terminal(&mut self, event: &TerminalEvent, live: &mut LiveProject) -> Result<Option<Outcome>, Failure> {
        let TerminalEvent::Key(key) = *event else { return Ok(None) };
        if key.kind == KeyEventKind::Release {
            return Ok(None);
        }
        if self.typed.is_some() && !key.modifiers.contains(KeyModifiers::CONTROL) {
            self.type_filter(key);
            return Ok(None);
        }
        let (helped, key) = (std::mem::take(&mut self.shows_help), meaning(key));
        self.remark.clear();
        let Some(key) = key.filter(|key| !helped || matches!(key, Key::Quit | Key::Interrupt | Key::Suspend)) else {
            return Ok(None);
        };
        let page = size().1.saturating_sub(2).max(1);
        match key {
            Key::Quit => return Ok(Some(Outcome::Fine)),
            Key::Interrupt => return Ok(Some(Outcome::Interrupted)),
            Key::Scroll(by) => self.scroll = self.scroll.saturating_add_signed(by),
            Key::Page(by) => self.scroll = self.scroll.saturating_add_signed(by * page.cast_signed()),
            Key::Help => self.shows_help = true,
            Key::Suspend => self.display.lend(suspend)?,
            Key::Escape => {
                self.job.filter("");
                self.scroll = 0;
            }
            Key::Filter if self.job.knows(Action::Next) => self.typed = Some(String::new()),
            Key::Edit if self.job.knows(Action::Next) => match self.job.file(live) {
                Some(file) => {
                    if let Err(reason) = self.display.lend(|| editor::open(&file))? {
                        self.remark = reason;
                    }
                }
                None => "there is nothing to edit".clone_into(&mut self.remark),
            },
            Key::Act(action) if self.job.knows(action) => {
                self.remark = match self.job.act(action, live) {
                    Err(Failure::Messages(messages)) => messages.join("; "),
                    other => other?,
                };
                self.scroll = 0;
            }
            Key::Redraw | Key::Filter | Key::Edit | Key::Act(_) => {}
        }
        Ok(None)
    }

    /// Takes a key into the filter that is being typed.
    fn type_filter(&mut self, key: KeyEvent) {
        let Some(typed) = &mut self.typed else { return };
        match key.code {
            KeyCode::Char(letter) => typed.push(letter),
            KeyCode::Backspace => drop(typed.pop()),
            KeyCode::Esc => {
                self.typed = None;
                self.job.filter("");
                return;
            }
            KeyCode::Enter => {
                self.typed = None;
                return;
            }
            _ => return,
        }
        self.job.filter(typed);
        self.scroll = 0;
    }

    fn draw(&mut self, live: &LiveProject) -> Result<(), Failure> {
        let (width, height) = size();
        let room = height.saturating_sub(1);
        let theme = Theme { width, ..self.global.theme() };
        let mut shown = if self.shows_help { self.help(width) } else { self.top(live, theme, room)? };
        if !self.shows_help {
            let mut text = Vec::new();
            let mut besides = Vec::new();
            self.job.draw(theme, room + self.scroll, &mut text, &mut besides)?;
            besides.extend(text);
            let rows = rows(&String::from_utf8_lossy(&besides), width);
            // The last row stays on the screen.
            self.scroll = self.scroll.min(rows.len().saturating_sub(1));
            shown.extend(rows.into_iter().skip(self.scroll));
        }
        shown.resize(room, String::new());
        shown.push(self.bar(width));
        Ok(self.display.show(&shown)?)
    }

    /// What is above all else: what is wrong with the project's files, as far as there is room.
    fn top(&self, live: &LiveProject, theme: Theme, room: usize) -> Result<Vec<String>, Failure> {
        let mut text = Vec::new();
        if !self.error.is_empty() {
            writeln!(text, "{BOLD}error:{BOLD:#} {}\n", sanitize::text(&self.error))?;
        }
        let problems = live.project().problems();
        if !self.job.tells_problems() && !problems.is_empty() {
            self.global.output_options().tell(problems, theme, &mut text)?;
            writeln!(text)?;
        }
        let mut rows = rows(&String::from_utf8_lossy(&text), theme.width);
        if rows.len() > room / 2 {
            let left_out = rows.len() - room / 2;
            rows.truncate(room / 2);
            rows.push(format!("{DIM}{}{DIM:#}", more(left_out)));
            rows.push(String::new());
        }
        Ok(rows)
    }

    fn help(&self, width: usize) -> Vec<String> {
        let known = KEYS.iter().filter(|(_, key, _)| match key {
            Key::Act(action) => self.job.knows(*action),
            Key::Filter | Key::Edit => self.job.knows(Action::Next),
            _ => true,
        });
        let known = known.map(|(shown, _, meaning)| format!("  {BOLD}{shown:9}{BOLD:#}{meaning}"));
        let lines: Vec<_> = std::iter::once(String::new()).chain(known).collect();
        rows(&format!("{}\n\n  {DIM}any key goes back{DIM:#}\n", lines.join("\n")), width)
    }

    /// The last row: where one is, what was said last, and how to go on.
    fn bar(&self, width: usize) -> String {
        let left = match &self.typed {
            Some(typed) => format!(" /{}_", sanitize::line(typed)),
            None if !self.remark.is_empty() => format!(" {}", sanitize::line(&self.remark)),
            None => format!(" {}", self.job.place()),
        };
        let right = if self.typed.is_some() { "enter keeps it, esc ends it " } else { "? keys  q quit " };
        let room = width.saturating_sub(right.len());
        let left = rows(&left, room.max(2)).into_iter().next().unwrap_or_default();
        let gap = room.saturating_sub(unicode_width::UnicodeWidthStr::width(left.as_str()));
        let bar = format!("{left}{:gap$}{right}", "");
        let bar = rows(&bar, width).into_iter().next().unwrap_or_default();
        format!("{BAR}{bar}{BAR:#}")
    }
}

/// What is said of rows that there is no room for.
fn more(rows: usize) -> String {
    format!("and {}: `inkproof check` tells all", Count("more row", rows))
}

/// Stops until somebody wants to go on.
#[cfg(unix)]
fn suspend() {
    use rustix::process::{Signal, kill_current_process_group};
    // Where nobody could start it again, it goes on.
    let _ = kill_current_process_group(Signal::TSTP);
}

/// There is no such thing here.
#[cfg(not(unix))]
fn suspend() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(more(1), "and 1 more row: `inkproof check` tells all");
        assert_eq!(more(2), "and 2 more rows: `inkproof check` tells all");
    }
}
