//! Lines: styled text of a known width, with nothing in it that could disturb a terminal.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use anstyle::Style;
use unicode_bidi::{BidiClass, bidi_class};
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::diagnostics::sanitize;

/// Characters that may stand on one another; a stack of more is cut. The longest emoji in use have ten.
const MAX_STACK: usize = 20;
/// Bytes of a text that are looked at; more fill no card.
pub(super) const MAX_BYTES: usize = 32 << 10;

/// First strong isolate and pop directional isolate: what stands between cannot reorder what stands around it.
const ISOLATE: [&str; 2] = ["\u{2068}", "\u{2069}"];

/// A line. Displays with its colours and links, as ANSI escape sequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Line {
    text: String,
    /// The styles, in order; each goes from the end of the one before.
    runs: Vec<Run>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    end: usize,
    style: Style,
    link: Option<Arc<str>>,
}

/// The columns that a text takes: each cluster of characters by its own width, as terminals count them.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

impl Line {
    /// Appends a text of which nothing is known: what could move the cursor becomes visible.
    pub(in crate::cli) fn push(&mut self, style: Style, text: &str) {
        self.push_linked(style, text, None);
    }

    /// The same, leading to an address.
    pub(super) fn push_linked(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        self.push_harmless(style, &sanitize::line(split(text, MAX_BYTES).0), link);
    }

    /// The line with a text appended.
    pub(in crate::cli) fn with(mut self, style: Style, text: &str) -> Self {
        self.push(style, text);
        self
    }

    /// The line with another one appended.
    pub(in crate::cli) fn and(mut self, other: &Self) -> Self {
        self.append(other);
        self
    }

