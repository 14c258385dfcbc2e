//! Failures of a command: why it could not be carried out at all.

use std::io::{self, Write};

use crate::diagnostics::sanitize;
use crate::project::{OpenError, UnknownName};
use crate::snapshot::RevisionError;

/// Why a command could not be carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// Reading or writing failed.
    Io(io::Error),
    /// Sentences for people, one each.
    Messages(Vec<String>),
}

impl Failure {
    /// Tells it on standard error, and gives the exit code.
    pub(super) fn report(self) -> u8 {
        let messages = match self {
            // Whoever reads may stop reading.
            Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
            Self::Io(error) => vec![error.to_string()],
            Self::Messages(messages) => messages,
        };
        let mut out = anstream::stderr().lock();
        for message in messages {
            // Where even this cannot be written, nobody is there to be told.
            let _ = writeln!(out, "error: {}", sanitize::text(&message));
        }
        2
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Messages(vec![message])
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        error.to_string().into()
    }
}

impl From<RevisionError> for Failure {
    fn from(error: RevisionError) -> Self {
        error.to_string().into()
    }
}

impl From<Vec<UnknownName>> for Failure {
    fn from(errors: Vec<UnknownName>) -> Self {
        Self::Messages(errors.iter().map(ToString::to_string).collect())
    }
}
