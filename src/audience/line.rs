//! Lines: what a record of the audience is, and the data of its message.

use super::directory::Directory;
use crate::liquid::value::json::Members;
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, coerce};
use crate::liquid::{Arena, Value};
use crate::message::{SentData, attributes_and_objects, identifier, is_request_body, no_fields};
use crate::records::{Record, RecordError};

/// The identifiers of a customer, in the order in which one is chosen.
const IDENTIFIERS: [&str; 3] = ["id", "email", "cio_id"];

/// What the records are, and what they are combined with.
#[derive(Debug)]
pub enum Lines<'f> {
    /// Customers, each combined with the same `message_data`; or a customer and a request in one object.
    Customers {
        /// The `message_data`.
        trigger: Value<'f>,
        /// The language that the request asks for.
        language: Option<&'f str>,
    },
    /// Values of `message_data`, or whole requests, all combined with the same customer.
    Payloads {
        /// The attributes.
        customer: &'f Object<'f>,
        /// The related objects.
        objects: Value<'f>,
    },
    /// Requests, each with the customer that it identifies.
    Requests {
        /// The customers.
        customers: &'f Directory,
    },
}

/// The message of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) data: SentData<'a>,
    pub(super) language: Option<&'a str>,
    /// An identifier of the customer.
    pub(super) id: Option<&'a str>,
}

/// Why a line has no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoMessage {
    /// It is not valid.
    Invalid {
        /// The stable name of the reason.
        code: &'static str,
        /// The reason.
        reason: String,
    },
    /// It asks for another template.
    OtherTemplate,
}

impl From<RecordError> for NoMessage {
    fn from(error: RecordError) -> Self {
        Self::Invalid { code: error.problem.code(), reason: error.problem.to_string() }
    }
}

fn invalid(code: &'static str, reason: &str) -> NoMessage {
    NoMessage::Invalid { code, reason: reason.to_owned() }
}

impl<'f> Lines<'f> {
    /// Customers, each combined with a request, or with the `message_data` alone.
    #[must_use]
    pub fn with_request(request: Option<Value<'f>>, arena: &'f Arena) -> Self {
        let (trigger, language) = match request {
            Some(Value::Object(fields)) if is_request_body(fields) => {
                let data = fields.get("message_data").filter(|data| matches!(data, Value::Object(_)));
                (data.unwrap_or_else(|| no_fields(arena)), string(fields, "language"))
            }
            Some(data) => (data, None),
            None => (no_fields(arena), None),
        };
        Self::Customers { trigger, language }
    }

    /// The message of a record. `is_called` says whether a request with this template name or number is meant. Of a customer in
    /// the usual form, only the `attributes` are read, if there are any.
    pub(super) fn message<'a>(
        &'a self,
        record: Record<'a>,
        numbers: Numbers,
        attributes: Option<&Members>,
        is_called: &dyn Fn(&str) -> bool,
        arena: &'a Arena,
    ) -> Result<Message<'a>, NoMessage>
    where
        'f: 'a,
    {
        let value = match (self, attributes) {
            (Self::Customers { .. }, Some(attributes)) => match record.members(numbers, attributes, arena)? {
                Value::Object(fields) if !has_other_form(fields) => Value::Object(fields),
                _ => record.value(numbers, arena)?,
            },
            _ => record.value(numbers, arena)?,
        };
        let Value::Object(fields) = value else {
            return Err(invalid("record-not-object", "the record is not a JSON object"));
        };
        // The cells of a CSV file are strings, which are read as they are written anyway.
        let text = str::from_utf8(record.bytes()).unwrap_or_default();
        match self {
            Self::Customers { trigger, language } => match Joined::of(fields) {
                Some(joined) => joined.message(text, is_called, arena),
                None if is_request_body(fields) => {
                    Err(invalid("record-is-request", "the record is a request, without its customer"))
                }
                None => of_customer(value, text, *trigger, *language, arena),
            },
            Self::Payloads { customer, objects } => {
                let (trigger, language) = if is_request_body(fields) {
                    check_template(fields, is_called)?;
                    (message_data(fields, arena)?, string(fields, "language"))
                } else {
                    (value, None)
                };
                Ok(Message {
                    data: SentData { trigger, customer: Value::Object(customer), objects: *objects },
                    language: language.or_else(|| string(customer, "language")),
                    id: None,
                })
            }
            Self::Requests { customers } => {
                check_template(fields, is_called)?;
                let trigger = message_data(fields, arena)?;
                let Some(Value::Object(identifiers)) = fields.get("identifiers") else {
                    return Err(invalid("bad-identifiers", "the request has no `identifiers`"));
                };
                let (customer, text) = customers.find(identifiers, text, numbers, arena)?;
                of_customer(customer, text, trigger, string(fields, "language"), arena)
            }
        }
    }
}

