//! Parts: what a run counted, pinned to what it was made from, so that parts of one audience merge to one report.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::head::Head;
use super::report::Report;
use super::state::State;

/// The version of the format of parts.
const FORMAT: u32 = 1;

/// A report, or a part of one that other parts can be merged into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The version of the format.
    #[serde(rename = "inkproof_audience_part")]
    format: u32,
    pub(super) head: Head,
    pub(super) state: State,
}

/// Why parts cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// It is not a part.
    #[error("`{file}` is not a part of a report: {reason}")]
    NotAPart {
        /// The file.
        file: String,
        /// The reason.
        reason: String,
    },
    /// Two parts were made from different things.
    #[error("`{file}` does not belong to `{first}`: {} {}", .differences.join(", "), if .differences.len() == 1 { "differs" } else { "differ" })]
    Different {
        /// The file.
        file: String,
        /// The first part.
        first: String,
        /// What differs.
        differences: Vec<&'static str>,
    },
}

impl Part {
    pub(super) fn new(head: Head, mut state: State) -> Self {
        state.conceal_ids(head.reveal);
        Self { format: FORMAT, head, state }
    }

    /// Parses a part.
    ///
    /// # Errors
    /// It is not a part, or of another version.
    pub fn parse(file: &str, text: &str) -> Result<Self, MergeError> {
        let not = |reason: String| MergeError::NotAPart { file: file.to_owned(), reason };
        let part: Self = serde_json::from_str(text).map_err(|error| not(error.to_string()))?;
        if part.format != FORMAT {
            return Err(not(format!("expected version {FORMAT} of the format, found {}", part.format)));
        }
        let counts: Vec<_> = part.state.branches.iter().map(Vec::len).collect();
        if counts != part.head.branch_counts() {
            return Err(not("its branches do not match its template".to_owned()));
        }
        Ok(part)
    }

    /// The part as text.
    ///
    /// # Errors
    /// It cannot be serialized.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|text| text + "\n")
    }

    /// Merges parts, each with its file.
    ///
    /// # Errors
    /// The parts that do not belong to the first.
    pub fn merge(parts: Vec<(String, Self)>) -> Result<Option<Self>, Vec<MergeError>> {
        let mut parts = parts.into_iter();
        let Some((first, mut merged)) = parts.next() else { return Ok(None) };
        let mut errors = Vec::new();
        for (file, part) in parts {
            let differences = merged.head.differences(&part.head);
            if differences.is_empty() && merged.head == part.head {
                merged.state.merge(part.state);
            } else {
                let differences = if differences.is_empty() { vec!["the template"] } else { differences };
                errors.push(MergeError::Different { file, first: first.clone(), differences });
            }
        }
        if errors.is_empty() { Ok(Some(merged)) } else { Err(errors) }
    }

    /// The part without the records of witnesses that it does not reveal.
    #[must_use]
    pub fn without_records(mut self) -> Self {
        self.state.conceal_records(self.head.reveal);
        self
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(&self.head, &self.state)
    }
}
