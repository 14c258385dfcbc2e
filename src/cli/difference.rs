//! Drawing of differences: one column or two, with the words that changed standing out.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar;

use crate::diagnostics::{Theme, sanitize};
use crate::message::FieldChange;
use crate::snapshot::{Difference, Hunk, Line, Tag, changed_fields, is_sent};

/// From this many columns on, two stand side by side.
const WIDE: usize = 120;
/// The columns of a line's number.
const NUMBER: usize = 4;

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
    Unified,
    SideBySide,
}

impl Layout {
    /// What the terminal has room for.
    pub(super) const fn fitting(theme: Theme) -> Self {
        if theme.width >= WIDE { Self::SideBySide } else { Self::Unified }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Unified => Self::SideBySide,
            Self::SideBySide => Self::Unified,
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
                Layout::Unified => self.unified(hunk, f)?,
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

    fn unified(&self, hunk: &Hunk, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut old, mut new) = (hunk.old_line, hunk.new_line);
        for line in &hunk.lines {
            let (left, right) = (line.tag != Tag::Added, line.tag != Tag::Removed);
            let number = |shown: bool, line: usize| if shown { line.to_string() } else { String::new() };
            write!(f, "{DIM}{:>NUMBER$} {:>NUMBER$} {}{DIM:#}", number(left, old), number(right, new), self.bar())?;
            let style = style(line.tag);
            write!(f, "{style}{}{style:#}", line.tag.mark())?;
            for (changed, text) in &line.parts {
                write_part(line.tag, *changed, &sanitize::line(text), f)?;
            }
            writeln!(f)?;
            old += usize::from(left);
            new += usize::from(right);
        }
        Ok(())
    }

    fn side_by_side(&self, hunk: &Hunk, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.theme.width.saturating_sub(2 * (NUMBER + 3) + 1) / 2;
        let (mut old, mut new) = (hunk.old_line, hunk.new_line);
        for (left, right) in pairs(&hunk.lines) {
            let rows = |line: Option<&Line>| line.map(|line| wrap(&line.parts, width.max(10))).unwrap_or_default();
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

fn write_part(tag: Tag, changed: bool, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let style = if changed { style(tag).bold().underline() } else { style(tag) };
    write!(f, "{style}{text}{style:#}")
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

/// A part of a line in a column of its own, and whether it changed.
type Row = Vec<(bool, String)>;

/// Breaks a line into rows of `width` columns.
fn wrap(parts: &[(bool, String)], width: usize) -> Vec<Row> {
    let mut rows = vec![Row::new()];
    let mut room = width;
    for (changed, text) in parts {
        let text = sanitize::line(text);
        let mut piece = String::new();
        for character in text.chars() {
            let columns = character.width().unwrap_or(0);
            if columns > room {
                push(&mut rows, *changed, std::mem::take(&mut piece));
                rows.push(Row::new());
                room = width;
            }
            room = room.saturating_sub(columns);
            piece.push(character);
        }
        push(&mut rows, *changed, piece);
    }
    rows
}

fn push(rows: &mut [Row], changed: bool, piece: String) {
    if let Some(row) = rows.last_mut().filter(|_| !piece.is_empty()) {
        row.push((changed, piece));
    }
}

/// A row, filled up to `width` columns.
fn cell(line: Option<&Line>, row: Option<&Row>, width: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let tag = line.map_or(Tag::Kept, |line| line.tag);
    let style = style(tag);
    write!(f, "{style}{}{style:#}", if row.is_some() { tag.mark() } else { ' ' })?;
    let mut columns = 0;
    for (changed, text) in row.into_iter().flatten() {
        write_part(tag, *changed, text, f)?;
        columns += text.chars().filter_map(UnicodeWidthChar::width).sum::<usize>();
    }
    for _ in columns..width {
        f.write_char(' ')?;
    }
    Ok(())
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
    fn two_columns() {
        let drawn = draw(Layout::SideBySide, 55);
        let lines: Vec<_> = drawn.lines().skip(2).map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "   1  {                    |   1  {",
                "   2 -  \"title\": \"one two\" |   2 +  \"title\": \"one thre",
                "     -,                    |     +e\",",
                "   3    \"body\": \"same\"     |   3    \"body\": \"same\"",
                "   4  }                    |   4  }",
            ]
        );
    }
}
