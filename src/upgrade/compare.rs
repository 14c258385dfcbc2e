//! Comparison: a request rendered with both versions of Liquid.

use std::collections::{BTreeMap, HashSet};

use super::readable::readable;
use crate::customerio::Version;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Severity};
use crate::liquid::{Arena, Span};
use crate::message::{
    Customer, FieldChange, Message, ObservedFailure, ObservedText, RenderOptions, Request, Template, Workspace,
};

/// The field name of a change of the whole message, if only one of the two versions renders one.
pub const WHOLE_MESSAGE: &str = "message";

/// The differences between the two renderings of a message.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The fields that differ.
    pub changes: Vec<FieldChange>,
    /// The expressions that print, decide or fail differently. Those of snippets come last.
    pub culprits: Vec<Culprit>,
    /// Why the message fails with the legacy Liquid; empty if it does not.
    pub legacy: Diagnostics,
    /// Why it fails with the latest Liquid; empty if it does not.
    pub latest: Diagnostics,
}

impl Comparison {
    /// Whether the message fails with either version.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        !self.legacy.is_empty() || !self.latest.is_empty()
    }
}

/// An expression that causes a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// Its location.
    pub location: Location,
    /// How it behaves differently.
    pub message: String,
}

/// A request rendered with one version of Liquid.
struct VersionRendering {
    message: Option<Message>,
    /// The errors that prevent a message.
    problems: Diagnostics,
    observed: Vec<ObservedText>,
}

/// Renders a request with both versions of Liquid and compares the results.
#[must_use]
pub fn compare(
    template: &Template,
    workspace: &Workspace<'_>,
    customer: &Customer,
    request: &Request,
    render_options: &RenderOptions,
) -> Comparison {
    let render = |version| {
        let template = template.in_version(version);
        let arena = Arena::new();
        let (message, problems) = match template.compile(workspace, &arena) {
            Ok(compiled) => {
                let rendering = compiled.render(customer, request, render_options);
                (rendering.message, rendering.problems)
            }
            Err(problems) => (None, problems),
        };
        // A template that cannot be parsed is observed without its unparsable parts.
        let readable = readable(&template, workspace);
        let compiled = readable.as_ref().and_then(|template| template.compile(workspace, &arena).ok());
        // Problems of the data are among the problems of the rendering.
        let observed = compiled.and_then(|compiled| compiled.observe(customer, request, render_options).ok());
        let is_reason = |problem: &Diagnostic| message.is_none() && problem.severity == Severity::Error;
        let problems = problems.into_iter().filter(is_reason).collect();
        VersionRendering { message, problems, observed: observed.unwrap_or_default() }
    };
    let (before, after) = (render(Version::Legacy), render(Version::Latest));
    Comparison {
        changes: changes(before.message.as_ref(), after.message.as_ref()),
        culprits: before.observed.iter().flat_map(|text| culprits(text, &after.observed)).collect(),
        legacy: before.problems,
        latest: after.problems,
    }
}

/// The expressions of a text that behave differently from the same text among `others`.
fn culprits(before: &ObservedText, others: &[ObservedText]) -> Vec<Culprit> {
    let is_same = |other: &&ObservedText| other.source.name() == before.source.name() && other.has_same_place(before);
    let Some(after) = others.iter().find(is_same) else { return Vec::new() };
    let mut found = failing(before, after);
    let failed: HashSet<_> = before.failures.iter().chain(&after.failures).map(|failure| failure.node).collect();
    found.extend(deciding(before, after).into_iter().filter(|(tag, ..)| !failed.contains(tag)));
    found.extend(printing(before, after).into_iter().filter(|(node, ..)| !failed.contains(node)));
    found.sort_by_key(|(_, span, _)| span.start);
    let culprit = |(_, span, message)| Culprit { location: before.location(span), message };
    found.into_iter().map(culprit).collect()
}

/// A node, the part of it that is to blame, and a message about what it does.
type Blame = (Span, Span, String);

/// The expressions that fail with only one of the versions.
fn failing(before: &ObservedText, after: &ObservedText) -> Vec<Blame> {
    let mut found = Vec::new();
    for (what, own, other) in [("the legacy Liquid", before, after), ("the latest Liquid", after, before)] {
        let mut reported = HashSet::new();
        let elsewhere: HashSet<_> = other.failures.iter().map(|failure| failure.node).collect();
        let unset: HashSet<_> = own.failures.iter().filter_map(|failure| failure.unset.as_ref()).collect();
        // A variable that is unassigned because of another failure is not to blame.
        let follows = |failure: &ObservedFailure| failure.missing.as_ref().is_some_and(|name| unset.contains(name));
        for failure in &own.failures {
            if !elsewhere.contains(&failure.node) && !follows(failure) && reported.insert(failure.node) {
                let message = format!("fails with {what}: {}", failure.message);
                found.push((failure.node, failure.span, message));
            }
        }
    }
    found
}

/// The conditions that evaluate differently.
fn deciding(before: &ObservedText, after: &ObservedText) -> Vec<Blame> {
    let visited = |text: &ObservedText| text.visited.iter().copied().collect::<HashSet<_>>();
    let (was, is) = (visited(before), visited(after));
    let differs = |span: &Span| was.contains(span) != is.contains(span);
    let both = |span: &Span| was.contains(span) && is.contains(span);
    let conditions = before.conditions.iter().filter(|condition| both(&condition.tag));
    conditions
        .filter(|condition| condition.body.iter().any(differs))
        .map(|condition| {
            let message = format!("`{}` evaluates differently", condition.span.of(&before.text).trim());
            (condition.tag, condition.span, message)
        })
        .collect()
}

/// The expressions that print something else.
fn printing(before: &ObservedText, after: &ObservedText) -> Vec<Blame> {
    let written = |text: &ObservedText| {
        let mut all: BTreeMap<Span, Vec<String>> = BTreeMap::new();
        for (span, text) in &text.written {
            all.entry(*span).or_default().push(text.clone());
        }
        all
    };
    let (was, is) = (written(before), written(after));
    let mut found = Vec::new();
    for (span, texts) in was {
        // If a branch or loop took another path, its condition is reported instead.
        let Some(others) = is.get(&span) else { continue };
        if let Some((before, after)) = texts.iter().zip(others).find(|(before, after)| before != after) {
            let message = format!("prints `{before}` with the legacy Liquid, and `{after}` with the latest");
            found.push((span, span, message));
        }
    }
    found
}

/// The differences between two messages, field by field.
fn changes(before: Option<&Message>, after: Option<&Message>) -> Vec<FieldChange> {
    let json = |message: Option<&Message>| message.and_then(|message| serde_json::to_value(message).ok());
    match (json(before), json(after)) {
        (None, None) => Vec::new(),
        (Some(before), Some(after)) => FieldChange::between(&before, &after),
        (from, to) => vec![FieldChange { field: WHOLE_MESSAGE.to_owned(), from, to }],
    }
}
