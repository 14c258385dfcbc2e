//! Groups: mutations of places apart from each other that are tried in one render, where there are more than can be rendered one by
//! one. What is sent with all of them is sent with each, mostly; a group whose message is lost is halved until the mutation that
//! loses it is alone.

use std::collections::{HashSet, VecDeque};

use super::change::{EditKey, replaced};
use super::mutation::{DataSite, Mutation};
use crate::liquid::{Arena, Value};

/// A mutation of a site.
type Change<'p, 's> = (&'p DataSite<'p, 's>, Mutation<'s>);

/// Mutations of the same data that are tried together.
pub(super) struct Group<'p, 's>(Vec<Change<'p, 's>>);

/// From how many mutations at a time groups are made, as a multiple of their size: neighbors are often not apart from each other.
const WINDOW: usize = 8;

/// The groups of some mutations of the same data.
pub(super) struct Groups<'p, 's, M> {
    mutations: M,
    /// How many mutations a group has at most.
    size: usize,
    /// Groups that are tried next.
    waiting: VecDeque<Group<'p, 's>>,
    /// The numbers of the sites that lose the message. More mutations of these would only lose their groups.
    losing: HashSet<usize>,
    /// Their mutations, which are tried last.
    postponed: VecDeque<Change<'p, 's>>,
}

impl<'s> Group<'_, 's> {
    /// The data after all mutations.
    pub(super) fn data<'a>(&self, arena: &'a Arena) -> Option<Value<'a>>
    where
        's: 'a,
    {
        let data = self.0.first()?.0.data;
        Some(
            self.0.iter().fold(data, |data, (at, mutation)| {
                replaced(data, &at.site.path, at.site.mutated(*mutation, arena), arena)
            }),
        )
    }

    /// The number of the site, if only one is changed.
    pub(super) fn only_site(&self) -> Option<usize> {
        if let [(at, _)] = &*self.0 { Some(at.number) } else { None }
    }

    /// Whether another place may be changed together with these.
    fn is_apart_from(&self, path: &[EditKey<'_>]) -> bool {
        self.0.iter().all(|(at, _)| are_apart(&at.site.path, path))
    }
}

/// Whether neither path is a prefix of the other. All elements of an array count as the same.
fn are_apart(left: &[EditKey<'_>], right: &[EditKey<'_>]) -> bool {
    let is_other = |(left, right): (&EditKey<'_>, &EditKey<'_>)| match (left, right) {
        (EditKey::Member(left), EditKey::Member(right)) => left != right,
        _ => false,
    };
    left.iter().zip(right).any(is_other)
}

impl<'p, 's, M: Iterator<Item = Change<'p, 's>>> Groups<'p, 's, M> {
    /// Groups of at most `size` mutations.
    pub(super) fn new(mutations: M, size: usize) -> Self {
        Self { mutations, size, waiting: VecDeque::new(), losing: HashSet::new(), postponed: VecDeque::new() }
    }

    /// Says that a site loses the message.
    pub(super) fn add_losing(&mut self, site: usize) {
        self.losing.insert(site);
    }

    /// Tries the halves of a group next.
    pub(super) fn halve(&mut self, Group(mut mutations): Group<'p, 's>) {
        let second = mutations.split_off(mutations.len() / 2);
        self.waiting.push_front(Group(second));
        self.waiting.push_front(Group(mutations));
    }

    /// Makes groups of the next mutations.
    fn form(&mut self) {
        let mut groups: Vec<Group<'p, 's>> = Vec::new();
        for _ in 0..self.size * WINDOW {
            let Some((at, mutation)) = self.mutations.next() else { break };
            if self.losing.contains(&at.number) {
                self.postponed.push_back((at, mutation));
                continue;
            }
            let size = self.size;
            match groups.iter_mut().find(|group| group.0.len() < size && group.is_apart_from(&at.site.path)) {
                Some(group) => group.0.push((at, mutation)),
                None => groups.push(Group(vec![(at, mutation)])),
            }
        }
        self.waiting.extend(groups);
    }
}

impl<'p, 's, M: Iterator<Item = Change<'p, 's>>> Iterator for Groups<'p, 's, M> {
    type Item = Group<'p, 's>;

    fn next(&mut self) -> Option<Group<'p, 's>> {
        if self.waiting.is_empty() {
            self.form();
        }
        self.waiting.pop_front().or_else(|| self.postponed.pop_front().map(|change| Group(vec![change])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::value::json;
    use crate::search::corpus::Origin;
    use crate::search::mutation::sites_of;
    use crate::search::place::{Place, PlaceMember};

    /// A place for each member, and in each of the last one.
    fn place(names: &[&'static str], inner: &[&'static str]) -> Place<'static> {
        let members = |names: &[&'static str], place: &dyn Fn() -> Place<'static>| {
            let member = |key: &&'static str| PlaceMember { key, is_optional: true, place: place() };
            names.iter().map(member).collect()
        };
        let leaf = || Place { is_read: true, ..Place::nothing() };
        let branch =
            || Place { is_read: true, may_be_object: true, members: members(inner, &leaf), ..Place::nothing() };
        Place { is_read: true, may_be_object: true, members: members(names, &branch), ..Place::nothing() }
    }

    #[test]
    fn a_group_has_no_place_and_a_part_of_it() {
        let member = EditKey::Member;
        for (left, right, expected) in [
            (&[member("a")][..], &[member("b")][..], true),
            (&[member("a")], &[member("a"), member("b")], false),
            (&[], &[member("a")], false),
            (&[member("a"), member("b")], &[member("a"), member("c")], true),
            (&[member("a"), EditKey::Element(0)], &[member("a"), EditKey::Every, member("b")], false),
            (&[EditKey::Element(0), member("a")], &[EditKey::Last, member("b")], true),
        ] {
            assert_eq!(are_apart(left, right), expected, "{left:?} {right:?}");
            assert_eq!(are_apart(right, left), expected, "{right:?} {left:?}");
        }
    }

    #[test]
    fn losing_groups_are_halved_and_losing_sites_come_last() {
        let arena = Arena::new();
        let data = json::read(r#"{"a":{"x":1},"b":{"x":2},"c":{"x":3},"d":{"x":4}}"#, &arena).unwrap();
        let place = place(&["a", "b", "c", "d"], &["x"]);
        let origin = Origin { data, is_base: true, reached: Box::default() };
        let sites = sites_of(&place, &origin);
        let removals = || sites.iter().filter(|at| at.site.path.len() == 1).map(|at| (at, Mutation::Value(None)));
        // A window of four times all, and once more all.
        let mut groups = Groups::new((0..5).flat_map(|_| removals()), 2);
        let first = groups.next().unwrap();
        groups.halve(first);
        let halves = [groups.next().unwrap(), groups.next().unwrap()];
        groups.add_losing(halves[1].only_site().unwrap());
        let mut left = Vec::new();
        for group in halves.into_iter().chain(groups) {
            let Some(Value::Object(object)) = group.data(&arena) else { panic!("no object") };
            left.push(object.entries().iter().map(|(key, _)| *key).collect::<String>());
        }
        assert_eq!(left, ["bcd", "acd", "ab", "cd", "ab", "cd", "ab", "cd", "ab", "bd", "abc", "acd"]);
    }
}
