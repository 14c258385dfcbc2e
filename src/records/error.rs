//! What can be wrong with a record, and with an input as a whole.

use std::io;

use thiserror::Error;

use super::MAX_RECORD;

/// Where a record begins in its input, which is decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
    /// The number of bytes before it.
    pub offset: u64,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// Where the record begins.
    pub position: Position,
    /// What is wrong with it.
    pub problem: RecordProblem,
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum RecordProblem {
    /// It is longer than [`MAX_RECORD`].
    #[error("the record is longer than {} MiB", MAX_RECORD >> 20)]
    TooLong,
    /// It is not valid UTF-8.
    #[error("the record is not valid UTF-8")]
    NotUtf8,
    /// It is not valid JSON.
    #[error("the record is not valid JSON: {reason}, at its byte {}", .offset + 1)]
    NotJson {
        /// The reason.
        reason: String,
        /// The byte of the record at which that shows, from 0.
        offset: usize,
    },
    /// A row has another number of cells than the header.
    #[error("expected {expected} cells, as in the first line, found {found}")]
    CellCount {
        /// The number of cells in the header.
        expected: usize,
        /// The number of cells in the row.
        found: usize,
    },
    /// A quoted cell does not end.
    #[error("the quote that begins a cell here is not closed")]
    UnclosedQuote,
    /// The elements of an array are not separated by commas.
    #[error("expected `,` or `]` after an element of the array")]
    NoSeparator,
    /// The input ends within an array.
    #[error("the array is not closed")]
    UnclosedArray,
}

impl RecordProblem {
    /// The stable name of the kind of problem.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "record-too-long",
            Self::NotUtf8 => "record-not-utf8",
            Self::NotJson { .. } => "record-not-json",
            Self::CellCount { .. } => "record-cell-count",
            Self::UnclosedQuote => "record-unclosed-quote",
            Self::NoSeparator => "record-no-separator",
            Self::UnclosedArray => "record-unclosed-array",
        }
    }
}

/// Why an input was not read to its end.
#[derive(Debug, Error)]
#[error("cannot read `{input}`{}: {error}", if *.line > 1 { format!(" beyond line {}", .line - 1) } else { String::new() })]
pub struct InputError {
    /// The input, as messages name it.
    pub input: String,
    /// The line at which the reading ended.
    pub line: u64,
    /// The reason.
    pub error: io::Error,
}
