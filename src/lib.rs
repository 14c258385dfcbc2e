//! Renders, checks and snapshot-tests Customer.io transactional inbox messages offline, byte for byte as Customer.io renders
//! them.
//!
//! The program `inkproof` is a thin layer over this library. Use the library to test messages from a Rust project, or to build
//! other tools on the renderer. The three examples below are also programs in `examples/`.
//!
//! # Render one message
//!
//! A message is made from a template, a customer and a request. Each is read from a [`Source`](diagnostics::Source), which is
//! a file's name and its contents; the file need not exist.
//!
//! ```
//! use inkproof::diagnostics::{Diagnostics, Source};
//! use inkproof::liquid::{Arena, Limits, Mode};
//! use inkproof::message::{Customer, RenderOptions, Request, Template, Workspace, parse_timestamp};
//!
//! # fn main() -> Result<(), Diagnostics> {
//! let template = r#"---
//! type: order
//! ---
//! {"title": "Order {{ trigger.number }} has shipped, {{ customer.first_name }}!"}"#;
//! let customer = r#"{"id": "user_123", "first_name": "Ada"}"#;
//! let request = r#"{
//!     "transactional_message_id": "order_shipped",
//!     "identifiers": {"id": "user_123"},
//!     "message_data": {"number": 1042}
//! }"#;
//!
//! let mut warnings = Diagnostics::new();
//! let template = Template::read("order_shipped", Source::new("order_shipped.liquid", template))?;
//! let customer = Customer::read(Source::new("user_123.json", customer))?;
//! let request = Request::read("standard", Source::new("standard.json", request), &mut warnings)?;
//!
//! let options = RenderOptions {
//!     now: parse_timestamp("2026-01-01T00:00:00Z").unwrap(),
//!     mode: Mode::Live,
//!     seed: Some(0),
//!     limits: Limits::default(),
//!     asks_test_send: false,
//! };
//! let (workspace, arena) = (Workspace::default(), Arena::new());
//! let rendering = template.compile(&workspace, &arena)?.render(&customer, &request, &options);
//! let message = rendering.message.ok_or(rendering.problems)?;
//! assert_eq!(message.properties["title"], "Order 1042 has shipped, Ada!");
//! # Ok(())
//! # }
//! ```
//!
//! # Check a project from a test
//!
//! [`Project`](project::Project) reads a project's folder. This test fails if a file is invalid or a message would not be
//! sent, except those that the configuration expects to be lost. To compare the messages with accepted snapshots as well,
//! see [`snapshot`].
//!
//! ```
//! use inkproof::project::{OpenError, Project};
//! use inkproof::snapshot;
//!
//! # fn main() -> Result<(), OpenError> {
//! let project = Project::open_for_tests(".".as_ref())?;
//! assert!(!project.problems().has_errors(), "{:#?}", project.problems());
//!
//! let (cases, options) = (project.cases(), snapshot::render_options(&project));
//! let renderings = project.render_on_all_cores(&cases, &options, |_, rendering| rendering);
//! for (case, rendering) in cases.iter().zip(renderings).filter(|(case, _)| !project.expects_loss(case.request)) {
//!     assert!(rendering.message.is_some(), "{}: {:#?}", case.request.name(), rendering.problems);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Parse and analyse a template
//!
//! A template can be examined without data. Parsing reports every syntax error at once, and the tree has the position of
//! everything in it. This lists the variables that a template reads, in its content and in its settings:
//!
//! ```
//! use inkproof::diagnostics::{Diagnostics, Source};
//! use inkproof::liquid::{Arena, variables};
//! use inkproof::message::{Template, Workspace};
//!
//! # fn main() -> Result<(), Diagnostics> {
//! let source = r#"---
//! topics: ["{{ trigger.topic }}"]
//! ---
//! {"title": "{% if customer.vip %}Dear {{ customer.first_name }}{% endif %}"}"#;
//! let template = Template::read("greeting", Source::new("greeting.liquid", source))?;
//!
//! let (workspace, arena) = (Workspace::default(), Arena::new());
//! let mut found = Vec::new();
//! for part in template.compile(&workspace, &arena)?.texts() {
//!     for variable in variables::read_by(part.liquid.nodes) {
//!         found.push(variable.span.of(part.liquid.source));
//!     }
//! }
//! assert_eq!(found, ["customer.vip", "customer.first_name", "trigger.topic"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! | module | contents |
//! |---|---|
//! | [`liquid`] | the template language: LiquidJS 10.30.1 in Rust, as a crate of its own |
//! | [`message`] | templates, customers, requests and snippets; rendering of one message |
//! | [`project`] | a project's folder: its files, configuration, names and cases |
//! | [`snapshot`] | snapshot tests of a project's messages |
//! | [`diagnostics`] | findings, and the formats that show them |
//!
//! The other modules implement the program's commands. They are not documented here, and may change in any release;
//! `ARCHITECTURE.md` describes them. The Cargo feature `lsp` adds the command `inkproof lsp`; `serve` and `store` add the command
//! `inkproof serve` and its option `--store`. To use the library alone, disable them with `default-features = false`.

pub mod diagnostics;
pub use inkproof_liquid as liquid;
pub mod message;
pub mod project;
pub mod snapshot;

// The integration tests and the program use these; they are not part of the documented interface.
#[doc(hidden)]
pub mod analysis;
#[doc(hidden)]
pub mod audience;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod contract;
#[doc(hidden)]
pub mod customerio;
#[doc(hidden)]
pub mod deployment;
#[doc(hidden)]
pub mod formatter;
#[cfg(feature = "lsp")]
#[doc(hidden)]
pub mod lsp;
#[doc(hidden)]
pub mod mistakes;
#[doc(hidden)]
pub mod records;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod scaffold;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod search;
#[cfg(feature = "serve")]
#[doc(hidden)]
pub mod server;
#[doc(hidden)]
pub mod types;
#[doc(hidden)]
pub mod upgrade;
#[doc(hidden)]
pub mod watch;

mod atomic_file;
#[cfg(unix)]
mod hangup;
mod plain_file;
mod threads;
mod visible_files;
