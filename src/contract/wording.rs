//! Wording: what a value that does not match its schema should be, and what it is, in plain words.

use std::borrow::Cow;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, JsonTypeSet, ValidationError};
use serde_json::Value as Json;

use super::json_pointer;
use crate::diagnostics::did_you_mean;

/// How much of a value is shown, in characters.
const MAX_SHOWN: usize = 40;
/// How many of the allowed values are listed.
const MAX_LISTED: usize = 8;

/// A place at which a value does not match a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place, keys and indexes within each other.
    pub path: Vec<String>,
    /// What was expected there, and what is there.
    pub message: String,
    /// What to do about it.
    pub help: Vec<String>,
    /// The keyword of the schema that it does not match: a JSON pointer.
    pub keyword: String,
}

/// What an error of the validator says: one violation, or one for each key that is not allowed. `root` are the keys above the
/// value in its file.
pub(super) fn violations(error: &ValidationError<'_>, root: &[&str]) -> Vec<Violation> {
    let path = json_pointer::keys(error.instance_path().as_str());
    let here = Place { root, path: &path };
    let keyword = error.schema_path().as_str().to_owned();
    let violation =
        |message: String| Violation { path: path.clone(), message, help: Vec::new(), keyword: keyword.clone() };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|key| unexpected_key(&here, key, keyword.clone())).collect()
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let keys = error.instance().as_object().into_iter().flat_map(serde_json::Map::keys);
            let near = did_you_mean(name, keys.map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{}` is missing, and the schema requires it", here.key(name));
            vec![Violation { help: near.into_iter().collect(), ..violation(message) }]
        }
        Kind::Enum { options } => {
            let near = error
                .instance()
                .as_str()
                .and_then(|text| did_you_mean(text, options.as_array().into_iter().flatten().filter_map(Json::as_str)));
            let help = near.map(|near| format!("did you mean `{near}`?")).into_iter().collect();
            vec![Violation { help, ..violation(here.message(&expected(error), error.instance())) }]
        }
        Kind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            vec![violation(format!("the key `{}` is not allowed: expected {}", here.key(name), expected(error)))]
        }
        // Of alternatives, the one that the value is closest to says most.
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => closest(context, &path, root)
            .unwrap_or_else(|| vec![violation(here.message(&expected(error), error.instance()))]),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            vec![violation(format!("{} takes too long to be compared with the schema's pattern", here.shown()))]
        }
        Kind::FalseSchema => {
            vec![violation(format!("{} must be absent: the schema allows nothing there", here.shown()))]
        }
        _ => vec![violation(here.message(&expected(error), error.instance()))],
    }
}

/// The place of a value.
struct Place<'p> {
    root: &'p [&'p str],
    path: &'p [String],
}

impl Place<'_> {
    /// The path as it is written in templates: `message_data.items[1].name`; empty for the whole file.
    fn text(&self, last: Option<&str>) -> String {
        let is_plain = |key: &str| {
            !key.is_empty() && key.chars().all(|character| character.is_alphanumeric() || "_-$".contains(character))
        };
        let keys = self.root.iter().copied().chain(self.path.iter().map(String::as_str)).chain(last);
        let step = |(at, key): (usize, &str)| match key {
            index if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) => format!("[{index}]"),
            name if !is_plain(name) => format!("[{name:?}]"),
            name if at == 0 => name.to_owned(),
            name => format!(".{name}"),
        };
        keys.enumerate().map(step).collect::<Vec<_>>().concat()
    }

    fn key(&self, name: &str) -> String {
        self.text(Some(name))
    }

    fn shown(&self) -> String {
        let text = self.text(None);
        if text.is_empty() { "the whole value".to_owned() } else { format!("`{text}`") }
    }

    fn message(&self, expected: &str, found: &Json) -> String {
        let text = self.text(None);
        let under = if text.is_empty() { String::new() } else { format!(" under `{text}`") };
        format!("expected {expected}{under}, found {}", shown(found))
    }
}

fn unexpected_key(here: &Place<'_>, key: &str, keyword: String) -> Violation {
    let mut path = here.path.to_vec();
    path.push(key.to_owned());
    let message = format!("the schema does not allow `{}`", here.key(key));
    Violation { path, message, help: Vec::new(), keyword }
}

/// The violations of the alternative that a value is closest to: those of the only one whose kinds of value fit, or the
/// kinds of value of all of them.
fn closest(context: &[Vec<ValidationError<'static>>], path: &[String], root: &[&str]) -> Option<Vec<Violation>> {
    let is_kind_error = |error: &ValidationError<'_>| {
        matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str().split('/').count() == path.len() + 1
    };
    let (other_kinds, fitting): (Vec<_>, Vec<_>) = context.iter().partition(|errors| errors.iter().any(is_kind_error));
    if let [only] = fitting[..] {
        return Some(only.iter().flat_map(|error| violations(error, root)).collect());
    }
    if !fitting.is_empty() {
        return by_constant(&fitting, path, root);
    }
    let kinds = other_kinds.iter().filter_map(|errors| errors.iter().find(|error| is_kind_error(error)));
    let mut all = JsonTypeSet::empty();
    for error in kinds {
        if let Kind::Type { kind } = error.kind() {
            all = all.union(types(kind));
        }
    }
    let first = other_kinds.first()?.first()?;
    let (found, keyword) = (first.instance(), first.schema_path().as_str().to_owned());
    let here = Place { root, path };
    let message = here.message(&kinds_in_words(all), found);
    Some(vec![Violation { path: path.to_vec(), message, help: Vec::new(), keyword }])
}

/// Of alternatives that are told apart by a constant (`"kind": "card"`), the violations of the only one whose constant fits.
fn by_constant(fitting: &[&Vec<ValidationError<'static>>], path: &[String], root: &[&str]) -> Option<Vec<Violation>> {
    let has_wrong_constant = |errors: &[ValidationError<'_>]| {
        let is_constant =
            |error: &ValidationError<'_>| matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. });
        errors.iter().any(|error| {
            is_constant(error) && json_pointer::keys(error.instance_path().as_str()).len() == path.len() + 1
        })
    };
    match fitting.iter().filter(|errors| !has_wrong_constant(errors)).collect::<Vec<_>>()[..] {
        [only] => Some(only.iter().flat_map(|error| violations(error, root)).collect()),
        _ => None,
    }
}

/// What was expected.
fn expected(error: &ValidationError<'_>) -> String {
    let count =
        |count: u64, one: &str, many: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") };
    match error.kind() {
        Kind::Type { kind } => kinds_in_words(types(kind)),
        Kind::Constant { expected_value } => shown(expected_value),
        Kind::Enum { options } => {
            let options = options.as_array().map_or(&[][..], Vec::as_slice);
            let mut listed: Vec<_> = options.iter().take(MAX_LISTED).map(shown).collect();
            if options.len() > MAX_LISTED {
                listed.push(format!("{} others", options.len() - MAX_LISTED));
            }
            if listed.len() == 1 { listed.remove(0) } else { format!("one of {}", listed.join(", ")) }
        }
        Kind::Pattern { pattern } => format!("a string that matches `{}`", limited(pattern)),
        Kind::Format { format } => format_in_words(format),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("at least {}", count(*limit, "character", "characters")),
        Kind::MaxLength { limit } => format!("at most {}", count(*limit, "character", "characters")),
        Kind::MinItems { limit } => format!("at least {}", count(*limit, "element", "elements")),
        Kind::MaxItems { limit } => format!("at most {}", count(*limit, "element", "elements")),
        Kind::AdditionalItems { limit } => format!("at most {}", count(*limit as u64, "element", "elements")),
        Kind::UnevaluatedItems { unexpected } => {
            format!("a list without {}", count(unexpected.len() as u64, "more element", "more elements"))
        }
        Kind::MinProperties { limit } => format!("at least {}", count(*limit, "key", "keys")),
        Kind::MaxProperties { limit } => format!("at most {}", count(*limit, "key", "keys")),
        Kind::UniqueItems => "a list without repeated elements".to_owned(),
        Kind::Contains => "a list with an element that the schema's `contains` allows".to_owned(),
        Kind::Not { .. } => "a value that the schema's `not` does not allow".to_owned(),
        Kind::AnyOf { context } => format!("one of {} alternatives of the schema (`anyOf`)", context.len()),
        Kind::OneOfNotValid { context } => format!("one of {} alternatives of the schema (`oneOf`)", context.len()),
        Kind::OneOfMultipleValid { .. } => "exactly one of the schema's alternatives (`oneOf`), not several".to_owned(),
        Kind::ContentEncoding { content_encoding } => format!("a string in the encoding `{content_encoding}`"),
        Kind::ContentMediaType { content_media_type } => format!("a string with `{content_media_type}`"),
        _ => format!("what the schema's `{}` allows", error.kind().keyword()),
    }
}

fn types(kind: &TypeKind) -> JsonTypeSet {
    match kind {
        TypeKind::Single(one) => (*one).into(),
        TypeKind::Multiple(many) => *many,
    }
}

fn kinds_in_words(kinds: JsonTypeSet) -> String {
    let word = |kind: JsonType| match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    };
    let is_implied = |kind: JsonType| kind == JsonType::Integer && kinds.contains(JsonType::Number);
    let mut kinds: Vec<_> = kinds.iter().filter(|kind| !is_implied(*kind)).collect();
    kinds.sort_by_key(|kind| *kind == JsonType::Null);
    let mut words: Vec<_> = kinds.into_iter().map(word).collect();
    match words.pop() {
        Some(last) if words.is_empty() => last.to_owned(),
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn format_in_words(format: &str) -> String {
    let words = match format {
        "date-time" => "a date and time such as `2026-01-31T12:00:00Z`",
        "date" => "a date such as `2026-01-31`",
        "time" => "a time such as `12:00:00Z`",
        "duration" => "a duration such as `P3D`",
        "email" | "idn-email" => "an email address",
        "hostname" | "idn-hostname" => "a host name",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uri" | "iri" => "a URL such as `https://example.com`",
        "uri-reference" | "iri-reference" => "a URL or a part of one",
        "uuid" => "a UUID",
        "regex" => "a regular expression",
        _ => return format!("a string in the format `{format}`"),
    };
    words.to_owned()
}

/// A value in a message, shortened.
fn shown(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Array(items) => match items.len() {
            0 => "an empty list".to_owned(),
            1 => "a list with 1 element".to_owned(),
            count => format!("a list with {count} elements"),
        },
        Json::Object(_) => "an object".to_owned(),
        Json::String(text) if text.chars().count() > MAX_SHOWN => format!("`{}`", limited(&format!("{text:?}"))),
        Json::String(_) | Json::Bool(_) | Json::Number(_) => format!("`{value}`"),
    }
}

fn limited(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= MAX_SHOWN {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(MAX_SHOWN - 1).chain(['…']).collect())
}
