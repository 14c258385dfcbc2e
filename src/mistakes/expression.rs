//! The parts of outputs and tags that hold expressions, and the row for them.

use super::scan::{ConstructKind, Token, TokenKind};
use super::{Mistake, Site, condition, extent, tags, value};
use crate::liquid::Span;

/// What the tokens of an output or tag are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'s> {
    /// The condition of a branch.
    Condition(&'s [Token]),
    /// A value with filters that is printed.
    Output(&'s [Token]),
    /// The name and the value of an `assign`; the name may be followed by something else than `=`.
    Assign(&'s [Token]),
    /// The opening tag of a loop.
    Loop(&'s [Token]),
    /// The values of a branch of `case`.
    When(&'s [Token]),
    /// Something else.
    Other,
}

impl<'s> Site<'s> {
    pub(super) fn role(self) -> Role<'s> {
        let tokens = self.tokens();
        if self.construct.kind == ConstructKind::Output {
            return Role::Output(tokens);
        }
        let arguments = tags::arguments(self.text, self.construct);
        match self.meant_name() {
            "if" | "elsif" | "unless" => Role::Condition(arguments),
            "echo" => Role::Output(arguments),
            "assign" => Role::Assign(arguments),
            "for" | "tablerow" => Role::Loop(arguments),
            "when" => Role::When(arguments),
            _ => Role::Other,
        }
    }

    /// Whether Liquid cannot parse the output or tag.
    pub(super) fn fails(self) -> bool {
        let is_output = self.construct.kind == ConstructKind::Output;
        if is_output && self.tokens().iter().any(|token| token.kind == TokenKind::Unclosed) {
            return true;
        }
        match self.role() {
            Role::Condition(tokens) | Role::Output(tokens) => self.is_invalid(tokens),
            Role::Assign([_, equals, value @ ..]) => !self.is(Some(equals), "=") || self.is_invalid(value),
            Role::Loop([_, word, ..]) => !self.is(Some(word), "in"),
            Role::Assign(_) | Role::Loop(_) => true,
            Role::When(tokens) => self.is(tokens.first(), "=="),
            Role::Other => false,
        }
    }

    /// The whole output or tag with these edits, for help; `None` if it is long or has several lines.
    pub(super) fn shown_with(self, edits: &[(Span, String)]) -> Option<String> {
        let span = self.construct.span;
        let mut edits: Vec<_> = edits.iter().collect();
        edits.sort_by_key(|(span, _)| *span);
        let (start, end) = (
            edits.first().map_or(span.start, |(edited, _)| edited.start.min(span.start)),
            edits.last().map_or(span.end, |(edited, _)| edited.end.max(span.end)),
        );
        let mut shown = String::new();
        let mut at = start;
        for (edited, text) in edits {
            shown.push_str(self.text.get(at..edited.start)?);
            shown.push_str(text);
            at = edited.end;
        }
        shown.push_str(self.text.get(at..end)?);
        (shown.chars().count() <= 90 && !shown.contains('\n')).then_some(shown)
    }
}

/// The row for expressions.
pub(super) fn expression(site: Site<'_>) -> Option<Mistake> {
    match site.role() {
        Role::Condition([]) => Some(no_condition(site)),
        Role::Condition(tokens) => condition::find(site, tokens),
        Role::Output(tokens) => value::find(site, tokens, None),
        Role::Assign(tokens) => tags::assignment(site, tokens).or_else(|| match tokens {
            [name, equals, value @ ..] if site.is(Some(equals), "=") => value::find(site, value, Some(*name)),
            _ => None,
        }),
        Role::Loop(tokens) => tags::loop_head(site, tokens),
        Role::When(tokens) => tags::when(site, tokens),
        Role::Other => None,
    }
}

/// A branch without a condition.
fn no_condition(site: Site<'_>) -> Mistake {
    let name = site.meant_name();
    let end = site.construct.inner.end;
    let mistake = Mistake::new(site.construct.span, format!("`{name}` has no condition"));
    let help = format!("write one, such as `{{% {name} trigger.name %}}`");
    mistake.help(help).without_fix(vec![(Span::new(end, end), " true".to_owned())])
}

/// The end of the operand that begins at a token: a literal, a range, or a path with its accessors.
pub(super) fn operand_end(site: Site<'_>, tokens: &[Token], at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    let mut end = at + 1;
    match first.kind {
        TokenKind::Word | TokenKind::Quoted | TokenKind::Number => {}
        TokenKind::Symbol if site.is(Some(first), "(") => {
            let close = tokens[at..].iter().position(|token| site.is(Some(token), ")"))? + at;
            if !tokens[at..close].iter().any(|token| site.is(Some(token), "..")) {
                return None;
            }
            end = close + 1;
        }
        _ => return None,
    }
    loop {
        let is_adjacent = |next: &Token| next.span.start == tokens[end - 1].span.end;
        match tokens.get(end) {
            Some(next) if site.is(Some(next), ".") && is_adjacent(next) => {
                let name = tokens.get(end + 1).filter(|name| matches!(name.kind, TokenKind::Word | TokenKind::Number));
                if name.is_none_or(|name| name.span.start != next.span.end) {
                    return Some(end);
                }
                end += 2;
            }
            Some(next) if site.is(Some(next), "[") && is_adjacent(next) => {
                let close = tokens[end..].iter().position(|token| site.is(Some(token), "]"))? + end;
                end = close + 1;
            }
            _ => return Some(end),
        }
    }
}

/// Whether the tokens are exactly one operand.
pub(super) fn is_operand(site: Site<'_>, tokens: &[Token]) -> bool {
    operand_end(site, tokens, 0) == Some(tokens.len())
}

/// The position of a token with one of these texts that is not in brackets.
pub(super) fn position(site: Site<'_>, tokens: &[Token], texts: &[&str]) -> Option<usize> {
    let mut depth = 0_i32;
    tokens.iter().position(|token| {
        if site.is_any(Some(token), &["(", "["]) {
            depth += 1;
        } else if site.is_any(Some(token), &[")", "]"]) {
            depth -= 1;
        }
        depth == 0 && site.is_any(Some(token), texts)
    })
}

/// A name for a variable that holds a filtered value and is not used elsewhere in the text.
pub(super) fn variable_name(site: Site<'_>, value: &[Token], filter: &str) -> String {
    let last = value.iter().rev().find(|token| token.kind == TokenKind::Word);
    let base = last.map_or("value", |token| site.slice(token.span));
    let base = format!("{}_{filter}", base.replace(['-', '?'], "_"));
    let mut name = base.clone();
    let mut number = 2;
    while site.text.contains(&name) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

/// An insertion before the output or tag.
pub(super) fn before(site: Site<'_>, text: String) -> (Span, String) {
    let start = site.construct.span.start;
    (Span::new(start, start), text)
}

/// A replacement of these tokens.
pub(super) fn replace(tokens: &[Token], text: impl Into<String>) -> (Span, String) {
    (extent(tokens), text.into())
}
