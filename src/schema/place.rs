//! Places: the paths of the data that a template reads, as a tree, with what requests and customers have there.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::location::{Step, locations, value_at};
use crate::analysis::{Kind, MissingBehavior, Needs, PathStep};
use crate::contract::{JsonKind, Kinds};
use crate::diagnostics::Location;
use crate::message::CompiledTemplate;

/// A place of the data.
#[derive(Clone, Debug)]
pub struct Place {
    /// The way to it, from the name in scope (`trigger` or `customer`).
    pub pattern: Vec<Step>,
    /// The place around it; none for a name in scope.
    pub parent: Option<usize>,
    /// The places in its objects, in the order in which they are read.
    pub members: Vec<usize>,
    /// The place of the elements of its arrays.
    pub element: Option<usize>,
    /// The kind that the template's uses expect.
    pub expected: Kind,
    /// Where it is read.
    pub reads: Vec<PlaceRead>,
    /// The kinds of value that were seen there.
    pub seen: Kinds,
    /// Some strings, numbers and booleans that were seen there.
    pub examples: Vec<Json>,
    /// Whether all numbers that were seen are whole.
    pub is_whole: bool,
}

/// A read of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRead {
    /// Where the template reads it.
    pub at: Location,
    /// What happens if nothing is there.
    pub missing: MissingBehavior,
}

/// The places of a template: the names in scope first, and each place after the one around it.
#[derive(Clone, Debug, Default)]
pub struct Places(pub Vec<Place>);

/// The names whose data a schema describes.
pub const ROOTS: [&str; 2] = ["trigger", "customer"];
/// How many places a template may have; reads of others are not described.
const MAX_PLACES: usize = 250;
/// How deep places may be within each other.
const MAX_DEPTH: usize = 12;
/// How many examples of a place are kept.
const MAX_EXAMPLES: usize = 6;
/// How long a string may be to be an example.
const MAX_EXAMPLE: usize = 200;

