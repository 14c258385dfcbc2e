//! Payloads: renders many payloads from a stream, and groups those that lose their message by cause. Memory is bounded: of each
//! cause, only the first payload is kept.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Judgement;
use crate::contract::{MessageSchema, Schemas};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity, Source, Thousands};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, coerce};
use crate::liquid::{Arena, Span, Value};
use crate::message::{
    Cause, CompiledTemplate, Customer, Losses, RenderOptions, SentData, Template, Trial, TrialOutput, is_request_body,
    named_customer,
};
use crate::project::Project;
use crate::records::{Batch, Position, Record, RecordError, RecordProblem, Records, process_with, thread_count};

const INVALID_PAYLOAD: Code = Code::new("invalid-payload");
const SCHEMA_VIOLATION: Code = Code::new("schema-violation");
const UNKNOWN_TEMPLATE: Code = Code::new("unknown-template");
const MESSAGE_DATA: &str = "message_data";
const TEMPLATE_FIELD: &str = "transactional_message_id";
/// How much of a payload is kept to be shown, in bytes.
const MAX_KEPT: usize = 64 << 10;
/// How many bytes of an input are stood in for, so that the offset of a payload is that in the input.
const MAX_BLANK: usize = 16 << 20;

/// What payloads are rendered with.
#[derive(Clone, Copy, Debug)]
pub struct PayloadOptions<'p> {
    /// The template of all payloads. Without one, each payload is a request that names its template.
    pub template: Option<&'p Template>,
    /// The customers that each payload is rendered for.
    pub customers: &'p [&'p Customer],
    /// Whether these are the customers of the project, so that a request which names one of them is rendered for that one only.
    pub are_of_project: bool,
    /// When and how messages are rendered.
    pub render_options: &'p RenderOptions,
}

/// What became of many payloads.
#[derive(Debug, Default)]
pub struct PayloadReport {
    /// A finding for each cause.
    pub findings: Diagnostics,
    /// How many payloads there are, without the invalid ones.
    pub payloads: u64,
    /// How many of them lose the message, for any customer.
    pub lost: u64,
    /// How many of them do not match their schema.
    pub mismatched: u64,
    /// How many records are no payloads.
    pub invalid: u64,
    /// How many records are requests for other templates.
    pub other_templates: u64,
}

/// The first payload with some cause.
#[derive(Clone, Debug)]
struct Witness {
    /// The number of the input, and the place of the payload in it.
    place: (usize, Position),
    input: Arc<str>,
    problem: Diagnostic,
    /// The payload and the part of it that the problem is about, unless the problem is about the template.
    part: Option<(Arc<str>, Range<usize>)>,
}

/// What one thread has found.
#[derive(Default)]
struct Tally {
    payloads: u64,
    lost: u64,
    mismatched: u64,
    invalid: u64,
    other_templates: u64,
    losses: Losses<Witness>,
}

impl PartialEq for Witness {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Witness {}

impl PartialOrd for Witness {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Witness {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place)
    }
}

/// Judges the payloads in `first`, which were read already, and in `records`.
#[must_use]
pub fn judge_payloads(
    project: &Project,
    options: &PayloadOptions<'_>,
    first: &[Batch],
    records: &mut Records,
) -> PayloadReport {
    let schemas = Schemas::of(project);
    let begun = with_renderer(project, &schemas, options, |renderer| {
        for batch in first {
            renderer.judge(batch);
        }
    });
    let worker = |batches: crate::records::NextBatch<'_, ()>| {
        with_renderer(project, &schemas, options, |renderer| while batches(&mut |batch| renderer.judge(batch)) {})
    };
    let tallies = process_with(records, thread_count(), worker, |()| ());
    let mut all = begun;
    for tally in tallies {
        all.payloads += tally.payloads;
        all.lost += tally.lost;
        all.mismatched += tally.mismatched;
        all.invalid += tally.invalid;
        all.other_templates += tally.other_templates;
        all.losses.merge(tally.losses);
    }
    let total = all.payloads + all.invalid;
    let findings = all.losses.groups().into_iter().map(|(_, group)| finding(&group.first, group.count, total));
    let findings = findings.chain(schemas.problems().iter().cloned());
    let Judgement { findings, .. } = Judgement::of_payloads(project, findings.collect::<Vec<_>>());
    let Tally { payloads, lost, mismatched, invalid, other_templates, .. } = all;
    PayloadReport { findings, payloads, lost, mismatched, invalid, other_templates }
}

