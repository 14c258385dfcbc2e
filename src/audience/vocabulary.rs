//! The vocabulary of a template: what it and its snippets say themselves, which is the data of nobody.

use serde_json::Number;

use super::Audience;

/// How many numbers of the template are tried in place of one in the data.
const MAX_NUMBERS: usize = 20;

/// The texts of a template, its variants and its snippets.
pub(super) struct Vocabulary<'t> {
    texts: Vec<&'t str>,
}

impl<'t> Vocabulary<'t> {
    pub(super) fn of(audience: &Audience<'t>) -> Self {
        let templates = audience.template.with_variants().map(|variant| variant.source().text());
        let snippets = audience.workspace.snippets.iter().map(|snippet| snippet.source().text());
        Self { texts: templates.chain(snippets).collect() }
    }

    /// Whether the template says this word or phrase; what has no letters and digits says nothing about anybody.
    pub(super) fn contains(&self, phrase: &str) -> bool {
        !phrase.contains(char::is_alphanumeric) || self.texts.iter().any(|text| says(text, phrase))
    }

    /// The whole numbers in the template, and those next to each: they are on either side of what it compares with.
    pub(super) fn numbers(&self) -> Vec<Number> {
        let words = self.texts.iter().flat_map(|text| text.split(|character: char| !character.is_ascii_digit()));
        let numbers = words.filter_map(|word| word.parse::<i64>().ok()).take(MAX_NUMBERS);
        numbers.flat_map(|number| [number, number.saturating_add(1), number - 1]).map(Number::from).collect()
    }
}

/// Whether a text contains a phrase that is not a part of longer words.
fn says(text: &str, phrase: &str) -> bool {
    let is_in_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + phrase.len()..]);
        let begins = phrase.starts_with(is_in_word) && before.ends_with(is_in_word);
        let ends = phrase.ends_with(is_in_word) && after.starts_with(is_in_word);
        !begins && !ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_said() {
        let vocabulary = Vocabulary { texts: vec!["{% if customer.first_name == 'Al Green' and customer.age > 42 %}"] };
        for (phrase, expected) in
            [("Al", true), ("Al Green", true), ("name", false), ("first_name", true), ("4", false), ("<>", true)]
        {
            assert_eq!(vocabulary.contains(phrase), expected, "{phrase}");
        }
        assert_eq!(vocabulary.numbers(), [42, 43, 41].map(Number::from));
    }
}
