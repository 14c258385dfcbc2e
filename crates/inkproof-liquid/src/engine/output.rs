//! The output of a render: one buffer, and optionally a source map from its bytes to the template.

use std::ops::Range;

use crate::error::Result;
use crate::span::Span;
use crate::value::{Arena, Value, coerce, number};

/// How many bytes of text an entry of the source map covers, about.
const BYTES_PER_MARK: usize = 32;

/// Collects the rendered text.
#[derive(Debug)]
pub struct Output {
    text: String,
    marks: Option<Vec<Mark>>,
    /// Its greatest length in bytes.
    limit: usize,
}

impl Default for Output {
    fn default() -> Self {
        Self { text: String::new(), marks: None, limit: coerce::MAX_STRING }
    }
}

/// An entry of the source map: bytes of the output, and the part of the template that wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The kind of template part.
    pub writer: Writer,
    /// Bytes of the output; empty if nothing was written.
    pub written: Range<usize>,
    /// The literal text, `{{ … }}` or `{% … %}` in the template.
    pub span: Span,
}

/// The kind of template part that wrote some bytes of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Literal text of the template, copied byte for byte.
    Text,
    /// An output, or a tag that prints.
    Liquid,
}

impl Output {
    /// An empty output.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty output that also records a source map.
    #[must_use]
    pub fn with_marks() -> Self {
        Self { marks: Some(Vec::new()), ..Self::default() }
    }

    /// An empty output that is written into this string.
    pub(crate) fn with_buffer(buffer: String) -> Self {
        Self { text: buffer, ..Self::default() }
    }

    /// Makes room for a text of this length, and for its source map.
    pub fn reserve(&mut self, bytes: usize) {
        self.text.reserve(bytes);
        if let Some(marks) = &mut self.marks {
            marks.reserve(bytes / BYTES_PER_MARK);
        }
    }

    /// Clears it for another render, and keeps its memory.
    pub fn clear(&mut self) {
        self.text.clear();
        if let Some(marks) = &mut self.marks {
            marks.clear();
        }
    }

    /// Frees the memory of the text, which is empty then; its source map is kept.
    pub fn forget_text(&mut self) {
        self.text = String::new();
    }

    /// Limits its length in bytes, to no more than that of any string.
    pub(crate) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes.min(coerce::MAX_STRING);
    }

    /// The text written so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The written text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// The written text and its source map.
    #[must_use]
    pub fn into_text_and_marks(self) -> (String, Vec<Mark>) {
        (self.text, self.marks.unwrap_or_default())
    }

    /// The source map, in output order; empty if none is recorded.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        self.marks.as_deref().unwrap_or_default()
    }

    /// Number of bytes written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// The memory that the text and the source map take, in bytes.
    #[must_use]
    #[inline]
    pub fn memory(&self) -> usize {
        self.text.len() + self.mark_count() * size_of::<Mark>()
    }

    /// Whether nothing has been written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends literal text of the template.
    ///
    /// # Errors
    /// The output is too long.
    #[inline]
    pub fn write_str(&mut self, text: &str) -> Result<()> {
        self.text.push_str(text);
        self.check()
    }

    /// Appends a value as Liquid prints it.
    ///
    /// # Errors
    /// The output is too long, or the value is nested too deeply.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "copying a value to the stack takes longer than writing a short one")]
    pub fn write_value(&mut self, value: Value<'_>, arena: &Arena) -> Result<()> {
        match value {
            Value::String(text) => coerce::push_joining(&mut self.text, text),
            Value::Number(number) => number::write(number, &mut self.text),
            other => coerce::write_liquid_string(other, arena, &mut self.text)?,
        }
        self.check()
    }

    /// Appends whatever `write` appends.
    ///
    /// # Errors
    /// As [`Output::write_value`].
    pub(crate) fn write_with(&mut self, write: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
        write(&mut self.text)?;
        self.check()
    }

    #[inline]
    fn check(&self) -> Result<()> {
        if self.text.len() > self.limit { Err(coerce::too_long()) } else { Ok(()) }
    }

    /// Whether it records a source map.
    #[inline]
    pub(crate) const fn has_marks(&self) -> bool {
        self.marks.is_some()
    }

    /// The number of marks, to be passed to [`Output::mark`] later.
    pub(crate) fn mark_count(&self) -> usize {
        self.marks.as_ref().map_or(0, Vec::len)
    }

    /// Records that everything since byte `start` was written by `span`.
    pub(crate) fn mark(&mut self, writer: Writer, span: Span, start: usize) {
        if let Some(marks) = &mut self.marks {
            marks.push(Mark { writer, written: start..self.text.len(), span });
        }
    }
}
