//! The cursor in a JSON file that is being written, and usually is not valid: which key or value is at it.

/// What is at a cursor in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonCursor {
    /// The keys from the outermost object to the one around the cursor; `[]` for an element of an array.
    pub(super) path: Vec<String>,
    /// Whether a key or a value is expected at the cursor.
    pub(super) expects: Expects,
    /// Whether the cursor is inside a string.
    pub(super) is_in_string: bool,
    /// Where what is being written starts, without its quote.
    pub(super) start: usize,
}

/// What can be written at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expects {
    Key,
    /// The value of a key, which is the last of the path; or an element.
    Value,
}

/// An open bracket.
struct Open {
    is_array: bool,
    key: Option<String>,
    /// Whether a colon came after the key.
    has_colon: bool,
}

impl JsonCursor {
    /// The cursor at an offset of a text.
    pub(super) fn new(text: &str, offset: usize) -> Option<Self> {
        let upto = text.get(..offset)?;
        let mut open: Vec<Open> = Vec::new();
        let mut characters = upto.char_indices().peekable();
        let mut word = offset;
        while let Some((at, character)) = characters.next() {
            if character != '"' && !is_word(character) {
                word = offset;
            }
            match character {
                '{' | '[' => open.push(Open { is_array: character == '[', key: None, has_colon: false }),
                '}' | ']' => {
                    open.pop();
                }
                ',' => {
                    if let Some(inner) = open.last_mut() {
                        inner.has_colon = false;
                        inner.key = None;
                    }
                }
                ':' => {
                    if let Some(inner) = open.last_mut() {
                        inner.has_colon = true;
                    }
                }
                '"' => {
                    let start = at + 1;
                    let mut is_escaped = false;
                    let end = characters.by_ref().find(|(_, character)| {
                        let is_end = *character == '"' && !is_escaped;
                        is_escaped = *character == '\\' && !is_escaped;
                        is_end
                    });
                    let Some((end, _)) = end else { return Some(Self::at(&open, true, start)) };
                    if let Some(inner) = open.last_mut().filter(|inner| !inner.is_array && !inner.has_colon) {
                        let written = format!("\"{}\"", &upto[start..end]);
                        inner.key = serde_json::from_str(&written).ok();
                    }
                }
                character if is_word(character) && word == offset => word = at,
                _ => {}
            }
        }
        Some(Self::at(&open, false, word))
    }

    fn at(open: &[Open], is_in_string: bool, start: usize) -> Self {
        let expects = match open.last() {
            Some(Open { is_array: false, has_colon: false, .. }) => Expects::Key,
            _ => Expects::Value,
        };
        let step = |(at, open_bracket): (usize, &Open)| {
            let is_innermost = at + 1 == open.len();
            if open_bracket.is_array {
                return Some("[]".to_owned());
            }
            if is_innermost && expects == Expects::Key { None } else { open_bracket.key.clone() }
        };
        Self { path: open.iter().enumerate().filter_map(step).collect(), expects, is_in_string, start }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_being_written() {
        for (text, path, expects, is_in_string, start) in [
            ("", "", Expects::Value, false, 0),
            ("{", "", Expects::Key, false, 1),
            ("{\"", "", Expects::Key, true, 2),
            ("{\"na", "", Expects::Key, true, 2),
            ("{\"a\": ", "a", Expects::Value, false, 6),
            ("{\"a\": \"x", "a", Expects::Value, true, 7),
            ("{\"a\": tr", "a", Expects::Value, false, 6),
            ("{\"a\": {\"b\": 1, ", "a", Expects::Key, false, 15),
            ("{\"a\": {\"b\": ", "a.b", Expects::Value, false, 12),
            ("{\"a\": [{\"b\": 1}, {", "a.[]", Expects::Key, false, 18),
            ("{\"a\": {\"b\": 1}, \"", "", Expects::Key, true, 17),
            ("{\"a\\\"\": ", "a\"", Expects::Value, false, 8),
        ] {
            let cursor = JsonCursor::new(text, text.len()).unwrap();
            let found = (cursor.path.join("."), cursor.expects, cursor.is_in_string, cursor.start);
            assert_eq!(found, (path.to_owned(), expects, is_in_string, start), "{text}");
        }
    }
}
