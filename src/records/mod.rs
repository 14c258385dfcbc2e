//! Records: streams many JSON or CSV records from files or standard input, with their line numbers.
//!
//! Memory is bounded for any input: records are read in [batches](Batch) of about [`BATCH`] bytes, and a record of more than
//! [`MAX_RECORD`] bytes is an [error](RecordError). An invalid record is an error as well, and does not end the stream.
//! Records are found on one thread and parsed on [all](process()). This module knows nothing of messages.

mod batch;
mod buffer;
mod columns;
mod error;
mod format;
mod input;
mod lines;
mod process;
mod rows;
mod stream;
mod values;

#[cfg(test)]
mod tests;

pub use batch::{Batch, Record};
pub use error::{InputError, Position, RecordError, RecordProblem};
pub use format::RecordFormat;
pub use input::{Input, Progress, Stop};
pub use process::{NextBatch, process, process_with, thread_count};
pub use stream::Records;

/// The maximum size of a record, in bytes.
pub const MAX_RECORD: usize = 4 << 20;

/// How many bytes are read at a time.
pub const BATCH: usize = 256 << 10;
