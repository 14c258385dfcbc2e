//! Excerpts: the lines of a source that a finding is about, ready to display.
//!
//! An excerpt is bounded for any file: it has few lines, irrelevant parts of long lines are omitted, and control
//! characters are escaped. It maps positions of the source to positions in the excerpt.

use std::ops::Range;

use super::{Source, sanitize};

/// Ranges this many lines apart, or more, do not share an excerpt.
const FAR_APART: usize = 50;
/// Of a range this many lines high, or more, only the first line is underlined.
const TALL: usize = 50;
/// A shorter part, in bytes, is not worth omitting.
const WORTH_OMITTING: usize = 8;

/// How much of a long line is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// A line of at most this many characters is shown whole.
    pub(super) line: usize,
    /// In a longer line, this many characters are shown on either side of the start and end of a range.
    pub(super) around: usize,
    /// The text that replaces an omitted part.
    pub(super) omission: &'static str,
}

/// Lines of a source, ready to display.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines, each ended by `\n`.
    pub(super) text: String,
    /// The number of the first line, from 1.
    pub(super) first_line: usize,
    /// The parts of the source that are shown, in order: their bytes there, and where they start here. Every line has at
    /// least one.
    shown: Vec<(Range<usize>, usize)>,
}

impl Excerpt {
    /// The lines from the first to the last that `ranges` touch. The caller makes sure that there are few, with [`fit`] and
    /// [`passages`], or [`fit_together`].
    pub(super) fn new(source: &Source, ranges: &[Range<usize>], window: Window) -> Self {
        let mut points: Vec<usize> = ranges.iter().flat_map(|range| [range.start, range.end]).collect();
        points.sort_unstable();
        points.dedup();

        let line_of = |offset: &usize| source.line_at(*offset);
        let first_line = points.first().map_or(1, line_of);
        let last_line = points.last().map_or(1, line_of);
        let mut excerpt = Self { text: String::new(), first_line, shown: Vec::new() };
        for line in (first_line..=last_line).filter_map(|line| source.line_range(line)) {
            let from = points.partition_point(|&point| point < line.start);
            let to = points.partition_point(|&point| point <= line.end);
            excerpt.push_line(source.text(), line, &points[from..to], window);
        }
        excerpt
    }

    fn push_line(&mut self, text: &str, line: Range<usize>, points: &[usize], window: Window) {
        let mut shown = line.start;
        for part in parts(text, &line, points, window) {
            if part.start > shown {
                self.text.push_str(window.omission);
            }
            self.shown.push((part.clone(), self.text.len()));
            self.text.push_str(&sanitize::text(&text[part.clone()]));
            shown = part.end;
        }
        if shown < line.end {
            self.text.push_str(window.omission);
        }
        self.text.push('\n');
    }

    /// Maps a range of the source to a range of [`text`](Self::text). A position that is not shown maps to the nearest shown
    /// position before it.
    pub(super) fn locate(&self, source: &Source, range: &Range<usize>) -> Range<usize> {
        let start = self.locate_offset(source, range.start);
        start..self.locate_offset(source, range.end).max(start)
    }

    fn locate_offset(&self, source: &Source, offset: usize) -> usize {
        let after = self.shown.partition_point(|(part, _)| part.start <= offset);
        let Some((part, at)) = after.checked_sub(1).map(|index| &self.shown[index]) else {
            return 0;
        };
        let before = &source.text()[part.start..offset.min(part.end)];
        at + sanitize::text(before).len()
    }
}

/// A range as an excerpt can show it: without line breaks at its end, and only the first line of a very tall one.
pub(super) fn fit(source: &Source, range: Range<usize>) -> Range<usize> {
    let pointed = source.text()[range.clone()].trim_end_matches(['\n', '\r']);
    let first = source.line_at(range.start);
    let first_line_end = source.line_range(first).map_or(range.start, |line| line.end);
    let start = range.start.min(first_line_end);
    let end = (range.start + pointed.len()).max(start);
    let tall = source.line_at(end) - first >= TALL;
    start..if tall { first_line_end } else { end }
}

/// Groups the indexes of ranges that can share an excerpt, from top to bottom.
pub(super) fn passages(source: &Source, ranges: &[Range<usize>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&index| ranges[index].start);

    let mut passages: Vec<Vec<usize>> = Vec::new();
    let mut bottom = 0;
    for index in order {
        let range = &ranges[index];
        let near = source.line_at(range.start) < bottom + FAR_APART;
        match passages.last_mut() {
            Some(passage) if near => passage.push(index),
            _ => passages.push(vec![index]),
        }
        bottom = bottom.max(source.line_at(range.end));
    }
    passages
}

