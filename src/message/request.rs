//! Requests: the body of `POST /v1/send/inbox_message`, exactly as a backend sends it.

use std::ops::Range;

use super::Delivery;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, json, number};
use crate::liquid::{Arena, Value};

pub(super) const INVALID_REQUEST: Code = Code::new("invalid-request");
const BAD_IDENTIFIERS: Code = Code::new("bad-identifiers");
const UNKNOWN_FIELD: Code = Code::new("unknown-field");

/// The fields that Customer.io's API and its client libraries know.
const FIELDS: [&str; 10] = [
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

/// A request as it stands in a file.
#[derive(Clone, Debug)]
pub struct Request {
    source: Source,
    name: String,
    template: TemplateReference,
    identifier: Identifier,
    language: Option<String>,
    delivery: Delivery,
}

/// Which template a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateReference {
    /// The trigger name or number; a number as its digits.
    pub text: String,
    /// The value of `transactional_message_id`.
    pub span: Range<usize>,
}

/// Whom a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What the customer is named by.
    pub kind: IdentifierKind,
    /// The customer's name of that kind.
    pub value: String,
    /// Where that stands.
    pub span: Range<usize>,
}

/// What a customer can be named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// `id`
    Id,
    /// `email`
    Email,
    /// `cio_id`
    CioId,
}

impl IdentifierKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Id, Self::Email, Self::CioId];

    /// The name as requests spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::CioId => "cio_id",
        }
    }
}

impl Request {
    /// Reads a request out of its file's text. Fields that Customer.io does not know are warned of in `problems`.
    ///
    /// # Errors
    /// Everything that would make Customer.io refuse it.
    pub fn read(name: &str, source: Source, problems: &mut Diagnostics) -> Result<Self, Diagnostics> {
        let arena = Arena::new();
        let body = match json::read(source.text(), &arena) {
            Ok(Value::Object(body)) => body,
            Ok(_) => {
                let problem = Diagnostic::error(INVALID_REQUEST, "the request is no JSON object").at(source.at(0..0));
                return Err(problem.into());
            }
            Err(error) => {
                let message = format!("the request is no JSON: {error}");
                let place = source.at(error.offset..error.offset + 1);
                return Err(Diagnostic::error(INVALID_REQUEST, message).primary(place, "").into());
            }
        };
        let body = Body { source: &source, fields: body };
        problems.extend(body.unknown_fields());
        let mut errors = Diagnostics::new();
        let template = body.template().map_err(|problem| errors.push(problem)).ok();
        let identifier = body.identifier().map_err(|problem| errors.push(problem)).ok();
        if let Err(problem) = body.check_message_data() {
            errors.push(problem);
        }
        let language = body.language().map_err(|problem| errors.push(problem)).ok().flatten();
        let queue_draft = body.queue_draft().map_err(|problem| errors.push(problem)).unwrap_or_default();
        let send_at = body.send_at().map_err(|problem| errors.push(problem)).ok().flatten();
        let delivery = Delivery { queue_draft, send_at };
        drop(arena);
        match (template, identifier) {
            (Some(template), Some(identifier)) if errors.is_empty() => {
                Ok(Self { source, name: name.to_owned(), template, identifier, language, delivery })
            }
            _ => Err(errors),
        }
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The request's own name: its file's path below the folder of requests, without the ending.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which template it asks for.
    #[must_use]
    pub const fn template(&self) -> &TemplateReference {
        &self.template
    }

    /// Whom it is for.
    #[must_use]
    pub const fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    /// The language it asks for, which overrides the customer's.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// How its message is to be delivered.
    #[must_use]
    pub const fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// The `message_data`, as `trigger` in a template; empty where there is none.
    #[must_use]
    pub fn message_data<'a>(&'a self, numbers: Numbers, arena: &'a Arena) -> Value<'a> {
        // The text was read once when the request was.
        let body = json::read_as(self.source.text(), numbers, arena).unwrap_or(Value::Null);
        match body {
            Value::Object(body) => match body.get("message_data") {
                Some(data @ Value::Object(_)) => data,
                _ => Value::Object(Object::new(&[], arena)),
            },
            _ => Value::Null,
        }
    }
}

/// A request's body while it is read.
struct Body<'s, 'a> {
    source: &'s Source,
    fields: &'a Object<'a>,
}

impl Body<'_, '_> {
    fn span(&self, path: &[&str]) -> Range<usize> {
        json::locate(self.source.text(), path).map_or(0..0, crate::liquid::Span::range)
    }

    fn error(&self, code: Code, message: impl Into<String>, path: &[&str]) -> Diagnostic {
        Diagnostic::error(code, message).primary(self.source.at(self.span(path)), "")
    }

    fn unknown_fields(&self) -> Vec<Diagnostic> {
        let unknown = self.fields.entries().iter().map(|(name, _)| *name).filter(|name| !FIELDS.contains(name));
        unknown
            .map(|name| {
                let problem =
                    Diagnostic::warning(UNKNOWN_FIELD, format!("Customer.io knows no field `{name}` in a request"))
                        .primary(self.source.at(self.span(&[name])), "ignored")
                        .suggest(name, FIELDS);
                if problem.help.is_empty() {
                    return problem.help("what the template is to read belongs into `message_data`");
                }
                problem
            })
            .collect()
    }

