//! Handlebars: `{{#if x}}…{{else}}…{{/if}}`, `{{> partial}}`, `{{! comment }}`.

use std::collections::HashSet;

use super::scan::{Construct, ConstructKind, Token, TokenKind};
use super::words::ROOTS;
use super::{Mistake, Site, extent};
use crate::liquid::Span;

/// Blocks of Handlebars, and the tags of Liquid for them.
const BLOCKS: [(&str, &str); 3] = [("if", "if"), ("unless", "unless"), ("each", "for")];
/// Helpers of Handlebars that compare, as blocks or in parentheses.
const COMPARISONS: [(&str, &str); 17] = [
    ("equals", "=="),
    ("eq", "=="),
    ("is", "=="),
    ("ifEquals", "=="),
    ("compare", "=="),
    ("notEquals", "!="),
    ("ne", "!="),
    ("neq", "!="),
    ("isnt", "!="),
    ("greaterThan", ">"),
    ("gt", ">"),
    ("lessThan", "<"),
    ("lt", "<"),
    ("gte", ">="),
    ("lte", "<="),
    ("contains", "contains"),
    ("includes", "contains"),
];
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
    let is_inverse = opener.tokens[0].span.of(text) == "^";
    let known = BLOCKS.iter().find(|(known, _)| *known == name).filter(|_| !is_inverse).map(|(_, tag)| *tag);
    let comparison = COMPARISONS.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator);
    let comparison = comparison.filter(|_| known.is_none() && opener.tokens.len() > 2);
    let is_scope = name == "with" && known.is_none();
    // A section of Mustache has a path instead of a name.
    let is_section = known.is_none() && comparison.is_none() && !is_scope;
    let tag = if is_inverse { "unless" } else { known.unwrap_or("if") };
    let value_at = if is_section { 1 } else { 2 };
    let value_tokens = opener.tokens.get(value_at..)?;
    let value =
        text.get(opener.tokens.get(value_at).map_or(opener.inner.end, |token| token.span.start)..opener.inner.end)?;
    let value = value.split(" as ").next().unwrap_or(value).trim();
    let condition = match comparison {
        Some(operator) => compared(text, value_tokens, operator, item),
        None if tag == "for" => None,
        None => condition(text, value_tokens, item, 0),
    };
    let is_plain = !value.is_empty() && !value.contains(['(', '@', ' ']);
    let mut is_fix = (known.is_some() || comparison.is_some()) && (condition.is_some() || is_plain);
    let value = condition.unwrap_or_else(|| within(value, item));
    // Outside of loops, the names of Handlebars and Mustache are those of the data.
    let is_data = item.is_none() && is_path(&value) && !is_root(&value) && !text.contains(&format!("assign {value}"));
    let value = if is_data { format!("trigger.{value}") } else { value };
    let own_item = if tag == "for" { Some(element_name(&value)) } else { item.map(str::to_owned) };
    let opening_tag = match (tag, &own_item) {
        _ if is_scope => String::new(),
        ("for", Some(item)) => format!("{{% for {item} in {value} %}}"),
        _ => format!("{{% {tag} {value} %}}"),
    };
    let mut edits = vec![(opener.span, opening_tag)];
    let mut own = vec![start];
    let mut others = Vec::new();
    let mut at = start + 1;
    while let Some(construct) = constructs.get(at) {
        if named(text, construct, "/") == Some(name) {
            let end_tag = if is_scope { String::new() } else { format!("{{% end{tag} %}}") };
            edits.push((construct.span, end_tag));
            own.push(at);
            others.push((construct.span, "it ends here"));
            let written = opener.span.of(text).lines().next().unwrap_or_default();
            let language = if is_section || is_inverse { "Mustache" } else { "Handlebars" };
            let written = if is_section { written.to_owned() } else { format!("{{{{#{name}}}}}") };
            let mut message = format!("`{written}` is {language}, which is not Liquid");
            let help = if is_scope {
                format!("Liquid has no `with`: write the whole paths, such as `{{{{ {value}.name }}}}`")
            } else if is_section && !is_inverse {
                format!("write `{{% for item in {value} %}}` for a list, and `{{% if {value} %}}` for anything else")
            } else {
                message = format!("{message}: write `{{% {tag} … %}}`");
                format!("write `{}`, and `{{% end{tag} %}}` at the end", edits[0].1)
            };
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
    if let Some(path) = written.strip_prefix("../") {
        return outside(path);
    }
    match written.strip_prefix("this") {
        Some(rest) if rest.is_empty() || rest.starts_with(['.', ' ', '[']) => format!("{item}{rest}"),
        Some(rest) if rest.starts_with('/') => format!("{item}.{}", &rest[1..]),
        // Plain names are looked up in the element.
        _ if is_path(written) && !is_root(written) => format!("{item}.{written}"),
        _ => written.to_owned(),
    }
}

/// A path that begins outside of the block.
fn outside(path: &str) -> String {
    let path = path.trim_start_matches("../");
    if is_root(path) { path.to_owned() } else { format!("trigger.{path}") }
}

fn is_path(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '.'))
        && !matches!(text, "true" | "false" | "else" | "nil" | "null" | "empty" | "blank")
}

fn is_root(path: &str) -> bool {
    ROOTS.contains(&path.split(['.', '[']).next().unwrap_or(path))
}

/// Two values with an operator between them.
fn compared(text: &str, tokens: &[Token], operator: &str, item: Option<&str>) -> Option<String> {
    let split = value_end(text, tokens)?;
    let (left, right) = tokens.split_at(split);
    if right.is_empty() || value_end(text, right)? != right.len() {
        return None;
    }
    let value = |tokens: &[Token]| within(extent(tokens).of(text), item);
    Some(format!("{} {operator} {}", value(left), value(right)))
}

