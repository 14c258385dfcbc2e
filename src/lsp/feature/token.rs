//! Semantic tokens: Liquid's names, and the keys of the JSON around them.

use gen_lsp_types::{SemanticToken, SemanticTokens, SemanticTokensLegend, SemanticTokensParams};

use crate::liquid::Arena;
use crate::lsp::occurrence::Meaning;
use crate::lsp::outline::{Section, SectionKind, outline};
use crate::lsp::snapshot::{FileKind, FileView, Snapshot};

/// The types of tokens, in the order of their numbers.
const TYPES: [&str; 5] = ["keyword", "function", "variable", "property", "parameter"];
const KEYWORD: u32 = 0;
const FUNCTION: u32 = 1;
const VARIABLE: u32 = 2;
const PROPERTY: u32 = 3;
const PARAMETER: u32 = 4;

/// The types of tokens that the server sends.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.map(str::to_owned).into(), token_modifiers: Vec::new() }
}

/// `textDocument/semanticTokens/full`
pub(super) fn tokens(snapshot: &Snapshot, params: &SemanticTokensParams) -> Option<SemanticTokens> {
    let file = snapshot.file(&params.text_document.uri)?;
    let mut tokens = names(&file);
    if let FileKind::Template(template) = file.kind {
        add_keys(&outline(template, &file.project.workspace()), &mut tokens);
    }
    tokens.sort_unstable();
    tokens.dedup_by_key(|(start, ..)| *start);
    let lines = file.lines();
    let (mut line, mut character) = (0, 0);
    let mut data = Vec::new();
    for (start, end, token_type) in tokens {
        let range = lines.range(start..end);
        if range.start.line != range.end.line {
            continue;
        }
        let delta_line = range.start.line - line;
        let delta_start = if delta_line == 0 { range.start.character - character } else { range.start.character };
        (line, character) = (range.start.line, range.start.character);
        let length = range.end.character - range.start.character;
        data.push(SemanticToken { delta_line, delta_start, length, token_type, token_modifiers_bitset: 0 });
    }
    Some(SemanticTokens { result_id: None, data })
}

/// The names in Liquid: start, end and type.
fn names(file: &FileView<'_>) -> Vec<(usize, usize, u32)> {
    if !matches!(file.kind, FileKind::Template(_) | FileKind::Snippet(_)) {
        return Vec::new();
    }
    let (arena, workspace) = (Arena::new(), file.project.workspace());
    let token = |meaning: &Meaning<'_>| match meaning {
        Meaning::Tag(_) => KEYWORD,
        Meaning::Filter(_) => FUNCTION,
        Meaning::Local(_) => PARAMETER,
        Meaning::Data(path) if path.steps.is_empty() => VARIABLE,
        Meaning::Data(_) => PROPERTY,
    };
    let occurrences = file.occurrences(&workspace, &arena);
    occurrences.iter().map(|found| (found.range.start, found.range.end, token(&found.meaning))).collect()
}

/// The keys of the JSON and the settings.
fn add_keys(sections: &[Section], tokens: &mut Vec<(usize, usize, u32)>) {
    for section in sections {
        if matches!(section.kind, SectionKind::Key | SectionKind::Setting) {
            tokens.push((section.name.start, section.name.end, PROPERTY));
        }
        add_keys(&section.children, tokens);
    }
}
