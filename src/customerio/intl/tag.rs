//! A language tag such as `en-GB`, parsed and canonicalized as in Intl (BCP 47 with the grammar of UTS #35).

use super::table::Table;
use std::collections::HashSet;

const ALIASES: Table = Table::new(include_str!("data/aliases.tsv"));

/// The parts of a language tag, in canonical case. Deprecated languages and regions are replaced by their current
/// codes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tag {
    language: String,
    script: Option<String>,
    /// Two letters, or three digits for a region of several countries.
    region: Option<String>,
    variants: Vec<String>,
    /// The value of `-u-nu-`.
    numbering: Option<String>,
}

impl Tag {
    /// Parses a tag in any case. `None` if Intl rejects it, such as `en_US` (underscore) and `zh-yue` (extended
    /// language).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut subtags = text.split('-').peekable();
        let mut tag =
            Self { language: subtags.next().filter(|s| is_language(s))?.to_ascii_lowercase(), ..Self::default() };
        tag.script = subtags.next_if(|s| is_script(s)).map(title_case);
        tag.region = subtags.next_if(|s| is_region(s)).map(str::to_ascii_uppercase);
        while let Some(variant) = subtags.next_if(|s| is_variant(s)) {
            tag.variants.push(variant.to_ascii_lowercase());
        }
        let mut seen = HashSet::new();
        if !tag.variants.iter().all(|variant| seen.insert(variant.as_str())) {
            return None;
        }
        let extensions: Vec<&str> = subtags.collect();
        tag.numbering = requested_numbering(unicode_keywords(&extensions)?);
        tag.variants.sort();
        tag.modernize();
        Some(tag)
    }

    /// The tag without its extensions: `zh-Hant-MO`.
    pub(super) fn name(&self) -> String {
        let parts: Vec<&str> = [&self.language]
            .into_iter()
            .chain(&self.script)
            .chain(&self.region)
            .chain(&self.variants)
            .map(String::as_str)
            .collect();
        parts.join("-")
    }

    /// Its region, if it has one.
    pub(super) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The numbering system that it requests, whether that exists or not.
    pub(super) fn numbering(&self) -> Option<&str> {
        self.numbering.as_deref()
    }

    fn modernize(&mut self) {
        if let Some(now) = ALIASES.find(&self.language) {
            // The current code can include more than a language, such as `sr-Latn` for `sh`. The tag's own parts take
            // precedence.
            for (at, part) in now.split('-').enumerate() {
                match part {
                    language if at == 0 => language.clone_into(&mut self.language),
                    script if is_script(script) => {
                        _ = self.script.get_or_insert_with(|| script.to_owned());
                    }
                    region => _ = self.region.get_or_insert_with(|| region.to_owned()),
                }
            }
        }
        if let Some(now) = self.region.as_deref().and_then(|region| ALIASES.find(region)) {
            self.region = now.split(' ').next().map(str::to_owned);
        }
    }
}

/// The subtags after `-u-` in the extensions of a tag; `None` if any of them is malformed.
fn unicode_keywords<'a, 't>(extensions: &'a [&'t str]) -> Option<&'a [&'t str]> {
    let mut keywords: &[&str] = &[];
    let mut seen = HashSet::new();
    let mut rest = extensions;
    while let [singleton, after @ ..] = rest {
        if !is_alphanumeric(singleton, 1..=1) {
            return None;
        }
        if singleton.eq_ignore_ascii_case("x") {
            return (!after.is_empty() && after.iter().all(|s| is_alphanumeric(s, 1..=8))).then_some(keywords);
        }
        let (own, next) = after.split_at(after.iter().take_while(|s| s.len() > 1).count());
        if own.is_empty()
            || !own.iter().all(|s| is_alphanumeric(s, 2..=8))
            || !seen.insert(singleton.to_ascii_lowercase())
        {
            return None;
        }
        if singleton.eq_ignore_ascii_case("u") {
            if own.iter().any(|s| s.len() == 2 && !s.ends_with(|c: char| c.is_ascii_alphabetic())) {
                return None;
            }
            keywords = own;
        }
        rest = next;
    }
    Some(keywords)
}

/// The value of the keyword `nu`; empty if it has none.
fn requested_numbering(keywords: &[&str]) -> Option<String> {
    let at = keywords.iter().position(|s| s.eq_ignore_ascii_case("nu"))?;
    let value: Vec<String> =
        keywords[at + 1..].iter().take_while(|s| s.len() > 2).map(|s| s.to_ascii_lowercase()).collect();
    Some(value.join("-"))
}

fn is_language(subtag: &str) -> bool {
    matches!(subtag.len(), 2 | 3 | 5..=8) && is_alphabetic(subtag)
}

fn is_script(subtag: &str) -> bool {
    subtag.len() == 4 && is_alphabetic(subtag)
}

fn is_region(subtag: &str) -> bool {
    subtag.len() == 2 && is_alphabetic(subtag) || subtag.len() == 3 && subtag.bytes().all(|b| b.is_ascii_digit())
}

fn is_variant(subtag: &str) -> bool {
    is_alphanumeric(subtag, 5..=8) || is_alphanumeric(subtag, 4..=4) && subtag.starts_with(|c: char| c.is_ascii_digit())
}

fn is_alphabetic(subtag: &str) -> bool {
    subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_alphanumeric(subtag: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn title_case(script: &str) -> String {
    let (first, rest) = script.split_at(1);
    first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonicalizes_tags() {
        for (text, name) in [
            ("en", "en"),
            ("EN-us", "en-US"),
            ("zh-hant-mo", "zh-Hant-MO"),
            ("es-419", "es-419"),
            ("ca-es-valencia", "ca-ES-valencia"),
            ("de-1996-1901", "de-1901-1996"),
            ("iw-IL", "he-IL"),
            ("sh", "sr-Latn"),
            ("sh-cyrl", "sr-Cyrl"),
            ("cnr", "sr-ME"),
            ("en-uk", "en-GB"),
            ("en-840", "en-US"),
            ("eng-u-nu-arab", "en"),
            ("en-x-whatever-1", "en"),
            ("en-a-bb-t-de-x-c", "en"),
        ] {
            let tag = Tag::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(tag.name(), name, "{text}");
        }
    }

    #[test]
    fn parses_the_requested_numbering_system() {
        for (text, numbering) in [
            ("ar", None),
            ("ar-u-nu-latn", Some("latn")),
            ("ar-EG-U-CA-gregory-NU-Thai-co-phonebk", Some("thai")),
            ("ar-u-attr-nu-latn", Some("latn")),
            ("ar-u-nu", Some("")),
            ("ar-x-u-nu-latn", None),
            ("ar-a-nu-latn", None),
        ] {
            assert_eq!(Tag::parse(text).unwrap_or_else(|| panic!("{text}")).numbering(), numbering, "{text}");
        }
    }

    #[test]
    fn rejects_the_tags_that_intl_rejects() {
        for text in [
            "",
            "-",
            "e",
            "en-",
            "-en",
            "en--US",
            "en_US",
            "en-US-",
            "root",
            "abcdefghi",
            "C",
            "*",
            "x-foo",
            "i-klingon",
            "zh-yue",
            "en-a",
            "en-x",
            "en-u-nu-arab-u-co-std",
            "de-1996-1996",
            "en-u-12",
            "en-US-GB",
            "én",
            "e\u{301}n",
            "en-12",
            "en US",
            " en",
        ] {
            assert_eq!(Tag::parse(text), None, "{text}");
        }
    }
}
