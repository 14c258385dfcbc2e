//! Resemblance: whether a value is like those that were seen at a place, or as a schema allows them.

use super::kinds::JsonKind;
use super::shape::{Key, Shape, Source};
use crate::liquid::Value;

impl Shape {
    /// Whether a value is like those of this shape. `constants` are strings that the template itself compares with.
    #[must_use]
    pub fn resembles(&self, value: Value<'_>, constants: &[&str]) -> bool {
        if !self.alternatives.is_empty() {
            return self.alternatives.iter().any(|alternative| alternative.resembles(value, constants));
        }
        let Some(kind) = JsonKind::of(value).filter(|kind| self.kinds.has(*kind)) else { return false };
        match (kind, value) {
            (JsonKind::String, Value::String(text)) => match self.source {
                Source::Declared => true,
                Source::Seen => self.strings.characters.allow(text) || constants.contains(&text),
                Source::Used => constants.contains(&text),
            },
            (JsonKind::Array, Value::Array(items)) => {
                items.iter().all(|item| self.element.as_ref().is_none_or(|element| element.resembles(*item, constants)))
            }
            (JsonKind::Object, Value::Object(object)) => {
                let is_complete =
                    self.members.iter().all(|(name, member)| member.is_optional || object.get(name).is_some());
                let resembles = |(name, value): &(&str, Value<'_>)| match (self.members.get(*name), &self.others) {
                    (Some(member), _) => member.shape.resembles(*value, constants),
                    // What a schema does not describe may be anything.
                    (None, Some(others)) if self.source == Source::Declared && others.source == Source::Used => true,
                    (None, Some(others)) => others.resembles(*value, constants),
                    (None, None) => false,
                };
                is_complete && object.entries().iter().all(resembles)
            }
            _ => true,
        }
    }

    /// The shapes at the end of these steps.
    #[must_use]
    pub fn at(&self, steps: &[Key]) -> Vec<&Self> {
        let Some((first, rest)) = steps.split_first() else { return self.choices() };
        self.choices()
            .into_iter()
            .filter_map(|shape| match first {
                Key::Member(name) => shape.members.get(name).map(|member| &member.shape).or(shape.others.as_deref()),
                Key::Element(_) => shape.element.as_deref(),
            })
            .flat_map(|shape| shape.at(rest))
            .collect()
    }
}
