//! A test run in the formats `full` and `concise`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::summary;
use crate::cli::difference::{Drawing, Layout, in_words};
use crate::cli::not_sent;
use crate::diagnostics::{Theme, sanitize};
use crate::project::Project;
use crate::snapshot::{Action, Difference, Outcome, Report, Stage, Status, Store, causes};

/// How many failures get a cause: finding one runs several git commands.
const MAX_CAUSES: usize = 20;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The style of a status.
pub(in crate::cli) const fn style(status: &Status) -> Style {
    match status {
        Status::Unchanged => AnsiColor::Green.on_default(),
        Status::New => AnsiColor::Cyan.on_default().bold(),
        Status::Different { .. } => AnsiColor::Yellow.on_default().bold(),
        Status::SnapshotFileError(_) => AnsiColor::Red.on_default().bold(),
    }
}

/// Writes each failure with its differences and causes.
pub(super) fn write_full(report: &Report<'_>, project: &Project, theme: Theme, out: &mut dyn Write) -> io::Result<()> {
    let store = Store::new(project.root(), &project.config().test.snapshots);
    let mut explained = 0;
    for outcome in report.outcomes.iter().filter(|outcome| outcome.status != Status::Unchanged) {
        let style = style(&outcome.status);
        let path = store.shown(&outcome.subject.name, Stage::Accepted);
        let name = sanitize::line(&outcome.subject.name);
        writeln!(
            out,
            "{style}{}{style:#} {BOLD}{name}{BOLD:#}  {DIM}{}{DIM:#}",
            outcome.status.as_str(),
            sanitize::line(&path)
        )?;
        write_details(outcome, theme, Layout::fitting(theme), out)?;
        if matches!(outcome.status, Status::Different { .. }) && explained < MAX_CAUSES {
            explained += 1;
            for cause in causes(project, outcome) {
                writeln!(out, "  since it was committed: {}", sanitize::line(&cause))?;
            }
        }
        writeln!(out)?;
    }
    write_end(report, &store, out)
}

/// Writes the new contents, the differences, or why the snapshot file is not usable.
pub(in crate::cli) fn write_details(
    outcome: &Outcome<'_>,
    theme: Theme,
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    match &outcome.status {
        Status::Unchanged => Ok(()),
        Status::New => {
            for line in outcome.contents.lines() {
                writeln!(out, "  {}", sanitize::line(line))?;
            }
            Ok(())
        }
        Status::Different { expected } => {
            let difference = Difference::between(expected, &outcome.contents);
            write!(out, "{}", Drawing { difference: &difference, theme, layout })
        }
        Status::SnapshotFileError(reason) => writeln!(out, "  {}", sanitize::line(&reason.to_string())),
    }
}

/// Writes one line per failure: its snapshot file, and the fields that changed.
pub(super) fn write_concise(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let store = Store::new(project.root(), &project.config().test.snapshots);
    for outcome in report.outcomes.iter().filter(|outcome| outcome.status != Status::Unchanged) {
        let path = store.shown(&outcome.subject.name, Stage::Accepted);
        let style = style(&outcome.status);
        let headline = headline(outcome);
        writeln!(out, "{}: {style}{}{style:#}{headline}", sanitize::line(&path), outcome.status.as_str())?;
    }
    write_end(report, &store, out)
}

/// A summary of a failure, to append to a line; empty if the status says it all.
pub(super) fn headline(outcome: &Outcome<'_>) -> String {
    let text = match &outcome.status {
        Status::Unchanged => match &outcome.failure {
            Some(failure) => format!(": not sent: {}", failure.message),
            None => return String::new(),
        },
        Status::New => return String::new(),
        Status::Different { expected } => match in_words(expected, &outcome.contents) {
            words if words.is_empty() => words,
            words => format!(": {words}"),
        },
        Status::SnapshotFileError(reason) => format!(": {reason}"),
    };
    sanitize::line(&text).into_owned()
}

fn write_end(report: &Report<'_>, store: &Store, out: &mut dyn Write) -> io::Result<()> {
    for unmet in report.unmet() {
        let place = unmet.location().map(ToString::to_string).unwrap_or_default();
        let (place, message) = (sanitize::line(&place), sanitize::line(&unmet.message));
        writeln!(out, "{place}: error[{}]: {message}", unmet.code)?;
    }
    for obsolete in &report.obsolete {
        let path = store.shown(&obsolete.name, obsolete.stage);
        let what = if obsolete.is_deleted { "deleted" } else { "no request has this name" };
        writeln!(out, "{}: obsolete: {what}", sanitize::line(&path))?;
    }
    let accepted = report.outcomes.iter().filter(|outcome| outcome.action == Action::Accepted).count();
    if accepted > 0 {
        writeln!(out, "accepted {accepted}")?;
    }
    not_sent::write_accepted(report.accepted_failures(), out)?;
    not_sent::write_forbidden(report.forbidden_failures(), out)?;
    writeln!(out, "{}", summary(report.counts()))
}
