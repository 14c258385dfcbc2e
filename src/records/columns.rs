//! The columns of a CSV file, and its rows as values.

use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr_iter, memchr3};

use super::RecordProblem;
use super::format::without_mark;
use crate::liquid::value::Object;
use crate::liquid::value::json::Members;
use crate::liquid::{Arena, Value};

/// The columns of a CSV file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    delimiter: u8,
}

thread_local! {
    /// The reader that this thread used last, and its delimiter: building one takes longer than reading a row.
    static READER: RefCell<(u8, Reader)> = RefCell::new((b',', Reader::new()));
}

impl Columns {
    /// The columns that a header line names.
    pub(super) fn parse(header: &[u8], delimiter: u8) -> Result<Self, RecordProblem> {
        let arena = Arena::new();
        let cells = Self::none(delimiter).cells(without_mark(header), &arena)?;
        Ok(Self { names: cells.iter().map(|cell| cell.trim().to_owned()).collect(), delimiter })
    }

    /// No columns.
    pub(super) const fn none(delimiter: u8) -> Self {
        Self { names: Vec::new(), delimiter }
    }

    /// A row as an object of strings, with only these members if there are any. An empty cell means that there is no such value.
    pub(super) fn object<'a>(
        &'a self,
        row: &[u8],
        members: Option<&Members>,
        arena: &'a Arena,
    ) -> Result<Value<'a>, RecordProblem> {
        let cells = self.cells(row, arena)?;
        if cells.len() != self.names.len() {
            return Err(RecordProblem::CellCount { expected: self.names.len(), found: cells.len() });
        }
        let is_read = |name: &str| members.is_none_or(|members| members.contains(name));
        let named =
            self.names.iter().zip(cells).filter(|(name, cell)| !name.is_empty() && !cell.is_empty() && is_read(name));
        let entries: Vec<_> = named.map(|(name, cell)| (name.as_str(), Value::String(cell))).collect();
        Ok(Value::Object(Object::new(&entries, arena)))
    }

    fn cells<'a>(&self, row: &[u8], arena: &'a Arena) -> Result<Vec<&'a str>, RecordProblem> {
        if !row.is_empty() && memchr3(b'"', b'\r', b'\n', row).is_none() {
            return self.plain_cells(row, arena);
        }
        READER.with_borrow_mut(|(delimiter, reader)| {
            if *delimiter != self.delimiter {
                (*delimiter, *reader) = (self.delimiter, ReaderBuilder::new().delimiter(self.delimiter).build());
            }
            reader.reset();
            self.cells_by(reader, row, arena)
        })
    }

    /// The cells of a row without quotes, which only delimiters separate. The reader would take much longer, for it looks at each byte.
    fn plain_cells<'a>(&self, row: &[u8], arena: &'a Arena) -> Result<Vec<&'a str>, RecordProblem> {
        let text: &'a str = arena.alloc_str(str::from_utf8(row).map_err(|_| RecordProblem::NotUtf8)?);
        let mut cells = Vec::with_capacity(self.names.len());
        let mut start = 0;
        for end in memchr_iter(self.delimiter, row).chain([row.len()]) {
            cells.push(text.get(start..end).unwrap_or_default());
            start = end + 1;
        }
        Ok(cells)
    }

    fn cells_by<'a>(&self, reader: &mut Reader, row: &[u8], arena: &'a Arena) -> Result<Vec<&'a str>, RecordProblem> {
        let text: &'a mut [u8] = arena.alloc_slice_fill_copy(row.len(), 0);
        let mut ends = vec![0; self.names.len().max(8)];
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            let (result, more_read, more_written, more) =
                reader.read_record(&row[read..], &mut text[written..], &mut ends[count..]);
            (read, written, count) = (read + more_read, written + more_written, count + more);
            match result {
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                // The next call, without further bytes, ends the row.
                ReadRecordResult::InputEmpty => {}
                // The output is as long as the row: it is never full.
                ReadRecordResult::OutputFull | ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        let text = str::from_utf8(&text[..written]).map_err(|_| RecordProblem::NotUtf8)?;
        let starts = std::iter::once(0).chain(ends.iter().copied());
        Ok(starts.zip(&ends[..count]).map(|(start, end)| text.get(start..*end).unwrap_or_default()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of a row, and those that the crate `csv` finds.
    fn cells(row: &str) -> (Vec<String>, Vec<String>) {
        let arena = Arena::new();
        let own = Columns::none(b',').cells(row.as_bytes(), &arena).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
        let theirs = reader.records().next().map(|record| record.unwrap().iter().map(str::to_owned).collect());
        (own.iter().map(|cell| (*cell).to_owned()).collect(), theirs.unwrap_or_default())
    }

    proptest::proptest! {
        #[test]
        fn cells_are_those_of_csv(row in "[a,\" é]{1,12}") {
            let (own, theirs) = cells(&row);
            proptest::prop_assert_eq!(own, theirs);
        }

        #[test]
        fn cells_without_quotes_are_those_of_csv(row in "[a, é\t;]{1,12}") {
            let (own, theirs) = cells(&row);
            proptest::prop_assert_eq!(own, theirs);
        }
    }

    #[test]
    fn a_row_that_is_not_utf8_is_refused() {
        for row in [&b"a,\xff"[..], b"\"a\",\xff"] {
            let problem = Columns::none(b',').cells(row, &Arena::new()).unwrap_err();
            assert!(matches!(problem, RecordProblem::NotUtf8), "{problem:?}");
        }
    }
}
