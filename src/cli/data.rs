//! `--data`: data from a file, from standard input, or from the command line itself.

use std::path::Path;

use super::Global;
use crate::records::Input;

/// The argument of `--data`.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// A JSON object on the command line.
    Json(String),
    /// A file or standard input.
    Input(Input),
}

impl Data {
    /// What an argument means: a JSON object if it begins with a brace, else a path.
    pub(super) fn from_argument(argument: &Path, global: &Global) -> Self {
        match argument.to_str() {
            Some(text) if text.trim_start().starts_with('{') => Self::Json(text.to_owned()),
            _ => Self::Input(Input::new(argument, global.path(argument))),
        }
    }

    /// The name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Json(_) => "--data".to_owned(),
            Self::Input(input) => input.name().to_owned(),
        }
    }
}
