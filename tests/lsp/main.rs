//! The language server, as a client sees it.

mod action;
mod agreement;
mod client;
mod completion;
mod glance;
mod hover;
mod navigation;
mod protocol;
mod session;

/// A small project: one template with a loop and a local variable, two requests, a customer and a snippet.
const SHOP: &[(&str, &str)] = &[
    ("inkproof.toml", ""),
    ("templates/order.liquid", ORDER),
    ("fixtures/requests/order/one.json", ONE),
    ("fixtures/requests/order/two.json", TWO),
    ("fixtures/customers/ada.json", ADA),
    ("snippets/greeting.liquid", "Hello {{ customer.name }}"),
];

const ORDER: &str = "\
---
type: order
---
{% assign total = trigger.items | size %}{
  \"title\": \"🎉 {{ trigger.number }}: {{ total }} items\",
  \"body\": {{ snippets.greeting | json }},
  \"lines\": [{% for item in trigger.items %}{{ item.title | json }}{% unless forloop.last %},{% endunless %}{% endfor %}]
}
";

const ONE: &str = r#"{
  "transactional_message_id": "order",
  "identifiers": {"id": "ada"},
  "message_data": {"number": 7, "items": [{"title": "Tea"}, {"title": "Milk"}]}
}"#;

const TWO: &str = r#"{
  "transactional_message_id": "order",
  "identifiers": {"id": "ada"},
  "message_data": {"items": [], "number": 8}
}"#;

const ADA: &str = r#"{"id": "ada", "name": "Ada"}"#;

/// A text with the mark `^` before the first occurrence of a string.
fn marked(text: &str, before: &str) -> String {
    let at = text.find(before).unwrap_or_else(|| panic!("{before} in {text}"));
    format!("{}^{}", &text[..at], &text[at..])
}
