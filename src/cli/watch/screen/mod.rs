//! Watching on a terminal: a full-screen display, redrawn after each event, with key bindings.

mod keys;

use std::io::Write;

use anstyle::Style;
use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::event::{Event, Events, Keyboard};
use super::{Job, ScreenAction, apply_change, until_quiet};
use crate::cli::screen::{Display, rows, size};
use crate::cli::{Failure, Global, Outcome, editor};
use crate::diagnostics::{Count, Theme, sanitize};
use crate::project::LiveProject;
use crate::watch::WatchEvent;
use keys::{KEYS, Key, meaning};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAR: Style = Style::new().invert();

/// The full-screen display of a job.
pub(super) struct Screen<'a, J> {
    global: &'a Global,
    job: J,
    display: Display,
    /// How many rows are scrolled out at the top.
    scroll: usize,
    /// The filter while it is being typed after `/`.
    filter_input: Option<String>,
    shows_help: bool,
    /// A message in the status bar, until the next event.
    notice: String,
    /// Why the last change could not be applied.
    error: String,
}

impl<'a, J: Job> Screen<'a, J> {
    /// Opens the screen and shows the results of a job.
    pub(super) fn open(job: J, live: &LiveProject, global: &'a Global) -> Result<Self, Failure> {
        let (notice, error) = (String::new(), String::new());
        let display = Display::open()?;
        let mut screen = Self { global, job, display, scroll: 0, filter_input: None, shows_help: false, notice, error };
        screen.draw(live)?;
        Ok(screen)
    }

    /// Handles events until the user quits, a signal arrives or the terminal is closed.
    pub(super) fn run(
        mut self,
        live: &mut LiveProject,
        events: &mut Events,
        keyboard: &Keyboard,
    ) -> Result<Outcome, Failure> {
        while let Some(event) = events.next() {
            match event {
                Event::Files(WatchEvent::Notice(notice)) => self.notice = notice,
                Event::Files(change) => {
                    let mut is_different = false;
                    until_quiet(change, self.job.may_begin_early(), events, |change| {
                        is_different |= self.update(live, change)?;
                        Ok::<_, Failure>(())
                    })?;
                    if !is_different {
                        continue;
                    }
                }
                Event::Terminal(event) => {
                    let end = self.handle_terminal_event(&event, live)?;
                    // An editor may have read keys until now.
                    keyboard.resume();
                    if let Some(outcome) = end {
                        return Ok(outcome);
                    }
                }
                Event::Terminate(code) => return Ok(Outcome::Ended(code)),
                Event::OutputClosed => return Ok(Outcome::Fine),
            }
            self.draw(live)?;
        }
        Ok(Outcome::Fine)
    }

