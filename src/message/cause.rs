//! Causes: why the content of a message is lost, for reports with other words than those of rendering.

use crate::diagnostics::Diagnostic;

/// Why the content of a message is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossCause {
    /// The problem that reports it.
    pub problem: Diagnostic,
    /// What is wrong there.
    pub kind: CauseKind,
}

/// What is wrong with a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CauseKind {
    /// This variable is missing.
    MissingVariable(String),
    /// An expression has printed this, and the content is not valid JSON because of it.
    Printed {
        /// What it has printed.
        text: String,
        /// Where in the JSON.
        context: JsonContext,
    },
}

/// Where in the JSON a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonContext {
    /// Outside of strings, as a value of its own.
    Value,
    /// Between quotes, as the whole string.
    WholeString,
    /// Between quotes, as a part of the string.
    PartOfString,
}
