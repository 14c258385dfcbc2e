//! Witnesses: how the people of a report can be found again, without showing who they are.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::Reveal;
use crate::records::Position;

/// How many hexadecimal digits of the hash of an identifier are shown.
const DIGITS: usize = 16;

/// A record of the audience. Witnesses are ordered by input and line, or by their hash if the order has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Witness {
    /// The input and the line, from 1; `None` if the order of the records has no meaning.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) place: Option<Place>,
    /// The hash of the record.
    pub(super) hash: u64,
    /// The identifier: itself, or its hash if the report does not reveal it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) id: Option<String>,
    /// The record, if the report reveals it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) record: Option<String>,
}

/// An input and a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    /// The input.
    #[serde(serialize_with = "write_shared", deserialize_with = "read_shared")]
    pub(super) input: Arc<str>,
    /// The line at which the record begins, from 1.
    pub(super) line: u64,
    /// The column at which it begins, from 1: several records of an array may be on one line.
    #[serde(skip_serializing_if = "is_first", default = "first")]
    pub(super) column: u64,
}

impl Witness {
    /// Hashes the identifier, unless the report reveals it.
    pub(super) fn conceal_id(&mut self, reveal: Reveal) {
        if reveal == Reveal::Nothing {
            self.id = self.id.as_deref().map(hashed);
        }
    }

    /// Removes the record, unless the report reveals it.
    pub(super) fn conceal_record(&mut self, reveal: Reveal) {
        if reveal != Reveal::All {
            self.record = None;
        }
    }
}

impl Place {
    pub(super) fn new(input: &Arc<str>, position: Position) -> Self {
        Self { input: Arc::clone(input), line: position.line, column: position.column }
    }
}

const fn first() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_first(column: &u64) -> bool {
    *column == 1
}

/// The beginning of the SHA-256 of an identifier, in hexadecimal: `left(sha256(id), 16)` in most databases.
#[must_use]
pub fn hashed(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    hex(&digest[..DIGITS / 2])
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_shared<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn read_shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Arc::from)
}
