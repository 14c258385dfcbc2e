//! `JUnit`'s XML, which build servers show among the tests: one test for each finding, failed unless it is only information.

use std::io::{self, Write};

use super::Render;
use crate::diagnostics::xml::escape;
use crate::diagnostics::{Diagnostic, Severity};

pub(super) struct Junit;

impl Render for Junit {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        let failures = diagnostics.iter().filter(|diagnostic| diagnostic.severity != Severity::Info).count();
        // A suite without tests looks as if nothing had been done.
        let tests = diagnostics.len().max(1);
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<testsuites name="inkproof" tests="{tests}" failures="{failures}">"#)?;
        writeln!(out, r#"  <testsuite name="inkproof" tests="{tests}" failures="{failures}" errors="0" skipped="0">"#)?;
        if diagnostics.is_empty() {
            writeln!(out, r#"    <testcase name="no problems" classname="inkproof"/>"#)?;
        }
        for diagnostic in diagnostics {
            write_case(diagnostic, out)?;
        }
        out.write_all(b"  </testsuite>\n</testsuites>\n")
    }
}

fn write_case(diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let file = diagnostic.location().map_or("inkproof", |location| location.source().name());
    let place = diagnostic.location().map(|location| format!(" at {}", location.start())).unwrap_or_default();
    writeln!(out, r#"    <testcase name="{}{place}" classname="{}">"#, diagnostic.code, escape(file))?;
    let mut text = diagnostic.location().map(|location| format!("{location}\n")).unwrap_or_default();
    for advice in diagnostic.notes.iter().chain(&diagnostic.help) {
        text.push_str(advice);
        text.push('\n');
    }
    let (message, text) = (escape(&diagnostic.message), escape(&text));
    match diagnostic.severity {
        Severity::Info => writeln!(out, "      <system-out>{message}\n{text}</system-out>")?,
        severity => {
            writeln!(out, r#"      <failure message="{message}" type="{severity}">{text}</failure>"#)?;
        }
    }
    out.write_all(b"    </testcase>\n")
}
