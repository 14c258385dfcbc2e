//! Completion in `inkproof.toml`: tables, keys and values, from the configuration's JSON Schema.

use gen_lsp_types::CompletionItemKind;
use serde_json::Value;

use super::{Candidate, Candidates};
use crate::lsp::snapshot::FileView;
use crate::project::Config;
use crate::rules;

pub(super) fn candidates(file: &FileView<'_>, offset: usize) -> Option<Candidates> {
    let upto = file.text.get(..offset)?;
    let line = upto.rsplit('\n').next()?;
    let schema = Config::schema(rules::codes().into_iter().map(|code| (code, summary(code))));
    let written = written(line);
    let range = offset - written.len()..offset;
    if let Some(header) = line.trim_start().strip_prefix('[') {
        let range = offset - header.len()..offset;
        return Some(Candidates { range, all: properties(&schema, &schema, CompletionItemKind::Module, true) });
    }
    let table = upto.split('\n').rev().skip(1).find_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']'));
    let table = match table {
        Some(name) => resolve(&schema, schema.pointer(&format!("/properties/{}", name.trim()))?),
        None => &schema,
    };
    let all = match line.split_once('=') {
        Some((key, _)) => values(&schema, table.pointer(&format!("/properties/{}", key.trim()))?),
        None => properties(&schema, table, CompletionItemKind::Property, false),
    };
    Some(Candidates { range, all })
}

fn summary(code: &'static str) -> &'static str {
    rules::page(code).map(rules::summary).unwrap_or_default()
}

/// What is written of a word, without an opening quote.
fn written(line: &str) -> &str {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    &line[line.trim_end_matches(is_part).len()..]
}

/// The properties of an object of the schema: those that are tables themselves, or the others.
fn properties(schema: &Value, object: &Value, kind: CompletionItemKind, tables: bool) -> Vec<Candidate> {
    let properties = object["properties"].as_object().into_iter().flatten();
    let is_table = |property: &Value| resolve(schema, property)["type"] == "object";
    let wanted = properties.filter(|(_, property)| is_table(property) == tables);
    let candidate = |(name, property): (&String, &Value)| {
        let about = property["description"].as_str().or_else(|| resolve(schema, property)["description"].as_str());
        let text = if tables { format!("{name}]") } else { format!("{name} = ") };
        Candidate::new(name, kind).documentation(about.unwrap_or_default()).text(text)
    };
    wanted.map(candidate).collect()
}

/// The values that the schema lists for a property.
fn values(schema: &Value, property: &Value) -> Vec<Candidate> {
    let property = resolve(schema, property);
    let listed = property["enum"].as_array().into_iter().flatten();
    let listed =
        listed.chain(
            property["oneOf"].as_array().into_iter().flatten().flat_map(|choice| {
                choice.get("const").into_iter().chain(choice["enum"].as_array().into_iter().flatten())
            }),
        );
    let booleans = ["true", "false"].into_iter().filter(|_| property["type"] == "boolean");
    let booleans = booleans.map(|word| Candidate::new(word, CompletionItemKind::Value));
    let candidate = |value: &Value| Candidate::new(value.to_string(), CompletionItemKind::EnumMember);
    listed.map(candidate).chain(booleans).collect()
}

/// What a property refers to, if it is a reference.
fn resolve<'s>(schema: &'s Value, property: &'s Value) -> &'s Value {
    let reference = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str());
    reference.and_then(|reference| schema.pointer(reference.strip_prefix('#')?)).unwrap_or(property)
}
