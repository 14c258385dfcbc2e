//! The language server: templates, requests, customers, snippets and the configuration in any editor that speaks the Language
//! Server Protocol.
//!
//! [`run`] speaks the protocol on standard input and output. `session` is the message loop: it applies every notification in
//! order, gives requests with a snapshot of the workspace to a worker thread, and sends changed projects
//! to the checker, which judges them on another thread. Each feature is a function in a file of its own that answers a request
//! from a snapshot; `feature` has the table of them.

mod capabilities;
mod checker;
mod diagnostic;
mod document;
mod expression;
mod feature;
mod hint_requests;
mod json_cursor;
mod occurrence;
mod outline;
mod position;
mod reference;
mod schema_key;
mod session;
mod snapshot;
mod transport;
mod uri;
mod value;
mod worker;
mod workspace;

pub use session::{ExitStatus, Renderer, run};
