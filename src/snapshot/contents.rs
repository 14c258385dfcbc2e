//! The contents of a snapshot: a message as pretty-printed JSON, or the reason why it is not sent.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::mask::{FiltersTooLong, Mask};
use crate::diagnostics::{Diagnostics, Severity, sanitize};
use crate::message::{Message, Rendering};

/// The first line of a snapshot of a failure. No message begins with it.
const NOT_SENT: &str = "not sent";

/// Whether these contents are a message rather than a failure.
#[must_use]
pub fn is_sent(contents: &str) -> bool {
    contents.lines().next() != Some(NOT_SENT)
}

/// The first reason why a message is not sent, by the contents of its snapshot. `None` if it is sent.
#[must_use]
pub fn failure_in(contents: &str) -> Option<&str> {
    let reason = contents.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default();
    (!is_sent(contents)).then(|| reason.split_once("]: ").map_or(reason, |(_, message)| message))
}

/// The contents of a snapshot of a rendering.
///
/// # Errors
/// The filters make it much longer.
pub(super) fn contents(rendering: &Rendering, mask: &Mask<'_>) -> Result<String, FiltersTooLong> {
    match &rendering.message {
        Some(message) => message_contents(message, mask),
        None => failure_contents(&rendering.problems, mask),
    }
}

/// Pretty-printed JSON. Control and invisible characters are written as JSON escapes.
fn message_contents(message: &Message, mask: &Mask<'_>) -> Result<String, FiltersTooLong> {
    let json = if mask.is_empty() {
        serde_json::to_string_pretty(message)
    } else {
        let mut message = serde_json::to_value(message).unwrap_or_default();
        mask.message(&mut message)?;
        serde_json::to_string_pretty(&message)
    };
    // Strings, numbers and names can always be written as JSON.
    let json = json.unwrap_or_default();
    if json.lines().all(|line| matches!(sanitize::json(line), Cow::Borrowed(_))) {
        return Ok(json);
    }
    Ok(json.lines().map(sanitize::json).collect::<Vec<_>>().join("\n"))
}

/// The errors without their locations, which change with every edit above them while the failure stays the same.
fn failure_contents(problems: &Diagnostics, mask: &Mask<'_>) -> Result<String, FiltersTooLong> {
    let mut text = format!("{NOT_SENT}\n");
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let mut message = problem.message.clone();
        mask.text(&mut message)?;
        let _ = write!(text, "\nerror[{}]: {}", problem.code, sanitize::line(&message));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Diagnostic};
    use crate::project::TestSettings;

    const CODE: Code = Code::new("some-code");

    #[test]
    fn messages_and_failures() {
        let settings = TestSettings::of_text("filters = [{ pattern = 'b+', text = 'x' }]").unwrap();
        let (open, masked) = (TestSettings::default(), settings);
        let message = Message {
            kind: "a\u{202e}".to_owned(),
            topics: vec!["bb".to_owned()],
            sent_at: open.now,
            expiry: open.now,
            properties: crate::message::Properties::default(),
        };
        let mut sent = Rendering::failed(Diagnostics::new());
        sent.message = Some(message);
        let mut problems = Diagnostics::new();
        problems.push(Diagnostic::error(CODE, "b\u{1b}\nb"));
        problems.push(Diagnostic::warning(CODE, "never seen"));
        let failed = Rendering::failed(problems);
        let pretty = |kind: &str| {
            format!(
                "{{\n  \"type\": \"{kind}\",\n  \"topics\": [\n    \"TOPIC\"\n  ],\n  \"sentAt\": \
                 \"2026-01-01T00:00:00Z\",\n  \"expiry\": \"2026-01-01T00:00:00Z\",\n  \"properties\": {{}}\n}}"
            )
        };
        for (rendering, settings, expected) in [
            (&sent, &open, pretty("a\\u202e").replace("TOPIC", "bb")),
            (&sent, &masked, pretty("a\\u202e").replace("TOPIC", "x")),
            (&failed, &open, "not sent\n\nerror[some-code]: b\\u{1b}\\nb".to_owned()),
            (&failed, &masked, "not sent\n\nerror[some-code]: x\\u{1b}\\nx".to_owned()),
        ] {
            assert_eq!(contents(rendering, &Mask::new(settings)), Ok(expected));
        }
    }
}
