//! JavaScript's strings in Rust: lengths in UTF-16 code units, and lone surrogates.
//!
//! A JavaScript string may contain lone surrogates (`"😀" | split: ""` gives two). A Rust string cannot, so a lone
//! surrogate is represented by a private-use character of plane 16 (U+10F000..=U+10F7FF), and joined with its
//! counterpart when strings are concatenated. No real text uses these characters.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Private-use character that represents the first surrogate, U+D800.
const FIRST_SURROGATE: u32 = 0x0010_F000;
/// The first two UTF-8 bytes of every character that represents a lone surrogate.
const SURROGATE_PREFIX: [u8; 2] = [0xF4, 0x8F];

/// The character that holds the UTF-16 code unit `unit`.
#[must_use]
pub fn char_of_unit(unit: u16) -> char {
    let code = match u32::from(unit) {
        surrogate @ 0xD800..=0xDFFF => surrogate - 0xD800 + FIRST_SURROGATE,
        code => code,
    };
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The lone surrogate that `character` represents, if any.
#[must_use]
pub fn surrogate_of(character: char) -> Option<u16> {
    let code = u32::from(character);
    (FIRST_SURROGATE..FIRST_SURROGATE + 0x800)
        .contains(&code)
        .then(|| u16::try_from(code - FIRST_SURROGATE + 0xD800).unwrap_or_default())
}

/// The UTF-16 code units of `text`, lone surrogates included.
pub fn units(text: &str) -> impl Iterator<Item = u16> + '_ {
    text.chars().flat_map(|character| {
        let mut buffer = [0; 2];
        let count = match surrogate_of(character) {
            Some(half) => {
                buffer[0] = half;
                1
            }
            None => character.encode_utf16(&mut buffer).len(),
        };
        buffer.into_iter().take(count)
    })
}

/// Length of `character` in UTF-16 code units.
#[must_use]
pub fn char_length(character: char) -> usize {
    if surrogate_of(character).is_some() { 1 } else { character.len_utf16() }
}

/// Length of `text` in UTF-16 code units: JavaScript's `length`.
///
/// ```
/// assert_eq!(inkproof_liquid::value::utf16::length("a😀é"), 4);
/// ```
#[must_use]
pub fn length(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char_length).sum()
}

/// Whether `text` may contain a lone surrogate.
#[must_use]
pub fn may_contain_lone_surrogates(text: &str) -> bool {
    !text.is_ascii() && memchr::memmem::find(text.as_bytes(), &SURROGATE_PREFIX).is_some()
}

/// Whether `text` may begin with a lone surrogate.
#[must_use]
pub fn may_begin_with_lone_surrogate(text: &str) -> bool {
    text.as_bytes().starts_with(&SURROGATE_PREFIX)
}

/// Joins adjacent surrogates that form a pair.
#[must_use]
pub fn join_surrogates(text: &str) -> Cow<'_, str> {
    if !may_contain_lone_surrogates(text) {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    for unit in char::decode_utf16(units(text)) {
        joined.push(unit.unwrap_or_else(|error| char_of_unit(error.unpaired_surrogate())));
    }
    Cow::Owned(joined)
}

/// The string with every surrogate pair split into two lone surrogates.
#[must_use]
pub fn split_surrogates(text: &str) -> Cow<'_, str> {
    let has_pairs = text.bytes().any(|byte| byte >= 0xF0);
    if has_pairs { Cow::Owned(units(text).map(char_of_unit).collect()) } else { Cow::Borrowed(text) }
}

/// Whether `pattern` begins or ends with a lone surrogate, which JavaScript also finds inside a pair.
#[must_use]
pub fn has_lone_surrogate_at_either_end(pattern: &str) -> bool {
    let is_half = |character: Option<char>| character.is_some_and(|known| surrogate_of(known).is_some());
    is_half(pattern.chars().next()) || is_half(pattern.chars().next_back())
}

