//! The locales with data: how to find the one for a language tag, and what it implies.

use super::style::{Digits, Style};
use super::table::{Table, unescape};
use super::tag::Tag;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;
use std::ops::RangeInclusive;

const LOCALES: Table = Table::new(include_str!("data/locales.tsv"));
const SYMBOLS: Table = Table::new(include_str!("data/symbols.tsv"));
const REGIONS: Table = Table::new(include_str!("data/regions.tsv"));

/// The key of the rows that apply to every locale without a row of its own.
const ROOT: &str = "und";

/// A string that is not a known locale: it is not a language tag, or there is no data for its language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLocale {
    /// The string as given.
    pub locale: String,
    /// Suggested locales, the likeliest first; often empty.
    pub suggestions: Vec<String>,
}

impl fmt::Display for UnknownLocale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { locale, suggestions } = self;
        write!(f, "unknown locale `{locale}`: expected a language tag such as `en` or `fr-CA`")?;
        if locale.len() == 3 && locale.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return write!(f, "; a currency comes after it: `\"en-US\", \"{locale}\"`");
        }
        if suggestions.is_empty() {
            return Ok(());
        }
        write!(f, "; did you mean `{}`?", suggestions.join("` or `"))
    }
}

impl std::error::Error for UnknownLocale {}

/// A locale with data, as requested by a tag.
#[derive(Debug)]
pub(super) struct Locale {
    requested: Tag,
    /// The longest prefix of the tag for which there is data.
    tag: String,
    /// Its own digits, or those that the tag requests.
    digits: Digits,
    row: LocaleRow,
}

/// One row of `data/locales.tsv`.
#[derive(Debug, Clone, Copy)]
struct LocaleRow {
    numbering: &'static str,
    plain: &'static str,
    money: &'static str,
    region: &'static str,
}

impl LocaleRow {
    fn find(key: &str) -> Option<Self> {
        let mut cells = LOCALES.find(key)?.split('\t');
        Some(Self { numbering: cells.next()?, plain: cells.next()?, money: cells.next()?, region: cells.next()? })
    }
}

impl Locale {
    /// Finds the locale as Intl does: the tag in any letter case, or else its longest prefix for which there is data.
    ///
    /// If the language is unknown, Intl silently uses the default locale of the machine. This is an error here.
    pub(super) fn find(text: &str) -> Result<Self, UnknownLocale> {
        Self::resolve(text).ok_or_else(|| UnknownLocale { locale: text.to_owned(), suggestions: suggestions(text) })
    }

    fn resolve(text: &str) -> Option<Self> {
        let requested = Tag::parse(text)?;
        let name = requested.name();
        let (tag, row) = shortenings(&name).find_map(|tag| Some((tag, LocaleRow::find(tag)?)))?;
        let other = requested.numbering().filter(|&other| other != row.numbering);
        let in_other = other.and_then(|other| Some((Digits::find(other)?, in_numbering(tag, row, other))));
        let (digits, row) = match in_other {
            Some(in_other) => in_other,
            None => (Digits::find(row.numbering)?, row),
        };
        let tag = tag.to_owned();
        Some(Self { requested, tag, digits, row })
    }

    /// The code of the currency of the tag's region, or else of the region where its language is most spoken.
    pub(super) fn currency(&self) -> Option<&'static str> {
        REGIONS.find(self.requested.region().unwrap_or(self.row.region))
    }

    /// The locale's symbol for the currency with this code, or the code itself if it has none.
    pub(super) fn symbol<'a>(&self, code: &'a str) -> Cow<'a, str> {
        shortenings(&self.tag)
            .chain([ROOT])
            .filter_map(|tag| SYMBOLS.find(tag))
            .flat_map(|row| row.split('\t'))
            .find_map(|cell| cell.strip_prefix(code)?.strip_prefix('='))
            .map_or(Cow::Borrowed(code), unescape)
    }

    /// How the locale writes numbers.
    pub(super) fn plain_style(&self) -> Option<Style> {
        Style::numbered(self.row.plain)
    }

    /// How the locale writes amounts of the currency with this code.
    pub(super) fn money_style(&self, code: &str) -> Option<Style> {
        // A few locales have a special style for one currency. The key of such a row is the tag with the currency
        // keyword.
        let own = LocaleRow::find(&format!("{}-u-cu-{}", self.tag, code.to_ascii_lowercase()));
        Style::numbered(own.map_or(self.row.money, |row| row.money))
    }

    /// The digits of the locale.
    pub(super) fn digits(&self) -> Digits {
        self.digits
    }
}

/// The row of `tag` for a numbering system other than its default.
fn in_numbering(tag: &str, row: LocaleRow, numbering: &str) -> LocaleRow {
    let keyed = |system: &str| shortenings(tag).find_map(|tag| LocaleRow::find(&format!("{tag}-u-nu-{system}")));
    keyed(numbering).or_else(|| keyed("latn")).unwrap_or(row)
}

/// The tag and its prefixes: `zh-Hant-MO`, `zh-Hant`, `zh`.
fn shortenings(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| tag.rsplit_once('-').map(|(shorter, _)| shorter))
}

/// The maximum number of suggestions in an error, and the lengths of strings for which there are any.
const MAX_SUGGESTIONS: usize = 3;
const SUGGESTION_LENGTHS: RangeInclusive<usize> = 3..=32;

