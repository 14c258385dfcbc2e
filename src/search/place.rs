//! Places: the contract of a template as the search uses it, with everything that is tried at each place.

use std::collections::{BTreeMap, HashMap};

use super::candidate::{Candidate, Constants, scalars, typical};
use crate::analysis::{Needs, Path, PathStep};
use crate::contract::{JsonKind, Length, Shape, Source};
use crate::liquid::value::{Object, list};
use crate::liquid::{Arena, Value};

/// A place of the data.
#[derive(Debug)]
pub(super) struct Place<'s> {
    /// What is tried there, but for arrays and objects.
    pub(super) candidates: Vec<Candidate<'s>>,
    /// A string that is valid there, if not just any is.
    pub(super) typical: Option<Value<'s>>,
    /// Whether it may hold an array, and an object.
    pub(super) may_be_array: bool,
    pub(super) may_be_object: bool,
    /// The places in its objects.
    pub(super) members: Vec<PlaceMember<'s>>,
    /// Objects of each kind that it may hold, if there are several, as for a discriminated union.
    pub(super) variants: Vec<Value<'s>>,
    /// The place of the elements of its arrays.
    pub(super) element: Option<Box<Place<'s>>>,
    /// How long its arrays may be.
    pub(super) length: Length,
    /// How long its arrays are made besides the usual lengths, because the template compares with such numbers.
    pub(super) lengths: Vec<usize>,
    /// How long its arrays are made at most, even if they have to be longer: then none is within the contract.
    pub(super) longest: usize,
    /// Elements that arrays are made of: some that were seen, or some that were made up.
    pub(super) elements: Vec<Value<'s>>,
    /// How many values there are in what is made up for it.
    pub(super) weight: usize,
    /// Whether a change of it can make a difference.
    pub(super) is_read: bool,
    /// The indexes of the reads that can notice it; there may be others if the template may read anything.
    pub(super) reads: Vec<usize>,
}

/// A place in an object.
#[derive(Debug)]
pub(super) struct PlaceMember<'s> {
    pub(super) key: &'s str,
    pub(super) is_optional: bool,
    pub(super) place: Place<'s>,
}

impl PlaceMember<'_> {
    /// Whether it is put into objects that are made, full ones or others.
    const fn is_made(&self, is_full: bool) -> bool {
        !self.is_optional || (is_full && self.place.is_read)
    }
}

/// What objects of several kinds have under a key.
#[derive(Default)]
struct ObjectMember<'c> {
    /// Each once.
    shapes: Vec<&'c Shape>,
    /// How many kinds have it.
    count: usize,
    is_optional: bool,
}

/// What places are made with.
pub(super) struct PlaceMaker<'m, 's> {
    pub(super) needs: &'m Needs<'m>,
    pub(super) constants: &'m Constants<'s>,
    pub(super) arena: &'s Arena,
}

/// How many elements are kept to make arrays of.
const MAX_ELEMENTS: usize = 4;
/// The same where no two may be equal, so that the longest usual array can be made.
const MAX_UNIQUE_ELEMENTS: usize = 12;
/// How long arrays are made at most.
const LONGEST: u32 = 64;
/// How many values there may be in all elements of an array that is made: a schema may demand many arrays in arrays.
const MAX_WEIGHT: usize = 10_000;
/// How many keys that a schema does not name are tried.
const MAX_OTHER_KEYS: usize = 3;
/// A key that no schema names, and one that loses a message where it is printed.
const OTHER_KEYS: [&str; 2] = ["another", "say \"hi\""];
/// Of how many kinds of objects each is made, and how deep.
const MAX_VARIANTS: usize = 8;
const MAX_VARIANT_DEPTH: usize = 4;
/// How many lengths of arrays are tried because of a template's numbers.
const MAX_LENGTHS: usize = 9;
/// How deep places are made.
const MAX_DEPTH: usize = 16;

