//! A test run as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostics::{Diagnostic, sanitize};
use crate::message::FieldChange;
use crate::project::Project;
use crate::snapshot::{Action, Counts, Outcome, Report, Stage, Status, Store, changed_fields};

/// The result of one message.
#[derive(Serialize)]
struct TestResult<'a> {
    name: &'a str,
    status: &'static str,
    /// Whether the message is sent.
    sent: bool,
    template: &'a str,
    request: &'a str,
    /// The line of the template that writes the first change, or where the message is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    snapshot: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unmet: Option<&'a Diagnostic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<FieldChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `skip_serializing_if` passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A snapshot without a request.
#[derive(Serialize)]
struct Obsolete {
    snapshot: String,
    deleted: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    tests: Vec<TestResult<'a>>,
    obsolete: Vec<Obsolete>,
    summary: Counts,
    passed: bool,
}

impl<'a> Document<'a> {
    fn new(report: &'a Report<'_>, project: &Project) -> Self {
        let store = Store::new(project.root(), &project.config().test.snapshots);
        let obsolete = report.obsolete.iter().map(|obsolete| Obsolete {
            snapshot: store.shown(&obsolete.name, obsolete.stage),
            deleted: obsolete.is_deleted,
        });
        Self {
            tests: report.outcomes.iter().map(|outcome| TestResult::new(outcome, &store)).collect(),
            obsolete: obsolete.collect(),
            summary: report.counts(),
            passed: report.passes(),
        }
    }
}

impl<'a> TestResult<'a> {
    fn new(outcome: &'a Outcome<'_>, store: &Store) -> Self {
        let subject = &outcome.subject;
        let (expected, reason) = match &outcome.status {
            Status::Different { expected } => (Some(expected.as_str()), None),
            Status::SnapshotFileError(reason) => (None, Some(reason.to_string())),
            _ => (None, None),
        };
        let found = Some(outcome.contents.as_str()).filter(|_| outcome.status != Status::Unchanged);
        let changes = expected.map(|expected| changed_fields(expected, &outcome.contents));
        Self {
            name: &subject.name,
            status: outcome.status.as_str(),
            sent: outcome.failure.is_none(),
            template: subject.case.template.source().name(),
            request: subject.case.request.source().name(),
            line: outcome.line,
            snapshot: store.shown(&subject.name, Stage::Accepted),
            pending: (outcome.action == Action::Pended).then(|| store.shown(&subject.name, Stage::Pending)),
            accepted: outcome.action == Action::Accepted,
            unmet: outcome.unmet.as_ref(),
            reason,
            changes: changes.unwrap_or_default(),
            expected,
            found,
        }
    }
}

/// Writes one object.
pub(super) fn write(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    write_line(&Document::new(report, project), out)
}

/// Writes one object per line: the results, the obsolete snapshots, and the summary.
pub(super) fn write_lines(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let document = Document::new(report, project);
    for test in &document.tests {
        write_line(test, out)?;
    }
    for obsolete in &document.obsolete {
        write_line(&serde_json::json!({ "obsolete": obsolete }), out)?;
    }
    write_line(&serde_json::json!({ "summary": document.summary, "passed": document.passed }), out)
}

fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string(value)?;
    out.write_all(sanitize::json(&json).as_bytes())?;
    out.write_all(b"\n")
}
