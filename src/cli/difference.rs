//! Drawing of differences: one column or two, with the words that changed standing out.

use std::fmt;

use anstyle::{AnsiColor, Style};

use super::card::{Paragraph, StyledLine, Wrapped};
use crate::diagnostics::{Count, Theme, sanitize};
use crate::message::FieldChange;
use crate::snapshot::{Difference, Hunk, Line, Tag, changed_fields, is_sent};

/// From this many columns on, two stand side by side.
const WIDE: usize = 120;
/// The columns of a line's number.
const NUMBER: usize = 4;
/// The columns before a line: two numbers, a bar and a mark, with spaces.
const GUTTER: usize = 2 * NUMBER + 4;

const DIM: Style = Style::new().dimmed();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// What became of the sending of a message, by the contents of its snapshots before and after, where that is what changed.
pub(super) fn sending(old: &str, new: &str) -> Option<&'static str> {
    match (is_sent(old), is_sent(new)) {
        (true, true) => None,
        (true, false) => Some("not sent any more"),
        (false, true) => Some("sent now"),
        (false, false) => Some("not sent, for another reason"),
    }
}

/// What became of a message, in the rest of a line.
pub(super) fn in_words(old: &str, new: &str) -> String {
    let fields = || changed_fields(old, new).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    sending(old, new).map_or_else(fields, str::to_owned)
}

/// A difference on the terminal. Displays as lines.
pub(super) struct Drawing<'a> {
    pub(super) difference: &'a Difference,
    pub(super) theme: Theme,
    pub(super) layout: Layout,
}

/// How many columns a difference is drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One column of whole lines, for output that is searched or saved.
    Unified,
    /// One column, whose long lines are broken between words.
    Wrapped,
    SideBySide,
}

impl Layout {
    /// What the terminal has room for.
    pub(super) const fn fitting(theme: Theme) -> Self {
        if theme.width >= WIDE { Self::SideBySide } else { Self::Unified }
    }

    /// What a screen of this width has room for.
    pub(super) const fn on_screen(theme: Theme) -> Self {
        if theme.width >= WIDE { Self::SideBySide } else { Self::Wrapped }
    }

    /// The other layout of a screen.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Unified | Self::Wrapped => Self::SideBySide,
            Self::SideBySide => Self::Wrapped,
        }
    }
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.difference.fields {
            writeln!(f, "  {}", Field(change))?;
        }
        if !self.difference.fields.is_empty() {
            writeln!(f)?;
        }
        for (place, hunk) in self.difference.hunks.iter().enumerate() {
            if place > 0 {
                writeln!(f, "  {DIM}{}{DIM:#}", if self.theme.unicode { "⋯" } else { "..." })?;
            }
            match self.layout {
                Layout::Unified => self.one_column(hunk, None, f)?,
                Layout::Wrapped => self.one_column(hunk, Some(self.theme.width.saturating_sub(GUTTER).max(10)), f)?,
                Layout::SideBySide => self.side_by_side(hunk, f)?,
            }
        }
        Ok(())
    }
}

/// A field that changed, from what to what.
pub(super) struct Field<'a>(pub(super) &'a FieldChange);

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FieldChange { field, from, to } = self.0;
        let value = |value: &serde_json::Value| sanitize::line(&value.to_string()).into_owned();
        write!(f, "{}: ", sanitize::line(field))?;
        match (from.as_ref().map(value), to.as_ref().map(value)) {
            (Some(from), Some(to)) => write!(f, "{REMOVED}{from}{REMOVED:#} → {ADDED}{to}{ADDED:#}"),
            (None, Some(to)) => write!(f, "added {ADDED}{to}{ADDED:#}"),
            (Some(from), None) => write!(f, "removed {REMOVED}{from}{REMOVED:#}"),
            (None, None) => Ok(()),
        }
    }
}

impl Drawing<'_> {
    const fn bar(&self) -> &'static str {
        if self.theme.unicode { "│" } else { "|" }
    }

    /// One column; with a width, lines are broken to fit into it.
    fn one_column(&self, hunk: &Hunk, width: Option<usize>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut old, mut new) = (hunk.old_line, hunk.new_line);
        for line in &hunk.lines {
            let (left, right) = (line.tag != Tag::Added, line.tag != Tag::Removed);
            let rows = match width {
                Some(width) => wrap(line, width).iter().map(ToString::to_string).collect(),
                None => vec![whole(line)],
            };
            for (place, row) in rows.iter().enumerate() {
                let number =
                    |shown: bool, line: usize| if shown && place == 0 { line.to_string() } else { String::new() };
                write!(f, "{DIM}{:>NUMBER$} {:>NUMBER$} {}{DIM:#}", number(left, old), number(right, new), self.bar())?;
                let style = style(line.tag);
                writeln!(f, "{style}{}{style:#}{row}", line.tag.mark())?;
            }
            old += usize::from(left);
            new += usize::from(right);
        }
        Ok(())
    }

    fn side_by_side(&self, hunk: &Hunk, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.theme.width.saturating_sub(2 * (NUMBER + 3) + 1) / 2;
        let (mut old, mut new) = (hunk.old_line, hunk.new_line);
        for (left, right) in pairs(&hunk.lines) {
            let rows = |line: Option<&Line>| line.map(|line| wrap(line, width.max(10))).unwrap_or_default();
            let (left_rows, right_rows) = (rows(left), rows(right));
            for row in 0..left_rows.len().max(right_rows.len()) {
                let number = |line: Option<&Line>, at: usize| {
                    if row == 0 && line.is_some() { at.to_string() } else { String::new() }
                };
                write!(f, "{DIM}{:>NUMBER$} {DIM:#}", number(left, old))?;
                cell(left, left_rows.get(row), width, f)?;
                write!(f, " {DIM}{}{:>NUMBER$} {DIM:#}", self.bar(), number(right, new))?;
                cell(right, right_rows.get(row), 0, f)?;
                writeln!(f)?;
            }
            old += usize::from(left.is_some());
            new += usize::from(right.is_some());
        }
        Ok(())
    }
}

