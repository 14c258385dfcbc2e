//! Features: the functions that answer requests, one file each.

use gen_lsp_types::ServerCapabilities;
use serde_json::Value;

use super::snapshot::Snapshot;
use super::worker::Answer;

/// Answers a request.
pub(super) type Handler = fn(&Snapshot, Value) -> Answer;

/// The function that answers requests of a method; `None` if there is none.
pub(super) fn handler(_method: &str) -> Option<Handler> {
    None
}

/// Adds the features to what the server offers.
pub(super) fn offer(_capabilities: &mut ServerCapabilities) {}