    fn template(&self) -> Result<TemplateReference, Diagnostic> {
        const FIELD: &str = "transactional_message_id";
        let span = self.span(&[FIELD]);
        let help = "name a template by its trigger name or its number";
        match self.fields.get(FIELD) {
            Some(Value::String(name)) if !name.trim().is_empty() => {
                Ok(TemplateReference { text: name.trim().to_owned(), span })
            }
            Some(Value::Number(id)) => Ok(TemplateReference { text: number::text(id), span }),
            None => Err(self.error(INVALID_REQUEST, format!("the request has no `{FIELD}`"), &[]).help(help)),
            Some(_) => Err(self
                .error(INVALID_REQUEST, format!("expected a name or number under `{FIELD}`"), &[FIELD])
                .help(help)),
        }
    }

    fn identifier(&self) -> Result<Identifier, Diagnostic> {
        const FIELD: &str = "identifiers";
        let help = "name the customer by exactly one of `id`, `email` and `cio_id`";
        let identifiers = match self.fields.get(FIELD) {
            Some(Value::Object(identifiers)) => identifiers,
            None | Some(Value::Null) => {
                return Err(self.error(BAD_IDENTIFIERS, "the request has no `identifiers`", &[]).help(help));
            }
            Some(_) => {
                return Err(self.error(BAD_IDENTIFIERS, "expected an object under `identifiers`", &[FIELD]).help(help));
            }
        };
        let given: Vec<_> = IdentifierKind::ALL
            .into_iter()
            .filter_map(|kind| identifiers.get(kind.as_str()).map(|value| (kind, value)))
            .filter(|(_, value)| !matches!(value, Value::Null))
            .collect();
        match given[..] {
            [(kind, Value::String(value))] if !value.is_empty() => {
                Ok(Identifier { kind, value: value.to_owned(), span: self.span(&[FIELD, kind.as_str()]) })
            }
            [(kind, _)] => {
                let message = format!("expected a text under `{}`", kind.as_str());
                Err(self.error(BAD_IDENTIFIERS, message, &[FIELD, kind.as_str()]).help(help))
            }
            [] => {
                let problem = self.error(BAD_IDENTIFIERS, "`identifiers` names no customer", &[FIELD]).help(help);
                let names = identifiers.entries().iter().map(|(name, _)| *name);
                Err(names.fold(problem, |problem, name| {
                    problem.suggest(name, IdentifierKind::ALL.map(IdentifierKind::as_str))
                }))
            }
            _ => {
                Err(self.error(BAD_IDENTIFIERS, "`identifiers` names the customer more than once", &[FIELD]).help(help))
            }
        }
    }

    /// The value of a field that may be left out; null is as good as nothing.
    fn optional(&self, field: &str) -> Option<Value<'_>> {
        self.fields.get(field).filter(|value| !matches!(value, Value::Null))
    }

    fn language(&self) -> Result<Option<String>, Diagnostic> {
        match self.optional("language") {
            None => Ok(None),
            Some(Value::String(language)) => Ok(Some(language.to_owned())),
            Some(_) => {
                Err(self.error(INVALID_REQUEST, "expected a text under `language`, such as \"fr\"", &["language"]))
            }
        }
    }

    fn queue_draft(&self) -> Result<bool, Diagnostic> {
        match self.optional("queue_draft") {
            None => Ok(false),
            Some(Value::Bool(draft)) => Ok(draft),
            Some(_) => {
                Err(self.error(INVALID_REQUEST, "expected `true` or `false` under `queue_draft`", &["queue_draft"]))
            }
        }
    }

    fn send_at(&self) -> Result<Option<(f64, Range<usize>)>, Diagnostic> {
        match self.optional("send_at") {
            None => Ok(None),
            Some(Value::Number(seconds)) if seconds.fract() == 0.0 => Ok(Some((seconds, self.span(&["send_at"])))),
            Some(_) => {
                Err(self.error(INVALID_REQUEST, "expected whole seconds since 1970 under `send_at`", &["send_at"]))
            }
        }
    }

    fn check_message_data(&self) -> Result<(), Diagnostic> {
        match self.fields.get("message_data") {
            None | Some(Value::Null | Value::Object(_)) => Ok(()),
            Some(_) => Err(self
                .error(INVALID_REQUEST, "expected an object under `message_data`", &["message_data"])
                .help("its keys are what a template reads as `trigger.…`")),
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
    fn what_is_wrong_with_a_request() {
        for (text, expected) in [
            (r#"{"transactional_message_id": 3, "identifiers": {"id": "a"}}"#, vec![]),
            (r#"{"transactional_message_id": "x", "identifiers": {"email": "a"}, "message_data": null}"#, vec![]),
            ("[]", vec!["r.json:1:1: the request is no JSON object"]),
            (
                "{\"a\": }",
                vec!["r.json:1:7: the request is no JSON: invalid character '}' looking for beginning of value"],
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
                    "r.json:1:49: `identifiers` names no customer",
                ],
            ),
            (
                r#"{"transactional_message_id": "x", "identifiers": {"id": 7}, "mesage_data": {}, "message_data": 1}"#,
                vec![
                    "r.json:1:76: Customer.io knows no field `mesage_data` in a request",
                    "r.json:1:57: expected a text under `id`",
                    "r.json:1:96: expected an object under `message_data`",
                ],
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
                    "r.json:1:75: expected a text under `language`, such as \"fr\"",
                    "r.json:1:93: expected `true` or `false` under `queue_draft`",
                    "r.json:1:111: expected whole seconds since 1970 under `send_at`",
                ],
            ),
        ] {
            assert_eq!(problems(text), expected, "{text}");
        }
    }
}
