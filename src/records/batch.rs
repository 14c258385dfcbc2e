//! Batches: some records of an input, found but not yet parsed.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::buffer::Buffer;
use super::columns::Columns;
use super::{Position, RecordError, RecordProblem};
use crate::liquid::value::json::{self, Members};
use crate::liquid::value::number::Numbers;
use crate::liquid::value::utf16;
use crate::liquid::{Arena, Value};

/// Some records of one input, in order. Its memory can be used for another batch.
#[derive(Debug)]
pub struct Batch {
    pub(super) input: usize,
    pub(super) name: Arc<str>,
    pub(super) bytes: Buffer,
    pub(super) found: Found,
    /// The columns, if the input is CSV.
    pub(super) columns: Option<Arc<Columns>>,
}

/// What was found in a batch.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The number of bytes of the input before those of the batch.
    start: u64,
    records: Vec<(Range<usize>, Position)>,
    errors: Vec<RecordError>,
}

impl Found {
    /// Adds a record that begins at this line and column.
    pub(super) fn record(&mut self, range: Range<usize>, line: u64, column: u64) {
        let position = self.position(range.start, line, column);
        self.records.push((range, position));
    }

    /// Adds a record that cannot be read, and begins at this byte of the batch.
    pub(super) fn error(&mut self, at: usize, line: u64, column: u64, problem: RecordProblem) {
        let position = self.position(at, line, column);
        self.errors.push(RecordError { position, problem });
    }

    const fn position(&self, at: usize, line: u64, column: u64) -> Position {
        Position { line, column, offset: self.start + at as u64 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.errors.is_empty()
    }

    /// Forgets what was found. So many bytes of the input are before the next ones.
    pub(super) fn restart(&mut self, start: u64) {
        self.start = start;
        self.records.clear();
        self.errors.clear();
    }

    /// Removes the first record.
    pub(super) fn take_first(&mut self) -> Option<Range<usize>> {
        (!self.records.is_empty()).then(|| self.records.remove(0).0)
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self { input: 0, name: "".into(), bytes: Buffer::default(), found: Found::default(), columns: None }
    }
}

impl Batch {
    /// An empty batch, to read into.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch of one record in JSON, which is of no input.
    #[must_use]
    pub fn of_json(text: &str) -> Self {
        let mut batch = Self { bytes: text.as_bytes().into(), ..Self::default() };
        batch.found.record(0..text.len(), 1, 1);
        batch
    }

    /// A batch of one of the records, counted from 0.
    #[must_use]
    pub fn only_record(&self, at: usize) -> Self {
        let mut batch = self.without_records();
        if let Some((range, position)) = self.found.records.get(at) {
            batch.bytes = self.bytes[range.clone()].into();
            batch.found.records.push((0..batch.bytes.len(), *position));
        }
        batch
    }

    /// A batch of one of the records that cannot be read, counted from 0.
    #[must_use]
    pub fn only_error(&self, at: usize) -> Self {
        let mut batch = self.without_records();
        batch.found.errors.extend(self.found.errors.get(at).cloned());
        batch
    }

    fn without_records(&self) -> Self {
        let (name, columns) = (Arc::clone(&self.name), self.columns.clone());
        Self { input: self.input, name, columns, ..Self::default() }
    }

    /// The number of the input that the records are from, from 0.
    #[must_use]
    pub const fn input(&self) -> usize {
        self.input
    }

    /// The name of that input for messages.
    #[must_use]
    pub fn input_name(&self) -> &Arc<str> {
        &self.name
    }

    /// The bytes that the records are in.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The records, which may still turn out to be invalid.
    #[must_use]
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.found.records.iter().map(|(range, position)| Record {
            bytes: &self.bytes[range.clone()],
            position: *position,
            columns: self.columns.as_deref(),
        })
    }

    /// The records that cannot be read.
    #[must_use]
    pub fn errors(&self) -> &[RecordError] {
        &self.found.errors
    }

    /// All of them in the order of the input.
    pub fn entries(&self) -> impl Iterator<Item = Result<Record<'_>, &RecordError>> {
        let (mut records, mut errors) = (self.records().peekable(), self.errors().iter().peekable());
        std::iter::from_fn(move || {
            let is_error = match (records.peek(), errors.peek()) {
                (Some(record), Some(error)) => error.position.offset <= record.position.offset,
                (record, _) => record.is_none(),
            };
            if is_error { errors.next().map(Err) } else { records.next().map(Ok) }
        })
    }
}

/// A record: a JSON value, or a row of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Record<'b> {
    bytes: &'b [u8],
    position: Position,
    columns: Option<&'b Columns>,
}

impl<'b> Record<'b> {
    /// Where it begins.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The line at which it begins, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.position.line
    }

    /// Its bytes in the input, without the line break.
    #[must_use]
    pub const fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The value: that of the JSON, or an object of the strings in a row, without the empty ones.
    ///
    /// # Errors
    /// It is not valid.
    pub fn value<'a>(&self, numbers: Numbers, arena: &'a Arena) -> Result<Value<'a>, RecordError>
    where
        'b: 'a,
    {
        self.read(numbers, None, arena)
    }

    /// Like [`value`](Self::value), but an object has only those of its members.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn members<'a>(&self, numbers: Numbers, members: &Members, arena: &'a Arena) -> Result<Value<'a>, RecordError>
    where
        'b: 'a,
    {
        self.read(numbers, Some(members), arena)
    }

    fn read<'a>(&self, numbers: Numbers, members: Option<&Members>, arena: &'a Arena) -> Result<Value<'a>, RecordError>
    where
        'b: 'a,
    {
        let value = match self.columns {
            Some(columns) => columns.object(self.bytes, members, arena),
            None => self.text().and_then(|text| {
                let value = match members {
                    Some(members) => json::read_members(text, numbers, members, arena),
                    None => json::read_as(text, numbers, arena),
                };
                value.map_err(|error| RecordProblem::NotJson { reason: error.message, offset: error.offset })
            }),
        };
        value.map_err(|problem| self.error(problem))
    }

    /// The record as JSON. That of a record which is not a row is not checked.
    ///
    /// # Errors
    /// It is not a valid row, or not valid UTF-8.
    pub fn json(&self) -> Result<Cow<'b, str>, RecordError> {
        if self.columns.is_none() {
            return self.text().map(Cow::Borrowed).map_err(|problem| self.error(problem));
        }
        let arena = Arena::new();
        let row = self.value(Numbers::JavaScript, &arena)?;
        let mut text = String::new();
        // An object of strings is not nested too deeply.
        let _ = json::write(row, None, &mut text);
        Ok(Cow::Owned(utf16::to_utf8(&text).into_owned()))
    }

    fn text(&self) -> Result<&'b str, RecordProblem> {
        str::from_utf8(self.bytes).map_err(|_| RecordProblem::NotUtf8)
    }

    fn error(&self, problem: RecordProblem) -> RecordError {
        RecordError { position: self.position, problem }
    }
}
