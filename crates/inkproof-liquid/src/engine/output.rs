//! The output of a render: one buffer, and on request a map from its bytes back to what wrote them.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::span::Span;
use crate::value::{Value, coerce};

/// Where rendered text goes.
#[derive(Debug, Default)]
pub struct Output {
    text: String,
    marks: Option<Vec<Mark>>,
    limit: Option<usize>,
}

/// Some bytes of the output, and what in the template wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What kind of thing wrote them.
    pub writer: Writer,
    /// Bytes of the output; empty where nothing was written.
    pub written: Range<usize>,
    /// The text, `{{ … }}` or `{% … %}` in the template.
    pub span: Span,
}

/// What wrote some bytes of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Text of the template itself, byte for byte.
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

    /// An empty output that keeps a map of what wrote what.
    #[must_use]
    pub fn with_marks() -> Self {
        Self { marks: Some(Vec::new()), ..Self::default() }
    }

    /// Empties it for another render; the memory is kept.
    pub fn clear(&mut self) {
        self.text.clear();
        if let Some(marks) = &mut self.marks {
            marks.clear();
        }
    }

    /// Sets how many bytes it may grow to.
    pub(crate) fn set_limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
    }

    /// What has been written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives away what has been written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Gives away what has been written and the map.
    #[must_use]
    pub fn into_text_and_marks(self) -> (String, Vec<Mark>) {
        (self.text, self.marks.unwrap_or_default())
    }

    /// The map, in the order of writing; empty where none is kept.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        self.marks.as_deref().unwrap_or_default()
    }

    /// How many bytes have been written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing has been written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends a piece of the template's own text.
    ///
    /// # Errors
    /// The output is too long.
    pub fn write_str(&mut self, text: &str) -> Result<()> {
        self.text.push_str(text);
        self.check()
    }

    /// Appends Liquid's text of a value.
    ///
    /// # Errors
    /// The output is too long, or the value nested too deep.
    pub fn write_value(&mut self, value: Value<'_>) -> Result<()> {
        coerce::write_text(value, &mut self.text)?;
        self.check()
    }

    /// Appends what `write` does.
    ///
    /// # Errors
    /// As [`Output::write_value`].
    pub(crate) fn write_with(&mut self, write: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
        write(&mut self.text)?;
        self.check()
    }

    fn check(&self) -> Result<()> {
        if self.text.len() > self.limit.unwrap_or(coerce::MAX_TEXT) {
            return Err(Error::new("Invalid string length"));
        }
        Ok(())
    }

    /// How many marks there are, to be given to [`Output::mark`] later.
    pub(crate) fn mark_count(&self) -> usize {
        self.marks.as_ref().map_or(0, Vec::len)
    }

    /// Notes that all since byte `start` was written by `span`.
    pub(crate) fn mark(&mut self, writer: Writer, span: Span, start: usize) {
        if let Some(marks) = &mut self.marks {
            marks.push(Mark { writer, written: start..self.text.len(), span });
        }
    }
}
