//! A test run as `JUnit` XML, which most services for tests read. It has no times: they would differ each time.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::people::headline;
use crate::diagnostics::sanitize;
use crate::diagnostics::xml::escape;
use crate::project::Project;
use crate::snapshot::{Difference, Outcome, Report, Status, Store, Update};

/// Writes one suite: a test a subject, and one for each snapshot of nothing where that fails.
pub(super) fn write(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let prefix = project.prefix();
    let store = Store::new(project.root(), &project.config().test.snapshots);
    let counts = report.counts();
    let failing = report.update != Update::All && report.update != Update::Pending;
    let obsolete: &[_] = if report.update == Update::None { &report.obsolete } else { &[] };
    let tests = counts.messages + obsolete.len();
    let failures = if failing { counts.new + counts.different } else { 0 } + obsolete.len();
    let errors = if report.update == Update::All { 0 } else { counts.unusable };
    let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"inkproof\" {numbers}>")?;
    writeln!(out, "  <testsuite name=\"inkproof\" {numbers} skipped=\"0\">")?;
    for outcome in &report.outcomes {
        let case = &outcome.subject.case;
        let attributes =
            format!("name=\"{}\" classname=\"{}\"", escape(&outcome.subject.name), escape(case.template.name()));
        let element = match &outcome.status {
            Status::Unusable(_) if errors > 0 => "error",
            Status::New | Status::Different { .. } if failing => "failure",
            _ => {
                writeln!(out, "    <testcase {attributes}/>")?;
                continue;
            }
        };
        let status = outcome.status.as_str();
        let message = format!("{status}{}", headline(outcome));
        writeln!(out, "    <testcase {attributes}>")?;
        writeln!(
            out,
            "      <{element} message=\"{}\" type=\"{status}\">{}</{element}>",
            escape(&message),
            escape(&format!("{}\n{}", prefix.name(case.request.source().name()), details(outcome)))
        )?;
        writeln!(out, "    </testcase>")?;
    }
    for obsolete in obsolete {
        let path = store.shown(&obsolete.name, obsolete.stage);
        writeln!(out, "    <testcase name=\"{}\" classname=\"obsolete\">", escape(&obsolete.name))?;
        let (message, path) = ("no request has this name", escape(&prefix.name(&path)));
        writeln!(out, "      <failure message=\"{message}\" type=\"obsolete\">{path}</failure>")?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// The difference in the unified form, or all of what is new.
pub(super) fn details(outcome: &Outcome<'_>) -> String {
    let Status::Different { expected } = &outcome.status else { return outcome.contents.clone() };
    unified(&Difference::between(expected, &outcome.contents))
}

/// A difference as `diff -u` writes it, but for the heading.
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
