//! `missing-data`: a request lacks data without which its template fails.

use super::{CaseFacts, Cell, Findings, Rule, Table, TemplateFacts};
use crate::analysis::{BranchReason, MissingBehavior, Path, Read};
use crate::customerio::Version;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Severity};
use crate::liquid::Span;
use crate::liquid::value::json::{KeyStep, locate_key};
use crate::message::{NAMES, Request};
use crate::mistakes::{FilterMeant, filter_meant};
use crate::project::Case;

pub(super) const RULE: Rule =
    Rule::new("missing-data", Severity::Error, include_str!("../../docs/rules/missing-data.md")).found_by(check);

/// How the paths of the data that requests send begin.
const TRIGGER: &str = "trigger.";

fn check(facts: &TemplateFacts<'_>, findings: &mut Findings) {
    for case in &facts.cases {
        let mut reported = Vec::new();
        for (read, presence) in facts.needs.reads.iter().zip(&case.presence) {
            let is_fatal =
                read.missing_behavior == MissingBehavior::Fails && presence.is_missing() && case.trace.has(read.node);
            let is_known = NAMES.contains(&read.path.root);
            if !is_fatal || !is_known || reported.contains(&&read.path) || is_broken_snippet(&read.path, case) {
                continue;
            }
            reported.push(&read.path);
            let message = message(&read.path.to_string(), &case.name);
            let location = facts.location(read.text, read.span);
            findings.add(location, "not in the data", message, |mut finding| {
                if let Some((place, reason)) = read.branches.last() {
                    finding = finding.secondary(facts.location(read.text, *place), branch(*reason));
                }
                if let Some(snippet) = missing_snippet(&read.path) {
                    return finding.help(snippet);
                }
                if let Some(advice) = filter_as_property(read, facts, case) {
                    return finding.help(advice);
                }
                match case.near(&read.path) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("add it to the data, or {}", remedy(read, facts))),
                }
            });
        }
    }
}

/// What to do about the name of a filter after the dot of a value that is sent, as in `trigger.name.upcase`.
fn filter_as_property(read: &Read<'_>, facts: &TemplateFacts<'_>, case: &CaseFacts) -> Option<String> {
    let (parent, name) = (read.path.parent()?.to_string(), read.path.name()?);
    if !parent.contains('.') || !case.places.contains(&parent) {
        return None;
    }
    let expression = facts.expression(read)?;
    let value = expression.strip_suffix(name)?.strip_suffix('.')?;
    let language = facts.texts.first()?.liquid.language;
    let filter = match filter_meant(name, language) {
        Some(FilterMeant::Filters(filter)) => filter,
        Some(FilterMeant::Advice(_)) => return None,
        None => language.filter(name)?.name,
    };
    Some(format!("Liquid has filters for this: write `{{{{ {value} | {filter} }}}}`"))
}

fn message(path: &str, request: &str) -> String {
    format!("`{path}` is missing in `{request}`: the message fails")
}

/// The findings about a template with these cases once more, in the request files that lack the data, for editors that have
/// those open.
#[must_use]
pub fn missing_in_requests(table: &Table, findings: &[Diagnostic], cases: &[Case<'_>]) -> Diagnostics {
    let mut found = Diagnostics::new();
    for row in table.rows.iter().filter(|row| row.path.starts_with(TRIGGER)) {
        let lacking = table.columns.iter().zip(&row.cells).filter(|(_, cell)| **cell == Cell::Fails);
        for (name, _) in lacking {
            let message = message(&row.path, name);
            let is_it = |finding: &&Diagnostic| finding.code == RULE.code && finding.message == message;
            let case = cases.iter().find(|case| case.request.name() == name);
            let (Some(finding), Some(case)) = (findings.iter().find(is_it), case) else { continue };
            let message = format!("`{}` is missing: the message of `{}` fails", row.path, case.template.name());
            let mut lack = Diagnostic::new(finding.code, finding.severity, message);
            lack = lack.primary(place_in(case.request, &row.path), "");
            if let Some(read) = finding.location() {
                lack = lack.secondary(read.clone(), "read here");
            }
            lack.help.clone_from(&finding.help);
            found.push(lack);
        }
    }
    found
}

/// The innermost key of a request on the way to a path that it lacks.
fn place_in(request: &Request, path: &str) -> Location {
    let names = path[TRIGGER.len()..].split('.').map(|name| name.split('[').next().unwrap_or_default());
    let steps: Vec<_> = std::iter::once("message_data").chain(names).collect();
    let key = (1..steps.len()).rev().find_map(|count| {
        let steps: Vec<_> = steps[..count].iter().map(|name| KeyStep::Key(name)).collect();
        locate_key(request.source().text(), &steps)
    });
    request.source().at(key.map_or(0..0, Span::range))
}

/// Whether a path is a snippet that exists and cannot be rendered, which is reported in its file.
fn is_broken_snippet(path: &Path<'_>, case: &CaseFacts) -> bool {
    let path = path.to_string();
    let Some(name) = path.strip_prefix("snippets.") else { return false };
    let is_its_file = |file: &str| file.rsplit('/').next().and_then(|file| file.split('.').next()) == Some(name);
    let problems = case.rendering.iter().flat_map(|rendering| rendering.problems.iter());
    let mut files = problems.filter_map(|problem| Some(problem.location()?.source().name()));
    files.any(|file| file.contains("snippets/") && is_its_file(file))
}

/// What to do about a snippet that does not exist.
fn missing_snippet(path: &Path<'_>) -> Option<String> {
    let path = path.to_string();
    let name = path.strip_prefix("snippets.")?.split(['.', '[']).next()?;
    Some(format!("create the snippet as `snippets/{name}.liquid`"))
}

/// The label at what decides a branch.
const fn branch(reason: BranchReason) -> &'static str {
    match reason {
        BranchReason::Holds(true) | BranchReason::Otherwise(true) => "in the branch if this is true",
        BranchReason::Holds(false) | BranchReason::Otherwise(false) => "in the branch if this is false",
        BranchReason::Equals => "in the branch for this value",
        BranchReason::EqualsNone => "in the branch if this is none of the values",
        BranchReason::IsEmpty => "in the branch if this has no elements",
    }
}

/// How the template can handle a missing variable.
fn remedy(read: &Read<'_>, facts: &TemplateFacts<'_>) -> String {
    match (facts.version(), facts.expression(read)) {
        // The legacy Liquid ignores `default`.
        (Some(Version::Legacy), Some(written)) => format!("check it before: `{{% if {written} %}}…{{% endif %}}`"),
        (Some(Version::Legacy), None) => "check it before, with `if`".to_owned(),
        (_, Some(written)) => format!("give it a default: `{{{{ {written} | default: \"…\" }}}}`"),
        (_, None) => "give it a default, with the filter `default`".to_owned(),
    }
}
