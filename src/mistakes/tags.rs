//! The names of tags, and mistakes in the opening tags of loops and assignments.

use super::expression::{before, is_operand, operand_end, position, replace, variable_name};
use super::scan::{Construct, ConstructKind, Token, TokenKind};
use super::words::{TAGS, TagMeant};
use super::{Effect, Mistake, Site, extent, paths};
use crate::diagnostics::misspelling_of;
use crate::liquid::Span;

/// Tags that often appear in outputs, and those of them that have no arguments.
const KEYWORDS: [&str; 11] =
    ["if", "elsif", "unless", "for", "assign", "capture", "case", "when", "elseif", "elif", "range"];
const BARE_KEYWORDS: [&str; 10] =
    ["else", "break", "continue", "end", "endif", "endunless", "endfor", "endcase", "endcapture", "endraw"];

/// The name of the tag that a construct is meant to be; empty if it is none.
pub(super) fn meant_name<'s>(text: &'s str, construct: &Construct) -> &'s str {
    let tokens = &construct.tokens;
    let word = |at: usize| tokens.get(at).map_or("", |token| token.span.of(text));
    if construct.kind == ConstructKind::Output {
        return if is_keyword(text, construct) { in_liquid(word(0)) } else { "" };
    }
    match construct.name(text) {
        "else" if word(1) == "if" => "elsif",
        "end" if tokens.len() == 2 => match word(1) {
            "if" => "endif",
            "for" => "endfor",
            "unless" => "endunless",
            "case" => "endcase",
            "capture" => "endcapture",
            "comment" => "endcomment",
            "raw" => "endraw",
            _ => "end",
        },
        "" if word(0) == "/" && tokens.len() == 2 => match word(1) {
            "if" => "endif",
            "for" => "endfor",
            "unless" => "endunless",
            "case" => "endcase",
            "capture" => "endcapture",
            _ => "",
        },
        // `{% } %}`, `{% } else { %}`
        "" if word(0) == "}" => match (word(1), word(2)) {
            ("", _) | (")", "") => "end",
            ("else", next) if next != "if" => "else",
            _ => "",
        },
        name => in_liquid(name),
    }
}

/// A name in Liquid's spelling.
fn in_liquid(name: &str) -> &str {
    if let Some((_, TagMeant::Tag(meant))) = TAGS.iter().find(|(known, _)| *known == name) {
        return meant;
    }
    let known = KEYWORDS.iter().chain(&BARE_KEYWORDS).find(|known| known.eq_ignore_ascii_case(name));
    known.copied().unwrap_or(name)
}

/// The tokens after the name of a tag.
pub(super) fn arguments<'s>(text: &str, construct: &'s Construct) -> &'s [Token] {
    let tokens = &construct.tokens[..];
    // `{% } else { %}`
    if tokens.first().is_some_and(|brace| brace.span.of(text) == "}") {
        return &[];
    }
    let is_else_if = construct.name(text) == "else" && tokens.get(1).is_some_and(|token| token.span.of(text) == "if");
    tokens.get(if is_else_if { 2 } else { 1 }..).unwrap_or_default()
}

/// Whether an output begins with the name of a tag.
fn is_keyword(text: &str, construct: &Construct) -> bool {
    let word = |at: usize| construct.tokens.get(at).map(|token: &Token| token.span.of(text));
    // `{{ if x then 'a' else 'b' }}` is a value.
    if construct.tokens.iter().any(|token| token.span.of(text) == "then") {
        return false;
    }
    match (word(0), word(1)) {
        (Some(name), None) => BARE_KEYWORDS.contains(&name),
        (Some(name), Some(next)) => {
            // `{{ if .Name }}`
            let is_spaced = construct.tokens[0].span.end < construct.tokens[1].span.start;
            let is_value = matches!(next, "[" | "|" | "==" | "!=") || (next == "." && !is_spaced);
            KEYWORDS.contains(&name) && !is_value || (name == "else" && next == "if")
        }
        _ => false,
    }
}

