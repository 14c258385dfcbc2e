//! Breaks lines with ANSI styles into terminal rows.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Starts an ANSI escape sequence.
const ESCAPE: char = '\u{1b}';
/// Ends all styles.
const RESET: &str = "\u{1b}[0m";

/// Breaks styled text into rows of at most `width` columns, between words if possible. Each row starts and ends its own
/// styles, and is indented as the line is.
pub(in crate::cli) fn rows(text: &str, width: usize) -> Vec<String> {
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

/// A character of a line, or an escape sequence.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    columns: usize,
}

impl Piece<'_> {
    fn is_escape(&self) -> bool {
        self.text.starts_with(ESCAPE)
    }

    fn is_space(&self) -> bool {
        self.text == " "
    }
}

/// Breaks a line that is too long.
fn break_line(line: &str, width: usize, rows: &mut Vec<String>) {
    let pieces = pieces(line);
    let visible = || pieces.iter().filter(|piece| !piece.is_escape());
    let indentation = visible().take_while(|piece| piece.is_space()).count().min(width / 2);
    let mut rest = pieces.as_slice();
    // The active styles, with which the next row starts.
    let mut styles = String::new();
    let mut indent = 0;
    while !rest.is_empty() {
        let (mut row, next) = rest.split_at(row_end(rest, width - indent));
        while let [before @ .., last] = row
            && last.is_space()
        {
            row = before;
        }
        let mut text = " ".repeat(indent) + &styles;
        for piece in row {
            text.push_str(piece.text);
            if piece.text == RESET {
                styles.clear();
            } else if piece.is_escape() {
                styles.push_str(piece.text);
            }
        }
        if !next.is_empty() && !styles.is_empty() {
            text.push_str(RESET);
        }
        rows.push(text);
        (rest, indent) = (next, indentation);
    }
}

/// How many pieces the next row takes: those that fit, up to the last space among them if the rest of the row has words.
fn row_end(pieces: &[Piece<'_>], width: usize) -> usize {
    let (mut used, mut after_space, mut has_word) = (0, None, false);
    for (at, piece) in pieces.iter().enumerate() {
        if piece.is_space() {
            // A space that does not fit is dropped at the end of the row.
            used += 1;
            after_space = has_word.then_some(at + 1).or(after_space);
            continue;
        }
        if used + piece.columns > width && at > 0 {
            return after_space.unwrap_or(at);
        }
        used += piece.columns;
        has_word |= !piece.is_escape();
    }
    pieces.len()
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let is_escape = character == ESCAPE;
        let length = if is_escape { escape_length(rest) } else { character.len_utf8() };
        let (text, then) = rest.split_at(length);
        let columns = if is_escape { 0 } else { character.width().unwrap_or(0) };
        pieces.push(Piece { text, columns });
        rest = then;
    }
    pieces
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

    #[test]
    fn breaks_between_words() {
        for (text, width, expected) in [
            ("one two three", 8, vec!["one two", "three"]),
            ("one two three", 7, vec!["one two", "three"]),
            ("  one two three", 9, vec!["  one two", "  three"]),
            ("one   two", 4, vec!["one", "two"]),
            ("      abcdef", 8, vec!["      ab", "    cdef"]),
            ("onetwothree four", 6, vec!["onetwo", "three", "four"]),
            ("\u{1b}[1mone two\u{1b}[0m three", 5, vec!["\u{1b}[1mone\u{1b}[0m", "\u{1b}[1mtwo\u{1b}[0m", "three"]),
            ("         ", 4, vec![""]),
        ] {
            assert_eq!(rows(text, width), expected, "{text:?}");
        }
    }
}
