//! Handlebars: `{{#if x}}…{{else}}…{{/if}}`, `{{> partial}}`, `{{! comment }}`.

use std::collections::HashSet;

use super::scan::{Construct, ConstructKind, TokenKind};
use super::{Mistake, Site, extent};
use crate::liquid::Span;

/// Blocks of Handlebars, and the tags of Liquid for them.
const BLOCKS: [(&str, &str); 3] = [("if", "if"), ("unless", "unless"), ("each", "for")];
/// Variables in a loop.
const LOOP_VARIABLES: [(&str, &str); 4] =
    [("index", "forloop.index0"), ("first", "forloop.first"), ("last", "forloop.last"), ("key", "forloop.index0")];

/// The blocks of Handlebars in a text: one mistake for each, and the constructs that belong to them.
pub(super) fn blocks(text: &str, constructs: &[Construct]) -> (Vec<Mistake>, HashSet<usize>) {
    let mut found = Vec::new();
    let mut taken = HashSet::new();
    let mut at = 0;
    while at < constructs.len() {
        if opening(text, &constructs[at]).is_some()
            && let Some((mistake, end, own)) = block(text, constructs, at, None, 0)
        {
            found.push(mistake);
            taken.extend(own);
            at = end;
        }
        at += 1;
    }
    (found, taken)
}

/// The name after `{{#`.
fn opening<'t>(text: &'t str, construct: &Construct) -> Option<&'t str> {
    named(text, construct, "#").or_else(|| named(text, construct, "^"))
}

fn named<'t>(text: &'t str, construct: &Construct, symbol: &str) -> Option<&'t str> {
    let [first, name, ..] = &construct.tokens[..] else { return None };
    let is_own =
        construct.kind == ConstructKind::Output && first.span.of(text) == symbol && name.kind == TokenKind::Word;
    is_own.then(|| name.span.of(text))
}

/// A block with everything in it: its mistake, its last construct, and all constructs that belong to it. `item` is the
/// name of the element of the loop around it.
fn block(
    text: &str,
    constructs: &[Construct],
    start: usize,
    item: Option<&str>,
    depth: usize,
) -> Option<(Mistake, usize, Vec<usize>)> {
    if depth > 20 {
        return None;
    }
    let opener = &constructs[start];
    let name = opening(text, opener)?;
    let tag = BLOCKS.iter().find(|(known, _)| *known == name).map(|(_, tag)| *tag);
    let mut is_fix = tag.is_some();
    // A section of Mustache has a path instead of a name.
    let is_section = tag.is_none() && opener.tokens.get(2).is_some_and(|dot| dot.span.of(text) == ".");
    let is_inverse = opener.tokens[0].span.of(text) == "^";
    let tag = if is_inverse { "unless" } else { tag.unwrap_or("if") };
    let value_at = if is_section || is_inverse { 1 } else { 2 };
    let value =
        text.get(opener.tokens.get(value_at).map_or(opener.inner.end, |token| token.span.start)..opener.inner.end)?;
    let value = value.split(" as ").next().unwrap_or(value).trim();
    is_fix &= !value.is_empty() && !value.contains(['(', '@', '.']) | value.contains('.') && !value.contains(' ');
    let value = within(value, item);
    let own_item = if tag == "for" { Some(element_name(&value)) } else { item.map(str::to_owned) };
    let opening_tag = match (tag, &own_item) {
        ("for", Some(item)) => format!("{{% for {item} in {value} %}}"),
        _ => format!("{{% {tag} {value} %}}"),
    };
    let mut edits = vec![(opener.span, opening_tag)];
    let mut own = vec![start];
    let mut others = Vec::new();
    let mut at = start + 1;
    while let Some(construct) = constructs.get(at) {
        if named(text, construct, "/") == Some(name) {
            edits.push((construct.span, format!("{{% end{tag} %}}")));
            own.push(at);
            others.push((construct.span, "it ends here"));
            let written = opener.span.of(text).lines().next().unwrap_or_default();
            let written = if is_section || is_inverse { written.to_owned() } else { format!("{{{{#{name}}}}}") };
            let message = format!("`{written}` is Handlebars, which is not Liquid: write `{{% {tag} … %}}`");
            let help = format!("write `{}`, and `{{% end{tag} %}}` at the end", edits[0].1);
            let mut mistake = Mistake::new(opener.span, message).help(help);
            mistake.others = others;
            let mistake = if is_fix { mistake.fix(edits) } else { mistake.without_fix(edits) };
            return Some((mistake, at, own));
        }
        if opening(text, construct).is_some() {
            let (inner, end, inner_own) = block(text, constructs, at, own_item.as_deref(), depth + 1)?;
            is_fix &= inner.is_fix;
            edits.extend(inner.edits);
            own.extend(inner_own);
            at = end + 1;
            continue;
        }
        if construct.kind == ConstructKind::Output {
            let inner = construct.inner.of(text);
            if inner == "else" || inner == "^" {
                edits.push((construct.span, "{% else %}".to_owned()));
                own.push(at);
            } else if let Some(condition) = inner.strip_prefix("else if ") {
                edits.push((construct.span, format!("{{% elsif {} %}}", within(condition.trim(), item))));
                own.push(at);
            } else if let Some(item) = own_item.as_deref() {
                let meant = within(inner, Some(item));
                if meant != inner {
                    edits.push((construct.inner, meant));
                    own.push(at);
                } else if !super::words::ROOTS.iter().any(|root| inner.starts_with(root)) {
                    // In a loop, Handlebars looks up plain names in the element first.
                    is_fix = false;
                }
            }
        }
        at += 1;
    }
    None
}

