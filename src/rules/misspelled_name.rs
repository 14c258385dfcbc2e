//! `misspelled-name`: a name that nothing has is read where that does no harm, while a similar one is sent and never read; or a
//! filter is given the name of a property that no element has.

use std::collections::HashSet;

use super::{Findings, Rule, TemplateFacts};
use crate::analysis::{MissingBehavior, Path, PathStep, Read, places};
use crate::contract::{Declarations, Shape};
use crate::diagnostics::{Severity, misspelling_of};
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span};
use crate::message::Customer;

pub(super) const RULE: Rule =
    Rule::new("misspelled-name", Severity::Warning, include_str!("../../docs/rules/misspelled-name.md"))
        .found_by(check);

/// A name that is probably misspelled.
#[derive(Clone, Debug)]
pub struct Misspelling {
    /// The text that reads it, and where.
    pub text: usize,
    /// Where the text reads it.
    pub span: Span,
    /// The path up to the name.
    pub written: String,
    /// The path that is probably meant.
    pub meant: String,
    /// The first request that has the path that is meant.
    pub case: String,
    /// Whether the template reads the path that is meant as well.
    pub is_meant_read: bool,
}

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for Misspelling { text, span, written, meant, case, is_meant_read } in &facts.misspellings {
        let whose = if written.starts_with("customer.") { "customer" } else { "request" };
        let message = format!("no {whose} has `{written}`: did you mean `{meant}`?");
        findings.add(facts.location(*text, *span), "never sent", message, |finding| {
            let unread = if *is_meant_read { "" } else { ", which the template never reads" };
            finding.help(format!("`{case}` has `{meant}`{unread}"))
        });
    }
}

/// The misspelled names of a template, each at the first place that reads it. A name that a schema declares, or that any
/// customer of the project has, is not misspelled.
pub(super) fn find(
    facts: &TemplateFacts<'_>,
    customers: &[Customer],
    declarations: Declarations<'_>,
    numbers: Numbers,
) -> Vec<Misspelling> {
    let mut found: Vec<Misspelling> = Vec::new();
    let mut of_customers: Option<HashSet<String>> = None;
    let own = |read: &&Read<'_>| matches!(read.path.root, "trigger" | "customer") && read.snippet.is_none();
    let (harmless, harmful): (Vec<_>, Vec<_>) =
        facts.needs.reads.iter().filter(own).partition(|read| read.missing_behavior < MissingBehavior::MayFail);
    // Where its absence loses the message, that is reported.
    let missing_parts = harmful.iter().filter_map(|read| missing_part(facts, &read.path));
    let reported: HashSet<String> = missing_parts.map(|(missing, _)| missing.to_string()).collect();
    for read in harmless {
        let Some((missing, name)) = missing_part(facts, &read.path) else { continue };
        let written = missing.to_string();
        if reported.contains(&written) || found.iter().any(|known| known.written == written) {
            continue;
        }
        let Some((meant, case, is_meant_read)) = meant(facts, &missing, name, facts.is_property_name(read)) else {
            continue;
        };
        let is_declared = match missing.root {
            "trigger" => declarations.message_data,
            _ => declarations.customer,
        }
        .is_some_and(|schema| declares(schema.shape(), &missing.steps));
        let is_of_customer = missing.root == "customer"
            && of_customers.get_or_insert_with(|| attributes(customers, numbers)).contains(&written);
        if !is_declared && !is_of_customer {
            let (text, span) = (read.text, read.span);
            found.push(Misspelling { text, span, written, meant, case, is_meant_read });
        }
    }
    found
}

/// The path up to its first name that no data has, and that name.
fn missing_part<'a>(facts: &TemplateFacts<'_>, path: &Path<'a>) -> Option<(Path<'a>, &'a str)> {
    (1..=path.steps.len()).find_map(|length| {
        let part = Path { root: path.root, steps: path.steps[..length].to_vec() };
        let PathStep::Key(name) = part.steps[length - 1] else { return None };
        let written = part.to_string();
        let is_missing = !facts.cases.is_empty() && !facts.cases.iter().any(|case| case.has_read(&written));
        is_missing.then_some((part, name))
    })
}

/// The similar path that some data has, the request with that data, and whether the template reads the path. Except for the name
/// of a filter's property, it is one that the template never reads.
fn meant(
    facts: &TemplateFacts<'_>,
    missing: &Path<'_>,
    name: &str,
    is_property: bool,
) -> Option<(String, String, bool)> {
    let parent = format!("{}.", missing.parent()?);
    let is_name = |name: &str| !name.contains(['.', '[']);
    facts.cases.iter().find_map(|case| {
        // Customers have attributes for many templates, so these are not listed as unused.
        let is_any = is_property || missing.root == "customer";
        let of_all = case.places.iter().filter(|_| is_any).map(String::as_str);
        let of_request = case.unused.iter().filter(|_| !is_any).map(|unused| unused.path.as_str());
        let siblings = of_all.chain(of_request).filter_map(|path| path.strip_prefix(&parent));
        let sibling = misspelling_of(name, siblings.filter(|name| is_name(name)))?;
        let path = missing.parent()?.then(PathStep::Key(sibling));
        let is_read = facts.needs.may_read(&path);
        (is_property || !is_read).then(|| (path.to_string(), case.name.clone(), is_read))
    })
}

/// Whether a schema says what is at a path.
fn declares(shape: &Shape, steps: &[PathStep<'_>]) -> bool {
    let Some((first, rest)) = steps.split_first() else { return true };
    shape.choices().into_iter().any(|shape| {
        let inner = match first {
            PathStep::Key(name) => shape.members.get(*name).map(|member| &member.shape),
            PathStep::Element => shape.element.as_deref(),
        };
        inner.is_some_and(|inner| declares(inner, rest))
    })
}

/// The paths of all attributes of customers.
fn attributes(customers: &[Customer], numbers: Numbers) -> HashSet<String> {
    let mut found = HashSet::new();
    for customer in customers {
        let arena = Arena::new();
        if let Ok((attributes, _)) = customer.data(numbers, &arena) {
            found.extend(places("customer", attributes).iter().map(ToString::to_string));
        }
    }
    found
}
