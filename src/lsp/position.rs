//! Positions: the protocol's lines and characters, and byte offsets.
//!
//! The protocol counts characters in UTF-16 units unless client and server agree on another encoding, and ends a line at
//! `\n`, `\r\n` or a lone `\r`.

use std::ops::Range;

use gen_lsp_types::{Position, PositionEncodingKind, Range as LspRange};

/// The unit of characters in positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units.
    #[default]
    Utf16,
    /// Unicode code points.
    Utf32,
}

impl Encoding {
    /// The first of the offered encodings that is known, else UTF-16, which every client supports.
    pub(super) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| match kind {
            PositionEncodingKind::UTF8 => Some(Self::Utf8),
            PositionEncodingKind::UTF16 => Some(Self::Utf16),
            PositionEncodingKind::UTF32 => Some(Self::Utf32),
            PositionEncodingKind::Custom(_) => None,
        };
        offered.unwrap_or_default().iter().find_map(known).unwrap_or_default()
    }

    /// The encoding in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A text with the starts of its lines, to convert many positions.
#[derive(Clone, Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = |&at: &usize| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        Self { text, starts, encoding }
    }

    /// The position of a byte offset; one that is outside the text or inside a character or line end is moved back.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let (before, after) = self.text.as_bytes().split_at(offset);
        let offset = offset - usize::from(before.ends_with(b"\r") && after.starts_with(b"\n"));
        let offset = (0..=offset).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let before = &self.text[self.starts[line]..offset];
        let character: usize = before.chars().map(|character| self.encoding.width(character)).sum();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(character) }
    }

    /// The range of bytes in the protocol.
    pub(super) fn range(&self, range: Range<usize>) -> LspRange {
        LspRange { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The byte offset of a position. A character beyond the line is its end, as the protocol says; a line beyond the text is
    /// the end of the text.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, character) in content.char_indices() {
            let width = self.encoding.width(character);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + content.len()
    }

    /// The range of bytes of a range in the protocol. A range whose end is before its start is empty.
    pub(super) fn bytes(&self, range: LspRange) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn converts_offsets_to_positions_and_back() {
        // text, offset, position in UTF-8, UTF-16, UTF-32
        for (text, offset, utf8, utf16, utf32) in [
            ("", 0, at(0, 0), at(0, 0), at(0, 0)),
            ("ab", 2, at(0, 2), at(0, 2), at(0, 2)),
            ("é🎉x", 6, at(0, 6), at(0, 3), at(0, 2)),
            ("a\n🎉x", 6, at(1, 4), at(1, 2), at(1, 1)),
            ("a\r\nb", 3, at(1, 0), at(1, 0), at(1, 0)),
            ("a\rb", 2, at(1, 0), at(1, 0), at(1, 0)),
            ("a\n\n", 3, at(2, 0), at(2, 0), at(2, 0)),
        ] {
            for (encoding, expected) in [(Encoding::Utf8, utf8), (Encoding::Utf16, utf16), (Encoding::Utf32, utf32)] {
                let lines = Lines::new(text, encoding);
                assert_eq!(lines.position(offset), expected, "{text:?} {encoding:?}");
                assert_eq!(lines.offset(expected), offset, "{text:?} {encoding:?}");
            }
        }
    }

    #[test]
    fn moves_positions_outside_the_text_into_it() {
        let lines = Lines::new("ab\r\n🎉", Encoding::Utf16);
        for (position, expected) in
            [(at(0, 99), 2), (at(0, 3), 2), (at(1, 1), 4), (at(1, 2), 8), (at(9, 0), 8), (at(u32::MAX, u32::MAX), 8)]
        {
            assert_eq!(lines.offset(position), expected, "{position:?}");
        }
        assert_eq!(lines.position(usize::MAX), at(1, 2));
        assert_eq!(lines.position(5), at(1, 0));
        assert_eq!(lines.position(3), at(0, 2));
        assert_eq!(lines.bytes(LspRange { start: at(1, 2), end: at(0, 1) }), 8..8);
    }

    #[test]
    fn takes_the_first_known_encoding() {
        let (utf8, utf32) = (PositionEncodingKind::UTF8, PositionEncodingKind::UTF32);
        let custom = PositionEncodingKind::new("utf-7");
        for (offered, expected) in [
            (None, Encoding::Utf16),
            (Some(&[][..]), Encoding::Utf16),
            (Some(&[utf32.clone(), utf8.clone()]), Encoding::Utf32),
            (Some(&[custom, utf8]), Encoding::Utf8),
        ] {
            assert_eq!(Encoding::negotiate(offered), expected);
        }
    }
}
