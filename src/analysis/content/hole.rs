//! Holes: what an expression may print, and whether that can break the JSON that it stands in.

use super::super::trial::{prints, variable_of};
use super::machine::Position;
use crate::liquid::syntax::tree::{FilteredValue, OperandKind, SegmentKey, Step};
use crate::liquid::value::json;
use crate::liquid::{Arena, Language, Value};

/// What is known of a text that an expression prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class<'a> {
    /// A JSON value.
    Json,
    /// Digits.
    Count,
    /// A number, or `NaN` and the like.
    Number,
    /// Letters and signs that mean nothing in JSON.
    Plain,
    /// This text.
    Literal(&'a str),
    /// The value of a variable, or what stands in for it.
    Variable,
    /// Anything.
    Unknown,
}

/// Filters, and what they print whatever they are given.
const PRINTS: [(&str, Class<'static>); 23] = [
    ("abs", Class::Number),
    ("at_least", Class::Number),
    ("at_most", Class::Number),
    ("base64_encode", Class::Plain),
    ("ceil", Class::Number),
    ("cgi_escape", Class::Plain),
    ("divided_by", Class::Number),
    ("floor", Class::Number),
    ("hmac_sha256", Class::Plain),
    ("json", Class::Json),
    ("md5", Class::Plain),
    ("minus", Class::Number),
    ("modulo", Class::Number),
    ("plus", Class::Number),
    ("round", Class::Number),
    ("sha1", Class::Plain),
    ("sha256", Class::Plain),
    ("size", Class::Count),
    ("slugify", Class::Plain),
    ("times", Class::Number),
    ("to_json", Class::Json),
    ("url_encode", Class::Plain),
    ("uri_escape", Class::Plain),
];

impl<'a> Class<'a> {
    /// What an expression prints. `named` says it of the template's own names.
    pub(super) fn of(value: &FilteredValue<'a>, named: &dyn Fn(&str) -> Option<Self>) -> Self {
        if let Some(last) = value.filters.last() {
            let known = PRINTS.iter().find(|(name, _)| *name == last.name);
            return match known {
                Some((_, Self::Json)) if last.arguments.is_empty() => Self::Json,
                Some((_, Self::Json)) | None if !value.filters.iter().all(|filter| filter.name == "default") => {
                    Self::Unknown
                }
                Some((_, class)) => *class,
                None => Self::Variable,
            };
        }
        let [Step::Operand(operand)] = value.expression.steps else {
            // `true` or `false`.
            return if value.expression.steps.is_empty() { Self::Unknown } else { Self::Json };
        };
        match operand.kind {
            OperandKind::Literal(Value::String(text)) => Self::Literal(text),
            OperandKind::Literal(Value::Number(_) | Value::Bool(_)) => Self::Json,
            OperandKind::Literal(_) => Self::Literal(""),
            OperandKind::Path { base: None, segments: [first, rest @ ..] } => match first.key {
                SegmentKey::Name("forloop") => match rest {
                    [last] if matches!(last.key, SegmentKey::Name("first" | "last")) => Self::Json,
                    _ => Self::Count,
                },
                SegmentKey::Name(name) => match named(name) {
                    Some(class) if rest.is_empty() || class == Self::Variable => class,
                    Some(_) => Self::Unknown,
                    None => Self::Variable,
                },
                SegmentKey::Computed(_) => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// Whether nothing that it stands for can break the JSON at that position.
    pub(super) fn fits(self, position: Position) -> bool {
        match (position, self) {
            (Position::Value, Self::Json | Self::Count)
            | (Position::Text | Position::Key, Self::Count | Self::Number | Self::Plain) => true,
            (_, Self::Literal(text)) => fits(text, position),
            _ => false,
        }
    }
}

/// Whether a text fits into JSON at that position.
fn fits(text: &str, position: Position) -> bool {
    let arena = Arena::new();
    match position {
        Position::Text | Position::Key => {
            let quoted = format!("\"{text}\"");
            matches!(json::read(&quoted, &arena), Ok(Value::String(_)))
        }
        Position::Value => json::read(text, &arena).is_ok(),
        Position::Elsewhere => false,
    }
}

/// Values that break JSON, each as JSON; the likeliest first.
const HOSTILE: [&str; 8] = [
    r#""say \"hi\"""#,
    r#""two\nlines""#,
    r#""back\\slash""#,
    r#""a word""#,
    r#""""#,
    "null",
    r#"{"a": 1}"#,
    r#""\t""#,
];

/// A value, as JSON, that breaks the JSON where it is what the expression's variable holds.
///
/// Each is tried, so that it does what it is said to do.
pub(super) fn witness<'a>(
    source: &'a str,
    value: &FilteredValue<'a>,
    position: Position,
    language: &'a Language,
) -> Option<(String, &'static str)> {
    let path = variable_of(&value.expression)?;
    let text = value.span.of(source);
    // A message that fails is lost for another reason.
    let breaks =
        |hostile: &str| prints(language, text, &path, Some(hostile)).is_some_and(|printed| !fits(&printed, position));
    let hostile = HOSTILE.into_iter().find(|hostile| breaks(hostile))?;
    Some((path.join("."), hostile))
}
