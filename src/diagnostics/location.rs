//! Locations: ranges of a source that findings point at.

use std::fmt;
use std::ops::Range;

use super::{Position, Source};

/// A range of a [`Source`], in bytes. It is always within the text and on character boundaries, which [`Source::at`], the
/// only constructor, ensures.
///
/// ```
/// use inkproof::diagnostics::Source;
///
/// let source = Source::new("t", "naïve");
/// assert_eq!(source.at(3..99).range(), 2..6);
/// assert_eq!(source.at(3..99).text(), "ïve");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    source: Source,
    start: usize,
    end: usize,
}

impl Location {
    pub(super) fn new(source: Source, range: Range<usize>) -> Self {
        let start = source.boundary_before(range.start);
        let end = if range.end <= range.start { start } else { source.boundary_after(range.end) };
        Self { source, start, end }
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The byte range. An empty range is a position between two characters.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The text of the range.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text()[self.range()]
    }

    /// Its start; the column counts characters.
    #[must_use]
    pub fn start(&self) -> Position {
        self.source.line_column(self.start)
    }

    /// Its end (after its last character); the column counts characters.
    #[must_use]
    pub fn end(&self) -> Position {
        self.source.line_column(self.end)
    }
}

/// Displayed as `name:line:column`, unescaped: pass it through [`sanitize`](super::sanitize) before a terminal sees it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source.name(), self.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamps_any_range_to_a_valid_one() {
        let source = Source::new("t", "aé🎉");
        let backwards = Range { start: 3, end: 1 };
        for (range, expected) in [
            (0..1, 0..1),
            (1..2, 1..3),
            (2..3, 1..3),
            (2..2, 1..1),
            (5..6, 3..7),
            (7..7, 7..7),
            (8..9, 7..7),
            (0..usize::MAX, 0..7),
            (usize::MAX..usize::MAX, 7..7),
            (backwards, 3..3),
        ] {
            assert_eq!(source.at(range.clone()).range(), expected, "{range:?}");
        }
    }
}
