//! Parts: what a run counted, pinned to what it was made from, so that parts of one audience merge to one report.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::report::Report;
use super::state::State;
use super::witness::hex;
use super::{Audience, Reveal};
use crate::analysis::{BranchKind, branches_in};
use crate::liquid::Mode;
use crate::message::CompiledTemplate;

/// The version of the format of parts.
const FORMAT: u32 = 1;

/// A report, or a part of one that other parts can be merged into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The version of the format.
    #[serde(rename = "inkproof_audience_part")]
    format: u32,
    pub(super) head: Head,
    pub(super) state: State,
}

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

/// Why parts cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// It is not a part.
    #[error("`{file}` is not a part of a report: {reason}")]
    NotAPart {
        /// The file.
        file: String,
        /// The reason.
        reason: String,
    },
    /// Two parts were made from different things.
    #[error("`{file}` does not belong to `{first}`: {} {}", .differences.join(", "), if .differences.len() == 1 { "differs" } else { "differ" })]
    Different {
        /// The file.
        file: String,
        /// The first part.
        first: String,
        /// What differs.
        differences: Vec<&'static str>,
    },
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
    fn differences(&self, other: &Self) -> Vec<&'static str> {
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

impl Part {
    pub(super) fn new(head: Head, mut state: State) -> Self {
        state.conceal_ids(head.reveal);
        Self { format: FORMAT, head, state }
    }

    /// Parses a part.
    ///
    /// # Errors
    /// It is not a part, or of another version.
    pub fn parse(file: &str, text: &str) -> Result<Self, MergeError> {
        let not = |reason: String| MergeError::NotAPart { file: file.to_owned(), reason };
        let part: Self = serde_json::from_str(text).map_err(|error| not(error.to_string()))?;
        if part.format != FORMAT {
            return Err(not(format!("expected version {FORMAT} of the format, found {}", part.format)));
        }
        let counts: Vec<_> = part.state.branches.iter().map(Vec::len).collect();
        if counts != part.head.branch_counts() {
            return Err(not("its branches do not match its template".to_owned()));
        }
        Ok(part)
    }

    /// The part as text.
    ///
    /// # Errors
    /// It cannot be serialized.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|text| text + "\n")
    }

    /// Merges parts, each with its file.
    ///
    /// # Errors
    /// The parts that do not belong to the first.
    pub fn merge(parts: Vec<(String, Self)>) -> Result<Option<Self>, Vec<MergeError>> {
        let mut parts = parts.into_iter();
        let Some((first, mut merged)) = parts.next() else { return Ok(None) };
        let mut errors = Vec::new();
        for (file, part) in parts {
            let differences = merged.head.differences(&part.head);
            if differences.is_empty() && merged.head == part.head {
                merged.state.merge(part.state);
            } else {
                let differences = if differences.is_empty() { vec!["the template"] } else { differences };
                errors.push(MergeError::Different { file, first: first.clone(), differences });
            }
        }
        if errors.is_empty() { Ok(Some(merged)) } else { Err(errors) }
    }

    /// The part without the records of witnesses that it does not reveal.
    #[must_use]
    pub fn without_records(mut self) -> Self {
        self.state.conceal_records(self.head.reveal);
        self
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(&self.head, &self.state)
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
