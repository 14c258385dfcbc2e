//! Symbols: the outline of a template, the templates and snippets of the workspace, folding and selection.

use std::ops::Range;

use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, FoldingRange, FoldingRangeKind, FoldingRangeParams,
    Location as LspLocation, SelectionRange, SelectionRangeParams, SymbolInformation, SymbolKind,
    WorkspaceSymbolParams,
};

use crate::lsp::outline::{Section, SectionKind, outline};
use crate::lsp::position::Lines;
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};

/// `textDocument/documentSymbol`, as a tree.
pub(super) fn document_symbols(snapshot: &Snapshot, params: &DocumentSymbolParams) -> Option<Vec<DocumentSymbol>> {
    let file = snapshot.file(&params.text_document.uri)?;
    let lines = file.lines();
    Some(sections(&file)?.iter().map(|section| symbol(section, &lines)).collect())
}

/// `textDocument/documentSymbol` for clients that show a list.
pub(super) fn flat_symbols(snapshot: &Snapshot, params: &DocumentSymbolParams) -> Option<Vec<SymbolInformation>> {
    fn flatten(sections: &[Section], container: Option<&str>, each: &mut dyn FnMut(&Section, Option<&str>)) {
        for section in sections {
            each(section, container);
            flatten(&section.children, Some(&section.title), each);
        }
    }
    let file = snapshot.file(&params.text_document.uri)?;
    let lines = file.lines();
    let mut symbols = Vec::new();
    flatten(&sections(&file)?, None, &mut |section, container| {
        symbols.push(information(
            &section.title,
            kind(section.kind),
            LspLocation { uri: params.text_document.uri.clone(), range: lines.range(section.range.clone()) },
            container,
        ));
    });
    Some(symbols)
}

/// `workspace/symbol`: templates, requests, customers and snippets by name.
pub(super) fn workspace_symbols(snapshot: &Snapshot, params: &WorkspaceSymbolParams) -> Vec<SymbolInformation> {
    let query = params.query.to_lowercase();
    let mut symbols = Vec::new();
    for (root, project) in &snapshot.projects {
        let templates = project.templates().iter().map(|it| (it.name(), SymbolKind::File, it.source()));
        let requests = project.requests().iter().map(|it| (it.name(), SymbolKind::Event, it.source()));
        let customers = project.customers().iter().map(|it| (it.main_identifier(), SymbolKind::Object, it.source()));
        let snippets = project.snippets().iter().map(|it| (it.name(), SymbolKind::Module, it.source()));
        for (name, kind, source) in templates.chain(requests).chain(customers).chain(snippets) {
            if name.to_lowercase().contains(&query) {
                let folder = source.name().rsplit_once('/').map(|(folder, _)| folder);
                symbols.push(information(name, kind, snapshot.location(root, &source.at(0..0)), folder));
            }
        }
    }
    symbols
}

/// `textDocument/foldingRange`: blocks and values of more than one line, and the settings.
pub(super) fn folding_ranges(snapshot: &Snapshot, params: &FoldingRangeParams) -> Option<Vec<FoldingRange>> {
    fn collect(sections: &[Section], lines: &Lines<'_>, found: &mut Vec<FoldingRange>) {
        for section in sections {
            found.extend(fold(section.range.clone(), lines, None));
            collect(&section.children, lines, found);
        }
    }
    let file = snapshot.file(&params.text_document.uri)?;
    let FileKind::Template(template) = file.kind else { return None };
    let lines = file.lines();
    let settings = 0..template.content_start().saturating_sub(1);
    let mut found: Vec<_> = fold(settings, &lines, Some(FoldingRangeKind::Region)).into_iter().collect();
    collect(&sections(&file)?, &lines, &mut found);
    Some(found)
}

fn fold(range: Range<usize>, lines: &Lines<'_>, kind: Option<FoldingRangeKind>) -> Option<FoldingRange> {
    let (start, end) = (lines.position(range.start).line, lines.position(range.end).line);
    (start < end).then(|| FoldingRange { start_line: start, end_line: end, kind, ..FoldingRange::default() })
}

/// `textDocument/selectionRange`: from the word at a position to the blocks around it.
pub(super) fn selection_ranges(snapshot: &Snapshot, params: &SelectionRangeParams) -> Option<Vec<SelectionRange>> {
    fn around(sections: &[Section], offset: usize, ranges: &mut Vec<Range<usize>>) {
        for section in sections.iter().filter(|section| section.range.contains(&offset)) {
            ranges.push(section.range.clone());
            around(&section.children, offset, ranges);
            if section.name.contains(&offset) {
                ranges.push(section.name.clone());
            }
        }
    }
    let file = snapshot.file(&params.text_document.uri)?;
    let lines = file.lines();
    let sections = sections(&file)?;
    let (arena, workspace) = (crate::liquid::Arena::new(), file.project.workspace());
    let occurrences = file.occurrences(&workspace, &arena);
    let selection = |position: &gen_lsp_types::Position| {
        let offset = lines.offset(*position);
        let mut ranges = Vec::new();
        ranges.push(0..file.text.len());
        around(&sections, offset, &mut ranges);
        ranges.extend(expression_around(&file.text, offset));
        ranges.extend(crate::lsp::occurrence::at(&occurrences, offset).map(|found| found.range.clone()));
        // Each must contain the next one.
        ranges.sort_by_key(|range| std::cmp::Reverse(range.len()));
        let mut selection: Option<SelectionRange> = None;
        for range in ranges {
            let inner = lines.range(range);
            selection = Some(SelectionRange { range: inner, parent: selection.map(Box::new) });
        }
        selection.unwrap_or_default()
    };
    Some(params.positions.iter().map(selection).collect())
}

/// The output or tag around an offset.
fn expression_around(text: &str, offset: usize) -> Option<Range<usize>> {
    let before = text.get(..offset)?;
    let start = before.rfind("{{").max(before.rfind("{%"))?;
    let end = if text[start..].starts_with("{{") { "}}" } else { "%}" };
    let end = start + text[start..].find(end)? + 2;
    (offset < end).then_some(start..end)
}

fn sections(file: &FileView<'_>) -> Option<Vec<Section>> {
    match file.kind {
        FileKind::Template(template) => Some(outline(template, &file.project.workspace())),
        _ => None,
    }
}

fn symbol(section: &Section, lines: &Lines<'_>) -> DocumentSymbol {
    let children: Vec<_> = section.children.iter().map(|child| symbol(child, lines)).collect();
    let name = if section.title.is_empty() { "\"\"".to_owned() } else { section.title.clone() };
    let (range, selection) = (lines.range(section.range.clone()), lines.range(section.name.clone()));
    let children = (!children.is_empty()).then_some(children);
    DocumentSymbol::new(name, None, kind(section.kind), None, None, range, selection, children)
}

const fn kind(kind: SectionKind) -> SymbolKind {
    match kind {
        SectionKind::Setting => SymbolKind::Property,
        SectionKind::Key => SymbolKind::Key,
        SectionKind::Branch => SymbolKind::Boolean,
        SectionKind::Loop => SymbolKind::Array,
        SectionKind::Capture => SymbolKind::Variable,
    }
}

fn information(name: &str, kind: SymbolKind, location: LspLocation, container: Option<&str>) -> SymbolInformation {
    let information =
        BaseSymbolInformation { name: name.to_owned(), kind, tags: None, container_name: container.map(str::to_owned) };
    SymbolInformation::new(None, location, information)
}
