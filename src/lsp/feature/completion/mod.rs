//! Completion: in templates and snippets, in requests, and in the configuration.

mod configuration;
mod data;
mod liquid;
mod request;
mod settings;

use std::ops::Range;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionItemTextEdit, CompletionList, CompletionParams,
    InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};

use crate::lsp::snapshot::{FileKind, FileView, Folder, Snapshot};

/// Something that can be written at the cursor.
#[derive(Clone, Debug)]
struct Candidate {
    label: String,
    kind: CompletionItemKind,
    /// One line about it.
    detail: Option<String>,
    /// Markdown.
    documentation: Option<String>,
    /// The text to insert, if it is not the label.
    text: Option<String>,
    /// Whether the text has tab stops.
    has_tab_stops: bool,
    is_deprecated: bool,
}

/// Candidates, and the range that they replace.
#[derive(Debug)]
struct Candidates {
    range: Range<usize>,
    all: Vec<Candidate>,
}

impl Candidate {
    fn new(label: impl Into<String>, kind: CompletionItemKind) -> Self {
        Self {
            label: label.into(),
            kind,
            detail: None,
            documentation: None,
            text: None,
            has_tab_stops: false,
            is_deprecated: false,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn documentation(mut self, documentation: impl Into<String>) -> Self {
        self.documentation = Some(documentation.into());
        self
    }

    fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

/// `textDocument/completion`
pub(super) fn completion(snapshot: &Snapshot, params: &CompletionParams) -> Option<CompletionList> {
    let position = &params.text_document_position_params;
    let file = snapshot.file(&position.text_document.uri)?;
    let lines = file.lines();
    let offset = lines.offset(position.position);
    let candidates = candidates(&file, offset)?;
    let range = lines.range(candidates.range);
    let document = |value: String| {
        if snapshot.client.markdown_completions {
            return MarkupContent { kind: MarkupKind::Markdown, value }.into();
        }
        value.into()
    };
    let item = |(at, candidate): (usize, Candidate)| CompletionItem {
        filter_text: Some(candidate.label.clone()),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit {
            range,
            new_text: match candidate.text {
                Some(text) if candidate.has_tab_stops && !snapshot.client.tab_stops => without_tab_stops(&text),
                Some(text) => text,
                None => candidate.label.clone(),
            },
        })),
        insert_text_format: (candidate.has_tab_stops && snapshot.client.tab_stops).then_some(InsertTextFormat::Snippet),
        label: candidate.label,
        kind: Some(candidate.kind),
        detail: candidate.detail,
        documentation: candidate.documentation.map(document),
        // In the order in which they are given, which is by relevance.
        sort_text: Some(format!("{at:04}")),
        tags: candidate.is_deprecated.then(|| vec![CompletionItemTag::Deprecated]),
        ..CompletionItem::default()
    };
    let items = candidates.all.into_iter().enumerate().map(item).collect();
    Some(CompletionList { is_incomplete: false, items, ..CompletionList::default() })
}

fn candidates(file: &FileView<'_>, offset: usize) -> Option<Candidates> {
    match file.kind {
        FileKind::Configuration => configuration::candidates(file, offset),
        kind => match kind.folder() {
            Folder::Templates => settings::candidates(file, offset).or_else(|| liquid::candidates(file, offset)),
            Folder::Snippets => liquid::candidates(file, offset),
            Folder::Requests => request::candidates(file, offset),
            Folder::Customers | Folder::None => None,
        },
    }
}

/// A text without its tab stops: `$0` and `${1:name}`.
fn without_tab_stops(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        plain.push_str(before);
        rest = match after.strip_prefix('{').and_then(|stop| stop.split_once('}')) {
            Some((stop, after)) => {
                plain.push_str(stop.split_once(':').map_or("", |(_, name)| name));
                after
            }
            None => after.trim_start_matches(|character: char| character.is_ascii_digit()),
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_tab_stops() {
        for (text, expected) in [("a", "a"), ("if $0 endif", "if  endif"), ("for ${1:item} in ${2}$0", "for item in ")]
        {
            assert_eq!(without_tab_stops(text), expected);
        }
    }
}
