//! A test run as `JUnit` XML. It has no times, so that equal runs give equal files.

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase};

use super::people::headline;
use crate::diagnostics::{Prefix, junit, sanitize};
use crate::project::Project;
use crate::snapshot::{Difference, Obsolete, Outcome, Report, Status, Store, Update};

/// Writes one suite: a test per message, and a failed test per obsolete snapshot if those fail the run.
pub(super) fn write(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let obsolete: &[_] = if report.update == Update::None { &report.obsolete } else { &[] };
    let (prefix, store) = (project.prefix(), Store::new(project.root(), &project.config().test.snapshots));
    let tested = report.outcomes.iter().map(|outcome| case(outcome, report, &prefix));
    let obsolete = obsolete.iter().map(|obsolete| obsolete_case(obsolete, &store, &prefix));
    junit::write(tested.chain(obsolete), out)
}

fn case(outcome: &Outcome<'_>, report: &Report<'_>, prefix: &Prefix) -> TestCase {
    let update = report.update;
    let (name, case) = (&outcome.subject.name, &outcome.subject.case);
    let class = case.template.name();
    if let Some(unmet) = &outcome.unmet {
        let problem = (unmet.message.as_str(), unmet.code.as_str(), &*prefix.name(case.request.source().name()));
        return junit::not_passed(name, class, NonSuccessKind::Failure, problem);
    }
    let kind = match &outcome.status {
        Status::SnapshotFileError(_) if update != Update::All => NonSuccessKind::Error,
        Status::New | Status::Different { .. } if !matches!(update, Update::All | Update::Pending) => {
            NonSuccessKind::Failure
        }
        _ if report.is_forbidden(outcome) => NonSuccessKind::Failure,
        _ => return junit::passed(name, class),
    };
    let status = outcome.status.as_str();
    let message = format!("{status}{}", headline(outcome));
    let text = format!("{}\n{}", prefix.name(case.request.source().name()), details(outcome));
    junit::not_passed(name, class, kind, (&message, status, &text))
}

fn obsolete_case(obsolete: &Obsolete, store: &Store, prefix: &Prefix) -> TestCase {
    let path = store.shown(&obsolete.name, obsolete.stage);
    let problem = ("no request has this name", "obsolete", &*prefix.name(&path));
    junit::not_passed(&obsolete.name, "obsolete", NonSuccessKind::Failure, problem)
}

/// A unified diff, or the whole contents of a new snapshot.
pub(super) fn details(outcome: &Outcome<'_>) -> String {
    let Status::Different { expected } = &outcome.status else { return outcome.contents.clone() };
    unified(&Difference::between(expected, &outcome.contents))
}

/// A difference as `diff -u` writes it, without the file header.
pub(in crate::cli) fn unified(difference: &Difference) -> String {
    let mut text = String::new();
    for hunk in &difference.hunks {
        let _ = writeln!(text, "@@ -{} +{} @@", hunk.old_line, hunk.new_line);
        for line in &hunk.lines {
            text.push(line.tag.mark());
            text.extend(line.parts.iter().map(|(_, part)| sanitize::line(part)));
            text.push('\n');
        }
    }
    text
}
