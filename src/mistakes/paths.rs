//! Mistakes in paths, wherever they are written: `a?.b`, `a->b`, `a[0:2]`, `.Name`, and the loop variables of other languages.

use super::expression::operand_end;
use super::scan::{ConstructKind, Token, TokenKind};
use super::words::ROOTS;
use super::{Mistake, Row, Site, extent};
use crate::liquid::Span;

const ROWS: [Row; 5] = [optional, joined, loop_variable, slice, leading_dot];

/// The row for paths.
pub(super) fn path(site: Site<'_>) -> Option<Mistake> {
    ROWS.iter().find_map(|row| row(site))
}

/// A mistake whose edits write what was meant.
fn fixed(site: Site<'_>, mistake: Mistake, edits: Vec<(Span, String)>, help: &str) -> Mistake {
    let shown = site.shown_with(&edits).map_or_else(|| help.to_owned(), |shown| format!("write `{shown}`"));
    mistake.help(shown).fix(edits).breaking(site.fails())
}

const fn are_adjacent(first: &Token, second: &Token) -> bool {
    first.span.end == second.span.start
}

/// `a?.b`, `a?.[0]`, `a!.b`
fn optional(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    let mut edits = Vec::new();
    for (at, dot) in tokens.iter().enumerate().skip(1) {
        let before = &tokens[at - 1];
        let ends_in_mark = matches!(before.kind, TokenKind::Word | TokenKind::Symbol)
            && site.slice(before.span).ends_with(['?', '!'])
            && (before.span.end - before.span.start > 1 || at > 1 && are_adjacent(&tokens[at - 2], before));
        if !ends_in_mark || !site.is(Some(dot), ".") || !are_adjacent(before, dot) {
            continue;
        }
        let Some(next) = tokens.get(at + 1).filter(|next| are_adjacent(dot, next)) else { continue };
        let is_bracket = site.is(Some(next), "[");
        let end = if is_bracket { dot.span.end } else { dot.span.start };
        edits.push((Span::new(before.span.end - 1, end), String::new()));
    }
    let (first, _) = edits.first()?;
    let span = Span::new(first.start, first.start + 2);
    let written = site.slice(span);
    let mistake = Mistake::new(span, format!("Liquid has no `{written}`: a dot comes before the name"));
    Some(fixed(site, mistake, edits, "remove what comes before the dot"))
}

/// `a->b`, `a.'b'`, `a.[0]`, `a . b`
fn joined(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    for at in 1..tokens.len().saturating_sub(1) {
        let (before, token, next) = (&tokens[at - 1], &tokens[at], &tokens[at + 1]);
        if before.kind != TokenKind::Word && !site.is(Some(before), "]") {
            continue;
        }
        let is_joined = are_adjacent(before, token) && are_adjacent(token, next);
        let text_before = site.slice(before.span);
        let (what, help, text) = if is_joined && site.is(Some(token), ">") && text_before.ends_with('-') {
            let name = text_before.trim_end_matches('-');
            let text = format!("{name}.{}", site.slice(next.span));
            ("Liquid has no `->`: a dot comes before the name", "write `.`", text)
        } else if is_joined && site.is(Some(token), ".") && site.is(Some(next), "[") {
            let name = tokens.get(at + 2).filter(|name| name.kind == TokenKind::Word);
            // Handlebars and JMESPath write names in brackets.
            let is_name = name.is_some() && site.is(tokens.get(at + 3), "]");
            let quote = if is_name { "'" } else { "" };
            ("no dot comes before a bracket", "remove the dot", format!("{text_before}[{quote}"))
        } else if is_joined && site.is(Some(token), ".") && next.kind == TokenKind::Quoted {
            let text = format!("{text_before}[{}]", site.slice(next.span));
            ("a name after a dot has no quotes", "write it in brackets", text)
        } else if is_joined && site.is_any(Some(token), &["/", ":", ","]) && is_root_and_name(site, at, before, next) {
            let text = format!("{text_before}.{}", site.slice(next.span));
            ("a dot comes before a name in a path", "write `.`", text)
        } else if is_spaced_path(site, before, token, next) {
            let text = format!("{text_before}.{}", site.slice(next.span));
            ("no space comes before or after the dot of a path", "remove the spaces", text)
        } else {
            continue;
        };
        // The edit covers all of it, because Liquid reads its parts as other names.
        let close = tokens[at..].iter().position(|token| site.is(Some(token), "]")).map(|close| at + close);
        let last = close.filter(|_| text.ends_with(['[', '\''])).unwrap_or(at + 1);
        let mut rest = site.slice(Span::new(next.span.end, tokens[last].span.end)).to_owned();
        if text.ends_with('\'') {
            rest.insert(rest.len() - 1, '\'');
        }
        let edit = (Span::new(before.span.start, tokens[last].span.end), format!("{text}{rest}"));
        return Some(fixed(site, Mistake::new(token.span, what), vec![edit], help));
    }
    None
}