impl Places {
    /// The places that these variants of a template read.
    pub(super) fn new(variants: &[CompiledTemplate<'_>]) -> (Self, bool) {
        let mut places = Self::default();
        for root in ROOTS {
            places.add(None, Step::Member(root.to_owned()));
        }
        let mut reads_anything = false;
        for variant in variants {
            let texts = variant.texts();
            let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
            let arena = crate::liquid::Arena::new();
            let needs =
                Needs::from_templates(&trees, variant.language(), &|name| variant.snippet_texts(name, &arena), &arena);
            reads_anything |= needs.reads_anything;
            for read in &needs.reads {
                let Some(mut at) = ROOTS.iter().position(|root| *root == read.path.root) else { continue };
                let mut is_known = read.path.steps.len() <= MAX_DEPTH;
                for step in &read.path.steps {
                    if !is_known || places.0.len() >= MAX_PLACES {
                        is_known = false;
                        break;
                    }
                    at = places.within(at, step);
                }
                if !is_known {
                    continue;
                }
                let place = &mut places.0[at];
                place.expected = place.expected.max(read.kind);
                let range = texts.get(read.text).map_or(0..0, |text| text.place.range(Some(read.span)));
                let found = PlaceRead { at: variant.template().source().at(range), missing: read.missing_behavior };
                if !place.reads.contains(&found) {
                    place.reads.push(found);
                }
            }
        }
        (places, reads_anything)
    }

    fn within(&mut self, at: usize, step: &PathStep<'_>) -> usize {
        let step = match step {
            PathStep::Key(name) => Step::Member((*name).to_owned()),
            PathStep::Element => Step::Element,
        };
        self.step(at, &step).unwrap_or_else(|| self.add(Some(at), step))
    }

    /// The place one step further.
    pub(super) fn step(&self, at: usize, step: &Step) -> Option<usize> {
        match step {
            Step::Element => self.0[at].element,
            Step::Member(_) => {
                self.0[at].members.iter().copied().find(|inner| self.0[*inner].pattern.last() == Some(step))
            }
        }
    }

    fn add(&mut self, parent: Option<usize>, step: Step) -> usize {
        let at = self.0.len();
        let mut pattern = parent.map(|parent| self.0[parent].pattern.clone()).unwrap_or_default();
        if let Some(parent) = parent {
            match step {
                Step::Member(_) => self.0[parent].members.push(at),
                Step::Element => self.0[parent].element = Some(at),
            }
        }
        pattern.push(step);
        self.0.push(Place {
            pattern,
            parent,
            members: Vec::new(),
            element: None,
            expected: Kind::Anything,
            reads: Vec::new(),
            seen: Kinds::NONE,
            examples: Vec::new(),
            is_whole: true,
        });
        at
    }

    /// Adds every place that data has, as a template may read it in a way that is only known when it is rendered.
    pub(super) fn add_all_of(&mut self, data: &Json) {
        for (at, root) in ROOTS.iter().enumerate() {
            if let Some(value) = data.get(root) {
                self.add_within(at, value);
            }
        }
    }

    fn add_within(&mut self, at: usize, value: &Json) {
        if self.0.len() >= MAX_PLACES || self.0[at].pattern.len() > MAX_DEPTH {
            return;
        }
        match value {
            Json::Object(object) => {
                for (name, value) in object {
                    let inner = self.within(at, &PathStep::Key(name));
                    self.add_within(inner, value);
                }
            }
            Json::Array(items) => {
                for item in items.iter().take(8) {
                    let inner = self.within(at, &PathStep::Element);
                    self.add_within(inner, item);
                }
            }
            _ => {}
        }
    }

    /// Takes notice of the values that a payload has.
    pub(super) fn observe(&mut self, data: &Json) {
        for place in &mut self.0 {
            for location in locations(data, &place.pattern) {
                let Some(value) = value_at(data, &location) else { continue };
                place.seen.add(kind_of(value));
                if value.as_f64().is_some_and(|number| number.fract() != 0.0) {
                    place.is_whole = false;
                }
                let is_short = value.as_str().is_none_or(|text| text.len() <= MAX_EXAMPLE);
                let is_scalar = !value.is_array() && !value.is_object() && !value.is_null();
                if is_scalar && is_short && place.examples.len() < MAX_EXAMPLES && !place.examples.contains(value) {
                    place.examples.push(value.clone());
                }
            }
        }
    }

    /// Whether a place is another one, or within it.
    pub(super) fn is_within(&self, at: usize, outer: usize) -> bool {
        self.0[at].pattern.starts_with(&self.0[outer].pattern)
    }

    /// Whether two places are in the data of the same name.
    pub(super) fn have_same_root(&self, one: usize, other: usize) -> bool {
        self.0[one].pattern.first() == self.0[other].pattern.first()
    }

    /// The place in the data as people write it: `items[].name`.
    #[must_use]
    pub fn path(&self, at: usize) -> String {
        let mut text = String::new();
        for step in &self.0[at].pattern[1..] {
            match step {
                Step::Element => text.push_str("[]"),
                Step::Member(name) if text.is_empty() => text.push_str(name),
                Step::Member(name) if is_plain(name) => {
                    text.push('.');
                    text.push_str(name);
                }
                Step::Member(name) => drop(write!(text, "[{name:?}]")),
            }
        }
        text
    }
}

/// Whether a key can stand after a dot.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// The kind of a JSON value.
pub(super) const fn kind_of(value: &Json) -> JsonKind {
    match value {
        Json::Null => JsonKind::Null,
        Json::Bool(_) => JsonKind::Boolean,
        Json::Number(_) => JsonKind::Number,
        Json::String(_) => JsonKind::String,
        Json::Array(_) => JsonKind::Array,
        Json::Object(_) => JsonKind::Object,
    }
}