/// The keys by which a line is found to be something else than the flat attributes of a customer.
const OTHER_FORMS: [&str; 7] =
    ["attributes", "customer", "identifiers", "message_data", "objects", "request", "transactional_message_id"];

fn has_other_form(fields: &Object<'_>) -> bool {
    OTHER_FORMS.iter().any(|key| fields.get(key).is_some())
}

/// What has to be read of a line whose message reads these attributes of the customer.
pub(super) fn members_of(attributes: Vec<String>) -> Members {
    let others = OTHER_FORMS.iter().chain(&IDENTIFIERS).chain(&["language"]);
    Members::new(others.map(|name| (*name).to_owned()).chain(attributes))
}

/// A customer and the request for them, joined by another program.
struct Joined<'a> {
    customer: Value<'a>,
    /// The request, or the object that contains both.
    request: &'a Object<'a>,
}

impl<'a> Joined<'a> {
    fn of(fields: &'a Object<'a>) -> Option<Self> {
        let customer = fields.get("customer").filter(|customer| matches!(customer, Value::Object(_)))?;
        match (fields.get("request"), fields.get("message_data")) {
            (Some(Value::Object(request)), _) => Some(Self { customer, request }),
            (None, Some(_)) => Some(Self { customer, request: fields }),
            _ => None,
        }
    }

    fn message(
        &self,
        text: &'a str,
        is_called: &dyn Fn(&str) -> bool,
        arena: &'a Arena,
    ) -> Result<Message<'a>, NoMessage> {
        if self.request.get("transactional_message_id").is_some() {
            check_template(self.request, is_called)?;
        }
        let trigger = message_data(self.request, arena)?;
        of_customer(self.customer, text, trigger, string(self.request, "language"), arena)
    }
}

/// The message of a customer, who is in this JSON.
fn of_customer<'a>(
    customer: Value<'a>,
    text: &'a str,
    trigger: Value<'a>,
    language: Option<&'a str>,
    arena: &'a Arena,
) -> Result<Message<'a>, NoMessage> {
    let Some((attributes, objects)) = attributes_and_objects(customer, arena) else {
        return Err(invalid("invalid-customer", "the customer is not a JSON object"));
    };
    Ok(Message {
        data: SentData { trigger, customer: Value::Object(attributes), objects },
        language: language.or_else(|| string(attributes, "language")),
        id: IDENTIFIERS.iter().find_map(|name| identifier(attributes, name, text, arena)),
    })
}

fn check_template(request: &Object<'_>, is_called: &dyn Fn(&str) -> bool) -> Result<(), NoMessage> {
    let arena = Arena::new();
    let name = match request.get("transactional_message_id") {
        Some(name @ (Value::String(_) | Value::Number(_))) => {
            coerce::to_liquid_string(name, &arena).unwrap_or_default()
        }
        _ => return Err(invalid("invalid-request", "the request has no `transactional_message_id`")),
    };
    if is_called(name.trim()) { Ok(()) } else { Err(NoMessage::OtherTemplate) }
}

fn message_data<'a>(request: &Object<'a>, arena: &'a Arena) -> Result<Value<'a>, NoMessage> {
    match request.get("message_data") {
        None | Some(Value::Null) => Ok(no_fields(arena)),
        Some(data @ Value::Object(_)) => Ok(data),
        Some(_) => Err(invalid("invalid-request", "expected an object under `message_data`")),
    }
}

fn string<'a>(fields: &Object<'a>, name: &str) -> Option<&'a str> {
    match fields.get(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