/// The edits that turn an output into a tag; none for a tag.
pub(super) fn as_tag(construct: &Construct) -> Vec<(Span, String)> {
    if construct.kind != ConstructKind::Output {
        return Vec::new();
    }
    let Span { start, end } = construct.span;
    vec![(Span::new(start, start + 2), "{%".to_owned()), (Span::new(end - 2, end), "%}".to_owned())]
}

/// A tag that is written in the braces of an output.
pub(super) fn tag_in_output(site: Site<'_>) -> Option<Mistake> {
    if site.construct.kind != ConstructKind::Output || !is_keyword(site.text, site.construct) {
        return None;
    }
    let name = site.tokens().first()?;
    let message = format!("`{}` is a tag: write it between `{{%` and `%}}`", site.slice(name.span));
    let mut edits = as_tag(site.construct);
    if let [range, dot, list @ ..] = site.tokens()
        && site.is(Some(range), "range")
    {
        // `{{ range .Items }}`
        let is_go = site.is(Some(dot), ".") && !list.is_empty();
        let list = if is_go {
            format!("trigger.{}", site.tokens_text(list))
        } else {
            site.tokens_text(&site.tokens()[1..]).to_owned()
        };
        edits.push(replace(site.tokens(), format!("for item in {list}")));
        let mistake = Mistake::new(range.span, "`range` is Go, which is not Liquid: a loop is a tag `for`");
        let mistake = mistake.help(format!("write `{{% for item in {list} %}}`")).fix(edits);
        return Some(if site.fails() { mistake } else { Mistake { effect: Effect::IgnoredTag, ..mistake } });
    }
    // `{{ if .Name }}`
    edits.extend(paths::path(site).filter(|path| path.is_fix).map(|path| path.edits).unwrap_or_default());
    let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
    let mistake = Mistake::new(name.span, message).help(help).fix(edits);
    // Some of them are read as variables.
    Some(if site.fails() { mistake } else { Mistake { effect: Effect::IgnoredTag, ..mistake } })
}

/// The values of a branch of `case`.
pub(super) fn when(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let shown = |mistake: Mistake, edits: Vec<(Span, String)>| {
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
        Some(mistake.help(help).fix(edits).breaking(site.fails()))
    };
    if let [equals, value, ..] = tokens
        && site.is_any(Some(equals), &["==", "=", "==="])
    {
        let message = format!("`when` needs no `{}`: it compares for equality", site.slice(equals.span));
        let edit = (Span::new(equals.span.start, value.span.start), String::new());
        return shown(Mistake::new(equals.span, message), vec![edit]);
    }
    if let [operator, ..] = tokens
        && site.is_any(Some(operator), &[">", "<", ">=", "<=", "!=", "contains"])
    {
        let message = format!("`when` has no `{}`: it compares for equality", site.slice(operator.span));
        let mistake = Mistake::new(operator.span, message);
        return Some(
            mistake.help("write `if` and `elsif` instead of `case`").without_fix(vec![replace(tokens, "nil")]),
        );
    }
    if tokens.is_empty() {
        let mistake = Mistake::new(site.construct.span, "`when` has no value: it is never the case");
        return Some(mistake.help("write one, such as `{% when 1 %}`, or `else`").breaking(site.fails()));
    }
    if let [_, .., last] = tokens
        && site.is_any(Some(last), &[",", "or"])
        && operand_end(site, tokens, tokens.len() - 2) == Some(tokens.len() - 1)
    {
        let message = format!("`{}` has no value after it", site.slice(last.span));
        let mistake = Mistake::new(last.span, message).breaking(site.fails());
        return Some(mistake.help("write the value, or remove it").without_fix(vec![(last.span, String::new())]));
    }
    let wrong: Vec<_> =
        tokens.iter().filter(|token| site.is_any(Some(token), &["||", "OR", "Or", "and", "AND", "&&"])).collect();
    let first = wrong.first()?;
    let message = match site.slice(first.span) {
        "and" => "`and` is ignored: `when` has values, of which one is enough".to_owned(),
        written => format!("`{written}` is not an operator of Liquid: write `or`"),
    };
    shown(Mistake::new(first.span, message), wrong.iter().map(|token| (token.span, "or".to_owned())).collect())
}

