//! Styled text of known width for terminals. Everything pushed is sanitized: no control characters, no stray bidi
//! controls.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use anstyle::Style;
use unicode_bidi::{BidiClass, bidi_class};
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::diagnostics::sanitize;

/// Characters kept of one grapheme cluster; longer stacks of combining marks are cut. The longest emoji in use have ten.
const MAX_CLUSTER_CHARS: usize = 20;
/// Bytes of a string that are processed; a card has no room for more.
pub(super) const MAX_BYTES: usize = 32 << 10;

/// First strong isolate and pop directional isolate: text between them does not reorder the text around them.
const ISOLATE: [&str; 2] = ["\u{2068}", "\u{2069}"];

/// One line of styled text. `Display` writes its colours and links as ANSI escape sequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct StyledLine {
    text: String,
    /// The styles, in order; each starts at the end of the previous one.
    runs: Vec<Run>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    end: usize,
    style: Style,
    link: Option<Arc<str>>,
}

/// The columns of a string: the sum of the widths of its grapheme clusters, as terminals count them.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

impl StyledLine {
    /// Appends untrusted text: control characters are shown as visible escapes.
    pub(in crate::cli) fn push(&mut self, style: Style, text: &str) {
        self.push_linked(style, text, None);
    }

    /// Like `push`, with a hyperlink.
    pub(super) fn push_linked(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        self.push_sanitized(style, &sanitize::line(split_at_most(text, MAX_BYTES).0), link);
    }

    /// Builder form of [`Self::push`].
    pub(in crate::cli) fn with(mut self, style: Style, text: &str) -> Self {
        self.push(style, text);
        self
    }

    /// Builder form of [`Self::append`].
    pub(in crate::cli) fn with_line(mut self, other: &Self) -> Self {
        self.append(other);
        self
    }

    /// Appends another line with its styles.
    pub(in crate::cli) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.runs.extend(other.runs.iter().map(|run| Run { end: start + run.end, ..run.clone() }));
    }

    fn push_sanitized(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        push_limited_clusters(&mut self.text, text);
        match self.runs.last_mut() {
            Some(last) if last.style == style && last.link.as_ref() == link => last.end = self.text.len(),
            _ if self.text.is_empty() => {}
            _ => self.runs.push(Run { end: self.text.len(), style, link: link.cloned() }),
        }
    }

    /// Its width in columns.
    pub(in crate::cli) fn columns(&self) -> usize {
        columns(&self.text)
    }

    /// Its text without styles.
    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Fills the line with spaces up to a width.
    pub(in crate::cli) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.columns());
        if missing > 0 {
            self.push_sanitized(Style::new(), &" ".repeat(missing), None);
        }
        self
    }

    /// Cuts the line to a width, and ends it with `omission` if something was cut.
    pub(in crate::cli) fn cut(self, width: usize, omission: &str) -> Self {
        if self.columns() <= width {
            return self;
        }
        let end = self.fitting_end(0..self.text.len(), width.saturating_sub(columns(omission)));
        let mut cut = self.slice(0..end);
        let style = cut.runs.last().map_or(Style::new(), |run| run.style);
        cut.push(style, omission);
        let [open, close] = ISOLATE;
        let unclosed = cut.text.matches(open).count().saturating_sub(cut.text.matches(close).count());
        cut.push_sanitized(Style::new(), &close.repeat(unclosed), None);
        cut
    }

    /// A line of `width` columns with one part at each end; `None` if they do not fit.
    pub(super) fn justified(left: &Self, right: &Self, width: usize) -> Option<Self> {
        const MIN_GAP: usize = 2;
        let room = width.checked_sub(left.columns() + right.columns())?;
        if room < MIN_GAP {
            return None;
        }
        let mut line = left.clone();
        line.push_sanitized(Style::new(), &" ".repeat(room), None);
        line.append(right);
        Some(line)
    }

    /// Wraps right-to-left text in bidi isolates, so that it does not reorder the text around it.
    pub(super) fn isolated(self) -> Self {
        let is_reordering = |c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN);
        if self.text.is_ascii() || !self.text.chars().any(is_reordering) {
            return self;
        }
        let [open, close] = ISOLATE;
        let mut isolated = Self::default();
        isolated.push_sanitized(Style::new(), open, None);
        isolated.append(&self);
        isolated.push_sanitized(Style::new(), close, None);
        isolated
    }

    /// A byte range of the line, with its styles.
    fn slice(&self, range: Range<usize>) -> Self {
        let mut start = 0;
        let mut part = Self { text: self.text[range.clone()].to_owned(), runs: Vec::new() };
        for run in &self.runs {
            if run.end > range.start && start < range.end {
                part.runs.push(Run { end: run.end.min(range.end) - range.start, ..run.clone() });
            }
            start = run.end;
        }
        part
    }

    /// The byte offset up to which the range fits into `width` columns; at least one grapheme cluster.
    fn fitting_end(&self, range: Range<usize>, width: usize) -> usize {
        let mut room = width;
        for (at, cluster) in self.text[range.clone()].grapheme_indices(true) {
            match room.checked_sub(cluster.width()) {
                Some(left) => room = left,
                None if at > 0 => return range.start + at,
                None => room = 0,
            }
        }
        range.end
    }
}

