//! Completion in requests: the template, the customer, the fields, and the keys that the template needs.

use gen_lsp_types::CompletionItemKind;
use serde_json::Value;

use super::{Candidate, Candidates, data};
use crate::analysis::PathStep;
use crate::lsp::json_cursor::{Expects, JsonCursor};
use crate::lsp::snapshot::{FileKind, FileView};
use crate::message::{IdentifierKind, REQUEST_FIELDS, SENT_NAMES};

pub(super) fn candidates(file: &FileView<'_>, offset: usize) -> Option<Candidates> {
    let cursor = JsonCursor::new(&file.text, offset)?;
    let path: Vec<_> = cursor.path.iter().map(String::as_str).collect();
    let all = match (&cursor.expects, &*path) {
        (Expects::Key, []) => REQUEST_FIELDS.map(|name| Candidate::new(name, CompletionItemKind::Property)).into(),
        (Expects::Key, ["identifiers"]) => {
            IdentifierKind::ALL.map(|kind| Candidate::new(kind.as_str(), CompletionItemKind::Property)).into()
        }
        (Expects::Key, ["message_data", steps @ ..]) => keys(file, steps),
        (Expects::Value, ["transactional_message_id"]) => templates(file),
        (Expects::Value, ["identifiers", kind]) => customers(file, kind),
        _ => return None,
    };
    let quote = |candidate: Candidate| {
        let text = match (&cursor.expects, cursor.is_in_string) {
            (_, true) => return candidate,
            (Expects::Key, false) => format!("{}: ", Value::from(candidate.label.as_str())),
            (Expects::Value, false) => Value::from(candidate.label.as_str()).to_string(),
        };
        candidate.text(text)
    };
    Some(Candidates { range: cursor.start..offset, all: all.into_iter().map(quote).collect() })
}

fn templates(file: &FileView<'_>) -> Vec<Candidate> {
    let templates = file.project.templates().iter();
    let candidate = |template: &crate::message::Template| {
        let name = template.settings().name.as_ref().map(|name| name.value.clone());
        Candidate::new(template.name(), CompletionItemKind::Reference).detail(name.unwrap_or_default())
    };
    templates.map(candidate).collect()
}

fn customers(file: &FileView<'_>, kind: &str) -> Vec<Candidate> {
    let Some(kind) = IdentifierKind::ALL.into_iter().find(|known| known.as_str() == kind) else { return Vec::new() };
    let candidate = |customer: &crate::message::Customer| {
        let identifier = customer.identifier(kind)?;
        let name = customer.display_name().unwrap_or_default();
        Some(Candidate::new(identifier, CompletionItemKind::Reference).detail(name))
    };
    file.project.customers().iter().filter_map(candidate).collect()
}

/// The keys that the template of the request needs there, and those that other requests have.
fn keys(file: &FileView<'_>, path: &[&str]) -> Vec<Candidate> {
    let [trigger, ..] = SENT_NAMES;
    let steps: Vec<_> =
        path.iter().map(|step| if *step == "[]" { PathStep::Element } else { PathStep::Key(step) }).collect();
    let mut keys = needed(file, trigger, &steps);
    for other in data::members(file, trigger, &steps) {
        if !keys.iter().any(|key| key.label == other.label) {
            keys.push(other);
        }
    }
    keys
}

/// The keys in the table of the template's variables that are directly below a path.
fn needed(file: &FileView<'_>, root: &str, steps: &[PathStep<'_>]) -> Vec<Candidate> {
    let template = match file.kind {
        FileKind::Request(_) => file.main_template(),
        // A request that is not valid yet is found by its folder, which is named after the template.
        _ => file
            .name
            .rsplit('/')
            .nth(1)
            .and_then(|name| file.project.templates().iter().find(|template| template.is_called(name))),
    };
    let Some((template, checked)) = template.zip(file.checked()) else { return Vec::new() };
    let prefix = format!("{}.", crate::analysis::Path { root, steps: steps.to_vec() });
    let tables = template.with_variants().filter_map(|variant| checked.table(variant.source().name()));
    let mut keys: Vec<Candidate> = Vec::new();
    for row in tables.flat_map(|table| &table.rows) {
        let Some(rest) = row.path.strip_prefix(&prefix) else { continue };
        let name = rest.split(['.', '[']).next().unwrap_or_default();
        if keys.iter().any(|key| key.label == name) || name.is_empty() {
            continue;
        }
        let kind = if rest == name { row.kind.as_str() } else { "" };
        keys.push(Candidate::new(name, CompletionItemKind::Field).detail(format!("{kind} · read by the template")));
    }
    keys
}