/// `{% cycle 'a' 'b' %}`: only the first is printed.
pub(super) fn cycle(site: Site<'_>) -> Option<Mistake> {
    if site.construct.name(site.text) != "cycle" {
        return None;
    }
    let tokens = arguments(site.text, site.construct);
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(end) = operand_end(site, tokens, at) {
        let Some(next) = tokens.get(end) else { break };
        if operand_end(site, tokens, end).is_some() {
            let before = tokens[end - 1].span.end;
            edits.push((Span::new(before, next.span.start), ", ".to_owned()));
            at = end;
        } else if site.is_any(Some(next), &[",", ":"]) {
            at = end + 1;
        } else {
            return None;
        }
    }
    let (first, _) = edits.first()?;
    let mistake = Mistake::new(*first, "expected `,` between the values of `cycle`").breaking(false);
    let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
    Some(mistake.help(help).fix(edits))
}

/// Whether a tag in an output begins a block.
pub(super) fn opens_block(site: Site<'_>) -> bool {
    matches!(site.meant_name(), "if" | "unless" | "for" | "case" | "capture" | "assign" | "range")
}

/// Operators that assign, and the filters that calculate the same.
const CALCULATIONS: [(&str, &str); 4] = [("+", "plus"), ("-", "minus"), ("*", "times"), ("/", "divided_by")];

/// The name and the operator of an assignment.
pub(super) fn assignment(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    // A block is another mistake.
    if tokens.len() == 1 && site.text.contains("endassign") {
        return None;
    }
    let [name, next, rest @ ..] = tokens else {
        let span = site.construct.span;
        let mistake = Mistake::new(span, "an assignment has a name and a value");
        return Some(mistake.help("write `{% assign name = value %}`").without_fix(site.neutral()));
    };
    if let Some(mistake) = assigned_name(site, tokens) {
        return Some(mistake);
    }
    if name.kind != TokenKind::Word || site.is(Some(next), "=") {
        return several(site, tokens);
    }
    let written = site.slice(next.span);
    if written == "." {
        let mistake = Mistake::new(next.span, "the name of a variable has no dots");
        return Some(mistake.help("assign to a plain name, such as `order_total`").without_fix(site.neutral()));
    }
    if let [equals, value @ ..] = rest
        && site.is(Some(equals), "=")
        && let Some((_, filter)) = CALCULATIONS.iter().find(|(symbol, _)| *symbol == written)
        && !value.is_empty()
    {
        let (name, value) = (site.slice(name.span), site.tokens_text(value));
        let mistake = Mistake::new(Span::new(next.span.start, equals.span.end), format!("Liquid has no `{written}=`"));
        let edits = vec![replace(tokens, format!("{name} = {name} | {filter}: {value}"))];
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
        return Some(mistake.help(help).fix(edits));
    }
    let mistake =
        Mistake::new(next.span, format!("expected `=` after the name `{}`, not `{written}`", site.slice(name.span)));
    let mut edit = (next.span, "=".to_owned());
    if let [words @ .., equals] =
        &tokens[..tokens.iter().position(|token| site.is(Some(token), "=")).map_or(0, |at| at + 1)]
        && words.len() > 1
        && words.iter().all(|word| word.kind == TokenKind::Word)
    {
        let meant = words.iter().map(|word| site.slice(word.span)).collect::<Vec<_>>().join("_");
        let span = Span::new(name.span.start, equals.span.end);
        let mistake = Mistake::new(extent(words), "the name of a variable has no spaces");
        return Some(mistake.help(format!("write `{meant}`")).without_fix(vec![(span, format!("{meant} ="))]));
    }
    if !matches!(written, "==" | ":" | ":=" | "=>" | "===") {
        if operand_end(site, tokens, 1).is_none() || written == "to" {
            let is_to = written == "to" && !rest.is_empty();
            return Some(if is_to {
                mistake.help("write `=`").fix(vec![edit])
            } else {
                mistake.help("write `{% assign name = value %}`").without_fix(site.neutral())
            });
        }
        edit = (Span::new(name.span.end, name.span.end), " =".to_owned());
    } else if site.is(rest.first(), "=") && written == ":" {
        edit.0.end = rest[0].span.end;
    }
    if edit.0.start == name.span.end {
        " =".clone_into(&mut edit.1);
    }
    Some(mistake.help("write `=`").fix(vec![edit]))
}

