//! Masks: parts of a message that snapshots hide, because they vary or do not matter.

use serde_json::Value;

use crate::project::{Filter, Redaction, Step, TestSettings};

/// Redactions and filters, in order of application.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mask<'p> {
    redactions: &'p [Redaction],
    filters: &'p [Filter],
}

impl<'p> Mask<'p> {
    pub(super) fn new(settings: &'p TestSettings) -> Self {
        Self { redactions: &settings.redactions, filters: &settings.filters }
    }

    /// Whether it hides nothing.
    pub(super) const fn is_empty(&self) -> bool {
        self.redactions.is_empty() && self.filters.is_empty()
    }

    /// Applies redactions and filters to a message.
    pub(super) fn message(&self, message: &mut Value) {
        for redaction in self.redactions {
            redact(message, &redaction.steps, &redaction.text);
        }
        if !self.filters.is_empty() {
            self.texts_within(message);
        }
    }

    /// Applies the filters to a string.
    pub(super) fn text(&self, text: &mut String) {
        for filter in self.filters {
            if let std::borrow::Cow::Owned(replaced) = filter.pattern.replace_all(text, filter.text.as_str()) {
                *text = replaced;
            }
        }
    }

    /// Applies to string values only: numbers and keys are kept, so that the result is still a message.
    fn texts_within(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.texts_within(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.texts_within(field)),
            _ => {}
        }
    }
}

fn redact(value: &mut Value, steps: &[Step], text: &str) {
    let Some((step, rest)) = steps.split_first() else {
        *value = Value::String(text.to_owned());
        return;
    };
    match (step, value) {
        (Step::Field(name), Value::Object(fields)) => {
            if let Some(field) = fields.get_mut(name) {
                redact(field, rest, text);
            }
        }
        (Step::Item(place), Value::Array(items)) => {
            if let Some(item) = items.get_mut(*place) {
                redact(item, rest, text);
            }
        }
        (Step::Any, Value::Object(fields)) => fields.values_mut().for_each(|field| redact(field, rest, text)),
        (Step::Any, Value::Array(items)) => items.iter_mut().for_each(|item| redact(item, rest, text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn masks() {
        let settings = TestSettings::of_text(
            r#"
            redactions = { "link" = "[link]", "posts[].id" = "[id]", "posts[0].by" = "[first]", "none.x" = "?" }
            filters = [{ pattern = 'v(\d+)', text = "v[$1]" }, { pattern = '\[1\]', text = "[one]" }]
            "#,
        )
        .unwrap();
        let mut message =
            json!({"link": {"a": 1}, "posts": [{"id": 1, "by": "v1"}, {"id": 2, "by": "v2"}], "v1": "v1 v3"});
        Mask::new(&settings).message(&mut message);
        let expected = json!({
            "link": "[link]",
            "posts": [{"id": "[id]", "by": "[first]"}, {"id": "[id]", "by": "v[2]"}],
            "v1": "v[one] v[3]",
        });
        assert_eq!(message, expected);
    }
}
