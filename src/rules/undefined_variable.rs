//! `undefined-variable`: variables that no message can have.

use std::collections::HashSet;

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::MissingBehavior;
use crate::diagnostics::{Fix, Severity, misspelling_of};
use crate::liquid::Span;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::{each_part, parts};
use crate::message::{NAMES, SENT_NAMES};

pub(super) const RULE: Rule =
    Rule::new("undefined-variable", Severity::Error, include_str!("../../docs/rules/undefined-variable.md"))
        .found_by(check);

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    let mut reported = HashSet::new();
    let assigned = assigned_names(facts);
    for read in &facts.needs.reads {
        let root = read.path.root;
        if NAMES.contains(&root) || read.snippet.is_some() || read.missing_behavior == MissingBehavior::Nothing {
            continue;
        }
        // Whether a name has been assigned where it is read depends on the data, which the search tries.
        if assigned.contains(&(read.text, root)) {
            continue;
        }
        // What a loop variable reads is reported where the loop reads its list.
        let is_alias =
            !facts.location(read.text, read.span).text().trim_start_matches(['-', '$', '@']).starts_with(root);
        if is_alias && reported.iter().any(|(text, _, known)| *text == read.text && *known == root) {
            continue;
        }
        // A filter may read it again.
        if !reported.insert((read.text, read.node, root)) {
            continue;
        }
        let fails = read.missing_behavior >= MissingBehavior::MayFail;
        let (severity, label) =
            if fails { (RULE.severity, "the message fails here") } else { (Severity::Warning, "never has a value") };
        let location = facts.location(read.text, read.span);
        if let Some(before) = word_before(facts, read.text, read.span) {
            let message = format!("names contain no spaces: `{before} {root}` is two names");
            // Both names, and what is between them. In an escaped text, only the second one has a known place.
            let start = location.range().start;
            let first = location.source().text()[..start].trim_end_matches(' ');
            let location = match first.strip_suffix(before) {
                Some(rest) => location.source().at(rest.len()..location.range().end),
                None => location,
            };
            findings.add_as(severity, location, label, message, |finding| {
                let (parent, name) = before.rsplit_once('.').unwrap_or(("trigger", before));
                finding.help(format!("write `{parent}[\"{name} {root}\"]` or `{parent}.{name}_{root}`"))
            });
            continue;
        }
        let meant = meant(root, facts);
        let path = location.text();
        // A name that says what is meant is no misspelling.
        let is_telling = !meant.is_empty() || TRIGGER.contains(&root) || CUSTOMER.contains(&root);
        let own = if is_telling { Vec::new() } else { own_names(facts, read.text, read.span) };
        let misspelled = misspelling_of(root, own.into_iter().rev());
        let message =
            format!("`{root}` is not a variable of messages: they can read `trigger.…`, `customer.…` and a few more");
        findings.add_as(severity, location.clone(), label, message, |finding| match meant[..] {
            _ if misspelled.is_some() => finding.help(format!("did you mean `{}`?", misspelled.unwrap_or_default())),
            _ if of_other_products(path, root, facts).is_some() => {
                let (name, is_sent) = of_other_products(path, root, facts).unwrap_or_default();
                let meant = format!("{name}{}", &path[root.len()..]);
                let start = location.range().start;
                if is_sent {
                    finding.fix(Fix::new(format!("read `{meant}`")).replace(start..start + root.len(), name))
                } else {
                    finding.help(format!("in Liquid, {}: did you mean `{meant}`?", what_is(name)))
                }
            }
            [] if ADVICE.iter().any(|(names, _)| names.contains(&root)) => {
                let advice = ADVICE.iter().find(|(names, _)| names.contains(&root));
                finding.help(advice.map_or("", |(_, advice)| advice))
            }
            [] => {
                let finding = finding.suggest(root, NAMES);
                if finding.help.is_empty() && location.text() == root && is_like_string(facts, read.text, read.span) {
                    return finding.help(format!("a string needs quotes: `\"{root}\"`"));
                }
                if finding.help.is_empty() {
                    let path = if path.contains(char::is_whitespace) { root } else { path };
                    return finding.help(format!("send it in `message_data`, and read it as `trigger.{path}`"));
                }
                finding
            }
            [only] if only.strip_prefix("trigger.") == Some(root) => {
                let range = location.range();
                let prefix = only[..only.len() - root.len()].to_owned();
                let finding = finding.help(format!("did you mean `{only}`?"));
                // If nothing fails, messages are sent without the value. A fix would change them.
                if fails && !is_alias {
                    finding.fix(Fix::new(format!("read `{only}`")).insert(range.start, prefix))
                } else {
                    finding
                }
            }
            _ => {
                let list: Vec<_> = meant.iter().take(3).map(|place| format!("`{place}`")).collect();
                finding.help(format!("did you mean {}?", list.join(" or ")))
            }
        });
    }
}

/// The name directly before this one, with only spaces between them, as in `customer.first name`.
fn word_before<'f>(facts: &TemplateFacts<'f>, text: usize, span: Span) -> Option<&'f str> {
    let before = facts.texts.get(text)?.liquid.source.get(..span.start)?;
    let trimmed = before.trim_end_matches(' ');
    let is_of_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    let word = &trimmed[trimmed.trim_end_matches(is_of_name).len()..];
    let is_path = word.contains('.') && word.starts_with(char::is_alphabetic) && !word.ends_with('.');
    (is_path && trimmed.len() < before.len()).then_some(word)
}

