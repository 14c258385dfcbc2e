//! Counterexamples: data within the contract whose message is lost, and what loses it.

use std::collections::BTreeMap;
use std::fmt;

use super::change::{Edit, edits_between, value_at};
use crate::contract::{Contract, Key, Pointer, Shape, Source};
use crate::diagnostics::{Diagnostic, Location, Severity};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Value};
use crate::message::{CauseKind, Loss, Rendering, SENT_NAMES, SentData, Template};

/// Data whose message is lost.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// What loses the message, the first reason first. At least one.
    pub reasons: Vec<Reason>,
    /// The request that it differs least from; `None` if there is no request.
    pub request: Option<String>,
    /// How it differs from that.
    pub changes: Vec<Change>,
    /// Whether every change is like what was seen or declared.
    pub is_likely: bool,
    /// Whether the message only has expired when it is sent, which is what an expiration is for.
    pub is_expired: bool,
    /// Whether all that is changed is declared, and not inferred.
    pub is_declared: bool,
    /// Its `message_data`, as JSON.
    pub trigger: String,
    /// Its customer's attributes, as JSON.
    pub customer: String,
    /// The objects that its customer is related to, as JSON.
    pub objects: String,
    /// Its complete request.
    pub body: serde_json::Value,
}

/// What loses a message.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The problem, as it is reported for a request.
    pub problem: Diagnostic,
    /// What is wrong with the content, if that is known.
    pub cause: Option<CauseKind>,
}

/// A difference from a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub path: Pointer,
    /// What the request has there, as JSON; none if it has nothing.
    pub from: Option<String>,
    /// What the counterexample has there, as JSON; none if it has nothing.
    pub to: Option<String>,
}

/// As people write it: `trigger.items = []`, `no trigger.note`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            Some(to) => write!(f, "{} = {to}", self.path),
            None => write!(f, "no {}", self.path),
        }
    }
}

impl Counterexample {
    /// The counterexample that this rendering shows; none if its message is sent.
    pub(super) fn from_rendering(
        rendering: Rendering,
        template: &Template,
        request: Option<&str>,
        seed: Value<'_>,
        data: Value<'_>,
        contract: &Contract,
        constants: &[&str],
    ) -> Option<Self> {
        if rendering.message.is_some() {
            return None;
        }
        let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
        let causes = rendering.causes(template);
        let first = rendering.problems.into_iter().find(is_error)?;
        let is_explained = causes.iter().any(|cause| cause.problem.location() == first.location());
        let first = (!is_explained).then(|| Reason { problem: first, cause: None });
        let causes = causes.into_iter().map(|cause| Reason { problem: cause.problem, cause: Some(cause.kind) });
        let edits = edits_between(seed, data);
        let change = |edit: &Edit<'_>| Change {
            path: edit.pointer(),
            from: value_at(seed, &edit.path).map(json_of),
            to: edit.to.map(json_of),
        };
        let is_likely = edits.iter().all(|edit| is_likely(edit, contract, constants));
        let part = |at: usize| match data {
            Value::Object(object) => object.get(SENT_NAMES[at]).map_or_else(String::new, json_of),
            _ => String::new(),
        };
        Some(Self {
            reasons: first.into_iter().chain(causes).collect(),
            request: request.map(str::to_owned),
            changes: edits.iter().map(change).collect(),
            is_likely,
            is_expired: false,
            is_declared: edits.iter().all(|edit| is_declared(edit, contract)),
            trigger: part(0),
            customer: part(1),
            objects: part(2),
            body: serde_json::Value::Null,
        })
    }

    /// The same, of which it is known why the message is lost.
    pub(super) fn because_of(self, loss: Loss) -> Self {
        Self { is_expired: loss == Loss::Expired, ..self }
    }

    /// Whether a message that is meant to arrive may be lost like this.
    #[must_use]
    pub const fn is_probable(&self) -> bool {
        self.is_likely && !self.is_expired
    }

    /// How far it is from what is sent: those that are nearer explain a loss better.
    fn distance(&self) -> (bool, usize) {
        (!self.is_probable(), self.changes.len())
    }

    /// Leaves each position and cause to the counterexample that explains it best.
    pub(super) fn best_of(found: Vec<Self>) -> Vec<Self> {
        let mut best: BTreeMap<Position, usize> = BTreeMap::new();
        for (at, counterexample) in found.iter().enumerate() {
            for reason in &counterexample.reasons {
                let known = best.entry(reason.position()).or_insert(at);
                if counterexample.distance() < found[*known].distance() {
                    *known = at;
                }
            }
        }
        let keep = |(at, mut counterexample): (usize, Self)| {
            counterexample.reasons.retain(|reason| best.get(&reason.position()) == Some(&at));
            (!counterexample.reasons.is_empty()).then_some(counterexample)
        };
        let mut kept: Vec<Self> = found.into_iter().enumerate().filter_map(keep).collect();
        kept.sort_by_key(|counterexample| counterexample.reasons[0].position());
        kept
    }
}

/// Where in a template's file a message is lost, and the code of the problem.
type Position = (usize, usize, &'static str);

impl Reason {
    fn position(&self) -> Position {
        let range = self.problem.location().map_or(0..0, Location::range);
        (range.start, range.end, self.problem.code.as_str())
    }
}

/// Whether a change is like what was seen or declared.
pub(super) fn is_likely(edit: &Edit<'_>, contract: &Contract, constants: &[&str]) -> bool {
    let Pointer(keys) = edit.pointer();
    let Some((Key::Member(root), steps)) = keys.split_first() else { return false };
    let Some(shape) = contract.root(root) else { return false };
    // What is absent is allowed to be, or it would not have been tried.
    let Some(to) = edit.to else { return true };
    shape.at(steps).into_iter().any(|shape: &Shape| shape.resembles(to, constants))
}

fn is_declared(edit: &Edit<'_>, contract: &Contract) -> bool {
    let Pointer(keys) = edit.pointer();
    let Some(Key::Member(root)) = keys.first() else { return false };
    contract.root(root).is_some_and(|shape| shape.source == Source::Declared)
}

fn json_of(value: Value<'_>) -> String {
    let mut text = String::new();
    // Data that was read as JSON is never nested too deep.
    let _ = json::write(value, None, &mut text);
    text
}

impl Counterexample {
    /// Its values, to render them again.
    #[must_use]
    pub fn data<'a>(&'a self, numbers: Numbers, arena: &'a Arena) -> SentData<'a> {
        let read = |text: &'a str| json::read_as(text, numbers, arena).unwrap_or(Value::Null);
        SentData { trigger: read(&self.trigger), customer: read(&self.customer), objects: read(&self.objects) }
    }
}
