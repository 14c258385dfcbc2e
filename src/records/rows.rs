//! CSV: finds the rows. A quoted cell may contain line breaks.

use memchr::{memchr, memchr_iter, memchr3_iter};

use super::batch::Found;
use super::{MAX_RECORD, RecordProblem};

/// Finds the rows of a CSV file.
#[derive(Debug)]
pub(super) struct Rows {
    delimiter: u8,
    /// The line at which the next bytes begin.
    line: u64,
    /// Whether the rest of a line that is too long is being skipped.
    skips: bool,
}

/// Where a row ends.
enum End {
    /// Its length, and that with the line break.
    Row(usize, usize),
    /// More bytes are needed. Whether they would be in a quoted cell.
    Unfinished(bool),
}

impl Rows {
    pub(super) const fn new(delimiter: u8) -> Self {
        Self { delimiter, line: 1, skips: false }
    }

    pub(super) const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Adds the rows in `bytes`, which are the last ones if `is_last`. Returns how many bytes are dealt with.
    pub(super) fn find(&mut self, bytes: &[u8], is_last: bool, found: &mut Found) -> usize {
        let mut start = 0;
        while start < bytes.len() {
            let rest = &bytes[start..];
            if self.skips {
                let Some(length) = memchr(b'\n', rest) else { return bytes.len() };
                self.skips = false;
                self.line += 1;
                start += length + 1;
                continue;
            }
            let whole = match self.end(rest, is_last) {
                End::Row(length, whole) => {
                    if length > MAX_RECORD {
                        found.error(start, self.line, 1, RecordProblem::TooLong);
                    } else if length > 0 {
                        found.record(start..start + length, self.line, 1);
                    }
                    whole
                }
                End::Unfinished(true) if is_last || rest.len() > MAX_RECORD => {
                    // The line breaks may not have been meant as a part of the cell: only the first line is lost.
                    found.error(start, self.line, 1, RecordProblem::UnclosedQuote);
                    self.skips = true;
                    continue;
                }
                End::Unfinished(false) if rest.len() > MAX_RECORD => {
                    found.error(start, self.line, 1, RecordProblem::TooLong);
                    self.skips = true;
                    continue;
                }
                End::Unfinished(_) => return start,
            };
            self.line += line_breaks(&rest[..whole]);
            start += whole;
        }
        start
    }

    fn end(&self, bytes: &[u8], is_last: bool) -> End {
        let mut from = 0;
        'marks: loop {
            for at in memchr3_iter(b'"', b'\n', b'\r', &bytes[from..]) {
                let at = from + at;
                match bytes[at] {
                    b'\n' => return End::Row(at, at + 1),
                    b'\r' => match bytes.get(at + 1) {
                        Some(b'\n') => return End::Row(at, at + 2),
                        None if !is_last => return End::Unfinished(false),
                        _ => return End::Row(at, at + 1),
                    },
                    // Elsewhere, a quote is a character like any other.
                    _ if at == 0 || bytes[at - 1] == self.delimiter => match quoted_end(&bytes[at + 1..], is_last) {
                        Some(length) => {
                            from = at + 1 + length;
                            continue 'marks;
                        }
                        None => return End::Unfinished(true),
                    },
                    _ => {}
                }
            }
            return if is_last { End::Row(bytes.len(), bytes.len()) } else { End::Unfinished(false) };
        }
    }
}

/// The length of a quoted cell from after its opening to after its closing quote. Two quotes mean one that does not close it.
fn quoted_end(bytes: &[u8], is_last: bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &bytes[from..])?;
        match bytes.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            None if !is_last => return None,
            _ => return Some(quote + 1),
        }
    }
}

/// The number of line breaks: `\n`, `\r\n`, or `\r`.
fn line_breaks(bytes: &[u8]) -> u64 {
    let alone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    u64::try_from(memchr_iter(b'\n', bytes).count() + alone).unwrap_or(u64::MAX)
}
