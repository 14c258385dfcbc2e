//! Acceptance: the code action that accepts the messages of a file as they are now, by writing their snapshots.

use gen_lsp_types::WorkspaceEdit;

use super::edit::{FileEdit, workspace_edit};
use crate::lsp::snapshot::{FileKind, FileView};
use crate::project::Case;
use crate::snapshot::{Outcome, Run, Stage, Status, Store, Subject, Update, render_options};

/// The title and the edit of the action, if messages of a template or request differ from their snapshots, or have none although
/// the project has snapshots. A lost message is accepted where `inkproof accept` would accept it.
pub(super) fn accept(file: &FileView<'_>) -> Option<(String, WorkspaceEdit)> {
    let project = file.project;
    if !project.is_config_valid() || project.has_colliding_names() {
        return None;
    }
    let is_part = |case: &Case<'_>| match file.kind {
        FileKind::Template(template) => case.template.with_variants().any(|it| it.source() == template.source()),
        FileKind::Request(request) => std::ptr::eq(case.request, request),
        _ => false,
    };
    let cases: Vec<_> = project.cases().into_iter().filter(is_part).collect();
    if cases.is_empty() {
        return None;
    }
    let mut subjects = Subject::all(project, &cases);
    if let FileKind::Template(template) = file.kind {
        subjects.retain(|subject| std::ptr::eq(subject.case.template, template));
    }
    let run = Run {
        project,
        render_options: render_options(project),
        update: Update::None,
        fail_fast: false,
        is_complete: false,
        allows_empty: true,
    };
    let settings = &project.config().test;
    let store = Store::new(project.root(), &settings.snapshots);
    let has_snapshots = store.has_any();
    let report = run.test(subjects);
    let is_acceptable = |outcome: &&Outcome<'_>| {
        let is_different = match outcome.status {
            Status::Different { .. } => true,
            Status::New => has_snapshots && file.snapshot.client.creates_files,
            Status::Unchanged | Status::SnapshotFileError(_) => false,
        };
        is_different && (settings.allow_failures || !outcome.is_unexpected_loss())
    };
    let outcomes: Vec<_> = report.outcomes.iter().filter(is_acceptable).collect();
    let title = match outcomes[..] {
        [] => return None,
        [only] => format!("accept the snapshot of `{}`", only.subject.name),
        _ => format!("accept {} snapshots", outcomes.len()),
    };
    let edit = |outcome: &&Outcome<'_>| {
        let name = store.shown(&outcome.subject.name, Stage::Accepted);
        match store.read(&outcome.subject.name, Stage::Accepted) {
            Ok(Some(before)) => FileEdit::replace(name, before, outcome.file()),
            _ => FileEdit::create(name, outcome.file()),
        }
    };
    Some((title, workspace_edit(file.snapshot, file.root, outcomes.iter().map(edit))))
}