/// An expression inside a loop, where `this` is the element.
fn within(written: &str, item: Option<&str>) -> String {
    let Some(item) = item else { return written.to_owned() };
    if let Some(name) = written.strip_prefix('@') {
        let known = LOOP_VARIABLES.iter().find(|(known, _)| *known == name);
        return known.map_or_else(|| written.to_owned(), |(_, meant)| (*meant).to_owned());
    }
    match written.strip_prefix("this") {
        Some(rest) if rest.is_empty() || rest.starts_with(['.', ' ', '[']) => format!("{item}{rest}"),
        _ => written.to_owned(),
    }
}

/// A name for the elements of a list.
fn element_name(list: &str) -> String {
    let name = list.rsplit('.').next().unwrap_or(list);
    let word: String = name.chars().filter(|next| next.is_alphanumeric() || *next == '_').collect();
    match word.strip_suffix('s') {
        Some(singular) if singular.len() > 1 => singular.to_owned(),
        _ => "item".to_owned(),
    }
}

/// An output of Handlebars that belongs to no block.
pub(super) fn stray(site: Site<'_>) -> Option<Mistake> {
    let construct = site.construct;
    let [first, rest @ ..] = site.tokens() else { return None };
    if construct.kind != ConstructKind::Output || first.kind != TokenKind::Symbol {
        return None;
    }
    let symbol = site.slice(first.span);
    let is_adjacent = first.span.start == construct.span.start + 2;
    let mistake = |message: String| Mistake::new(construct.span, message).breaking(site.fails());
    match symbol {
        "!" if is_adjacent => {
            let comment = site.slice(construct.inner).trim_start_matches(['!', '-']).trim_end_matches('-').trim();
            let edit = (construct.span, format!("{{% comment %}} {comment} {{% endcomment %}}"));
            let found = mistake("`{{! … }}` is a comment in Handlebars, not in Liquid".to_owned());
            Some(found.help("write `{% comment %}…{% endcomment %}`").fix(vec![edit]))
        }
        ">" => {
            let name = site.slice(extent(rest)).trim_matches(['"', '\'']);
            let is_name = !name.is_empty() && name.chars().all(|next| next.is_alphanumeric() || next == '_');
            let text = format!("{{{{ snippets.{name} }}}}");
            let found = mistake("`{{> … }}` is Handlebars, which is not Liquid: a snippet is a variable".to_owned());
            let found = found.help(format!("write `{text}`"));
            Some(if is_name { found.fix(vec![(construct.span, text)]) } else { found.without_fix(site.neutral()) })
        }
        "#" | "/" | "^" => {
            let found = mistake(format!("`{{{{{symbol}…}}}}` is Handlebars, which is not Liquid"));
            let help = "write tags: `{% if … %}…{% endif %}`, `{% for item in list %}…{% endfor %}`";
            Some(found.help(help).without_fix(vec![(construct.span, String::new())]))
        }
        "@" | "$" | "&" if !rest.is_empty() && !site.is_invalid(rest) => {
            let span = first.span;
            let name = site.slice(extent(rest));
            let found = Mistake::new(span, format!("a name in Liquid has no `{symbol}`")).breaking(site.fails());
            let edit = (Span::new(span.start, rest[0].span.start), String::new());
            Some(found.help(format!("write `{{{{ {name} }}}}`")).fix(vec![edit]))
        }
        _ => None,
    }
}
