//! Declarations: the schemas that a project has for the data of a template.

use super::schema::MessageSchema;
use crate::liquid::Value;
use crate::liquid::value::json;
use crate::message::SentData;

/// What a project declares about the data of a template.
#[derive(Clone, Copy, Debug, Default)]
pub struct Declarations<'d> {
    /// The schema of the template's `message_data`; inferred if there is none.
    pub message_data: Option<&'d MessageSchema>,
    /// The schema of customers' attributes; inferred if there is none.
    pub customer: Option<&'d MessageSchema>,
}

impl Declarations<'_> {
    /// Whether data keeps to what is declared.
    #[must_use]
    pub fn allows(&self, data: SentData<'_>) -> bool {
        let allows = |schema: Option<&MessageSchema>, value| {
            schema.is_none_or(|schema| as_json(value).is_some_and(|value| schema.allows(&value)))
        };
        allows(self.message_data, data.trigger) && allows(self.customer, data.customer)
    }
}

pub(super) fn as_json(value: Value<'_>) -> Option<serde_json::Value> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&text).ok()
}
