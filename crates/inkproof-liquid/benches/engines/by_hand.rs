//! The small message written by a Rust function without a template: from a parsed JSON tree in which values are looked
//! up by key, or from typed structs.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

/// Writes the small message from a tree.
pub(crate) fn small_from_tree(data: &Value, out: &mut String) {
    let order = &data["order"];
    out.push_str("{\n  \"title\": \"Order ");
    write_value(&order["number"], out);
    out.push_str(" has shipped!\",\n  \"body\": \"Hi ");
    match &data["customer"]["first_name"] {
        Value::Null | Value::Bool(false) => out.push_str("there"),
        Value::String(name) if name.is_empty() => out.push_str("there"),
        name => write_value(name, out),
    }
    out.push_str(", your parcel with ");
    write_value(&order["item_count"], out);
    out.push_str(" items is on its way.\",\n  \"items\": [");
    let items = order["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, item) in items.iter().enumerate() {
        out.push_str("\n    { \"name\": \"");
        write_value(&item["name"], out);
        out.push_str("\", \"quantity\": ");
        write_value(&item["quantity"], out);
        out.push_str(", \"price\": ");
        write_value(&item["price"], out);
        out.push_str(" }");
        if at + 1 < items.len() {
            out.push(',');
        }
    }
    out.push_str("\n  ],\n  \"total\": \"");
    write_value(&order["total"], out);
    out.push(' ');
    write_value(&order["currency"], out);
    out.push('"');
    let tracking_url = &order["tracking_url"];
    if !matches!(tracking_url, Value::Null | Value::Bool(false)) {
        out.push_str(",\n  \"link\": \"");
        write_value(tracking_url, out);
        out.push('"');
    }
    out.push_str("\n}\n");
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => out.push_str(text),
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// The data of the small message.
#[derive(Debug, Deserialize)]
pub(crate) struct Small {
    customer: Customer,
    order: Order,
}

#[derive(Debug, Deserialize)]
struct Customer {
    first_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Order {
    number: String,
    item_count: u32,
    items: Vec<Item>,
    total: f64,
    currency: String,
    tracking_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Item {
    name: String,
    quantity: u32,
    price: f64,
}

/// Writes the small message from typed structs.
pub(crate) fn small_from_structs(Small { customer, order }: &Small, out: &mut String) {
    let name = customer.first_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("there");
    let Order { number, item_count, items, total, currency, tracking_url } = order;
    out.push_str("{\n  \"title\": \"Order ");
    out.push_str(number);
    out.push_str(" has shipped!\",\n  \"body\": \"Hi ");
    out.push_str(name);
    let _ = write!(out, ", your parcel with {item_count} items is on its way.\",\n  \"items\": [");
    for (at, Item { name, quantity, price }) in items.iter().enumerate() {
        out.push_str("\n    { \"name\": \"");
        out.push_str(name);
        let _ = write!(out, "\", \"quantity\": {quantity}, \"price\": {price} }}");
        if at + 1 < items.len() {
            out.push(',');
        }
    }
    let _ = write!(out, "\n  ],\n  \"total\": \"{total} ");
    out.push_str(currency);
    out.push('"');
    if let Some(tracking_url) = tracking_url {
        out.push_str(",\n  \"link\": \"");
        out.push_str(tracking_url);
        out.push('"');
    }
    out.push_str("\n}\n");
}
