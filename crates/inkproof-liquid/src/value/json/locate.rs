//! Finds values in a JSON document.

use super::events::{Event, Events, Read};
use crate::span::Span;

/// The span of the value at `path`, a list of nested object keys and array indexes. `None` if there is no such value, or if
/// the document is not valid JSON up to the end of the outermost object or array. If a key is repeated, its last value
/// counts, as for [`read`](super::read()). An empty path is the whole value.
///
/// ```
/// use inkproof_liquid::json;
/// let text = r#"{"identifiers": {"id": 7}}"#;
/// assert_eq!(json::locate(text, &["identifiers", "id"]).map(|span| span.of(text)), Some("7"));
/// let text = r#"{"items": [1, {"id": 8}]}"#;
/// assert_eq!(json::locate(text, &["items", "1", "id"]).map(|span| span.of(text)), Some("8"));
/// assert_eq!(json::locate(text, &["items", "2"]), None);
/// ```
#[must_use]
pub fn locate(text: &str, path: &[&str]) -> Option<Span> {
    let mut events = Events::new(text);
    let first = events.next_event().ok()?;
    locate_within(&mut events, first, path).ok()?
}

/// [`locate`] within the value whose first token is `first`. Reads the whole value.
fn locate_within(events: &mut Events<'_>, first: Event<'_>, path: &[&str]) -> Read<Option<Span>> {
    let Some((wanted, rest)) = path.split_first() else { return events.finish_value(first).map(Some) };
    match first {
        Event::ObjectStart => locate_member(events, wanted, rest),
        Event::ArrayStart => locate_element(events, wanted.parse().ok(), rest),
        _ => Ok(None),
    }
}

/// [`locate`] within the object whose first token was just read.
fn locate_member(events: &mut Events<'_>, wanted: &str, rest: &[&str]) -> Read<Option<Span>> {
    let mut found = None;
    while let Event::Key(key) = events.next_event()? {
        let value = events.next_event()?;
        if key.decode() == wanted {
            found = locate_within(events, value, rest)?;
        } else {
            events.finish_value(value)?;
        }
    }
    Ok(found)
}

/// [`locate`] within the array whose first token was just read.
fn locate_element(events: &mut Events<'_>, wanted: Option<usize>, rest: &[&str]) -> Read<Option<Span>> {
    let mut found = None;
    for index in 0.. {
        match events.next_event()? {
            Event::ArrayEnd => break,
            value if Some(index) == wanted => found = locate_within(events, value, rest)?,
            value => drop(events.finish_value(value)?),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_spans_of_values() {
        for (text, path, expected) in [
            (" 7 ", &[][..], Some("7")),
            (r#" {"a": {"b" : [1, "]"]} } "#, &["a", "b"], Some(r#"[1, "]"]"#)),
            (r#"{"a": 1, "\u0061": "last"}"#, &["a"], Some("\"last\"")),
            (r#"{"a": {"b": 1}, "a": {"c": 2}}"#, &["a", "b"], None),
            (r#"{"a": {"b": 1}, "a": 2}"#, &["a", "b"], None),
            (r#"{"b": {"a": 1}}"#, &["a"], None),
            (r#"{"a": {}}"#, &["a", "b"], None),
            (r#"["a"]"#, &["a"], None),
            (r#" ["a", [2]] "#, &["1", "0"], Some("2")),
            (r#"["a", "b"]"#, &["2"], None),
            (r#"[{"0": 1}]"#, &["0", "0"], Some("1")),
            (r#"["a" "b"]"#, &["0"], None),
            (r#"{"a": 1, }"#, &["a"], None),
            (r#"{"a": 1"#, &["a"], None),
            ("", &["a"], None),
        ] {
            assert_eq!(locate(text, path).map(|span| span.of(text)), expected, "{text}");
        }
    }
}
