//! What the screen shows: an item, scrolled, between its name and the keys.

use std::io;

use anstyle::Style;
use crossterm::event::{Event, KeyCode, read as read_event};

use super::keys::{ALWAYS_SHOWN, KEYS, Key, meaning};
use crate::cli::screen::{Display, rows, size};
use crate::diagnostics::{Count, sanitize};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAR: Style = Style::new().invert();

/// The most rows of the head, and of a remark.
const MAX_HEAD: usize = 2;
const MAX_REMARK: usize = 4;

/// The end of the last row.
const LAST_KEYS: &str = "? keys  q quit ";

/// An item on the screen.
pub(super) struct View {
    /// The item's place, status and name.
    pub(super) head: String,
    /// The lines of the item, as wide as the screen.
    pub(super) body: String,
    /// A message above the keys.
    pub(super) remark: String,
    /// How many rows of the body are scrolled out at the top.
    pub(super) scroll: usize,
    shows_help: bool,
}

impl View {
    pub(super) const fn new(head: String, body: String, remark: String, scroll: usize) -> Self {
        Self { head, body, remark, scroll, shows_help: false }
    }

    /// Shows the item until a key decides something. Scrolls, and shows the help, on its own.
    pub(super) fn read(&mut self, display: &mut Display) -> io::Result<Key> {
        loop {
            let page = self.draw(display)?;
            let event = read_event()?;
            // Any key closes the help.
            let closes_help = event.is_key_press() && std::mem::take(&mut self.shows_help);
            let Some(key) = meaning(&event) else { continue };
            match key {
                Key::Redraw | Key::Interrupt => return Ok(key),
                Key::Quit if !closes_help || !is_escape(&event) => return Ok(key),
                _ if closes_help => {}
                Key::Scroll(by) => self.scroll = self.scroll.saturating_add_signed(by),
                Key::Page(by) => self.scroll = self.scroll.saturating_add_signed(by * page.cast_signed()),
                Key::Help => self.shows_help = true,
                Key::Suspend => display.suspend()?,
                _ => return Ok(key),
            }
        }
    }

    /// Draws the screen. Returns by how many rows a page scrolls.
    fn draw(&mut self, display: &Display) -> io::Result<usize> {
        let (width, height) = size();
        let head = limited(rows(&self.head, width), MAX_HEAD);
        let remark = limited(rows(&sanitize::line(&self.remark), width), MAX_REMARK);
        let room = height.saturating_sub(head.len() + remark.len() + 1);
        let mut below = 0;
        let mut shown = if self.shows_help {
            help(width)
        } else {
            let body = rows(&self.body, width);
            self.scroll = self.scroll.min(body.len().saturating_sub(room));
            below = body.len().saturating_sub(self.scroll + room);
            let visible = body.into_iter().skip(self.scroll).take(room);
            head.into_iter().chain(visible).collect()
        };
        shown.resize(height.saturating_sub(remark.len() + 1), String::new());
        shown.extend(remark);
        shown.push(keys(width, below));
        display.show(&shown)?;
        // A row stays visible, as a mark for the eye.
        Ok(room.saturating_sub(1).max(1))
    }
}

/// Whether it is the key that closes the help and nothing else.
fn is_escape(event: &Event) -> bool {
    matches!(event, Event::Key(key) if key.code == KeyCode::Esc)
}

fn limited(mut rows: Vec<String>, most: usize) -> Vec<String> {
    rows.truncate(most);
    rows
}

fn help(width: usize) -> Vec<String> {
    let lines = KEYS.iter().map(|(shown, _, meaning)| format!("  {BOLD}{shown:9}{BOLD:#}{meaning}\n"));
    rows(&format!("\n{}\n  {DIM}press any key to go back{DIM:#}\n", lines.collect::<String>()), width)
}

/// The last row: the keys, and how many rows of the body are below.
fn keys(width: usize, below: usize) -> String {
    let first = KEYS[..ALWAYS_SHOWN].iter().map(|(shown, _, meaning)| {
        let word = meaning.split(' ').next().unwrap_or(meaning);
        format!("{shown} {word}  ")
    });
    let left = format!(" {}", first.collect::<String>());
    let more = if below > 0 { format!("{}  ", Count("more row", below)) } else { String::new() };
    let right = format!("{more}{LAST_KEYS}");
    let room = width.saturating_sub(right.len());
    let left = rows(&left, room.max(2)).into_iter().next().unwrap_or_default();
    let bar = format!("{left:room$}{right}");
    let bar = rows(&bar, width).into_iter().next().unwrap_or_default();
    format!("{BAR}{bar}{BAR:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_fit_into_one_row() {
        for width in [20, 40, 60, 80, 100] {
            for below in [0, 1, 12_345] {
                let row = anstream::adapter::strip_str(&keys(width, below)).to_string();
                assert!(row.chars().count() <= width, "{row:?}");
            }
        }
        let row = anstream::adapter::strip_str(&keys(80, 12)).to_string();
        assert_eq!(row, " a accept  r reject  s skip  u undo  e edit        12 more rows  ? keys  q quit ");
    }
}
