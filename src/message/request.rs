//! Requests: the body of `POST /v1/send/inbox_message`, exactly as a backend sends it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::json_mistakes::Document;
use super::sent_data::{no_fields, not_json};
use super::{Customer, Delivery, IdentifierKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Source};
use crate::liquid::value::Object;
use crate::liquid::value::json::{self, Event, Events, JsonError, Read};
use crate::liquid::value::number;
use crate::liquid::value::number::Numbers;
use crate::liquid::{Arena, Span, Value};

pub(super) const INVALID_REQUEST: Code = Code::new("invalid-request");
const BAD_IDENTIFIERS: Code = Code::new("bad-identifiers");
const NUMERIC_IDENTIFIER: Code = Code::new("numeric-identifier");
/// The code of the warning about a field that Customer.io does not know.
pub const UNKNOWN_FIELD: Code = Code::new("unknown-field");

/// The fields that Customer.io's API and client libraries know.
pub const REQUEST_FIELDS: [&str; 10] = [
    "transactional_message_id",
    "identifiers",
    "message_data",
    "language",
    "queue_draft",
    "send_at",
    "to",
    "auto_create",
    "disable_message_retention",
    "send_to_unsubscribed",
];

/// The field that names the customer.
pub(super) const IDENTIFIERS: &str = "identifiers";

/// What a request looks like.
pub(super) const EXAMPLE: &str =
    "a request is a JSON object, such as `{\"transactional_message_id\": \"…\", \"identifiers\": {\"id\": \"…\"}}`";

/// A request file. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Request {
    source: Source,
    fields: Arc<Fields>,
}

/// The fields of a request, as far as they are read.
#[derive(Debug)]
struct Fields {
    name: String,
    template: TemplateReference,
    identifier: Identifier,
    language: Option<String>,
    delivery: Delivery,
    /// The byte range of `message_data`; `None` if it is null or missing.
    message_data: Option<Range<usize>>,
}

/// Which template a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateReference {
    /// The trigger name or number; a number as its digits.
    pub text: String,
    /// The byte range of `transactional_message_id`'s value.
    pub span: Range<usize>,
}

/// The customer that a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The kind of identifier.
    pub kind: IdentifierKind,
    /// The identifier itself.
    pub value: String,
    /// The byte range of the value.
    pub span: Range<usize>,
}

impl Request {
    /// Parses a request file. Warnings are added to `problems`: about fields that Customer.io does not know, and about a
    /// numeric `id`.
    ///
    /// # Errors
    /// Everything that would make Customer.io reject it.
    pub fn read(name: &str, source: Source, problems: &mut Diagnostics) -> Result<Self, Diagnostics> {
        let (fields, span) = match read_body(source.text()) {
            Ok(Some(body)) => body,
            Ok(None) => {
                let problem =
                    Diagnostic::error(INVALID_REQUEST, "the request is not a JSON object").at(source.at(0..0));
                let is_list = source.text().trim_start().starts_with('[') && source.text().contains('{');
                let help =
                    if is_list { "a file holds one request: write each into a file of its own" } else { EXAMPLE };
                return Err(problem.help(help).into());
            }
            Err(error) => return Err(invalid(&source, 0, &error).into()),
        };
        let body = Body { source: &source, fields, span };
        problems.extend(body.unknown_fields());
        let mut errors = Diagnostics::new();
        let template = body.template().map_err(|problem| errors.push(problem)).ok();
        let identifier = body.identifier(problems).map_err(|problem| errors.push(problem)).ok();
        let message_data = body.message_data().map_err(|problem| errors.push(problem)).ok().flatten();
        let language = body.language().map_err(|problem| errors.push(problem)).ok().flatten();
        let queue_draft = body.queue_draft().map_err(|problem| errors.push(problem)).unwrap_or_default();
        let send_at = body.send_at().map_err(|problem| errors.push(problem)).ok().flatten();
        let delivery = Delivery { queue_draft, send_at };
        drop(body);
        match (template, identifier) {
            (Some(template), Some(identifier)) if errors.is_empty() => {
                let name = name.to_owned();
                let fields = Fields { name, template, identifier, language, delivery, message_data };
                Ok(Self { source, fields: Arc::new(fields) })
            }
            _ => Err(errors),
        }
    }

