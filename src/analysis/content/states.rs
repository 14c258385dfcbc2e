//! The abstract state of the content reader: every parser state that a render may be in, with the known paths to it.
//!
//! A [`StateSet`] is the lattice element of the [abstract interpreter](super). Its join is set union, with two states
//! that
//! [can be merged](ParserState::merge) counting as one, whose paths are [joined](PathSet::join). It is empty (bottom)
//! if no render gets here, or if the reader has given up. It holds at most [`MAX_STATES`] states. With more, `join`
//! reports failure, and the caller gives up.

use super::machine::ParserState;
use super::path_condition::{BranchDecision, PathSet};

/// A parser state, and the known paths to it.
#[derive(Clone, Debug)]
pub(super) struct ReachedState<'a> {
    pub(super) state: ParserState,
    pub(super) paths: PathSet<'a>,
}

/// The parser states that a render may be in, sorted, so that two sets can be compared.
#[derive(Clone, Debug, Default)]
pub(super) struct StateSet<'a>(pub(super) Vec<ReachedState<'a>>);

/// How many states are distinguished.
const MAX_STATES: usize = 24;

impl<'a> StateSet<'a> {
    /// The start of the content.
    pub(super) fn start() -> Self {
        Self(vec![ReachedState { state: ParserState::start(), paths: PathSet::start() }])
    }

    /// Adds states. `false` if there are too many now.
    pub(super) fn join(&mut self, others: Self) -> bool {
        for other in others.0 {
            match self.0.iter_mut().find_map(|known| known.state.merge(&other.state).then_some(known)) {
                Some(known) => known.paths.join(other.paths),
                None => self.0.push(other),
            }
        }
        self.0.sort_by(|left, right| left.state.cmp(&right.state));
        self.0.len() <= MAX_STATES
    }

    /// The same states after a decision. A state stays in the set even if no known path allows the decision, because
    /// not all paths are known.
    pub(super) fn after(&self, decision: &BranchDecision<'a>) -> Self {
        let after = |reached: &ReachedState<'a>| ReachedState {
            state: reached.state.clone(),
            paths: reached.paths.and(decision),
        };
        Self(self.0.iter().map(after).collect())
    }

    /// The same states without their paths, because what happened last depends on more than decisions.
    pub(super) fn with_unknown_paths(self) -> Self {
        let states = self.0.into_iter().map(|reached| ReachedState { paths: PathSet::default(), ..reached });
        Self(states.collect())
    }

    /// Whether both contain the same states, whatever the paths to them.
    pub(super) fn has_same_states(&self, others: &Self) -> bool {
        self.0.len() == others.0.len() && self.0.iter().zip(&others.0).all(|(left, right)| left.state == right.state)
    }
}
