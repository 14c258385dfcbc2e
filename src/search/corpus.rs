//! The corpus: data that reached something new, and data whose message is lost.

use super::change::copied;
use super::coverage::SeenFeatures;
use super::place::Place;
use super::tester::Test;
use crate::analysis::{Needs, Read};
use crate::liquid::{Arena, Trace, Value};
use crate::message::Loss;

/// How many losses are kept to be shrunk.
const MAX_LOSSES: usize = 48;
/// How much data that reached something new is searched around.
const MAX_QUEUE: usize = 64;

/// What is kept of the data that was rendered.
pub(super) struct Corpus<'c, 's> {
    needs: &'c Needs<'c>,
    /// Whether data keeps to what is declared.
    pub(super) is_valid: &'c dyn Fn(Value<'_>) -> bool,
    pub(super) seen: SeenFeatures,
    /// The data of requests, and data that reached something new.
    pub(super) queue: Vec<Origin<'s>>,
    /// In the order in which they were found.
    losses: Vec<Found<'s>>,
    /// What is kept is copied into it.
    arena: &'s Arena,
}

/// Data whose message is sent, waiting for its sites to be changed.
pub(super) struct Origin<'s> {
    pub(super) data: Value<'s>,
    /// Whether it is that of a request, or was made up because there is none.
    pub(super) is_base: bool,
    /// Which of the template's reads its render reached.
    pub(super) reached: Box<[bool]>,
}

/// A loss that was found, before it is shrunk: one for each way to be lost and site that was changed.
struct Found<'s> {
    key: (Loss, usize),
    data: Value<'s>,
    is_likely: bool,
}

impl Origin<'_> {
    /// Whether a change of this place could make a difference: what the render did not come to would not notice it.
    pub(super) fn notices(&self, place: &Place<'_>) -> bool {
        place.reads.is_empty() || place.reads.iter().any(|read| self.reached[*read])
    }
}

impl<'c, 's> Corpus<'c, 's> {
    pub(super) fn new(
        needs: &'c Needs<'c>,
        seen: SeenFeatures,
        is_valid: &'c dyn Fn(Value<'_>) -> bool,
        arena: &'s Arena,
    ) -> Self {
        Self { needs, is_valid, seen, queue: Vec::new(), losses: Vec::new(), arena }
    }

    /// Data that a message was sent for, with what the render reached.
    pub(super) fn origin(&self, data: Value<'s>, is_base: bool, trace: &Trace) -> Origin<'s> {
        let Needs { reads, reads_anything } = self.needs;
        // What the settings read is not traced.
        let is_reached = |read: &Read<'_>| *reads_anything || read.text > 0 || trace.has(read.node);
        Origin { data, is_base, reached: reads.iter().map(is_reached).collect() }
    }

    /// Keeps data if its message is lost, or if it reached something new.
    pub(super) fn add(&mut self, data: Value<'_>, site: usize, is_likely: bool, test: &Test) {
        if is_likely {
            self.seen.observe(&test.output, || (self.is_valid)(data));
        }
        if let Some(loss) = test.loss {
            self.lose((loss, site), data, is_likely);
            return;
        }
        let is_new = is_likely && self.seen.add(&test.output);
        if is_new && self.queue.len() < MAX_QUEUE && (self.is_valid)(data) {
            self.queue.push(self.origin(copied(data, self.arena), false, &test.output.trace));
        }
    }

    fn lose(&mut self, key: (Loss, usize), data: Value<'_>, is_likely: bool) {
        let known = self.losses.iter().position(|found| found.key == key);
        let is_better = match known {
            Some(at) => is_likely && !self.losses[at].is_likely,
            None => self.losses.len() < MAX_LOSSES,
        };
        if is_better && (self.is_valid)(data) {
            let found = Found { key, data: copied(data, self.arena), is_likely };
            match known {
                Some(at) => self.losses[at] = found,
                None => self.losses.push(found),
            }
        }
    }

    /// The losses, with data for each, in the order in which they were found.
    pub(super) fn losses(&self) -> impl Iterator<Item = (Loss, Value<'s>)> {
        self.losses.iter().map(|found| (found.key.0, found.data))
    }
}
