//! Mistakes in filters: arguments without a colon, and filters of other languages.

use strsim::osa_distance;

use super::expression::{Role, operand_end};
use super::scan::{Token, TokenKind};
use super::words::{FilterMeant, filter_meant};
use super::{Mistake, MistakeKind, Site, calls, extent};
use crate::diagnostics::did_you_mean;
use crate::liquid::Span;
use crate::liquid::syntax::dialect::UnknownFilters;

/// Filters whose first argument is a locale.
const LOCALIZED: [&str; 3] = ["format_number", "currency", "rounded_currency"];
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
        return Some(in_parentheses(site, tokens, name));
    }
    // `x | first.name`
    if site.is(Some(next), ".")
        && next.span.start == tokens[name].span.end
        && matches!(filter, "first" | "last" | "size")
    {
        let message = format!("nothing comes after the filter `{filter}` but another filter");
        let mistake = Mistake::new(next.span, message);
        let bar = name - 1;
        let input = operand_end(site, tokens, 0).filter(|end| *end == bar);
        let edit = (Span::new(tokens[bar - 1].span.end, tokens[name].span.start), ".".to_owned());
        let help = "assign the result first, and read the property of that";
        return Some(match input {
            Some(_) => shown(site, mistake, vec![edit]),
            None => mistake.help(help).without_fix(site.neutral()),
        });
    }
    if site.is_any(Some(next), &["=", "=>", ",", ":="]) {
        let message = format!("expected `:` after the filter `{filter}`, not `{}`", site.slice(next.span));
        let edit = (Span::new(after_name.start, next.span.end), ":".to_owned());
        return Some(shown(site, Mistake::new(next.span, message), vec![edit]));
    }
    if operand_end(site, tokens, name + 1).is_some() {
        let is_unknown = site.language.filter(filter).is_none();
        if is_unknown && matches!(filter_meant(filter, site.language), Some(FilterMeant::Advice(_))) {
            return None;
        }
        // `up case`
        let joined = format!("{filter}{}", site.slice(next.span));
        if is_unknown && site.language.filter(&joined).is_some() {
            let span = Span::new(tokens[name].span.start, next.span.end);
            let mistake = Mistake::new(span, "the name of a filter has no spaces");
            return Some(shown(site, mistake, vec![(span, joined)]));
        }
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
    separators(site, tokens, name)
}

/// Between arguments there are commas.
fn separators(site: Site<'_>, tokens: &[Token], name: usize) -> Option<Mistake> {
    let filter = site.slice(tokens[name].span);
    if let Some(mistake) = property(site, tokens, name).or_else(|| comparison(site, tokens, name)) {
        return Some(mistake);
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
        if site.is_any(Some(next), &[";", "=>"]) {
            let edit = (Span::new(tokens[end - 1].span.end, next.span.end), ",".to_owned());
            let written = site.slice(next.span);
            let message = format!("expected `,` between the arguments of the filter `{filter}`, not `{written}`");
            return Some(shown(site, Mistake::new(next.span, message), vec![edit]));
        }
        if !site.is(Some(next), ",") {
            return None;
        }
        at = end + 1;
    }
    None
}

/// Arguments in parentheses.
fn in_parentheses(site: Site<'_>, tokens: &[Token], name: usize) -> Mistake {
    let filter = site.slice(tokens[name].span);
    let next = &tokens[name + 1];

    let mut depth = 0_usize;
    let close = tokens[name + 1..].iter().position(|token| {
        depth += usize::from(site.is(Some(token), "("));
        depth -= usize::from(site.is(Some(token), ")") && depth > 0);
        depth == 0
    });
    let message = format!("the arguments of a filter need no parentheses: `{filter}: …`");
    let mistake = Mistake::new(next.span, message);
    let Some(close) = close.map(|at| name + 1 + at) else {
        return mistake.help("write a colon before the arguments").without_fix(site.neutral());
    };
    let inner = &tokens[name + 2..close];
    let is_known = site.language.filter(filter).is_some();
    if !is_known && let Some(mistake) = unknown_with_parentheses(site, tokens, name, close) {
        return mistake;
    }
    if let Some(property) = calls::property(site, inner) {
        let span = Span::new(tokens[name].span.end, tokens[close].span.end);
        return shown(site, mistake, vec![(span, format!(": '{property}'"))]);
    }
    let (open, start) = match inner.first() {
        Some(first) => (": ", first.span.start),
        None => ("", next.span.end),
    };
    let edits = vec![(Span::new(tokens[name].span.end, start), open.to_owned()), (tokens[close].span, String::new())];
    shown(site, mistake, edits)
}

fn shown(site: Site<'_>, mistake: Mistake, edits: Vec<(Span, String)>) -> Mistake {
    let help = site.shown_with(&edits).map(|shown| format!("write `{shown}`")).unwrap_or_default();
    mistake.help(help).fix(edits).breaking(site.fails())
}

/// `map: &:name`
fn property(site: Site<'_>, tokens: &[Token], name: usize) -> Option<Mistake> {
    let end = tokens[name..].iter().position(|token| site.is(Some(token), "|")).map_or(tokens.len(), |at| name + at);
    let argument = &tokens[name + 2..end];
    let property = calls::property(site, argument)?;
    let mistake =
        Mistake::new(extent(argument), "Liquid has no functions as arguments: write the name of the property");
    Some(shown(site, mistake, vec![(extent(argument), format!("'{property}'"))]))
}

