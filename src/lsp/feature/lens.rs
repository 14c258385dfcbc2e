//! What is seen at a glance: code lenses above a template, inlay hints with what expressions print, links to files.

use std::collections::BTreeMap;

use gen_lsp_types::{
    CodeLens, CodeLensParams, Command, DocumentLink, DocumentLinkParams, InlayHint, InlayHintKind, InlayHintParams,
    Label, Uri,
};

use crate::analysis::PathStep;
use crate::diagnostics::{Count, Source};
use crate::liquid::Arena;
use crate::lsp::occurrence::{Meaning, SNIPPETS};
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};
use crate::lsp::value;
use crate::message::{Customer, Template};
use crate::project::{Case, SendStatus};

use super::command::{CHOOSE_REQUEST, PREVIEW};

/// `textDocument/codeLens`: how many messages of a template are sent, and how many of its branches they render.
pub(super) fn lenses(snapshot: &Snapshot, params: &CodeLensParams) -> Option<Vec<CodeLens>> {
    let file = snapshot.file(&params.text_document.uri)?;
    let FileKind::Template(template) = file.kind else { return None };
    let cases = file.cases();
    let options = snapshot.renderer.render_options();
    let statuses = file.project.render_on_all_cores(&cases, &options, |at, mut rendering| {
        file.project.send_status(&cases[at], &mut rendering, &options)
    });
    let count = |send_status: SendStatus| statuses.iter().filter(|known| **known == send_status).count();
    let (lost, expected) = (count(SendStatus::Lost), count(SendStatus::LostAsExpected));
    let mut title = match cases.len() {
        0 => "no requests".to_owned(),
        count if lost + expected == 0 => format!("{}: all sent", Count("request", count)),
        count => {
            let parts = [(count - lost - expected, "sent"), (lost, "lost"), (expected, "lost as expected")];
            let parts = parts.iter().enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
            let parts: Vec<_> = parts.map(|(_, (count, what))| format!("{count} {what}")).collect();
            format!("{}: {}", Count("request", count), parts.join(", "))
        }
    };
    if let Some(coverage) = file.checked().and_then(|checked| checked.coverage(&file.name))
        && !coverage.branches.is_empty()
    {
        title = format!("{title} · {} of {} branches", coverage.covered(), coverage.branches.len());
    }
    let start = file.lines().range(0..0);
    let command = |title: String| Command {
        title,
        command: PREVIEW.to_owned(),
        arguments: Some(vec![snapshot.uri(file.root, template.source().name()).0.into()]),
        tooltip: None,
    };
    let lens = |command: Command| CodeLens { range: start, command: Some(command), data: None };
    let mut lenses = vec![lens(command(title)), lens(command("preview".to_owned()))];
    lenses.extend(choice(&file, &cases, &snapshot.uri(file.root, template.source().name())).map(lens));
    Some(lenses)
}

/// The request whose values inlay hints show; the command chooses the next one.
fn choice(file: &FileView<'_>, cases: &[Case<'_>], uri: &Uri) -> Option<Command> {
    if !file.snapshot.hint_requests.are_hints_shown || cases.len() < 2 {
        return None;
    }
    let at = file.hint_case(cases)?;
    let next = cases[(at + 1) % cases.len()].request.name();
    Some(Command {
        title: format!("values of `{}`", cases[at].request.name()),
        command: CHOOSE_REQUEST.to_owned(),
        arguments: Some(vec![uri.0.clone().into(), next.into()]),
        tooltip: Some(format!("show what expressions print for `{next}`")),
    })
}

/// `textDocument/inlayHint`: what each expression prints for the chosen request, at first the first one.
pub(super) fn hints(snapshot: &Snapshot, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let file = snapshot.file(&params.text_document.uri)?;
    let FileKind::Template(_) = file.kind else { return None };
    let cases = file.cases();
    let case = cases[file.hint_case(&cases)?];
    let options = snapshot.renderer.render_options();
    let rendering = file.project.render_on_all_cores(&[case], &options, |_, rendering| rendering).pop()?;
    let lines = file.lines();
    let wanted = lines.bytes(params.range);
    let mut written: BTreeMap<usize, String> = BTreeMap::new();
    for range in rendering.text.interpolations() {
        if range.end >= wanted.start && range.start <= wanted.end && file.text[range.clone()].starts_with("{{") {
            written.insert(range.end, rendering.text.written_by(&range).join(" · "));
        }
    }
    let request = case.request.name();
    let hint = |(end, printed): (usize, String)| InlayHint {
        position: lines.position(end),
        label: Label::String(value::shorten(&printed)),
        kind: Some(InlayHintKind::Parameter),
        tooltip: Some(format!("what this prints for `{request}`").into()),
        padding_left: Some(true),
        padding_right: None,
        text_edits: None,
        data: None,
    };
    Some(written.into_iter().map(hint).collect())
}

/// `textDocument/documentLink`: the snippets that a template reads; the template and the customer of a request.
pub(super) fn links(snapshot: &Snapshot, params: &DocumentLinkParams) -> Option<Vec<DocumentLink>> {
    let file = snapshot.file(&params.text_document.uri)?;
    let lines = file.lines();
    let link = |range: std::ops::Range<usize>, source: &Source| DocumentLink {
        range: lines.range(range),
        target: Some(snapshot.uri(file.root, source.name())),
        tooltip: snapshot.client.link_tooltips.then(|| source.name().to_owned()),
        data: None,
    };
    if let FileKind::Request(request) = file.kind {
        let template = file.project.template_for(request).map(Template::source);
        let customer = file.project.customer_for(request).map(Customer::source);
        let named = [(&request.template().span, template), (&request.identifier().span, customer)];
        return Some(named.into_iter().filter_map(|(span, source)| Some(link(span.clone(), source?))).collect());
    }
    Some(snippet_links(&file).into_iter().map(|(range, source)| link(range, source)).collect())
}

/// Where the file names snippets that exist.
fn snippet_links<'f>(file: &'f FileView<'_>) -> Vec<(std::ops::Range<usize>, &'f Source)> {
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let named = occurrences.iter().filter_map(|found| match &found.meaning {
        Meaning::Data(path) if path.root == SNIPPETS => match &*path.steps {
            [PathStep::Key(name)] => {
                let snippet = file.project.snippets().iter().find(|snippet| snippet.name() == *name)?;
                Some((found.range.clone(), snippet.source()))
            }
            _ => None,
        },
        _ => None,
    });
    named.collect()
}
