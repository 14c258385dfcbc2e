//! Breaks lines with ANSI styles into terminal rows.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Starts an ANSI escape sequence.
const ESCAPE: char = '\u{1b}';

/// Breaks styled text into rows of at most `width` columns. Each row starts and ends its own styles.
pub(super) fn rows(text: &str, width: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let plain = anstream::adapter::strip_str(line).to_string();
        if plain.width() <= width {
            rows.push(line.to_owned());
        } else {
            break_line(line, width.max(2), &mut rows);
        }
    }
    rows
}

/// Breaks a line that is too long.
fn break_line(line: &str, width: usize, rows: &mut Vec<String>) {
    let (mut row, mut column) = (String::new(), 0);
    // The active styles, with which the next row starts.
    let mut styles = String::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let length = if character == ESCAPE { escape_length(rest) } else { character.len_utf8() };
        let (piece, then) = rest.split_at(length);
        rest = then;
        if character == ESCAPE {
            row.push_str(piece);
            if piece == "\u{1b}[0m" {
                styles.clear();
            } else {
                styles.push_str(piece);
            }
            continue;
        }
        let columns = character.width().unwrap_or(0);
        if column + columns > width {
            if !styles.is_empty() {
                row.push_str("\u{1b}[0m");
            }
            rows.push(std::mem::replace(&mut row, styles.clone()));
            column = 0;
        }
        row.push_str(piece);
        column += columns;
    }
    rows.push(row);
}

/// The length in bytes of the escape sequence at the start of a string: a style, or a link.
fn escape_length(text: &str) -> usize {
    let rest = &text[1..];
    let end = if rest.starts_with(']') {
        // A link (OSC 8) ends with BEL, or with ESC and a backslash.
        rest.find(['\u{7}', '\\'])
    } else {
        rest.find(|character: char| character.is_ascii_alphabetic())
    };
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_only_lines_that_do_not_fit() {
        for (text, width, expected) in [
            ("one\n\ntwo", 5, vec!["one", "", "two"]),
            ("\u{1b}[1mabc\u{1b}[0m", 3, vec!["\u{1b}[1mabc\u{1b}[0m"]),
            ("ab\u{1b}[1mcd\u{1b}[0mef", 3, vec!["ab\u{1b}[1mc\u{1b}[0m", "\u{1b}[1md\u{1b}[0mef"]),
            ("a字b", 2, vec!["a", "字", "b"]),
            (
                "\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                4,
                vec!["\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\"],
            ),
        ] {
            assert_eq!(rows(text, width), expected, "{text:?}");
        }
    }
}
