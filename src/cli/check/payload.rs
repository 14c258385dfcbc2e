//! `check --data`: payloads that are not among the project's requests.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use super::Check;
use crate::cli::data::Data;
use crate::cli::{Failure, Global, Outcome, customer};
use crate::diagnostics::{Severity, Source, Thousands, sanitize};
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span, Value};
use crate::message::{Customer, IdentifierKind, Request, Template, is_request_body, named_customer};
use crate::project::{Case, Languages, Project};
use crate::records::{Batch, Input, Records, Stop};
use crate::rules::{Judgement, PayloadOptions, PayloadReport, judge_payload, judge_payloads};

const MESSAGE_DATA: &str = "message_data";

/// What was found in payloads.
pub(super) enum Payloads {
    /// In a single one.
    One(Judgement),
    /// In a stream of them.
    Many(PayloadReport),
}

/// A JSON object: a `message_data`, or a whole request with one.
#[derive(Debug)]
struct Payload {
    source: Source,
    /// The byte range of the `message_data`; `None` if a request has none.
    message_data: Option<Range<usize>>,
    is_request: bool,
    /// The template that the request names.
    template: Option<String>,
    /// The identifier of the customer that the request names.
    customer: Option<(IdentifierKind, String)>,
}

impl Check {
    /// Renders the payloads of `--data`.
    pub(super) fn judge_payloads(
        &self,
        names: &[String],
        project: &Project,
        data: &Path,
        global: &Global,
    ) -> Result<Payloads, Failure> {
        let customers = self.customers(project, global)?;
        let customers: Vec<_> = customers.iter().map(Cow::as_ref).collect();
        let data = Data::from_argument(data, global);
        let input = match &data {
            Data::Json(text) => {
                let payload = Payload::parse(&Source::new(data.name(), text.as_str()))?;
                return Ok(Payloads::One(self.judge_one(names, &payload, project, &customers, global)?));
            }
            Data::Input(input) => input.clone(),
        };
        let mut records = Records::new(vec![input.clone()], None, Stop::default())
            .map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))?;
        let mut first = Vec::new();
        // With two batches it is clear whether there is more than one payload.
        while first.len() < 2 {
            let mut batch = Batch::new();
            if !records.read(&mut batch) {
                break;
            }
            first.push(batch);
        }
        if let Some(payload) = single(&first, &input)? {
            no_errors(records)?;
            return Ok(Payloads::One(self.judge_one(names, &payload, project, &customers, global)?));
        }
        if first.is_empty() {
            no_errors(records)?;
            return Err(format!("`{}` is empty: expected a payload", input.name()).into());
        }
        if self.table {
            return Err("`--table` shows one payload, and there are several".to_owned().into());
        }
        let template = template(names, project, None, global)?;
        let render_options = global.render_options();
        let are_of_project = self.customer.is_none() && !project.customers().is_empty();
        let options =
            PayloadOptions { template, customers: &customers, are_of_project, render_options: &render_options };
        let report = judge_payloads(project, &options, &first, &mut records);
        no_errors(records)?;
        Ok(Payloads::Many(report))
    }

    /// Judges a single payload as if it were one of the project's requests.
    fn judge_one(
        &self,
        names: &[String],
        payload: &Payload,
        project: &Project,
        customers: &[&Customer],
        global: &Global,
    ) -> Result<Judgement, Failure> {
        let Some(template) = template(names, project, payload.template.as_deref(), global)? else {
            let name = payload.source.name();
            return Err(format!("`{name}` does not name a template: write `inkproof check NAME --data …`").into());
        };
        if payload.is_request {
            let name = sanitize::line(payload.source.name()).into_owned();
            writeln!(anstream::stderr().lock(), "note: `{name}` is a whole request: its `message_data` is validated")?;
        }
        let own = payload.customer(project).filter(|_| self.customer.is_none());
        let customers = own.as_ref().map_or(customers, std::slice::from_ref);
        let request = |customer: &&Customer| {
            let (source, data) = (payload.source.clone(), payload.message_data.clone());
            Request::for_data(payload.source.name(), source, data, template.name(), customer)
        };
        let requests: Vec<_> = customers.iter().map(request).collect();
        let cases = customers.iter().zip(&requests).map(|(customer, request)| Case {
            template: template.in_language(customer.language()),
            request,
            customer,
        });
        Ok(judge_payload(project, &cases.collect::<Vec<_>>(), &global.render_options()))
    }

    /// The customers that payloads are rendered for.
    fn customers<'p>(&self, project: &'p Project, global: &Global) -> Result<Vec<Cow<'p, Customer>>, Failure> {
        if let Some(name) = &self.customer {
            return Ok(vec![customer::find(name, project, global)?]);
        }
        let known: Vec<_> = project.customers().iter().map(Cow::Borrowed).collect();
        if !known.is_empty() {
            return Ok(known);
        }
        Ok(vec![Cow::Owned(customer::somebody()?)])
    }
}

