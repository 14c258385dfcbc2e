//! Inferred contracts: the shapes of the values in all requests, and for paths without any value those that the template's uses
//! imply.

use super::character::Character;
use super::kinds::{JsonKind, Kinds};
use super::shape::{Member, Shape, Source};
use crate::analysis::{Kind, Need, PathStep};
use crate::liquid::Value;

/// How many strings and numbers of a place are kept as examples.
const MAX_EXAMPLES: usize = 8;
/// How many elements of an array are looked at.
const MAX_ELEMENTS: usize = 200;
/// How deep values are looked at.
const MAX_DEPTH: usize = 32;

impl Shape {
    /// The shape of these values.
    #[must_use]
    pub fn from_values<'a>(values: impl IntoIterator<Item = Value<'a>>) -> Self {
        let mut shape = Self::default();
        values.into_iter().for_each(|value| shape.observe(value));
        shape
    }

    /// The shape of the values of a name that is always an object: if there are none, of any object.
    #[must_use]
    pub fn from_objects<'a>(values: impl IntoIterator<Item = Value<'a>>) -> Self {
        let shape = Self::from_values(values);
        if !shape.kinds.is_empty() {
            return shape;
        }
        Self { kinds: Kinds::only(JsonKind::Object), source: Source::Used, ..shape }
    }

    /// Takes notice of a value that was seen.
    pub fn observe(&mut self, value: Value<'_>) {
        self.observe_at(value, MAX_DEPTH);
    }

    fn observe_at(&mut self, value: Value<'_>, depth: usize) {
        let Some(kind) = JsonKind::of(value).filter(|_| depth > 0) else { return };
        let had_objects = self.kinds.has(JsonKind::Object);
        self.kinds.add(kind);
        match value {
            Value::String(text) => {
                self.strings.characters.add(Character::of(text));
                if self.strings.examples.len() < MAX_EXAMPLES
                    && !self.strings.examples.iter().any(|known| known == text)
                {
                    self.strings.examples.push(text.to_owned());
                }
            }
            Value::Number(number) | Value::Float(number)
                if self.numbers.examples.len() < MAX_EXAMPLES && !self.numbers.examples.contains(&number) =>
            {
                self.numbers.examples.push(number);
            }
            Value::Array(items) => {
                for item in items.iter().take(MAX_ELEMENTS) {
                    self.element.get_or_insert_default().observe_at(*item, depth - 1);
                }
            }
            Value::Object(object) => {
                for (name, member) in &mut self.members {
                    member.is_optional |= object.get(name).is_none();
                }
                for (name, value) in object.entries() {
                    if !self.members.contains_key(*name) {
                        let member = Member { shape: Self::default(), is_optional: had_objects };
                        self.members.insert((*name).to_owned(), member);
                    }
                    if let Some(member) = self.members.get_mut(*name) {
                        member.shape.observe_at(*value, depth - 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds a place that a template reads, if no value there was seen.
    pub fn add_use(&mut self, steps: &[PathStep<'_>], kind: Kind) {
        let Some((first, rest)) = steps.split_first() else {
            if self.source == Source::Used {
                self.kinds = self.kinds.or(kinds_of_use(kind));
            }
            return;
        };
        for alternative in &mut self.alternatives {
            alternative.add_use(steps, kind);
        }
        match first {
            PathStep::Element => {
                if self.source == Source::Used && !self.kinds.has(JsonKind::Array) {
                    self.kinds = Kinds::only(JsonKind::Array);
                }
                if self.kinds.has(JsonKind::Array) {
                    let unseen = || Box::new(Self { source: Source::Used, ..Self::default() });
                    self.element.get_or_insert_with(unseen).add_use(rest, kind);
                }
            }
            PathStep::Key(name) => {
                if self.source == Source::Used && !self.kinds.has(JsonKind::Object) {
                    self.kinds = Kinds::only(JsonKind::Object);
                }
                // What a closed schema does not name is never there.
                let is_closed = self.source == Source::Declared && self.others.is_none();
                if self.kinds.has(JsonKind::Object) && !is_closed {
                    let is_within_unseen = self.source == Source::Used;
                    let declared = self.others.as_deref().filter(|others| others.source == Source::Declared).cloned();
                    let unseen = || Member {
                        shape: declared.unwrap_or_else(|| Self { source: Source::Used, ..Self::default() }),
                        // Members that a template reads of a value that no request has are assumed to be present together with it.
                        is_optional: !is_within_unseen,
                    };
                    self.members.entry((*name).to_owned()).or_insert_with(unseen).shape.add_use(rest, kind);
                }
            }
        }
    }

    /// Adds the places that a template reads below one of its names.
    pub fn add_uses(&mut self, root: &str, needs: &[Need<'_>]) {
        // Inner places first, so that what has places within it is known to be an object or array.
        for need in needs.iter().rev().filter(|need| need.path.root == root) {
            self.add_use(&need.path.steps, need.kind);
        }
        self.settle_unseen();
    }

    /// Gives places of which nothing is known the kinds that most values have.
    fn settle_unseen(&mut self) {
        if self.source == Source::Used && self.kinds.is_empty() {
            self.kinds = [JsonKind::String, JsonKind::Number, JsonKind::Boolean].into_iter().collect();
        }
        self.alternatives.iter_mut().for_each(Self::settle_unseen);
        self.members.values_mut().for_each(|member| member.shape.settle_unseen());
        if let Some(element) = &mut self.element {
            element.settle_unseen();
        }
    }
}

/// The kinds of value that a use expects.
fn kinds_of_use(kind: Kind) -> Kinds {
    match kind {
        Kind::Anything => Kinds::NONE,
        Kind::String | Kind::Date => Kinds::only(JsonKind::String),
        Kind::Number => Kinds::only(JsonKind::Number),
        Kind::Boolean => Kinds::only(JsonKind::Boolean),
        Kind::List => Kinds::only(JsonKind::Array),
        Kind::Object => Kinds::only(JsonKind::Object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::{Arena, json};

    fn shape(texts: &[&str]) -> Shape {
        let arena = Arena::new();
        Shape::from_values(texts.iter().map(|text| json::read(text, &arena).unwrap()))
    }

    #[test]
    fn a_member_is_optional_if_any_object_lacks_it() {
        for (texts, expected) in [
            (&[r#"{"a": 1}"#, r#"{"a": 2}"#][..], false),
            (&[r#"{"a": 1}"#, r#"{"b": 2}"#], true),
            (&[r#"{"b": 1}"#, r#"{"a": 2}"#], true),
        ] {
            assert_eq!(shape(texts).members["a"].is_optional, expected, "{texts:?}");
        }
        let list = shape(&[r#"[{"a": 1, "b": 1}, {"a": null}]"#]);
        let element = list.element.unwrap();
        assert!(element.members["b"].is_optional && !element.members["a"].is_optional);
        assert!(element.members["a"].shape.may_be(JsonKind::Null));
    }

    #[test]
    fn strings_keep_what_they_look_like() {
        let shape = shape(&[r#""A-1""#, r#""B-2""#]);
        for (text, expected) in [("Z-9", true), ("12", true), ("a \"quote\"", false), ("", false)] {
            assert_eq!(shape.strings.characters.allow(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_only_read_is_optional() {
        let mut shape = shape(&[r#"{"a": 1}"#]);
        shape.add_use(&[PathStep::Key("items"), PathStep::Element, PathStep::Key("name")], Kind::String);
        let items = &shape.members["items"];
        assert!(items.is_optional && items.shape.kinds == Kinds::only(JsonKind::Array));
        let name = &items.shape.element.as_ref().unwrap().members["name"];
        assert!(!name.is_optional && name.shape.kinds == Kinds::only(JsonKind::String));
    }
}
