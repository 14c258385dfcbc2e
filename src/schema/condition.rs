//! Conditions: what has to be true of a payload for a demand to apply, as something that is evaluated here and that JSON
//! Schema can say as well.

use serde_json::{Value as Json, json};

use super::location::{Step, aligned, value_at};
use super::place::{Places, kind_of};
use crate::contract::{JsonKind, Key};

/// Something that is true or false of the value at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The place.
    pub place: usize,
    /// What is asked.
    pub question: Question,
    /// Whether the answer has to be no.
    pub is_negated: bool,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Whether it is there, and neither null nor false.
    IsTruthy,
    /// Whether it is there.
    IsPresent,
    /// Whether it is one of these.
    IsOneOf(Vec<Json>),
    /// Whether it is an array with at least so many elements.
    HasAtLeast(usize),
    /// Whether it is a number greater than this.
    IsAbove(f64),
    /// Whether it is a number less than this.
    IsBelow(f64),
    /// Whether it is of this kind.
    IsKind(JsonKind),
}

/// Tests that all have to pass. Without any, it is always true.
pub type Condition = Vec<Test>;

impl Question {
    /// The answer for a value; none where nothing is there.
    pub(super) fn holds(&self, value: Option<&Json>) -> bool {
        let Some(value) = value else { return false };
        match self {
            Self::IsTruthy => !value.is_null() && value != &Json::Bool(false),
            Self::IsPresent => true,
            Self::IsOneOf(values) => values.iter().any(|one| is_same(one, value)),
            Self::HasAtLeast(count) => value.as_array().is_some_and(|items| items.len() >= *count),
            Self::IsAbove(bound) => value.as_f64().is_some_and(|number| number > *bound),
            Self::IsBelow(bound) => value.as_f64().is_some_and(|number| number < *bound),
            Self::IsKind(kind) => kind_of(value) == *kind,
        }
    }

    /// The JSON Schema that a value has to keep to.
    fn schema(&self) -> Json {
        match self {
            Self::IsTruthy => json!({"not": {"enum": [null, false]}}),
            Self::IsPresent => json!({}),
            Self::IsOneOf(values) => match &values[..] {
                [value] => json!({"const": value}),
                values => json!({"enum": values}),
            },
            Self::HasAtLeast(count) => json!({"type": "array", "minItems": count}),
            Self::IsAbove(bound) => json!({"type": "number", "exclusiveMinimum": number(*bound)}),
            Self::IsBelow(bound) => json!({"type": "number", "exclusiveMaximum": number(*bound)}),
            Self::IsKind(kind) => json!({"type": kind.as_str()}),
        }
    }

    /// In words, after the path.
    fn in_words(&self, is_negated: bool) -> String {
        let listed = |values: &[Json]| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        match (self, is_negated) {
            (Self::IsTruthy, false) => "is neither absent, null nor false".to_owned(),
            (Self::IsTruthy, true) => "is absent, null or false".to_owned(),
            (Self::IsPresent, false) => "is there".to_owned(),
            (Self::IsPresent, true) => "is absent".to_owned(),
            (Self::IsOneOf(values), false) => format!("is {}", listed(values)),
            (Self::IsOneOf(values), true) => format!("is not {}", listed(values)),
            (Self::HasAtLeast(1), false) => "has elements".to_owned(),
            (Self::HasAtLeast(1), true) => "has no elements".to_owned(),
            (Self::HasAtLeast(count), false) => format!("has at least {count} elements"),
            (Self::HasAtLeast(count), true) => format!("has fewer than {count} elements"),
            (Self::IsAbove(bound), false) => format!("is greater than {bound}"),
            (Self::IsAbove(bound), true) => format!("is not greater than {bound}"),
            (Self::IsBelow(bound), false) => format!("is less than {bound}"),
            (Self::IsBelow(bound), true) => format!("is not less than {bound}"),
            (Self::IsKind(kind), false) => format!("is of type {}", kind.as_str()),
            (Self::IsKind(kind), true) => format!("is not of type {}", kind.as_str()),
        }
    }
}

/// Whether two values are equal to JSON Schema: numbers by their value.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// A number as people write it: whole if it is.
pub(super) fn number(value: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    if value.fract() == 0.0 && value.abs() < 1e15 { Json::from(value as i64) } else { Json::from(value) }
}

impl Test {
    /// The answer for a value.
    pub(super) fn passes(&self, value: Option<&Json>) -> bool {
        self.question.holds(value) != self.is_negated
    }

    /// In words: `gift` is true.
    pub(super) fn in_words(&self, places: &Places) -> String {
        format!("`{}` {}", places.path(self.place), self.question.in_words(self.is_negated))
    }

    /// How many steps of its pattern lead to the object that its schema is about: the innermost element that it shares
    /// with the place that is demanded, or the name in scope.
    fn scope(&self, places: &Places, of: &[Step]) -> usize {
        let own = &places.0[self.place].pattern;
        let shared = own.iter().zip(of).take_while(|(one, other)| one == other).count();
        let is_in_element = |count: &usize| own[*count - 1] == Step::Element;
        // The last step of a pattern is the value itself, which has no keys to be asked about.
        (2..=shared.min(own.len() - 1)).rev().find(is_in_element).unwrap_or(1)
    }

    /// The JSON Schema of the object at its scope.
    fn schema(&self, places: &Places, scope: usize) -> Json {
        let mut schema = self.question.schema();
        for step in places.0[self.place].pattern[scope..].iter().rev() {
            if let Step::Member(name) = step {
                schema = json!({"type": "object", "required": [name], "properties": {name.as_str(): schema}});
            }
        }
        if self.is_negated { json!({"not": schema}) } else { schema }
    }
}

/// Whether a condition is true of a payload, for the demand on `place` at `location`.
pub(super) fn holds(condition: &[Test], places: &Places, data: &Json, place: usize, location: &[Key]) -> bool {
    condition.iter().all(|test| {
        let at = aligned(&places.0[test.place].pattern, &places.0[place].pattern, location);
        test.passes(at.and_then(|at| value_at(data, &at)))
    })
}

/// The parts of a condition as JSON Schemas, by the number of steps to the objects that they are about, outer ones first.
pub(super) fn schemas(condition: &[Test], places: &Places, place: usize) -> Vec<(usize, Json)> {
    let of = &places.0[place].pattern;
    let mut scopes: Vec<(usize, Vec<Json>)> = Vec::new();
    for test in condition {
        let scope = test.scope(places, of);
        let schema = test.schema(places, scope);
        match scopes.iter_mut().find(|(known, _)| *known == scope) {
            Some((_, schemas)) => schemas.push(schema),
            None => scopes.push((scope, vec![schema])),
        }
    }
    scopes.sort_by_key(|(scope, _)| *scope);
    let joined = |mut schemas: Vec<Json>| match schemas.len() {
        1 => schemas.remove(0),
        _ => json!({"allOf": schemas}),
    };
    scopes.into_iter().map(|(scope, schemas)| (scope, joined(schemas))).collect()
}

/// A condition in words.
pub(super) fn in_words(condition: &[Test], places: &Places) -> String {
    condition.iter().map(|test| test.in_words(places)).collect::<Vec<_>>().join(" and ")
}