/// The template that the names on the command line mean, or else the one that a request names.
fn template<'p>(
    names: &[String],
    project: &'p Project,
    own: Option<&str>,
    global: &Global,
) -> Result<Option<&'p Template>, Failure> {
    if names.is_empty() {
        let Some(name) = own else {
            return Ok(None);
        };
        let found = project.templates().iter().find(|template| template.is_called(name));
        return match found {
            Some(template) => Ok(Some(template)),
            None => super::selected(project, &[name.to_owned()], global).map(|_| None),
        };
    }
    let (templates, _) = super::selected(project, names, global)?;
    match Languages::of(project).mains(&templates)[..] {
        [template] => Ok(Some(template)),
        ref several => {
            let several: Vec<_> = several.iter().map(|template| format!("`{}`", template.name())).collect();
            Err(format!("`--data` validates one template, and the names match several: {}", several.join(", ")).into())
        }
    }
}

/// Reports what was found in many payloads.
pub(super) fn report(report: &PayloadReport, global: &Global) -> Result<Outcome, Failure> {
    let (output_options, theme) = (global.output_options(), global.theme());
    let mut out = BufWriter::new(anstream::stdout().lock());
    output_options.tell(&report.findings, theme, &mut out)?;
    if output_options.format.is_for_people() && !report.findings.is_empty() {
        writeln!(out)?;
    }
    let summary = summary(report);
    if output_options.format.is_for_people() {
        writeln!(out, "{summary}")?;
    }
    out.flush()?;
    if !output_options.format.is_for_people() {
        writeln!(anstream::stderr().lock(), "{summary}")?;
    }
    let is_finding = |severity| matches!(severity, Severity::Error | Severity::Warning);
    let any = report.findings.iter().any(|finding| is_finding(finding.severity));
    Ok(if any { Outcome::Findings } else { Outcome::Fine })
}

/// How many payloads lose their message, and what else is wrong with them.
fn summary(report: &PayloadReport) -> String {
    let shown = |count: u64| Thousands(usize::try_from(count).unwrap_or(usize::MAX));
    let verb = if report.lost == 1 { "loses" } else { "lose" };
    let mut parts = vec![format!("{} of {} payloads {verb} the message", shown(report.lost), shown(report.payloads))];
    match report.mismatched {
        0 => {}
        1 => parts.push("1 does not match its schema".to_owned()),
        count => parts.push(format!("{} do not match their schema", shown(count))),
    }
    match report.invalid {
        0 => {}
        1 => parts.push("1 record is not a payload".to_owned()),
        count => parts.push(format!("{} records are not payloads", shown(count))),
    }
    match report.other_templates {
        0 => {}
        1 => parts.push("1 request is for another template".to_owned()),
        count => parts.push(format!("{} requests are for other templates", shown(count))),
    }
    parts.join("; ")
}

