//! A collection of findings, in reading order.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

use super::{Count, Diagnostic, Severity, Thousands};

/// Findings from any source. Call [`tidy`](Self::tidy) once all are collected, before rendering them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnostics(Vec<Diagnostic>);

/// The number of findings of each severity. Displayed as `2 errors, 1 warning`.
///
/// ```
/// use inkproof::diagnostics::Counts;
///
/// assert_eq!(Counts { errors: 2, warnings: 1, infos: 0 }.to_string(), "2 errors, 1 warning");
/// assert_eq!(Counts::default().to_string(), "no problems");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

impl Diagnostics {
    /// No findings yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Each of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.0.iter_mut()
    }

    /// Sorts them in [reading order](Diagnostic::reading_order) and removes duplicates: of those with the same code,
    /// message and primary location, the first stays.
    pub fn tidy(&mut self) {
        self.0.sort_by(Diagnostic::reading_order);
        self.0.dedup_by(|later, earlier| later.repeats(earlier));
    }

    /// The number of findings of each severity.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |severity| self.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), infos: count(Severity::Info) }
    }

    /// Whether any is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl Deref for Diagnostics {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = [
            (self.errors, Count("error", self.errors).to_string()),
            (self.warnings, Count("warning", self.warnings).to_string()),
            // "info" has no plural
            (self.infos, format!("{} info", Thousands(self.infos))),
        ];
        let shown: Vec<_> = counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
        f.write_str(if shown.is_empty() { "no problems" } else { "" })?;
        f.write_str(&shown.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Source};

    const CODE: Code = Code::new("some-code");

    #[test]
    fn tidy_sorts_findings_in_reading_order() {
        let a = Source::new("a.liquid", "one\ntwo");
        let b = Source::new("b.liquid", "one\ntwo");
        let expected = [
            Diagnostic::info(CODE, "about no file"),
            Diagnostic::error(CODE, "wide").at(a.at(0..7)),
            Diagnostic::warning(CODE, "narrow").at(a.at(0..1)),
            Diagnostic::error(CODE, "later").at(a.at(4..5)),
            Diagnostic::error(Code::new("another-code"), "z").at(b.at(0..1)),
            Diagnostic::error(CODE, "first by message").at(b.at(0..1)),
            Diagnostic::error(CODE, "second by message").at(b.at(0..1)),
        ];
        let mut found: Diagnostics = expected.iter().rev().cloned().collect();
        found.tidy();
        assert_eq!(found[..], expected);
    }

    #[test]
    fn tidy_removes_duplicates_and_keeps_the_first() {
        let source = Source::new("a", "text");
        // the same file read twice is the same location
        let again = Source::new("a", "text");
        let mut found = Diagnostics::new();
        found.push(Diagnostic::error(CODE, "same").at(source.at(0..1)).note("kept"));
        found.push(Diagnostic::error(CODE, "same").at(source.at(0..2)));
        found.push(Diagnostic::error(CODE, "same").at(again.at(0..1)).note("dropped"));
        found.push(Diagnostic::error(CODE, "other").at(source.at(0..1)));
        found.tidy();
        let kept: Vec<_> = found.iter().map(|d| (d.message.as_str(), d.notes.concat())).collect();
        assert_eq!(kept, [("other", String::new()), ("same", "kept".into()), ("same", String::new())]);
    }

    #[test]
    fn counts_by_severity() {
        let mut found = Diagnostics::from(Diagnostic::warning(CODE, "one"));
        assert!(!found.has_errors());
        assert_eq!(found.counts().to_string(), "1 warning");
        found.extend([Diagnostic::error(CODE, "a"), Diagnostic::error(CODE, "b"), Diagnostic::info(CODE, "c")]);
        assert!(found.has_errors());
        assert_eq!(found.counts(), Counts { errors: 2, warnings: 1, infos: 1 });
        assert_eq!(found.counts().to_string(), "2 errors, 1 warning, 1 info");
    }
}
