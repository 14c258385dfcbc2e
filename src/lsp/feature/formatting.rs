//! Formatting of templates.

use gen_lsp_types::{DocumentFormattingParams, TextEdit};
use lsp_server::{ErrorCode, ResponseError};

use crate::formatter::format_template;
use crate::lsp::snapshot::{FileKind, Snapshot};
use crate::lsp::worker::error;

/// `textDocument/formatting`: the part of the text that formatting changes. A template that cannot be formatted is left as it
/// is, with the reason as the error.
pub(super) fn format(
    snapshot: &Snapshot,
    params: &DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, ResponseError> {
    let Some(file) = snapshot.file(&params.text_document.uri) else { return Ok(None) };
    let FileKind::Template(template) = file.kind else { return Ok(None) };
    let (cases, options) = (file.cases(), snapshot.renderer.render_options());
    let formatted = format_template(file.project, template, &cases, &options)
        .map_err(|reason| error(ErrorCode::RequestFailed, format!("the template is left as it is: {reason}")))?;
    let text = &*file.text;
    let start = common(text.chars(), formatted.chars());
    let (rest, rest_formatted) = (&text[start..], &formatted[start..]);
    let end = common(rest.chars().rev(), rest_formatted.chars().rev());
    if rest.is_empty() && rest_formatted.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let range = file.lines().range(start..text.len() - end);
    let new_text = rest_formatted[..rest_formatted.len() - end].to_owned();
    Ok(Some(vec![TextEdit { range, new_text }]))
}

/// How many bytes two texts have in common.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(character, _)| character.len_utf8()).sum()
}