/// The finding about a group of payloads.
fn finding(witness: &Witness, count: u64, total: u64) -> Diagnostic {
    let mut problem = witness.problem.clone();
    let Position { line, column, offset } = witness.place.1;
    let (count, total) = (Thousands(as_usize(count)), Thousands(as_usize(total)));
    problem.message = format!("{}: {count} of {total} payloads, the first on line {line}", problem.message);
    let Some((text, part)) = &witness.part else { return problem };
    // The payload at its place in the input, so that it can be found there.
    let before = blank(as_usize(line - 1), as_usize(column - 1), as_usize(offset));
    let (start, end) = (before.len() + part.start, before.len() + part.end);
    problem.primary(Source::new(&*witness.input, before + text).at(start..end), "")
}

/// Blank text in place of the input before a record, with the same number of lines, of characters in the last line, and of bytes unless
/// there are too many.
fn blank(lines: usize, characters: usize, bytes: usize) -> String {
    let first = bytes.saturating_sub(lines + characters);
    let first = if lines > 0 && bytes <= MAX_BLANK { " ".repeat(first) } else { String::new() };
    first + &"\n".repeat(lines) + &" ".repeat(characters)
}

fn as_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Calls `work` with a renderer, and returns what it has found.
fn with_renderer(
    project: &Project,
    schemas: &Schemas,
    options: &PayloadOptions<'_>,
    work: impl FnOnce(&mut Renderer<'_>),
) -> Tally {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let templates: Vec<&Template> = match options.template {
        Some(template) => vec![template],
        None => project.templates().iter().collect(),
    };
    let compiled: Vec<Vec<_>> = templates
        .iter()
        .map(|template| template.with_variants().map(|variant| variant.compile(&workspace, &arena)).collect())
        .collect();
    let all = templates.iter().zip(&compiled).map(|(template, variants)| RenderedTemplate {
        schema: schemas.declarations(template).message_data,
        variants: variants
            .iter()
            .map(|variant| match variant {
                Ok(compiled) => Ok(Variant::new(compiled, options, &arena)),
                Err(problems) => Err(problems.first()),
            })
            .collect(),
    });
    let mut renderer = Renderer {
        project,
        options,
        templates: all.collect(),
        names: names_of(&templates),
        arena: Arena::new(),
        out: TrialOutput::default(),
        tally: Tally::default(),
    };
    work(&mut renderer);
    renderer.tally
}

/// The numbers of templates by the names and ids that requests use, in lower case.
fn names_of(templates: &[&Template]) -> HashMap<String, usize> {
    let mut names = HashMap::new();
    for (at, template) in templates.iter().enumerate() {
        names.entry(template.name().to_lowercase()).or_insert(at);
    }
    for (at, template) in templates.iter().enumerate() {
        if let Some(id) = &template.settings().id {
            names.insert(id.value.to_string(), at);
        }
    }
    names
}

/// A template in all its languages.
struct RenderedTemplate<'r> {
    schema: Option<&'r MessageSchema>,
    /// Each compiled, or the first problem in it.
    variants: Vec<Result<Variant<'r>, Option<&'r Diagnostic>>>,
}

/// A template in one language, with the customers that payloads are rendered for.
struct Variant<'r> {
    compiled: &'r CompiledTemplate<'r>,
    trial: Trial<'r>,
    numbers: Numbers,
    /// The number of each customer, their attributes and their related objects.
    customers: Vec<(usize, Value<'r>, Value<'r>)>,
}

impl<'r> Variant<'r> {
    fn new(compiled: &'r CompiledTemplate<'r>, options: &PayloadOptions<'r>, arena: &'r Arena) -> Self {
        let numbers = compiled.language().dialect().numbers;
        let customers = options.customers.iter().enumerate().filter_map(|(at, customer)| {
            let (attributes, objects) = customer.data(numbers, arena).ok()?;
            Some((at, attributes, objects))
        });
        let trial = Trial::new(compiled, options.render_options);
        Self { compiled, trial, numbers, customers: customers.collect() }
    }
}

/// Renders payloads on one thread.
struct Renderer<'r> {
    project: &'r Project,
    options: &'r PayloadOptions<'r>,
    templates: Vec<RenderedTemplate<'r>>,
    names: HashMap<String, usize>,
    /// For one payload.
    arena: Arena,
    out: TrialOutput,
    tally: Tally,
}

