//! Character classes: whitespace and the characters of names.

/// Whether the character is whitespace in outputs and tags, and next to trim marks.
#[must_use]
pub const fn is_blank(character: char) -> bool {
    matches!(character,
        '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Whether the character may be part of a name: letters, digits, `_`, `-`, `?`, and everything outside ASCII except
/// whitespace and curly double quotes.
#[must_use]
pub const fn is_word(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '?' => true,
        '\u{201c}' | '\u{201d}' => false,
        other => !other.is_ascii() && !is_blank(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classifies_whitespace_and_name_characters() {
        for (character, blank, word) in [
            (' ', true, false),
            ('\u{a0}', true, false),
            ('\u{feff}', false, true),
            ('\u{85}', false, true),
            ('é', false, true),
            ('😀', false, true),
            ('“', false, false),
            ('?', false, true),
            ('.', false, false),
        ] {
            assert_eq!((is_blank(character), is_word(character)), (blank, word), "{character:?}");
        }
    }
}