/// Whether ranges are close and low enough for one excerpt to show every line they touch.
pub(super) fn fit_together(source: &Source, ranges: &[Range<usize>]) -> bool {
    let top = ranges.iter().map(|range| source.line_at(range.start)).min();
    let bottom = ranges.iter().map(|range| source.line_at(range.end)).max();
    top.zip(bottom).is_some_and(|(top, bottom)| bottom - top < TALL)
}

/// The parts of a line to show: all of it, or the surroundings of the points, or its start if there are none.
fn parts(text: &str, line: &Range<usize>, points: &[usize], window: Window) -> Vec<Range<usize>> {
    let content = &text[line.clone()];
    if content.chars().nth(window.line).is_none() {
        return vec![line.clone()];
    }
    if points.is_empty() {
        let end = line.start + bytes_of_first(content, 2 * window.around);
        return std::iter::once(line.start..end).collect();
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for &point in points {
        let before = bytes_of_last(&text[line.start..point], window.around);
        let after = bytes_of_first(&text[point..line.end], window.around);
        let (mut start, mut end) = (point - before, point + after);
        if start - line.start < WORTH_OMITTING {
            start = line.start;
        }
        if line.end - end < WORTH_OMITTING {
            end = line.end;
        }
        match parts.last_mut() {
            Some(last) if start < last.end + WORTH_OMITTING => last.end = end,
            _ => parts.push(start..end),
        }
    }
    parts
}

fn bytes_of_first(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

fn bytes_of_last(text: &str, characters: usize) -> usize {
    let Some(last) = characters.checked_sub(1) else {
        return 0;
    };
    text.char_indices().rev().nth(last).map_or(text.len(), |(at, _)| text.len() - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { line: 40, around: 5, omission: "…" };

    /// The excerpt around the text between `«` and `»`, with the same marks around the mapped range.
    fn excerpt_around(marked: &str) -> (usize, String) {
        let start = marked.find('«').unwrap();
        let end = marked.find('»').unwrap() - '«'.len_utf8();
        let source = Source::new("t", marked.replace(['«', '»'], ""));
        let range = fit(&source, start..end);
        let excerpt = Excerpt::new(&source, std::slice::from_ref(&range), WINDOW);
        let range = excerpt.locate(&source, &range);
        let mut text = excerpt.text;
        text.insert(range.end, '»');
        text.insert(range.start, '«');
        (excerpt.first_line, text)
    }

    #[test]
    fn shows_the_lines_and_maps_the_range() {
        let long = "0123456789".repeat(1000);
        for (marked, first_line, expected) in [
            ("«»".into(), 1, "«»\n".into()),
            ("one\ntwo «three»\nfour".into(), 2, "two «three»\n".to_owned()),
            ("one\n«two\nthr»ee\nfour".into(), 2, "«two\nthr»ee\n".into()),
            // line breaks at the end are not underlined
            ("one«\r\n»two".into(), 1, "one«»\n".into()),
            ("one\r«\n»two".into(), 1, "one«»\n".into()),
            ("«one\n\n»two".into(), 1, "«one»\n".into()),
            ("one\n«»".into(), 2, "«»\n".into()),
            // escapes are longer than the characters, so the range grows
            ("\u{1b}[1m«\u{202e}x»\ty".into(), 1, "\\u{1b}[1m«\\u{202e}x»\ty\n".into()),
            // long lines
            (format!("{long}«x»{long}"), 1, "…56789«x»01234…\n".into()),
            (format!("«x»{long}"), 1, "«x»01234…\n".into()),
            (format!("{long}«»"), 1, "…56789«»\n".into()),
            (format!("ab«x{long}y»cd"), 1, "ab«x0123…6789y»cd\n".into()),
            (format!("a«b\n{long}\nc»d"), 1, "a«b\n0123456789…\nc»d\n".into()),
            (format!("{}«é»{}", "é".repeat(50), "é".repeat(50)), 1, "…ééééé«é»ééééé…\n".into()),
            // a tall range
            (format!("a\n«b{}»", "\nx".repeat(50)), 2, "«b»\n".into()),
        ] {
            let name: String = marked.chars().take(60).collect();
            assert_eq!(excerpt_around(&marked), (first_line, expected), "{name:?}");
        }
    }

    #[test]
    fn distant_ranges_get_separate_excerpts() {
        let source = Source::new("t", "x\n".repeat(500));
        // each line is two bytes
        let ranges = [600..601, 0..1, 610..611, 80..81, 999..1000];
        assert_eq!(passages(&source, &ranges), [vec![1, 3], vec![0, 2], vec![4]]);
        assert!(passages(&source, &[]).is_empty());
    }
}
