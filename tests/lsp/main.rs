//! The language server, as a client sees it.

mod client;
mod navigation;
mod session;

/// A small project: one template with a loop and a local variable, two requests, a customer and a snippet.
pub const SHOP: &[(&str, &str)] = &[
    ("inkproof.toml", ""),
    ("templates/order.liquid", ORDER),
    ("fixtures/requests/order/one.json", ONE),
    ("fixtures/requests/order/two.json", TWO),
    ("fixtures/customers/ada.json", ADA),
    ("snippets/greeting.liquid", "Hello {{ customer.name }}"),
];

pub const ORDER: &str = "\
---
type: order
---
{% assign total = trigger.items | size %}{
  \"title\": \"🎉 {{ trigger.number }}: {{ total }} items\",
  \"body\": {{ snippets.greeting | json }},
  \"lines\": [{% for item in trigger.items %}{{ item.title | json }}{% unless forloop.last %},{% endunless %}{% endfor %}]
}
";

pub const ONE: &str = r#"{
  "transactional_message_id": "order",
  "identifiers": {"id": "ada"},
  "message_data": {"number": 7, "items": [{"title": "Tea"}, {"title": "Milk"}]}
}"#;

pub const TWO: &str = r#"{
  "transactional_message_id": "order",
  "identifiers": {"id": "ada"},
  "message_data": {"items": [], "number": 8}
}"#;

pub const ADA: &str = r#"{"id": "ada", "name": "Ada"}"#;
