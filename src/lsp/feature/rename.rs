//! Rename: of a local variable within its template; of a path of the data in templates, snippets, requests and customers at
//! once. A rename that would change a message is refused: every message is rendered before and after it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use gen_lsp_types::{PrepareRenameParams, PrepareRenamePlaceholder, RenameParams, WorkspaceEdit};
use lsp_server::{ErrorCode, ResponseError};

use super::edit::{FileEdit, workspace_edit};
use crate::analysis::{Path as DataPath, PathStep};
use crate::diagnostics::{Edit, Fix};
use crate::liquid::Arena;
use crate::liquid::value::json::write_string;
use crate::lsp::occurrence::{self, Meaning, Occurrence, SNIPPETS};
use crate::lsp::reference::Reference;
use crate::lsp::snapshot::{FileView, Snapshot};
use crate::lsp::worker::error;
use crate::message::RenderOptions;
use crate::project::{Case, Files, Overlay, Project};

/// `textDocument/prepareRename`: the name at a position, if it can be renamed.
pub(super) fn prepare(
    snapshot: &Snapshot,
    params: &PrepareRenameParams,
) -> Result<Option<PrepareRenamePlaceholder>, ResponseError> {
    let position = &params.text_document_position_params;
    let Some(file) = snapshot.file(&position.text_document.uri) else { return Ok(None) };
    let lines = file.lines();
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let Some(found) = occurrence::at(&occurrences, lines.offset(position.position)) else { return Ok(None) };
    old_name(&file, found)?;
    let range = unquoted(&file.text, found.range.clone());
    let placeholder = file.text[range.clone()].to_owned();
    Ok(Some(PrepareRenamePlaceholder { range: lines.range(range), placeholder }))
}

/// `textDocument/rename`
pub(super) fn rename(snapshot: &Snapshot, params: &RenameParams) -> Result<Option<WorkspaceEdit>, ResponseError> {
    let position = &params.text_document_position_params;
    let Some(file) = snapshot.file(&position.text_document.uri) else { return Ok(None) };
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let offset = file.lines().offset(position.position);
    let Some(found) = occurrence::at(&occurrences, offset) else { return Ok(None) };
    let old = old_name(&file, found)?;
    let new = &*params.new_name;
    if new == old {
        return Ok(None);
    }
    if !is_name(new) {
        let reason = format!("`{new}` is not a name: expected letters, digits, `_` or `-`, and no digit first");
        return Err(refusal(reason));
    }
    refuse_collision(&file, &occurrences, found, new)?;
    let references = file.references(&found.meaning);
    if let Meaning::Data(path) = &found.meaning
        && let Some(other) = file.other_path_at(&references, path)
    {
        return Err(refusal(format!(
            "a schema describes `{other}` at the same place: expected a key that is only `{path}`"
        )));
    }
    let edits = edits(&references, new);
    refuse_other_messages(&file, &edits)?;
    Ok(Some(workspace_edit(snapshot, file.root, edits.into_iter().map(FileEdit::from))))
}

/// The current name of what can be renamed.
fn old_name<'o>(file: &'o FileView<'_>, found: &'o Occurrence<'_>) -> Result<&'o str, ResponseError> {
    match &found.meaning {
        Meaning::Data(path) => match (path.root, &*path.steps) {
            (root, []) => Err(refusal(format!("`{root}` is a name of Customer.io: expected a name of your own"))),
            (SNIPPETS, [_]) => Err(refusal("a snippet is renamed by renaming its file".to_owned())),
            (_, [.., PathStep::Key(name)]) => Ok(name),
            (_, [.., PathStep::Element]) => Err(refusal("an element has no name".to_owned())),
        },
        Meaning::Local(_) => Ok(&file.text[found.range.clone()]),
        Meaning::Filter(name) => Err(refusal(format!("`{name}` is a filter of Liquid"))),
        Meaning::Tag(name) => Err(refusal(format!("`{name}` is a tag of Liquid"))),
    }
}

fn refusal(reason: String) -> ResponseError {
    error(ErrorCode::RequestFailed, reason)
}

/// Whether this can be written after a dot.
fn is_name(name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    name.chars().all(is_part) && name.starts_with(|first: char| !first.is_numeric() && first != '-')
}