    /// Updates the project and the job after a change. Returns whether to redraw.
    fn update(&mut self, live: &mut LiveProject, change: &WatchEvent) -> Result<bool, Failure> {
        let done = match apply_change(change, live, &self.job) {
            Ok(false) => return Ok(false),
            Ok(true) => self.job.update(live, change),
            Err(error) => Err(error.into()),
        };
        match done {
            Ok(_) => {
                self.notice.clear();
                self.error.clear();
            }
            // The previous results stay visible until the files are valid again.
            Err(Failure::Messages(messages)) => self.error = messages.join("; "),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    fn handle_terminal_event(
        &mut self,
        event: &TerminalEvent,
        live: &mut LiveProject,
    ) -> Result<Option<Outcome>, Failure> {
        let TerminalEvent::Key(key) = *event else { return Ok(None) };
        if key.kind == KeyEventKind::Release {
            return Ok(None);
        }
        if self.filter_input.is_some() && !key.modifiers.contains(KeyModifiers::CONTROL) {
            self.type_filter(key);
            return Ok(None);
        }
        let (help_was_shown, key) = (std::mem::take(&mut self.shows_help), meaning(key));
        self.notice.clear();
        let Some(key) = key.filter(|key| !help_was_shown || matches!(key, Key::Quit | Key::Interrupt | Key::Suspend))
        else {
            return Ok(None);
        };
        let page = size().1.saturating_sub(2).max(1);
        match key {
            Key::Quit => return Ok(Some(Outcome::Fine)),
            Key::Interrupt => return Ok(Some(Outcome::Interrupted)),
            Key::Scroll(by) => self.scroll = self.scroll.saturating_add_signed(by),
            Key::Page(by) => self.scroll = self.scroll.saturating_add_signed(by * page.cast_signed()),
            Key::Help => self.shows_help = true,
            Key::Suspend => self.display.suspend()?,
            Key::Escape => {
                self.job.filter("");
                self.scroll = 0;
            }
            Key::Filter if self.job.supports(ScreenAction::Next) => self.filter_input = Some(String::new()),
            Key::Edit if self.job.supports(ScreenAction::Next) => match self.job.file_to_edit(live) {
                Some(file) => {
                    if let Err(reason) = self.display.suspend_for(|| editor::open(&file))? {
                        self.notice = reason;
                    }
                }
                None => "there is nothing to edit".clone_into(&mut self.notice),
            },
            Key::Act(action) if self.job.supports(action) => {
                self.notice = match self.job.perform(action, live) {
                    Err(Failure::Messages(messages)) => messages.join("; "),
                    other => other?,
                };
                self.scroll = 0;
            }
            Key::Redraw | Key::Filter | Key::Edit | Key::Act(_) => {}
        }
        Ok(None)
    }

    /// Handles a key while the filter is being typed.
    fn type_filter(&mut self, key: KeyEvent) {
        let Some(input) = &mut self.filter_input else { return };
        match key.code {
            KeyCode::Char(letter) => input.push(letter),
            KeyCode::Backspace => drop(input.pop()),
            KeyCode::Esc => {
                self.filter_input = None;
                self.job.filter("");
                return;
            }
            KeyCode::Enter => {
                self.filter_input = None;
                return;
            }
            _ => return,
        }
        self.job.filter(input);
        self.scroll = 0;
    }

    fn draw(&mut self, live: &LiveProject) -> Result<(), Failure> {
        let (width, height) = size();
        let room = height.saturating_sub(1);
        let theme = Theme { width, ..self.global.theme() };
        let mut shown = if self.shows_help { self.help(width) } else { self.header(live, theme, room)? };
        if !self.shows_help {
            let mut text = Vec::new();
            let mut rendered = Vec::new();
            self.job.draw(theme, room + self.scroll, &mut text, &mut rendered)?;
            rendered.extend(text);
            let rows = rows(&String::from_utf8_lossy(&rendered), width);
            // At least the last row stays visible.
            self.scroll = self.scroll.min(rows.len().saturating_sub(1));
            shown.extend(rows.into_iter().skip(self.scroll));
        }
        shown.resize(room, String::new());
        shown.push(self.status_bar(width));
        Ok(self.display.show(&shown)?)
    }

    /// The errors and problems at the top, in at most half of the screen.
    fn header(&self, live: &LiveProject, theme: Theme, room: usize) -> Result<Vec<String>, Failure> {
        let mut text = Vec::new();
        if !self.error.is_empty() {
            writeln!(text, "{BOLD}error:{BOLD:#} {}\n", sanitize::text(&self.error))?;
        }
        let problems = live.project().problems();
        if !self.job.reports_problems() && !problems.is_empty() {
            self.global.output_options().tell(problems, theme, &mut text)?;
            writeln!(text)?;
        }
        let mut rows = rows(&String::from_utf8_lossy(&text), theme.width);
        if rows.len() > room / 2 {
            let omitted = rows.len() - room / 2;
            rows.truncate(room / 2);
            rows.push(format!("{DIM}{}{DIM:#}", more(omitted)));
            rows.push(String::new());
        }
        Ok(rows)
    }

    fn help(&self, width: usize) -> Vec<String> {
        let supported = KEYS.iter().filter(|(_, key, _)| match key {
            Key::Act(action) => self.job.supports(*action),
            Key::Filter | Key::Edit => self.job.supports(ScreenAction::Next),
            _ => true,
        });
        let lines = supported.map(|(shown, _, meaning)| format!("  {BOLD}{shown:9}{BOLD:#}{meaning}"));
        let lines: Vec<_> = std::iter::once(String::new()).chain(lines).collect();
        rows(&format!("{}\n\n  {DIM}press any key to go back{DIM:#}\n", lines.join("\n")), width)
    }

    /// The last row: the filter input, a notice or the job's status on the left, and keys on the right.
    fn status_bar(&self, width: usize) -> String {
        let left = match &self.filter_input {
            Some(input) => format!(" /{}_", sanitize::line(input)),
            None if !self.notice.is_empty() => format!(" {}", sanitize::line(&self.notice)),
            None => format!(" {}", self.job.status()),
        };
        let right = if self.filter_input.is_some() { "enter keep  esc clear " } else { "? keys  q quit " };
        let room = width.saturating_sub(right.len());
        let left = rows(&left, room.max(2)).into_iter().next().unwrap_or_default();
        let gap = room.saturating_sub(unicode_width::UnicodeWidthStr::width(left.as_str()));
        let bar = format!("{left}{:gap$}{right}", "");
        let bar = rows(&bar, width).into_iter().next().unwrap_or_default();
        format!("{BAR}{bar}{BAR:#}")
    }
}

/// The line that counts the rows for which there is no room.
fn more(rows: usize) -> String {
    format!("and {}: `inkproof check` lists them all", Count("more row", rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_omitted_rows() {
        assert_eq!(more(1), "and 1 more row: `inkproof check` lists them all");
        assert_eq!(more(2), "and 2 more rows: `inkproof check` lists them all");
    }
}
