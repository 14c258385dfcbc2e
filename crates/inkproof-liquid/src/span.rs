//! Spans: byte ranges of a template's source.

/// A range of bytes in a template's source text.
///
/// ```
/// use inkproof_liquid::Span;
/// assert_eq!(Span::new(3, 5).of("{{ ab }}"), "ab");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text of this span; empty if it is not within `source`.
    #[must_use]
    pub fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// The same as a standard range.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// A place as LiquidJS counts it: lines from 1, columns from 1 in UTF-16 code units; only `\n` ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in UTF-16 code units.
    pub column: usize,
}

impl Position {
    /// The position of the byte at `offset` in `source`, which may lie past its end.
    #[must_use]
    pub fn at(source: &str, offset: usize) -> Self {
        let end = (0..=offset.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let before = &source[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
            // The parser may have moved past the end, or into the middle of a surrogate pair.
            column: crate::value::utf16::length(&before[line_start..]) + 1 + (offset - end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_columns_in_utf16_units() {
        for (source, offset, line, column) in [
            ("abc", 2, 1, 3),
            ("a\nbc", 3, 2, 2),
            ("😀x", 4, 1, 3),
            ("é\r\nz", 4, 2, 1),
            ("ab", 4, 1, 5),
            ("a😀", 2, 1, 3),
        ] {
            assert_eq!(Position::at(source, offset), Position { line, column }, "{source:?} {offset}");
        }
    }
}
