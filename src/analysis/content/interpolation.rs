//! Holes: what an expression may print, and whether that can break the JSON that it stands in.

use super::super::trial::{prints, variable_of};
use super::machine::Position;
use crate::liquid::row::{self, Prints};
use crate::liquid::syntax::tree::{FilterCall, FilteredValue, OperandKind, SegmentKey, Step};
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

impl<'a> Class<'a> {
    /// What an expression prints. `named` says it of the template's own names.
    pub(super) fn of(value: &FilteredValue<'a>, named: &dyn Fn(&str) -> Option<Self>) -> Self {
        if let Some(last) = value.filters.last() {
            return match Self::of_filter(last) {
                Some(class) => class,
                None if value.filters.iter().all(|filter| filter.name == "default") => Self::Variable,
                None => Self::Unknown,
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

    /// What a filter prints whatever its input, if its row says so.
    fn of_filter(call: &FilterCall<'_>) -> Option<Self> {
        let row = call.filter?;
        let (required, _) = row.positional();
        match row.prints {
            // What rows say of what is printed is about calls without optional arguments.
            Prints::Json if call.arguments.len() <= required => Some(Self::Json),
            Prints::Plain if call.arguments.len() <= required => Some(Self::Plain),
            Prints::Digits => Some(Self::Count),
            _ if row.output == row::Kind::Number => Some(Self::Number),
            _ => None,
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
