//! Definition, references and highlights.

use gen_lsp_types::{
    DefinitionParams, DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, Location as LspLocation,
    ReferenceParams,
};

use crate::diagnostics::Source;
use crate::liquid::Arena;
use crate::lsp::occurrence::{self, Meaning};
use crate::lsp::reference::{Reference, requests_of};
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};
use crate::message::Template;

/// `textDocument/definition`: of a local variable, where it is set; of a path of the data, its key in every request or
/// customer, and in the schema that declares it; of a key in one of these, where templates read it; of a snippet, its file; in a request, the template and customer
/// that it names.
pub(super) fn definition(snapshot: &Snapshot, params: &DefinitionParams) -> Option<Vec<LspLocation>> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let offset = file.lines().offset(position.position);
    if let Some(source) = named_file(&file, offset) {
        return Some(vec![snapshot.location(file.root, &source.at(0..0))]);
    }
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let meaning = &occurrence::at(&occurrences, offset)?.meaning;
    let is_key = matches!(file.kind, FileKind::Request(_) | FileKind::Customer(_) | FileKind::Schema(_));
    // A schema mentions the keys that it requires.
    let is_in_schema = |reference: &Reference| file.project.schema_files().contains_key(reference.source.name());
    let found = file.references(meaning).into_iter();
    let found = found.filter(|reference| reference.is_definition != is_key && !(is_key && is_in_schema(reference)));
    Some(found.map(|reference| location(&file, &reference)).collect())
}

/// `textDocument/references`
pub(super) fn references(snapshot: &Snapshot, params: &ReferenceParams) -> Option<Vec<LspLocation>> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let offset = file.lines().offset(position.position);
    if let FileKind::Template(template) = file.kind
        && offset < template.content_start()
    {
        return Some(uses_of_template(&file, template));
    }
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let meaning = &occurrence::at(&occurrences, offset)?.meaning;
    let found = file.references(meaning).into_iter();
    let found = found.filter(|reference| params.context.include_declaration || !reference.is_definition);
    Some(found.map(|reference| location(&file, &reference)).collect())
}

/// `textDocument/documentHighlight`: the same thing within the file.
pub(super) fn highlights(snapshot: &Snapshot, params: &DocumentHighlightParams) -> Option<Vec<DocumentHighlight>> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let lines = file.lines();
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let meaning = &occurrence::at(&occurrences, lines.offset(position.position))?.meaning;
    let same = occurrences.iter().filter(|occurrence| occurrence.meaning == *meaning);
    let highlight = |occurrence: &occurrence::Occurrence<'_>| DocumentHighlight {
        range: lines.range(occurrence.range.clone()),
        kind: Some(match occurrence {
            occurrence::Occurrence { is_definition: true, meaning: Meaning::Local(_), .. } => {
                DocumentHighlightKind::Write
            }
            _ => DocumentHighlightKind::Read,
        }),
    };
    Some(same.map(highlight).collect())
}

/// The file that a request names at an offset: its template or its customer.
fn named_file<'f>(file: &'f FileView<'_>, offset: usize) -> Option<&'f Source> {
    let FileKind::Request(request) = file.kind else { return None };
    let is_at = |span: &std::ops::Range<usize>| span.start <= offset && offset <= span.end;
    if is_at(&request.template().span) {
        return file.project.template_for(request).map(Template::source);
    }
    if is_at(&request.identifier().span) {
        return file.project.customer_for(request).map(crate::message::Customer::source);
    }
    None
}

/// Where the requests for a template name it.
fn uses_of_template(file: &FileView<'_>, template: &Template) -> Vec<LspLocation> {
    let requests = requests_of(file.project, template).into_iter();
    let named = requests.map(|request| request.source().at(request.template().span.clone()));
    named.map(|named| file.snapshot.location(file.root, &named)).collect()
}

fn location(file: &FileView<'_>, reference: &Reference) -> LspLocation {
    file.snapshot.location(file.root, &reference.source.at(reference.range.clone()))
}
