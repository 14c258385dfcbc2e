//! Key bindings of `review`.

use std::io;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read as read_event};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Accept,
    Reject,
    Skip,
    AcceptAll,
    RejectAll,
    Undo,
    Edit,
    Layout,
    Quit,
    Interrupt,
    /// The terminal was resized.
    Redraw,
}

/// The keys with their help texts.
pub(super) const KEYS: [(char, Key, &str); 9] = [
    ('a', Key::Accept, "accept"),
    ('r', Key::Reject, "reject"),
    ('s', Key::Skip, "skip"),
    ('A', Key::AcceptAll, "accept all"),
    ('R', Key::RejectAll, "reject all"),
    ('u', Key::Undo, "undo"),
    ('e', Key::Edit, "edit the template"),
    ('d', Key::Layout, "toggle one or two columns"),
    ('q', Key::Quit, "quit"),
];

/// Raw mode of the terminal, until this is dropped.
pub(super) struct RawMode;

impl RawMode {
    pub(super) fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // If this fails, nothing else could restore it.
        let _ = disable_raw_mode();
    }
}

/// Waits for a key that has a meaning. The terminal must be in raw mode.
pub(super) fn read() -> io::Result<Key> {
    loop {
        match read_event()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                if let Some(key) = meaning(key) {
                    return Ok(key);
                }
            }
            Event::Resize(..) => return Ok(Key::Redraw),
            _ => {}
        }
    }
}

fn meaning(key: KeyEvent) -> Option<Key> {
    match key.code {
        KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Key::Interrupt),
        KeyCode::Char(letter) => KEYS.iter().find(|(shown, ..)| *shown == letter).map(|(_, key, _)| *key),
        KeyCode::Esc => Some(Key::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_keys_to_commands() {
        let control = KeyModifiers::CONTROL;
        for (code, modifiers, expected) in [
            (KeyCode::Char('a'), KeyModifiers::NONE, Some(Key::Accept)),
            (KeyCode::Char('A'), KeyModifiers::SHIFT, Some(Key::AcceptAll)),
            (KeyCode::Char('d'), KeyModifiers::NONE, Some(Key::Layout)),
            (KeyCode::Char('c'), control, Some(Key::Interrupt)),
            (KeyCode::Char('d'), control, Some(Key::Interrupt)),
            (KeyCode::Char('x'), KeyModifiers::NONE, None),
            (KeyCode::Enter, KeyModifiers::NONE, None),
        ] {
            assert_eq!(meaning(KeyEvent::new(code, modifiers)), expected, "{code:?}");
        }
    }
}
