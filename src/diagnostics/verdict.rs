//! Verdicts: what is known of a file as a whole, beside the findings in it.

use serde_json::Value as Json;

/// The verdict on a file. Formats for programs contain it after the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The name of the file.
    pub file: String,
    /// The verdict in words.
    pub message: String,
    /// The verdict for programs, a JSON object.
    pub details: Json,
}