/// `trigger . name`; with a value on each side, the dot joins strings in PHP.
fn is_spaced_path(site: Site<'_>, before: &Token, dot: &Token, next: &Token) -> bool {
    let is_root = ROOTS.contains(&site.slice(before.span));
    let is_name = next.kind == TokenKind::Word && !ROOTS.contains(&site.slice(next.span));
    let has_space = !are_adjacent(before, dot) || !are_adjacent(dot, next);
    is_root && is_name && has_space && site.is(Some(dot), ".")
}

/// Whether a variable of every template and a name are around a token, such as in `customer/first_name`.
fn is_root_and_name(site: Site<'_>, at: usize, before: &Token, next: &Token) -> bool {
    let is_output = site.construct.kind == ConstructKind::Output;
    // Between the arguments of a filter, a comma belongs there.
    let is_first = at == 1 && is_output
        || at > 1 && !site.is_any(site.tokens().get(at), &[","]) && !site.is(site.tokens().get(at - 2), ".");
    is_first
        && ROOTS.contains(&site.slice(before.span))
        && next.kind == TokenKind::Word
        && !ROOTS.contains(&site.slice(next.span))
}

/// The names of loop variables in other languages, and Liquid's.
const LOOP_NAMES: [(&str, &str); 18] = [
    ("index", "index"),
    ("index0", "index0"),
    ("first", "first"),
    ("last", "last"),
    ("length", "length"),
    ("rindex", "rindex"),
    ("rindex0", "rindex0"),
    ("counter", "index"),
    ("counter0", "index0"),
    ("revcounter", "rindex"),
    ("revcounter0", "rindex0"),
    ("revindex", "rindex"),
    ("revindex0", "rindex0"),
    ("iteration", "index"),
    ("position", "index"),
    ("count", "length"),
    ("size", "length"),
    ("total", "length"),
];
const OUTER_LOOP: &str = "assign what you need of the outer loop to a variable before the inner one begins";
/// Those that Liquid has nothing for.
const MISSING_LOOP_NAMES: [(&str, &str); 6] = [
    ("parentloop", OUTER_LOOP),
    ("parent", OUTER_LOOP),
    ("even", "calculate it: `{% assign rest = forloop.index | modulo: 2 %}`"),
    ("odd", "calculate it: `{% assign rest = forloop.index | modulo: 2 %}`"),
    ("depth", OUTER_LOOP),
    ("key", "an element of an object is a pair: `{{ pair[0] }}` is its key"),
];

/// `loop.index`, `forloop.counter`
fn loop_variable(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    // Outside of loops, there are none. A conditional value is the mistake to begin with.
    let is_conditional = site.construct.kind == ConstructKind::Output
        && tokens.iter().any(|token| site.is_any(Some(token), &["if", "?"]));
    if !site.text.contains("for ") || is_conditional {
        return None;
    }
    for at in 0..tokens.len().saturating_sub(2) {
        let [root, dot, name] = [&tokens[at], &tokens[at + 1], &tokens[at + 2]];
        let is_member = at > 0 && site.is(tokens.get(at - 1), ".");
        let is_path = are_adjacent(root, dot) && are_adjacent(dot, name) && site.is(Some(dot), ".");
        if !site.is_any(Some(root), &["loop", "forloop"]) || is_member || !is_path || name.kind != TokenKind::Word {
            continue;
        }
        let (root_text, written) = (site.slice(root.span), site.slice(name.span));
        let defines = |tag: &str| site.text.contains(&format!("{tag} loop"));
        if root_text == "loop" && ["assign", "for", "capture"].into_iter().any(defines) {
            continue;
        }
        let span = Span::new(root.span.start, name.span.end);
        let message = format!("`{root_text}.{written}` is not a variable of Liquid's loops");
        if let Some((_, meant)) = LOOP_NAMES.iter().find(|(known, _)| *known == written) {
            if root_text == "forloop" && *meant == written {
                continue;
            }
            let mistake = Mistake::new(span, message);
            let help = format!("write `forloop.{meant}`");
            return Some(mistake.help(help).fix(vec![(span, format!("forloop.{meant}"))]).breaking(site.fails()));
        }
        if let Some((_, advice)) = MISSING_LOOP_NAMES.iter().find(|(known, _)| *known == written) {
            let mistake = Mistake::new(span, message).help(*advice);
            return Some(mistake.without_fix(vec![(span, "forloop.index".to_owned())]).breaking(site.fails()));
        }
    }
    None
}

/// The positions of a slice: the first, and how many if it has an end.
fn positions(site: Site<'_>, inner: &[Token]) -> Option<(usize, Option<usize>)> {
    let text = site.tokens_text(inner);
    let (separator, includes_end) = if text.contains("...") {
        ("...", false)
    } else if text.contains("..") {
        ("..", true)
    } else {
        (":", false)
    };
    let (low, high) = text.split_once(separator)?;
    let low = if low.trim().is_empty() { 0 } else { low.trim().parse().ok()? };
    if high.trim().is_empty() {
        return Some((low, None));
    }
    let high: usize = high.trim().parse().ok()?;
    Some((low, Some((high + usize::from(includes_end)).checked_sub(low)?)))
}

