//! Key bindings of the full-screen display.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::cli::watch::ScreenAction;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// An action that only some jobs support.
    Act(ScreenAction),
    /// Scrolls by rows, down if positive.
    Scroll(isize),
    /// Scrolls by pages, down if positive.
    Page(isize),
    Filter,
    Edit,
    Help,
    Quit,
    Interrupt,
    Suspend,
    Redraw,
    Escape,
}

/// The keys with their help texts.
pub(super) const KEYS: [(&str, Key, &str); 13] = [
    ("n →", Key::Act(ScreenAction::Next), "next message"),
    ("p ←", Key::Act(ScreenAction::Previous), "previous message"),
    ("g", Key::Act(ScreenAction::First), "first message"),
    ("G", Key::Act(ScreenAction::Last), "last message"),
    ("↑ ↓", Key::Scroll(1), "scroll"),
    ("space b", Key::Page(1), "scroll by pages"),
    ("/", Key::Filter, "filter by template or request name"),
    (
        "l",
        Key::Act(ScreenAction::ToggleMode),
        "toggle live (a missing variable fails, as in a real send) and lax (it prints nothing)",
    ),
    ("d", Key::Act(ScreenAction::ToggleDifferences), "show or hide differences"),
    ("a", Key::Act(ScreenAction::Accept), "accept the message as its snapshot"),
    ("e", Key::Edit, "open the template in the editor"),
    ("?", Key::Help, "show these keys"),
    ("q", Key::Quit, "quit"),
];

/// The meaning of a key outside the filter input.
pub(super) fn meaning(key: KeyEvent) -> Option<Key> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('c' | 'd') => Some(Key::Interrupt),
            KeyCode::Char('z') => Some(Key::Suspend),
            KeyCode::Char('l') => Some(Key::Redraw),
            _ => None,
        };
    }
    Some(match key.code {
        KeyCode::Char('n') | KeyCode::Right | KeyCode::Tab => Key::Act(ScreenAction::Next),
        KeyCode::Char('p') | KeyCode::Left | KeyCode::BackTab => Key::Act(ScreenAction::Previous),
        KeyCode::Char('g') | KeyCode::Home => Key::Act(ScreenAction::First),
        KeyCode::Char('G') | KeyCode::End => Key::Act(ScreenAction::Last),
        KeyCode::Down | KeyCode::Char('j') => Key::Scroll(1),
        KeyCode::Up | KeyCode::Char('k') => Key::Scroll(-1),
        KeyCode::PageDown | KeyCode::Char(' ') => Key::Page(1),
        KeyCode::PageUp | KeyCode::Char('b') => Key::Page(-1),
        KeyCode::Char('/') => Key::Filter,
        KeyCode::Char('l') => Key::Act(ScreenAction::ToggleMode),
        KeyCode::Char('d') => Key::Act(ScreenAction::ToggleDifferences),
        KeyCode::Char('a') => Key::Act(ScreenAction::Accept),
        KeyCode::Char('e') => Key::Edit,
        KeyCode::Char('?' | 'h') => Key::Help,
        KeyCode::Char('q') => Key::Quit,
        KeyCode::Esc => Key::Escape,
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
                's' => KeyCode::Char(' '),
                '↑' => KeyCode::Down,
                letter => KeyCode::Char(letter),
            };
            assert_eq!(meaning(KeyEvent::from(first)), Some(key), "{meant}");
        }
        let control = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        assert_eq!(meaning(control('c')), Some(Key::Interrupt));
        assert_eq!(meaning(control('a')), None);
    }
}
