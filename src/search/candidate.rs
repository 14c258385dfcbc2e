//! Candidates: values that are tried at a place, because some template has trouble with them.

use crate::contract::{Character, JsonKind, Length, Shape, Source, Strings, matching};
use crate::liquid::{Arena, Value};

/// A value that is tried at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'s> {
    /// The value; none if nothing is there.
    pub(super) value: Option<Value<'s>>,
    /// Whether it is like those that the contract knows of the place.
    pub(super) is_likely: bool,
    /// Whether the template itself compares with it.
    pub(super) is_constant: bool,
}

/// What templates compare with: the strings and numbers that are written in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Constants<'s> {
    pub(super) strings: Vec<&'s str>,
    /// Those of them that data may be meant to be: all but the arguments of filters that do something with their input.
    pub(super) compared: Vec<&'s str>,
    pub(super) numbers: Vec<f64>,
    /// What it splits strings at, or finds in them.
    pub(super) parts: Vec<&'s str>,
}

/// How long strings of a pattern are made because of a template's numbers, and how many.
const LONGEST_STRING: u32 = 150;
const MAX_STRING_LENGTHS: usize = 12;

/// Strings that free text may hold, those that lose most messages first.
const FREE_TEXT: [&str; 19] = [
    "say \"hi\"",
    "two\nlines",
    "back\\slash",
    "",
    "word",
    " ",
    "three plain words",
    "a tab\there",
    "ends with \\",
    "0",
    "a, b, c",
    "😀 Zoë ü😀",
    "line\rreturn",
    "{% y %}{{ x }}",
    "<b>&amp; 'bold'</b>",
    "12.5",
    // Nothing that cuts a string off leaves these out.
    "\\",
    "\n",
    "100%",
];

/// A string that is longer than what most templates cut off, with a quote at every place that they may cut at.
const LONG: &str = "\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"";

/// Identifiers, among them none that means anything, and the only word that is a number and no JSON.
const IDENTIFIERS: [&str; 5] = ["zq7", "Zq-7.x_9", "Nowhere/Nothing", "true", "Infinity"];
/// Numbers as strings.
const NUMBER_STRINGS: [&str; 6] = ["0", "-3", "12.5", "1000000", "7", "007"];
/// Dates as strings.
const DATE_STRINGS: [&str; 4] = ["2031-12-31", "1969-12-31T23:59:59Z", "2031-01-02", "2009-02-03T04:05:06Z"];
/// The time that a backend in Go sends if none was set.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";
/// Addresses.
const URLS: [&str; 2] = ["https://example.com/zq?a=1&b=%20", "http://x.y/"];
/// Numbers, the last of which is [`ZERO_TIME`] in seconds.
const NUMBERS: [f64; 12] = [0.0, 1.0, -1.0, 2.0, 0.5, -2.5, 10.0, 99.0, 123_456.789, 1e21, 1e-7, -62_135_596_800.0];

/// How many of a template's constants are tried at a place.
const MAX_CONSTANTS: usize = 16;
/// How many of the strings that it splits at or finds.
const MAX_PARTS: usize = 4;

/// The values that are tried at a place of this shape; arrays and objects are made elsewhere.
pub(super) fn scalars<'s>(shape: &Shape, constants: &Constants<'s>, arena: &'s Arena) -> Vec<Candidate<'s>> {
    let mut found = Vec::new();
    for choice in shape.choices() {
        if let Some(only) = &choice.only {
            found.extend(only.iter().map(|json| likely(value_of(json, arena))));
            continue;
        }
        if choice.kinds.has(JsonKind::Null) {
            found.push(likely(Value::Null));
        }
        if choice.kinds.has(JsonKind::Boolean) {
            found.extend([true, false].map(|flag| likely(Value::Bool(flag))));
        }
        if choice.kinds.has(JsonKind::String) {
            strings(choice, constants, arena, &mut found);
        }
        if choice.kinds.has(JsonKind::Number) {
            numbers(choice, constants, &mut found);
        }
    }
    found
}

pub(super) const fn likely(value: Value<'_>) -> Candidate<'_> {
    Candidate { value: Some(value), is_likely: true, is_constant: false }
}

fn strings<'s>(shape: &Shape, constants: &Constants<'s>, arena: &'s Arena, found: &mut Vec<Candidate<'s>>) {
    let mut texts: Vec<&'s str> = constants.strings.iter().copied().take(MAX_CONSTANTS).collect();
    if shape.source == Source::Declared {
        texts.extend(samples_of(&shape.strings, Some(constants), arena));
    }
    texts.extend(FREE_TEXT);
    texts.push(LONG);
    for part in constants.parts.iter().take(MAX_PARTS) {
        // Nothing but separators leaves no part.
        let count = shape.strings.length.minimum.div_ceil(part.chars().count().max(1)).clamp(1, 1_000);
        texts.push(arena.alloc_str(&part.repeat(count)));
        let around = [["a", ""], ["", "a"], ["\"", ""], ["", "\""]];
        texts.extend(around.map(|[before, after]| &*arena.alloc_str(&[before, part, after].concat())));
    }
    texts.extend(IDENTIFIERS.iter().chain(&NUMBER_STRINGS).chain(&DATE_STRINGS).chain(&URLS));
    texts.extend(shape.strings.examples.iter().take(4).map(|text| &*arena.alloc_str(text)));
    let is_free = shape.strings.characters.has(Character::FreeText) || shape.source == Source::Declared;
    let demands = shape.strings.demands();
    let mut tried: Vec<&str> = Vec::with_capacity(texts.len());
    for text in texts {
        if tried.contains(&text) || !demands.are_met_by(text) {
            continue;
        }
        tried.push(text);
        let is_likely = shape.resembles(Value::String(text), &constants.compared);
        // What can be anything need not be tried as everything.
        let is_superfluous = is_free
            && shape.source != Source::Declared
            && (NUMBER_STRINGS.contains(&text) && !matches!(text, "7" | "007"));
        if !is_superfluous {
            let is_constant = constants.strings.contains(&text);
            found.push(Candidate { value: Some(Value::String(text)), is_likely, is_constant });
        }
    }
}

