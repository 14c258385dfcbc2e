//! Disguises: what may take the place of the value or the key of a person, the plainest first.

use serde_json::{Number, Value};

use super::vocabulary::Vocabulary;

/// What every string is replaced by if possible: a word, a number, a date.
const STRINGS: [&str; 3] = ["x", "1", "2001-01-01"];
/// The first digit and the other digits of numbers with as many digits.
const DIGITS: [(char, char); 5] = [('0', '0'), ('9', '9'), ('1', '0'), ('1', '1'), ('0', '5')];

/// What may take the place of a value that has no members. That is the value itself only if it says nothing about anybody: a
/// flag, or what the template says.
pub(super) fn of_value(value: &Value, vocabulary: &Vocabulary<'_>) -> Vec<Value> {
    match value {
        Value::Bool(_) => vec![Value::from(false), Value::from(true)],
        Value::String(text) => {
            let numbers = vocabulary.numbers().into_iter().map(|number| number.to_string());
            let fixed = STRINGS.iter().map(|text| (*text).to_owned());
            let own = vocabulary.contains(text).then(|| text.clone());
            fixed.chain(masks(text)).chain(numbers).chain(own).map(Value::from).collect()
        }
        Value::Number(number) => {
            let text = number.to_string();
            let masks = masks(&text).filter_map(|text| text.parse::<Number>().ok());
            let own = vocabulary.contains(&text).then(|| number.clone());
            let fixed = [1, 0].map(Number::from).into_iter();
            fixed.chain(masks).chain(vocabulary.numbers()).chain(own).map(Value::from).collect()
        }
        _ => vec![value.clone()],
    }
}

/// What may take the place of a key that the template does not name, and that no other key of the object is.
pub(super) fn of_key<'k>(key: &'k str, is_taken: &'k dyn Fn(&str) -> bool) -> impl Iterator<Item = String> + 'k {
    let plain = (1_u64..).map(|number| if number == 1 { "x".to_owned() } else { format!("x{number}") });
    let plain = plain.filter(|name| !is_taken(name)).take(1);
    plain.chain(masks(key).filter(|name| !is_taken(name)))
}

/// The same text with other letters and digits; none that is the text itself, unless it has no letters and digits.
fn masks(text: &str) -> impl Iterator<Item = String> + '_ {
    let masks = DIGITS.iter().map(|(first, others)| masked(text, *first, *others));
    masks.filter(move |mask| mask != text || !text.contains(char::is_alphanumeric))
}

fn masked(text: &str, first: char, others: char) -> String {
    let mut digit = first;
    let mask = |character: char| match character {
        _ if character.is_uppercase() => 'X',
        _ if character.is_numeric() => std::mem::replace(&mut digit, others),
        _ if character.is_alphabetic() => 'x',
        _ => character,
    };
    text.chars().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_have_other_letters_and_digits() {
        let of = |text| masks(text).collect::<Vec<_>>();
        assert_eq!(of("Élodie 42"), ["Xxxxxx 00", "Xxxxxx 99", "Xxxxxx 10", "Xxxxxx 11", "Xxxxxx 05"]);
        assert_eq!(of("999"), ["000", "100", "111", "055"]);
        assert_eq!(of("-"), ["-"; 5]);
        let keys: Vec<_> = of_key("a\"b", &|name| name == "x").collect();
        assert_eq!(keys[..2], ["x2", "x\"x"]);
    }
}
