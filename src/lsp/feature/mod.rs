//! Features: the functions that answer requests, one file each.

mod acceptance;
mod action;
mod command;
mod completion;
mod edit;
mod formatting;
mod hover;
mod lens;
mod navigation;
mod rename;
mod signature;
mod symbol;
mod token;

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionRequest, CodeLensOptions, CodeLensRequest, CompletionOptions,
    CompletionRequest, DefinitionRequest, DocumentFormattingRequest, DocumentHighlightRequest, DocumentLinkOptions,
    DocumentLinkRequest, DocumentSymbolRequest, ExecuteCommandOptions, ExecuteCommandRequest, FoldingRangeRequest,
    HoverRequest, InlayHintRequest, PrepareRenameRequest, ReferencesRequest, RenameOptions, RenameRequest, Request,
    SelectionRangeRequest, SemanticTokensOptions, SemanticTokensRequest, ServerCapabilities, SignatureHelpOptions,
    SignatureHelpRequest, WorkspaceSymbolRequest,
};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::Value;

pub(super) use self::command::CHOOSE_REQUEST;
use super::session::parse;
use super::snapshot::Snapshot;
use super::worker::{Answer, error};

/// Answers a request.
pub(super) type Handler = fn(&Snapshot, Value) -> Answer;

/// The function that answers requests of a method; `None` if there is none.
pub(super) fn handler(method: &str) -> Option<Handler> {
    let handler: Handler = match method {
        "textDocument/codeAction" => {
            |it, params| answer::<CodeActionRequest, _>(params, |p| Ok(action::actions(it, p)))
        }
        "textDocument/codeLens" => |it, params| answer::<CodeLensRequest, _>(params, |p| Ok(lens::lenses(it, p))),
        "textDocument/completion" => {
            |it, params| answer::<CompletionRequest, _>(params, |p| Ok(completion::completion(it, p)))
        }
        "textDocument/definition" => {
            |it, params| answer::<DefinitionRequest, _>(params, |p| Ok(navigation::definition(it, p)))
        }
        "textDocument/documentHighlight" => {
            |it, params| answer::<DocumentHighlightRequest, _>(params, |p| Ok(navigation::highlights(it, p)))
        }
        "textDocument/documentLink" => {
            |it, params| answer::<DocumentLinkRequest, _>(params, |p| Ok(lens::links(it, p)))
        }
        "textDocument/documentSymbol" => |it, params| {
            if it.client.symbol_trees {
                answer::<DocumentSymbolRequest, _>(params, |p| Ok(symbol::document_symbols(it, p)))
            } else {
                answer::<DocumentSymbolRequest, _>(params, |p| Ok(symbol::flat_symbols(it, p)))
            }
        },
        "textDocument/foldingRange" => {
            |it, params| answer::<FoldingRangeRequest, _>(params, |p| Ok(symbol::folding_ranges(it, p)))
        }
        "textDocument/formatting" => {
            |it, params| answer::<DocumentFormattingRequest, _>(params, |p| formatting::format(it, p))
        }
        "textDocument/hover" => |it, params| answer::<HoverRequest, _>(params, |p| Ok(hover::hover(it, p))),
        "textDocument/inlayHint" => |it, params| answer::<InlayHintRequest, _>(params, |p| Ok(lens::hints(it, p))),
        "textDocument/prepareRename" => {
            |it, params| answer::<PrepareRenameRequest, _>(params, |p| rename::prepare(it, p))
        }
        "textDocument/references" => {
            |it, params| answer::<ReferencesRequest, _>(params, |p| Ok(navigation::references(it, p)))
        }
        "textDocument/rename" => |it, params| answer::<RenameRequest, _>(params, |p| rename::rename(it, p)),
        "textDocument/selectionRange" => {
            |it, params| answer::<SelectionRangeRequest, _>(params, |p| Ok(symbol::selection_ranges(it, p)))
        }
        "textDocument/semanticTokens/full" => {
            |it, params| answer::<SemanticTokensRequest, _>(params, |p| Ok(token::tokens(it, p)))
        }
        "textDocument/signatureHelp" => {
            |it, params| answer::<SignatureHelpRequest, _>(params, |p| Ok(signature::signature_help(it, p)))
        }
        "workspace/executeCommand" => {
            |it, params| answer::<ExecuteCommandRequest, _>(params, |p| command::execute(it, p))
        }
        "workspace/symbol" => {
            |it, params| answer::<WorkspaceSymbolRequest, _>(params, |p| Ok(symbol::workspace_symbols(it, p)))
        }
        _ => return None,
    };
    Some(handler)
}

/// Whether the answer to a request of a method is made from what the checker found, and so has to wait for it.
pub(super) fn depends_on_checker(method: &str) -> bool {
    matches!(method, "textDocument/codeAction" | "textDocument/codeLens" | "textDocument/hover")
}

/// Adds the features to what the server offers.
pub(super) fn offer(capabilities: &mut ServerCapabilities) {
    let characters = |characters: &[&str]| Some(characters.iter().map(|text| (*text).to_owned()).collect());
    let kinds = vec![CodeActionKind::QuickFix, CodeActionKind::from(action::FIX_ALL.to_owned())];
    let actions = CodeActionOptions { code_action_kinds: Some(kinds), ..CodeActionOptions::default() };
    let tokens = SemanticTokensOptions {
        legend: token::legend(),
        full: Some(true.into()),
        range: None,
        work_done_progress_options: gen_lsp_types::WorkDoneProgressOptions::default(),
    };
    capabilities.code_action_provider = Some(actions.into());
    capabilities.code_lens_provider = Some(CodeLensOptions::default());
    capabilities.completion_provider = Some(CompletionOptions {
        trigger_characters: characters(&[".", "|", "%", "{", "\"", ":", "[", "="]),
        ..CompletionOptions::default()
    });
    capabilities.definition_provider = Some(true.into());
    capabilities.document_formatting_provider = Some(true.into());
    capabilities.document_highlight_provider = Some(true.into());
    capabilities.document_link_provider = Some(DocumentLinkOptions::default());
    capabilities.document_symbol_provider = Some(true.into());
    capabilities.execute_command_provider = Some(ExecuteCommandOptions {
        commands: command::COMMANDS.map(str::to_owned).into(),
        ..ExecuteCommandOptions::default()
    });
    capabilities.folding_range_provider = Some(true.into());
    capabilities.hover_provider = Some(true.into());
    capabilities.inlay_hint_provider = Some(true.into());
    capabilities.references_provider = Some(true.into());
    capabilities.rename_provider =
        Some(RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() }.into());
    capabilities.selection_range_provider = Some(true.into());
    capabilities.semantic_tokens_provider = Some(tokens.into());
    capabilities.signature_help_provider =
        Some(SignatureHelpOptions { trigger_characters: characters(&[":", ","]), ..SignatureHelpOptions::default() });
    capabilities.workspace_symbol_provider = Some(true.into());
}

/// Parses the parameters of a request and serializes the result.
fn answer<R: Request, T: serde::Serialize>(
    params: Value,
    result: impl FnOnce(&R::Params) -> Result<T, ResponseError>,
) -> Answer {
    let params = parse::<R::Params>(params)?;
    serde_json::to_value(result(&params)?).map_err(|reason| error(ErrorCode::InternalError, reason.to_string()))
}
