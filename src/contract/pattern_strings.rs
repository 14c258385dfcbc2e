//! Strings of a pattern: some that match it, with quotes and the like wherever the pattern allows them.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// What JSON strings escape, those that lose most messages first, and what URLs do.
const ESCAPED: [char; 5] = ['"', '\n', '\\', '\u{1}', '%'];
/// What a class is represented by, if it has one of these.
const USUAL: [char; 6] = ['a', 'A', '1', '-', ' ', '0'];
/// How long a string gets, in bytes.
const MAX_LENGTH: usize = 200;

/// Some strings that match a pattern: the shortest, one with everything optional, one for each alternative of the whole pattern, for
/// each of `repeats` one that repeats each part so often where it may, and for each character that JSON strings or URLs escape some
/// that have it as often as possible. None if the pattern cannot be read.
///
/// Some may not match, for example because of `\b`: callers must validate them.
pub(crate) fn matching(pattern: &str, repeats: &[u32]) -> Vec<String> {
    let Ok(pattern) = regex_syntax::parse(pattern) else { return Vec::new() };
    let alternatives = match pattern.kind() {
        HirKind::Alternation(alternatives) => alternatives.as_slice(),
        _ => std::slice::from_ref(&pattern),
    };
    let mut found = Vec::new();
    let mut add = |text: String| {
        if text.len() <= MAX_LENGTH && !found.contains(&text) {
            found.push(text);
        }
    };
    for alternative in alternatives {
        let properties = alternative.properties();
        let has_start = properties.look_set_prefix().contains(Look::Start);
        let has_end = properties.look_set_suffix().contains(Look::End);
        let usual = [(None, 0), (None, 1)].into_iter().chain(ESCAPED.map(|wanted| (Some(wanted), 1)));
        for (wanted, repeats) in usual.chain(repeats.iter().map(|repeats| (None, *repeats))) {
            let text = Choice { wanted, repeats }.string(alternative);
            if let Some(wanted) = wanted {
                if !has_end {
                    add(format!("{text}{wanted}"));
                }
                if !has_start {
                    add(format!("{wanted}{text}"));
                }
            }
            add(text);
        }
    }
    found
}

/// How the parts of a pattern are chosen.
#[derive(Clone, Copy)]
struct Choice {
    /// The character that is wanted.
    wanted: Option<char>,
    /// How often what may be repeated is there.
    repeats: u32,
}

impl Choice {
    fn string(self, pattern: &Hir) -> String {
        let mut text = String::new();
        self.write(pattern, &mut text);
        text
    }

    fn write(self, pattern: &Hir, out: &mut String) {
        if out.len() > MAX_LENGTH {
            return;
        }
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => out.extend(self.character(class)),
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(u32::MAX);
                let count = repetition.min.max(self.repeats).min(most);
                for _ in 0..count {
                    let before = out.len();
                    self.write(&repetition.sub, out);
                    // Nothing, repeated, is nothing; and the string is long enough.
                    if out.len() == before {
                        break;
                    }
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub, out),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part, out)),
            HirKind::Alternation(parts) => {
                let has_wanted = |part: &&Hir| self.wanted.is_some_and(|wanted| may_have(part, wanted));
                if let Some(part) = parts.iter().find(has_wanted).or_else(|| parts.first()) {
                    self.write(part, out);
                }
            }
        }
    }

    /// The wanted character if the class has it, or a usual one, or its first one.
    fn character(self, class: &Class) -> Option<char> {
        let ranges = ranges(class);
        let has = |character: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&character));
        let first = || ranges.first().map(|(start, _)| *start);
        self.wanted.into_iter().chain(USUAL).find(has).or_else(first)
    }
}

fn ranges(class: &Class) -> Vec<(char, char)> {
    match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    }
}

/// Whether a string that matches may have a character.
fn may_have(pattern: &Hir, character: char) -> bool {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).contains(character),
        HirKind::Class(class) => ranges(class).iter().any(|(start, end)| (start..=end).contains(&&character)),
        HirKind::Repetition(repetition) => repetition.max != Some(0) && may_have(&repetition.sub, character),
        HirKind::Capture(capture) => may_have(&capture.sub, character),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| may_have(part, character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_match_their_pattern_and_have_quotes_where_it_allows_them() {
        for (pattern, has_quote) in [
            ("^[A-Z]{3}-\\d{4}$", false),
            ("^https://", true),
            ("@", true),
            ("^/", true),
            (r"\.pdf$", true),
            ("^SKU-.+$", true),
            (r"^\d{4}-\d{2}-\d{2}", true),
            (r"^https?://[^\s]+$", true),
            ("^a$|^b\"$", true),
            ("^(abc|\"d\")$", true),
            ("^[a-z]+(\\.[a-z]+)*$", false),
            ("^(?:draft|sent)-\\w+$", false),
            ("^[^\"]*$", false),
            ("", true),
            ("^[^a-zA-Z0-9]{2,5}x?$", true),
        ] {
            let regex = regex::Regex::new(pattern).unwrap();
            let found = matching(pattern, &[]);
            let matches: Vec<_> = found.iter().filter(|text| regex.is_match(text)).collect();
            assert!(!matches.is_empty(), "{pattern}: {found:?}");
            assert_eq!(matches.iter().any(|text| text.contains('"')), has_quote, "{pattern}: {found:?}");
        }
        assert!(matching("(?=a)", &[]).is_empty());
        assert!(matching("^(a{1000}){1000}$", &[]).is_empty());
    }

    #[test]
    fn deep_patterns_take_no_time() {
        let alternatives = (0..60).fold("a\"".to_owned(), |inner, at| format!("({inner}|{at})"));
        assert!(matching(&alternatives, &[]).iter().any(|text| text == "a\""));
        for pattern in ["(((((()*)*)*)*)*)*", "(((((x{0})+)+)+)+)+", "((((((){200}){200}){200}){200}){200}){200}"] {
            assert_eq!(matching(pattern, &[150])[0], "", "{pattern}");
        }
        let nested = (0..12).fold("a".to_owned(), |inner, _| format!("({inner})*"));
        assert!(matching(&nested, &[150]).iter().all(|text| text.len() <= MAX_LENGTH));
    }

    #[test]
    fn strings_are_as_long_as_is_asked_where_the_pattern_allows_it() {
        for (pattern, repeats, expected) in
            [("^[a-z]+$", 11, "aaaaaaaaaaa"), ("^[a-z]{2,4}-\\d?$", 11, "aaaa-1"), ("^x$", 11, "x")]
        {
            assert!(matching(pattern, &[repeats]).iter().any(|text| text == expected), "{pattern}");
        }
    }
}