/// Whether a name is where a string is likely: an argument of a filter, or the right side of a comparison.
fn is_like_string(facts: &TemplateFacts<'_>, text: usize, span: Span) -> bool {
    let before = facts.texts.get(text).and_then(|text| text.liquid.source.get(..span.start));
    let before = before.unwrap_or_default().trim_end();
    [":", "==", "!=", " contains", " when"].iter().any(|part| before.ends_with(part))
}

/// The names that each text assigns itself.
fn assigned_names<'f>(facts: &TemplateFacts<'f>) -> HashSet<(usize, &'f str)> {
    let mut names = HashSet::new();
    for (at, text) in facts.texts.iter().enumerate() {
        each_part(text.liquid.nodes, &mut |_, part| {
            names.extend(part.target().map(|target| (at, target.name)));
        });
    }
    names
}

/// The names that a text defines itself and that are visible at a place, the innermost last.
fn own_names<'f>(facts: &TemplateFacts<'f>, text: usize, place: Span) -> Vec<&'f str> {
    let mut names = Vec::new();
    if let Some(text) = facts.texts.get(text) {
        add_names_before(text.liquid.nodes, place, &mut names);
    }
    names
}

/// Adds the names that are visible at a place in these nodes, and says whether the place is in them. Without it, only those
/// remain that are visible after them.
fn add_names_before<'f>(nodes: Nodes<'f>, place: Span, names: &mut Vec<&'f str>) -> bool {
    for node in nodes {
        if node.span.start <= place.start && place.end <= node.span.end {
            return true;
        }
        for part in parts(node) {
            for body in part.bodies() {
                let count = names.len();
                names.extend(&body.names);
                if add_names_before(body.nodes, place, names) {
                    return true;
                }
                names.drain(count..count + body.names.len());
            }
            names.extend(part.target().map(|target| target.name));
        }
    }
    false
}

/// Names that other products and languages have for the data of an event or request.
const TRIGGER: [&str; 14] = [
    "message_data",
    "data",
    "payload",
    "params",
    "properties",
    "vars",
    "variables",
    "body",
    "context",
    "ctx",
    "request",
    "event_properties",
    "api_trigger_properties",
    "attributes",
];
/// Names that they have for the recipient.
const CUSTOMER: [&str; 13] = [
    "user",
    "person",
    "contact",
    "profile",
    "recipient",
    "subscriber",
    "member",
    "account",
    "client",
    "lead",
    "custom_attribute",
    "customers",
    "people",
];
/// What to do about names that have no variable.
const ADVICE: [(&[&str], &str); 4] = [
    (&["loop"], "in a loop, `forloop.index` counts from 1 and `forloop.index0` from 0"),
    (&["snippet"], "a snippet is read as `{{ snippets.name }}`"),
    (
        &["now", "today", "date", "current_date", "current_time", "current_year", "timestamp"],
        "print the current date with the filter `date`: `{{ 'now' | date: '%Y-%m-%d' }}`",
    ),
    (
        &[
            "unsubscribe_url",
            "unsubscribe_link",
            "unsubscribe",
            "view_in_browser_url",
            "view_in_browser",
            "manage_subscription_preferences_url",
            "preferences_url",
            "company",
            "organization",
        ],
        "only emails have it: write the URL or text itself, or send it in `message_data`",
    ),
];

/// The variable that is meant by the first name of a path, if it is a name of another product or the data has the same path,
/// and whether the data has it.
fn of_other_products(path: &str, root: &str, facts: &TemplateFacts<'_>) -> Option<(&'static str, bool)> {
    let rest = path.strip_prefix(root).filter(|rest| rest.starts_with('.') && !rest.contains(['\n', ' ']))?;
    let is_sent = |name: &str| {
        let meant = format!("{name}{rest}");
        facts.cases.iter().any(|case| case.places.contains(&meant))
    };
    let (is_trigger, is_customer) = (TRIGGER.contains(&root), CUSTOMER.contains(&root));
    let order = if is_customer { ["customer", "trigger"] } else { ["trigger", "customer"] };
    if let Some(name) = order.into_iter().find(|name| is_sent(name)) {
        return Some((name, true));
    }
    (is_trigger || is_customer).then_some((order[0], false))
}

/// What a variable is.
fn what_is(name: &str) -> &'static str {
    if name == "trigger" { "the request's `message_data` is `trigger`" } else { "the recipient is `customer`" }
}

/// The paths with this name that may have been meant, the likeliest first: those in data that is sent, otherwise those
/// that every message has.
fn meant<'f>(name: &str, facts: &'f TemplateFacts<'_>) -> Vec<&'f str> {
    let within = |root: &&str| {
        let mut places: Vec<_> = facts.cases.iter().flat_map(|case| case.named(name, root)).collect();
        // The outermost first.
        places.sort_by_key(|place| (place.matches(['.', '[']).count(), *place));
        places.dedup();
        places
    };
    let sent: Vec<_> = SENT_NAMES.iter().flat_map(within).collect();
    if !sent.is_empty() {
        return sent;
    }
    let known: Vec<_> = NAMES.iter().flat_map(within).collect();
    if known.is_empty() { spelled_differently(name, facts) } else { known }
}

/// The outermost sent paths with this name in another spelling, such as `first_name` for `firstName`.
fn spelled_differently<'f>(name: &str, facts: &'f TemplateFacts<'_>) -> Vec<&'f str> {
    let is_same = |place: &&String| {
        let last = place.rsplit('.').next().unwrap_or_default();
        place.matches('.').count() == 1 && letters(last) == letters(name)
    };
    let mut places: Vec<_> =
        facts.cases.iter().flat_map(|case| &case.places).filter(is_same).map(String::as_str).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|next| next.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
