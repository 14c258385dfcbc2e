//! JSON Lines: finds the lines.

use memchr::memchr;

use super::batch::Found;
use super::{MAX_RECORD, RecordProblem};

/// Finds the lines of JSON Lines.
#[derive(Debug)]
pub(super) struct Lines {
    /// The line at which the next bytes begin.
    line: u64,
    /// Whether the rest of a line that is too long is being skipped.
    skips: bool,
}

impl Lines {
    pub(super) const fn new() -> Self {
        Self { line: 1, skips: false }
    }

    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Adds the lines in `bytes`, which are the last ones if `is_last`. Returns how many bytes are dealt with.
    pub(super) fn find(&mut self, bytes: &[u8], is_last: bool, found: &mut Found) -> usize {
        let mut start = 0;
        while let Some(length) = memchr(b'\n', &bytes[start..]) {
            self.add(start, length, bytes, found);
            self.line += 1;
            start += length + 1;
        }
        let rest = bytes.len() - start;
        if is_last {
            self.add(start, rest, bytes, found);
        } else if rest > MAX_RECORD || self.skips {
            if !self.skips {
                found.error(start, self.line, 1, RecordProblem::TooLong);
            }
            self.skips = true;
        } else {
            return start;
        }
        bytes.len()
    }

    fn add(&mut self, start: usize, length: usize, bytes: &[u8], found: &mut Found) {
        if std::mem::take(&mut self.skips) {
            return;
        }
        if length > MAX_RECORD {
            found.error(start, self.line, 1, RecordProblem::TooLong);
        } else if !bytes[start..start + length].trim_ascii().is_empty() {
            found.record(start..start + length, self.line, 1);
        }
    }
}
