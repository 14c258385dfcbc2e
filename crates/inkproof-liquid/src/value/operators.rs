//! Operators: `==`, `<`, `contains`, `and` and the others.

use std::cmp::Ordering;

use crate::error::Result;
use crate::value::coerce;
use crate::value::comparison::Comparison;
use crate::value::{Arena, Value, utf16};

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterOrEqual,
    /// `<=`
    LessOrEqual,
    /// `contains`
    Contains,
    /// `not`, before its single operand
    Not,
    /// `and`
    And,
    /// `or`
    Or,
}

impl Operator {
    /// Every operator as written; a longer one before its prefix.
    pub const ALL: [(&'static str, Self); 10] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        (">=", Self::GreaterOrEqual),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        ("<", Self::Less),
        ("contains", Self::Contains),
        ("not", Self::Not),
        ("and", Self::And),
        ("or", Self::Or),
    ];

    /// Its precedence; operators of equal precedence are right-associative.
    #[must_use]
    pub const fn precedence(self) -> u8 {
        match self {
            Self::And | Self::Or => 0,
            Self::Not => 1,
            _ => 2,
        }
    }

    /// Whether it combines conditions, rather than comparing values.
    #[must_use]
    pub const fn is_logical(self) -> bool {
        matches!(self, Self::Not | Self::And | Self::Or)
    }

    /// Applies the operator. `not` ignores `left`.
    ///
    /// # Errors
    /// An operand is nested too deeply.
    pub fn apply<'a>(self, left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<bool> {
        Ok(match self {
            Self::Equal => equals(left, right, arena)?,
            Self::NotEqual => !equals(left, right, arena)?,
            Self::Greater => ordered(left, right, arena, &[Ordering::Greater])?,
            Self::Less => ordered(left, right, arena, &[Ordering::Less])?,
            Self::GreaterOrEqual => ordered(left, right, arena, &[Ordering::Greater, Ordering::Equal])?,
            Self::LessOrEqual => ordered(left, right, arena, &[Ordering::Less, Ordering::Equal])?,
            Self::Contains => contains(left, right, arena)?,
            Self::Not => !right.is_truthy(),
            Self::And => left.is_truthy() && right.is_truthy(),
            Self::Or => left.is_truthy() || right.is_truthy(),
        })
    }
}

/// A literal on either side compares as neither larger nor smaller.
fn ordered<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena, wanted: &[Ordering]) -> Result<bool> {
    if let (Value::Number(left), Value::Number(right)) = (left, right) {
        return Ok(left.partial_cmp(&right).is_some_and(|order| wanted.contains(&order)));
    }
    let is_literal = |value| matches!(value, Value::Nil | Value::Empty | Value::Blank);
    if is_literal(left) || is_literal(right) {
        return Ok(false);
    }
    let order = coerce::compare(left.plain(arena), right.plain(arena), arena)?;
    Ok(order.is_some_and(|order| wanted.contains(&order)))
}

fn contains<'a>(left: Value<'a>, right: Value<'a>, arena: &'a Arena) -> Result<bool> {
    match left.plain(arena) {
        Value::Array(items) => includes(items, right, arena),
        Value::String(text) => {
            let wanted = coerce::js_string(right.plain(arena), arena)?;
            arena.work((text.len() + wanted.len()) / 8)?;
            Ok(utf16::contains(text, &wanted))
        }
        _ => Ok(false),
    }
}

/// Whether an array has an element that equals `wanted`.
///
/// # Errors
/// The values are nested too deeply.
pub fn includes<'a>(items: &[Value<'a>], wanted: Value<'a>, arena: &Arena) -> Result<bool> {
    arena.work(items.len())?;
    for item in items {
        if equals(*item, wanted, arena)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// From which length comparing two strings counts as work of its own.
const LONG_TEXT: usize = 64;

/// `==`: a literal on the left decides, or else one on the right; arrays compare element by element; everything else
/// compares strictly, including its type.
///
/// # Errors
/// The values are nested too deeply.
pub fn equals<'a>(left: Value<'a>, right: Value<'a>, arena: &Arena) -> Result<bool> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(left == right),
        (Value::String(left), Value::String(right)) => {
            if left.len() == right.len() && left.len() > LONG_TEXT {
                arena.work(left.len() / 16)?;
            }
            Ok(left == right)
        }
        _ => equals_within(left, right, &mut Comparison::new(arena)),
    }
}

fn equals_within<'a>(left: Value<'a>, right: Value<'a>, comparison: &mut Comparison<'_>) -> Result<bool> {
    comparison.compare(left, right)?;
    Ok(match (left, right) {
        (Value::Nil, other) | (other, Value::Nil) if !is_empty_literal(left) => is_nil(other),
        (Value::Empty, other) => is_empty(other),
        (Value::Blank, other) | (other, Value::Blank) if !matches!(other, Value::Empty) => is_blank(other),
        (other, Value::Empty) => is_empty(other),
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            let Some(pair) = comparison.enter(left, right)? else { return Ok(true) };
            for (left, right) in left.iter().zip(right) {
                if !equals_within(*left, *right, comparison)? {
                    return Ok(false);
                }
            }
            comparison.leave_equal(pair);
            true
        }
        // A loop compares as the string it prints, so it also equals that string.
        (Value::Loop(left), Value::Loop(right)) => left.json() == right.json(),
        (Value::Loop(state), Value::String(text)) | (Value::String(text), Value::Loop(state)) => state.json() == text,
        (Value::Number(left), Value::Number(right)) => left == right,
        (left, right) => left.is_same(right),
    })
}

const fn is_empty_literal(value: Value<'_>) -> bool {
    matches!(value, Value::Empty | Value::Blank)
}

/// What `nil` equals.
const fn is_nil(value: Value<'_>) -> bool {
    matches!(value, Value::Nil | Value::Null | Value::Undefined)
}

/// What `empty` equals.
fn is_empty(value: Value<'_>) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.entries().is_empty(),
        _ => false,
    }
}

/// What `blank` equals.
fn is_blank(value: Value<'_>) -> bool {
    match value {
        Value::Bool(false) | Value::Nil | Value::Null | Value::Undefined => true,
        Value::String(text) => text.chars().all(utf16::is_space),
        other => is_empty(other),
    }
}
