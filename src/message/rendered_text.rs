//! The text that a template's content renders to, and which part of the template wrote which part of the text.

use std::ops::Range;

use super::{SourceMap, Template};
use crate::liquid::value::json::{self, Events};
use crate::liquid::{Mark, Output, Span, Writer};

/// A rendered content. It may be incomplete, or not valid JSON.
#[derive(Clone, Debug, Default)]
pub struct RenderedText {
    pub(super) text: String,
    /// For each part of the text, the span of the template's content that wrote it.
    pub(super) marks: Vec<Mark>,
    /// The offset of the content in the template's file.
    pub(super) start: usize,
}

impl RenderedText {
    pub(super) fn new(out: Output, template: &Template) -> Self {
        let (text, marks) = out.into_text_and_marks();
        Self { text, marks, start: template.content_start() }
    }

    /// The expressions that wrote something, in template order, as byte ranges of the file.
    #[must_use]
    pub fn interpolations(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Liquid && !mark.written.is_empty())
    }

    /// What the expression at a byte range of the file wrote, each time that it was rendered.
    #[must_use]
    pub fn written_by(&self, range: &Range<usize>) -> Vec<&str> {
        let marks = self.marks.iter().filter(|mark| self.in_file(mark.span) == *range);
        marks.filter_map(|mark| self.text.get(mark.written.clone())).collect()
    }

    /// Where the template writes the value at a path, or the innermost value around it that the text has: a byte offset of the
    /// file. `None` if the text has no value.
    #[must_use]
    pub fn origin(&self, path: &[&str]) -> Option<usize> {
        let value = (0..=path.len()).rev().find_map(|count| {
            let events = Events::new(&self.text).with_trailing_commas();
            json::locate_in(events, &path[..count])
        })?;
        // The first byte of a string is its quote, which the text around an expression has.
        let mark = self.marks.iter().find(|mark| mark.written.contains(&value.start))?;
        let offset = if mark.writer == Writer::Text { value.start - mark.written.start } else { 0 };
        Some(self.start + mark.span.start + offset)
    }

    /// The expressions that wrote a text, each time that it occurs, as byte ranges of the file.
    #[must_use]
    pub fn writers_of(&self, text: &str) -> Vec<Range<usize>> {
        let mark_at = |at: usize| self.marks.get(self.marks.partition_point(|mark| mark.written.end <= at));
        let written = self.text.match_indices(text).filter_map(|(at, _)| mark_at(at));
        let marks = written.filter(|mark| mark.writer == Writer::Liquid);
        marks.map(|mark| self.in_file(mark.span)).collect()
    }

    /// The parts of the template's literal text that were reached, in order, as byte ranges of the file.
    #[must_use]
    pub fn literals(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Text)
    }

    fn ranges(&self, matches: impl Fn(&Mark) -> bool) -> Vec<Range<usize>> {
        let mut spans: Vec<_> = self.marks.iter().filter(|mark| matches(mark)).map(|mark| mark.span).collect();
        spans.sort_unstable();
        spans.dedup();
        spans.into_iter().map(|span| self.in_file(span)).collect()
    }

    /// Converts a span of the content to a byte range of the template's file.
    pub(super) fn in_file(&self, span: Span) -> Range<usize> {
        self.start + span.start..self.start + span.end
    }

    /// For each value of the message, which expression wrote which part of it.
    #[must_use]
    pub fn source_map(&self) -> SourceMap {
        SourceMap::new(self)
    }
}
