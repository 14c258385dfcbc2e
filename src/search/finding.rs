//! Findings: counterexamples as they are reported, to people and to programs.

use std::sync::Arc;

use serde_json::Value as Json;

use super::counterexample::{Change, Counterexample, Reason};
use crate::diagnostics::{self, Code, DataChange, Diagnostic, Severity};
use crate::message::{CauseKind, JsonContext};

/// An expression prints what is not valid in the JSON around it.
const JSON_UNSAFE: Code = Code::new("json-unsafe");
/// Data without which the message fails may be missing.
const MISSING_DATA: Code = Code::new("missing-data");

/// How many changes are written out for people.
const MAX_CHANGES: usize = 4;
/// How much of a value or an expression is written out for people, in characters.
const MAX_SHOWN: usize = 60;

/// What is said of data that resembles none of the project.
const UNLIKELY: &str = "no value in the requests and customers looks like this one: the loss is possible, not likely";

/// What is said of a message that has expired.
const EXPIRED: &str = "a message that has expired is not shown, as it is meant: make sure that your backend sends no time that has passed";

impl Counterexample {
    /// How severe the loss is: an error within what is declared, a warning within what is inferred, and information only if
    /// it takes a string unlike any that was seen, or a time of expiration that has passed.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match (self.is_probable(), self.is_declared) {
            (true, true) => Severity::Error,
            (true, false) => Severity::Warning,
            (false, _) => Severity::Info,
        }
    }

    /// The losses as they are reported, one for each reason.
    #[must_use]
    pub fn findings(&self) -> Vec<Diagnostic> {
        let described = Arc::new(self.described());
        self.reasons.iter().map(|reason| self.finding(reason, &described)).collect()
    }

    fn finding(&self, reason: &Reason, described: &Arc<diagnostics::Counterexample>) -> Diagnostic {
        let mut finding = Diagnostic { severity: self.severity(), fix: None, ..reason.problem.clone() };
        match &reason.cause {
            Some(CauseKind::MissingVariable(path)) => {
                finding.code = MISSING_DATA;
                finding.message = format!("`{}` may be missing, and then the message fails", with_brackets(path));
            }
            Some(CauseKind::Printed { text, context }) => {
                finding.code = JSON_UNSAFE;
                finding.message = printed(&reason.problem, text, *context);
            }
            None => {}
        }
        let finding = finding.counterexample(Arc::clone(described));
        match (self.is_likely, self.is_expired) {
            (_, true) => finding.note(EXPIRED),
            (false, false) => finding.note(UNLIKELY),
            (true, false) => finding,
        }
    }

    /// The counterexample as every format shows it.
    fn described(&self) -> diagnostics::Counterexample {
        let change = |change: &Change| DataChange {
            path: change.path.to_string(),
            from: change.from.as_deref().map(parsed),
            to: change.to.as_deref().map(parsed),
        };
        diagnostics::Counterexample {
            words: self.words(),
            base: self.request.clone(),
            request: self.body.clone(),
            customer: parsed(&self.customer),
            changes: self.changes.iter().map(change).collect(),
        }
    }

    /// What has to be changed for the message to be lost: `with trigger.items = [] (otherwise request standard)`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut changes: Vec<String> =
            self.changes.iter().take(MAX_CHANGES).map(|change| shortened(&change.to_string())).collect();
        if self.changes.len() > MAX_CHANGES {
            let more = self.changes.len() - MAX_CHANGES;
            changes.push(format!("{more} more {}", if more == 1 { "change" } else { "changes" }));
        }
        match (&self.request, changes.is_empty()) {
            (Some(request), false) => format!("with {} (otherwise request {request})", changes.join(" and ")),
            (Some(request), true) => format!("with request {request}"),
            (None, false) => format!("with {}", changes.join(" and ")),
            (None, true) => "with no `message_data`".to_owned(),
        }
    }
}

/// What is wrong with what an expression prints.
fn printed(problem: &Diagnostic, text: &str, context: JsonContext) -> String {
    let expression = problem.location().map(|location| {
        let written = &location.source().text()[location.range()];
        shortened(&written.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let (expression, shown) = (expression.unwrap_or_default(), shortened(text));
    match context {
        JsonContext::Value if text.is_empty() => {
            format!("`{expression}` prints nothing where the JSON needs a value")
        }
        JsonContext::Value => format!("`{expression}` prints `{shown}`, which is not a JSON value"),
        JsonContext::WholeString | JsonContext::PartOfString => {
            format!("`{expression}` is printed in a JSON string without escaping, and `{shown}` breaks the JSON")
        }
    }
}

/// A path in which places in lists are written in brackets: `p[0].name`, where the engine's messages have `p.0.name`.
fn with_brackets(path: &str) -> String {
    let mut written = String::with_capacity(path.len());
    for (at, part) in path.split('.').enumerate() {
        let is_place = at > 0 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match (at, is_place) {
            (_, true) => written.extend(["[", part, "]"]),
            (0, false) => written.push_str(part),
            (_, false) => written.extend([".", part]),
        }
    }
    written
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// The start of a text that is too long.
fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(MAX_SHOWN - 1).collect();
    start + "…"
}
