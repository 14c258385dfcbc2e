//! Where a declared schema and the template disagree: a key that the schema requires and nothing reads, and one that the schema
//! leaves optional and without which the message is lost.

use serde_json::{Value as Json, json};

use crate::analysis::{Needs, Path, PathStep};
use crate::contract::{MessageSchema, Shape, Source as ShapeSource};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Severity};
use crate::liquid::value::json;
use crate::liquid::{Arena, Span};
use crate::message::{RenderOptions, Template};
use crate::project::Project;
use crate::schema::{Fault, Payloads, Step, TemplateModel};

/// A schema and a template that disagree.
const SCHEMA_MISMATCH: Code = Code::new("schema-mismatch");
/// How deep keys within each other are compared.
const MAX_DEPTH: usize = 6;

/// Compares the schema that is declared for a template's `message_data` with what the template needs.
pub(super) fn of_template(
    project: &Project,
    schema: &MessageSchema,
    template: &Template,
    options: &RenderOptions,
) -> Diagnostics {
    let mut found = unread(project, schema, template);
    if let Ok(model) = TemplateModel::derive(project, template, options) {
        found.extend(optional(project, schema, &model, options));
    }
    found
}

/// The keys that the schema requires and no variant of the template reads.
fn unread(project: &Project, schema: &MessageSchema, template: &Template) -> Diagnostics {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let mut variants = Vec::new();
    for variant in template.with_variants() {
        // What cannot be parsed is reported as such.
        let Ok(compiled) = variant.compile(&workspace, &arena) else { return Diagnostics::new() };
        variants.push(compiled);
    }
    let needs: Vec<Needs<'_>> = variants
        .iter()
        .map(|compiled| {
            let texts: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
            Needs::from_templates(&texts, compiled.language(), &|name| compiled.snippet_texts(name, &arena), &arena)
        })
        .collect();
    let mut required = Vec::new();
    required_keys(schema.shape(), &mut Vec::new(), &mut required);
    let is_read = |keys: &[String]| {
        let path = Path { root: "trigger", steps: keys.iter().map(|key| PathStep::Key(key)).collect() };
        needs.iter().any(|needs| needs.may_read(&path))
    };
    required
        .into_iter()
        .filter(|keys| !is_read(keys))
        .map(|keys| {
            let message = format!("`{}` is required, and the template does not read it", keys.join("."));
            Diagnostic::new(SCHEMA_MISMATCH, Severity::Info, message)
                .at(place_of(project, schema, &keys))
                .help(format!("`{}` is the template; leave the key out of `required`", template.source().name()))
        })
        .collect()
}

/// The keys that objects of a shape must have, by the keys that lead to them.
fn required_keys(shape: &Shape, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if path.len() >= MAX_DEPTH || !shape.alternatives.is_empty() {
        return;
    }
    for (name, member) in &shape.members {
        path.push(name.clone());
        let count = found.len();
        if !member.is_optional && member.shape.source == ShapeSource::Declared {
            required_keys(&member.shape, path, found);
            // The innermost keys say it all.
            if found.len() == count {
                found.push(path.clone());
            }
        }
        path.pop();
    }
}

/// The keys that the schema leaves optional and without which a payload that it allows is lost.
fn optional(
    project: &Project,
    schema: &MessageSchema,
    model: &TemplateModel<'_>,
    options: &RenderOptions,
) -> Diagnostics {
    let workspace = project.workspace();
    let Ok(mut payloads) = Payloads::new(model.template, &workspace, options) else { return Diagnostics::new() };
    let of = &model.model;
    let trigger = json!({});
    let mut found = Diagnostics::new();
    for demand in of.demands.iter().filter(|demand| demand.fault == Fault::Absent) {
        let pattern = &of.places.0[demand.place].pattern;
        if pattern.first() != Some(&Step::Member("trigger".to_owned())) {
            continue;
        }
        let counterexample = model.requests.iter().chain(&of.samples).find_map(|base| {
            let without = of.with_fault(base, demand.place, Fault::Absent);
            without
                .into_iter()
                .find(|data| schema.allows(data.get("trigger").unwrap_or(&trigger)) && payloads.loss(data).is_some())
        });
        let Some(data) = counterexample else { continue };
        found.push(mismatch(project, schema, model, demand.place, data.get("trigger").unwrap_or(&trigger)));
    }
    found
}

fn mismatch(
    project: &Project,
    schema: &MessageSchema,
    model: &TemplateModel<'_>,
    place: usize,
    data: &Json,
) -> Diagnostic {
    let of = &model.model;
    let keys: Vec<String> = of.places.0[place].pattern[1..]
        .iter()
        .map_while(|step| match step {
            Step::Member(name) => Some(name.clone()),
            Step::Element => None,
        })
        .collect();
    let message = format!("`{}` is optional, and the message is lost without it", of.places.path(place));
    let mut finding = Diagnostic::new(SCHEMA_MISMATCH, Severity::Warning, message)
        .at(place_of(project, schema, &keys))
        .note(format!("with {data}"))
        .help("add the key to `required`, or a `default` to the template");
    if let Some(read) = of.places.0[place].reads.first() {
        finding = finding.secondary(read.at.clone(), "read here");
    }
    finding
}

/// Where a schema describes a key: as deep as it says so in its own file.
fn place_of(project: &Project, schema: &MessageSchema, keys: &[String]) -> Location {
    let Some(Ok(source)) = project.schema_files().get(schema.file()) else {
        return crate::diagnostics::Source::new(schema.file(), "").at(0..0);
    };
    let found = (1..=keys.len()).rev().find_map(|count| {
        let path: Vec<&str> = keys[..count].iter().flat_map(|key| ["properties", key]).collect();
        json::locate(source.text(), &path)
    });
    source.at(found.map_or(0..0, Span::range))
}
