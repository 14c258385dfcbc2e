//! Code actions: the fixes of findings, and edits that supply what a template or request lacks.

use std::ops::Range;

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, WorkspaceEdit};
use serde_json::json;

use super::acceptance;
use super::edit::{FileEdit, workspace_edit};
use crate::analysis::{Kind, Path, PathStep};
use crate::diagnostics::{Diagnostic, Edit, Location};
use crate::liquid::Arena;
use crate::liquid::value::json::{locate, write_string};
use crate::lsp::diagnostic;
use crate::lsp::occurrence::{Meaning, Occurrence, SNIPPETS};
use crate::lsp::reference::requests_of;
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};
use crate::lsp::value;
use crate::message::{SENT_NAMES, Template};
use crate::rules;
use crate::scaffold::{Name, Plan, request_for, request_with_data};

/// The kind of the action that applies every fix of a file, for editors that do so on save.
pub(super) const FIX_ALL: &str = "source.fixAll.inkproof";
/// The finding about a template that no request asks for.
const NO_REQUESTS: &str = "no-requests";

/// `textDocument/codeAction`
pub(super) fn actions(snapshot: &Snapshot, params: &CodeActionParams) -> Option<Vec<CodeActionResponse>> {
    let file = snapshot.file(&params.text_document.uri)?;
    let wanted = file.lines().bytes(params.range);
    let is_asked_for = |kind: &str| {
        params.context.only.as_ref().is_none_or(|only| {
            only.iter().any(|asked| {
                let asked = String::from(asked.clone());
                kind == asked || kind.strip_prefix(&asked).is_some_and(|rest| rest.starts_with('.'))
            })
        })
    };
    let mut actions = Vec::new();
    if is_asked_for("quickfix") {
        let touches = |finding: &&Diagnostic| {
            let range = finding.location().map(Location::range);
            range.is_some_and(|range| range.start <= wanted.end && wanted.start <= range.end)
        };
        for finding in file.findings().filter(touches) {
            actions.extend(of_finding(&file, finding));
        }
        actions.extend(acceptance::accept(&file).map(|(title, edit)| CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            edit: Some(edit),
            ..CodeAction::default()
        }));
    }
    if is_asked_for(FIX_ALL)
        && let Some(edit) = fix_all(&file)
    {
        let kind = CodeActionKind::from(FIX_ALL.to_owned());
        actions.push(CodeAction {
            title: "apply all safe fixes".to_owned(),
            kind: Some(kind),
            edit: Some(edit),
            ..CodeAction::default()
        });
    }
    Some(actions.into_iter().map(CodeActionResponse::CodeAction).collect())
}

/// The actions for a finding, its own fix first.
fn of_finding(file: &FileView<'_>, finding: &Diagnostic) -> Vec<CodeAction> {
    let diagnostics = vec![diagnostic::convert(finding, &file.lines(), file.snapshot, file.root)];
    let action = |title: String, edit: WorkspaceEdit, is_preferred: bool| CodeAction {
        title,
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(diagnostics.clone()),
        is_preferred: is_preferred.then_some(true),
        edit: Some(edit),
        ..CodeAction::default()
    };
    let mut actions = Vec::new();
    if let Some(fix) = &finding.fix {
        actions.push(action(fix.title.clone(), file.edit(fix.edits.clone()), true));
    }
    for (title, edit) in supplies(file, finding) {
        actions.push(action(title, edit, false));
    }
    if let Some(edit) = save_counterexample(file, finding) {
        actions.push(action("save this counterexample as a request".to_owned(), edit, false));
    }
    if let Some(edit) = ignore_here(file, finding) {
        actions.push(action(format!("ignore `{}` here", finding.code.as_str()), edit, false));
    }
    if let Some(edit) = ignore(file, finding) {
        actions.push(action(format!("ignore `{}` in this template", finding.code.as_str()), edit, false));
    }
    actions
}

/// The edits that supply what is missing where a finding is.
fn supplies(file: &FileView<'_>, finding: &Diagnostic) -> Vec<(String, WorkspaceEdit)> {
    let FileKind::Template(template) = file.kind else { return Vec::new() };
    if finding.code.as_str() == NO_REQUESTS {
        return create_request(file, template).into_iter().collect();
    }
    let Some(range) = finding.location().map(Location::range) else { return Vec::new() };
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let is_inside = |found: &&Occurrence<'_>| range.start <= found.range.start && found.range.end <= range.end;
    // The last name of a path is the one that the finding is about.
    let Some(found) = occurrences.iter().rfind(is_inside) else { return Vec::new() };
    match &found.meaning {
        Meaning::Data(path) if path.root == SNIPPETS => create_snippet(file, path).into_iter().collect(),
        Meaning::Data(path) if lacks(file, path) => {
            let mut edits = Vec::new();
            edits.extend(add_default(file, found));
            edits.extend(guard(file, path, found));
            edits.extend(add_key(file, template, path));
            edits
        }
        _ => Vec::new(),
    }
}

