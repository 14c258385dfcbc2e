//! Renders one message from a template, a customer and a request, and prints it as JSON.
//!
//! ```console
//! $ cargo run --example render_message
//! ```

use std::error::Error;
use std::process::ExitCode;

use inkproof::diagnostics::{Diagnostics, Source};
use inkproof::liquid::{Arena, Limits, Mode};
use inkproof::message::{Customer, Message, RenderOptions, Request, Template, Workspace, parse_timestamp};
use jiff::Timestamp;

const TEMPLATE: &str = r#"---
type: order
---
{"title": "Order {{ trigger.number }} has shipped, {{ customer.first_name }}!"}"#;

const CUSTOMER: &str = r#"{"id": "user_123", "first_name": "Ada"}"#;

const REQUEST: &str = r#"{
    "transactional_message_id": "order_shipped",
    "identifiers": {"id": "user_123"},
    "message_data": {"number": 1042}
}"#;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    match render(parse_timestamp("2026-01-01T00:00:00Z")?) {
        Ok(message) => {
            println!("{}", serde_json::to_string_pretty(&message)?);
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{}: {}", problem.severity, problem.message);
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The message as sent at `now`, or the reasons why it is not sent.
fn render(now: Timestamp) -> Result<Message, Diagnostics> {
    let mut problems = Diagnostics::new();
    let template = Template::read("order_shipped", Source::new("order_shipped.liquid", TEMPLATE))?;
    let customer = Customer::read(Source::new("user_123.json", CUSTOMER))?;
    let request = Request::read("standard", Source::new("standard.json", REQUEST), &mut problems)?;

    let options =
        RenderOptions { now, mode: Mode::Live, seed: Some(0), limits: Limits::default(), asks_test_send: false };
    let (workspace, arena) = (Workspace::default(), Arena::new());
    let rendering = template.compile(&workspace, &arena)?.render(&customer, &request, &options);
    rendering.message.ok_or(rendering.problems)
}