impl Renderer<'_> {
    fn judge(&mut self, batch: &Batch) {
        for entry in batch.entries() {
            let record = match entry {
                Ok(record) => record,
                Err(error) => {
                    self.add_invalid(batch, error, None);
                    continue;
                }
            };
            let mut arena = std::mem::take(&mut self.arena);
            self.judge_record(batch, &record, &arena);
            arena.reset();
            self.arena = arena;
        }
    }

    fn judge_record(&mut self, batch: &Batch, record: &Record<'_>, arena: &Arena) {
        let fields = match record.value(Numbers::JavaScript, arena) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => {
                let problem =
                    Diagnostic::error(INVALID_PAYLOAD, "expected a JSON object: a `message_data` or a request");
                return self.add_unusable(batch, record, problem, 0..record.bytes().len());
            }
            Err(error) => return self.add_invalid(batch, &error, Some(record)),
        };
        let is_request = is_request_body(fields);
        if is_request && self.is_for_another(fields, arena) {
            self.tally.other_templates += 1;
            return;
        }
        let trigger = match fields.get(MESSAGE_DATA).filter(|_| is_request) {
            Some(data @ Value::Object(_)) => data,
            Some(Value::Null) | None if is_request => Value::Object(Object::new(&[], arena)),
            Some(_) => {
                let problem = Diagnostic::error(INVALID_PAYLOAD, "expected an object under `message_data`");
                return self.add_unusable(batch, record, problem, range_of(record, &[MESSAGE_DATA]));
            }
            None => Value::Object(fields),
        };
        let Some(template) = self.template_of(fields, arena) else {
            let problem = Diagnostic::error(UNKNOWN_TEMPLATE, "the payload does not name a template of the project");
            let problem = problem.help("name the template of all payloads: `inkproof check NAME --data FILE`");
            return self.add_unusable(batch, record, problem, range_of(record, &[TEMPLATE_FIELD]));
        };
        self.tally.payloads += 1;
        self.compare(batch, record, template, is_request);
        let customer = if is_request { self.customer_of(record, fields, arena) } else { None };
        self.render(batch, record, template, customer, trigger, is_request, arena);
    }

    /// Whether a request names another template than that of all payloads.
    fn is_for_another(&self, fields: &Object<'_>, arena: &Arena) -> bool {
        let name = template_name(fields, arena);
        self.options.template.zip(name).is_some_and(|(template, name)| !template.is_called(name.trim()))
    }

    /// The number of the customer of the project whom a request names.
    fn customer_of(&self, record: &Record<'_>, fields: &Object<'_>, arena: &Arena) -> Option<usize> {
        if !self.options.are_of_project {
            return None;
        }
        let text = record.json().ok()?;
        let (kind, value) = named_customer(fields, &text, arena)?;
        self.project.customer_number(kind, value)
    }

    /// The number of the template that a payload is for.
    fn template_of(&self, fields: &Object<'_>, arena: &Arena) -> Option<usize> {
        if self.options.template.is_some() {
            return Some(0);
        }
        let name = template_name(fields, arena)?;
        self.names.get(name.trim()).or_else(|| self.names.get(&name.trim().to_lowercase())).copied()
    }

    /// Renders a payload for one customer or for each, and counts each cause of a loss once.
    #[expect(clippy::too_many_arguments, reason = "they are the parts of one payload")]
    fn render(
        &mut self,
        batch: &Batch,
        record: &Record<'_>,
        template: usize,
        named: Option<usize>,
        trigger: Value<'_>,
        is_request: bool,
        arena: &Arena,
    ) {
        let mut causes: Vec<(Cause, Diagnostic)> = Vec::new();
        for variant in &self.templates[template].variants {
            let variant = match variant {
                Ok(variant) => variant,
                Err(problem) => {
                    causes.extend(problem.map(|problem| (Cause::from_diagnostic(problem), problem.clone())));
                    continue;
                }
            };
            // The legacy Liquid reads numbers differently.
            let trigger = if variant.numbers == Numbers::JavaScript {
                trigger
            } else {
                read_again(record, is_request, variant.numbers, arena).unwrap_or(trigger)
            };
            let customers = variant.customers.iter().filter(|(at, ..)| named.is_none_or(|named| named == *at));
            for (_, customer, objects) in customers {
                let data = SentData { trigger, customer: *customer, objects: *objects };
                if variant.trial.run(data, arena, &mut self.out).is_none() {
                    continue;
                }
                let rendering = variant.compiled.render_data(&data, self.options.render_options);
                let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
                for problem in rendering.problems.iter().filter(|problem| is_error(problem)) {
                    let cause = Cause::from_diagnostic(problem);
                    if !causes.iter().any(|(known, _)| *known == cause) {
                        causes.push((cause, problem.clone()));
                    }
                }
            }
        }
        self.tally.lost += u64::from(!causes.is_empty());
        for (cause, problem) in causes {
            self.add(batch, record, &cause, problem, None);
        }
    }

    /// Compares a payload with the schema of its template.
    fn compare(&mut self, batch: &Batch, record: &Record<'_>, template: usize, is_request: bool) {
        let Some(schema) = self.templates[template].schema else { return };
        let root: &[&str] = if is_request { &[MESSAGE_DATA] } else { &[] };
        let Ok(text) = record.json() else { return };
        let span = json::locate(&text, root);
        let data = span.map_or("{}", |span| span.of(&text));
        let data = match serde_json::from_str::<Json>(data) {
            Ok(Json::Null) | Err(_) => Json::Object(serde_json::Map::new()),
            Ok(data) => data,
        };
        if schema.allows(&data) {
            return;
        }
        self.tally.mismatched += 1;
        let mut seen: Vec<String> = Vec::new();
        for violation in schema.violations(&data, &[MESSAGE_DATA]) {
            if seen.contains(&violation.keyword) {
                continue;
            }
            let keys: Vec<&str> = root.iter().copied().chain(violation.path.iter().map(String::as_str)).collect();
            let part = (0..=keys.len()).rev().find_map(|count| json::locate(&text, &keys[..count]));
            let (file, code) = (schema.file().to_owned(), SCHEMA_VIOLATION.as_str().to_owned());
            let cause = Cause { file, line: 0, column: 0, code, text: violation.keyword.clone() };
            let problem = Diagnostic::error(SCHEMA_VIOLATION, violation.message).note(format!(
                "`{}#{}` declares what is allowed",
                schema.file(),
                violation.keyword
            ));
            let problem = violation.help.into_iter().fold(problem, Diagnostic::help);
            self.add(batch, record, &cause, problem, Some(part.map_or(0..0, Span::range)));
            seen.push(violation.keyword);
        }
    }

    /// Counts a record that cannot be read.
    fn add_invalid(&mut self, batch: &Batch, error: &RecordError, record: Option<&Record<'_>>) {
        self.tally.invalid += 1;
        let problem = Diagnostic::error(INVALID_PAYLOAD, error.problem.to_string());
        let code = error.problem.code().to_owned();
        let cause = Cause { file: batch.input_name().to_string(), line: 0, column: 0, code, text: String::new() };
        let offset = match &error.problem {
            RecordProblem::NotJson { offset, .. } => *offset,
            _ => 0,
        };
        let text = record.map_or("".into(), |record| String::from_utf8_lossy(record.bytes()));
        let witness = Witness {
            place: (batch.input(), error.position),
            input: Arc::clone(batch.input_name()),
            problem,
            part: Some((clipped(&text), offset..offset)),
        };
        self.tally.losses.add(&cause, text.len() as u64, &witness);
    }

    /// Counts a record that is valid JSON, but no payload.
    fn add_unusable(&mut self, batch: &Batch, record: &Record<'_>, problem: Diagnostic, part: Range<usize>) {
        self.tally.invalid += 1;
        let (code, text) = (problem.code.as_str().to_owned(), problem.message.clone());
        let cause = Cause { file: batch.input_name().to_string(), line: 0, column: 0, code, text };
        self.add(batch, record, &cause, problem, Some(part));
    }

    fn add(
        &mut self,
        batch: &Batch,
        record: &Record<'_>,
        cause: &Cause,
        problem: Diagnostic,
        part: Option<Range<usize>>,
    ) {
        let part = part.map(|part| (clipped(&String::from_utf8_lossy(record.bytes())), part));
        let place = (batch.input(), record.position());
        let witness = Witness { place, input: Arc::clone(batch.input_name()), problem, part };
        self.tally.losses.add(cause, record.bytes().len() as u64, &witness);
    }
}

/// What a request calls its template.
fn template_name<'a>(fields: &Object<'a>, arena: &'a Arena) -> Option<&'a str> {
    let name = fields.get(TEMPLATE_FIELD).filter(|name| matches!(name, Value::String(_) | Value::Number(_)))?;
    coerce::to_liquid_string(name, arena).ok()
}

/// A `message_data` with other numbers.
fn read_again<'a>(record: &Record<'a>, is_request: bool, numbers: Numbers, arena: &'a Arena) -> Option<Value<'a>> {
    let Ok(Value::Object(fields)) = record.value(numbers, arena) else { return None };
    if is_request { fields.get(MESSAGE_DATA) } else { Some(Value::Object(fields)) }
}

/// The place of a value in a record; all of it if it is not there.
fn range_of(record: &Record<'_>, path: &[&str]) -> Range<usize> {
    let text = record.json().unwrap_or_default();
    json::locate(&text, path).map_or(0..text.len(), Span::range)
}

/// The beginning of a payload, as much as is kept of the first one with some cause.
fn clipped(text: &str) -> Arc<str> {
    let end = (0..=MAX_KEPT.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].into()
}