impl<'s> PlaceMaker<'_, 's> {
    /// The place of one of the names in scope. `seen` are the values that requests have there.
    pub(super) fn root(&self, root: &'static str, shape: &Shape, seen: &[Value<'s>]) -> Place<'s> {
        let mut path = Path::new(root);
        let reads = self.reads_of(&path, 0..self.needs.reads.len());
        self.place(shape, seen, &mut path, reads)
    }

    /// Those of `reads` that notice another value at `path`.
    fn reads_of(&self, path: &Path<'_>, reads: impl IntoIterator<Item = usize>) -> Vec<usize> {
        reads.into_iter().filter(|&at| self.needs.reads[at].notices(path)).collect()
    }

    /// Whether what only `reads` notice may be read.
    fn may_read(&self, reads: &[usize]) -> bool {
        self.needs.reads_anything || !reads.is_empty()
    }

    /// The place at `path`, another value of which `reads` notice.
    fn place<'p>(&self, shape: &Shape, seen: &[Value<'s>], path: &mut Path<'p>, reads: Vec<usize>) -> Place<'s>
    where
        's: 'p,
    {
        let is_read = self.may_read(&reads);
        let choices = shape.choices();
        let may_be = |kind| choices.iter().any(|choice| choice.kinds.has(kind));
        let is_deep = path.steps.len() > MAX_DEPTH;
        // What a schema requires must be there, read or not.
        let is_made = is_read || choices.iter().any(|choice| choice.source == Source::Declared);
        let candidates = if is_made { scalars(shape, self.constants, self.arena) } else { Vec::new() };
        let mut place = Place {
            candidates,
            typical: if is_made { typical(shape, self.arena) } else { None },
            may_be_array: may_be(JsonKind::Array),
            may_be_object: may_be(JsonKind::Object),
            members: Vec::new(),
            variants: Vec::new(),
            element: None,
            length: choices
                .iter()
                .find(|choice| choice.kinds.has(JsonKind::Array))
                .map_or(Length::default(), |choice| choice.length),
            lengths: Vec::new(),
            longest: LONGEST as usize,
            elements: Vec::new(),
            weight: 1,
            is_read,
            reads,
        };
        if !is_made || is_deep {
            return place;
        }
        let mut members: BTreeMap<&str, ObjectMember<'_>> = BTreeMap::new();
        let objects: Vec<_> = choices.iter().filter(|choice| choice.kinds.has(JsonKind::Object)).collect();
        for choice in &objects {
            for (name, member) in &choice.members {
                let known = members.entry(name).or_default();
                if !known.shapes.contains(&&member.shape) {
                    known.shapes.push(&member.shape);
                }
                known.count += 1;
                known.is_optional |= member.is_optional;
            }
        }
        for (name, ObjectMember { shapes, count, is_optional }) in members {
            let key: &'s str = self.arena.alloc_str(name);
            let is_optional = is_optional || count < objects.len();
            let inner: Vec<_> = seen.iter().filter_map(|value| member_of(*value, key)).collect();
            path.steps.push(PathStep::Key(key));
            let reads = self.reads_of(path, place.reads.iter().copied());
            let inner = if is_optional && !self.may_read(&reads) {
                Place::nothing()
            } else if let [shape] = shapes[..] {
                self.place(shape, &inner, path, reads)
            } else {
                let either = Shape { alternatives: shapes.into_iter().cloned().collect(), ..Shape::default() };
                self.place(&either, &inner, path, reads)
            };
            path.steps.pop();
            place.weight = place.weight.saturating_add(inner.weight);
            place.members.push(PlaceMember { key, is_optional, place: inner });
        }
        if (2..=MAX_VARIANTS).contains(&objects.len()) && path.steps.len() <= MAX_VARIANT_DEPTH {
            for choice in &objects {
                let place_of_choice = self.place(choice, &[], path, place.reads.clone());
                place.variants.extend([true, false].map(|is_full| place_of_choice.sample(is_full, self.arena)));
            }
        }
        for (key, shape) in other_members(&objects, seen) {
            path.steps.push(PathStep::Key(key));
            let reads = self.reads_of(path, place.reads.iter().copied());
            if self.may_read(&reads) {
                let inner: Vec<_> = seen.iter().filter_map(|value| member_of(*value, key)).collect();
                let inner = self.place(shape, &inner, path, reads);
                place.members.push(PlaceMember { key, is_optional: true, place: inner });
            }
            path.steps.pop();
        }
        let elements: Vec<&Shape> = choices.iter().filter_map(|choice| choice.element.as_deref()).collect();
        if let Some(shape) = elements.first() {
            let inner: Vec<Value<'s>> = seen.iter().flat_map(|value| elements_of(*value)).copied().collect();
            path.steps.push(PathStep::Element);
            let reads = self.reads_of(path, place.reads.iter().copied());
            let element = self.place(shape, &inner, path, reads);
            path.steps.pop();
            let mut known = inner;
            if known.is_empty() {
                known.extend([true, false].map(|is_full| element.sample(is_full, self.arena)));
            }
            let are_unique = choices.iter().any(|choice| choice.has_unique_elements);
            if are_unique {
                let likely = element.candidates.iter().filter(|candidate| candidate.is_likely);
                known.extend(likely.filter_map(|candidate| candidate.value));
            }
            place.elements = distinct(&known, if are_unique { MAX_UNIQUE_ELEMENTS } else { MAX_ELEMENTS });
            place.lengths = self.constants.lengths(LONGEST).take(MAX_LENGTHS).map(|length| length as usize).collect();
            place.longest = (MAX_WEIGHT / element.weight).clamp(1, LONGEST as usize);
            let count = place.length.minimum.clamp(1, place.longest);
            place.weight = place.weight.saturating_add(element.weight.saturating_mul(count));
            place.element = Some(Box::new(element));
        }
        place
    }
}

