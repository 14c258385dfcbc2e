//! One finding: what is wrong, where, and what to do about it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::{Code, Counterexample, Fix, Location, Severity, did_you_mean};

/// One finding. Built by chaining; every part but the code, the severity and the message is optional.
///
/// ```
/// use inkproof::diagnostics::{Code, Diagnostic, Fix, Source};
///
/// const TRAILING_COMMA: Code = Code::new("trailing-comma");
///
/// let source = Source::new("templates/order.liquid", "{\"title\": \"Hi\",}");
/// let diagnostic = Diagnostic::warning(TRAILING_COMMA, "this comma has nothing after it")
///     .primary(source.at(14..15), "not allowed in JSON")
///     .secondary(source.at(15..16), "the object ends here")
///     .note("Customer.io accepts it")
///     .fix(Fix::new("remove the comma").delete(14..15));
/// assert_eq!(diagnostic.location().map(ToString::to_string).as_deref(), Some("templates/order.liquid:1:15"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, complete in itself: some formats show nothing else.
    pub message: String,
    /// The location to look at first. `None` if the finding is not about a file's text, such as a missing file.
    pub primary: Option<Label>,
    /// Other locations that explain it.
    pub secondary: Vec<Label>,
    /// Background, one sentence per note.
    pub notes: Vec<String>,
    /// What to do about it, one suggestion per entry.
    pub help: Vec<String>,
    /// A fix that can be applied automatically, in the primary label's file.
    pub fix: Option<Fix>,
    /// Data with which it happens, if no request shows it.
    pub counterexample: Option<Arc<Counterexample>>,
}

/// A location with a text about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The location.
    pub location: Location,
    /// The text beside it in an excerpt; may be empty.
    pub text: String,
}

impl Label {
    fn new(location: Location, text: impl Into<String>) -> Self {
        Self { location, text: text.into() }
    }
}

impl Diagnostic {
    /// A finding with only a message.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
            counterexample: None,
        }
    }

    /// An [`Error`](Severity::Error).
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A [`Warning`](Severity::Warning).
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// An [`Info`](Severity::Info).
    pub fn info(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Info, message)
    }

    /// Sets the primary location, without a text. Replaces an earlier primary label.
    #[must_use]
    pub fn at(self, location: Location) -> Self {
        self.primary(location, "")
    }

    /// Sets the primary location and its text. Replaces an earlier primary label.
    #[must_use]
    pub fn primary(mut self, location: Location, text: impl Into<String>) -> Self {
        self.primary = Some(Label::new(location, text));
        self
    }

    /// Adds another location, in the same source or another.
    #[must_use]
    pub fn secondary(mut self, location: Location, text: impl Into<String>) -> Self {
        self.secondary.push(Label::new(location, text));
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds the suggestion ``did you mean `…`?`` when a candidate is close enough to `name` ([`did_you_mean`]).
    #[must_use]
    pub fn suggest<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match did_you_mean(name, candidates) {
            Some(candidate) => self.help(format!("did you mean `{candidate}`?")),
            None => self,
        }
    }

    /// Attaches a fix. Replaces an earlier one.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Adds data with which it happens. Replaces an earlier counterexample.
    #[must_use]
    pub fn counterexample(mut self, counterexample: Arc<Counterexample>) -> Self {
        self.counterexample = Some(counterexample);
        self
    }

    /// What explains the message: the counterexample in words, the notes, and the help.
    pub(super) fn explanations(&self) -> impl Iterator<Item = &str> {
        let words = self.counterexample.iter().map(|counterexample| counterexample.words.as_str());
        words.chain(self.notes.iter().chain(&self.help).map(String::as_str))
    }

    /// The message with the counterexample in words, for formats that show nothing else.
    pub(super) fn whole_message(&self) -> Cow<'_, str> {
        match &self.counterexample {
            Some(counterexample) => format!("{}; {}", self.message, counterexample.words).into(),
            None => self.message.as_str().into(),
        }
    }

    /// The primary label's location.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.primary.as_ref().map(|label| &label.location)
    }

    /// The primary label, if any, then the others.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.primary.iter().chain(&self.secondary)
    }

    /// Reading order: findings without a file first, then by file name, by position in the file, by severity (errors first),
    /// and last by code and message so that the order is deterministic.
    #[must_use]
    pub fn reading_order(&self, other: &Self) -> Ordering {
        fn key(d: &Diagnostic) -> impl Ord {
            let place = d.location().map(|at| (at.source().name(), at.range().start, at.range().end));
            (place.map(|(file, start, _)| (file, start)), d.severity, place, d.code, d.message.as_str())
        }
        key(self).cmp(&key(other))
    }

    /// Whether both have the same code, message and location.
    pub(super) fn repeats(&self, other: &Self) -> bool {
        self.code == other.code && self.message == other.message && self.location() == other.location()
    }
}
