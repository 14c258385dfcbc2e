//! Counterexamples: data within the contract whose message is lost, and what loses it.

use std::fmt;

use super::change::{Edit, edits_between, value_at};
use crate::contract::{Contract, Key, Pointer, Shape, Source};
use crate::diagnostics::{Diagnostic, Severity};
use crate::liquid::value::json;
use crate::liquid::{Arena, Value};
use crate::message::{Rendering, SENT_NAMES, SentData};

/// Data whose message is lost.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// What loses the message, as it is reported for a request.
    pub problem: Diagnostic,
    /// The request that it differs least from.
    pub request: String,
    /// How it differs from that.
    pub changes: Vec<Change>,
    /// Whether every change is like what was seen or declared.
    pub is_likely: bool,
    /// Whether all that is changed is declared, and not inferred.
    pub is_declared: bool,
    /// Its `message_data`, as JSON.
    pub trigger: String,
    /// Its customer's attributes, as JSON.
    pub customer: String,
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
        request: &str,
        seed: Value<'_>,
        data: Value<'_>,
        contract: &Contract,
        constants: &[&str],
    ) -> Option<Self> {
        if rendering.message.is_some() {
            return None;
        }
        let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
        let problem = rendering.problems.into_iter().find(is_error)?;
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
            problem,
            request: request.to_owned(),
            changes: edits.iter().map(change).collect(),
            is_likely,
            is_declared: edits.iter().all(|edit| is_declared(edit, contract)),
            trigger: part(0),
            customer: part(1),
        })
    }

    /// Where in the template's file the message is lost.
    #[must_use]
    pub fn position(&self) -> (usize, usize, &'static str) {
        let range = self.problem.location().map_or(0..0, crate::diagnostics::Location::range);
        (range.start, range.end, self.problem.code.as_str())
    }

    /// Adds it to others, of which none has the same cause and position; the likelier one and the one with fewer
    /// changes is kept.
    pub(super) fn add_to(self, others: &mut Vec<Self>) {
        let rank = |one: &Self| (!one.is_likely, one.changes.len());
        match others.iter_mut().find(|other| other.position() == self.position()) {
            Some(known) if rank(&self) < rank(known) => *known = self,
            Some(_) => {}
            None => others.push(self),
        }
    }
}

fn is_likely(edit: &Edit<'_>, contract: &Contract, constants: &[&str]) -> bool {
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
    /// The values of a counterexample, for a render of one's own.
    #[must_use]
    pub fn data<'a>(&'a self, arena: &'a Arena) -> SentData<'a> {
        let read = |text: &'a str| json::read(text, arena).unwrap_or(Value::Null);
        let nothing = Value::Object(crate::liquid::value::Object::new(&[], arena));
        SentData { trigger: read(&self.trigger), customer: read(&self.customer), objects: nothing }
    }
}
