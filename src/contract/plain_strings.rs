//! Plain strings: declared strings that are written in JSON as they are, because they contain nothing that is escaped there.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::shape::Strings;

/// Formats that allow neither quotes, backslashes nor control characters.
const PLAIN_FORMATS: [&str; 11] = [
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "ipv4",
    "ipv6",
    "hostname",
    "uri",
    "uri-reference",
    "uri-template",
];

impl Strings {
    /// Whether what is declared allows no string with a character that JSON escapes.
    #[must_use]
    pub fn are_plain(&self) -> bool {
        self.format.as_deref().is_some_and(|format| PLAIN_FORMATS.contains(&format))
            || self.pattern.as_deref().is_some_and(allows_only_plain)
    }
}

/// Whether only strings without such characters match a pattern. A pattern that cannot be read, or that need not match the
/// whole string, may match others.
fn allows_only_plain(pattern: &str) -> bool {
    let Ok(pattern) = regex_syntax::parse(pattern) else { return false };
    let properties = pattern.properties();
    properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End)
        && is_plain(&pattern)
}

/// Whether nothing that is escaped in JSON matches any part of a pattern.
fn is_plain(pattern: &Hir) -> bool {
    let is_outside = |start: u32, end: u32| {
        let has = |character: char| (start..=end).contains(&u32::from(character));
        start >= u32::from(' ') && !has('"') && !has('\\')
    };
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|byte| is_outside(u32::from(*byte), u32::from(*byte))),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().all(|range| is_outside(u32::from(range.start()), u32::from(range.end())))
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().all(|range| is_outside(u32::from(range.start()), u32::from(range.end())))
        }
        HirKind::Repetition(repetition) => is_plain(&repetition.sub),
        HirKind::Capture(capture) => is_plain(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_patterns_without_escaped_characters_are_plain() {
        for (pattern, expected) in [
            ("^[A-Z0-9-]{4,12}$", true),
            (r"^\d+(\.\d+)?$", true),
            (r"^(?:draft|sent)-\w+$", true),
            ("^(a|b)$", true),
            ("^a$|^b$", true),
            ("", false),
            ("^[A-Z]+", false),
            ("[A-Z]+$", false),
            ("^a|b$", false),
            ("^.*$", false),
            ("^[^\"]*$", false),
            (r"^\S+$", false),
            (r"^a\s$", false),
            (r"^a\\b$", false),
            ("^(?=a)a$", false),
            ("(?m)^a$", false),
        ] {
            let strings = Strings { pattern: Some(pattern.to_owned()), ..Strings::default() };
            assert_eq!(strings.are_plain(), expected, "{pattern}");
        }
    }

    #[test]
    fn plain_formats_are_validated() {
        for format in PLAIN_FORMATS {
            let schema = serde_json::json!({ "type": "string", "format": format });
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            for text in ["a\"b", "a\\b", "a\nb", "https://example.com/\"", "https://example.com/a\\b", "2026-01-02\""] {
                assert!(!validator.is_valid(&serde_json::json!(text)), "{format}: {text:?}");
            }
        }
    }
}
