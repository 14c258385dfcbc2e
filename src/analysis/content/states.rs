//! States: all places of JSON that a content may have come to, by the way it was rendered.

use super::machine::State;
use super::path_condition::{BranchDecision, PathSet};

/// A place of JSON, and how one comes there.
#[derive(Clone, Debug)]
pub(super) struct Reached<'a> {
    pub(super) state: State,
    pub(super) paths: PathSet<'a>,
}

/// The places that a text may have come to.
#[derive(Clone, Debug, Default)]
pub(super) struct States<'a>(pub(super) Vec<Reached<'a>>);

/// How many places are kept apart.
const MAX_STATES: usize = 24;

impl<'a> States<'a> {
    /// The beginning.
    pub(super) fn start() -> Self {
        Self(vec![Reached { state: State::start(), paths: PathSet::start() }])
    }

    /// Adds places; false where there are too many.
    pub(super) fn add(&mut self, others: Self) -> bool {
        for other in others.0 {
            match self.0.iter_mut().find_map(|known| known.state.merge(&other.state).then_some(known)) {
                Some(known) => known.paths.add(other.paths),
                None => self.0.push(other),
            }
        }
        self.0.sort_by(|left, right| left.state.cmp(&right.state));
        self.0.len() <= MAX_STATES
    }

    /// The same places, where the decision has been taken.
    pub(super) fn after(&self, decision: &BranchDecision<'a>) -> Self {
        let after =
            |reached: &Reached<'a>| Reached { state: reached.state.clone(), paths: reached.paths.then(decision) };
        Self(self.0.iter().map(after).collect())
    }

    /// The same places, to which nobody knows a way any more.
    pub(super) fn by_unknown_ways(self) -> Self {
        let places = self.0.into_iter().map(|reached| Reached { paths: PathSet::default(), ..reached });
        Self(places.collect())
    }

    /// Whether these are the same places, whatever the ways.
    pub(super) fn are_those_of(&self, others: &Self) -> bool {
        self.0.len() == others.0.len() && self.0.iter().zip(&others.0).all(|(left, right)| left.state == right.state)
    }
}
