//! Example data for a template: a value for every path that it reads, of the type that its use implies.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::analysis::{ContentProof, JsonPosition, Kind, Needs, Path, PathStep};
use crate::liquid::row::Prints;
use crate::liquid::syntax::tree::Step;

/// How many elements a list gets. Two are enough to show whether the separators are right.
const ELEMENTS: usize = 2;

/// An object for the variable `root`, such as `trigger`, with a value at each path that a template reads.
///
/// ```
/// use inkproof::analysis::{ContentProof, Needs};
/// use inkproof::customerio::CUSTOMERIO;
/// use inkproof::liquid::{Arena, Template};
/// use inkproof::scaffold::message_data;
/// let arena = Arena::new();
/// let source = r#"{"title": "{{ trigger.order_number }}", "total": {{ trigger.total | times: 2 }}}"#;
/// let template = Template::parse(source, &CUSTOMERIO, &arena).unwrap();
/// let needs = Needs::from_templates(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
/// let data = message_data(&needs, &ContentProof::prove(template), "trigger");
/// assert_eq!(serde_json::Value::from(data).to_string(), r#"{"order_number":"1042","total":1}"#);
/// ```
#[must_use]
pub fn message_data(needs: &Needs<'_>, content: &ContentProof<'_>, root: &str) -> Map<String, Value> {
    let unquoted = unquoted_paths(needs, content);
    let mut shape = Shape::default();
    for read in needs.reads.iter().filter(|read| read.path.root == root) {
        let entry = shape.at(&read.path.steps);
        entry.kind = entry.kind.max(read.kind);
        entry.is_unquoted |= unquoted.contains(&read.path);
    }
    match shape.value(root) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The paths that are printed outside of JSON strings without the `json` filter. A string there would break the JSON.
fn unquoted_paths<'a>(needs: &Needs<'a>, content: &ContentProof<'_>) -> HashSet<Path<'a>> {
    let ends_with_json = |filters: &[crate::liquid::syntax::tree::FilterCall<'_>]| {
        filters.last().and_then(|last| last.filter).is_some_and(|row| row.prints == Prints::Json)
    };
    let unquoted = content.interpolations.iter().filter(|interpolation| {
        interpolation.position == JsonPosition::Value && !ends_with_json(interpolation.value.filters)
    });
    let spans: HashSet<_> = unquoted
        .flat_map(|interpolation| interpolation.value.expression.steps)
        .filter_map(|step| match step {
            Step::Operand(operand) => Some((operand.span.start, operand.span.end)),
            Step::Operator(..) => None,
        })
        .collect();
    let is_unquoted =
        |read: &&crate::analysis::Read<'a>| read.text == 0 && spans.contains(&(read.span.start, read.span.end));
    needs.reads.iter().filter(is_unquoted).map(|read| read.path.clone()).collect()
}

/// What is known about a value.
#[derive(Debug, Default)]
struct Shape<'a> {
    kind: Kind,
    /// Whether it must be valid JSON when it is printed without the `json` filter.
    is_unquoted: bool,
    fields: Vec<(&'a str, Shape<'a>)>,
    element: Option<Box<Shape<'a>>>,
}

impl<'a> Shape<'a> {
    fn at(&mut self, steps: &[PathStep<'a>]) -> &mut Self {
        steps.iter().fold(self, |shape, step| match step {
            PathStep::Element => shape.element.get_or_insert_default(),
            PathStep::Key(key) => {
                let index = shape.fields.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                    shape.fields.push((key, Shape::default()));
                    shape.fields.len() - 1
                });
                &mut shape.fields[index].1
            }
        })
    }

    fn value(&self, name: &str) -> Value {
        if let Some(element) = &self.element {
            let name = name.strip_suffix('s').unwrap_or(name);
            return (0..ELEMENTS).map(|_| element.value(name)).collect();
        }
        if !self.fields.is_empty() {
            return self.fields.iter().map(|(key, shape)| ((*key).to_owned(), shape.value(key))).collect();
        }
        match self.kind {
            Kind::Number => json!(1),
            Kind::Boolean => json!(true),
            Kind::Date if self.is_unquoted => json!(1_767_268_800),
            Kind::Date => json!("2026-01-01T12:00:00Z"),
            Kind::List => json!([example_string(name.strip_suffix('s').unwrap_or(name))]),
            Kind::Object => json!({}),
            Kind::Anything | Kind::String if self.is_unquoted => json!(1),
            Kind::Anything if ends_with_word(name, &["count", "quantity", "total", "price", "amount", "points"]) => {
                json!(1)
            }
            Kind::Anything | Kind::String => json!(example_string(name)),
        }
    }
}

/// Example strings by the last word of a name.
const BY_LAST_WORD: &[(&[&str], &str)] = &[
    (&["image", "icon", "avatar", "photo", "logo"], "https://example.com/image.png"),
    (&["url", "link", "href", "uri"], "https://example.com/"),
    (&["email"], "ada@example.com"),
    (&["at", "date", "time", "day", "until", "on"], "2026-01-01T12:00:00Z"),
    (&["timezone", "zone", "tz"], "Europe/London"),
    (&["currency"], "EUR"),
    (&["language", "locale", "lang"], "en"),
    (&["country"], "GB"),
    (&["id", "number", "code", "reference"], "1042"),
    (&["phone"], "+441632960000"),
];

/// Example strings by the whole name.
const BY_NAME: &[(&str, &str)] = &[("first_name", "Ada"), ("last_name", "Lovelace"), ("full_name", "Ada Lovelace")];

/// An example string for a name. For an unknown name, the name itself in words.
fn example_string(name: &str) -> String {
    let whole = BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, text)| text);
    let known =
        whole.or_else(|| BY_LAST_WORD.iter().find(|(words, _)| ends_with_word(name, words)).map(|(_, text)| text));
    known.map_or_else(|| format!("example {}", name.replace('_', " ")), |text| (*text).to_owned())
}

/// Whether the last word of a name is one of these words.
fn ends_with_word(name: &str, words: &[&str]) -> bool {
    let last = name.rsplit(['_', '-', ' ']).next().unwrap_or_default().to_lowercase();
    words.contains(&last.as_str())
}
