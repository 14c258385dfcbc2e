//! The text that a template's content renders to, and what in the template wrote which part of it.

use std::ops::Range;

use super::{SourceMap, Template};
use crate::liquid::{Mark, Output, Span, Writer};

/// A rendered content. It need not be valid JSON, nor complete.
#[derive(Clone, Debug, Default)]
pub struct RenderedText {
    pub(super) text: String,
    /// What wrote which bytes of the text, by its place in the template's content.
    pub(super) marks: Vec<Mark>,
    /// Where in the template's file its content begins.
    pub(super) start: usize,
}

impl RenderedText {
    pub(super) fn new(out: Output, template: &Template) -> Self {
        let (text, marks) = out.into_text_and_marks();
        Self { text, marks, start: template.content_start() }
    }

    /// The expressions that wrote something, in the order of the template; bytes of its file.
    #[must_use]
    pub fn interpolations(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Liquid && !mark.written.is_empty())
    }

    /// The parts of the template's own text that were reached, in order; bytes of its file.
    #[must_use]
    pub fn literals(&self) -> Vec<Range<usize>> {
        self.ranges(|mark| mark.writer == Writer::Text)
    }

    fn ranges(&self, is_wanted: impl Fn(&Mark) -> bool) -> Vec<Range<usize>> {
        let mut spans: Vec<_> = self.marks.iter().filter(|mark| is_wanted(mark)).map(|mark| mark.span).collect();
        spans.sort_unstable();
        spans.dedup();
        spans.into_iter().map(|span| self.in_file(span)).collect()
    }

    /// The place in the template's file of a part of its content.
    pub(super) fn in_file(&self, span: Span) -> Range<usize> {
        self.start + span.start..self.start + span.end
    }

    /// For each value of the message, what wrote which part of it.
    #[must_use]
    pub fn source_map(&self) -> SourceMap {
        SourceMap::new(self)
    }
}
