//! The keys of a screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::cli::watch::Action;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Something that only some commands know.
    Act(Action),
    /// Rows up or down.
    Scroll(isize),
    /// Pages up or down.
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

/// The keys as help shows them, with what they ask for.
pub(super) const KEYS: [(&str, Key, &str); 13] = [
    ("n →", Key::Act(Action::Next), "next message"),
    ("p ←", Key::Act(Action::Previous), "previous message"),
    ("g", Key::Act(Action::First), "first message"),
    ("G", Key::Act(Action::Last), "last message"),
    ("↑ ↓", Key::Scroll(1), "scroll"),
    ("space b", Key::Page(1), "scroll by pages"),
    ("/", Key::Filter, "show only what has this in its name"),
    ("l", Key::Act(Action::Leniency), "live or lax: what is missing fails, as in a real send, or prints nothing"),
    ("d", Key::Act(Action::Differences), "show what changed, or not"),
    ("a", Key::Act(Action::Accept), "accept the message as its snapshot"),
    ("e", Key::Edit, "open the template in the editor"),
    ("?", Key::Help, "these keys"),
    ("q", Key::Quit, "quit"),
];

/// What a key means, where no text is typed.
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
        KeyCode::Char('n') | KeyCode::Right | KeyCode::Tab => Key::Act(Action::Next),
        KeyCode::Char('p') | KeyCode::Left | KeyCode::BackTab => Key::Act(Action::Previous),
        KeyCode::Char('g') | KeyCode::Home => Key::Act(Action::First),
        KeyCode::Char('G') | KeyCode::End => Key::Act(Action::Last),
        KeyCode::Down | KeyCode::Char('j') => Key::Scroll(1),
        KeyCode::Up | KeyCode::Char('k') => Key::Scroll(-1),
        KeyCode::PageDown | KeyCode::Char(' ') => Key::Page(1),
        KeyCode::PageUp | KeyCode::Char('b') => Key::Page(-1),
        KeyCode::Char('/') => Key::Filter,
        KeyCode::Char('l') => Key::Act(Action::Leniency),
        KeyCode::Char('d') => Key::Act(Action::Differences),
        KeyCode::Char('a') => Key::Act(Action::Accept),
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
    fn every_key_that_help_shows_means_what_help_says() {
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
