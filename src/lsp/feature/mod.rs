//! Features: the functions that answer requests, one file each.

mod edit;
mod navigation;
mod rename;

use gen_lsp_types::{
    DefinitionRequest, DocumentHighlightRequest, PrepareRenameRequest, ReferencesRequest, RenameOptions, RenameRequest,
    Request, ServerCapabilities,
};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::Value;

use super::session::parse;
use super::snapshot::Snapshot;
use super::worker::{Answer, error};

/// Answers a request.
pub(super) type Handler = fn(&Snapshot, Value) -> Answer;

/// The function that answers requests of a method; `None` if there is none.
pub(super) fn handler(method: &str) -> Option<Handler> {
    let handler: Handler = match method {
        "textDocument/definition" => |snapshot, params| {
            answer::<DefinitionRequest, _>(params, |params| Ok(navigation::definition(snapshot, params)))
        },
        "textDocument/references" => |snapshot, params| {
            answer::<ReferencesRequest, _>(params, |params| Ok(navigation::references(snapshot, params)))
        },
        "textDocument/documentHighlight" => |snapshot, params| {
            answer::<DocumentHighlightRequest, _>(params, |params| Ok(navigation::highlights(snapshot, params)))
        },
        "textDocument/prepareRename" => {
            |snapshot, params| answer::<PrepareRenameRequest, _>(params, |params| rename::prepare(snapshot, params))
        }
        "textDocument/rename" => {
            |snapshot, params| answer::<RenameRequest, _>(params, |params| rename::rename(snapshot, params))
        }
        _ => return None,
    };
    Some(handler)
}

/// Adds the features to what the server offers.
pub(super) fn offer(capabilities: &mut ServerCapabilities) {
    capabilities.definition_provider = Some(true.into());
    capabilities.references_provider = Some(true.into());
    capabilities.document_highlight_provider = Some(true.into());
    capabilities.rename_provider =
        Some(RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() }.into());
}

/// Parses the parameters of a request and serializes the result.
fn answer<R: Request, T: serde::Serialize>(
    params: Value,
    result: impl FnOnce(&R::Params) -> Result<T, ResponseError>,
) -> Answer {
    let params = parse::<R::Params>(params)?;
    serde_json::to_value(result(&params)?).map_err(|reason| error(ErrorCode::InternalError, reason.to_string()))
}
