//! The columns of a CSV file, and its rows as values.
//!
//! Rows are split here, on many threads: the reader of csv-core takes longer to build than a row to read, and a clone of one
//! does not find the delimiters (0.1.13).

use memchr::{memchr, memchr_iter};

use super::RecordProblem;
use super::format::without_mark;
use crate::liquid::value::Object;
use crate::liquid::{Arena, Value};

/// The columns of a CSV file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    delimiter: u8,
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

    /// A row as an object of strings. An empty cell means that there is no such value.
    pub(super) fn object<'a>(&'a self, row: &'a [u8], arena: &'a Arena) -> Result<Value<'a>, RecordProblem> {
        let cells = self.cells(row, arena)?;
        if cells.len() != self.names.len() {
            return Err(RecordProblem::CellCount { expected: self.names.len(), found: cells.len() });
        }
        let named = self.names.iter().zip(cells).filter(|(name, cell)| !name.is_empty() && !cell.is_empty());
        let entries: Vec<_> = named.map(|(name, cell)| (name.as_str(), Value::String(cell))).collect();
        Ok(Value::Object(Object::new(&entries, arena)))
    }

    fn cells<'a>(&self, row: &'a [u8], arena: &'a Arena) -> Result<Vec<&'a str>, RecordProblem> {
        let text = str::from_utf8(row).map_err(|_| RecordProblem::NotUtf8)?;
        let mut cells = Vec::with_capacity(self.names.len().max(8));
        if memchr(b'"', row).is_none() {
            let mut start = 0;
            for end in memchr_iter(self.delimiter, row) {
                cells.push(&text[start..end]);
                start = end + 1;
            }
            cells.push(&text[start..]);
            return Ok(cells);
        }
        let mut rest = text;
        loop {
            let (cell, length) = self.cell(rest, arena);
            cells.push(cell);
            match rest.get(length + 1..) {
                Some(after) => rest = after,
                None => return Ok(cells),
            }
        }
    }

    /// The first cell, and its length with quotes. A quote elsewhere than at the beginning is a character like any other.
    fn cell<'a>(&self, text: &'a str, arena: &'a Arena) -> (&'a str, usize) {
        let end_from =
            |from: usize| memchr(self.delimiter, &text.as_bytes()[from..]).map_or(text.len(), |at| from + at);
        if !text.starts_with('"') {
            let end = end_from(0);
            return (&text[..end], end);
        }
        let (mut copied, mut from) = (String::new(), 1);
        while let Some(quote) = memchr(b'"', &text.as_bytes()[from..]).map(|at| from + at) {
            let part = &text[from..quote];
            // Two quotes mean one that does not close the cell.
            if text[quote + 1..].starts_with('"') {
                copied.push_str(part);
                copied.push('"');
                from = quote + 2;
                continue;
            }
            let end = end_from(quote + 1);
            let after = &text[quote + 1..end];
            if copied.is_empty() && after.is_empty() {
                return (part, end);
            }
            copied.extend([part, after]);
            return (arena.alloc_str(&copied), end);
        }
        copied.push_str(&text[from..]);
        (arena.alloc_str(&copied), text.len())
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
    }
}
