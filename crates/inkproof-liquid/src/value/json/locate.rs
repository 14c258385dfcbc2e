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
    locate_in(Events::new(text), path)
}

/// [`locate`] in a document that `events` parses, for example with trailing commas.
#[must_use]
pub fn locate_in(mut events: Events<'_>, path: &[&str]) -> Option<Span> {
    let first = events.next_event().ok()?;
    locate_within(&mut events, first, path).ok()?
}

/// A step to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStep<'a> {
    /// To the value of a key.
    Key(&'a str),
    /// To any element of an array.
    Element,
}

/// The span of the first key that a path leads to, with its quotes. Keys that are not in all elements of an array are found,
/// too.
///
/// ```
/// use inkproof_liquid::json::{KeyStep, locate_key};
/// let (text, path) = (r#"{"items": [{}, {"id": 8}]}"#, [KeyStep::Key("items"), KeyStep::Element, KeyStep::Key("id")]);
/// assert_eq!(locate_key(text, &path).map(|span| span.of(text)), Some("\"id\""));
/// assert_eq!(locate_key(text, &path[1..]), None);
/// ```
#[must_use]
pub fn locate_key(text: &str, path: &[KeyStep<'_>]) -> Option<Span> {
    let mut events = Events::new(text);
    let first = events.next_event().ok()?;
    key_within(&mut events, first, path).ok()?
}

/// [`locate_key`] within the value whose first token is `first`. Reads the whole value, unless the key is found.
fn key_within(events: &mut Events<'_>, first: Event<'_>, path: &[KeyStep<'_>]) -> Read<Option<Span>> {
    match (first, path.split_first()) {
        (Event::ObjectStart, Some((KeyStep::Key(wanted), rest))) => {
            while let Event::Key(key) = events.next_event()? {
                let span = events.span();
                let is_wanted = key.decode() == *wanted;
                let value = events.next_event()?;
                let found = match (is_wanted, rest) {
                    (true, []) => Some(span),
                    (true, rest) => key_within(events, value, rest)?,
                    (false, _) => events.finish_value(value).map(|_| None)?,
                };
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        (Event::ArrayStart, Some((KeyStep::Element, rest))) => loop {
            match events.next_event()? {
                Event::ArrayEnd => break,
                value => {
                    let found = key_within(events, value, rest)?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
            }
        },
        _ => drop(events.finish_value(first)?),
    }
    Ok(None)
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
    loop {
        match events.next_event()? {
            Event::Key(key) => {
                let value = events.next_event()?;
                if key.decode() == wanted {
                    found = locate_within(events, value, rest)?;
                } else {
                    events.finish_value(value)?;
                }
            }
            Event::TrailingComma => {}
            _ => return Ok(found),
        }
    }
}

/// [`locate`] within the array whose first token was just read.
fn locate_element(events: &mut Events<'_>, wanted: Option<usize>, rest: &[&str]) -> Read<Option<Span>> {
    let mut found = None;
    for index in 0.. {
        match events.next_event()? {
            Event::ArrayEnd => break,
            Event::TrailingComma => {}
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
        let text = r#"[{"a": [1,],},]"#;
        for (path, expected) in [(&["0", "a", "0"][..], Some("1")), (&["0", "a", "1"], None), (&["1"], None)] {
            assert_eq!(locate_in(Events::new(text).with_trailing_commas(), path).map(|span| span.of(text)), expected);
        }
    }

    #[test]
    fn finds_the_spans_of_keys() {
        use KeyStep::{Element, Key};
        for (text, path, expected) in [
            (r#"{"a": 1, "b" : 2}"#, &[Key("b")][..], Some((9, "\"b\""))),
            (r#"{"a": {"c": {}}, "b": {"c": 1}}"#, &[Key("b"), Key("c")], Some((23, "\"c\""))),
            (r#"{"\u0061": 1}"#, &[Key("a")], Some((1, "\"\\u0061\""))),
            (r#"[[1], [{"b": 1}, {"a": 1}]]"#, &[Element, Element, Key("a")], Some((18, "\"a\""))),
            (r#"{"a": [1]}"#, &[Key("a"), Element], None),
            (r#"{"a": [1]}"#, &[Key("a"), Key("0")], None),
            (r#"{"a": "#, &[Key("b")], None),
        ] {
            let found = locate_key(text, path).map(|span| (span.start, span.of(text)));
            assert_eq!(found, expected, "{text}");
        }
    }
}