impl fmt::Display for StyledLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut start = 0;
        for Run { end, style, link } in &self.runs {
            let text = &self.text[start..*end];
            start = *end;
            match link {
                Some(link) => write!(f, "\x1b]8;;{link}\x1b\\{style}{text}{style:#}\x1b]8;;\x1b\\")?,
                None => write!(f, "{style}{text}{style:#}")?,
            }
        }
        Ok(())
    }
}

/// Splits a string after at most `max` bytes, at a character boundary.
pub(super) fn split_at_most(text: &str, max: usize) -> (&str, &str) {
    let end = (0..=max.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.split_at(end.unwrap_or(0))
}

/// Appends text, and cuts grapheme clusters of too many characters.
fn push_limited_clusters(out: &mut String, text: &str) {
    if text.is_ascii() {
        return out.push_str(text);
    }
    for cluster in text.graphemes(true) {
        match cluster.char_indices().nth(MAX_CLUSTER_CHARS) {
            Some((end, _)) => out.push_str(&cluster[..end]),
            None => out.push_str(cluster),
        }
    }
}

/// Text of any length, to be wrapped into lines.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Paragraph {
    /// The only `StyledLine` that may contain line breaks.
    line: StyledLine,
    /// How many characters were dropped because of [`MAX_BYTES`].
    omitted: usize,
}

/// A wrapped paragraph.
#[derive(Debug)]
pub(in crate::cli) struct Wrapped {
    pub(in crate::cli) lines: Vec<StyledLine>,
    /// How many characters did not fit.
    pub(in crate::cli) omitted: usize,
}

impl Paragraph {
    /// Appends untrusted text and keeps its line breaks.
    pub(super) fn push(&mut self, style: Style, text: &str) {
        self.push_linked(style, text, None);
    }

    /// Like `push`, with a hyperlink.
    pub(super) fn push_linked(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        let room = MAX_BYTES.saturating_sub(self.line.text.len());
        let (kept, rest) = split_at_most(text, room);
        self.omitted += rest.chars().count();
        self.line.push_sanitized(style, &sanitize::text(kept).replace('\t', "    "), link);
    }

    /// Appends untrusted text as part of one line: line breaks are shown as escapes.
    pub(in crate::cli) fn push_line(&mut self, style: Style, text: &str) {
        let room = MAX_BYTES.saturating_sub(self.line.text.len());
        let (kept, rest) = split_at_most(text, room);
        self.omitted += rest.chars().count();
        self.line.push(style, kept);
    }

    /// Appends another paragraph with its styles.
    pub(super) fn append(&mut self, other: &Self) {
        self.line.append(&other.line);
        self.omitted += other.omitted;
    }

    /// Its width in columns if written as one line.
    pub(super) fn columns(&self) -> usize {
        self.line.columns()
    }

    /// Whether nothing was dropped and there are no line breaks.
    pub(super) fn is_one_line(&self) -> bool {
        self.omitted == 0 && !self.line.text.contains('\n')
    }

    /// Wraps into at most `max_lines` lines of at most `width` columns.
    pub(in crate::cli) fn wrap(&self, width: usize, max_lines: usize) -> Wrapped {
        let width = width.max(2);
        let text = &self.line.text;
        let mut lines = LineWrapper { line: &self.line, width, max_lines, start: 0, done: Vec::new() };
        let (mut from, mut used) = (0, 0);
        for (end, opportunity) in linebreaks(text) {
            // URLs are kept whole if possible: UAX #14 would allow a break after these.
            if text[..end].ends_with(['/', '?', '&', '=']) && opportunity == BreakOpportunity::Allowed {
                continue;
            }
            let word = text[from..end].trim_end();
            let word_columns = columns(word);
            if used + word_columns > width && from > lines.start {
                lines.end_at(from);
                used = 0;
            }
            if word_columns > width {
                lines.break_word(from + word.len());
                used = columns(&text[lines.start..from + word.len()]);
            } else {
                used += word_columns;
            }
            used += columns(text[from + word.len()..end].trim_end_matches('\n'));
            if opportunity == BreakOpportunity::Mandatory {
                lines.end_at(end);
                used = 0;
            }
            if lines.done.len() >= max_lines {
                break;
            }
            from = end;
        }
        let omitted = text[lines.start..].chars().count() + self.omitted;
        Wrapped { lines: lines.done, omitted }
    }
}

/// Collects the lines of a paragraph while it is wrapped.
struct LineWrapper<'a> {
    line: &'a StyledLine,
    width: usize,
    max_lines: usize,
    /// The byte offset at which the next line starts.
    start: usize,
    done: Vec<StyledLine>,
}

impl LineWrapper<'_> {
    /// Ends the line at a byte offset and trims trailing whitespace.
    fn end_at(&mut self, end: usize) {
        if self.done.len() < self.max_lines {
            let text = self.line.text[self.start..end].trim_end();
            self.done.push(self.line.slice(self.start..self.start + text.len()));
            self.start = end;
        }
    }

    /// Breaks a word that is longer than a line; its last part stays on the open line.
    fn break_word(&mut self, end: usize) {
        while self.done.len() < self.max_lines {
            let fits = self.line.fitting_end(self.start..end, self.width);
            if fits >= end {
                return;
            }
            self.end_at(fits);
        }
    }
}
