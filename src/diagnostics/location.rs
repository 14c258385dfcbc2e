//! A stretch of a source: what a finding points at.

use std::fmt;
use std::ops::Range;

use super::{Position, Source};

/// A stretch of a [`Source`], in bytes. It always lies within the text and on character boundaries, because
/// [`Source::at`], the only way to make one, sees to it.
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

    /// The source pointed into.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The byte range pointed at. An empty range points between two characters.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The text pointed at.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text()[self.range()]
    }

    /// Where it starts, in characters.
    #[must_use]
    pub fn start(&self) -> Position {
        self.source.line_column(self.start)
    }

    /// Where it ends (the place after its last character), in characters.
    #[must_use]
    pub fn end(&self) -> Position {
        self.source.line_column(self.end)
    }
}

/// Shown as `name:line:column`, raw: pass it through [`sanitize`](super::sanitize) before a terminal sees it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source.name(), self.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_range_becomes_a_valid_one() {
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
