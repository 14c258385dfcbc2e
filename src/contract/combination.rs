//! Combinations of shapes: those of a value that has two shapes at once, as `allOf` has it.

use std::collections::BTreeMap;

use super::kinds::{JsonKind, Kinds};
use super::shape::{Length, Member, NumberRange, Shape, Source, Strings};

/// How many alternatives a shape is given at most; beyond that, they count as any of their kinds.
pub(super) const MAX_ALTERNATIVES: usize = 64;

impl Shape {
    /// The shape of values that have this one and the other. It may admit more than both do together, never less.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        // Otherwise the objects among any values would have no members.
        let unknown = Self::any(Source::Used);
        if *self == unknown || *other == unknown {
            return if *self == unknown { other.clone() } else { self.clone() };
        }
        // Too many to tell apart: that it has this one is right, too.
        if self.choices().len() * other.choices().len() > MAX_ALTERNATIVES {
            return self.clone();
        }
        if !self.alternatives.is_empty() {
            return Self::one_of(self.alternatives.iter().map(|alternative| alternative.and(other)).collect());
        }
        if !other.alternatives.is_empty() {
            return Self::one_of(other.alternatives.iter().map(|alternative| self.and(alternative)).collect());
        }
        Self {
            kinds: self.kinds.and(other.kinds),
            only: match (&self.only, &other.only) {
                (Some(left), Some(right)) => Some(left.iter().filter(|value| right.contains(value)).cloned().collect()),
                (left, right) => left.clone().or_else(|| right.clone()),
            },
            strings: self.strings.and(&other.strings),
            numbers: self.numbers.and(&other.numbers),
            members: members(self, other),
            others: match (&self.others, &other.others) {
                (Some(left), Some(right)) => Some(Box::new(left.and(right))),
                _ => None,
            },
            element: match (&self.element, &other.element) {
                (Some(left), Some(right)) => Some(Box::new(left.and(right))),
                (left, right) => left.clone().or_else(|| right.clone()),
            },
            length: self.length.and(other.length),
            has_unique_elements: self.has_unique_elements || other.has_unique_elements,
            alternatives: Vec::new(),
            source: if other.source == Source::Declared { Source::Declared } else { self.source },
        }
    }

    /// The shape of values that have one of these.
    #[must_use]
    pub fn one_of(shapes: Vec<Self>) -> Self {
        let shapes: Vec<Self> = shapes
            .into_iter()
            .flat_map(|shape| if shape.alternatives.is_empty() { vec![shape] } else { shape.alternatives })
            .filter(|shape| !shape.kinds.is_empty())
            .collect();
        let source = shapes.first().map(|shape| shape.source).unwrap_or_default();
        match shapes.len() {
            1 => shapes.into_iter().next().unwrap_or_default(),
            0..=MAX_ALTERNATIVES => Self { alternatives: shapes, source, ..Self::default() },
            _ => Self {
                kinds: shapes.iter().fold(Kinds::NONE, |kinds, shape| kinds.or(shape.kinds)),
                ..Self::any(source)
            },
        }
    }
}

/// The members of objects that have two shapes.
fn members(left: &Shape, right: &Shape) -> BTreeMap<String, Member> {
    let mut members = BTreeMap::new();
    for name in left.members.keys().chain(right.members.keys()) {
        if members.contains_key(name) {
            continue;
        }
        let of = |shape: &Shape| {
            let known = shape.members.get(name).cloned();
            known.or_else(|| Some(Member { shape: shape.others.as_deref()?.clone(), is_optional: true }))
        };
        // What one of them does not allow cannot be there.
        let nothing = || Member { shape: Shape { source: left.source, ..Shape::default() }, is_optional: true };
        let member = match (of(left), of(right)) {
            (Some(one), Some(two)) => {
                Member { shape: one.shape.and(&two.shape), is_optional: one.is_optional && two.is_optional }
            }
            _ => nothing(),
        };
        members.insert(name.clone(), member);
    }
    members
}

impl Length {
    fn and(self, other: Self) -> Self {
        let maximum = match (self.maximum, other.maximum) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        Self { minimum: self.minimum.max(other.minimum), maximum }
    }
}

impl NumberRange {
    fn and(&self, other: &Self) -> Self {
        let tighter = |left: Option<f64>, right: Option<f64>, of: fn(f64, f64) -> f64| match (left, right) {
            (Some(left), Some(right)) => Some(of(left, right)),
            (left, right) => left.or(right),
        };
        Self {
            minimum: tighter(self.minimum, other.minimum, f64::max),
            maximum: tighter(self.maximum, other.maximum, f64::min),
            is_integer: self.is_integer || other.is_integer,
            examples: self.examples.iter().chain(&other.examples).copied().collect(),
        }
    }
}

impl Strings {
    fn and(&self, other: &Self) -> Self {
        Self {
            characters: self.characters,
            examples: self.examples.iter().chain(&other.examples).cloned().collect(),
            format: self.format.clone().or_else(|| other.format.clone()),
            pattern: self.pattern.clone().or_else(|| other.pattern.clone()),
            length: self.length.and(other.length),
        }
    }
}

/// The kinds of some JSON values.
pub(super) fn kinds_of(values: &[serde_json::Value]) -> Kinds {
    let kind = |value: &serde_json::Value| match value {
        serde_json::Value::Null => JsonKind::Null,
        serde_json::Value::Bool(_) => JsonKind::Boolean,
        serde_json::Value::Number(_) => JsonKind::Number,
        serde_json::Value::String(_) => JsonKind::String,
        serde_json::Value::Array(_) => JsonKind::Array,
        serde_json::Value::Object(_) => JsonKind::Object,
    };
    values.iter().map(kind).collect()
}
