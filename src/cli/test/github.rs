//! A test run as GitHub Actions annotations.

use std::io::{self, Write};

use super::junit::details;
use super::people::headline;
use super::summary;
use crate::diagnostics::{Format, Theme, sanitize};
use crate::project::Project;
use crate::snapshot::{Report, Stage, Status, Store, Update};

/// Writes one annotation per failure, at the template that wrote the message, and the summary.
pub(super) fn write(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let prefix = project.prefix();
    let store = Store::new(project.root(), &project.config().test.snapshots);
    let level = |fails: bool| if fails { "error" } else { "notice" };
    let fails = matches!(report.update, Update::New | Update::None);
    for outcome in &report.outcomes {
        let (file, level) = match &outcome.status {
            Status::Unchanged if !report.is_forbidden(outcome) => continue,
            Status::SnapshotFileError(_) => {
                (store.shown(&outcome.subject.name, Stage::Accepted), level(report.update != Update::All))
            }
            _ => {
                let fails = fails || report.is_forbidden(outcome);
                (outcome.subject.case.template.source().name().to_owned(), level(fails))
            }
        };
        let line = outcome.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let title = format!("{} {}", outcome.subject.name, outcome.status.as_str());
        let message = format!("{}{}\n{}", outcome.status.as_str(), headline(outcome), details(outcome));
        writeln!(
            out,
            "::{level} file={}{line},title={}::{}",
            escape_property(&prefix.name(&file)),
            escape_property(&title),
            escape_message(&sanitize::text(message.trim_end()))
        )?;
    }
    let unmet: Vec<_> = report.unmet().cloned().collect();
    Format::Github.renderer(Theme::default()).render(&prefix.before(&unmet), out)?;
    for obsolete in &report.obsolete {
        let file = store.shown(&obsolete.name, obsolete.stage);
        let level = level(report.update == Update::None);
        writeln!(
            out,
            "::{level} file={},title=obsolete::no request has this name",
            escape_property(&prefix.name(&file))
        )?;
    }
    writeln!(out, "{}", summary(report.counts()))
}

/// Escapes the message of a workflow command.
fn escape_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn escape_property(text: &str) -> String {
    escape_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_workflow_command_syntax() {
        assert_eq!(escape_message("50%\r\n::x"), "50%25%0D%0A::x");
        assert_eq!(escape_property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
