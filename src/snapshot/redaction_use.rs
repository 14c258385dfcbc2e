//! The use of redactions in a run: one that matches no message is probably misspelled.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::message::Message;
use crate::project::{Redaction, Step, TestSettings};

/// Which redactions match a message of a run.
#[derive(Debug)]
pub(super) struct RedactionUse<'p> {
    redactions: &'p [Redaction],
    is_used: Vec<AtomicBool>,
    has_messages: AtomicBool,
}

impl<'p> RedactionUse<'p> {
    pub(super) fn new(settings: &'p TestSettings) -> Self {
        let redactions = &settings.redactions[..];
        let is_used = redactions.iter().map(|_| AtomicBool::new(false)).collect();
        Self { redactions, is_used, has_messages: AtomicBool::new(false) }
    }

    /// Takes notice of a message.
    pub(super) fn note(&self, message: &Message) {
        self.has_messages.store(true, Ordering::Relaxed);
        if self.is_used.iter().all(|is_used| is_used.load(Ordering::Relaxed)) {
            return;
        }
        let message = serde_json::to_value(message).unwrap_or_default();
        for (redaction, is_used) in self.redactions.iter().zip(&self.is_used) {
            if matches(&message, &redaction.steps) {
                is_used.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The redactions that match none of the messages.
    pub(super) fn unused(self) -> Vec<&'p Redaction> {
        if !self.has_messages.into_inner() {
            return Vec::new();
        }
        let unused = self.redactions.iter().zip(self.is_used).filter(|(_, is_used)| !is_used.load(Ordering::Relaxed));
        unused.map(|(redaction, _)| redaction).collect()
    }
}

/// Whether there is a value at a path.
fn matches(value: &Value, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    match (step, value) {
        (Step::Field(name), Value::Object(fields)) => fields.get(name).is_some_and(|field| matches(field, rest)),
        (Step::Item(place), Value::Array(items)) => items.get(*place).is_some_and(|item| matches(item, rest)),
        (Step::Any, Value::Object(fields)) => fields.values().any(|field| matches(field, rest)),
        (Step::Any, Value::Array(items)) => items.iter().any(|item| matches(item, rest)),
        _ => false,
    }
}
