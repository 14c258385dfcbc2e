//! `JUnit` XML: one test for each finding, failed unless it is only information.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase};

use super::Render;
use crate::diagnostics::{Diagnostic, Severity, junit};

pub(super) struct Junit;

impl Render for Junit {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        // A suite without tests looks as if nothing had been done.
        let none = diagnostics.is_empty().then(|| junit::passed("no problems", junit::NAME));
        junit::write(none.into_iter().chain(diagnostics.iter().map(case)), out)
    }
}

fn case(diagnostic: &Diagnostic) -> TestCase {
    let file = diagnostic.location().map_or(junit::NAME, |location| location.source().name());
    let place = diagnostic.location().map(|location| format!(" at {}", location.start())).unwrap_or_default();
    let name = format!("{}{place}", diagnostic.code);
    let mut text = diagnostic.location().map(|location| format!("{location}\n")).unwrap_or_default();
    for advice in diagnostic.notes.iter().chain(&diagnostic.help) {
        text.push_str(advice);
        text.push('\n');
    }
    let message = &diagnostic.message;
    match diagnostic.severity {
        Severity::Info => junit::passed_with_output(&name, file, &format!("{message}\n{text}")),
        severity => {
            let category = severity.to_string();
            junit::not_passed(&name, file, NonSuccessKind::Failure, (message, &category, &text))
        }
    }
}
