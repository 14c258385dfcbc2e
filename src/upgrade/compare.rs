//! A request rendered with both Liquids.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde_json::Value;

use crate::customerio::Version;
use crate::diagnostics::Diagnostics;
use crate::liquid::tree::{NodeKind, Part, When};
use crate::liquid::visit::all_nodes;
use crate::liquid::{Arena, Span};
use crate::message::{Circumstances, Customer, Message, Observed, Request, Template, Workspace};

/// What becomes of a message.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What comes out otherwise, by its place in the message.
    pub changes: Vec<FieldChange>,
    /// Which expressions print or decide otherwise, in the order of the text.
    pub culprits: Vec<Culprit>,
    /// Why the message fails with the latest Liquid, where it does.
    pub problems: Diagnostics,
}

/// A part of a message that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Where it stands, such as `properties.title`.
    pub field: String,
    /// What the legacy Liquid makes of it; none where it is not there.
    pub before: Option<Value>,
    /// What the latest makes of it.
    pub after: Option<Value>,
}

/// An expression that is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// Where it stands in the template's file.
    pub range: Range<usize>,
    /// What it does otherwise.
    pub message: String,
}

/// Renders a request with both Liquids.
#[must_use]
pub fn compare(
    template: &Template,
    workspace: &Workspace<'_>,
    customer: &Customer,
    request: &Request,
    circumstances: &Circumstances,
) -> Comparison {
    let render = |version| {
        let template = template.in_version(version);
        let arena = Arena::new();
        match template.compile(workspace, &arena) {
            Ok(compiled) => {
                let rendering = compiled.render(customer, request, circumstances);
                let observed = compiled.observe(customer, request, circumstances);
                (rendering.message, rendering.problems, Some(observed), branches(&compiled.texts()[0].liquid))
            }
            Err(problems) => (None, problems, None, Vec::new()),
        }
    };
    let (before, _, seen_before, branches) = render(Version::Legacy);
    let (after, problems, seen_after, _) = render(Version::Latest);
    let start = template.content_start();
    let mut culprits = match (seen_before, seen_after) {
        (Some(before), Some(after)) => culprits(template.content(), &before, &after, &branches),
        _ => Vec::new(),
    };
    for culprit in &mut culprits {
        culprit.range = culprit.range.start + start..culprit.range.end + start;
    }
    let problems = if after.is_none() { problems } else { Diagnostics::new() };
    Comparison { changes: changes(before.as_ref(), after.as_ref()), culprits, problems }
}

/// The conditions of a template: each with its tag and what it lets through.
fn branches(template: &crate::liquid::Template<'_>) -> Vec<(Span, Span, Vec<Span>)> {
    let mut found = Vec::new();
    for node in all_nodes(template.nodes) {
        let NodeKind::Tag { tag, .. } = node.kind else { continue };
        for part in tag.parts() {
            if let Part::Nodes { nodes, when: When::Holds { condition, .. }, .. } = part {
                found.push((node.span, condition.span, nodes.iter().map(|node| node.span).collect()));
            }
        }
    }
    found
}

fn culprits(content: &str, before: &Observed, after: &Observed, branches: &[(Span, Span, Vec<Span>)]) -> Vec<Culprit> {
    let mut found: Vec<Culprit> = Vec::new();
    let visited = |seen: &Observed| seen.visited.iter().map(|span| (span.start, span.end)).collect::<HashSet<_>>();
    let (was, is) = (visited(before), visited(after));
    let has = |set: &HashSet<(usize, usize)>, span: &Span| set.contains(&(span.start, span.end));
    for (tag, condition, inner) in branches {
        let differs = inner.iter().any(|span| has(&was, span) != has(&is, span));
        if differs && has(&was, tag) && has(&is, tag) {
            let text = condition.of(content).trim();
            let message = format!("`{text}` is decided otherwise");
            found.push(Culprit { range: condition.range(), message });
        }
    }
    let written = |seen: &Observed| {
        let mut all: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (span, text) in &seen.written {
            all.entry((span.start, span.end)).or_default().push(text.clone());
        }
        all
    };
    let (was, is) = (written(before), written(after));
    for ((start, end), texts) in &was {
        // Where a branch or loop took another way, what it did not print is told by its condition.
        let Some(others) = is.get(&(*start, *end)) else { continue };
        if let Some((before, after)) = texts.iter().zip(others).find(|(before, after)| before != after) {
            let message = format!("prints `{before}` with the legacy Liquid, and `{after}` with the latest");
            found.push(Culprit { range: *start..*end, message });
        }
    }
    if before.failure != after.failure {
        for (what, failure) in [("the legacy Liquid", &before.failure), ("the latest Liquid", &after.failure)] {
            if let Some((span, message)) = failure {
                found.push(Culprit { range: span.range(), message: format!("fails with {what}: {message}") });
            }
        }
    }
    found.sort_by_key(|culprit| culprit.range.start);
    found
}

/// What differs between two messages, field by field.
fn changes(before: Option<&Message>, after: Option<&Message>) -> Vec<FieldChange> {
    let json = |message: Option<&Message>| message.and_then(|message| serde_json::to_value(message).ok());
    let mut found = Vec::new();
    match (json(before), json(after)) {
        (None, None) => {}
        (Some(before), Some(after)) => compare_within("", Some(&before), Some(&after), &mut found),
        (before, after) => found.push(FieldChange { field: "message".to_owned(), before, after }),
    }
    found
}

fn compare_within(field: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) {
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        for name in names {
            let inner = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
            compare_within(&inner, before.get(name), after.get(name), found);
        }
        return;
    }
    found.push(FieldChange { field: field.to_owned(), before: before.cloned(), after: after.cloned() });
}
