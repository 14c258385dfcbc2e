//! The layout: prints items, on one line where they fit and the author wrote them on one line.

use super::MAX_WIDTH;
use super::token::{Token, TokenKind};
use super::tree::{Group, Item};

/// The indentation of one level.
const INDENT: &str = "  ";

/// Prints the items of a content.
pub(super) fn print(items: &[Item]) -> String {
    let mut printer = Printer { text: String::new(), column: 0 };
    printer.items(items, 0, Around::Nothing);
    let end = printer.text.trim_end().len();
    printer.text.truncate(end);
    printer.text.push('\n');
    printer.text
}

/// What directly encloses items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    Brackets,
    Block,
}

struct Printer {
    text: String,
    /// The width of the current line, in characters.
    column: usize,
}

impl Printer {
    /// Prints items on lines of their own where the author or the brackets around them break lines.
    fn items(&mut self, items: &[Item], indent: usize, around: Around) {
        let mut before: Option<&Token> = None;
        for item in items {
            let first = item.first();
            if first.kind == TokenKind::BlockMiddle {
                self.line_break(indent.saturating_sub(1), first.newlines);
                self.push(&first.text);
                self.line_break(indent, 0);
                before = None;
                continue;
            }
            if let Some(last) = before {
                let is_next_member = around == Around::Brackets && last.kind == TokenKind::Comma;
                let is_kept = first.newlines > 0 && !matches!(first.kind, TokenKind::Comma | TokenKind::Colon);
                if is_next_member || (is_kept && last.kind != TokenKind::Colon) {
                    self.line_break(indent, first.newlines);
                } else {
                    self.push(gap(last, first));
                }
            }
            match item {
                Item::Token(token) => self.push(&token.text),
                Item::Group(group) => self.group(group, indent),
            }
            before = Some(item.last());
        }
    }

    fn group(&mut self, group: &Group, indent: usize) {
        if !group.is_broken {
            let flat = flat(group);
            if !flat.contains('\n') && self.column + width(&flat) <= MAX_WIDTH {
                return self.push(&flat);
            }
        }
        self.push(&group.open.text);
        if !group.items.is_empty() {
            let is_middle = group.items.first().is_some_and(|item| item.first().kind == TokenKind::BlockMiddle);
            if !is_middle {
                self.line_break(indent + 1, 0);
            }
            let around = if group.is_block { Around::Block } else { Around::Brackets };
            self.items(&group.items, indent + 1, around);
        }
        self.line_break(indent, 0);
        self.push(&group.close.text);
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => width(last),
            None => self.column + width(text),
        };
    }

    /// Begins a line; a blank line of the author is kept.
    fn line_break(&mut self, indent: usize, newlines: usize) {
        let end = self.text.trim_end_matches(' ').len();
        // A line that has only been begun is begun again.
        self.text.truncate(end);
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        if newlines > 1 && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
        self.column = 0;
        self.push(&INDENT.repeat(indent));
    }
}

/// A group on one line.
fn flat(group: &Group) -> String {
    let mut text = group.open.text.clone();
    let mut before = &group.open;
    for item in &group.items {
        text.push_str(gap(before, item.first()));
        match item {
            Item::Token(token) => text.push_str(&token.text),
            Item::Group(inner) => text.push_str(&flat(inner)),
        }
        before = item.last();
    }
    text.push_str(gap(before, &group.close));
    text.push_str(&group.close.text);
    text
}

/// What is between two tokens on one line.
fn gap(before: &Token, after: &Token) -> &'static str {
    let as_written = if after.has_space { " " } else { "" };
    match (before.kind, after.kind) {
        (_, TokenKind::Comma | TokenKind::Colon | TokenKind::Close) | (TokenKind::Open, _) => "",
        (TokenKind::Comma, TokenKind::BlockOpen | TokenKind::BlockMiddle | TokenKind::BlockClose) => as_written,
        (TokenKind::Comma | TokenKind::Colon, _) => " ",
        _ => as_written,
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}
