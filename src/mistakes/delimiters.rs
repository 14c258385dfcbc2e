//! Mistakes in the delimiters and quotes of an output or tag.

use super::scan::{Construct, ConstructKind, Ending, TokenKind};
use super::{Mistake, Site};
use crate::liquid::Span;

/// An output or tag that ends with something else than its own delimiter, or does not end.
pub(super) fn wrong_delimiter(site: Site<'_>) -> Option<Mistake> {
    let Construct { kind, span, ending: Ending::Wrong(written), .. } = site.construct else { return None };
    let (opener, closer, what) = match kind {
        ConstructKind::Output => ("{{", "}}", "output"),
        _ => ("{%", "%}", "tag"),
    };
    let start = Span::new(span.start, span.start + 2);
    let written_text = site.slice(*written);
    if let Some(quote) = site.tokens().iter().find(|token| token.kind == TokenKind::Unclosed)
        && written_text.is_empty()
    {
        return Some(unclosed(site, quote.span));
    }
    if written_text.is_empty() {
        let mistake = Mistake::new(start, format!("this {what} does not end: expected `{closer}`"));
        let end = site.construct.inner.end;
        let help = format!("end it with `{closer}`");
        // What follows on the line may belong to it or not.
        let is_whole = site.text[span.end..].trim_start().starts_with(['\n', '"', ',']) && span.end > span.start + 2;
        let edits = vec![(Span::new(end, end.max(span.end)), format!(" {closer}"))];
        return Some(if is_whole {
            mistake.help(help).fix(edits)
        } else {
            mistake.help(help).without_fix(site.neutral())
        });
    }
    let message = format!("this {what} begins with `{opener}` and ends with `{written_text}`");
    let edits = vec![(*written, closer.to_owned())];
    Some(
        Mistake::new(*written, message)
            .other(start, "it begins here")
            .help(format!("end it with `{closer}`"))
            .fix(edits),
    )
}

/// A template string of JavaScript: `` `Hello ${name}` ``.
pub(super) fn template_string(site: Site<'_>) -> Option<Mistake> {
    let inner = site.slice(site.construct.inner).strip_prefix('`')?.strip_suffix('`')?;
    if site.construct.kind != ConstructKind::Output || inner.contains('`') {
        return None;
    }
    let span = Span::new(site.construct.inner.start, site.construct.inner.start + 1);
    let mistake = Mistake::new(span, "Liquid has no strings in backquotes: text is written outside of the braces");
    // `${x}` becomes an output.
    let mut text = String::new();
    let mut parts = inner.split("${");
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (value, rest) = part.split_once('}')?;
        let value = value.trim();
        text = format!("{text}{{{{ {value} }}}}{rest}");
    }
    let help = format!("write `{text}`");
    Some(mistake.help(help).fix(vec![(site.construct.span, text)]))
}

/// More braces than two, and an output inside an output or tag.
pub(super) fn braces(site: Site<'_>) -> Option<Mistake> {
    let tokens = site.tokens();
    let construct = site.construct;
    if construct.kind == ConstructKind::Output
        && site.is(tokens.first(), "{")
        && tokens.first().is_some_and(|brace| brace.span.start == construct.span.start + 2)
    {
        let brace = tokens[0].span;
        let closing = site.text[construct.span.start..].find("}}}").map(|at| construct.span.start + at);
        let is_closed = closing.is_some_and(|at| at < construct.span.end.max(construct.inner.end + 3));
        let mut edits = vec![(brace, String::new())];
        if let Some(at) = closing.filter(|_| is_closed) {
            edits.push((Span::new(at, at + 1), String::new()));
        }
        let span = Span::new(construct.span.start, brace.end);
        return Some(
            Mistake::new(span, "an output has two braces: Liquid has no `{{{`, because it escapes nothing")
                .help("write two braces on each side")
                .fix(edits),
        );
    }
    // Outputs inside: their braces are removed.
    let openers: Vec<_> = tokens.iter().filter(|token| site.is(Some(token), "{{")).collect();
    let closers: Vec<_> = tokens.iter().filter(|token| site.is(Some(token), "}}")).collect();
    let first = openers.first()?;
    let what = if construct.kind == ConstructKind::Output { "an output" } else { "a tag" };
    let closer = closers.iter().find(|closer| closer.span.start >= first.span.end);
    let span = closer.map_or(first.span, |closer| Span::new(first.span.start, closer.span.end));
    let mistake = Mistake::new(span, format!("`{{{{ }}}}` inside {what}: names need no braces there"));
    let mut pairs = openers.iter().zip(&closers);
    if openers.len() != closers.len() || !pairs.all(|(opener, closer)| opener.span.end <= closer.span.start) {
        return Some(mistake.help("remove the inner braces").without_fix(site.neutral()));
    }
    let blank = |at: usize| site.text[at..].chars().next().filter(|next| *next == ' ').map_or(0, char::len_utf8);
    let mut edits: Vec<_> = openers
        .iter()
        .map(|opener| (Span::new(opener.span.start, opener.span.end + blank(opener.span.end)), String::new()))
        .collect();
    let ends: Vec<_> = edits.iter().map(|(opener, _)| opener.end).collect();
    edits.extend(closers.iter().zip(ends).map(|(closer, opener_end)| {
        let before = usize::from(site.text[..closer.span.start].ends_with(' '));
        // A space between the braces of a pair is removed once.
        (Span::new((closer.span.start - before).max(opener_end), closer.span.end), String::new())
    }));
    Some(mistake.help("remove the inner braces").fix(edits))
}