const fn style(tag: Tag) -> Style {
    match tag {
        Tag::Kept => Style::new(),
        Tag::Removed => REMOVED,
        Tag::Added => ADDED,
    }
}

fn part_style(tag: Tag, changed: bool) -> Style {
    if changed { style(tag).bold().underline() } else { style(tag) }
}

/// Lines that stand beside each other: what was removed beside what was added in its place.
fn pairs(lines: &[Line]) -> Vec<(Option<&Line>, Option<&Line>)> {
    let mut pairs = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        if first.tag == Tag::Kept {
            pairs.push((Some(first), Some(first)));
            rest = &rest[1..];
            continue;
        }
        let run = |lines: &[Line], tag| lines.iter().take_while(|line| line.tag == tag).count();
        let removed = run(rest, Tag::Removed);
        let added = run(&rest[removed..], Tag::Added);
        let (left, right) = (&rest[..removed], &rest[removed..removed + added]);
        pairs.extend((0..removed.max(added)).map(|place| (left.get(place), right.get(place))));
        rest = &rest[removed + added..];
    }
    pairs
}

/// A line in the style of its tag.
fn whole(line: &Line) -> String {
    let part = |(changed, text): &(bool, String)| {
        let style = part_style(line.tag, *changed);
        format!("{style}{}{style:#}", sanitize::line(text))
    };
    line.parts.iter().map(part).collect()
}

/// A line in the style of its tag, broken into rows of at most `width` columns.
fn wrap(line: &Line, width: usize) -> Vec<StyledLine> {
    let mut paragraph = Paragraph::default();
    for (changed, text) in &line.parts {
        paragraph.push_line(part_style(line.tag, *changed), text);
    }
    let Wrapped { mut lines, omitted } = paragraph.wrap(width, usize::MAX);
    if omitted > 0 {
        let rest = format!("and {}", Count("more character", omitted));
        lines.push(StyledLine::default().with(DIM, &rest));
    }
    lines
}

/// A row, filled up to `width` columns.
fn cell(line: Option<&Line>, row: Option<&StyledLine>, width: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let tag = line.map_or(Tag::Kept, |line| line.tag);
    let style = style(tag);
    write!(f, "{style}{}{style:#}", if row.is_some() { tag.mark() } else { ' ' })?;
    write!(f, "{}", row.cloned().unwrap_or_default().padded(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(layout: Layout, width: usize) -> String {
        let old = "{\n  \"title\": \"one two\",\n  \"body\": \"same\"\n}";
        let new = "{\n  \"title\": \"one three\",\n  \"body\": \"same\"\n}";
        let difference = Difference::between(old, new);
        let theme = Theme { width, ..Theme::default() };
        let drawing = Drawing { difference: &difference, theme, layout }.to_string();
        anstream::adapter::strip_str(&drawing).to_string()
    }

    #[test]
    fn one_column() {
        assert_eq!(
            draw(Layout::Unified, 80),
            "  title: \"one two\" → \"one three\"\n\n   1    1 | {\n   2      |-  \"title\": \"one two\",\n        2 |+  \
             \"title\": \"one three\",\n   3    3 |   \"body\": \"same\"\n   4    4 | }\n"
        );
    }

    #[test]
    fn one_column_of_a_screen() {
        let drawn = draw(Layout::Wrapped, 32);
        let lines: Vec<_> = drawn.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "   1    1 | {",
                "   2      |-  \"title\": \"one",
                "          |-two\",",
                "        2 |+  \"title\": \"one",
                "          |+three\",",
                "   3    3 |   \"body\": \"same\"",
                "   4    4 | }",
            ]
        );
    }

    #[test]
    fn two_columns() {
        let drawn = draw(Layout::SideBySide, 55);
        let lines: Vec<_> = drawn.lines().skip(2).map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "   1  {                    |   1  {",
                "   2 -  \"title\": \"one      |   2 +  \"title\": \"one",
                "     -two\",                |     +three\",",
                "   3    \"body\": \"same\"     |   3    \"body\": \"same\"",
                "   4  }                    |   4  }",
            ]
        );
    }
}
