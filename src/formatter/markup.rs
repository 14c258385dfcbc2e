//! Markup: the inside of an output or tag, with one space between its parts.

use crate::liquid::syntax::lexer::{Token, TokenKind};

/// Operators, longer ones first.
const OPERATORS: [&str; 7] = ["==", "!=", "<>", "<=", ">=", "<", ">"];

/// An output or tag with its delimiters. What spans several lines stays as it is, and so does a comment.
pub(super) fn write(lexeme: &Token<'_>, source: &str) -> String {
    let written = lexeme.span.of(source);
    let content = lexeme.content.of(source);
    if content.contains('\n') || lexeme.tag_name() == "#" {
        return written.to_owned();
    }
    let (open, close) = match lexeme.kind {
        TokenKind::Output => ("{{", "}}"),
        _ => ("{%", "%}"),
    };
    let has_mark = |mark: bool| if mark { "-" } else { "" };
    let left = has_mark(written[open.len()..].starts_with('-'));
    let right = has_mark(written[..written.len() - close.len()].ends_with('-') && written.len() > 5);
    let inside = spaced(content, lexeme.kind);
    let space = if inside.is_empty() { "" } else { " " };
    format!("{open}{left} {inside}{space}{right}{close}")
}

/// The content of a delimiter with regular spacing outside strings.
fn spaced(content: &str, kind: TokenKind<'_>) -> String {
    let mut text = String::with_capacity(content.len() + 8);
    let mut rest = content;
    let is_assignment = matches!(kind, TokenKind::Tag { name: "assign", .. });
    let mut has_assigned = false;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'') {
            let length = rest[1..].find(first).map_or(rest.len(), |end| end + 2);
            text.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        if let Some(operator) = OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
            around(&mut text, operator);
            rest = rest[operator.len()..].trim_start();
            continue;
        }
        match first {
            '|' => {
                around(&mut text, "|");
                rest = rest[1..].trim_start();
            }
            '=' if is_assignment && !has_assigned => {
                has_assigned = true;
                around(&mut text, "=");
                rest = rest[1..].trim_start();
            }
            ',' | ':' => {
                text.truncate(text.trim_end().len());
                text.push(first);
                text.push(' ');
                rest = rest[1..].trim_start();
            }
            first if first.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
                rest = rest.trim_start();
            }
            first => {
                text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Adds an operator with a space on both sides.
fn around(text: &mut String, operator: &str) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(operator);
    text.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::Arena;
    use crate::liquid::syntax::dialect::Reading;
    use crate::liquid::syntax::lexer::tokenize;

    #[test]
    fn spaces_the_parts_of_outputs_and_tags() {
        for (written, expected) in [
            ("{{a}}", "{{ a }}"),
            ("{{-a-}}", "{{- a -}}"),
            ("{{ a|b:1,'x,  y'|c }}", "{{ a | b: 1, 'x,  y' | c }}"),
            ("{{ a[0] .b }}", "{{ a[0] .b }}"),
            ("{{ (1..3) }}", "{{ (1..3) }}"),
            ("{{ a | b:key:1 }}", "{{ a | b: key: 1 }}"),
            ("{%if a==b and c!='d'%}", "{% if a == b and c != 'd' %}"),
            ("{% if a<=1 or b>2 %}", "{% if a <= 1 or b > 2 %}"),
            ("{% assign  x=a.b %}", "{% assign x = a.b %}"),
            ("{%- else -%}", "{%- else -%}"),
            ("{% cycle 'a':1 , 2 %}", "{% cycle 'a': 1, 2 %}"),
            ("{% # a  comment %}", "{% # a  comment %}"),
            ("{%liquid\n assign x=1\n%}", "{%liquid\n assign x=1\n%}"),
            ("{{ \"a|b\"|upcase }}", "{{ \"a|b\" | upcase }}"),
        ] {
            let (tokens, errors) = tokenize(written, Reading::Exact, &Arena::new());
            assert!(errors.is_empty(), "{written}");
            assert_eq!(write(&tokens[0], written), expected);
        }
    }
}
