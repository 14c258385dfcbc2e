//! Failures: why a command could not run.

use std::io::{self, Write};

use crate::diagnostics::sanitize;
use crate::project::{OpenError, UnknownName};
use crate::snapshot::RevisionError;

/// Why a command could not run.
#[derive(Debug)]
pub(super) enum Failure {
    /// Reading or writing failed.
    Io(io::Error),
    /// Error messages, each printed on its own line.
    Messages(Vec<String>),
}

impl Failure {
    /// Reports the failure on standard error and returns the exit code.
    pub(super) fn report(self) -> u8 {
        let messages = match self {
            // The reader of a pipe may close it early; that is not an error.
            Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
            Self::Io(error) => vec![error.to_string()],
            Self::Messages(messages) => messages,
        };
        let mut out = anstream::stderr().lock();
        for message in messages {
            // If standard error cannot be written either, there is nowhere left to report it.
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