    /// The request that sends the `message_data` at this range of a file to a customer.
    #[must_use]
    pub fn for_data(
        name: &str,
        source: Source,
        message_data: Option<Range<usize>>,
        template: &str,
        customer: &Customer,
    ) -> Self {
        let kind = IdentifierKind::ALL.into_iter().find(|kind| customer.identifier(*kind).is_some());
        let fields = Fields {
            name: name.to_owned(),
            template: TemplateReference { text: template.to_owned(), span: 0..0 },
            identifier: Identifier {
                kind: kind.unwrap_or(IdentifierKind::Id),
                value: customer.main_identifier().to_owned(),
                span: 0..0,
            },
            language: None,
            delivery: Delivery::default(),
            message_data,
        };
        Self { source, fields: Arc::new(fields) }
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The byte range of its `message_data` in the file; `None` if it has none.
    #[must_use]
    pub fn message_data_range(&self) -> Option<Range<usize>> {
        self.fields.message_data.clone()
    }

    /// The request's own name: the path of its file below the requests folder, without the extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.fields.name
    }

    /// The location of the first key that a path within `message_data` leads to.
    #[must_use]
    pub fn key(&self, path: &[json::KeyStep<'_>]) -> Option<Location> {
        let data = self.fields.message_data.clone()?;
        let key = json::locate_key(&self.source.text()[data.clone()], path)?;
        Some(self.source.at(data.start + key.start..data.start + key.end))
    }

    /// The template that it asks for.
    #[must_use]
    pub fn template(&self) -> &TemplateReference {
        &self.fields.template
    }

    /// The customer that it is for.
    #[must_use]
    pub fn identifier(&self) -> &Identifier {
        &self.fields.identifier
    }

    /// The language that it asks for, which overrides the customer's.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.fields.language.as_deref()
    }

    /// The delivery options.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.fields.delivery
    }

    /// The `message_data`, which templates read as `trigger`; empty if there is none.
    ///
    /// # Errors
    /// It is not valid JSON.
    pub fn message_data<'a>(&'a self, numbers: Numbers, arena: &'a Arena) -> Result<Value<'a>, Diagnostic> {
        let Some(range) = &self.fields.message_data else { return Ok(no_fields(arena)) };
        let text = &self.source.text()[range.clone()];
        json::read_as(text, numbers, arena).map_err(|error| invalid(&self.source, range.start, &error))
    }
}

/// Whether an object is the whole body of a request rather than a `message_data`: it has both of the fields that every
/// request has, or one of them and a `message_data`.
#[must_use]
pub fn is_request_body(fields: &Object<'_>) -> bool {
    let has = |name: &str| fields.get(name).is_some();
    let count = ["transactional_message_id", "identifiers"].into_iter().filter(|name| has(name)).count();
    count == 2 || count > 0 && has("message_data")
}

/// Names that other products have for the fields of a request.
const OTHER_FIELDS: [(&[&str], &str); 3] = [
    (
        &["template", "template_id", "template_name", "message_id", "message", "id", "trigger_name", "campaign_id"],
        "transactional_message_id",
    ),
    (&["to", "user", "user_id", "customer", "customer_id", "recipient", "person", "profile", "email"], "identifiers"),
    (&["data", "payload", "variables", "vars", "properties", "context", "params", "attributes"], "message_data"),
];

fn invalid(source: &Source, start: usize, error: &JsonError) -> Diagnostic {
    not_json(INVALID_REQUEST, Document::Request, source, start, error)
}

/// A field of an object. The first token of its value tells the type.
struct Field<'a> {
    name: Cow<'a, str>,
    /// Where the name is, with its quotes.
    key: Span,
    value: Event<'a>,
    span: Span,
}

/// The fields of a request's body, and those of its `identifiers`. Most requests have no more than these.
#[derive(Default)]
struct BodyFields<'a> {
    all: SmallVec<[Field<'a>; 4]>,
    identifiers: SmallVec<[Field<'a>; 1]>,
}

/// Reads the fields of a request's body and the body's span in one pass; `None` if the body is not an object.
fn read_body(text: &str) -> Read<Option<(BodyFields<'_>, Span)>> {
    let mut events = Events::new(text);
    let first = events.next_event()?;
    let start = events.span().start;
    let body = if first == Event::ObjectStart {
        let fields = read_fields(&mut events)?;
        Some((fields, Span::new(start, events.span().end)))
    } else {
        None
    };
    events.finish()?;
    Ok(body)
}

/// Reads the fields of the body that was just entered.
fn read_fields<'a>(events: &mut Events<'a>) -> Read<BodyFields<'a>> {
    let mut fields = BodyFields::default();
    while let Some((name, key, value)) = next_field(events)? {
        let start = events.span().start;
        let span = if value == Event::ObjectStart && name == IDENTIFIERS {
            fields.identifiers.clear();
            while let Some((name, key, value)) = next_field(events)? {
                fields.identifiers.push(Field { name, key, value, span: events.finish_value(value)? });
            }
            Span::new(start, events.span().end)
        } else {
            events.finish_value(value)?
        };
        fields.all.push(Field { name, key, value, span });
    }
    Ok(fields)
}