/// A string as a schema demands it, if it demands anything of its strings. Most others would not be valid.
pub(super) fn typical<'s>(shape: &Shape, arena: &'s Arena) -> Option<Value<'s>> {
    let choice =
        shape.choices().into_iter().find(|choice| choice.only.is_none() && choice.kinds.has(JsonKind::String))?;
    let Strings { format, pattern, length, .. } = &choice.strings;
    let is_demanding = format.is_some() || pattern.is_some() || *length != Length::default();
    if choice.source != Source::Declared || !is_demanding {
        return None;
    }
    let mut samples = samples_of(&choice.strings, None, arena);
    // A pattern that looks ahead says nothing of what may be there.
    samples.extend(IDENTIFIERS.iter().chain(&NUMBER_STRINGS));
    let demands = choice.strings.demands();
    let is_escaped = |character: char| matches!(character, '"' | '\\') || character.is_control();
    let is_plain = |text: &&&str| !text.contains(is_escaped);
    let valid = || samples.iter().filter(|text| demands.are_met_by(text));
    valid().find(is_plain).or_else(|| valid().next()).or(samples.first()).map(|text| Value::String(text))
}

/// Strings of a declared format or pattern; those of a pattern also as long as a template's numbers.
fn samples_of<'s>(strings: &Strings, constants: Option<&Constants<'_>>, arena: &'s Arena) -> Vec<&'s str> {
    let by_format: &[&str] = match strings.format.as_deref() {
        Some("date-time") => &["2031-12-31T23:59:59Z", "1969-12-31T23:59:59+02:00", "2009-02-03T04:05:06Z", ZERO_TIME],
        Some("date") => &["2031-12-31", "1969-12-31", "2009-02-03", "0001-01-01"],
        Some("time") => &["23:59:59Z"],
        Some("email" | "idn-email") => &["ada@example.com", "\"a b\"@example.com"],
        Some("uri" | "url" | "uri-reference" | "iri") => &["https://example.com/zq?a=1&b=%20"],
        Some("uuid") => &["00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-bfff-ffffffffffff"],
        Some("hostname") => &["example.com"],
        Some("ipv4") => &["192.0.2.1"],
        Some("ipv6") => &["2001:db8::1"],
        Some("json-pointer") => &["/a", "/say \"hi\""],
        Some("relative-json-pointer") => &["0/a", "0/say \"hi\""],
        _ => &[],
    };
    let padded = |text: &str| -> &'s str {
        let missing = strings.length.minimum.saturating_sub(text.chars().count());
        arena.alloc_str(&(text.to_owned() + &"x".repeat(missing.min(1_000))))
    };
    let mut samples: Vec<&'s str> = by_format.to_vec();
    let pattern = strings.pattern.as_deref().map_or_else(Vec::new, |pattern| {
        let lengths = constants.map(|constants| constants.lengths(LONGEST_STRING).take(MAX_STRING_LENGTHS));
        matching(pattern, &lengths.into_iter().flatten().collect::<Vec<_>>())
    });
    samples.extend(pattern.iter().map(|text| &*arena.alloc_str(text)));
    // The last is not like any text, but a schema may allow it.
    samples.extend(["say \"hi\"", "a\nb", "\\", "x", "%", "\u{1}"].map(padded));
    samples.push(arena.alloc_str(&" ".repeat(strings.length.minimum.min(1_000))));
    samples
}

fn numbers<'s>(shape: &Shape, constants: &Constants<'s>, found: &mut Vec<Candidate<'s>>) {
    let range = &shape.numbers;
    let near = |number: &f64| [*number, number + 1.0, number - 1.0];
    let bounds = [range.minimum, range.maximum].into_iter().flatten();
    let fractions = [range.minimum.map(|minimum| minimum + 0.5), range.maximum.map(|maximum| maximum - 0.25)];
    let mut tried = Vec::new();
    let near_constants: Vec<f64> = constants.numbers.iter().take(MAX_CONSTANTS).flat_map(near).collect();
    let numbers = NUMBERS
        .into_iter()
        .chain(near_constants.iter().copied())
        .chain(bounds.flat_map(|bound| near(&bound)))
        .chain(fractions.into_iter().flatten())
        .chain(range.examples.iter().copied().take(4));
    for number in numbers {
        if range.allows(number) && !tried.contains(&number) {
            tried.push(number);
            let is_constant = near_constants.contains(&number);
            found.push(Candidate { is_constant, ..likely(Value::Number(number)) });
        }
    }
}

/// A JSON value in the arena.
pub(super) fn value_of<'s>(json: &serde_json::Value, arena: &'s Arena) -> Value<'s> {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(0.0)),
        serde_json::Value::String(text) => Value::String(arena.alloc_str(text)),
        serde_json::Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| value_of(item, arena)).collect();
            crate::liquid::value::list(&items, arena)
        }
        serde_json::Value::Object(object) => {
            let entries: Vec<_> =
                object.iter().map(|(name, value)| (&*arena.alloc_str(name), value_of(value, arena))).collect();
            Value::Object(crate::liquid::value::Object::new(&entries, arena))
        }
    }
}