/// Whether `text` contains `pattern`, as JavaScript's `includes` finds it.
#[must_use]
pub fn contains(text: &str, pattern: &str) -> bool {
    if has_lone_surrogate_at_either_end(pattern) {
        split_surrogates(text).contains(&*split_surrogates(pattern))
    } else {
        text.contains(pattern)
    }
}

/// The string encoded as UTF-8: pairs joined, and lone surrogates replaced by U+FFFD.
#[must_use]
pub fn to_utf8(text: &str) -> Cow<'_, str> {
    if !may_contain_lone_surrogates(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(char::decode_utf16(units(text)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// The code unit at `index`; `None` past the end.
#[must_use]
pub fn unit_at(text: &str, index: usize) -> Option<u16> {
    if text.is_ascii() {
        return text.as_bytes().get(index).map(|byte| u16::from(*byte));
    }
    units(text).nth(index)
}

/// The first `count` code units of `text`; cutting a pair leaves a lone surrogate.
#[must_use]
pub fn prefix(text: &str, count: usize) -> Cow<'_, str> {
    let mut taken = 0;
    for (offset, character) in text.char_indices() {
        if taken == count {
            return Cow::Borrowed(&text[..offset]);
        }
        taken += char_length(character);
        if taken > count {
            let mut cut = text[..offset].to_owned();
            let first = units(&text[offset..]).next().map(char_of_unit);
            cut.extend(first);
            return Cow::Owned(cut);
        }
    }
    Cow::Borrowed(text)
}

/// Compares as JavaScript's `<` does: code unit by code unit.
#[must_use]
pub fn compare(left: &str, right: &str) -> Ordering {
    // UTF-8 and UTF-16 order agree except for characters above U+FFFF, which represent lone surrogates as well.
    let has_astral = |text: &str| !text.is_ascii() && text.bytes().any(|byte| byte >= 0xF0);
    if has_astral(left) || has_astral(right) { units(left).cmp(units(right)) } else { left.cmp(right) }
}

/// JavaScript's white space: what `\s` matches and `trim` removes.
#[must_use]
pub fn is_space(character: char) -> bool {
    matches!(character,
        '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_code_units() {
        for (text, expected) in [("", 0), ("abc", 3), ("é", 1), ("😀", 2), ("a😀b", 4)] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn joins_split_pairs() {
        let halves: String = units("x😀").map(char_of_unit).collect();
        assert_eq!(length(&halves), 3);
        assert_eq!(join_surrogates(&halves), "x😀");
        let lone: String = units("😀").take(1).map(char_of_unit).collect();
        assert_eq!(to_utf8(&lone), "\u{fffd}");
        assert_eq!(join_surrogates(&lone), lone);
    }

    #[test]
    fn finds_surrogates_inside_pairs() {
        let [high, low] = [0, 1].map(|at| units("😀").skip(at).take(1).map(char_of_unit).collect::<String>());
        for (text, pattern, expected) in [
            ("😀", high.as_str(), true),
            ("a😀", &low, true),
            ("a😀", &format!("a{high}"), true),
            ("a😀", &format!("a{low}"), false),
            ("é", &high, false),
            ("😀", "😀", true),
            ("a", "", true),
        ] {
            assert_eq!(contains(text, pattern), expected, "{text} {pattern:?}");
        }
    }

    #[test]
    fn orders_by_code_unit() {
        assert_eq!(compare("😀", "\u{e000}"), Ordering::Less);
        assert_eq!(compare("a", "b"), Ordering::Less);
        assert_eq!(compare("é", "é"), Ordering::Equal);
    }

    #[test]
    fn prefix_may_cut_a_pair() {
        assert_eq!(prefix("abc", 2), "ab");
        assert_eq!(prefix("abc", 9), "abc");
        assert_eq!(units(&prefix("a😀", 2)).collect::<Vec<_>>(), [0x61, 0xD83D]);
    }
}