/// `a[0:2]`, `a[0..1]`
fn slice(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    let open = (1..tokens.len()).find(|at| {
        let (before, token) = (&tokens[at - 1], &tokens[*at]);
        site.is(Some(token), "[")
            && are_adjacent(before, token)
            && (before.kind == TokenKind::Word || site.is(Some(before), "]"))
            && site.is_any(tokens.get(at + 1), &[":"])
            || (site.is(Some(token), "[")
                && site.is_any(tokens.get(at + 2), &[":", ".."])
                && are_adjacent(before, token))
    })?;
    let close = open + tokens[open..].iter().position(|token| site.is(Some(token), "]"))?;
    let span = extent(&tokens[open..=close]);
    let is_loop = matches!(site.meant_name(), "for" | "tablerow");
    let positions = positions(site, &tokens[open + 1..close]);
    if is_loop {
        let mistake = Mistake::new(span, "Liquid has no parts of lists in brackets: a loop has `limit` and `offset`");
        let variable = tokens.get(1).map_or("", |name| site.slice(name.span));
        let mistake = mistake.undefines(variable);
        let arguments = positions.map(|(first, count)| {
            let offset = if first == 0 { String::new() } else { format!(" offset: {first}") };
            count.map_or(offset.clone(), |count| format!("{offset} limit: {count}"))
        });
        if let Some(arguments) = arguments.filter(|_| close + 1 == tokens.len()) {
            return Some(fixed(site, mistake, vec![(span, arguments)], "write `limit: 2` after the list"));
        }
        let help = "write `limit: 2` after the list, and `offset: 1` to skip the first element";
        return Some(mistake.help(help).without_fix(vec![(span, String::new())]).breaking(site.fails()));
    }
    let mistake = Mistake::new(span, "Liquid has no parts of strings and lists in brackets: it has the filter `slice`");
    let is_value = (close + 1 == tokens.len() || site.is(tokens.get(close + 1), "|"))
        && (site.construct.kind == ConstructKind::Output || matches!(site.meant_name(), "assign" | "echo"));
    if let Some((first, Some(count))) = positions.filter(|_| is_value) {
        let edits = vec![(span, format!(" | slice: {first}, {count}"))];
        return Some(fixed(site, mistake, edits, "write the filter `slice`"));
    }
    let help = "assign the part first: `{% assign part = trigger.name | slice: 0, 3 %}` is the first three";
    Some(mistake.help(help).without_fix(vec![(span, String::new())]).breaking(site.fails()))
}

/// Words after which a value begins.
const BEFORE_VALUES: [&str; 17] = [
    "if", "unless", "elsif", "elseif", "else", "case", "when", "and", "or", "not", "in", "contains", "with", "range",
    "eq", "ne", "len",
];

/// `.Name`, as in Go.
fn leading_dot(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    let at = (0..tokens.len().saturating_sub(1)).find(|&at| {
        let (dot, name) = (&tokens[at], &tokens[at + 1]);
        let begins = match at.checked_sub(1).map(|before| &tokens[before]) {
            None => true,
            Some(before) if are_adjacent(before, dot) => site.is_any(Some(before), &["(", "$"]),
            Some(before) => match before.kind {
                TokenKind::Word => BEFORE_VALUES.contains(&site.slice(before.span)),
                TokenKind::Symbol => !site.is_any(Some(before), &["]", ")", "|"]),
                _ => false,
            },
        };
        begins && site.is(Some(dot), ".") && name.kind == TokenKind::Word && are_adjacent(dot, name)
    })?;
    let (dot, name) = (&tokens[at], &tokens[at + 1]);
    let end = operand_end(site, tokens, at + 1).map_or(name.span.end, |end| tokens[end - 1].span.end);
    let path = Span::new(name.span.start, end);
    let span = Span::new(dot.span.start, end);
    let mistake =
        Mistake::new(span, format!("`{}` is Go, which is not Liquid: a path begins with a name", site.slice(span)));
    if ROOTS.contains(&site.slice(name.span)) {
        let edit = (span, site.slice(path).to_owned());
        return Some(fixed(site, mistake, vec![edit], "remove the dot"));
    }
    let meant = format!("trigger.{}", site.slice(path));
    if site.text.contains("range ") {
        let help = format!("write `{meant}`, or `item.{}` in a loop over `item`", site.slice(path));
        return Some(mistake.help(help).without_fix(vec![(span, meant)]).breaking(site.fails()));
    }
    Some(fixed(site, mistake, vec![(span, meant)], "write `trigger.` before the name"))
}