/// Quotes that are not closed, typographic, or have a backslash before them.
pub(super) fn quotes(site: Site<'_>) -> Option<Mistake> {
    let wrong = |kind| site.tokens().iter().filter(move |token| token.kind == kind);
    if let Some(first) = wrong(TokenKind::Escaped).next() {
        let edits = wrong(TokenKind::Escaped).map(|token| (token.span, unescaped(site.slice(token.span)))).collect();
        let message = "no backslash inside Liquid: Liquid is evaluated before the JSON";
        let help = "write the quotes without backslashes, or single quotes";
        let span = Span::new(first.span.start, first.span.start + 2);
        return Some(Mistake::new(span, message).help(help).fix(edits).breaking(true));
    }
    if let Some(backslash) = site.tokens().iter().find(|token| site.slice(token.span).starts_with('\\')) {
        let message = "no backslash inside Liquid: Liquid is evaluated before the JSON";
        let help = "write quotes without backslashes, or single quotes";
        return Some(Mistake::new(backslash.span, message).help(help).without_fix(site.neutral()));
    }
    if let Some(first) = wrong(TokenKind::Typographic).next() {
        let edits: Vec<_> =
            wrong(TokenKind::Typographic).map(|token| (token.span, straight(site.slice(token.span)))).collect();
        let shown: String = site.slice(first.span).chars().take(1).collect();
        let span = Span::new(first.span.start, first.span.start + shown.len());
        let mistake = Mistake::new(span, format!("`{shown}` is a typographic quote, which does not begin a string"));
        return Some(mistake.help("write straight quotes: `'…'`").fix(edits).breaking(site.fails()));
    }
    let at = site.tokens().iter().position(|token| token.kind == TokenKind::Unclosed)?;
    apostrophe(site, at).or_else(|| Some(unclosed(site, site.tokens()[at].span)))
}

/// `'it's'`
fn apostrophe(site: Site<'_>, at: usize) -> Option<Mistake> {
    let tokens = site.tokens();
    let start = tokens[..at].iter().rposition(|token| token.kind == TokenKind::Quoted)?;
    let (first, second, last) = (tokens[start].span, tokens.get(start + 1)?.span, tokens[at].span);
    if first.end != second.start || !site.slice(first).ends_with('\'') || site.slice(last) != "'" {
        return None;
    }
    let inner = site.slice(Span::new(first.start + 1, last.start));
    if inner.contains('"') {
        return None;
    }
    let edit = (Span::new(first.start, last.end), format!("\"{inner}\""));
    let message = "this quote ends the string early";
    let help = format!("write the string in double quotes: `{}`", edit.1);
    Some(Mistake::new(Span::new(first.end - 1, first.end), message).help(help).fix(vec![edit]))
}

fn unclosed(site: Site<'_>, quoted: Span) -> Mistake {
    let text = site.slice(quoted);
    let quote: String = text.chars().take(1).collect();
    let span = Span::new(quoted.start, quoted.start + quote.len());
    let mistake =
        Mistake::new(span, format!("this quote is not closed: the string that begins here has no closing `{quote}`"))
            .help(format!("close the string with `{quote}`"))
            .breaking(site.fails());
    // Only of a single word is it certain where it ends.
    let word = text[quote.len()..].trim_end();
    let is_word = word.chars().all(|next| next.is_alphanumeric() || matches!(next, '_' | '-'));
    if is_word && site.construct.ending == Ending::Closed && quote.is_ascii() {
        let end = quoted.start + quote.len() + word.len();
        let is_in_brackets = site.text[..quoted.start].ends_with('[');
        return mistake.fix(vec![(Span::new(end, end), if is_in_brackets { format!("{quote}]") } else { quote })]);
    }
    mistake.without_fix(site.neutral())
}

/// A string without the backslashes of its quotes; with single quotes if it has none inside.
fn unescaped(written: &str) -> String {
    quoted(&written[2..written.len() - 2])
}

/// A string in typographic quotes with straight quotes.
fn straight(written: &str) -> String {
    let mut inner = written.chars();
    inner.next();
    inner.next_back();
    quoted(inner.as_str())
}

/// A Liquid string.
pub(super) fn quoted(inner: &str) -> String {
    if inner.contains('\'') { format!("\"{inner}\"") } else { format!("'{inner}'") }
}
