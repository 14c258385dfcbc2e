//! Naming: words of names, and names in the ways of each language.

use std::fmt::Write as _;

/// The words of a name: `order_shipped`, `orderShipped` and `order-shipped` are the same.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous: Option<char> = None;
    for character in name.chars() {
        let is_word = character.is_ascii_alphanumeric();
        let is_start = previous.is_none_or(|previous| {
            !previous.is_ascii_alphanumeric() || (previous.is_ascii_lowercase() && character.is_ascii_uppercase())
        });
        if is_word {
            match words.last_mut() {
                Some(word) if !is_start => word.push(character.to_ascii_lowercase()),
                _ => words.push(character.to_ascii_lowercase().to_string()),
            }
        }
        previous = Some(character);
    }
    // What has no letter or digit of ASCII is named by its characters.
    if words.is_empty() {
        let codes = name.chars().take(4).map(|character| format!("u{:x}", u32::from(character)));
        words.extend(codes);
    }
    if words.is_empty() {
        words.push("empty".to_owned());
    }
    words
}

/// `OrderShipped`. A name never begins with a digit.
pub(super) fn pascal(words: &[String]) -> String {
    let mut name: String = words.iter().map(|word| capitalized(word)).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, 'T');
    }
    name
}

pub(super) fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_ascii_uppercase().to_string() + characters.as_str()).unwrap_or_default()
}

/// The lines of a text, at most so many characters wide.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether a name is an identifier in most languages: ASCII letters, digits and underscores.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A string literal of a language that has UTF-16 units in its escapes, as JSON and JavaScript.
pub(super) fn literal(text: &str) -> String {
    escaped(text, |character, written| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(written, "\\u{unit:04x}");
        }
    })
}

/// A string literal of a language that has code points instead of UTF-16 in its escapes: Python, Go.
pub(super) fn literal_of_code_points(text: &str) -> String {
    escaped(text, |character, written| {
        let _ = write!(written, "\\U{:08x}", u32::from(character));
    })
}

/// A string literal. `escape` writes a character that is not shown.
fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            // Letters are read as they are.
            _ if character.is_alphanumeric() || character == ' ' || character.is_ascii_graphic() => {
                written.push(character);
            }
            _ => escape(character, &mut written),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_words() {
        for (name, expected) in [
            ("order_shipped", "OrderShipped"),
            ("orderShipped", "OrderShipped"),
            ("Order-shipped.v2", "OrderShippedV2"),
            ("2fa code", "T2faCode"),
            ("año", "AO"),
            ("日本", "U65e5U672c"),
            ("", "Empty"),
        ] {
            assert_eq!(pascal(&words_of(name)), expected, "{name}");
        }
    }

    #[test]
    fn texts_are_wrapped() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("", 7), Vec::<String>::new());
    }
}
