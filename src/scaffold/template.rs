//! Template files: a skeleton to fill in, or settings on top of existing content.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::Name;
use crate::customerio::Version;

/// Fields that probably contain the title or the body, the most likely first.
const TITLES: [&str; 4] = ["title", "subject", "heading", "headline"];
const BODIES: [&str; 6] = ["body", "message", "text", "content", "description", "summary"];

/// A template file with a title, a body, and a property for each field of `data`, which may come from a backend. It renders
/// to valid JSON for all values of the fields.
///
/// ```
/// use inkproof::customerio::Version;
/// use inkproof::scaffold::{Name, skeleton};
/// let data = serde_json::json!({"order_id": "1042"});
/// let name = Name::parse("order_shipped").unwrap();
/// let template = skeleton(&name, None, Version::Latest, data.as_object().unwrap());
/// assert!(template.contains(r#""order_id": {{ trigger.order_id | json }}"#));
/// ```
#[must_use]
pub fn skeleton(name: &Name, id: Option<u64>, version: Version, data: &Map<String, Value>) -> String {
    let found = |names: &[&'static str]| {
        names.iter().copied().find(|name| data.get(*name).is_some_and(|value| !value.is_object() && !value.is_array()))
    };
    let (title, body) = (found(&TITLES), found(&BODIES));
    let printed = |field: Option<&str>, otherwise: String| {
        field.map_or(otherwise, |field| format!("{{{{ {} | json }}}}", path(field)))
    };
    let mut properties = vec![
        ("title".to_owned(), printed(title, Value::from(name.title()).to_string())),
        ("body".to_owned(), printed(body, greeting(version).to_owned())),
    ];
    for field in data.keys().filter(|field| Some(field.as_str()) != title && Some(field.as_str()) != body) {
        // A property with the same name would replace the title or body of the message.
        let key = if matches!(field.as_str(), "title" | "body") { format!("{field}_data") } else { field.clone() };
        properties.push((key, format!("{{{{ {} | json }}}}", path(field))));
    }
    let properties: Vec<_> =
        properties.iter().map(|(key, printed)| format!("  {}: {printed}", json_in_liquid(key))).collect();
    let content = format!("{{\n{}\n}}\n", properties.join(",\n"));
    template_with_content(name, id, &content)
}

/// A template file: settings, and below them the unchanged content.
#[must_use]
pub fn template_with_content(name: &Name, id: Option<u64>, content: &str) -> String {
    let mut file = format!("---\nname: {}\n", Value::from(name.title()));
    if let Some(id) = id {
        let _ = writeln!(file, "id: {id}");
    }
    file.push_str("# type: order\n# topics: [orders]\n# expiration: 60 days\n---\n");
    file.push_str(content);
    if !content.ends_with('\n') {
        file.push('\n');
    }
    file
}

/// A greeting that works with and without a first name.
const fn greeting(version: Version) -> &'static str {
    match version {
        Version::Latest => r#"{{ customer.first_name | default: "there" | prepend: "Hi " | append: "!" | json }}"#,
        // The legacy Liquid has no `default`.
        Version::Legacy => {
            r#"{% if customer.first_name %}{{ customer.first_name | prepend: "Hi " | append: "!" | json }}{% else %}"Hi there!"{% endif %}"#
        }
    }
}

/// The Liquid path of a field of `trigger`.
fn path(field: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if field.chars().all(is_plain) && field.starts_with(|first: char| !first.is_ascii_digit()) {
        return format!("trigger.{field}");
    }
    let quoted = field.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("trigger[\"{quoted}\"]")
}

/// A key as a JSON string that contains no Liquid delimiters.
fn json_in_liquid(key: &str) -> String {
    Value::from(key).to_string().replace('{', "\\u007b").replace('}', "\\u007d")
}
