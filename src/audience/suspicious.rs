//! Texts that are sent, but look as if a value was missing.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The kinds of suspicious texts: a stable name, and what it means.
pub(super) const KINDS: [(&str, &str); 9] = [
    ("missing", "there is none"),
    ("empty", "it is empty"),
    ("undefined", "it contains `undefined`"),
    ("null", "it contains `null`"),
    ("not-a-number", "it contains `NaN`"),
    ("object", "it contains `[object Object]`"),
    ("liquid", "it contains Liquid that was not rendered"),
    ("space-before-punctuation", "a space comes before punctuation, as in `Hi ,`"),
    ("double-space", "it contains two spaces in a row, or begins or ends with one"),
];

/// Words that stand for a missing value, and the kind of each.
const WORDS: [(&str, usize); 3] = [("undefined", 2), ("null", 3), ("NaN", 4)];

/// What is printed of an object.
const OBJECT: &str = "[object Object]";
/// What Liquid begins with.
const LIQUID: [&str; 2] = ["{{", "{%"];

/// Finds any of these: hardly any text has one.
static ALL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let all = WORDS.iter().map(|(word, _)| *word).chain(LIQUID).chain([OBJECT]);
    // Only where the first match counts is it found by comparing many bytes at once.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(all).ok()
});

/// How the author of a template writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Whether a space comes before `!` and `?`, as in French.
    is_spaced: bool,
}

impl Style {
    /// The style of a template's content.
    pub(super) fn of(content: &str) -> Self {
        let is_operator = |at: usize| content[at + 2..].starts_with('=');
        let is_spaced = content.contains(" ?") || content.match_indices(" !").any(|(at, _)| !is_operator(at));
        Self { is_spaced }
    }
}

/// What looks wrong about a text, as indices of [`KINDS`]; the most telling only.
pub(super) fn kind_of(text: Option<&str>, style: Style) -> Option<usize> {
    let Some(text) = text else { return Some(0) };
    if text.trim().is_empty() {
        return Some(1);
    }
    if ALL.as_ref().is_none_or(|all| all.is_match(text)) {
        if let Some((_, kind)) = WORDS.iter().find(|(word, _)| contains_word(text, word)) {
            return Some(*kind);
        }
        if text.contains(OBJECT) {
            return Some(5);
        }
        if LIQUID.iter().any(|start| text.contains(start)) {
            return Some(6);
        }
    }
    let bytes = text.as_bytes();
    let mut is_spaced = bytes[0] == b' ' || bytes[bytes.len() - 1] == b' ';
    for at in memchr::memchr_iter(b' ', bytes) {
        match bytes.get(at + 1) {
            Some(b'!' | b'?') if style.is_spaced => {}
            // An ellipsis or a smiley may follow a space.
            Some(b',' | b'!' | b'?' | b'.') if bytes.get(at + 2).is_none_or(|next| matches!(next, b' ' | b'\n')) => {
                return Some(7);
            }
            Some(b' ') => is_spaced = true,
            _ => {}
        }
    }
    is_spaced.then_some(8)
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_letter = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspicious_texts() {
        for (text, expected) in [
            ("Hi Ada, it is 5.30 p.m. now! :-)", None),
            ("Order 7 has shipped ...", None),
            ("", Some("empty")),
            (" \n", Some("empty")),
            ("Hi undefined!", Some("undefined")),
            ("undefinedness", None),
            ("nullable, annul", None),
            ("null", Some("null")),
            ("NaN items", Some("not-a-number")),
            ("Nancy", None),
            ("For [object Object]", Some("object")),
            ("Hi {{ name }}", Some("liquid")),
            ("Hi , welcome", Some("space-before-punctuation")),
            ("Hi !", Some("space-before-punctuation")),
            ("Hi  Ada", Some("double-space")),
            ("Hi Ada ", Some("double-space")),
        ] {
            assert_eq!(
                kind_of(Some(text), Style::of("Hi {{ name }}!")).map(|kind| KINDS[kind].0),
                expected,
                "{text:?}"
            );
        }
        assert_eq!(kind_of(None, Style::of("")), Some(0));
    }

    #[test]
    fn a_space_is_right_where_the_template_has_it() {
        for (content, text, is_suspicious) in [
            ("Bienvenue, {{ name }} !", "Bienvenue, Zoé !", false),
            ("Combien ? {{ name }}", "Combien ? Zoé", false),
            ("Bienvenue, {{ name }} !", "Bienvenue , Zoé !", true),
            ("{% if name != 'x' %}Hi {{ name }}!{% endif %}", "Hi !", true),
        ] {
            assert_eq!(kind_of(Some(text), Style::of(content)).is_some(), is_suspicious, "{text}");
        }
    }
}
