//! Signature help: the arguments of the filter in which the cursor is.

use gen_lsp_types::{ActiveParameter, ParameterInformation, SignatureHelp, SignatureHelpParams, SignatureInformation};

use crate::customerio::{CUSTOMERIO, LEGACY};
use crate::liquid::row::Argument;
use crate::lsp::expression::{Cursor, Place};
use crate::lsp::snapshot::Snapshot;

/// `textDocument/signatureHelp`
pub(super) fn signature_help(snapshot: &Snapshot, params: &SignatureHelpParams) -> Option<SignatureHelp> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let offset = file.lines().offset(position.position);
    let Place::Argument { filter, number } = Cursor::new(&file.text, offset)?.place() else { return None };
    let filter = CUSTOMERIO.filter(filter).or_else(|| LEGACY.filter(filter))?;
    if filter.arguments.is_empty() {
        return None;
    }
    let signature = SignatureInformation {
        label: filter.signature(),
        documentation: Some(filter.summary.into()),
        parameters: Some(filter.arguments.iter().map(parameter).collect()),
        active_parameter: None,
    };
    let active = u32::try_from(number.min(filter.arguments.len() - 1)).ok()?;
    Some(SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: Some(ActiveParameter::Int(active)),
    })
}

fn parameter(argument: &Argument) -> ParameterInformation {
    let mut about = argument.kind.as_str().to_owned();
    if !argument.accepts.is_empty() {
        about = format!("{about}: {}", argument.accepts.join(", "));
    }
    if let Some(default) = argument.default {
        about = format!("{about}, `{default}` if left out");
    }
    ParameterInformation { label: argument.name.to_owned().into(), documentation: Some(about.into()) }
}
