//! Key bindings of `review`.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

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
    /// Scrolls by rows, down if positive.
    Scroll(isize),
    /// Scrolls by pages, down if positive.
    Page(isize),
    Help,
    Suspend,
    Quit,
    Interrupt,
    /// The terminal was resized.
    Redraw,
}

/// The keys with their help texts. The first ones are always on the screen.
pub(super) const KEYS: [(&str, Key, &str); 12] = [
    ("a", Key::Accept, "accept"),
    ("r", Key::Reject, "reject"),
    ("s", Key::Skip, "skip"),
    ("u", Key::Undo, "undo"),
    ("e", Key::Edit, "edit the template"),
    ("A", Key::AcceptAll, "accept this and all that follow"),
    ("R", Key::RejectAll, "reject this and all that follow"),
    ("d", Key::Layout, "show differences in one or two columns"),
    ("↑ ↓", Key::Scroll(1), "scroll"),
    ("space b", Key::Page(1), "scroll by pages"),
    ("?", Key::Help, "show these keys"),
    ("q", Key::Quit, "quit: what is left is skipped"),
];

/// How many of the keys are always on the screen.
pub(super) const ALWAYS_SHOWN: usize = 5;

/// The meaning of an event of the terminal, if it has one.
pub(super) fn meaning(event: &Event) -> Option<Key> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => meaning_of_key(*key),
        Event::Resize(..) => Some(Key::Redraw),
        _ => None,
    }
}

fn meaning_of_key(key: KeyEvent) -> Option<Key> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('c' | 'd') => Some(Key::Interrupt),
            KeyCode::Char('z') => Some(Key::Suspend),
            KeyCode::Char('l') => Some(Key::Redraw),
            _ => None,
        };
    }
    Some(match key.code {
        KeyCode::Char('a') => Key::Accept,
        KeyCode::Char('r') => Key::Reject,
        KeyCode::Char('s') => Key::Skip,
        KeyCode::Char('A') => Key::AcceptAll,
        KeyCode::Char('R') => Key::RejectAll,
        KeyCode::Char('u') => Key::Undo,
        KeyCode::Char('e') => Key::Edit,
        KeyCode::Char('d') => Key::Layout,
        KeyCode::Down | KeyCode::Char('j') => Key::Scroll(1),
        KeyCode::Up | KeyCode::Char('k') => Key::Scroll(-1),
        KeyCode::PageDown | KeyCode::Char(' ') => Key::Page(1),
        KeyCode::PageUp | KeyCode::Char('b') => Key::Page(-1),
        KeyCode::Char('?' | 'h') => Key::Help,
        KeyCode::Char('q') | KeyCode::Esc => Key::Quit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_the_keys_with_their_meanings() {
        for (shown, key, meant) in KEYS {
            let first = match shown.chars().next().unwrap() {
                '↑' => KeyCode::Down,
                's' if shown.len() > 1 => KeyCode::Char(' '),
                letter => KeyCode::Char(letter),
            };
            assert_eq!(meaning(&Event::Key(KeyEvent::from(first))), Some(key), "{meant}");
        }
    }

    #[test]
    fn maps_events_to_commands() {
        let control = |letter| Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
        let letter = |letter| Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::SHIFT));
        for (event, expected) in [
            (letter('A'), Some(Key::AcceptAll)),
            (letter('x'), None),
            (control('c'), Some(Key::Interrupt)),
            (control('d'), Some(Key::Interrupt)),
            (control('a'), None),
            (Event::Resize(80, 24), Some(Key::Redraw)),
            (Event::FocusGained, None),
            (Event::Key(KeyEvent::from(KeyCode::Enter)), None),
        ] {
            assert_eq!(meaning(&event), expected, "{event:?}");
        }
    }
}
