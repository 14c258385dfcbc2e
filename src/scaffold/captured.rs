//! Requests that were caught from a backend.

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Source};
use crate::message::Request;

/// A request as it was caught.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The request.
    pub request: Request,
    /// Its `message_data`.
    pub data: Map<String, Value>,
}

impl Captured {
    /// Reads the body of a request; `name` is what people call the file.
    ///
    /// # Errors
    /// Everything that would make Customer.io refuse it.
    pub fn read(name: &str, text: &str) -> Result<Self, Diagnostics> {
        // What Customer.io does not know, it does not mind either.
        let mut warnings = Diagnostics::new();
        let request = Request::read(name, Source::new(name, text), &mut warnings)?;
        let body = serde_json::from_str::<Value>(text).unwrap_or_default();
        let data = body.get("message_data").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { request, data })
    }

    /// The number that it asks for a template by, where it does.
    #[must_use]
    pub fn template_id(&self) -> Option<u64> {
        self.request.template().text.parse().ok()
    }

    /// A customer of whom no more is known than how the request names them.
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
