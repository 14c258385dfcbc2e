//! `JUnit` XML: one test for each finding, failed unless it is only information.

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase};

use super::Render;
use crate::diagnostics::{Diagnostic, Severity, Verdict, junit};

pub(super) struct Junit;

impl Render for Junit {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        self.render_with_verdicts(diagnostics, &[], out)
    }

    fn render_with_verdicts(
        &self,
        diagnostics: &[Diagnostic],
        verdicts: &[Verdict],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        // A suite without tests looks as if nothing had been done.
        let none = diagnostics.is_empty().then(|| junit::passed("no problems", junit::NAME));
        let verdict = |verdict: &Verdict| junit::passed_with_output("verdict", &verdict.file, &verdict.message);
        junit::write(none.into_iter().chain(diagnostics.iter().map(case)).chain(verdicts.iter().map(verdict)), out)
    }
}

fn case(diagnostic: &Diagnostic) -> TestCase {
    let file = diagnostic.location().map_or(junit::NAME, |location| location.source().name());
    let place = diagnostic.location().map(|location| format!(" at {}", location.start())).unwrap_or_default();
    let name = format!("{}{place}", diagnostic.code);
    let mut text = diagnostic.location().map(|location| format!("{location}\n")).unwrap_or_default();
    for advice in diagnostic.explanations() {
        text.push_str(advice);
        text.push('\n');
    }
    if let Some(counterexample) = &diagnostic.counterexample {
        let _ = writeln!(text, "{}", serde_json::json!({ "counterexample": **counterexample }));
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
