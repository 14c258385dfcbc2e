//! Mistakes in filters: arguments without a colon, and filters of other languages.

use strsim::osa_distance;

use super::expression::{Role, operand_end};
use super::scan::{Token, TokenKind};
use super::words::{FilterMeant, filter_meant};
use super::{Mistake, MistakeKind, Site};
use crate::diagnostics::did_you_mean;
use crate::liquid::Span;
use crate::liquid::syntax::dialect::UnknownFilters;

/// The most characters that a name and the one that was probably meant differ by.
const MAX_TYPOS: usize = 2;

pub(super) fn filter(site: Site<'_>) -> Option<Mistake> {
    let tokens = match site.role() {
        Role::Condition(tokens) | Role::Output(tokens) => tokens,
        Role::Assign([_, _, value @ ..]) => value,
        _ => return None,
    };
    for at in (0..tokens.len()).filter(|at| site.is(tokens.get(*at), "|")) {
        let found = match tokens.get(at + 1) {
            Some(name) if name.kind == TokenKind::Word => {
                arguments(site, tokens, at + 1).or_else(|| unknown(site, tokens, at + 1))
            }
            _ => missing_name(site, tokens, at),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A bar without a filter.
fn missing_name(site: Site<'_>, tokens: &[Token], bar: usize) -> Option<Mistake> {
    // A bar at the end is valid.
    let next = tokens.get(bar + 1)?;
    let mistake =
        Mistake::new(next.span, format!("expected the name of a filter after `|`, not `{}`", site.slice(next.span)));
    if site.is(Some(next), "|") {
        let edit = (Span::new(tokens[bar].span.end, next.span.end), String::new());
        return Some(mistake.help("remove one `|`").fix(vec![edit]));
    }
    Some(mistake.help("write a filter, such as `| upcase`, or remove the `|`").without_fix(site.neutral()))
}

/// Arguments in parentheses, or without a colon or comma before them.
fn arguments(site: Site<'_>, tokens: &[Token], name: usize) -> Option<Mistake> {
    let filter = site.slice(tokens[name].span);
    let next = tokens.get(name + 1)?;
    let after_name = Span::new(tokens[name].span.end, next.span.start);
    if site.is(Some(next), "(") {
        let mut depth = 0_usize;
        let close = tokens[name + 1..].iter().position(|token| {
            depth += usize::from(site.is(Some(token), "("));
            depth -= usize::from(site.is(Some(token), ")") && depth > 0);
            depth == 0
        });
        let message = format!("the arguments of a filter need no parentheses: `{filter}: …`");
        let mistake = Mistake::new(next.span, message);
        let Some(close) = close.map(|at| name + 1 + at) else {
            return Some(mistake.help("write a colon before the arguments").without_fix(site.neutral()));
        };
        let inner = &tokens[name + 2..close];
        let (open, start) = match inner.first() {
            Some(first) => (": ", first.span.start),
            None => ("", next.span.end),
        };
        let edits =
            vec![(Span::new(tokens[name].span.end, start), open.to_owned()), (tokens[close].span, String::new())];
        return Some(shown(site, mistake, edits));
    }
    if site.is_any(Some(next), &["=", "=>", ","]) {
        let message = format!("expected `:` after the filter `{filter}`, not `{}`", site.slice(next.span));
        let edit = (Span::new(after_name.start, next.span.end), ":".to_owned());
        return Some(shown(site, Mistake::new(next.span, message), vec![edit]));
    }
    if operand_end(site, tokens, name + 1).is_some() {
        let known = site.language.filter(filter);
        let has_no_arguments = known.is_some_and(|known| known.arguments.is_empty());
        let message = format!("expected `:` before the arguments of the filter `{filter}`");
        let mistake = Mistake::new(next.span, message);
        if has_no_arguments {
            return Some(
                Mistake::new(next.span, format!("the filter `{filter}` has no arguments"))
                    .help("remove what comes after it, or write `|` before another filter")
                    .without_fix(site.neutral()),
            );
        }
        return Some(shown(site, mistake, vec![(Span::new(after_name.start, after_name.start), ":".to_owned())]));
    }
    if !site.is(Some(next), ":") {
        return None;
    }
    // Between arguments there are commas.
    let mut at = name + 2;
    while let Some(end) = operand_end(site, tokens, at) {
        let end = match tokens.get(end) {
            Some(colon) if site.is(Some(colon), ":") => operand_end(site, tokens, end + 1)?,
            _ => end,
        };
        let next = tokens.get(end)?;
        if operand_end(site, tokens, end).is_some() {
            let before = tokens[end - 1].span.end;
            let message = format!("expected `,` between the arguments of the filter `{filter}`");
            let edit = (Span::new(before, before), ",".to_owned());
            return Some(shown(site, Mistake::new(next.span, message), vec![edit]));
        }
        if site.is(Some(next), ";") {
            let edit = (next.span, ",".to_owned());
            let message = format!("expected `,` between the arguments of the filter `{filter}`, not `;`");
            return Some(shown(site, Mistake::new(next.span, message), vec![edit]));
        }
        if !site.is(Some(next), ",") {
            return None;
        }
        at = end + 1;
    }
    None
}

fn shown(site: Site<'_>, mistake: Mistake, edits: Vec<(Span, String)>) -> Mistake {
    let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
    mistake.help(help).fix(edits).breaking(site.fails())
}

/// A filter that does not exist.
fn unknown(site: Site<'_>, tokens: &[Token], name: usize) -> Option<Mistake> {
    let filter = site.slice(tokens[name].span);
    let fails = site.language.dialect().unknown_filters == UnknownFilters::Fail;
    if site.language.filter(filter).is_some() || !fails {
        return None;
    }
    let end = tokens[name..]
        .iter()
        .position(|token| site.is_any(Some(token), &["|", ")"]))
        .map_or(tokens.len(), |at| name + at);
    let span = Span::new(tokens[name].span.start, tokens[end - 1].span.end);
    let has_arguments = end > name + 1;
    let mistake = Mistake::new(span, format!("undefined filter: {filter}")).of_kind(MistakeKind::UnknownFilter);
    let without = vec![(Span::new(tokens[name - 1].span.start, span.end), String::new())];
    let mut is_certain = true;
    let meant = match filter_meant(filter, site.language) {
        Some(FilterMeant::Filters(meant)) => meant,
        Some(FilterMeant::Advice(advice)) => return Some(mistake.help(advice).without_fix(without)),
        None => {
            let Some(meant) = did_you_mean(filter, site.language.filter_names()) else {
                let help = "remove it, or write one of Liquid's filters";
                return Some(mistake.help(help).without_fix(without));
            };
            is_certain = osa_distance(filter, meant) <= MAX_TYPOS;
            meant
        }
    };
    let help = format!("did you mean `{meant}`?");
    if !is_certain {
        return Some(mistake.help(help).without_fix(without));
    }
    let edit = if meant.contains(':') {
        (span, meant.to_owned())
    } else if !has_arguments || takes_arguments(site, meant) {
        (tokens[name].span, meant.to_owned())
    } else {
        // What its arguments mean is unknown.
        return Some(mistake.help(help).without_fix(without));
    };
    Some(mistake.help(help).fix(vec![edit]))
}

fn takes_arguments(site: Site<'_>, filter: &str) -> bool {
    site.language.filter(filter).is_some_and(|filter| !filter.arguments.is_empty())
}
