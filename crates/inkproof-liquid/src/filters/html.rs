//! Filters that escape and remove HTML.

use std::borrow::Cow;

use memchr::memmem;

use super::string::{charged_string, replace_newlines, value, written};
use crate::engine::filter::{Filter, RunFilter};
use crate::engine::row::{Example, Family, Kind};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::{Value, coerce};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    html("escape", escape, "Writes `&`, `<`, `>` and quotes as HTML entities.")
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": "<b>it's"}"#, "{{ a | escape }}", "&lt;b&gt;it&#39;s")]),
    html("escape_once", escape_once, "Writes `&`, `<`, `>` and quotes as HTML entities, except in entities.")
        .since("1.9.1")
        .examples(&[Example::new("{{ '1 < 2 &lt; 3' | escape_once }}", "1 &lt; 2 &lt; 3")]),
    html("newline_to_br", newline_to_br, "Inserts `<br />` before each line break.")
        .since("1.9.1")
        .examples(&[Example::with(r#"{"a": "x\r\ny"}"#, "{{ a | newline_to_br }}", "x<br />\ny")]),
    html("strip_html", strip_html, "Removes tags and comments, and scripts and styles with their content.")
        .since("1.9.1")
        .examples(&[Example::new("{{ '<b>a</b><script>b()</script> <c' | strip_html }}", "a <c")]),
    html("xml_escape", escape, "Writes `&`, `<`, `>` and quotes as entities.")
        .since("10.13.0")
        .examples(&[Example::with(r#"{"a": "<b>it's"}"#, "{{ a | xml_escape }}", "&lt;b&gt;it&#39;s")]),
];

/// A row for a filter from a string to a string.
const fn html(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Html).input(Kind::String).output(Kind::String).summary(summary)
}

/// The characters that are escaped, and their entities.
const ENTITIES: [(u8, &str); 5] = [(b'&', "&amp;"), (b'<', "&lt;"), (b'>', "&gt;"), (b'"', "&#34;"), (b'\'', "&#39;")];

/// The start and end of what `strip_html` removes. If several match, the first in this table counts.
const MARKUP: [(&str, &str); 4] = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">")];

/// The entity of each byte that is escaped.
const ENTITY_OF_BYTE: [Option<&str>; 256] = {
    let mut entity = [None; 256];
    let mut at = 0;
    while at < ENTITIES.len() {
        entity[ENTITIES[at].0 as usize] = Some(ENTITIES[at].1);
        at += 1;
    }
    entity
};

/// Escapes `&`, `<`, `>` and quotes.
fn escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    if next_escaped(text).is_none() {
        return value(runtime, text);
    }
    written(runtime, |out| write_escaped(text, out))
}

/// Escapes everything that is not escaped yet.
fn escape_once<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let unescaped = unescaped(text);
    runtime.charge_string(&unescaped)?;
    written(runtime, |out| write_escaped(&unescaped, out))
}

/// The first character that is escaped: its position and its entity.
fn next_escaped(text: &str) -> Option<(usize, &'static str)> {
    text.bytes().enumerate().find_map(|(at, byte)| Some((at, ENTITY_OF_BYTE[usize::from(byte)]?)))
}

