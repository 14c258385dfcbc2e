//! Makes text from files and data harmless to show.
//!
//! A template or a value may hold escape sequences that recolour or rewrite the terminal, overrides that
//! reverse the order of what is read, or characters nobody can see. Each becomes a visible escape such as
//! `\u{1b}`; all other text, emoji and right-to-left scripts included, stays as it is.

use std::borrow::Cow;
use std::fmt::Write;

/// Characters that are never shown as they are, as ranges in order.
const HOSTILE: &[(char, char)] = &[
    ('\0', '\u{1f}'),           // control characters
    ('\u{7f}', '\u{9f}'),       // DEL, and the 8-bit control characters
    ('\u{ad}', '\u{ad}'),       // soft hyphen
    ('\u{61c}', '\u{61c}'),     // Arabic letter mark
    ('\u{180e}', '\u{180e}'),   // Mongolian vowel separator
    ('\u{200b}', '\u{200b}'),   // zero width space; the joiners after it are part of emoji and scripts
    ('\u{200e}', '\u{200f}'),   // left-to-right and right-to-left mark
    ('\u{2028}', '\u{202e}'),   // line and paragraph separator, embeddings and overrides
    ('\u{2060}', '\u{206f}'),   // word joiner, invisible operators, isolates, deprecated controls
    ('\u{feff}', '\u{feff}'),   // byte order mark
    ('\u{fff9}', '\u{fffb}'),   // interlinear annotation
    ('\u{fffe}', '\u{ffff}'),   // noncharacters, which XML cannot hold
    ('\u{e0000}', '\u{e007f}'), // invisible tag characters
];

/// Text for one line: every hostile character escaped, line breaks (`\n`) and tabs (`\t`) too.
///
/// ```
/// use inkproof::diagnostics::sanitize;
///
/// assert_eq!(sanitize::line("red \u{1b}[31m\n"), r"red \u{1b}[31m\n");
/// assert!(matches!(sanitize::line("Grüße 🎉"), std::borrow::Cow::Borrowed(_)));
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, is_hostile, escape_for_people)
}

/// Text of several lines: line breaks and tabs stay (`\r\n` as `\n`), every other hostile character is escaped.
///
/// ```
/// use inkproof::diagnostics::sanitize;
///
/// assert_eq!(sanitize::text("one\r\ntwo\rthree"), "one\ntwo\\rthree");
/// ```
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    let kept = |c| matches!(c, '\n' | '\t');
    if !text.contains('\r') {
        return escape(text, |c| is_hostile(c) && !kept(c), escape_for_people);
    }
    let unix = text.replace("\r\n", "\n");
    Cow::Owned(escape(&unix, |c| is_hostile(c) && !kept(c), escape_for_people).into_owned())
}

/// A finished JSON document without line breaks: hostile characters inside its strings become JSON's own `\u001b`
/// escapes, so that a program still reads exactly the same values.
///
/// ```
/// use inkproof::diagnostics::sanitize;
///
/// assert_eq!(sanitize::json("{\"a\":\"\u{202e}\"}"), r#"{"a":"\u202e"}"#);
/// ```
#[must_use]
pub fn json(document: &str) -> Cow<'_, str> {
    escape(document, is_hostile, |escaped, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // writing to a String cannot fail
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    })
}

/// Whether a character must not be shown as it is.
fn is_hostile(c: char) -> bool {
    // printable ASCII, which nearly all text is
    if matches!(c, ' '..='~') {
        return false;
    }
    let after = HOSTILE.partition_point(|&(first, _)| first <= c);
    after > 0 && c <= HOSTILE[after - 1].1
}

fn escape_for_people(escaped: &mut String, c: char) {
    match c {
        '\n' => escaped.push_str("\\n"),
        '\r' => escaped.push_str("\\r"),
        '\t' => escaped.push_str("\\t"),
        _ => escaped.extend(c.escape_unicode()),
    }
}

fn escape(
    text: &str,
    must_escape: impl Fn(char) -> bool,
    mut escape_one: impl FnMut(&mut String, char),
) -> Cow<'_, str> {
    let Some(first) = text.find(&must_escape) else {
        return Cow::Borrowed(text);
    };
    let mut escaped = String::with_capacity(text.len() + 16);
    escaped.push_str(&text[..first]);
    for c in text[first..].chars() {
        if must_escape(c) {
            escape_one(&mut escaped, c);
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_become_visible() {
        // input, for one line, for several lines
        for (input, one, several) in [
            ("plain", "plain", "plain"),
            ("a\nb\tc", "a\\nb\\tc", "a\nb\tc"),
            ("a\r\nb\r", "a\\r\\nb\\r", "a\nb\\r"),
            ("\u{1b}]0;owned\u{7}", r"\u{1b}]0;owned\u{7}", r"\u{1b}]0;owned\u{7}"),
            ("\u{9b}31m\u{7f}\0", r"\u{9b}31m\u{7f}\u{0}", r"\u{9b}31m\u{7f}\u{0}"),
            ("a\u{202e}b\u{2069}", r"a\u{202e}b\u{2069}", r"a\u{202e}b\u{2069}"),
            ("\u{200b}\u{feff}\u{ad}", r"\u{200b}\u{feff}\u{ad}", r"\u{200b}\u{feff}\u{ad}"),
            ("\u{e0041}", r"\u{e0041}", r"\u{e0041}"),
        ] {
            assert_eq!(line(input), one, "{input:?}");
            assert_eq!(text(input), several, "{input:?}");
        }
    }

    #[test]
    fn honest_text_is_borrowed() {
        for honest in ["", "Grüße", "日本語", "שלום", "👩‍👩‍👧", "e\u{301}", "\u{a0}", "\u{2027}", "\u{202f}", "❤️"]
        {
            assert!(matches!(line(honest), Cow::Borrowed(same) if same == honest), "{honest:?}");
            assert!(matches!(json(honest), Cow::Borrowed(same) if same == honest), "{honest:?}");
        }
    }

    #[test]
    fn escaped_json_reads_back_the_same() {
        let value = serde_json::json!({"a\u{202e}": ["\u{1b}\u{7f}\u{9b}", "\u{e0041}\n\"", 1]});
        let raw = value.to_string();
        let safe = json(&raw);
        assert!(!safe.contains(is_hostile));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn the_table_is_in_order() {
        for pair in HOSTILE.windows(2) {
            assert!(pair[0].0 <= pair[0].1 && pair[0].1 < pair[1].0, "{pair:?}");
        }
    }
}
