//! Mutations: the changes of some data that stay within the contract.

use smallvec::SmallVec;

use super::candidate::Candidate;
use super::change::{EditKey, is_equal};
use super::corpus::Origin;
use super::place::Place;
use super::turns::in_turn;
use crate::liquid::value::{Object, list};
use crate::liquid::{Arena, Value};

/// A place in some data, and what is there.
#[derive(Debug)]
pub(super) struct Site<'p, 's> {
    // There are many, and hardly any is longer.
    pub(super) path: SmallVec<[EditKey<'s>; 4]>,
    pub(super) place: &'p Place<'s>,
    is_optional: bool,
    current: Option<Value<'s>>,
}

/// How many sites of some data are changed at most.
const MAX_SITES: usize = 400;
/// From how many elements on not all of them are changed at once.
const MANY: usize = 200;
/// How many elements random data gets in all of its arrays.
const MAX_ELEMENTS: usize = 500;
/// How long arrays are made.
const LENGTHS: [usize; 5] = [0, 1, 2, 3, 12];

/// Every site of some data.
fn sites<'p, 's>(place: &'p Place<'s>, value: Value<'s>) -> Vec<Site<'p, 's>> {
    let mut found = Vec::new();
    add_sites(place, Some(value), false, &mut Vec::new(), &mut found);
    // What is nearest to the root decides most.
    found.sort_by_key(|site| site.path.len());
    found
}

fn add_sites<'p, 's>(
    place: &'p Place<'s>,
    current: Option<Value<'s>>,
    is_optional: bool,
    path: &mut Vec<EditKey<'s>>,
    found: &mut Vec<Site<'p, 's>>,
) {
    if !place.is_read || found.len() == MAX_SITES {
        return;
    }
    found.push(Site { path: SmallVec::from_slice(path), place, is_optional, current });
    match current {
        Some(Value::Object(object)) => {
            for member in &place.members {
                path.push(EditKey::Member(member.key));
                add_sites(&member.place, object.get(member.key), member.is_optional, path, found);
                path.pop();
            }
        }
        Some(Value::Array(items)) => {
            let Some(element) = &place.element else { return };
            let keys: &[EditKey<'s>] = match items.len() {
                0 => &[],
                1 => &[EditKey::Element(0)],
                MANY.. => &[EditKey::Element(0), EditKey::Last],
                _ => &[EditKey::Element(0), EditKey::Last, EditKey::Every],
            };
            for key in keys {
                let item = if *key == EditKey::Last { items.last() } else { items.first() };
                path.push(*key);
                add_sites(element, item.copied(), false, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Something else that a site may have; it is made when it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mutation<'s> {
    /// This value, or nothing at all.
    Value(Option<Value<'s>>),
    /// An array of this length.
    Array(usize),
    /// The same elements in another order.
    Reversed,
    /// An object with all its members, or only those that are always present.
    Object { is_full: bool },
}

impl<'s> Site<'_, 's> {
    /// Everything else that the site may have, of what is likely or of the rest.
    pub(super) fn mutations(&self, is_likely: bool) -> impl Iterator<Item = Mutation<'s>> {
        let place = self.place;
        let absent = (self.is_optional && self.current.is_some()).then_some(Mutation::Value(None));
        let length = match self.current {
            Some(Value::Array(items)) => Some(items.len()),
            _ => None,
        };
        let lengths = LENGTHS.into_iter().chain(place.lengths.iter().copied());
        let lengths = lengths.filter(move |count| {
            place.may_be_array && place.element.is_some() && Some(*count) != length && place.length.allows(*count)
        });
        let is_reversible = place.may_be_array && place.element.is_some() && length >= Some(2);
        let reversed = is_reversible.then_some(Mutation::Reversed);
        let variants = place.variants.iter().map(|variant| Mutation::Value(Some(*variant)));
        let is_new_object = place.may_be_object && !matches!(self.current, Some(Value::Object(_)));
        let objects = [true, false].into_iter().filter(move |_| is_new_object);
        let of_shape = absent
            .into_iter()
            .chain(lengths.map(Mutation::Array))
            .chain(reversed)
            .chain(variants)
            .chain(objects.map(|is_full| Mutation::Object { is_full }));
        let current = self.current;
        let is_other = move |candidate: &&Candidate<'s>| {
            candidate.is_likely == is_likely
                && match (candidate.value, current) {
                    (Some(value), Some(current)) => !is_equal(value, current),
                    _ => true,
                }
        };
        let candidates = place.candidates.iter().filter(is_other).map(|candidate| Mutation::Value(candidate.value));
        of_shape.filter(move |_| is_likely).chain(candidates)
    }

    /// What the site has after a mutation; none if there is nothing.
    pub(super) fn mutated<'a>(&self, mutation: Mutation<'s>, arena: &'a Arena) -> Option<Value<'a>>
    where
        's: 'a,
    {
        match (mutation, self.current) {
            (Mutation::Value(value), _) => value,
            (Mutation::Array(length), _) => Some(self.place.array(length, arena)),
            (Mutation::Reversed, Some(Value::Array(items))) => {
                let reversed: Vec<_> = items.iter().rev().copied().collect();
                Some(list(&reversed, arena))
            }
            (Mutation::Reversed, current) => current,
            (Mutation::Object { is_full }, _) => Some(self.place.sample(is_full, arena)),
        }
    }
}

/// A site of some data, and its number among them.
pub(super) struct DataSite<'p, 's> {
    pub(super) data: Value<'s>,
    pub(super) number: usize,
    pub(super) site: Site<'p, 's>,
}

/// The sites of some data whose changes could make a difference.
pub(super) fn sites_of<'p, 's>(root: &'p Place<'s>, origin: &Origin<'s>) -> Vec<DataSite<'p, 's>> {
    let data = origin.data;
    let sites = sites(root, data).into_iter().enumerate().map(|(number, site)| DataSite { data, number, site });
    sites.filter(|at| origin.notices(at.site.place)).collect()
}

/// The first way to change each site, then the second of each, so that all are tried before the budget is used up.
pub(super) fn mutations_in_turn<'p, 's>(
    sites: &'p [DataSite<'p, 's>],
    is_likely: bool,
) -> impl Iterator<Item = (&'p DataSite<'p, 's>, Mutation<'s>)> {
    in_turn(sites.iter().map(move |site| (site, site.site.mutations(is_likely))))
}

/// How random data is made.
struct Draw<'r, 's> {
    random: &'r mut fastrand::Rng,
    arena: &'s Arena,
    /// How many more elements of arrays are made; after that, known ones are taken. Otherwise the arrays in arrays that a
    /// schema demands would need any amount of memory.
    left: usize,
}

impl<'s> Place<'s> {
    /// Random data within the contract, likely in all its parts.
    pub(super) fn random(&self, seen: Option<Value<'s>>, random: &mut fastrand::Rng, arena: &'s Arena) -> Value<'s> {
        self.draw(seen, &mut Draw { random, arena, left: MAX_ELEMENTS })
    }

    fn draw(&self, seen: Option<Value<'s>>, draw: &mut Draw<'_, 's>) -> Value<'s> {
        if !self.is_read {
            return seen.unwrap_or_else(|| self.sample(false, draw.arena));
        }
        // They are not collected: this is done for every place of all random data.
        let likely = || self.candidates.iter().filter(|candidate| candidate.is_likely && candidate.value.is_some());
        let can_be_scalar = likely().next().is_some();
        let can_be_object = self.may_be_object && (!self.members.is_empty() || matches!(seen, Some(Value::Object(_))));
        let can_be_array = self.may_be_array && self.element.is_some();
        let choices = usize::from(can_be_object) + usize::from(can_be_array) + usize::from(can_be_scalar);
        if choices == 0 {
            return seen.unwrap_or(Value::Null);
        }
        let mut choice = draw.random.usize(0..choices);
        if can_be_object {
            if choice == 0 {
                return self.draw_object(seen, draw);
            }
            choice -= 1;
        }
        if can_be_array && choice == 0 {
            return self.draw_array(seen, draw);
        }
        match seen {
            Some(seen) if draw.random.u8(0..4) == 0 && !matches!(seen, Value::Object(_) | Value::Array(_)) => seen,
            _ => {
                // What the template compares with decides together with other such values: among all others, these are rare.
                let constants = || likely().filter(|candidate| candidate.is_constant);
                let count = constants().count();
                let chosen = if count > 0 && draw.random.bool() {
                    constants().nth(draw.random.usize(0..count))
                } else {
                    likely().nth(draw.random.usize(0..likely().count().max(1)))
                };
                chosen.and_then(|candidate| candidate.value).unwrap_or(Value::Null)
            }
        }
    }

    fn draw_object(&self, seen: Option<Value<'s>>, draw: &mut Draw<'_, 's>) -> Value<'s> {
        let seen = match seen {
            Some(Value::Object(object)) => object,
            _ => Object::new(&[], draw.arena),
        };
        let mut entries = Vec::with_capacity(seen.entries().len().max(self.members.len()));
        // What nothing reads stays as it is; mostly there is none.
        let read = self.members.iter().filter(|member| seen.find(member.key).is_some()).count();
        if read < seen.entries().len() {
            let is_place = |key: &str| self.members.iter().any(|member| member.key == key);
            entries.extend(seen.entries().iter().filter(|(key, _)| !is_place(key)));
        }
        for member in &self.members {
            let current = seen.get(member.key);
            // What nothing reads is made up only if it must be there.
            let is_left_out = if member.place.is_read { draw.random.bool() } else { current.is_none() };
            if !(member.is_optional && is_left_out) {
                entries.push((member.key, member.place.draw(current, draw)));
            }
        }
        Value::Object(Object::new(&entries, draw.arena))
    }

    fn draw_array(&self, seen: Option<Value<'s>>, draw: &mut Draw<'_, 's>) -> Value<'s> {
        let arena = draw.arena;
        let Some(element) = &self.element else { return list(&[], arena) };
        let most = self.length.maximum.unwrap_or(usize::MAX).min(self.length.minimum.saturating_add(3));
        let count = draw.random.usize(self.length.minimum.min(most)..=most).min(self.longest);
        let items = match seen {
            Some(Value::Array(items)) if !items.is_empty() => items,
            _ => &self.elements,
        };
        let item = |draw: &mut Draw<'_, 's>| {
            let known = if items.is_empty() { None } else { Some(items[draw.random.usize(0..items.len())]) };
            match known {
                Some(known) if draw.left == 0 || draw.random.u8(0..4) == 0 => known,
                _ => {
                    draw.left = draw.left.saturating_sub(1);
                    element.draw(known, draw)
                }
            }
        };
        let items: Vec<_> = (0..count).map(|_| item(draw)).collect();
        list(&items, arena)
    }
}
