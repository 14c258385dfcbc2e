//! Data that a template can be rendered with: every place that it looks at, with a value of the kind that its use implies.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::analysis::{ContentProof, Kind, Needs, Path, Position, Step as PathStep};
use crate::liquid::row::Prints;
use crate::liquid::syntax::tree::Step;

/// How many elements a list gets: two show whether what stands between them is right.
const ELEMENTS: usize = 2;

/// An object for the variable `root`, such as `trigger`, with a value at each place that a template looks at.
///
/// ```
/// use inkproof::analysis::{ContentProof, Needs};
/// use inkproof::customerio::CUSTOMERIO;
/// use inkproof::liquid::{Arena, Template};
/// use inkproof::scaffold::message_data;
/// let arena = Arena::new();
/// let source = r#"{"title": "{{ trigger.order_number }}", "total": {{ trigger.total | times: 2 }}}"#;
/// let template = Template::parse(source, &CUSTOMERIO, &arena).unwrap();
/// let needs = Needs::of(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
/// let data = message_data(&needs, &ContentProof::of(template), "trigger");
/// assert_eq!(serde_json::Value::from(data).to_string(), r#"{"order_number":"1042","total":1}"#);
/// ```
#[must_use]
pub fn message_data(needs: &Needs<'_>, content: &ContentProof<'_>, root: &str) -> Map<String, Value> {
    let bare = bare_places(needs, content);
    let mut shape = Shape::default();
    for read in needs.reads.iter().filter(|read| read.path.root == root) {
        let place = shape.at(&read.path.steps);
        place.kind = place.kind.max(read.kind);
        place.is_bare |= bare.contains(&read.path);
    }
    match shape.value(root) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The places whose values are printed where JSON expects a value, without being made JSON: a text there would break it.
fn bare_places<'a>(needs: &Needs<'a>, content: &ContentProof<'_>) -> HashSet<Path<'a>> {
    let is_made_json = |filters: &[crate::liquid::syntax::tree::FilterCall<'_>]| {
        filters.last().and_then(|last| last.filter).is_some_and(|row| row.prints == Prints::Json)
    };
    let bare = content.interpolations.iter().filter(|interpolation| {
        interpolation.position == Position::Value && !is_made_json(interpolation.value.filters)
    });
    let spans: HashSet<_> = bare
        .flat_map(|interpolation| interpolation.value.expression.steps)
        .filter_map(|step| match step {
            Step::Operand(operand) => Some((operand.span.start, operand.span.end)),
            Step::Operator(..) => None,
        })
        .collect();
    let is_bare =
        |read: &&crate::analysis::Read<'a>| read.text == 0 && spans.contains(&(read.span.start, read.span.end));
    needs.reads.iter().filter(is_bare).map(|read| read.path.clone()).collect()
}

/// What is known of a value.
#[derive(Debug, Default)]
struct Shape<'a> {
    kind: Kind,
    /// Whether it must be JSON as it is printed.
    is_bare: bool,
    fields: Vec<(&'a str, Shape<'a>)>,
    element: Option<Box<Shape<'a>>>,
}

impl<'a> Shape<'a> {
    fn at(&mut self, steps: &[PathStep<'a>]) -> &mut Self {
        steps.iter().fold(self, |shape, step| match step {
            PathStep::Element => shape.element.get_or_insert_default(),
            PathStep::Key(key) => {
                let place = shape.fields.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                    shape.fields.push((key, Shape::default()));
                    shape.fields.len() - 1
                });
                &mut shape.fields[place].1
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
            Kind::Flag => json!(true),
            Kind::Date if self.is_bare => json!(1_767_268_800),
            Kind::Date => json!("2026-01-01T12:00:00Z"),
            Kind::List => json!([text(name.strip_suffix('s').unwrap_or(name))]),
            Kind::Object => json!({}),
            Kind::Anything | Kind::Text if self.is_bare => json!(1),
            Kind::Anything if is_among(name, &["count", "quantity", "total", "price", "amount", "points"]) => json!(1),
            Kind::Anything | Kind::Text => json!(text(name)),
        }
    }
}

/// Texts for names that say what they hold, by a word of the name.
const TEXTS: &[(&[&str], &str)] = &[
    (&["image", "icon", "avatar", "photo", "logo"], "https://example.com/image.png"),
    (&["url", "link", "href", "uri"], "https://example.com/"),
    (&["email"], "ada@example.com"),
    (&["at", "date", "time", "day", "until", "on"], "2026-01-01T12:00:00Z"),
    (&["timezone", "zone"], "Europe/London"),
    (&["currency"], "EUR"),
    (&["language", "locale"], "en"),
    (&["country"], "GB"),
    (&["id", "number", "code", "reference"], "1042"),
    (&["phone"], "+441632960000"),
];

/// Texts for whole names.
const NAMES: &[(&str, &str)] = &[("first_name", "Ada"), ("last_name", "Lovelace"), ("full_name", "Ada Lovelace")];

/// A text for a name; the name itself in words where it says nothing.
fn text(name: &str) -> String {
    let whole = NAMES.iter().find(|(known, _)| *known == name).map(|(_, text)| text);
    let known = whole.or_else(|| TEXTS.iter().find(|(words, _)| is_among(name, words)).map(|(_, text)| text));
    known.map_or_else(|| format!("example {}", name.replace('_', " ")), |text| (*text).to_owned())
}

/// Whether a name ends with one of these words.
fn is_among(name: &str, words: &[&str]) -> bool {
    let last = name.rsplit(['_', '-', ' ']).next().unwrap_or_default().to_lowercase();
    words.contains(&last.as_str())
}