/// Refuses a name that something else has already.
fn refuse_collision(
    file: &FileView<'_>,
    occurrences: &[Occurrence<'_>],
    found: &Occurrence<'_>,
    new: &str,
) -> Result<(), ResponseError> {
    let taken = match &found.meaning {
        Meaning::Data(path) => {
            let parent = path.parent().unwrap_or_else(|| DataPath::new(path.root));
            let wanted = Meaning::Data(parent.then(PathStep::Key(new)));
            file.references(&wanted).into_iter().next()
        }
        // Any other use of the word would become this variable.
        _ => occurrences
            .iter()
            .find(|other| {
                let is_variable = match &other.meaning {
                    Meaning::Local(_) => true,
                    Meaning::Data(path) => path.steps.is_empty(),
                    Meaning::Filter(_) | Meaning::Tag(_) => false,
                };
                is_variable && file.text.get(other.range.clone()) == Some(new)
            })
            .and_then(|other| {
                let source = file.kind.source()?.clone();
                Some(Reference { source, range: other.range.clone(), is_definition: other.is_definition })
            }),
    };
    match taken {
        None => Ok(()),
        Some(taken) => {
            let place = taken.source.at(taken.range);
            Err(refusal(format!("`{new}` is already in use at {place}: expected a name that is not")))
        }
    }
}

/// The edits of each file, by name.
fn edits(references: &[Reference], new: &str) -> BTreeMap<String, Vec<Edit>> {
    let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    for Reference { source, range, .. } in references {
        let text = if is_json(source.name()) { escaped(new) } else { new.to_owned() };
        let range = unquoted(source.text(), range.clone());
        let of_file = edits.entry(source.name().to_owned()).or_default();
        let edit = Edit { range, text };
        if !of_file.contains(&edit) {
            of_file.push(edit);
        }
    }
    edits
}

fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "json")
}

/// A text as it is written in a JSON string, without quotes.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    write_string(text, &mut written);
    written.trim_start_matches('"').trim_end_matches('"').to_owned()
}

/// A range without the quotes around it: names in brackets have some.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let written = text.get(range.clone()).unwrap_or_default();
    let is_quoted = written.len() >= 2 && written.starts_with(['"', '\'']) && written.ends_with(['"', '\'']);
    if is_quoted { range.start + 1..range.end - 1 } else { range }
}

/// Refuses edits that change a message, because something that cannot be renamed depends on the name.
fn refuse_other_messages(file: &FileView<'_>, edits: &BTreeMap<String, Vec<Edit>>) -> Result<(), ResponseError> {
    let project = file.project;
    let mut overlay = Overlay::default();
    for document in file.snapshot.documents.values() {
        if let Some(path) = &document.path {
            overlay.set(path, Some(&document.text));
        }
    }
    for (name, edits) in edits {
        let Some(source) = source_of(project, name) else { continue };
        let fix = Fix { title: String::new(), edits: edits.clone() };
        let edited = fix.apply(source).ok_or_else(|| refusal(format!("the names in `{name}` overlap")))?;
        overlay.set(&file.root.join(name), Some(&edited));
    }
    let changed =
        Files::open_with(file.root, false, overlay).map_err(|reason| refusal(reason.to_string()))?.to_project();
    // With a seed, random filters make the same choices before and after.
    let options = RenderOptions { seed: Some(0), ..file.snapshot.renderer.render_options() };
    let render = |project: &Project| -> BTreeMap<String, Option<serde_json::Value>> {
        let cases = project.in_every_language(&project.cases());
        let messages = project.render_on_all_cores(&cases, &options, |_, rendering| {
            rendering.message.and_then(|message| serde_json::to_value(message).ok())
        });
        let name = |case: &Case<'_>| match case.template.language() {
            Some(language) => format!("{} ({language})", case.request.name()),
            None => case.request.name().to_owned(),
        };
        cases.iter().map(name).zip(messages).collect()
    };
    let (before, after) = (render(project), render(&changed));
    match before.iter().find(|(name, message)| after.get(*name) != Some(message)) {
        None => Ok(()),
        Some((name, _)) => {
            Err(refusal(format!("the message of request `{name}` would change: something else depends on the name")))
        }
    }
}

/// The text of a file of the project.
fn source_of<'p>(project: &'p Project, name: &str) -> Option<&'p str> {
    crate::lsp::snapshot::FileKind::new(project, name).source().map(crate::diagnostics::Source::text)
}