/// The name of the next field of an object, where that is, and the first token of its value; `None` at the end.
fn next_field<'a>(events: &mut Events<'a>) -> Read<Option<(Cow<'a, str>, Span, Event<'a>)>> {
    let Event::Key(key) = events.next_event()? else { return Ok(None) };
    let (name, key) = (key.decode(), events.span());
    Ok(Some((name, key, events.next_event()?)))
}

/// The field with a name. If a name occurs twice, the last one counts, as in JavaScript.
fn field<'f, 'a>(fields: &'f [Field<'a>], name: &str) -> Option<&'f Field<'a>> {
    fields.iter().rfind(|field| field.name == name)
}

/// The body of a request while it is parsed.
struct Body<'s, 'a> {
    source: &'s Source,
    fields: BodyFields<'a>,
    span: Span,
}

impl<'a> Body<'_, 'a> {
    fn field(&self, name: &str) -> Option<&Field<'a>> {
        field(&self.fields.all, name)
    }

    /// An error about the body as a whole.
    fn error(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).primary(self.source.at(self.span.range()), "")
    }

    fn error_in(&self, field: &Field<'_>, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).primary(self.source.at(field.span.range()), "")
    }

    fn unknown_fields(&self) -> Vec<Diagnostic> {
        let mut seen = HashSet::new();
        let mut unknown: Vec<_> =
            self.fields.all.iter().filter(|field| !REQUEST_FIELDS.contains(&&*field.name)).collect();
        unknown = unknown.into_iter().rev().filter(|field| seen.insert(&*field.name)).collect();
        unknown.reverse();
        let warn = |field: &Field<'_>| {
            let name = &*field.name;
            let problem = Diagnostic::warning(UNKNOWN_FIELD, format!("Customer.io has no request field `{name}`"))
                .primary(self.source.at(field.key.range()), "ignored")
                .suggest(name, REQUEST_FIELDS);
            let meant = OTHER_FIELDS.iter().find(|(names, meant)| names.contains(&name) && self.field(meant).is_none());
            if let Some((_, meant)) = meant.filter(|_| problem.help.is_empty()) {
                return problem.help(format!("did you mean `{meant}`?"));
            }
            if problem.help.is_empty() {
                return problem.help("put data for the template into `message_data`");
            }
            problem
        };
        unknown.into_iter().map(warn).collect()
    }

    fn template(&self) -> Result<TemplateReference, Diagnostic> {
        const FIELD: &str = "transactional_message_id";
        let help = "name a template by its trigger name or its number";
        let Some(field) = self.field(FIELD) else {
            return Err(self.error(INVALID_REQUEST, format!("the request has no `{FIELD}`")).help(help));
        };
        let text = match field.value {
            Event::String(name) => name.decode().trim().to_owned(),
            Event::Number(id) => number::to_js_string(id),
            _ => String::new(),
        };
        if text.is_empty() {
            let message = format!("expected a name or number under `{FIELD}`");
            return Err(self.error_in(field, INVALID_REQUEST, message).help(help));
        }
        Ok(TemplateReference { text, span: field.span.range() })
    }

    fn identifier(&self, problems: &mut Diagnostics) -> Result<Identifier, Diagnostic> {
        let help = "name the customer by exactly one of `id`, `email` and `cio_id`";
        let Some(identifiers) = self.optional(IDENTIFIERS) else {
            return Err(self.error(BAD_IDENTIFIERS, "the request has no `identifiers`").help(help));
        };
        let error = |field, message: &str| Err(self.error_in(field, BAD_IDENTIFIERS, message).help(help));
        if identifiers.value != Event::ObjectStart {
            return error(identifiers, "expected an object under `identifiers`");
        }
        let own = &self.fields.identifiers;
        let mut given = IdentifierKind::ALL
            .into_iter()
            .filter_map(|kind| Some((kind, field(own, kind.as_str())?)))
            .filter(|(_, field)| field.value != Event::Null);
        match (given.next(), given.next()) {
            (Some((kind, field)), None) => match field.value {
                Event::String(value) if !value.decode().is_empty() => {
                    Ok(Identifier { kind, value: value.decode().into_owned(), span: field.span.range() })
                }
                Event::Number(number) if kind == IdentifierKind::Id => {
                    let value = self.number_text(field, number);
                    problems.push(self.numeric_identifier(field, &value));
                    Ok(Identifier { kind, value, span: field.span.range() })
                }
                _ => error(field, &format!("expected a string under `{}`", kind.as_str())),
            },
            (None, _) => {
                let problem =
                    self.error_in(identifiers, BAD_IDENTIFIERS, "`identifiers` does not name a customer").help(help);
                Err(own.iter().fold(problem, |problem, field| {
                    problem.suggest(&field.name, IdentifierKind::ALL.map(IdentifierKind::as_str))
                }))
            }
            _ => error(identifiers, "`identifiers` names the customer more than once"),
        }
    }

    /// The digits of a number. Those of a large whole number are kept as they are written, without rounding.
    fn number_text(&self, field: &Field<'_>, number: f64) -> String {
        let written = &self.source.text()[field.span.range()];
        let is_whole = written.bytes().all(|byte| byte.is_ascii_digit());
        if is_whole { written.to_owned() } else { number::to_js_string(number) }
    }

    /// The warning about a numeric `id`. Some client libraries accept one, and Customer.io's documentation has only strings.
    fn numeric_identifier(&self, field: &Field<'_>, value: &str) -> Diagnostic {
        Diagnostic::warning(NUMERIC_IDENTIFIER, "the `id` is a number")
            .primary(self.source.at(field.span.range()), format!("used as the string \"{value}\""))
            .help(format!("write `\"{value}\"`: Customer.io's documentation has only strings"))
    }

    /// A field that may be missing. Null counts as missing.
    fn optional(&self, name: &str) -> Option<&Field<'a>> {
        self.field(name).filter(|field| field.value != Event::Null)
    }

    fn language(&self) -> Result<Option<String>, Diagnostic> {
        let Some(field) = self.optional("language") else { return Ok(None) };
        match field.value {
            Event::String(language) => Ok(Some(language.decode().into_owned())),
            _ => Err(self.error_in(field, INVALID_REQUEST, "expected a string under `language`, such as \"fr\"")),
        }
    }

    fn queue_draft(&self) -> Result<bool, Diagnostic> {
        let Some(field) = self.optional("queue_draft") else { return Ok(false) };
        match field.value {
            Event::Bool(draft) => Ok(draft),
            _ => Err(self.error_in(field, INVALID_REQUEST, "expected `true` or `false` under `queue_draft`")),
        }
    }

    fn send_at(&self) -> Result<Option<(f64, Range<usize>)>, Diagnostic> {
        let Some(field) = self.optional("send_at") else { return Ok(None) };
        match field.value {
            Event::Number(seconds) if seconds.fract() == 0.0 => Ok(Some((seconds, field.span.range()))),
            _ => Err(self.error_in(field, INVALID_REQUEST, "expected whole seconds since 1970 under `send_at`")),
        }
    }

    fn message_data(&self) -> Result<Option<Range<usize>>, Diagnostic> {
        let Some(field) = self.optional("message_data") else { return Ok(None) };
        match field.value {
            Event::ObjectStart => Ok(Some(field.span.range())),
            _ => Err(self
                .error_in(field, INVALID_REQUEST, "expected an object under `message_data`")
                .help("a template reads its keys as `trigger.…`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let mut problems = Diagnostics::new();
        let errors = Request::read("r", Source::new("r.json", text), &mut problems).err().unwrap_or_default();
        problems
            .iter()
            .chain(errors.iter())
            .map(|problem| {
                format!("{}: {}", problem.location().map(ToString::to_string).unwrap_or_default(), problem.message)
            })
            .collect()
    }

    #[test]
    fn reports_every_problem_of_a_request() {
        for (text, expected) in [
            (r#"{"transactional_message_id": 3, "identifiers": {"id": "a"}}"#, vec![]),
            (r#"{"transactional_message_id": "x", "identifiers": {"email": "a"}, "message_data": null}"#, vec![]),
            ("[]", vec!["r.json:1:1: the request is not a JSON object"]),
            (
                "{\"a\": }",
                vec!["r.json:1:7: the request is not valid JSON: invalid character '}' looking for beginning of value"],
            ),
            (
                "{}",
                vec![
                    "r.json:1:1: the request has no `transactional_message_id`",
                    "r.json:1:1: the request has no `identifiers`",
                ],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": "a", "email": "b"}}"#,
                vec!["r.json:1:50: `identifiers` names the customer more than once"],
            ),
            (
                r#"{"transactional_message_id": [], "identifiers": {"ID": 7}}"#,
                vec![
                    "r.json:1:30: expected a name or number under `transactional_message_id`",
                    "r.json:1:49: `identifiers` does not name a customer",
                ],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": 7}, "mesage_data": {}, "message_data": 1}"#,
                vec![
                    "r.json:1:61: Customer.io has no request field `mesage_data`",
                    "r.json:1:57: the `id` is a number",
                    "r.json:1:96: expected an object under `message_data`",
                ],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"email": 7}}"#,
                vec!["r.json:1:60: expected a string under `email`"],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": "a"}, "language": null, "queue_draft": null, "send_at": null}"#,
                vec![],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": "a"}, "language": "fr", "queue_draft": true, "send_at": 1e300}"#,
                vec![],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": "a"}, "language": 7, "queue_draft": "yes", "send_at": 1.5}"#,
                vec![
                    "r.json:1:75: expected a string under `language`, such as \"fr\"",
                    "r.json:1:93: expected `true` or `false` under `queue_draft`",
                    "r.json:1:111: expected whole seconds since 1970 under `send_at`",
                ],
            ),
        ] {
            assert_eq!(problems(text), expected, "{text}");
        }
    }

    #[test]
    fn a_numeric_id_is_used_as_a_string() {
        for (id, expected) in [("7", "7"), ("12345678901234567890", "12345678901234567890"), ("7.0", "7"), ("-1", "-1")]
        {
            let text = format!(r#"{{"transactional_message_id": "t", "identifiers": {{"id": {id}}}}}"#);
            let mut problems = Diagnostics::new();
            let request = Request::read("r", Source::new("r.json", text), &mut problems).unwrap();
            assert_eq!(request.identifier().value, expected);
            assert_eq!(
                problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(),
                ["numeric-identifier"]
            );
        }
    }

    #[test]
    fn what_is_not_an_object_is_shown_an_example() {
        for text in ["", "[]", "transactional_message_id=t", "null"] {
            let errors = Request::read("r", Source::new("r.json", text), &mut Diagnostics::new()).unwrap_err();
            assert_eq!(errors.iter().next().unwrap().help, [EXAMPLE], "{text}");
        }
        let text = r#"{"transactional_message_id": "t"} x"#;
        let errors = Request::read("r", Source::new("r.json", text), &mut Diagnostics::new()).unwrap_err();
        assert!(errors.iter().next().unwrap().help.is_empty());
    }

    #[test]
    fn the_last_duplicate_field_counts() {
        let text = r#"{"identifiers": {"id": 1, "id": "a"}, "message_data": {"x": 1}, "transactional_message_id": "t",
            "message_data": {"x": {"y": "\u0041"}}, "mesage": 1, "mesage": 2}"#;
        let mut problems = Diagnostics::new();
        let request = Request::read("r", Source::new("r.json", text), &mut problems).unwrap();
        assert_eq!(request.identifier().value, "a");
        let unknown: Vec<_> = problems.iter().map(|problem| problem.location().unwrap().start().column).collect();
        assert_eq!(unknown, [66]);
        let arena = Arena::new();
        let mut written = String::new();
        json::write(request.message_data(Numbers::JavaScript, &arena).unwrap(), None, &mut written).unwrap();
        assert_eq!(written, r#"{"x":{"y":"A"}}"#);
    }

    #[test]
    fn missing_message_data_is_an_empty_object() {
        for data in ["", r#", "message_data": null"#, r#", "message_data": {"x": 1}, "message_data": null"#] {
            let text = format!(r#"{{"transactional_message_id": "t", "identifiers": {{"id": "a"}}{data}}}"#);
            let request = Request::read("r", Source::new("r.json", text), &mut Diagnostics::new()).unwrap();
            let arena = Arena::new();
            let data = request.message_data(Numbers::JavaScript, &arena);
            assert!(matches!(data, Ok(Value::Object(fields)) if fields.entries().is_empty()), "{data:?}");
        }
    }
}