    /// Appends another line.
    pub(in crate::cli) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.runs.extend(other.runs.iter().map(|run| Run { end: start + run.end, ..run.clone() }));
    }

    fn push_harmless(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        push_without_stacks(&mut self.text, text);
        match self.runs.last_mut() {
            Some(last) if last.style == style && last.link.as_ref() == link => last.end = self.text.len(),
            _ if self.text.is_empty() => {}
            _ => self.runs.push(Run { end: self.text.len(), style, link: link.cloned() }),
        }
    }

    /// The columns it takes.
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

    /// Fills it up to a width.
    pub(in crate::cli) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.columns());
        if missing > 0 {
            self.push_harmless(Style::new(), &" ".repeat(missing), None);
        }
        self
    }

    /// As much of it as fits into a width, with `omission` at the end where that is not all.
    pub(in crate::cli) fn cut(self, width: usize, omission: &str) -> Self {
        if self.columns() <= width {
            return self;
        }
        let end = self.end_within(0..self.text.len(), width.saturating_sub(columns(omission)));
        let mut cut = self.slice(0..end);
        let style = cut.runs.last().map_or(Style::new(), |run| run.style);
        cut.push(style, omission);
        let [open, close] = ISOLATE;
        let unclosed = cut.text.matches(open).count().saturating_sub(cut.text.matches(close).count());
        cut.push_harmless(Style::new(), &close.repeat(unclosed), None);
        cut
    }

    /// Two sides at the ends of a line of `width` columns; none where they do not fit.
    pub(super) fn of_two(left: &Self, right: &Self, width: usize) -> Option<Self> {
        const LEAST_GAP: usize = 2;
        let room = width.checked_sub(left.columns() + right.columns())?;
        if room < LEAST_GAP {
            return None;
        }
        let mut line = left.clone();
        line.push_harmless(Style::new(), &" ".repeat(room), None);
        line.append(right);
        Some(line)
    }

    /// The line so that text from right to left inside it cannot move what it is put beside.
    pub(super) fn isolated(self) -> Self {
        let is_reordering = |c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN);
        if self.text.is_ascii() || !self.text.chars().any(is_reordering) {
            return self;
        }
        let [open, close] = ISOLATE;
        let mut isolated = Self::default();
        isolated.push_harmless(Style::new(), open, None);
        isolated.append(&self);
        isolated.push_harmless(Style::new(), close, None);
        isolated
    }

    /// A part of it.
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

    /// Where a line of `width` columns that begins with the range ends: behind at least one cluster.
    fn end_within(&self, range: Range<usize>, width: usize) -> usize {
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

impl fmt::Display for Line {
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

/// The first bytes of a text, up to `most` and whole characters, and the rest.
pub(super) fn split(text: &str, most: usize) -> (&str, &str) {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.split_at(end.unwrap_or(0))
}

/// Appends a text; of characters heaped upon one another, some.
fn push_without_stacks(out: &mut String, text: &str) {
    if text.is_ascii() {
        return out.push_str(text);
    }
    for cluster in text.graphemes(true) {
        match cluster.char_indices().nth(MAX_STACK) {
            Some((end, _)) => out.push_str(&cluster[..end]),
            None => out.push_str(cluster),
        }
    }
}

/// A text of any length, to be broken into lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    /// With line breaks in it.
    line: Line,
    /// How many characters were left away.
    left_away: usize,
}

/// A paragraph as lines.
#[derive(Debug)]
pub(super) struct Wrapped {
    pub(super) lines: Vec<Line>,
    /// How many characters there was no room for.
    pub(super) left_away: usize,
}

impl Paragraph {
    /// Appends a text of which nothing is known; its line breaks stay.
    pub(super) fn push(&mut self, style: Style, text: &str) {
        self.push_linked(style, text, None);
    }

    /// The same, leading to an address.
    pub(super) fn push_linked(&mut self, style: Style, text: &str, link: Option<&Arc<str>>) {
        let room = MAX_BYTES.saturating_sub(self.line.text.len());
        let (looked_at, rest) = split(text, room);
        self.left_away += rest.chars().count();
        self.line.push_harmless(style, &sanitize::text(looked_at).replace('\t', "    "), link);
    }

    /// Appends a text of which nothing is known as a part of one line.
    pub(super) fn push_line(&mut self, style: Style, text: &str) {
        let room = MAX_BYTES.saturating_sub(self.line.text.len());
        let (looked_at, rest) = split(text, room);
        self.left_away += rest.chars().count();
        self.line.push(style, looked_at);
    }

    /// Appends another one.
    pub(super) fn append(&mut self, other: &Self) {
        self.line.append(&other.line);
        self.left_away += other.left_away;
    }

    /// The columns it would take as one line.
    pub(super) fn columns(&self) -> usize {
        self.line.columns()
    }

    /// Whether it is all there, and has no line breaks.
    pub(super) fn is_one_line(&self) -> bool {
        self.left_away == 0 && !self.line.text.contains('\n')
    }

    /// Breaks it into at most `most` lines of at most `width` columns.
    pub(super) fn wrap(&self, width: usize, most: usize) -> Wrapped {
        let width = width.max(2);
        let text = &self.line.text;
        let mut lines = Lines { line: &self.line, width, most, start: 0, done: Vec::new() };
        let (mut from, mut used) = (0, 0);
        for (end, opportunity) in linebreaks(text) {
            // An address stays whole where it can.
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
                lines.break_up_to(from + word.len());
                used = columns(&text[lines.start..from + word.len()]);
            } else {
                used += word_columns;
            }
            used += columns(text[from + word.len()..end].trim_end_matches('\n'));
            if opportunity == BreakOpportunity::Mandatory {
                lines.end_at(end);
                used = 0;
            }
            if lines.done.len() >= most {
                break;
            }
            from = end;
        }
        let left_away = text[lines.start..].chars().count() + self.left_away;
        Wrapped { lines: lines.done, left_away }
    }
}

/// The lines of a paragraph in the making.
struct Lines<'a> {
    line: &'a Line,
    width: usize,
    most: usize,
    /// Where the next line begins.
    start: usize,
    done: Vec<Line>,
}

impl Lines<'_> {
    /// Ends a line, without the blanks at its end.
    fn end_at(&mut self, end: usize) {
        if self.done.len() < self.most {
            let text = self.line.text[self.start..end].trim_end();
            self.done.push(self.line.slice(self.start..self.start + text.len()));
            self.start = end;
        }
    }

    /// Ends lines within a word that is too long for one, as long as more than a line is left.
    fn break_up_to(&mut self, end: usize) {
        while self.done.len() < self.most {
            let fits = self.line.end_within(self.start..end, self.width);
            if fits >= end {
                return;
            }
            self.end_at(fits);
        }
    }
}