/// Whether a message of the file's template lacks a path.
fn lacks(file: &FileView<'_>, path: &Path<'_>) -> bool {
    file.cases().iter().any(|case| {
        let arena = Arena::new();
        let root = value::of_message(path.root, case.request, case.customer, &arena);
        value::at_path(root, &path.steps).is_empty()
    })
}

/// The output `{{ … }}` around a range.
fn output_around(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let start = text[..range.start].rfind("{{")?;
    let end = range.end + text[range.end..].find("}}")? + 2;
    (!text[start..end - 2].contains("}}")).then_some(start..end)
}

/// `| default: ""` directly after a variable.
fn add_default(file: &FileView<'_>, found: &Occurrence<'_>) -> Option<(String, WorkspaceEdit)> {
    let output = output_around(&file.text, &found.range)?;
    let rest = &file.text[found.range.end..output.end];
    if !rest.trim_start().starts_with(['|', '}', '-'])
        || rest.trim_start().trim_start_matches('|').trim_start().starts_with("default")
    {
        return None;
    }
    let edit = Edit { range: found.range.end..found.range.end, text: " | default: \"\"".to_owned() };
    Some(("add `default`".to_owned(), file.edit(vec![edit])))
}

/// A condition around the output.
fn guard(file: &FileView<'_>, path: &Path<'_>, found: &Occurrence<'_>) -> Option<(String, WorkspaceEdit)> {
    let output = output_around(&file.text, &found.range)?;
    let before = &file.text[output.start..found.range.end];
    let written = before.trim_start_matches(['{', '-']).trim_start();
    if written.contains(['|', ' ', ',']) {
        return None;
    }
    let open = Edit { range: output.start..output.start, text: format!("{{% if {written} %}}") };
    let close = Edit { range: output.end..output.end, text: "{% endif %}".to_owned() };
    Some((format!("print it only if there is a `{}`", path.name().unwrap_or(written)), file.edit(vec![open, close])))
}

/// The key in every request of the template that lacks it.
fn add_key(file: &FileView<'_>, template: &Template, path: &Path<'_>) -> Vec<(String, WorkspaceEdit)> {
    let [trigger, ..] = SENT_NAMES;
    if path.root != trigger {
        return Vec::new();
    }
    let Some((PathStep::Key(name), parents)) = path.steps.split_last() else { return Vec::new() };
    let parents: Option<Vec<&str>> = parents
        .iter()
        .map(|step| match step {
            PathStep::Key(name) => Some(*name),
            PathStep::Element => None,
        })
        .collect();
    // The elements of a list may lack it one by one.
    let Some(parents) = parents else { return Vec::new() };
    let place: Vec<&str> = std::iter::once("message_data").chain(parents).collect();
    let sample = sample(file, path);
    let requests = requests_of(file.project, template).into_iter();
    let edits = requests.filter_map(|request| {
        let text = request.source().text();
        let arena = Arena::new();
        if !value::at_path(value::trigger(request, &arena), &path.steps).is_empty() {
            return None;
        }
        let object = locate(text, &place)?;
        let inside = &text[object.start..object.end];
        let is_empty = inside.strip_prefix('{')?.trim_start().starts_with('}');
        let mut entry = String::new();
        write_string(name, &mut entry);
        entry.push_str(": ");
        entry.push_str(&sample);
        if !is_empty {
            entry.push_str(", ");
        }
        let at = object.start + 1;
        let edit = FileEdit::from((request.source().name().to_owned(), vec![Edit { range: at..at, text: entry }]));
        let edit = workspace_edit(file.snapshot, file.root, [edit]);
        Some((format!("add `{name}` to request `{}`", request.name()), edit))
    });
    edits.collect()
}

