//! Sent data: the values of `trigger`, `customer` and `objects`, which differ from message to message.

use super::json_mistakes::{self, Document};
use super::{Customer, Request};
use crate::diagnostics::{Code, Diagnostic, Source};
use crate::liquid::value::{Object, json};
use crate::liquid::{Arena, Language, Value};

const INVALID_REQUEST: Code = super::request::INVALID_REQUEST;

/// Where the value of `trigger` comes from.
#[derive(Clone, Copy, Debug)]
pub enum Trigger<'p> {
    /// The `message_data` of a request.
    Request(&'p Request),
    /// A JSON object.
    Json(&'p Source),
}

/// The values of the [names that each message has its own data for](super::SENT_NAMES).
#[derive(Clone, Copy, Debug)]
pub struct SentData<'a> {
    /// The `message_data` of the request.
    pub trigger: Value<'a>,
    /// The attributes of the customer.
    pub customer: Value<'a>,
    /// The objects that the customer is related to.
    pub objects: Value<'a>,
}

impl<'a> SentData<'a> {
    /// Reads the data of a message for a customer; without a customer there are no attributes. Each file is parsed once.
    ///
    /// # Errors
    /// A file is not valid JSON.
    pub fn read(
        customer: Option<&'a Customer>,
        trigger: Trigger<'a>,
        language: &Language,
        arena: &'a Arena,
    ) -> Result<Self, Diagnostic> {
        let numbers = language.dialect().numbers;
        let trigger = match trigger {
            Trigger::Request(request) => request.message_data(numbers, arena)?,
            Trigger::Json(source) => json::read_as(source.text(), numbers, arena)
                .map_err(|error| not_json(INVALID_REQUEST, Document::Data, source, 0, &error))?,
        };
        let (customer, objects) = match customer {
            Some(customer) => customer.data(numbers, arena)?,
            None => (no_fields(arena), no_fields(arena)),
        };
        Ok(Self { trigger, customer, objects })
    }
}

/// An empty object.
#[must_use]
pub fn no_fields(arena: &Arena) -> Value<'_> {
    Value::Object(Object::new(&[], arena))
}

/// The diagnostic for a file whose part from `start` on is not valid JSON.
pub(super) fn not_json(
    code: Code,
    document: Document,
    source: &Source,
    start: usize,
    error: &json::JsonError,
) -> Diagnostic {
    let offset = start + error.offset;
    let problem = Diagnostic::error(code, format!("{} is not valid JSON: {error}", document.name()))
        .primary(source.at(offset..offset + 1), "");
    let text = source.text().get(start..).unwrap_or_default();
    match json_mistakes::advice(text, error, document) {
        Some(advice) => problem.help(advice),
        None => problem,
    }
}
