//! The table of a template: one row per variable, one column per request, split into blocks that fit the terminal's width.

use std::collections::HashMap;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostics::sanitize;
use crate::rules::{Cell, Table};

/// Spaces between two columns.
const GAP: usize = 2;
/// The columns that every name has, however narrow the terminal.
const MIN_NAME: usize = 24;
/// Ends a name that is cut.
const OMISSION: &str = "...";

/// A column, ready to draw.
struct Column {
    name: String,
    cells: Vec<Cell>,
    width: usize,
}

/// Draws a table in `width` columns of the terminal. A block has at least one request, even if it does not fit.
pub(super) fn write(table: &Table, width: usize, out: &mut dyn Write) -> io::Result<()> {
    // The longest names leave room for a column beside them.
    let longest = (width / 2).max(MIN_NAME);
    let title = cut(&title(table), longest);
    let paths: Vec<_> = table.rows.iter().map(|row| cut(&row.path, longest)).collect();
    let first = paths.iter().chain([&title]).map(|text| text.width()).max().unwrap_or_default();
    let columns = columns(table, width.saturating_sub(first + GAP).max(MIN_NAME));
    let mut rest = columns.as_slice();
    loop {
        let (block, later) = rest.split_at(fitting_columns(rest, width.saturating_sub(first)));
        write_row(&title, first, block.iter().map(|column| (column.name.as_str(), column.width)), out)?;
        for (at, path) in paths.iter().enumerate() {
            let cells =
                block.iter().map(|column| (column.cells.get(at).map_or("", |cell| cell.as_str()), column.width));
            write_row(path, first, cells, out)?;
        }
        writeln!(out)?;
        rest = later;
        if rest.is_empty() {
            return Ok(());
        }
    }
}

/// The title of a table: the template, and its language if it has one.
pub(super) fn title(table: &Table) -> String {
    match &table.language {
        Some(language) => format!("{} ({language})", table.template),
        None => table.template.clone(),
    }
}

fn columns(table: &Table, longest: usize) -> Vec<Column> {
    let column = |(at, name): (usize, &str)| {
        let name = cut(name, longest);
        let cells: Vec<_> = table.rows.iter().filter_map(|row| row.cells.get(at).copied()).collect();
        let widest = Cell::ALL.iter().map(|cell| cell.as_str().width()).max().unwrap_or_default();
        let width = name.width().max(widest);
        Column { name, cells, width }
    };
    shortest_unique_suffixes(&table.columns).into_iter().enumerate().map(column).collect()
}

/// How many of the columns fit; at least one.
fn fitting_columns(columns: &[Column], room: usize) -> usize {
    let mut used = 0;
    let fits = |column: &&Column| {
        used += GAP + column.width;
        used <= room
    };
    columns.iter().take_while(fits).count().max(1).min(columns.len())
}

fn write_row<'a>(
    first: &str,
    width: usize,
    cells: impl Iterator<Item = (&'a str, usize)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut row = padded(first, width);
    for (cell, width) in cells {
        row.push_str(&" ".repeat(GAP));
        row.push_str(&padded(cell, width));
    }
    writeln!(out, "{}", row.trim_end())
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A text for one line; a longer one is cut.
fn cut(text: &str, longest: usize) -> String {
    let text = sanitize::line(text);
    if text.width() <= longest {
        return text.into_owned();
    }
    let mut room = longest.saturating_sub(OMISSION.len());
    let fits = |character: &char| {
        let columns = character.width().unwrap_or(0);
        let fits = columns <= room;
        room = room.saturating_sub(columns);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{kept}{OMISSION}")
}

/// Shortens paths to the shortest suffixes that are unique.
fn shortest_unique_suffixes(names: &[String]) -> Vec<&str> {
    let mut found: Vec<Option<&str>> = vec![None; names.len()];
    let mut count = 1;
    while found.contains(&None) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for name in names {
            *seen.entry(suffix(name, count)).or_default() += 1;
        }
        for (name, found) in names.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let suffix = suffix(name, count);
            *found = Some(suffix).filter(|suffix| seen.get(suffix) == Some(&1) || suffix.len() == name.len());
        }
        count += 1;
    }
    found.into_iter().flatten().collect()
}

/// The last `count` segments of a path.
fn suffix(name: &str, count: usize) -> &str {
    name.rmatch_indices('/').nth(count - 1).map_or(name, |(at, _)| &name[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Kind, MissingBehavior};
    use crate::rules::Row;

    fn drawn(columns: &[&str], width: usize) -> String {
        let row = |path: &str, cell: Cell| Row {
            path: path.to_owned(),
            kind: Kind::Anything,
            missing_behavior: MissingBehavior::Fails,
            cells: vec![cell; columns.len()],
        };
        let table = Table {
            template: "t".to_owned(),
            language: Some("fr".to_owned()),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: vec![row("trigger.日本", Cell::Fails), row("trigger.name", Cell::Unread)],
        };
        let mut out = Vec::new();
        write(&table, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn splits_columns_into_blocks_that_fit() {
        let expected = "\
t (fr)        日本語    b/c       d/c
trigger.日本  fails     fails     fails
trigger.name  not read  not read  not read

";
        assert_eq!(drawn(&["a/日本語", "a/b/c", "a/d/c"], 42), expected);
        let expected = "\
t (fr)        日本語    b/c
trigger.日本  fails     fails
trigger.name  not read  not read

t (fr)        d/c
trigger.日本  fails
trigger.name  not read

";
        assert_eq!(drawn(&["a/日本語", "a/b/c", "a/d/c"], 41), expected);
        assert_eq!(drawn(&["a", "b"], 1).matches("t (fr)").count(), 2);
        assert_eq!(drawn(&[], 80), "t (fr)\ntrigger.日本\ntrigger.name\n\n");
    }

    #[test]
    fn cuts_names_that_do_not_fit() {
        let long = "n".repeat(300);
        let table = drawn(&[&long, "b\nc"], 60);
        assert!(table.lines().all(|line| line.width() <= 60), "{table}");
        assert!(table.contains("nnn...") && table.contains(r"b\nc"), "{table}");
        for (text, longest, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abc..."),
            ("日本語日本語", 8, "日本..."),
            ("a\nbcdefg", 6, r"a\n..."),
        ] {
            assert_eq!(cut(text, longest), expected);
        }
    }

    #[test]
    fn shortens_names_to_unique_suffixes() {
        for (names, expected) in [
            (vec!["a/x", "a/y"], vec!["x", "y"]),
            (vec!["a/x", "b/x", "b/y"], vec!["a/x", "b/x", "y"]),
            (vec!["x", "a/x"], vec!["x", "a/x"]),
            (vec!["1/a/x", "2/a/x", "a/x"], vec!["1/a/x", "2/a/x", "a/x"]),
            (vec!["", "a/"], vec!["", "a/"]),
        ] {
            let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
            assert_eq!(shortest_unique_suffixes(&names), expected);
        }
    }
}
