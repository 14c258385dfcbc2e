//! Heads: what a run was made from, with which a report begins, and which must be equal for parts to merge.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::witness::hex;
use super::{Audience, Reveal};
use crate::analysis::{BranchKind, branches_in};
use crate::liquid::Mode;
use crate::message::CompiledTemplate;

/// What a part was made from. Parts merge if it is equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) version: String,
    pub(super) template: String,
    /// Hashes of the files of the template and of the snippets.
    template_hash: String,
    snippets_hash: String,
    /// The hash of what all records are combined with.
    combined_with: String,
    pub(super) now: String,
    pub(super) seed: Option<u64>,
    pub(super) is_lax: bool,
    liquid: String,
    pub(super) language: Option<String>,
    pub(super) reveal: Reveal,
    is_ordered: bool,
    pub(super) sample: Option<u64>,
    pub(super) variants: Vec<VariantHead>,
}

/// A variant of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct VariantHead {
    pub(super) file: String,
    pub(super) branches: Vec<BranchHead>,
}

/// A branch of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BranchHead {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) kind: String,
    pub(super) text: String,
}

impl Head {
    pub(super) fn new(
        audience: &Audience<'_>,
        compiled: &[CompiledTemplate<'_>],
        sample: Option<(NonZeroUsize, u64)>,
    ) -> Self {
        let template = audience.template;
        let files = template.with_variants().flat_map(|variant| [variant.source().name(), variant.source().text()]);
        let snippets = audience.workspace.snippets.iter();
        let snippets = snippets.flat_map(|snippet| [snippet.source().name(), snippet.source().text()]);
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            template: template.name().to_owned(),
            template_hash: hash_of(files),
            snippets_hash: hash_of(snippets),
            combined_with: audience.combined_with.clone(),
            now: audience.options.now.to_string(),
            seed: audience.options.seed,
            is_lax: audience.options.mode == Mode::Lax,
            liquid: format!("{:?}", audience.workspace.liquid),
            language: audience.language.map(str::to_owned),
            reveal: audience.reveal,
            is_ordered: audience.is_ordered,
            sample: sample.map(|(size, _)| size.get() as u64),
            variants: compiled.iter().map(VariantHead::new).collect(),
        }
    }

    pub(super) fn branch_counts(&self) -> Vec<usize> {
        self.variants.iter().map(|variant| variant.branches.len()).collect()
    }

    /// What differs from another part.
    pub(super) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let pairs = [
            ("the version of inkproof", self.version == other.version),
            ("the template", self.template == other.template && self.template_hash == other.template_hash),
            ("the snippets", self.snippets_hash == other.snippets_hash),
            ("the request or customer", self.combined_with == other.combined_with),
            ("`--now`", self.now == other.now),
            ("`--seed`", self.seed == other.seed),
            ("`--lax`", self.is_lax == other.is_lax),
            ("the configuration of Liquid", self.liquid == other.liquid),
            ("`--language`", self.language == other.language),
            ("`--reveal`", self.reveal == other.reveal),
            ("`--unordered`", self.is_ordered == other.is_ordered),
            ("`--sample`", self.sample == other.sample),
        ];
        pairs.into_iter().filter(|(_, is_equal)| !is_equal).map(|(name, _)| name).collect()
    }
}

impl VariantHead {
    fn new(compiled: &CompiledTemplate<'_>) -> Self {
        let source = compiled.template().source();
        let content = compiled.texts().into_iter().next();
        let branches = content.map(|content| (branches_in(&content, source), content));
        let branches = branches.into_iter().flat_map(|(branches, content)| {
            branches.into_iter().map(move |(branch, _)| {
                let location = source.at(content.place.range(Some(branch.span)));
                let start = location.start();
                let kind = match branch.kind {
                    BranchKind::Condition => "condition",
                    BranchKind::Loop => "loop",
                    BranchKind::Else => "else",
                };
                let text = location.text().split('\n').next().unwrap_or_default();
                let text = text.chars().take(80).collect();
                BranchHead { line: start.line, column: start.column, kind: kind.to_owned(), text }
            })
        });
        Self { file: source.name().to_owned(), branches: branches.collect() }
    }
}

/// The SHA-256 of some texts.
#[must_use]
pub fn hash_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hex(&hash.finalize())
}