/// `where: "price" > 3`
fn comparison(site: Site<'_>, tokens: &[Token], name: usize) -> Option<Mistake> {
    let filter = site.slice(tokens[name].span);
    if !matches!(filter, "where" | "reject" | "find" | "has") {
        return None;
    }
    let argument_end = operand_end(site, tokens, name + 2)?;
    let operator = tokens.get(argument_end)?;
    if !site.is_any(Some(operator), &["==", "=", "!=", ">", "<", ">=", "<=", "contains"]) {
        return None;
    }
    let end = operand_end(site, tokens, argument_end + 1)?;
    let (argument, value) =
        (site.tokens_text(&tokens[name + 2..argument_end]), site.tokens_text(&tokens[argument_end + 1..end]));
    let property = argument.trim_matches(['"', '\'']).rsplit('.').next().unwrap_or(argument);
    let symbol = site.slice(operator.span);
    let mistake = Mistake::new(operator.span, format!("`{filter}` has no `{symbol}`: it has a property and a value"));
    let span = Span::new(tokens[name].span.start, tokens[end - 1].span.end);
    if matches!(symbol, "==" | "=") {
        return Some(shown(site, mistake, vec![(span, format!("{filter}: '{property}', {value}"))]));
    }
    let by_condition = format!("{filter}_exp");
    let mistake = Mistake { message: format!("`{filter}` has no `{symbol}`: it compares for equality"), ..mistake };
    if site.language.filter(&by_condition).is_none() || value.contains(['\'', '"']) {
        return Some(mistake.help("compare in a loop with `if`").without_fix(site.neutral()));
    }
    let text = format!("{by_condition}: 'item', 'item.{property} {symbol} {value}'");
    Some(shown(site, mistake, vec![(span, text)]))
}

/// A filter of another language with its arguments in parentheses.
fn unknown_with_parentheses(site: Site<'_>, tokens: &[Token], name: usize, close: usize) -> Option<Mistake> {
    let filter = site.slice(tokens[name].span);
    if site.language.dialect().unknown_filters != UnknownFilters::Fail {
        return None;
    }
    let span = Span::new(tokens[name].span.start, tokens[close].span.end);
    let mistake = Mistake::new(span, format!("undefined filter: {filter}")).of_kind(MistakeKind::UnknownFilter);
    let without = vec![(Span::new(tokens[name - 1].span.start, span.end), String::new())];
    let inner = &tokens[name + 2..close];
    match filter_meant(filter, site.language)? {
        FilterMeant::Advice(advice) => Some(mistake.help(advice).without_fix(without)),
        FilterMeant::Filters(meant) if inner.is_empty() => Some(shown(site, mistake, vec![(span, meant.to_owned())])),
        FilterMeant::Filters(meant) if !meant.contains(':') && keeps_arguments(filter, meant) => {
            let arguments =
                calls::property(site, inner).map_or_else(|| site.tokens_text(inner).to_owned(), |it| format!("'{it}'"));
            Some(shown(site, mistake, vec![(span, format!("{meant}: {arguments}"))]))
        }
        FilterMeant::Filters(meant) => Some(mistake.help(format!("did you mean `{meant}`?")).without_fix(without)),
    }
}

/// Whether the arguments of a filter of another language mean the same for the filter of Liquid.
fn keeps_arguments(written: &str, meant: &str) -> bool {
    const SAME: [&str; 13] = [
        "round",
        "plus",
        "minus",
        "times",
        "divided_by",
        "modulo",
        "map",
        "join",
        "slice",
        "replace",
        "default",
        "append",
        "truncate",
    ];
    SAME.contains(&meant) && written != meant
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
    // Klaviyo: `person|lookup:'first_name'`
    if filter == "lookup"
        && let [colon, key] = &tokens[name + 1..end]
        && site.is(Some(colon), ":")
        && key.kind == TokenKind::Quoted
        && name == 2
    {
        let root = match site.slice(tokens[0].span) {
            "person" => "customer",
            "event" => "trigger",
            root => root,
        };
        let key = site.slice(key.span).trim_matches(['"', '\'']);
        let is_plain = key.chars().all(|next| next.is_ascii_alphanumeric() || next == '_');
        let path = if is_plain { format!("{root}.{key}") } else { format!("{root}['{key}']") };
        let edit = (Span::new(tokens[0].span.start, span.end), path.clone());
        let mistake =
            Mistake { message: "`lookup` is Klaviyo's filter: a property comes after a dot".to_owned(), ..mistake };
        return Some(mistake.help(format!("write `{path}`")).fix(vec![edit]));
    }
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
    let edit = if meant.contains(':') && has_arguments {
        // What its arguments mean is unknown.
        return Some(mistake.help(help).without_fix(without));
    } else if meant.contains(':') {
        (span, meant.to_owned())
    } else if !has_arguments || (takes_arguments(site, meant) && !LOCALIZED.contains(&meant)) {
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
