//! One JSON array of all findings, and the form that a finding has in JSON everywhere.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::Render;
use crate::diagnostics::{
    Code, Counterexample, Diagnostic, Edit, Fix, Label, Location, Position, Severity, Source, Verdict, sanitize,
};

pub(super) struct Json;

impl Render for Json {
    fn render(&self, diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        self.render_with_verdicts(diagnostics, &[], out)
    }

    fn render_with_verdicts(
        &self,
        diagnostics: &[Diagnostic],
        verdicts: &[Verdict],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut before = "[\n  ";
        let objects = diagnostics.iter().map(Entry::Finding).chain(verdicts.iter().map(Entry::Verdict));
        for object in objects {
            out.write_all(before.as_bytes())?;
            object.write(out)?;
            before = ",\n  ";
        }
        out.write_all(if before.starts_with('[') { b"[]\n" } else { b"\n]\n" })
    }
}

/// An object of the list.
enum Entry<'a> {
    Finding(&'a Diagnostic),
    Verdict(&'a Verdict),
}

impl Entry<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Finding(finding) => write_object(finding, out),
            Self::Verdict(verdict) => write_verdict(verdict, out),
        }
    }
}

/// Writes a verdict on one line, without a line break after it: with the keys of a finding, so that a reader of findings
/// needs no case for it.
pub(super) fn write_verdict(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let start = Place { line: 1, column: 1, offset: 0 };
    let object = serde_json::json!({
        "code": "verdict",
        "severity": Severity::Info,
        "message": verdict.message,
        "file": verdict.file,
        "start": start,
        "end": start,
        "labels": [],
        "notes": [],
        "help": [],
        "fix": null,
        "verdict": verdict.details,
    });
    out.write_all(sanitize::json(&object.to_string()).as_bytes())
}

/// Writes one finding on one line, without a line break after it.
pub(super) fn write_object(diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let object = serde_json::to_string(diagnostic)?;
    out.write_all(sanitize::json(&object).as_bytes())
}

/// The same object as [`Format::Json`](crate::diagnostics::Format::Json) writes, hostile characters untouched.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object::new(self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct Object<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    /// The primary label's location; null without one.
    file: Option<&'a str>,
    start: Option<Place>,
    end: Option<Place>,
    labels: Vec<LabelObject<'a>>,
    notes: &'a [String],
    help: &'a [String],
    fix: Option<FixObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterexample: Option<&'a Counterexample>,
}

/// A label; the primary one comes first.
#[derive(Serialize)]
struct LabelObject<'a> {
    primary: bool,
    file: &'a str,
    start: Place,
    end: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct FixObject<'a> {
    title: &'a str,
    edits: Vec<EditObject<'a>>,
}

#[derive(Serialize)]
struct EditObject<'a> {
    file: &'a str,
    start: Place,
    end: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    offset: usize,
}

impl<'a> Object<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        let source = diagnostic.location().map(Location::source);
        let (start, end) = diagnostic.location().map(places).unzip();
        let primary = diagnostic.primary.iter().map(|label| LabelObject::new(true, label));
        let secondary = diagnostic.secondary.iter().map(|label| LabelObject::new(false, label));
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            file: source.map(Source::name),
            start,
            end,
            labels: primary.chain(secondary).collect(),
            notes: &diagnostic.notes,
            help: &diagnostic.help,
            // without a file there is nothing to edit
            fix: diagnostic.fix.as_ref().zip(source).map(|(fix, source)| FixObject::new(fix, source)),
            counterexample: diagnostic.counterexample.as_deref(),
        }
    }
}

impl<'a> LabelObject<'a> {
    fn new(primary: bool, label: &'a Label) -> Self {
        let (start, end) = places(&label.location);
        Self { primary, file: label.location.source().name(), start, end, text: &label.text }
    }
}

impl<'a> FixObject<'a> {
    fn new(fix: &'a Fix, source: &'a Source) -> Self {
        let edit = |edit: &'a Edit| {
            let (start, end) = places(&source.at(edit.range.clone()));
            EditObject { file: source.name(), start, end, text: &edit.text }
        };
        Self { title: &fix.title, edits: fix.edits.iter().map(edit).collect() }
    }
}

/// Where a location starts and ends.
fn places(location: &Location) -> (Place, Place) {
    let range = location.range();
    let place = |position: Position, offset| Place { line: position.line, column: position.column, offset };
    (place(location.start(), range.start), place(location.end(), range.end))
}
