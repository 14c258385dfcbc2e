//! Commands that clients run on the server.

use gen_lsp_types::{ExecuteCommandParams, Uri};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::{Value, json};

use crate::lsp::snapshot::{FileView, Snapshot};
use crate::lsp::worker::error;

/// Renders the messages of a file. Its argument is the URI of a template, request, customer or snippet; its result is
/// `{"text", "messages": [{"request", "sent", "properties"}]}`, with the cards as plain text.
pub(super) const PREVIEW: &str = "inkproof.preview";

/// Chooses the request whose values the inlay hints in a template show. Its arguments are the URI of the template and the name
/// of one of its requests. The session runs it, since it lasts.
pub(in crate::lsp) const CHOOSE_REQUEST: &str = "inkproof.chooseRequest";

/// All commands.
pub(super) const COMMANDS: [&str; 2] = [PREVIEW, CHOOSE_REQUEST];

/// `workspace/executeCommand`
pub(super) fn execute(snapshot: &Snapshot, params: &ExecuteCommandParams) -> Result<Value, ResponseError> {
    if params.command != PREVIEW {
        let reason = format!("there is no command `{}`: expected one of {COMMANDS:?}", params.command);
        return Err(error(ErrorCode::InvalidParams, reason));
    }
    let uri = params.arguments.iter().flatten().find_map(|argument| argument.as_str().map(Uri::from));
    let uri = uri.ok_or_else(|| error(ErrorCode::InvalidParams, "expected the URI of a file as the argument"))?;
    let file = snapshot.file(&uri);
    let file = file.ok_or_else(|| error(ErrorCode::RequestFailed, format!("`{}` is in no project", uri.0)))?;
    Ok(preview(&file))
}

fn preview(file: &FileView<'_>) -> Value {
    let (cases, renderings): (Vec<_>, Vec<_>) = file.renderings().into_iter().unzip();
    let messages: Vec<_> = cases
        .iter()
        .zip(&renderings)
        .map(|(case, rendering)| {
            json!({
                "request": case.request.name(),
                "language": case.template.language(),
                "sent": rendering.message.is_some(),
                "message": rendering.message,
                "problems": rendering.problems,
            })
        })
        .collect();
    let text = (file.snapshot.renderer.draw)(file.project, &cases, &renderings);
    json!({"text": text, "messages": messages})
}
