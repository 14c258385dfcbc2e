//! The confirmation: makes payloads that the model of a template admits, and corrects the model where one of them is lost.

use serde_json::{Value as Json, json};

use super::demand::Fault;
use super::derivation::{Derivation, Failure, MAX_FAILURES};
use super::location::{locations, member_of, put, value_at};
use super::model::{Requirement, StringValues};
use super::place::kind_of;
use crate::contract::{JsonKind, Key, Kinds};

/// How often payloads that the model admits are made, and how many of them.
const ROUNDS: usize = 12;
const ROUND: usize = 300;

/// A change of a payload.
#[derive(Clone, Debug)]
struct Edit {
    place: usize,
    fault: Fault,
    at: Vec<Key>,
    to: Option<Json>,
}

impl Derivation<'_> {
    /// Makes payloads that the model admits, and changes the model where one of them is lost.
    pub(super) fn confirm(&mut self) {
        for _ in 0..ROUNDS {
            let mut is_changed = self.confirm_alone();
            for _ in 0..ROUND {
                if self.is_exhausted() {
                    return;
                }
                is_changed |= self.confirm_one();
                is_changed |= self.confirm_drawn();
            }
            if !is_changed {
                return;
            }
        }
    }

    /// Takes each value of each place alone, without any other key that may be absent.
    fn confirm_alone(&mut self) -> bool {
        let mut is_changed = false;
        for sample in self.model.samples.clone().into_iter().take(10) {
            for place in 2..self.model.places.0.len() {
                for at in locations(&sample, &self.model.places.0[place].pattern).into_iter().take(2) {
                    let mut values = self.model.places.of_kind(place, JsonKind::String);
                    values.truncate(1);
                    values.extend(self.model.places.0[place].examples.iter().take(4).cloned());
                    values.extend([json!(true), json!(false)]);
                    values.retain(|value| self.model.kinds[place].has(kind_of(value)));
                    values.extend(value_at(&sample, &at).cloned());
                    for value in values {
                        if self.is_exhausted() {
                            return is_changed;
                        }
                        let mut base = sample.clone();
                        if put(&mut base, &at, Some(value)) && self.tester.is_sent(&base) {
                            is_changed |= self.confirm_without(&base, |other, _| other != place);
                        }
                    }
                }
            }
        }
        is_changed
    }

    /// Removes the keys that may be absent, of those that are chosen, and makes the model demand what is missing then.
    fn confirm_without(&mut self, base: &Json, mut is_chosen: impl FnMut(usize, &mut fastrand::Rng) -> bool) -> bool {
        let mut data = base.clone();
        let mut edits = Vec::new();
        for place in 2..self.model.places.0.len() {
            let is_removable = self.model.requirement(place) != Requirement::Required
                && member_of(&self.model.places.0[place].pattern).is_some();
            for at in if is_removable { locations(&data, &self.model.places.0[place].pattern) } else { Vec::new() } {
                if is_chosen(place, &mut self.random) && put(&mut data, &at, None) {
                    if self.model.admits(&data) {
                        edits.push(Edit { place, fault: Fault::Absent, at, to: None });
                    } else if let Some(value) = value_at(base, &at) {
                        put(&mut data, &at, Some(value.clone()));
                    }
                }
            }
        }
        !edits.is_empty() && !self.tester.is_sent(&data) && self.blame(base, edits)
    }

    /// Changes a payload that is sent within the model; returns whether it is lost then, so that the model was changed.
    fn confirm_one(&mut self) -> bool {
        let mut base = self.random_sample();
        let mut varied = base.clone();
        for _ in 0..self.random.usize(0..=3) {
            self.vary(&mut varied);
        }
        if self.tester.is_sent(&varied) {
            base = varied;
        }
        if self.random.u8(0..3) == 0 {
            let most = self.random.u8(2..=9);
            return self.confirm_without(&base, |_, random| random.u8(0..10) < most);
        }
        let mut data = base.clone();
        let mut edits = Vec::new();
        for _ in 0..self.random.usize(1..=5) {
            if let Some(edit) = self.random_edit(&data)
                && put(&mut data, &edit.at, edit.to.clone())
            {
                edits.push(edit);
            }
        }
        if edits.is_empty() || !self.model.admits(&data) || self.tester.is_sent(&data) {
            return false;
        }
        self.blame(&base, edits)
    }

    /// Draws a payload from the model; if it is lost, and sent with everything that requests have, finds out why.
    fn confirm_drawn(&mut self) -> bool {
        let data = self.drawn();
        if !self.model.admits(&data) || self.tester.is_sent(&data) {
            return false;
        }
        let (base, edits) = self.completed(&data);
        !edits.is_empty() && self.tester.is_sent(&base) && self.blame(&base, edits)
    }

    /// A payload with a value at every place that something is missing at, and values of the kinds that were seen; and the
    /// edits that lead back from it.
    fn completed(&self, data: &Json) -> (Json, Vec<Edit>) {
        let mut base = data.clone();
        let (mut kinds, mut absent) = (Vec::new(), Vec::new());
        for place in 2..self.model.places.0.len() {
            let of = &self.model.places.0[place];
            for at in locations(&base, &of.pattern) {
                let current = value_at(&base, &at).cloned();
                let unseen = |value: &Json| !of.seen.is_empty() && !of.seen.has(kind_of(value));
                let (fault, edits) = match &current {
                    None => (Fault::Absent, &mut absent),
                    Some(value) if unseen(value) => (Fault::Kind(kind_of(value)), &mut kinds),
                    Some(_) => continue,
                };
                if put(&mut base, &at, Some(self.model.places.harmless(place))) {
                    edits.push(Edit { place, fault, at, to: current });
                }
            }
        }
        // The last one is blamed first: that something is missing rather than its kind.
        kinds.append(&mut absent);
        (base, kinds)
    }

    fn random_edit(&mut self, data: &Json) -> Option<Edit> {
        let place = self.random.usize(2..self.model.places.0.len().max(3));
        let found = locations(data, &self.model.places.0.get(place)?.pattern);
        if found.is_empty() {
            return None;
        }
        let at = found[self.random.usize(0..found.len())].clone();
        let mut faults = vec![Fault::Absent; 2];
        faults.extend(self.model.kinds[place].iter().map(Fault::Kind));
        faults.extend([1, 2, 3].map(Fault::Fewer));
        let fault = faults[self.random.usize(0..faults.len())];
        let mut values = self.model.places.faulty(place, fault, value_at(data, &at));
        if self.model.strings[place] != StringValues::Any && fault == Fault::Kind(JsonKind::String) {
            return None;
        }
        if values.is_empty() {
            return None;
        }
        let to = values.swap_remove(self.random.usize(0..values.len()));
        Some(Edit { place, fault, at, to })
    }

    /// Finds the fewest of these edits that lose the message, and demands that one of them is not made.
    fn blame(&mut self, base: &Json, mut edits: Vec<Edit>) -> bool {
        let apply = |edits: &[Edit]| {
            let mut data = base.clone();
            for edit in edits {
                put(&mut data, &edit.at, edit.to.clone());
            }
            data
        };
        let mut at = 0;
        while at < edits.len() {
            let mut fewer = edits.clone();
            fewer.remove(at);
            let data = apply(&fewer);
            // What the model does not admit shows nothing that it does not know.
            if self.tester.is_sent(&data) || !self.model.admits(&data) {
                at += 1;
            } else {
                edits = fewer;
            }
        }
        let data = apply(&edits);
        let Some(loss) = self.tester.run(&data) else { return false };
        // A null beside a key that is absent is as good as absent itself.
        let is_any_absent = edits.iter().any(|edit| edit.fault == Fault::Absent);
        let is_unseen = |edit: &&Edit| match edit.fault {
            Fault::Kind(JsonKind::Null) if is_any_absent => false,
            Fault::Kind(kind) => !self.model.places.0[edit.place].seen.has(kind),
            _ => false,
        };
        if let Some(Edit { place, fault: Fault::Kind(kind), at, .. }) = edits.iter().find(is_unseen).cloned() {
            let mut usual = data.clone();
            put(&mut usual, &at, value_at(base, &at).cloned());
            if self.is_lost_as_usual(&usual, Fault::Kind(kind), &at) {
                return false;
            }
            let kept: Kinds = self.model.kinds[place].iter().filter(|known| *known != kind).collect();
            if !kept.is_empty() {
                self.model.kinds[place] = kept;
                return true;
            }
        }
        // The edit that loses the message alone, or else the one that is made last, of those that are there as they were made.
        let there: Vec<&Edit> =
            edits.iter().rev().filter(|edit| value_at(&data, &edit.at) == edit.to.as_ref()).collect();
        let alone = there.iter().copied().find(|edit| !self.tester.is_sent(&apply(std::slice::from_ref(edit))));
        let Some(edit) = alone.or(there.first().copied()) else { return false };
        let (place, fault) = (edit.place, edit.fault);
        let is_seen_kind = matches!(fault, Fault::Kind(kind) if kind != JsonKind::Null);
        if is_seen_kind || matches!(fault, Fault::Fewer(_)) && self.is_sent_with_others(&data, edit) {
            return false;
        }
        let mut usual = data.clone();
        if fault == Fault::Absent
            && put(&mut usual, &edit.at, value_at(base, &edit.at).cloned())
            && self.is_lost_with_examples(&usual, place, &edit.at)
        {
            return false;
        }
        let observed = self.observed.entry((place, fault)).or_default();
        observed.lost += 1;
        observed.sent += 1;
        // The newest failure is the one that the model does not know of yet.
        observed.failures.insert(0, Failure { data: data.clone(), at: edit.at.clone(), loss });
        observed.failures.truncate(MAX_FAILURES);
        self.settle(place, fault);
        let is_undecided = matches!(fault, Fault::Kind(_)) || self.has_shorter(place, fault);
        if self.model.admits(&data) && !is_undecided {
            self.demand_always(place, fault);
        }
        true
    }

    /// Whether a payload with a list that is too short is sent if that has other elements.
    fn is_sent_with_others(&mut self, data: &Json, edit: &Edit) -> bool {
        let Some(items) = edit.to.as_ref().and_then(Json::as_array) else { return false };
        let place = &self.model.places;
        let full = place.of_kind(edit.place, JsonKind::Array).swap_remove(0);
        let known = full.as_array().into_iter().flatten().chain(items).cloned().collect::<Vec<_>>();
        known.into_iter().any(|item| {
            let mut other = data.clone();
            put(&mut other, &edit.at, Some(Json::Array(vec![item; items.len()]))) && self.tester.is_sent(&other)
        })
    }
}
