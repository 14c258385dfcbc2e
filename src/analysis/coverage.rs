//! Coverage: which branches and lines of a template its requests render.

use std::collections::BTreeMap;

use crate::diagnostics::Source;
use crate::liquid::syntax::part::{Arm, Part};
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};
use crate::liquid::syntax::visit::{all_nodes, each_part};
use crate::liquid::{NodeId, Span, Trace};
use crate::message::CompiledText;

/// How much of a template its requests render.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The template's file.
    pub source: Source,
    /// Its branches: of conditions and `case`, the bodies of loops, and every `else`. Empty branches are left out.
    pub branches: Vec<Branch>,
    /// For each line on which a node of the content starts, how many requests render it. Lines count from 1.
    pub lines: BTreeMap<usize, usize>,
}

/// A branch of a template.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The condition or collection in the content; for an `else`, the first node in it.
    pub span: Span,
    /// The line of the span, from 1.
    pub line: usize,
    /// Which kind of branch it is.
    pub kind: BranchKind,
    /// How many requests render it.
    pub hits: usize,
}

/// The kind of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchKind {
    /// A branch with a condition, or an arm of a `case`.
    Condition,
    /// The body of a loop.
    Loop,
    /// An `else`.
    Else,
}

impl Coverage {
    /// The coverage of a content by the renders that recorded these traces.
    #[must_use]
    pub fn from_traces(content: &CompiledText<'_>, source: &Source, traces: &[&Trace]) -> Self {
        let hits = |first| traces.iter().filter(|trace| trace.has(first)).count();
        let line = line_in(content, source);
        let branches = branches_in(content, source);
        let branches = branches.into_iter().map(|(branch, first)| Branch { hits: hits(first), ..branch }).collect();
        let mut lines: BTreeMap<usize, usize> = BTreeMap::new();
        for node in all_nodes(content.liquid.nodes) {
            let count = traces.iter().filter(|trace| trace.has(NodeId::new(node))).count();
            for offset in line_starts(node) {
                let known = lines.entry(line(offset)).or_default();
                *known = (*known).max(count);
            }
        }
        Self { source: source.clone(), branches, lines }
    }

    /// How many branches are rendered by at least one request.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.branches.iter().filter(|branch| branch.hits > 0).count()
    }

    /// The percentage of branches that are rendered by at least one request. 100 if there are no branches.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.covered(), self.branches.len())
    }
}

/// The branches of a content without hits, each with the node whose rendering is a hit.
#[must_use]
pub fn branches_in(content: &CompiledText<'_>, source: &Source) -> Vec<(Branch, NodeId)> {
    let line = line_in(content, source);
    let mut branches = Vec::new();
    each_part(content.liquid.nodes, &mut |_, part| {
        for (kind, span, nodes) in branches_of(part) {
            let branch = Branch { span, line: line(span.start), kind, hits: 0 };
            branches.extend(nodes.first().map(|first| (branch, NodeId::new(first))));
        }
    });
    branches.sort_by_key(|(branch, _)| (branch.span.start, branch.span.end));
    branches
}

/// The line of a byte offset of a content.
fn line_in(content: &CompiledText<'_>, source: &Source) -> impl Fn(usize) -> usize {
    |offset| source.line_column(content.place.range(Some(Span::new(offset, offset))).start).line
}

/// The branches of a part that are not empty: their kind, their span in reports, and their nodes.
fn branches_of<'a>(part: &Part<'a>) -> Vec<(BranchKind, Span, Nodes<'a>)> {
    let (mut branches, otherwise) = match part {
        Part::Branches { branches, otherwise } => {
            let branches = branches.iter().map(|branch| (BranchKind::Condition, branch.condition.span, branch.body));
            (branches.collect(), *otherwise)
        }
        Part::Case { head, arms, otherwise } => {
            let span = |arm: &Arm<'_>| arm.values.first().map_or(head.span, |value| value.span);
            let arms = arms.iter().map(|arm| (BranchKind::Condition, span(arm), arm.body));
            (arms.collect(), *otherwise)
        }
        Part::Loop(each) => (vec![(BranchKind::Loop, each.collection.span, each.body)], each.otherwise),
        Part::Arguments(_)
        | Part::Print(_)
        | Part::Cycle { .. }
        | Part::Assign { .. }
        | Part::Capture { .. }
        | Part::Count(_)
        | Part::Body { .. }
        | Part::Withheld(_)
        | Part::Template(_)
        | Part::Stop => return Vec::new(),
    };
    branches.retain(|(_, _, body)| !body.is_empty());
    if let Some(first) = otherwise.first() {
        branches.push((BranchKind::Else, Span::new(begin(first), first.span.end), otherwise));
    }
    branches
}

/// Where the visible part of a node starts.
fn begin(node: &Node<'_>) -> usize {
    line_starts(node).first().copied().unwrap_or(node.span.start)
}

/// Where the visible part of a node starts on each of its lines. Literal text has one on every line that is not blank,
/// an output or tag only on its first.
fn line_starts(node: &Node<'_>) -> Vec<usize> {
    let NodeKind::Text(text) = node.kind else { return vec![node.span.start] };
    let mut offset = node.span.start;
    let mut starts = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(at) = line.find(|character: char| !character.is_whitespace()) {
            starts.push(offset + at);
        }
        offset += line.len();
    }
    starts
}

/// A part of a whole in percent. 100 if the whole is 0.
#[must_use]
pub fn percent(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no template has 2^53 branches")]
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}
