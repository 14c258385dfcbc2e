//! What a schema demands of a string: its length, its pattern and its format, asked of one string at a time.

use jsonschema::Validator;
use serde_json::{Map, Value as Json};

use super::schema::options;
use super::shape::{Length, Strings};

/// What a schema demands of a string.
pub(crate) struct StringDemands(Option<Validator>);

impl Strings {
    /// What is demanded of them.
    pub(crate) fn demands(&self) -> StringDemands {
        let Self { format, pattern, length, .. } = self;
        if format.is_none() && pattern.is_none() && *length == Length::default() {
            return StringDemands(None);
        }
        let keywords = [
            ("format", format.as_deref().map(Json::from)),
            ("pattern", pattern.as_deref().map(Json::from)),
            ("minLength", Some(length.minimum.into())),
            ("maxLength", length.maximum.map(Json::from)),
        ];
        let schema: Map<_, _> =
            keywords.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        StringDemands(options().build(&schema.into()).ok())
    }
}

impl StringDemands {
    /// Whether a string meets them. What cannot be asked is met by all.
    pub(crate) fn are_met_by(&self, text: &str) -> bool {
        self.0.as_ref().is_none_or(|validator| validator.is_valid(&text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_meet_lengths_patterns_and_formats() {
        let strings = |format: Option<&str>, pattern: Option<&str>, minimum, maximum| Strings {
            format: format.map(str::to_owned),
            pattern: pattern.map(str::to_owned),
            length: Length { minimum, maximum },
            ..Strings::default()
        };
        for (strings, text, expected) in [
            (Strings::default(), "anything", true),
            (strings(None, None, 2, Some(3)), "é😀", true),
            (strings(None, None, 2, Some(3)), "a", false),
            (strings(None, None, 2, Some(3)), "abcd", false),
            (strings(None, Some("^\\d+$"), 0, None), "12", true),
            (strings(None, Some("^\\d+$"), 0, None), "12a", false),
            (strings(None, Some("("), 0, None), "anything", true),
            (strings(Some("date"), None, 0, None), "2031-12-31", true),
            (strings(Some("date"), None, 0, None), "soon", false),
            (strings(Some("unheard-of"), None, 0, None), "anything", true),
        ] {
            assert_eq!(strings.demands().are_met_by(text), expected, "{strings:?} {text}");
        }
    }
}