/// Keys that the shapes do not name but allow, and what they may hold: some of those that were seen, and some that are made up.
fn other_members<'c, 's>(objects: &[&&'c Shape], seen: &[Value<'s>]) -> Vec<(&'s str, &'c Shape)> {
    let is_declared = |shape: &&'c Shape| shape.source == Source::Declared;
    let Some(others) = objects.iter().find_map(|shape| shape.others.as_deref().filter(is_declared)) else {
        return Vec::new();
    };
    let is_named = |key: &str| objects.iter().any(|shape| shape.members.contains_key(key));
    let mut keys: Vec<&'s str> = Vec::new();
    for value in seen {
        let Value::Object(object) = value else { continue };
        let new = object.entries().iter().map(|(key, _)| *key);
        keys.extend(new.filter(|key| !is_named(key)).take(MAX_OTHER_KEYS));
    }
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(MAX_OTHER_KEYS);
    keys.extend(OTHER_KEYS.iter().filter(|key| !is_named(key)));
    keys.into_iter().map(|key| (key, others)).collect()
}

fn member_of<'s>(value: Value<'s>, key: &str) -> Option<Value<'s>> {
    match value {
        Value::Object(object) => object.get(key),
        _ => None,
    }
}

fn elements_of(value: Value<'_>) -> &[Value<'_>] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

fn distinct<'s>(values: &[Value<'s>], most: usize) -> Vec<Value<'s>> {
    let mut found: Vec<Value<'s>> = Vec::new();
    for value in values {
        if !found.iter().any(|known| super::change::is_equal(*known, *value)) {
            found.push(*value);
        }
        if found.len() == most {
            break;
        }
    }
    found
}

impl<'s> Place<'s> {
    /// A place that nothing is known of.
    pub(super) const fn nothing() -> Self {
        Self {
            candidates: Vec::new(),
            typical: None,
            may_be_array: false,
            may_be_object: false,
            members: Vec::new(),
            variants: Vec::new(),
            element: None,
            length: Length { minimum: 0, maximum: None },
            lengths: Vec::new(),
            longest: LONGEST as usize,
            elements: Vec::new(),
            weight: 1,
            is_read: false,
            reads: Vec::new(),
        }
    }

    /// Data with everything that may be there, or with as little as possible; what is there already stays.
    pub(super) fn fill(&self, value: Value<'s>, is_full: bool, arena: &'s Arena) -> Value<'s> {
        match value {
            Value::Object(object) => {
                let members: HashMap<_, _> = self.members.iter().map(|member| (member.key, member)).collect();
                let mut entries = Vec::with_capacity(object.entries().len());
                for (key, value) in object.entries() {
                    match members.get(key) {
                        Some(member) if member.is_optional && !is_full && member.place.is_read => {}
                        Some(member) => entries.push((*key, member.place.fill(*value, is_full, arena))),
                        None => entries.push((*key, *value)),
                    }
                }
                let is_missing =
                    |member: &&PlaceMember<'s>| object.get(member.key).is_none() && member.is_made(is_full);
                let absent = self.members.iter().filter(is_missing);
                entries.extend(absent.map(|member| (member.key, member.place.sample(true, arena))));
                Value::Object(Object::new(&entries, arena))
            }
            Value::Array(items) => match &self.element {
                _ if !is_full && self.length.minimum == 0 && self.is_read => list(&[], arena),
                Some(element) => {
                    let items: Vec<_> = items.iter().map(|item| element.fill(*item, is_full, arena)).collect();
                    list(&items, arena)
                }
                None => value,
            },
            other => other,
        }
    }

    /// A value for the place: with everything that may be there, or with as little as possible.
    pub(super) fn sample(&self, is_full: bool, arena: &'s Arena) -> Value<'s> {
        if self.may_be_object && !self.members.is_empty() {
            let members = self.members.iter().filter(|member| member.is_made(is_full));
            let entries: Vec<_> = members.map(|member| (member.key, member.place.sample(is_full, arena))).collect();
            return Value::Object(Object::new(&entries, arena));
        }
        if self.may_be_array {
            let count = if is_full { self.length.minimum.max(1) } else { self.length.minimum };
            return self.array(count, arena);
        }
        if let Some(typical) = self.typical {
            return typical;
        }
        let harmless = |value: &Value<'_>| match value {
            Value::String(text) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            Value::Number(number) => *number == 1.0,
            Value::Null => false,
            _ => true,
        };
        let values =
            || self.candidates.iter().filter(|candidate| candidate.is_likely).filter_map(|candidate| candidate.value);
        if let Some(value) = values().find(harmless).or_else(|| values().next()) {
            return value;
        }
        let unlikely = self.candidates.iter().filter_map(|candidate| candidate.value).find(harmless);
        if self.may_be_object { Value::Object(Object::new(&[], arena)) } else { unlikely.unwrap_or(Value::Null) }
    }

    /// An array of so many elements, or of as many as are made at most.
    pub(super) fn array(&self, count: usize, arena: &'s Arena) -> Value<'s> {
        let items: Vec<_> = self.elements.iter().cycle().take(count.min(self.longest)).copied().collect();
        list(&items, arena)
    }
}
