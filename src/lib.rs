//! inkproof previews, checks and snapshot-tests Customer.io transactional inbox messages, exactly as Customer.io renders
//! them.

pub mod analysis;
pub mod cli;
pub mod contract;
pub mod customerio;
pub mod diagnostics;
pub use inkproof_liquid as liquid;
mod atomic_file;
pub mod message;
pub mod project;
pub mod rules;
pub mod scaffold;
pub mod search;
#[cfg(feature = "serve")]
pub mod server;
pub mod snapshot;
mod threads;
pub mod upgrade;
pub mod watch;
