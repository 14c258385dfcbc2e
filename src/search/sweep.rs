//! Sweeps: in which order the sites of data are changed. First those that the template reads where no other data came to, such as
//! in a branch that only this data takes: what is read elsewhere, too, was changed there.

use std::collections::VecDeque;

use super::corpus::Origin;
use super::mutation::{DataSite, sites_of};
use super::place::Place;

/// The reads of a template that some data came to whose sites are changed.
#[derive(Default)]
pub(super) struct ReachedReads {
    /// Whether each is; empty before the first data.
    reads: Vec<bool>,
}

/// The sites of data that waits, the most promising first.
#[derive(Default)]
pub(super) struct Sweep<'p, 's> {
    /// How much of the data was looked at.
    seen: usize,
    reached: ReachedReads,
    /// The other sites of that data.
    rest: VecDeque<Vec<DataSite<'p, 's>>>,
}

impl ReachedReads {
    /// Whether some data came to other reads, too.
    pub(super) fn is_exceeded_by(&self, origin: &Origin<'_>) -> bool {
        self.reads.is_empty() || origin.reached.iter().zip(&self.reads).any(|(new, known)| *new && !known)
    }

    /// The sites of some data whose changes could make a difference: those that are read where no earlier data came to, and the
    /// others.
    pub(super) fn split<'p, 's>(
        &mut self,
        root: &'p Place<'s>,
        origin: &Origin<'s>,
    ) -> (Vec<DataSite<'p, 's>>, Vec<DataSite<'p, 's>>) {
        let is_first = self.reads.is_empty();
        let is_new = |at: &DataSite<'p, 's>| {
            is_first || at.site.place.reads.iter().any(|read| origin.reached[*read] && !self.reads[*read])
        };
        let sites = sites_of(root, origin).into_iter().partition(is_new);
        self.reads.resize(origin.reached.len(), false);
        for (known, is_reached) in self.reads.iter_mut().zip(&origin.reached) {
            *known |= is_reached;
        }
        sites
    }
}

impl<'p, 's> Sweep<'p, 's> {
    /// The sites that are changed next: of the first data in the queue that was not looked at, or what is left of earlier data.
    pub(super) fn next(&mut self, root: &'p Place<'s>, queue: &[Origin<'s>]) -> Option<Vec<DataSite<'p, 's>>> {
        while let Some(origin) = queue.get(self.seen) {
            self.seen += 1;
            let (new, rest) = self.reached.split(root, origin);
            self.rest.push_back(rest);
            if !new.is_empty() {
                return Some(new);
            }
        }
        self.rest.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::{Arena, json};
    use crate::search::place::PlaceMember;

    /// A place in which everything is read, each member by one read.
    fn place(names: &[&'static str]) -> Place<'static> {
        let members = names.iter().enumerate().map(|(at, key)| {
            let place = Place { is_read: true, reads: vec![at], ..Place::nothing() };
            PlaceMember { key, is_optional: true, place }
        });
        Place { is_read: true, may_be_object: true, members: members.collect(), ..Place::nothing() }
    }

    #[test]
    fn what_is_read_for_the_first_time_is_changed_first_and_what_is_not_read_never() {
        let arena = Arena::new();
        let data = json::read(r#"{"a":1,"b":2,"c":3}"#, &arena).unwrap();
        let root = place(&["a", "b", "c"]);
        let origin = |reached: [bool; 3]| Origin { data, is_base: true, reached: Box::new(reached) };
        let queue = [[true, false, false], [true, true, false], [true, false, false]].map(origin);
        let mut sweep = Sweep::default();
        let mut order = Vec::new();
        while let Some(sites) = sweep.next(&root, &queue) {
            let names = sites.iter().flat_map(|at| at.site.path.iter().map(|key| format!("{key:?}")));
            order.push(names.collect::<Vec<_>>().join(" "));
        }
        // Of the first data everything; of the second what is new, and then the others; of the last what is not new.
        assert_eq!(order, [r#"Member("a")"#, r#"Member("b")"#, "", r#"Member("a")"#, r#"Member("a")"#]);
    }
}