/// Appends a text with its special characters as entities.
fn write_escaped(text: &str, out: &mut String) -> Result<()> {
    let mut rest = text;
    while let Some((at, entity)) = next_escaped(rest) {
        out.push_str(&rest[..at]);
        out.push_str(entity);
        coerce::check_length(out.len())?;
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    Ok(())
}

fn unescaped(text: &str) -> Cow<'_, str> {
    let mut unescaped = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('&') {
        if let Some((special, entity)) = ENTITIES.iter().find(|(_, entity)| text[at..].starts_with(entity)) {
            unescaped.push_str(&text[copied..at]);
            unescaped.push(char::from(*special));
            copied = at + entity.len();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    unescaped.push_str(&text[copied..]);
    Cow::Owned(unescaped)
}

/// Inserts `<br />` before each line break.
fn newline_to_br<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    value(runtime, replace_newlines(text, "<br />\n")?)
}

/// Removes tags and comments, and scripts and styles with their content. An unclosed `<` and everything after it are
/// kept.
fn strip_html<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let mut stripped = String::new();
    let mut rest = text;
    // If the end of one kind of markup is missing once, it is missing for all later ones, so each is searched in vain
    // only once.
    let mut is_closed = [true; MARKUP.len()];
    while let Some(start) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, markup) = rest.split_at(start);
        let mut end = None;
        for ((opener, closer), is_closed) in MARKUP.iter().zip(&mut is_closed) {
            if *is_closed && markup.starts_with(opener) {
                let inside = opener.len();
                end =
                    memmem::find(&markup.as_bytes()[inside..], closer.as_bytes()).map(|at| inside + at + closer.len());
                if end.is_some() {
                    break;
                }
                *is_closed = false;
            }
        }
        let Some(end) = end else { break };
        stripped.push_str(before);
        rest = &markup[end..];
    }
    if stripped.is_empty() {
        return value(runtime, rest);
    }
    stripped.push_str(rest);
    value(runtime, stripped)
}

#[cfg(test)]
mod tests {
    use super::super::string::tests::assert_charges;
    use crate::render;

    const DATA: &str = r#"{
        "n": null,
        "nl": "a\r\nb\nc\r",
        "q": "&<>\"'&amp;&#39;&quot;é",
        "h": [
            "<b>a</b> b",
            "a<!-- <b> -->c<x",
            "<script>1</script><scripty>b",
            "<script>a<b>c",
            "<style>x</style>y<style>z<i>w",
            "<!-->a-->b",
            "<SCRIPT>a</SCRIPT>",
            "a<b",
            "<",
            "<>a>",
            "<!--a<b>c"
        ],
        "split_pair": "\ud83d<b>\ude00"
    }"#;

    #[test]
    fn renders_like_liquidjs() {
        for (template, expected) in [
            (r"{{ 'a' | escape }}|{{ '<\'' | escape }}", "a|&lt;&#39;"),
            ("{{ q | escape }}", "&amp;&lt;&gt;&#34;&#39;&amp;amp;&amp;#39;&amp;quot;é"),
            ("{{ q | xml_escape }}", "&amp;&lt;&gt;&#34;&#39;&amp;amp;&amp;#39;&amp;quot;é"),
            ("{{ q | escape_once }}", "&amp;&lt;&gt;&#34;&#39;&amp;&#39;&amp;quot;é"),
            ("{{ '&amp;lt;&quot;&am' | escape_once }}", "&amp;lt;&amp;quot;&amp;am"),
            ("{{ 5 | escape }}|{{ n | escape }}", "5|"),
            ("{{ nl | newline_to_br | json }}", r#""a<br />\nb<br />\nc\r""#),
            ("{{ h[0] | strip_html }}", "a b"),
            ("{{ h[1] | strip_html }}", "ac<x"),
            ("{{ h[2] | strip_html }}", "b"),
            ("{{ h[3] | strip_html }}", "ac"),
            ("{{ h[4] | strip_html }}", "yzw"),
            ("{{ h[5] | strip_html }}", "b"),
            ("{{ h[6] | strip_html }}", "a"),
            ("{{ h[7] | strip_html }}", "a<b"),
            ("{{ h[8] | strip_html }}", "<"),
            ("{{ h[9] | strip_html }}", "a>"),
            ("{{ h[10] | strip_html }}", "c"),
            ("{{ split_pair | strip_html }}", "😀"),
        ] {
            assert_eq!(render(template, DATA).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn counts_memory_like_liquidjs() {
        assert_charges(
            DATA,
            &[
                ("{{ '<a>' | escape }}", 3),
                ("{{ '&lt;a' | escape_once }}", 7),
                ("{{ nl | newline_to_br }}", 7),
                ("{{ h[0] | strip_html }}", 10),
            ],
        );
    }
}