/// Suggestions for `text`, the likeliest first.
fn suggestions(text: &str) -> Vec<String> {
    // POSIX notation: `en_US`, `de_AT.UTF-8`.
    let hyphened = text.split(['.', '@']).next().unwrap_or("").replace('_', "-");
    let hyphened = hyphened.trim_matches(|c: char| c == '-' || c.is_whitespace());
    if let Some(meant) = canonical(hyphened) {
        return vec![meant];
    }
    if !SUGGESTION_LENGTHS.contains(&text.len()) {
        return Vec::new();
    }
    // A tag with an extended language, `zh-yue-HK`, is written without its prefix: `yue-HK`.
    let extended = hyphened
        .split_once('-')
        .and_then(|(_, own)| canonical(own).filter(|_| own.split('-').next().is_some_and(|s| s.len() == 3)));
    let shorter = shortenings(hyphened).find_map(canonical);
    let mut suggestions: Vec<String> = Vec::new();
    for guess in extended.into_iter().chain(misspelt(hyphened)).chain(shorter) {
        if suggestions.len() < MAX_SUGGESTIONS && !suggestions.contains(&guess) {
            suggestions.push(guess);
        }
    }
    suggestions
}

/// The tag in canonical form, without extensions, if there is data for it.
fn canonical(tag: &str) -> Option<String> {
    Some(Locale::resolve(tag)?.requested.name())
}

/// The tags at edit distance 1, those with the longest common prefix first.
fn misspelt(tag: &str) -> impl Iterator<Item = String> {
    let tag = tag.to_ascii_lowercase();
    let begins_alike =
        |other: &str| tag.bytes().zip(other.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    let mut alike: Vec<&str> = LOCALES
        .keys()
        .filter(|other| !other.contains("-u-") && strsim::damerau_levenshtein(&tag, &other.to_ascii_lowercase()) == 1)
        .collect();
    alike.sort_by_key(|other| Reverse(begins_alike(other)));
    alike.into_iter().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Locale {
        Locale::find(text).unwrap_or_else(|error| panic!("{error}"))
    }

    /// `new Intl.NumberFormat(requested).resolvedOptions()`
    #[test]
    fn finds_the_same_locale_as_intl() {
        for (requested, tag, zero) in [
            ("en", "en", "0"),
            ("en-us", "en-US", "0"),
            ("en-XX", "en", "0"),
            ("zh-TW", "zh-TW", "0"),
            ("zh-Hant-MO", "zh-Hant-MO", "0"),
            ("zh-Hant-US", "zh-Hant", "0"),
            ("en-Latn-US", "en", "0"),
            ("iw-IL", "he-IL", "0"),
            ("pa-PK", "pa-PK", "۰"),
            ("sr-ME", "sr-ME", "0"),
            ("ar-EG", "ar-EG", "٠"),
            ("ar-EG-u-nu-latn", "ar-EG", "0"),
            ("en-u-nu-hanidec", "en", "〇"),
            ("en-u-nu-roman", "en", "0"),
            ("zh-u-nu-native", "zh", "0"),
            ("gsw-CH", "gsw-CH", "0"),
        ] {
            let locale = find(requested);
            assert_eq!((locale.tag.as_str(), locale.digits().zero()), (tag, zero), "{requested}");
        }
    }

    #[test]
    fn implies_the_currency_of_its_region() {
        for (requested, code) in [
            ("en", Some("USD")),
            ("en-gb", Some("GBP")),
            ("en-UK", Some("GBP")),
            ("en-DE", Some("EUR")),
            ("fr", Some("EUR")),
            ("pt", Some("BRL")),
            ("zh", Some("CNY")),
            ("zh-Hant", Some("TWD")),
            ("zh-Hant-MO", Some("MOP")),
            ("yue", Some("HKD")),
            ("sr-Latn", Some("RSD")),
            ("uz-Arab", Some("AFN")),
            ("kk", Some("KZT")),
            ("mg", Some("MGA")),
            ("uk", Some("UAH")),
            ("fr-CH", Some("CHF")),
            ("en-001", None),
            ("es-419", None),
            ("en-AQ", None),
        ] {
            assert_eq!(find(requested).currency(), code, "{requested}");
        }
    }

    #[test]
    fn a_long_tag_is_found_in_time() {
        let variants: Vec<String> = (0..50_000).map(|n| format!("v{n:05}")).collect();
        assert_eq!(find(&format!("en-GB-{}", variants.join("-"))).tag, "en-GB");
    }

    #[test]
    fn every_row_refers_to_existing_styles() {
        for key in LOCALES.keys() {
            let row = LocaleRow::find(key).unwrap_or_else(|| panic!("row {key}"));
            assert!(Style::numbered(row.plain).is_some() && Style::numbered(row.money).is_some(), "{key}");
            assert!(Locale::resolve(key).is_some(), "{key}");
        }
    }

    #[test]
    fn suggests_similar_locales() {
        for (text, suggestions) in [
            ("en_US", &["en-US"][..]),
            ("de_AT.UTF-8", &["de-AT"]),
            (" fr ", &["fr"]),
            ("en-", &["en"]),
            ("zh-YUE", &["yue", "zh"]),
            ("zh-cmn-Hans-SG", &["zh-Hans-SG", "zh"]),
            ("en-USA", &["en-US", "en-UA", "en"]),
            ("en-US-x", &["en-US"]),
            ("xx", &[]),
            ("", &[]),
            ("\u{200f}\u{0}", &[]),
        ] {
            let error = Locale::find(text).expect_err(text);
            assert_eq!(error.suggestions, suggestions, "{text}");
        }
        assert_eq!(
            Locale::find(&"en-".repeat(100_000)).map(|_| ()),
            Err(UnknownLocale { locale: "en-".repeat(100_000), suggestions: vec![] })
        );
        assert_eq!(
            Locale::find("en_US").expect_err("underscore").to_string(),
            "unknown locale `en_US`: expected a language tag such as `en` or `fr-CA`; did you mean `en-US`?"
        );
    }
}
