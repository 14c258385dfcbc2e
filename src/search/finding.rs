//! Findings: counterexamples as they are reported, to people and to programs.

use serde_json::{Value as Json, json};

use super::counterexample::{Change, Counterexample};
use crate::diagnostics::{Diagnostic, Severity};

/// How many changes are written out for people.
const MAX_CHANGES: usize = 4;
/// How much of a value is written out for people, in characters.
const MAX_SHOWN: usize = 60;

impl Counterexample {
    /// How severe the loss is: an error within what is declared, a warning within what is inferred, and information only if
    /// it takes a string unlike any that was seen.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match (self.is_likely, self.is_declared) {
            (true, true) => Severity::Error,
            (true, false) => Severity::Warning,
            (false, _) => Severity::Info,
        }
    }

    /// The loss as it is reported.
    #[must_use]
    pub fn finding(&self) -> Diagnostic {
        let problem = Diagnostic { severity: self.severity(), fix: None, ..self.problem.clone() };
        let problem = problem.note(self.words());
        if self.is_likely {
            return problem;
        }
        problem.note("no request and no customer has anything like it")
    }

    /// What has to be changed for the message to be lost: `with trigger.items = [] (otherwise request standard)`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut changes: Vec<String> = self.changes.iter().take(MAX_CHANGES).map(short).collect();
        if self.changes.len() > MAX_CHANGES {
            changes.push(format!("{} more changes", self.changes.len() - MAX_CHANGES));
        }
        if changes.is_empty() {
            return format!("with request {}", self.request);
        }
        format!("with {} (otherwise request {})", changes.join(" and "), self.request)
    }

    /// The counterexample for programs: the complete data, and what was changed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let changes: Vec<_> = self
            .changes
            .iter()
            .map(|change| {
                json!({
                    "path": change.path.to_string(),
                    "from": change.from.as_deref().map(parsed),
                    "to": change.to.as_deref().map(parsed),
                    "absent": change.to.is_none(),
                })
            })
            .collect();
        json!({
            "base": self.request,
            "message_data": parsed(&self.trigger),
            "customer": parsed(&self.customer),
            "changes": changes,
        })
    }
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// A change with a value that is not too long.
fn short(change: &Change) -> String {
    let words = change.to_string();
    if words.chars().count() <= MAX_SHOWN {
        return words;
    }
    let start: String = words.chars().take(MAX_SHOWN - 1).collect();
    start + "…"
}
