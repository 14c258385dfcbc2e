//! A test run as annotations of GitHub Actions.

use std::io::{self, Write};

use super::junit::details;
use super::people::headline;
use super::summary;
use crate::diagnostics::sanitize;
use crate::project::Project;
use crate::snapshot::{Report, Stage, Status, Store, Update};

/// An annotation a failure, at the template that wrote the message, and the summary.
pub(super) fn write(report: &Report<'_>, project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let prefix = project.prefix();
    let store = Store::new(project.root(), &project.config().test.snapshots);
    let level = |fails: bool| if fails { "error" } else { "notice" };
    let fails = matches!(report.update, Update::New | Update::None);
    for outcome in &report.outcomes {
        let (file, level) = match &outcome.status {
            Status::Unchanged => continue,
            Status::SnapshotFileError(_) => {
                (store.shown(&outcome.subject.name, Stage::Accepted), level(report.update != Update::All))
            }
            _ => (outcome.subject.case.template.source().name().to_owned(), level(fails)),
        };
        let title = format!("{} {}", outcome.subject.name, outcome.status.as_str());
        let message = format!("{}{}\n{}", outcome.status.as_str(), headline(outcome), details(outcome));
        writeln!(
            out,
            "::{level} file={},title={}::{}",
            property(&prefix.name(&file)),
            property(&title),
            data(&sanitize::text(message.trim_end()))
        )?;
    }
    for obsolete in &report.obsolete {
        let file = store.shown(&obsolete.name, obsolete.stage);
        let level = level(report.update == Update::None);
        writeln!(out, "::{level} file={},title=obsolete::no request has this name", property(&prefix.name(&file)))?;
    }
    writeln!(out, "{}", summary(report.counts()))
}

/// What may stand after the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What may stand in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_would_take_for_its_own() {
        assert_eq!(data("50%\r\n::x"), "50%25%0D%0A::x");
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
