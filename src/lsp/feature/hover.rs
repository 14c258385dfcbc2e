//! Hover: what a name means, what it is in each request, and what an expression prints.

use std::fmt::Write as _;
use std::ops::Range;

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use crate::analysis::{MissingBehavior, Path};
use crate::customerio::reference;
use crate::liquid::Arena;
use crate::lsp::occurrence::{self, Meaning};
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};
use crate::lsp::value;
use crate::message::SETTINGS;
use crate::rules;

/// How many requests are listed.
const MAX_ROWS: usize = 12;

/// `textDocument/hover`
pub(super) fn hover(snapshot: &Snapshot, params: &HoverParams) -> Option<Hover> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let lines = file.lines();
    let offset = lines.offset(position.position);
    let (range, text) = named(&file, offset).or_else(|| setting(&file, offset)).or_else(|| printed(&file, offset))?;
    // Its Markdown is readable as it is, too.
    let kind = if snapshot.client.markdown_hovers { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let contents = MarkupContent { kind, value: text };
    Some(Hover { contents: contents.into(), range: Some(lines.range(range)) })
}

/// The description of the name at an offset.
fn named(file: &FileView<'_>, offset: usize) -> Option<(Range<usize>, String)> {
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let found = occurrence::at(&occurrences, offset)?;
    let text = match &found.meaning {
        Meaning::Filter(name) | Meaning::Tag(name) => reference::entry(name)?,
        Meaning::Data(path) if path.steps.is_empty() => return None,
        Meaning::Data(path) => data(file, path),
        Meaning::Local(_) => local(file, &file.text[found.range.clone()]),
    };
    Some((found.range.clone(), text))
}

/// A path of the data: its kind, what happens if it is missing, and its value in every message of the template.
fn data(file: &FileView<'_>, path: &Path<'_>) -> String {
    let mut text = format!("`{path}`");
    if let Some(row) = row(file, &path.to_string()) {
        let _ = write!(text, " · {}\n\n{}\n", row.kind.as_str(), when_missing(row.missing_behavior));
    }
    let cases = file.cases();
    let rows: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let arena = Arena::new();
            let root = value::of_message(path.root, case.request, case.customer, &arena);
            if matches!(root, crate::liquid::Value::Undefined) {
                return None;
            }
            let shown = value::shown(root, path).map_or_else(|| "*missing*".to_owned(), |shown| code(&shown));
            Some(format!("| {} | {shown} |\n", case.request.name()))
        })
        .collect();
    if !rows.is_empty() {
        text.push_str("\n| request | value |\n|---|---|\n");
        text.extend(rows.iter().take(MAX_ROWS).map(String::as_str));
        if rows.len() > MAX_ROWS {
            let _ = write!(text, "\n{} more requests\n", rows.len() - MAX_ROWS);
        }
    }
    text
}

/// Text as code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

fn when_missing(behavior: MissingBehavior) -> &'static str {
    match behavior {
        MissingBehavior::Guarded => "If it is missing, a condition skips it.",
        MissingBehavior::Decides => "If it is missing, another branch is rendered.",
        MissingBehavior::Rescued => "If it is missing, `default` replaces it.",
        MissingBehavior::Nothing => "If it is missing, it prints nothing.",
        MissingBehavior::MayFail => "If it is missing, the message fails for some data.",
        MissingBehavior::Fails => "If it is missing, the message fails.",
    }
}

/// The row of a variable in the tables of the file's template.
fn row<'s>(file: &'s FileView<'_>, path: &str) -> Option<&'s rules::Row> {
    let checked = file.checked()?;
    let templates: Vec<&str> = match file.kind {
        FileKind::Template(template) => vec![template.source().name()],
        _ => file.main_template()?.with_variants().map(|template| template.source().name()).collect(),
    };
    let tables = templates.iter().filter_map(|name| checked.table(name));
    tables.flat_map(|table| &table.rows).find(|row| row.path == path)
}

/// A variable of the template itself.
fn local(file: &FileView<'_>, name: &str) -> String {
    let definition = file.text.lines().map(str::trim).find_map(|line| {
        let at = ["assign", "capture", "for", "tablerow", "increment", "decrement"].iter().find_map(|tag| {
            line.match_indices(tag).map(|(at, _)| at).find(|at| line[at + tag.len()..].trim_start().starts_with(name))
        })?;
        let end = line[at..].find("%}").map_or(line.len(), |end| at + end);
        Some(line[at..end].trim_end_matches('-').trim().to_owned())
    });
    match definition {
        Some(definition) => format!("`{name}` · a variable of this template\n\n```liquid\n{{% {definition} %}}\n```"),
        None => format!("`{name}` · a variable of this template"),
    }
}

/// The setting at an offset of a template's front matter.
fn setting(file: &FileView<'_>, offset: usize) -> Option<(Range<usize>, String)> {
    let FileKind::Template(template) = file.kind else { return None };
    if offset >= template.content_start() {
        return None;
    }
    let start = file.text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = file.text[start..].lines().next()?;
    let name = line.split(':').next()?.trim();
    let (name, summary) = SETTINGS.iter().find(|(known, _)| *known == name)?;
    let from = start + line.find(name)?;
    if let Some(code) = word_at(&file.text, offset)
        && name == &"ignore"
        && let Some(page) = rules::page(&file.text[code.clone()])
    {
        return Some((code, page.to_owned()));
    }
    Some((from..from + name.len(), format!("`{name}` · {summary}")))
}

/// The word around an offset.
fn word_at(text: &str, offset: usize) -> Option<Range<usize>> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    let start = text[..offset].trim_end_matches(is_part).len();
    let end = text.len() - text[offset..].trim_start_matches(is_part).len();
    (start < end).then_some(start..end)
}

/// What the expression around an offset prints in every message.
fn printed(file: &FileView<'_>, offset: usize) -> Option<(Range<usize>, String)> {
    let FileKind::Template(_) = file.kind else { return None };
    let rendered = file.renderings();
    let mut ranges = rendered.iter().flat_map(|(_, rendering)| rendering.text.interpolations());
    let range = ranges.find(|range| range.start <= offset && offset <= range.end)?;
    let mut text = "| request | prints |\n|---|---|\n".to_owned();
    for (case, rendering) in rendered.iter().take(MAX_ROWS) {
        let written = rendering.text.written_by(&range);
        let shown = match written.as_slice() {
            [] => "*nothing*".to_owned(),
            written => code(&value::shorten(&written.join(" · "))),
        };
        let _ = writeln!(text, "| {} | {shown} |", case.request.name());
    }
    Some((range, text))
}
