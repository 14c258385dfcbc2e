//! The abstract state of the content reader: every parser state that a render may be in.
//!
//! A [`StateSet`] is the lattice element of the [abstract interpreter](super). Its join is set union, with two states
//! that [can be merged](ParserState::merge) counting as one. It is empty (bottom) if no render gets here, or if the reader
//! has given up. It holds at most [`MAX_STATES`] states. With more, `join` reports failure, and the caller gives up.

use super::machine::ParserState;

/// The parser states that a render may be in, sorted, so that two sets can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StateSet(pub(super) Vec<ParserState>);

/// How many states are distinguished.
const MAX_STATES: usize = 24;

impl StateSet {
    /// The start of the content.
    pub(super) fn start() -> Self {
        Self(vec![ParserState::start()])
    }

    /// Adds states. `false` if there are too many now.
    pub(super) fn join(&mut self, others: Self) -> bool {
        for other in others.0 {
            if !self.0.iter_mut().any(|known| known.merge(&other)) {
                self.0.push(other);
            }
        }
        self.0.sort();
        self.0.len() <= MAX_STATES
    }
}