/// A value of the kind that the template expects.
fn sample(file: &FileView<'_>, path: &Path<'_>) -> String {
    let table = file.checked().and_then(|checked| checked.table(&file.name));
    let row = table.and_then(|table| table.rows.iter().find(|row| row.path == path.to_string()));
    let sample = match row.map(|row| row.kind) {
        Some(Kind::Number) => "1",
        Some(Kind::Boolean) => "true",
        Some(Kind::List) => "[]",
        Some(Kind::Object) => "{}",
        Some(Kind::Date) => "\"2026-01-01\"",
        Some(Kind::String | Kind::Anything) | None => "\"text\"",
    };
    sample.to_owned()
}

/// A request with all data that the template reads, and a customer if none fits.
fn create_request(file: &FileView<'_>, template: &Template) -> Option<(String, WorkspaceEdit)> {
    if !file.snapshot.client.creates_files {
        return None;
    }
    let options = file.snapshot.renderer.render_options();
    let name = Name::parse_or_sanitize("standard");
    let planned = request_for(file.project, template, &name, template.language(), &options).ok()?;
    Some(("create a request".to_owned(), create(file, &planned.plan)))
}

/// Creates the files of a plan.
fn create(file: &FileView<'_>, plan: &Plan) -> WorkspaceEdit {
    let name = |path: &std::path::Path| path.to_string_lossy().replace('\\', "/");
    let files = plan.files().map(|(path, text)| FileEdit::create(name(path), text.to_owned()));
    workspace_edit(file.snapshot, file.root, files)
}

/// The file of a snippet that does not exist.
fn create_snippet(file: &FileView<'_>, path: &Path<'_>) -> Option<(String, WorkspaceEdit)> {
    let [PathStep::Key(name), ..] = &*path.steps else { return None };
    let exists = file.project.snippets().iter().any(|snippet| snippet.name() == *name);
    if exists || !file.snapshot.client.creates_files || Name::parse(name).is_err() {
        return None;
    }
    let folder = file.project.config().paths.snippets.to_string_lossy().replace('\\', "/");
    let new = FileEdit::create(format!("{folder}/{name}.liquid"), String::new());
    Some((format!("create the snippet `{name}`"), workspace_edit(file.snapshot, file.root, [new])))
}

/// A request whose message is lost as the finding says, and a customer if none has its data.
fn save_counterexample(file: &FileView<'_>, finding: &Diagnostic) -> Option<WorkspaceEdit> {
    let FileKind::Template(template) = file.kind else { return None };
    let counterexample = finding.counterexample.as_ref().filter(|_| file.snapshot.client.creates_files)?;
    let data = json!({
        "trigger": counterexample.request.get("message_data").cloned().unwrap_or_default(),
        "customer": counterexample.customer,
    });
    let name = Name::parse_or_sanitize(finding.code.as_str());
    let options = file.snapshot.renderer.render_options();
    let planned = request_with_data(file.project, template, &name, &data, &options).ok()?;
    (!planned.is_sent).then(|| create(file, &planned.plan))
}

/// A comment on the line before the finding.
fn ignore_here(file: &FileView<'_>, finding: &Diagnostic) -> Option<WorkspaceEdit> {
    let FileKind::Template(template) = file.kind else { return None };
    let options = file.snapshot.renderer.render_options();
    let edit = rules::ignore_next_line(file.project, template, &file.cases(), finding, &options)?;
    Some(file.edit(vec![edit]))
}

/// The code in the template's setting `ignore`.
fn ignore(file: &FileView<'_>, finding: &Diagnostic) -> Option<WorkspaceEdit> {
    let FileKind::Template(template) = file.kind else { return None };
    let code = finding.code.as_str();
    rules::rule(code)?;
    let edit = match template.settings().ignore.last() {
        Some(last) => Edit { range: last.span.end..last.span.end, text: format!(", {code}") },
        None if template.content_start() > 0 => {
            let end = file.text[..template.content_start()].trim_end().strip_suffix("---")?.len();
            Edit { range: end..end, text: format!("ignore: [{code}]\n") }
        }
        None => Edit { range: 0..0, text: format!("---\nignore: [{code}]\n---\n") },
    };
    Some(file.edit(vec![edit]))
}

/// Every safe fix of the template, as `check --fix` applies them.
fn fix_all(file: &FileView<'_>) -> Option<WorkspaceEdit> {
    let FileKind::Template(template) = file.kind else { return None };
    let cases = file.cases();
    let options = rules::JudgeOptions::new(file.project, file.snapshot.renderer.render_options());
    let fixed = rules::fix(file.project, template, &cases, &options)?;
    Some(file.edit(vec![Edit { range: 0..file.text.len(), text: fixed.text }]))
}