/// The payload if there is only one: the whole input is a JSON object. Fails if the input is neither that nor has any valid
/// record.
fn single(first: &[Batch], input: &Input) -> Result<Option<Payload>, Failure> {
    let [batch] = first else { return Ok(None) };
    let Ok(text) = str::from_utf8(batch.bytes()) else { return Ok(None) };
    let source = Source::new(input.name(), text);
    if text.trim_start().starts_with('[') {
        return Ok(None);
    }
    let arena = Arena::new();
    let is_valid = json::read(text, &arena).is_ok();
    let has_records = batch.records().any(|record| record.value(Numbers::JavaScript, &arena).is_ok());
    if is_valid || !has_records {
        return Ok(Some(Payload::parse(&source)?));
    }
    Ok(None)
}

fn no_errors(records: Records) -> Result<(), Failure> {
    let errors = records.into_errors();
    if errors.is_empty() { Ok(()) } else { Err(Failure::Messages(errors.iter().map(ToString::to_string).collect())) }
}

impl Payload {
    /// The customer of the project that a request names.
    fn customer<'p>(&self, project: &'p Project) -> Option<&'p Customer> {
        let (kind, value) = self.customer.as_ref()?;
        project.customer_with(*kind, value)
    }

    fn parse(source: &Source) -> Result<Self, String> {
        let text = source.text();
        let arena = Arena::new();
        let fields = match json::read(text, &arena) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => {
                return Err(format!(
                    "{}: this is not a JSON object: expected a `message_data` object",
                    source.at(0..0)
                ));
            }
            Err(error) => {
                return Err(format!("{}: this is not valid JSON: {error}", source.at(error.offset..error.offset)));
            }
        };
        let is_request = is_request_body(fields);
        let range = |path: &[&str]| json::locate(text, path).map(Span::range);
        let message_data = match fields.get(MESSAGE_DATA).filter(|_| is_request) {
            Some(Value::Object(_)) => range(&[MESSAGE_DATA]),
            Some(Value::Null) | None if is_request => None,
            Some(_) => {
                let place = source.at(range(&[MESSAGE_DATA]).unwrap_or_default());
                return Err(format!("{place}: expected an object under `{MESSAGE_DATA}`"));
            }
            None => range(&[]),
        };
        let template = match fields.get("transactional_message_id").filter(|_| is_request) {
            Some(Value::String(name)) => Some(name.trim().to_owned()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let customer = if is_request { named_customer(fields, text, &arena) } else { None };
        let customer = customer.map(|(kind, value)| (kind, value.to_owned()));
        Ok(Self { source: source.clone(), message_data, is_request, template, customer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_payload_or_the_message_data_of_a_request() {
        for (text, expected) in [
            (r#"{"a": 1}"#, Ok((r#"{"a": 1}"#, false))),
            (r#"{"message_data": {"a": 1}}"#, Ok((r#"{"message_data": {"a": 1}}"#, false))),
            (r#"{"identifiers": 1, "b": 2}"#, Ok((r#"{"identifiers": 1, "b": 2}"#, false))),
            (r#"{"identifiers": {"id": "1"}, "message_data": {"a": 1.0}}"#, Ok((r#"{"a": 1.0}"#, true))),
            (r#"{"transactional_message_id": "t", "message_data": {}}"#, Ok(("{}", true))),
            (r#"{"transactional_message_id": "t", "identifiers": {"id": "1"}}"#, Ok(("", true))),
            (r#"{"transactional_message_id": "t", "message_data": null}"#, Ok(("", true))),
            (
                "{\"identifiers\": {},\n \"message_data\": [1]}",
                Err("p.json:2:18: expected an object under `message_data`"),
            ),
            ("[]", Err("p.json:1:1: this is not a JSON object: expected a `message_data` object")),
            (
                "{\n \"a\": }",
                Err("p.json:2:7: this is not valid JSON: invalid character '}' looking for beginning of value"),
            ),
            ("{", Err("p.json:1:2: this is not valid JSON: unexpected end of JSON input")),
        ] {
            let payload = Payload::parse(&Source::new("p.json", text));
            let found = payload
                .as_ref()
                .map(|payload| (&text[payload.message_data.clone().unwrap_or_default()], payload.is_request));
            assert_eq!(found.map_err(String::as_str), expected, "{text}");
        }
    }
}
