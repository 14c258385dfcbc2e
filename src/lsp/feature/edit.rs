//! Edits of files, as the client takes them.

use std::collections::HashMap;
use std::path::Path;

use gen_lsp_types::{
    CreateFile, CreateFileOptions, DocumentChange, Edit as LspEdit, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use crate::diagnostics::Edit;
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};

/// The edits of one file.
pub(super) struct FileEdit {
    /// The file's name, relative to the project.
    pub(super) name: String,
    pub(super) edits: Vec<Edit>,
    /// Whether the file is new; its edits are insertions at its start then.
    pub(super) is_new: bool,
    /// The text on disk of a file that is replaced as a whole.
    replaced: Option<String>,
}

impl From<(String, Vec<Edit>)> for FileEdit {
    fn from((name, edits): (String, Vec<Edit>)) -> Self {
        Self { name, edits, is_new: false, replaced: None }
    }
}

impl FileEdit {
    /// A new file with this text.
    pub(super) fn create(name: String, text: String) -> Self {
        Self { name, edits: vec![Edit { range: 0..0, text }], is_new: true, replaced: None }
    }

    /// A file that gets another text; `before` is what it has on disk.
    pub(super) fn replace(name: String, before: String, text: String) -> Self {
        Self { name, edits: vec![Edit { range: 0..usize::MAX, text }], is_new: false, replaced: Some(before) }
    }
}

/// Edits of files of a project, with versions if the client takes them.
pub(super) fn workspace_edit(
    snapshot: &Snapshot,
    root: &Path,
    edits: impl IntoIterator<Item = FileEdit>,
) -> WorkspaceEdit {
    let project = snapshot.projects.get(root);
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    let mut versioned = Vec::new();
    for FileEdit { name, edits, is_new, replaced } in edits {
        let uri = snapshot.uri(root, &name);
        let open = snapshot.documents.get(&uri).map(|document| &*document.text);
        let known = project.and_then(|project| FileKind::new(project, &name).source());
        let text =
            open.or_else(|| known.map(crate::diagnostics::Source::text)).or(replaced.as_deref()).unwrap_or_default();
        let lines = snapshot.lines(text);
        let within = |range: std::ops::Range<usize>| range.start..range.end.min(text.len());
        let edit = |edit: Edit| TextEdit { range: lines.range(within(edit.range)), new_text: edit.text };
        let edits: Vec<_> = edits.into_iter().map(edit).collect();
        if is_new {
            let options = Some(CreateFileOptions { ignore_if_exists: Some(false), overwrite: Some(false) });
            versioned.push(DocumentChange::CreateFile(CreateFile { uri: uri.clone(), options, annotation_id: None }));
        }
        versioned.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: snapshot.version(&uri),
                text_document_identifier: TextDocumentIdentifier { uri: uri.clone() },
            },
            edits: edits.iter().cloned().map(LspEdit::TextEdit).collect(),
        }));
        changes.entry(uri).or_default().extend(edits);
    }
    if snapshot.client.versioned_edits {
        WorkspaceEdit { document_changes: Some(versioned), ..WorkspaceEdit::default() }
    } else {
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }
}

impl FileView<'_> {
    /// An edit of this file alone.
    pub(super) fn edit(&self, edits: Vec<Edit>) -> WorkspaceEdit {
        workspace_edit(self.snapshot, self.root, [FileEdit::from((self.name.clone(), edits))])
    }
}
