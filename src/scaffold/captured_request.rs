//! Requests that were captured from a backend.

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Source};
use crate::message::Request;

/// A captured request and its data.
#[derive(Clone, Debug)]
pub struct CapturedRequest {
    /// The request.
    pub request: Request,
    /// Its `message_data`.
    pub data: Map<String, Value>,
}

impl CapturedRequest {
    /// Parses the body of a request. `name` is the file name for diagnostics.
    ///
    /// # Errors
    /// Everything that would make Customer.io reject it.
    pub fn read(name: &str, text: &str) -> Result<Self, Diagnostics> {
        // Customer.io ignores unknown fields, so the warnings about them are dropped.
        let mut warnings = Diagnostics::new();
        let request = Request::read(name, Source::new(name, text), &mut warnings)?;
        let body = serde_json::from_str::<Value>(text).unwrap_or_default();
        let data = body.get("message_data").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { request, data })
    }

    /// The number of the template, if the request refers to it by number.
    #[must_use]
    pub fn template_id(&self) -> Option<u64> {
        self.request.template().text.parse().ok()
    }

    /// The file of a customer with the request's identifier and no other attributes.
    #[must_use]
    pub fn customer(&self) -> String {
        let identifier = self.request.identifier();
        let customer = Value::from(Map::from_iter([(
            identifier.kind.as_str().to_owned(),
            Value::from(identifier.value.as_str()),
        )]));
        format!("{customer:#}\n")
    }
}
