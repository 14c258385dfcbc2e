//! Literal text that looks like the code of another language. It is printed as it is.

use super::words::ROOTS;
use super::{Mistake, Site};
use crate::liquid::Span;

/// How other languages mark code in text: the opening and the closing mark, the language, and whether it prints a value.
const MARKS: [(&str, &str, &str, Code); 14] = [
    ("${", "}", "JavaScript", Code::Value),
    ("#{", "}", "Ruby", Code::Value),
    ("<%=", "%>", "ERB", Code::Expression),
    ("<%-", "%>", "EJS", Code::Expression),
    ("<%", "%>", "ERB", Code::Statement),
    ("<?=", "?>", "PHP", Code::Expression),
    ("<?php", "?>", "PHP", Code::Statement),
    ("%%", "%%", "Salesforce", Code::Value),
    ("{#", "#}", "Jinja", Code::Comment),
    ("*|", "|*", "Mailchimp", Code::Value),
    ("{ {", "} }", "", Code::Value),
    ("[[", "]]", "", Code::Path),
    ("%{", "}", "Ruby", Code::Path),
    ("{", "}", "", Code::Path),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    Value,
    /// A path of a variable that every template has. Other text between these marks is usually meant as it is.
    Path,
    /// A value that may be any expression.
    Expression,
    Statement,
    Comment,
}

/// The mistakes in literal text.
pub(super) fn find(site: Site<'_>) -> Vec<Mistake> {
    let text = site.slice(site.construct.span);
    let start = site.construct.span.start;
    let mut found: Vec<Mistake> = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['$', '#', '<', '{', '*', '[', '%']) {
        at += next;
        match mark(&text[at..]) {
            Some((mistake, length)) => {
                let mistake = mistake.moved(start + at);
                at += length;
                match found.last_mut() {
                    // Statements belong together.
                    Some(Mistake { others, is_fix: false, edits, .. }) if !mistake.is_fix && edits.is_empty() => {
                        others.push((mistake.span, "and this"));
                    }
                    _ => found.push(mistake),
                }
            }
            None => at += 1,
        }
    }
    found
}

impl Mistake {
    fn moved(mut self, by: usize) -> Self {
        self.span = Span::new(self.span.start + by, self.span.end + by);
        for (span, _) in &mut self.edits {
            *span = Span::new(span.start + by, span.end + by);
        }
        self
    }
}

/// The code at the start of a text, and its length.
fn mark(text: &str) -> Option<(Mistake, usize)> {
    let (open, close, language, code) = MARKS.iter().find(|(open, ..)| text.starts_with(open))?;
    let line = text.split('\n').next().unwrap_or(text);
    let end = line.get(open.len()..)?.find(close)? + open.len() + close.len();
    let inner = text[open.len()..end - close.len()].trim();
    let span = Span::new(0, end);
    let written = &text[..end];
    let is_path = is_path(inner);
    let root = inner.split(['.', '[']).next().unwrap_or(inner);
    let mistake = |help: String| {
        let message = if language.is_empty() {
            format!("`{written}` is printed as it is: an output has two braces without a space between them")
        } else {
            format!("`{written}` is {language}, which is printed as it is")
        };
        Mistake::new(span, message).help(help).breaking(false)
    };
    let found = match code {
        Code::Comment => {
            let text = format!("{{% comment %}} {inner} {{% endcomment %}}");
            mistake("write `{% comment %}…{% endcomment %}`".to_owned()).fix(vec![(span, text)])
        }
        Code::Path if !inner.contains('.') => return None,
        Code::Value | Code::Path | Code::Expression if is_path && ROOTS.contains(&root) => {
            let text = format!("{{{{ {inner} }}}}");
            mistake(format!("write `{text}`")).fix(vec![(span, text)])
        }
        // Only names: amounts and selectors may look similar.
        Code::Value if is_path && !inner.contains('-') => {
            mistake("write `{{ trigger.name }}` or `{{ customer.name }}`".to_owned())
        }
        Code::Expression if !inner.is_empty() => {
            mistake("write a value of Liquid, such as `{{ trigger.name }}`".to_owned())
        }
        Code::Statement if !inner.is_empty() => mistake("write a tag of Liquid: `{% … %}`".to_owned()),
        _ => return None,
    };
    Some((found, end))
}

fn is_path(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '.' | '[' | ']' | '-'))
}