/// Where the first value ends.
fn value_end(text: &str, tokens: &[Token]) -> Option<usize> {
    let first = tokens.first()?;
    if !matches!(first.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Number) {
        return None;
    }
    let mut end = 1;
    while let [dot, name, ..] = tokens.get(end..)?
        && dot.span.of(text) == "."
        && dot.span.start == tokens[end - 1].span.end
        && name.span.start == dot.span.end
    {
        end += 2;
    }
    Some(end)
}

/// A condition with helpers in parentheses: `(eq a b)`, `(and (gt a 1) b)`, `(not a)`. `None` if it is none.
fn condition(text: &str, tokens: &[Token], item: Option<&str>, depth: usize) -> Option<String> {
    let [open, name, rest @ .., close] = tokens else { return None };
    if depth > 5 || open.span.of(text) != "(" || close.span.of(text) != ")" {
        return None;
    }
    let name = name.span.of(text);
    if let Some((_, operator)) = COMPARISONS.iter().find(|(known, _)| *known == name) {
        return compared(text, rest, operator, item);
    }
    if !matches!(name, "and" | "or" | "not") {
        return None;
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < rest.len() {
        let end = if rest[at].span.of(text) == "(" {
            let mut level = 0_i32;
            let close = rest[at..].iter().position(|token| {
                level += i32::from(token.span.of(text) == "(") - i32::from(token.span.of(text) == ")");
                level == 0
            })?;
            at + close + 1
        } else {
            at + value_end(text, &rest[at..])?
        };
        let part = &rest[at..end];
        let is_group = part[0].span.of(text) == "(";
        // Liquid has no parentheses, so that only comparisons can be parts.
        let written =
            if is_group { condition(text, part, item, depth + 1)? } else { within(extent(part).of(text), item) };
        if written.contains(" and ") || written.contains(" or ") {
            return None;
        }
        parts.push(written);
        at = end;
    }
    match (name, &parts[..]) {
        ("not", [only]) => Some(format!("not {only}")),
        ("and" | "or", [_, _, ..]) => Some(parts.join(&format!(" {name} "))),
        _ => None,
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
        "~" if is_adjacent => {
            let value = site.slice(construct.inner).trim_matches(['~', ' ']);
            let has_end = rest.last().is_some_and(|last| site.is(Some(last), "~"));
            let end = if has_end { "-" } else { "" };
            let edit = (construct.span, format!("{{{{- {value} {end}}}}}"));
            let found = Mistake::new(first.span, "`~` is Handlebars, which is not Liquid: a hyphen trims whitespace");
            Some(found.help(format!("write `{}`", edit.1)).fix(vec![edit]).breaking(site.fails()))
        }
        ".." if site.is(rest.first(), "/") => {
            let path = site.slice(construct.inner);
            let end = path.find(['|', ' ']).unwrap_or(path.len());
            let span = Span::new(construct.inner.start, construct.inner.start + end);
            let meant = outside(&path[..end]);
            let found = Mistake::new(span, "`../` is Handlebars, which is not Liquid: a path begins with its variable");
            Some(found.help(format!("write `{meant}`")).fix(vec![(span, meant)]).breaking(site.fails()))
        }
        "#" | "/" | "^" => {
            let found = mistake(format!("`{{{{{symbol}…}}}}` is Handlebars, which is not Liquid"));
            let help = "write tags: `{% if … %}…{% endif %}`, `{% for item in list %}…{% endfor %}`";
            Some(found.help(help).without_fix(vec![(construct.span, String::new())]))
        }
        // `{{ $5 }}`
        "$" if matches!(rest, [number] if number.kind == TokenKind::Number) => {
            let amount = site.slice(extent(site.tokens()));
            let found = Mistake::new(first.span, "an amount is written outside of the braces");
            Some(found.help(format!("write `{amount}`")).fix(vec![(construct.span, amount.to_owned())]))
        }
        // `{{ $x := y }}`
        "$" | "@" if matches!(rest, [_, equals, _, ..] if site.is_any(Some(equals), &[":=", "="])) => {
            let name = site.slice(rest[0].span);
            let text = format!("{{% assign {name} = {} %}}", site.slice(extent(&rest[2..])));
            let found = Mistake::new(rest[1].span, "an assignment is a tag").breaking(site.fails());
            Some(found.help(format!("write `{text}`")).fix(vec![(construct.span, text)]))
        }
        "@" | "$" | "&" if !rest.is_empty() && !site.is_invalid(rest) => {
            let span = first.span;
            let name = site.slice(extent(rest));
            let found = Mistake::new(span, format!("a name in Liquid has no `{symbol}`")).breaking(site.fails());
            // Without an assignment, the name is one of the data.
            let root = rest.first().map_or("", |root| site.slice(root.span));
            let assigns = |tag: &str| ["", "$"].iter().any(|mark| site.text.contains(&format!("{tag} {mark}{root}")));
            let is_own = ROOTS.contains(&root)
                || ["assign", "for", "capture", "{{"].into_iter().any(assigns) && symbol != "&"
                || symbol == "&" && ["assign", "for", "capture"].into_iter().any(assigns);
            let is_plain = is_own || rest.first().is_none_or(|root| root.kind != TokenKind::Word);
            let prefix = if is_plain { "" } else { "trigger." };
            let edit = (Span::new(span.start, rest[0].span.start), prefix.to_owned());
            Some(found.help(format!("write `{{{{ {prefix}{name} }}}}`")).fix(vec![edit]))
        }
        _ => None,
    }
}
