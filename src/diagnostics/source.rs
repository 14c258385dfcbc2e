//! Sources: a file's text with its display name, and conversion of byte offsets to lines and columns.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use super::Location;

/// A file that findings refer to. Cloning is cheap: clones share the text and its line index.
///
/// ```
/// use inkproof::diagnostics::{Position, Source};
///
/// let source = Source::new("templates/hello.liquid", "Hi {{ name }},\nwelcome");
/// assert_eq!(source.line_column(15), Position { line: 2, column: 1 });
/// ```
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    name: String,
    text: Arc<str>,
    /// The byte offset at which each line starts; computed on first use.
    line_starts: OnceLock<Vec<usize>>,
}

/// A position in a text: lines and columns from 1.
///
/// A line ends with `\n` (or `\r\n`); the text after the last one is a line too, even when empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in the unit that the method documents.
    pub column: usize,
}

impl Source {
    /// A text with its display name: for a file, its path relative to the project, with forward slashes.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self(Arc::new(Inner { name: name.into(), text: text.into(), line_starts: OnceLock::new() }))
    }

    /// The same text with another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<String>) -> Self {
        Self::new(name, Arc::clone(&self.0.text))
    }

    /// Whether both share the same text in memory.
    pub(super) fn has_text_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.text, &other.0.text)
    }

    /// The name as given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// A range of the text, in bytes. An end outside the text or inside a character is moved to the nearest boundary that
    /// includes the whole character, so that a wrong range still points close to its target.
    #[must_use]
    pub fn at(&self, range: Range<usize>) -> Location {
        Location::new(self.clone(), range)
    }

    /// The position of a byte offset; columns count characters (Unicode code points).
    ///
    /// Characters are what compilers print and most editors' "go to line:column" take. LiquidJS and the
    /// language server protocol count UTF-16 units instead: [`line_column_utf16`](Self::line_column_utf16).
    #[must_use]
    pub fn line_column(&self, offset: usize) -> Position {
        self.position(offset, |before| before.chars().count())
    }

    /// The position of a byte offset; columns count UTF-16 units, as JavaScript does.
    ///
    /// ```
    /// let source = inkproof::diagnostics::Source::new("greeting", "🎉 {{ x }}");
    /// assert_eq!(source.line_column(5).column, 3);
    /// assert_eq!(source.line_column_utf16(5).column, 4);
    /// ```
    #[must_use]
    pub fn line_column_utf16(&self, offset: usize) -> Position {
        self.position(offset, |before| before.chars().map(char::len_utf16).sum())
    }

    fn position(&self, offset: usize, width: impl Fn(&str) -> usize) -> Position {
        let offset = self.boundary_before(offset);
        let line = self.line_at(offset);
        let start = self.line_starts()[line - 1];
        Position { line, column: width(&self.text()[start..offset]) + 1 }
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start <= offset)
    }

    /// The last character boundary at or before a byte offset.
    pub(super) fn boundary_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text().len());
        (0..=offset).rev().find(|&at| self.text().is_char_boundary(at)).unwrap_or(0)
    }

    /// The first character boundary at or after a byte offset.
    pub(super) fn boundary_after(&self, offset: usize) -> usize {
        let end = self.text().len();
        (offset..end).find(|&at| self.text().is_char_boundary(at)).unwrap_or(end)
    }

    /// The number of lines, at least one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// The byte range of a line's content (counted from 1, terminator excluded), if there is such a line.
    ///
    /// ```
    /// let source = inkproof::diagnostics::Source::new("two", "one\r\ntwo");
    /// assert_eq!(source.line_range(1), Some(0..3));
    /// assert_eq!(source.line_range(3), None);
    /// ```
    #[must_use]
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)?)?;
        let Some(&next) = starts.get(line) else {
            return Some(start..self.text().len());
        };
        let content = &self.text()[start..next - 1];
        let content = content.strip_suffix('\r').unwrap_or(content);
        Some(start..start + content.len())
    }

    /// Where each line starts. Never empty, and its first entry is 0.
    fn line_starts(&self) -> &[usize] {
        self.0.line_starts.get_or_init(|| {
            let newlines = self.text().bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect()
        })
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.name() == other.name() && self.text() == other.text())
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({:?}, {} bytes)", self.name(), self.text().len())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_offsets_to_lines_and_columns() {
        // text, offset, in characters, in UTF-16 units
        for (text, offset, characters, units) in [
            ("", 0, "1:1", "1:1"),
            ("", 9, "1:1", "1:1"),
            ("ab", 1, "1:2", "1:2"),
            ("ab", 2, "1:3", "1:3"),
            ("ab", usize::MAX, "1:3", "1:3"),
            ("a\nb", 1, "1:2", "1:2"),
            ("a\nb", 2, "2:1", "2:1"),
            ("a\r\nb", 2, "1:3", "1:3"),
            ("a\r\nb", 3, "2:1", "2:1"),
            ("a\rb", 2, "1:3", "1:3"),
            ("a\n", 2, "2:1", "2:1"),
            ("\n\n", 1, "2:1", "2:1"),
            ("é=1", 2, "1:2", "1:2"),
            ("é=1", 1, "1:1", "1:1"),
            ("🎉=1", 4, "1:2", "1:3"),
            ("🎉\n🎉🎉x", 13, "2:3", "2:5"),
        ] {
            let source = Source::new("t", text);
            assert_eq!(source.line_column(offset).to_string(), characters, "{text:?} at {offset}");
            assert_eq!(source.line_column_utf16(offset).to_string(), units, "{text:?} at {offset}");
        }
    }

    #[test]
    fn line_ranges_exclude_the_terminator() {
        for (text, expected) in [
            ("", vec![""]),
            ("a", vec!["a"]),
            ("a\n", vec!["a", ""]),
            ("a\r\n\r\nb", vec!["a", "", "b"]),
            ("a\rb\n", vec!["a\rb", ""]),
        ] {
            let source = Source::new("t", text);
            let lines: Vec<&str> =
                (1..=source.line_count()).map(|line| &text[source.line_range(line).unwrap()]).collect();
            assert_eq!(lines, expected, "{text:?}");
            assert_eq!(source.line_range(0), None);
            assert_eq!(source.line_range(source.line_count() + 1), None);
        }
    }
}
