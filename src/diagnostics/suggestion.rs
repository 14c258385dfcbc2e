//! *Did you mean …?*: the candidate most likely meant by a name that does not exist.
//!
//! Two names are alike in one of three ways, each scored from 0 to 1:
//!
//! * **Same letters**: they differ in case and separators only (`firstName`, `first_name`).
//! * **Spelling**: they differ by a few typos (`tracking_ulr`, `tracking_url`).
//! * **Words**: they name the same thing in other words. The first words say which thing is meant, the last only which
//!   property of it: so `order_number` is similar to `order_id`, but `first_name` is not similar to `last_name`. A name
//!   whose words are all part of the other (`address`, `shipping_address`) is similar as well.

use strsim::osa_distance;

/// Minimum similarity. With a lower one, a long name would be suggested because it shares one short word.
const THRESHOLD: f64 = 0.4;
/// Words with fewer letters (`is`, `my`, `id`) do not make names similar on their own.
const TELLING_WORD: usize = 3;
/// Longer names are only compared for equality, because comparing costs the product of both lengths.
const LONGEST_NAME: usize = 64;
/// Maximum number of candidates. Data may have any number of keys; reporting an undefined name must not take seconds.
const MOST_CANDIDATES: usize = 1000;

/// The candidate most similar to `name`, if any is similar enough. Of equally good ones, the first.
///
/// ```
/// use inkproof::diagnostics::did_you_mean;
///
/// let data = ["order_id", "tracking_url", "product_name"];
/// assert_eq!(did_you_mean("tracking_ulr", data), Some("tracking_url"));
/// assert_eq!(did_you_mean("order_number", data), Some("order_id"));
/// assert_eq!(did_you_mean("customer_name", data), None);
/// ```
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = Name::new(name);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates.into_iter().take(MOST_CANDIDATES) {
        if candidate == name.text {
            continue;
        }
        let score = name.likeness(&Name::new(candidate));
        if score >= THRESHOLD && best.is_none_or(|(best, _)| score > best) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The candidate that `name` most likely misspells: it differs in a few letters, in case or in separators. Names that differ
/// in their digits are different names.
///
/// ```
/// use inkproof::diagnostics::misspelling_of;
///
/// let data = ["vip", "order_id", "line_2"];
/// assert_eq!(misspelling_of("vpi", data), Some("vip"));
/// assert_eq!(misspelling_of("orderId", data), Some("order_id"));
/// assert_eq!(misspelling_of("order_number", data), None);
/// assert_eq!(misspelling_of("line_3", data), None);
/// ```
pub fn misspelling_of<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = Name::new(name);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates.into_iter().take(MOST_CANDIDATES).filter(|candidate| *candidate != name.text) {
        let other = Name::new(candidate);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let score = name.likeness_as_typos(&other);
        if score >= THRESHOLD && best.is_none_or(|(best, _)| score > best) && digits(name.text) == digits(candidate) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A name split into words.
struct Name<'a> {
    text: &'a str,
    /// Its words in lower case: `orderNumber`, `order_number` and `Order-Number` have the same.
    words: Vec<String>,
    /// The letters of all its words.
    letters: usize,
}

impl<'a> Name<'a> {
    fn new(text: &'a str) -> Self {
        let words = words(text);
        let letters = words.iter().map(|word| length(word)).sum();
        Self { text, words, letters }
    }

    /// The similarity of two names, from 0 to 1.
    fn likeness(&self, other: &Self) -> f64 {
        let of_spelling = self.likeness_as_typos(other);
        if self.letters == 0 || other.letters == 0 || self.letters.max(other.letters) > LONGEST_NAME {
            return of_spelling;
        }
        of_spelling.max(self.likeness_of_words(other))
    }

    /// The similarity of two names of which one may be a misspelling of the other, from 0 to 1.
    fn likeness_as_typos(&self, other: &Self) -> f64 {
        if self.letters == 0 || other.letters == 0 {
            return 0.0;
        }
        if self.words.concat() == other.words.concat() {
            return 1.0;
        }
        if self.letters.max(other.letters) > LONGEST_NAME {
            return 0.0;
        }
        self.likeness_of_spelling(other)
    }

    /// The share of correct letters, if no word has more wrong letters than typos explain. Names that are split differently
    /// are compared as a whole, and more strictly, because there a typo could turn one word into another.
    fn likeness_of_spelling(&self, other: &Self) -> f64 {
        let longest = self.letters.max(other.letters);
        let slips = if self.words.len() == other.words.len() {
            self.words.iter().zip(&other.words).map(|(one, two)| typos(one, two, 3)).sum()
        } else {
            typos(&self.words.concat(), &other.words.concat(), 4)
        };
        slips.map_or(0.0, |slips: usize| 1.0 - ratio(slips, longest))
    }

    /// The share of letters in common words (Dice's coefficient), if the names start with the same significant word or one
    /// contains all words of the other.
    fn likeness_of_words(&self, other: &Self) -> f64 {
        let (few, many) = if self.words.len() <= other.words.len() { (self, other) } else { (other, self) };
        let common: Vec<usize> = few
            .words
            .iter()
            .map(|word| many.words.iter().map(|other| in_common(word, other)).max().unwrap_or(0))
            .collect();
        let same_start = in_common(&few.words[0], &many.words[0]) >= TELLING_WORD;
        let all_part = common.iter().all(|&letters| letters > 0);
        if same_start || all_part {
            ratio(2 * common.iter().sum::<usize>(), self.letters + other.letters).min(1.0)
        } else {
            0.0
        }
    }
}

/// The number of letters that two words have in common: all if they are equal, most if one is misspelled, those of the
/// shorter if it abbreviates the longer (`num`, `number`), otherwise none.
fn in_common(one: &str, two: &str) -> usize {
    if one == two {
        return length(one);
    }
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let letters = length(short);
    if letters >= TELLING_WORD && long.starts_with(short) {
        return letters;
    }
    typos(one, two, 4).map_or(0, |slips| length(long) - slips)
}

/// The edit distance between two words (with transpositions); `None` if that is more than one in `one_in` letters, too many
/// to be typos.
fn typos(one: &str, two: &str, one_in: usize) -> Option<usize> {
    let slips = osa_distance(one, two);
    (slips <= length(one).max(length(two)) / one_in).then_some(slips)
}

/// A name's words in lower case, split at characters that are neither letters nor digits, and at camel case.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for c in text.chars() {
        let starts_word = c.is_uppercase() && after_small;
        if (starts_word || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_numeric();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn length(word: &str) -> usize {
    word.chars().count()
}

#[expect(clippy::cast_precision_loss, reason = "both are lengths of short names")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Customer.io's documented requests send.
    const DOCUMENTED: &[&str] = &["order_id", "tracking_url", "product_name"];
    const PERSON: &[&str] = &["id", "email", "last_name", "is_admin", "created_at", "plan"];
    const FILTERS: &[&str] =
        &["append", "capitalize", "date", "default", "downcase", "size", "split", "sort", "upcase"];

    #[test]
    fn suggests_similar_names() {
        let cases: &[(&str, &[&str], &str)] = &[
            // other words for the same thing
            ("order_number", DOCUMENTED, "order_id"),
            ("orderNumber", DOCUMENTED, "order_id"),
            ("ordr_number", DOCUMENTED, "order_id"),
            ("tracking_link", DOCUMENTED, "tracking_url"),
            ("name", DOCUMENTED, "product_name"),
            ("id", DOCUMENTED, "order_id"),
            ("url", DOCUMENTED, "tracking_url"),
            ("shipping_address", &["name", "address"], "address"),
            ("order_num", &["order_id", "order_number"], "order_number"),
            ("addr", &["email", "address"], "address"),
            // typos: missing, extra, wrong, swapped letters
            ("product_nam", DOCUMENTED, "product_name"),
            ("producct_name", DOCUMENTED, "product_name"),
            ("tracking_urk", DOCUMENTED, "tracking_url"),
            ("trakcing_url", DOCUMENTED, "tracking_url"),
            ("emial", PERSON, "email"),
            ("uppercase", FILTERS, "upcase"),
            ("capitalise", FILTERS, "capitalize"),
            // case and separators
            ("ORDER_ID", DOCUMENTED, "order_id"),
            ("orderId", DOCUMENTED, "order_id"),
            ("order-id", DOCUMENTED, "order_id"),
            ("lastname", PERSON, "last_name"),
            ("STRASSE", &["strasse"], "strasse"),
            ("größe", &["grösse", "große", "groß"], "große"),
            // the best, not the first
            ("user_nam", &["user_id", "user_name"], "user_name"),
            // of equally good ones, the first
            ("items", &["item1", "item2"], "item1"),
        ];
        for (name, candidates, expected) in cases {
            assert_eq!(did_you_mean(name, candidates.iter().copied()), Some(*expected), "{name}");
        }
    }

    #[test]
    fn does_not_suggest_unrelated_names() {
        let cases: &[(&str, &[&str])] = &[
            // the same property of another thing
            ("customer_name", DOCUMENTED),
            ("user_id", DOCUMENTED),
            ("first_name", PERSON),
            ("company_url", DOCUMENTED),
            // a short common word is not enough
            ("is_vip", PERSON),
            // one word in common with a long name
            ("first_name", &["first_purchase_after_signup_date"]),
            // nothing in common
            ("price", DOCUMENTED),
            ("discount_code", DOCUMENTED),
            ("x", DOCUMENTED),
            ("ip", PERSON),
            ("plain_text", FILTERS),
            // itself, nothing, no letters
            ("order_id", &["order_id"]),
            ("", DOCUMENTED),
            ("order", &[""]),
            ("__", &["--", "order"]),
            ("anything", &[]),
        ];
        for (name, candidates) in cases {
            assert_eq!(did_you_mean(name, candidates.iter().copied()), None, "{name}");
        }
    }

    #[test]
    fn bounds_the_cost_of_huge_names() {
        let huge = "a".repeat(1_000_000);
        let upper = huge.to_uppercase();
        assert_eq!(did_you_mean(&huge, ["a", "aaaa", &upper]), Some(upper.as_str()));
        assert_eq!(did_you_mean(&huge, [format!("{huge}b").as_str()]), None);
    }
}
