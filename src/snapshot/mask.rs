//! Masks: parts of a message that snapshots hide, because they vary or do not matter.

use std::borrow::Cow;

use serde_json::Value;
use thiserror::Error;

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
    ///
    /// # Errors
    /// The filters make it much longer.
    pub(super) fn message(&self, message: &mut Value) -> Result<(), FiltersTooLong> {
        for redaction in self.redactions {
            redact(message, &redaction.steps, &redaction.text);
        }
        if self.filters.is_empty() { Ok(()) } else { self.texts_within(message, &mut Growth::default()) }
    }

    /// Applies the filters to a string.
    ///
    /// # Errors
    /// They make it much longer.
    pub(super) fn text(&self, text: &mut String) -> Result<(), FiltersTooLong> {
        self.text_within(text, &mut Growth::default())
    }

    fn text_within(&self, text: &mut String, growth: &mut Growth) -> Result<(), FiltersTooLong> {
        for filter in self.filters {
            if let Cow::Owned(replaced) = replace(filter, text, growth)? {
                *text = replaced;
            }
        }
        Ok(())
    }

    /// Applies to string values only: numbers and keys are kept, so that the result is still a message.
    fn texts_within(&self, value: &mut Value, growth: &mut Growth) -> Result<(), FiltersTooLong> {
        match value {
            Value::String(text) => self.text_within(text, growth),
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.texts_within(item, growth)),
            Value::Object(fields) => fields.values_mut().try_for_each(|field| self.texts_within(field, growth)),
            _ => Ok(()),
        }
    }
}

/// The filters make a message much longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the `[test]` filters make the message more than {} MiB longer: shorten their `text`", MAX_GROWTH >> 20)]
pub(super) struct FiltersTooLong;

/// How many bytes longer filters may make a message. They are meant to make it shorter.
const MAX_GROWTH: usize = 1 << 20;

/// How many bytes filters have added to a message so far.
#[derive(Debug, Default)]
struct Growth(usize);

impl Growth {
    /// Counts a text that had `before` bytes and will have at least `after`.
    fn check(&self, before: usize, after: usize) -> Result<(), FiltersTooLong> {
        if self.0 + after.saturating_sub(before) > MAX_GROWTH { Err(FiltersTooLong) } else { Ok(()) }
    }
}

/// Replaces every match of a filter, like [`Regex::replace_all`](regex::Regex::replace_all).
fn replace<'t>(filter: &Filter, text: &'t str, growth: &mut Growth) -> Result<Cow<'t, str>, FiltersTooLong> {
    let mut matches = filter.pattern.captures_iter(text).peekable();
    if matches.peek().is_none() {
        return Ok(Cow::Borrowed(text));
    }
    let pieces = pieces(&filter.text);
    let (mut replaced, mut copied) = (String::with_capacity(text.len()), 0);
    for groups in matches {
        let Some(whole) = groups.get(0) else { continue };
        replaced.push_str(&text[copied..whole.start()]);
        for piece in &pieces {
            groups.expand(piece, &mut replaced);
            growth.check(text.len(), replaced.len())?;
        }
        copied = whole.end();
    }
    replaced.push_str(&text[copied..]);
    growth.check(text.len(), replaced.len())?;
    growth.0 += replaced.len().saturating_sub(text.len());
    Ok(Cow::Owned(replaced))
}

/// Splits the text of a filter, so that each piece refers to at most one group.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.strip_prefix("$$") {
            Some(_) => 2,
            None => rest.char_indices().skip(1).find(|(_, next)| *next == '$').map_or(rest.len(), |(at, _)| at),
        };
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
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
        Mask::new(&settings).message(&mut message).unwrap();
        let expected = json!({
            "link": "[link]",
            "posts": [{"id": "[id]", "by": "[first]"}, {"id": "[id]", "by": "v[2]"}],
            "v1": "v[one] v[3]",
        });
        assert_eq!(message, expected);
    }

    #[test]
    fn filters_replace_as_regex_does() {
        for text in ["$$", "a$$1", "$1$0é", "${1}x$2", "$", "", "é$1", "$$$1$"] {
            let settings = TestSettings::of_text(&format!("filters = [{{ pattern = '(b)(c)?', text = '{text}' }}]"));
            let settings = settings.unwrap();
            let mut masked = "ab bc é bb".to_owned();
            let expected = settings.filters[0].pattern.replace_all(&masked, text).into_owned();
            Mask::new(&settings).text(&mut masked).unwrap();
            assert_eq!(masked, expected, "{text}");
        }
    }

    #[test]
    fn filters_that_repeat_a_text_fail_before_they_exhaust_the_memory() {
        let text = "${0}".repeat(8);
        for pattern in ["(?s)^.+$", "."] {
            let filters = format!("{{ pattern = '{pattern}', text = '{text}' }},").repeat(12);
            let settings = TestSettings::of_text(&format!("filters = [{filters}]")).unwrap();
            let error = Mask::new(&settings).text(&mut "some text".to_owned()).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the `[test]` filters make the message more than 1 MiB longer: shorten their `text`"
            );
        }
        let mut message = json!({ "many": vec!["text"; 1000] });
        let settings = TestSettings::of_text("filters = [{ pattern = 't$', text = 'TEXT' }]").unwrap();
        let long = settings.filters[0].text.repeat(500);
        let settings = TestSettings::of_text(&format!("filters = [{{ pattern = 't$', text = '{long}' }}]")).unwrap();
        assert_eq!(Mask::new(&settings).message(&mut message), Err(FiltersTooLong));
    }
}
