//! Interpolations: what an expression may print, and whether that can break the JSON around it.

use super::machine::JsonPosition;
use crate::liquid::row::{self, Prints};
use crate::liquid::syntax::tree::{Argument, FilterCall, FilteredValue, OperandKind, SegmentKey, Step};
use crate::liquid::value::json;
use crate::liquid::{Arena, Value};

/// What an expression may print, from the most to the least that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class<'a> {
    /// A JSON value.
    Json,
    /// One or more digits.
    Count,
    /// A number, or `NaN` or `Infinity`, which are not JSON.
    Number,
    /// Characters that need no escape in a JSON string.
    Plain,
    /// This string.
    Literal(&'a str),
    /// The value of a variable of the data, or its `default`.
    Variable,
    /// Anything.
    Unknown,
}

impl<'a> Class<'a> {
    /// What an expression prints. `named` knows the template's own names.
    pub(super) fn from_expression(value: &FilteredValue<'a>, named: &dyn Fn(&str) -> Option<Self>) -> Self {
        if let Some((last, before)) = value.filters.split_last() {
            // `json` prints nothing for what is undefined, which some filters return.
            let may_be_undefined = before.last().is_some_and(|filter| may_return_nothing(filter));
            if may_be_undefined && Self::from_filter(last) == Some(Self::Json) {
                return Self::Unknown;
            }
            return match Self::from_filter(last) {
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
                    [last] => Self::from_loop_property(&last.key),
                    _ => Self::Unknown,
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

    /// What a property of `forloop` prints.
    fn from_loop_property(key: &SegmentKey<'_>) -> Self {
        match key {
            SegmentKey::Name("first" | "last") => Self::Json,
            SegmentKey::Name("index" | "index0" | "rindex" | "rindex0" | "length") => Self::Count,
            _ => Self::Unknown,
        }
    }

    /// What a filter prints for every input, if its row says so.
    fn from_filter(call: &FilterCall<'_>) -> Option<Self> {
        let row = call.filter?;
        let (required, _) = row.positional();
        match row.prints {
            // Rows describe the output of calls without optional arguments.
            Prints::Json if call.arguments.len() <= required => Some(Self::Json),
            Prints::Plain if call.arguments.len() <= required => Some(Self::Plain),
            Prints::Digits => Some(Self::Count),
            _ if row.output == row::Kind::Number => Some(Self::Number),
            _ => None,
        }
    }

    /// Whether everything in the class is valid at this position.
    pub(super) fn fits(self, position: JsonPosition) -> bool {
        match (position, self) {
            (JsonPosition::Value, Self::Json | Self::Count)
            | (JsonPosition::String | JsonPosition::Key, Self::Count | Self::Number | Self::Plain) => true,
            (_, Self::Literal(text)) => fits(text, position),
            _ => false,
        }
    }
}

/// Whether a filter may return nothing at all: an element of an array that has none, or an argument that is undefined.
fn may_return_nothing(call: &FilterCall<'_>) -> bool {
    let Some(row) = call.filter else { return true };
    let is_literal =
        |argument: &Argument<'_>| argument.value.is_some_and(|value| matches!(value.kind, OperandKind::Literal(_)));
    match row.derivation {
        row::Derivation::Input => !call.arguments.iter().all(is_literal),
        row::Derivation::Element => true,
        row::Derivation::New | row::Derivation::Elements => row.output == row::Kind::Anything,
    }
}

/// Whether a string is valid at this position of the JSON.
fn fits(text: &str, position: JsonPosition) -> bool {
    let arena = Arena::new();
    match position {
        JsonPosition::String | JsonPosition::Key => {
            let quoted = format!("\"{text}\"");
            matches!(json::read(&quoted, &arena), Ok(Value::String(_)))
        }
        JsonPosition::Value => json::read(text, &arena).is_ok(),
        JsonPosition::Elsewhere => false,
    }
}
