//! Shapes: what values a place of the data may hold, and the places within it.

use std::collections::BTreeMap;
use std::fmt;

use super::character::Characters;
use super::kinds::{JsonKind, Kinds};

/// What values a place may hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The kinds of value.
    pub kinds: Kinds,
    /// If given, the only values that there may be.
    pub only: Option<Vec<serde_json::Value>>,
    /// Its strings.
    pub strings: Strings,
    /// Its numbers.
    pub numbers: NumberRange,
    /// What its objects have, by key.
    pub members: BTreeMap<String, Member>,
    /// What its objects may have under other keys; none if there are no other keys.
    pub others: Option<Box<Shape>>,
    /// What its arrays consist of; none if no element is known.
    pub element: Option<Box<Shape>>,
    /// How long its arrays may be.
    pub length: Length,
    /// Whether no two elements of its arrays may be equal.
    pub has_unique_elements: bool,
    /// Shapes of which a value has one, instead of all of the above; empty if there is no choice.
    pub alternatives: Vec<Shape>,
    /// Where the shape is known from.
    pub source: Source,
}

/// What an object has under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The value.
    pub shape: Shape,
    /// Whether the key may be absent.
    pub is_optional: bool,
}

/// Where a shape is known from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// A JSON Schema.
    Declared,
    /// Values that were seen.
    #[default]
    Seen,
    /// Only what a template does with it: no request and no customer has it.
    Used,
}

/// Strings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strings {
    /// What they look like; for a declared shape, what they may look like.
    pub characters: Characters,
    /// Some of them.
    pub examples: Vec<String>,
    /// What `format` says, for a declared shape.
    pub format: Option<String>,
    /// What `pattern` says, for a declared shape.
    pub pattern: Option<String>,
    /// How many characters they have.
    pub length: Length,
}

/// How many there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// At least.
    pub minimum: usize,
    /// At most; none if there is no limit.
    pub maximum: Option<usize>,
}

impl Length {
    /// Whether there may be so many.
    #[must_use]
    pub fn allows(self, count: usize) -> bool {
        count >= self.minimum && self.maximum.is_none_or(|maximum| count <= maximum)
    }
}

/// Numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumberRange {
    /// The least; none if there is no limit.
    pub minimum: Option<f64>,
    /// The greatest; none if there is no limit.
    pub maximum: Option<f64>,
    /// Whether all are whole numbers, for a declared shape.
    pub is_integer: bool,
    /// Some of them.
    pub examples: Vec<f64>,
}

impl NumberRange {
    /// Whether a number is among them.
    #[must_use]
    pub fn allows(&self, number: f64) -> bool {
        self.minimum.is_none_or(|minimum| number >= minimum)
            && self.maximum.is_none_or(|maximum| number <= maximum)
            && !(self.is_integer && number.fract() != 0.0)
    }
}

impl Shape {
    /// The shape of any value.
    #[must_use]
    pub fn any(source: Source) -> Self {
        Self { kinds: Kinds::ANY, source, ..Self::default() }
    }

    /// Whether a value of this kind may stand here.
    #[must_use]
    pub fn may_be(&self, kind: JsonKind) -> bool {
        self.kinds.has(kind) || self.alternatives.iter().any(|alternative| alternative.may_be(kind))
    }

    /// The shape of the objects among the values: `message_data` and attributes are always objects, whatever a schema says.
    #[must_use]
    pub fn only_objects(mut self) -> Self {
        let objects = Kinds::only(JsonKind::Object);
        self.kinds = self.kinds.and(objects);
        self.alternatives = self.alternatives.into_iter().map(Self::only_objects).collect();
        self.alternatives.retain(|alternative| !alternative.all_kinds().is_empty());
        self
    }

    /// The same shape with these others under keys of which nothing is known.
    #[must_use]
    pub(super) fn with_unknown_as(mut self, others: Option<&Self>) -> Self {
        if self.others.as_deref() == Some(&Self::any(Source::Used)) {
            self.others = others.cloned().map(Box::new);
        }
        self.alternatives = self.alternatives.into_iter().map(|choice| choice.with_unknown_as(others)).collect();
        self
    }

    /// The kinds of value, those of the alternatives included.
    #[must_use]
    pub fn all_kinds(&self) -> Kinds {
        self.alternatives.iter().fold(self.kinds, |kinds, alternative| kinds.or(alternative.all_kinds()))
    }

    /// The shapes that a value may have: the alternatives, or the shape itself if there are none.
    #[must_use]
    pub fn choices(&self) -> Vec<&Self> {
        if self.alternatives.is_empty() {
            return vec![self];
        }
        self.alternatives.iter().flat_map(Self::choices).collect()
    }
}

/// A step from a place to one within it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// To what an object has under a key.
    Member(String),
    /// To the element of an array at this index.
    Element(usize),
}

/// A place in some data, such as `trigger.items[0].name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(pub Vec<Key>);

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            match key {
                Key::Element(index) => write!(f, "[{index}]")?,
                Key::Member(name) if is_plain(name) && at == 0 => f.write_str(name)?,
                Key::Member(name) if is_plain(name) => write!(f, ".{name}")?,
                Key::Member(name) => write!(f, "[{name:?}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can stand after a dot.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}