/// `'x' = 1`, `$x = 1`: what is not a part of a name.
fn assigned_name(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let (written, name, rest) = match tokens {
        [quoted, equals, rest @ ..] if quoted.kind == TokenKind::Quoted && site.is(Some(equals), "=") => {
            (quoted.span, site.slice(quoted.span).trim_matches(['"', '\'']), rest)
        }
        [mark, word, equals, rest @ ..]
            if site.is_any(Some(mark), &["$", "@"]) && word.kind == TokenKind::Word && site.is(Some(equals), "=") =>
        {
            (Span::new(mark.span.start, word.span.end), site.slice(word.span), rest)
        }
        _ => return None,
    };
    let is_name = !name.is_empty() && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
    if !is_name || rest.is_empty() {
        return None;
    }
    let what = if site.slice(written).starts_with(['"', '\'']) { "quotes" } else { "symbol before it" };
    let mistake = Mistake::new(written, format!("the name of a variable has no {what}"));
    Some(mistake.help(format!("write `{name}`")).fix(vec![(written, name.to_owned())]))
}

/// `x = 1, y = 2`
fn several(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let parts: Vec<_> = tokens.split(|token| site.is(Some(token), ",")).collect();
    let is_assignment = |part: &&[Token]| matches!(part, [name, equals, value, ..] if name.kind == TokenKind::Word && site.is(Some(equals), "=") && value.span.end > 0);
    let [first, second, ..] = parts[..] else { return None };
    if !parts.iter().all(is_assignment) || site.construct.kind != ConstructKind::Tag {
        return None;
    }
    let comma = Span::new(first.last()?.span.end, second.first()?.span.start);
    let mistake = Mistake::new(Span::new(comma.start, comma.start + 1), "`assign` has one name and value");
    let names = parts.iter().skip(1).filter_map(|part| part.first());
    let mistake = names.fold(mistake.breaking(site.fails()), |mistake, name| mistake.undefines(site.slice(name.span)));
    // The edits cover the names, which would be reported as undefined.
    let text = parts.iter().map(|part| site.tokens_text(part)).collect::<Vec<_>>().join(" %}{% assign ");
    let edits = vec![replace(tokens, text)];
    let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`"));
    Some(mistake.help(help.unwrap_or_else(|| "write an `assign` for each".to_owned())).fix(edits))
}

/// The opening tag of a loop.
pub(super) fn loop_head(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let shown = |mistake: Mistake, edits: Vec<(Span, String)>| {
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
        Some(mistake.help(help).fix(edits).breaking(site.fails()))
    };
    if tokens.iter().filter(|token| site.is(Some(token), ";")).count() == 2 {
        return Some(counting_loop(site, tokens));
    }
    if let [first, inner @ .., last] = tokens
        && site.is(Some(first), "(")
        && site.is(Some(last), ")")
        && inner.len() > 2
    {
        let mistake = Mistake::new(first.span, "a loop has no parentheses");
        let open = if site.text[..first.span.start].ends_with(' ') { "" } else { " " };
        return shown(mistake, vec![(first.span, open.to_owned()), (last.span, String::new())]);
    }
    if let [word, name, ..] = tokens
        && site.is_any(Some(word), &["let", "var", "const"])
        && name.kind == TokenKind::Word
        && !site.is(Some(name), "in")
    {
        let mistake = Mistake::new(word.span, format!("a loop's variable needs no `{}`", site.slice(word.span)));
        let mut edits = vec![(Span::new(word.span.start, name.span.start), String::new())];
        if let Some(of) = tokens.get(2).filter(|of| site.is(Some(of), "of")) {
            edits.push((of.span, "in".to_owned()));
        }
        return shown(mistake, edits);
    }
    match tokens {
        [name, word, collection @ ..] if name.kind == TokenKind::Word && !collection.is_empty() => {
            if let [low, to, high] = collection
                && site.is_any(Some(word), &["=", "in", "from"])
                && site.is_any(Some(to), &["to", "until", "through"])
            {
                let range = format!("in ({}..{})", site.slice(low.span), site.slice(high.span));
                let mistake = Mistake::new(extent(&tokens[1..]), "a range is written in parentheses");
                return shown(mistake, vec![replace(&tokens[1..], range)]);
            }
            if site.is_any(Some(word), &["of", "IN", "In", ":", "=", "from", "on"]) {
                let message = format!("expected `in` after the loop's variable, not `{}`", site.slice(word.span));
                let after = if site.text[..word.span.start].ends_with(' ') { "in" } else { " in" };
                return shown(Mistake::new(word.span, message), vec![(word.span, after.to_owned())]);
            }
            if site.is(Some(word), ",") {
                let is_pair = collection.len() > 2 && site.is(Some(&collection[1]), "in");
                let open = tokens.iter().position(|token| site.is(Some(token), "("));
                let call = open.and_then(|open| open.checked_sub(2)).map(|dot| tokens[dot].span.start);
                let mut neutral = vec![(Span::new(word.span.start, collection[0].span.end), String::new())];
                // `x.items()`
                neutral.extend(call.map(|start| (Span::new(start, extent(tokens).end), String::new())));
                let mistake = Mistake::new(word.span, "a loop has one variable");
                let help = "for an object, it is a pair: `{% for pair in object %}`, `{{ pair[0] }}`, `{{ pair[1] }}`";
                return Some(mistake.help(help).without_fix(if is_pair { neutral } else { site.neutral() }));
            }
            if site.is(Some(word), "in") {
                return collection_of(site, collection);
            }
        }
        _ => {}
    }
    if let Some(at) = position(site, tokens, &["as"])
        && at > 0
        && let [name] = &tokens[at + 1..]
    {
        let mistake = Mistake::new(tokens[at].span, "a loop names its variable first");
        let text = format!("{} in {}", site.slice(name.span), site.tokens_text(&tokens[..at]));
        return shown(mistake, vec![replace(tokens, text)]);
    }
    if !site.fails() {
        return None;
    }
    if is_operand(site, tokens) {
        let mistake = Mistake::new(extent(tokens), "a loop names a variable for its elements");
        let start = extent(tokens).start;
        return shown(mistake, vec![(Span::new(start, start), "item in ".to_owned())]);
    }
    let span = if tokens.is_empty() { site.construct.span } else { extent(tokens) };
    let mistake = Mistake::new(span, "a loop is written `{% for item in list %}`");
    let neutral = vec![(Span::new(span.start, span.start), "item in trigger ".to_owned())];
    let neutral = if tokens.is_empty() { Vec::new() } else { neutral };
    Some(mistake.help("name a variable and a list").without_fix(neutral))
}

/// `for (let i = 0; i < 3; i++)`
fn counting_loop(site: Site<'_>, tokens: &[Token]) -> Mistake {
    let mistake = Mistake::new(extent(tokens), "a loop of Liquid goes through a list or range");
    let words: Vec<_> =
        tokens.iter().filter(|token| !site.is_any(Some(token), &["(", ")", "let", "var", "int"])).collect();
    let text = |at: usize| words.get(at).map_or("", |token| site.slice(token.span));
    let low = text(2).parse::<i64>();
    let is_plain = text(1) == "=" && text(3) == ";" && text(4) == text(0) && text(7) == ";" && text(9) == "++";
    if let (Ok(low), Ok(high), true) = (low, text(6).parse::<i64>(), is_plain)
        && matches!(text(5), "<" | "<=")
    {
        let high = if text(5) == "<" { high - 1 } else { high };
        let space = if site.text[..extent(tokens).start].ends_with(' ') { "" } else { " " };
        let edits = vec![replace(tokens, format!("{space}{} in ({low}..{high})", text(0)))];
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
        return mistake.help(help).fix(edits).breaking(site.fails());
    }
    let neutral = vec![replace(tokens, "item in trigger")];
    mistake
        .help("write `{% for item in trigger.items %}` or `{% for i in (1..3) %}`")
        .without_fix(neutral)
        .breaking(site.fails())
}

/// The collection of a loop, and what comes after it.
fn collection_of(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let shown = |mistake: Mistake, edits: Vec<(Span, String)>| {
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
        Some(mistake.help(help).fix(edits).breaking(site.fails()))
    };
    // `1..5`
    if let Some(dots) = position(site, tokens, &[".."])
        && dots > 0
        && let Some(end) = operand_end(site, tokens, dots + 1)
        && is_operand(site, &tokens[..dots])
    {
        let range = &tokens[..end];
        let mistake = Mistake::new(extent(range), "a range is written in parentheses");
        return shown(mistake, vec![replace(range, format!("({})", site.tokens_text(range)))]);
    }
    if let [range, open, count, close] = tokens
        && site.is(Some(range), "range")
        && site.is(Some(open), "(")
        && site.is(Some(close), ")")
        && let Ok(count) = site.slice(count.span).parse::<i64>()
    {
        let mistake = Mistake::new(range.span, "`range(…)`: Liquid has no functions; a range includes its end");
        return shown(mistake, vec![replace(tokens, format!("(0..{})", count - 1))]);
    }
    if let [range, open, low, comma, high, close] = tokens
        && site.is(Some(range), "range")
        && [(open, "("), (comma, ","), (close, ")")].iter().all(|(token, text)| site.is(Some(token), text))
    {
        let mistake = Mistake::new(range.span, "`range(…)`: Liquid has no functions; a range includes its end");
        let last = site.slice(high.span).parse::<i64>().map_or_else(|_| None, |last| Some(last - 1));
        let neutral = format!("({}..{})", site.slice(low.span), last.unwrap_or_default());
        let edit = vec![replace(tokens, neutral)];
        return if last.is_some() {
            shown(mistake, edit)
        } else {
            Some(mistake.help("write `(1..5)`").without_fix(edit))
        };
    }
    if tokens.first().is_some_and(|open| site.is(Some(open), "[")) {
        let mistake =
            Mistake::new(tokens[0].span, "Liquid has no lists in brackets: it splits a string").breaking(site.fails());
        let help = "write `{% assign list = 'a,b' | split: ',' %}` before the loop";
        return Some(mistake.help(help).without_fix(vec![replace(tokens, "trigger")]));
    }
    let end = operand_end(site, tokens, 0)?;
    let next = tokens.get(end)?;
    if let [next, value, ..] = &tokens[end..]
        && site.is_any(Some(next), &["limit", "offset", "cols"])
        && !site.is(Some(value), ":")
    {
        let name = site.slice(next.span);
        let mistake = Mistake::new(next.span, format!("`{name}` is ignored: expected `:` after it"));
        let edits = tokens[end..].windows(2).filter_map(|pair| {
            let [name, value] = pair else { return None };
            let is_argument = site.is_any(Some(name), &["limit", "offset", "cols"]) && !site.is(Some(value), ":");
            let gap = if site.is(Some(value), "=") { value.span.end } else { name.span.end };
            is_argument.then(|| (Span::new(name.span.end, gap), ":".to_owned()))
        });
        return shown(mistake, edits.collect());
    }
    if site.is_any(Some(next), &["reverse", "Reversed", "desc"]) {
        let written = site.slice(next.span);
        let mistake = Mistake::new(next.span, format!("`{written}` is ignored: a loop from the end is `reversed`"));
        return shown(mistake, vec![(next.span, "reversed".to_owned())]);
    }
    if site.is_any(Some(next), &["if", "where", "when", "unless"]) {
        let condition = site.tokens_text(&tokens[end + 1..]);
        let message = format!("`{}` is ignored: a loop has no condition", site.slice(next.span));
        let mistake = Mistake::new(extent(&tokens[end..]), message).breaking(site.fails());
        let help =
            format!("write `{{% if {condition} %}}` inside the loop, and `{{% endif %}}` before `{{% endfor %}}`");
        return Some(mistake.help(help).without_fix(vec![(extent(&tokens[end..]), String::new())]));
    }
    if site.is_any(Some(next), &[":", "do", "{", ";"]) && end + 1 == tokens.len() {
        let message = format!("`{}` does not belong here: the tag ends with `%}}`", site.slice(next.span));
        let edit = (Span::new(tokens[end - 1].span.end, next.span.end), String::new());
        return shown(Mistake::new(next.span, message).breaking(site.fails()), vec![edit]);
    }
    if site.is(Some(next), "|") {
        let filter = tokens.get(end + 1)?;
        let mistake = Mistake::new(next.span, "a loop ignores filters: assign the list first").breaking(false);
        if site.construct.kind == ConstructKind::Line || site.is_invalid(tokens) {
            return Some(
                mistake.help("write `{% assign sorted = list | sort %}` before the loop").breaking(site.fails()),
            );
        }
        let name = variable_name(site, &tokens[..end], site.slice(filter.span));
        let (left, _) = site.construct.trim_marks(site.text);
        let assign = format!("{{%{left} assign {name} = {} %}}", site.tokens_text(tokens));
        let edits = vec![before(site, assign), replace(tokens, name)];
        let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`"));
        let help = help.unwrap_or_else(|| "assign the list before the loop".to_owned());
        return Some(mistake.help(help).fix(edits));
    }
    unknown_argument(site, &tokens[end..])
}

/// `limt: 1`, `revesed`: what a loop does not take is ignored.
fn unknown_argument(site: Site<'_>, arguments: &[Token]) -> Option<Mistake> {
    let row = site.language.tag(site.meant_name())?;
    let known = || row.arguments.iter().map(|argument| argument.name);
    let mut at = 0;
    loop {
        at += arguments.get(at..)?.iter().take_while(|token| site.is(Some(token), ",")).count();
        let name = arguments.get(at).filter(|name| name.kind == TokenKind::Word)?;
        let written = site.slice(name.span);
        if !known().any(|known| known == written) {
            let message = format!("`{written}` is ignored: `{}` has no such argument", row.name);
            let mistake = Mistake::new(name.span, message).breaking(site.fails());
            let Some(meant) = misspelling_of(written, known()) else {
                let names: Vec<_> = known().map(|name| format!("`{name}`")).collect();
                return Some(mistake.help(format!("its arguments are {}", names.join(", "))));
            };
            let fix = vec![(name.span, meant.to_owned())];
            return Some(mistake.help(format!("did you mean `{meant}`?")).fix(fix));
        }
        at += 1;
        if site.is(arguments.get(at), ":") {
            at = operand_end(site, arguments, at + 1)?;
        }
    }
}
