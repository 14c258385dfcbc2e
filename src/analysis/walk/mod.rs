//! The walk: visits the tree of a template in the order of rendering, and records every read of the data.
//!
//! It visits every branch and joins the names afterwards, and repeats the bodies of loops until a fixpoint is reached.
//! The page of the [module above](super) explains how.

mod condition;
mod context;
mod filter;
mod operand;
mod part;
mod value;

use std::collections::BTreeSet;
use std::rc::Rc;

use context::ReadContext;

use super::abstract_value::{AbstractValue, Names};
use super::guard::{Effect, Guard};
use super::path::{Dependency, Depth, Path, PathStep};
use super::read::{BranchReason, MissingBehavior, Read};
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};
use crate::liquid::{Arena, Language, NodeId, Span, Template};

/// Budget of node visits. A template that exceeds it is assumed to read all data.
const MAX_VISITS: usize = 200_000;
/// The longest path that is followed, in steps.
const MAX_STEPS: usize = 12;
/// How often a loop's body is visited to reach a fixpoint.
const MAX_ROUNDS: usize = 5;
/// How many reads a captured string may depend on one by one. With more, it depends on their variables as a whole.
const MAX_READS: usize = 200;
/// The variable that contains the snippets.
const SNIPPETS: &str = "snippets";
/// The number of segments of a snippet's path: that variable, and its name.
const SNIPPET_SEGMENTS: usize = 2;

/// Looks up the parsed templates of a snippet by its name.
pub type SnippetLookup<'r, 'a> = &'r dyn Fn(&str) -> Vec<Template<'a>>;

/// The state of the walk.
pub(super) struct Walk<'r, 'a> {
    arena: &'a Arena,
    language: &'a Language,
    snippets: SnippetLookup<'r, 'a>,
    pub(super) reads: Vec<Read<'a>>,
    /// The variables that have been read.
    roots: BTreeSet<&'a str>,
    /// Whether the template may read more than `reads`.
    pub(super) reads_anything: bool,
    /// The index of the template that is visited, and the output or tag in it.
    text: usize,
    node: NodeId,
    /// The names that exist only in a block or filter, such as loop variables, innermost last.
    scoped: Vec<(&'a str, AbstractValue<'a>)>,
    /// The names that have been assigned so far.
    assigned: Names<'a>,
    /// The conditions under which the current node is rendered.
    guards: Vec<Rc<Guard<'a>>>,
    /// The branches around the current node, outermost first.
    branches: Rc<[(Span, BranchReason)]>,
    /// For each `break` and `continue` so far, what it depends on.
    stops: Vec<Vec<Dependency<'a>>>,
    /// Set while an expression is evaluated a second time, so that its reads are not recorded twice.
    is_silent: bool,
    visits: usize,
    /// The snippets that are being visited, and the span of the outermost one's use.
    open_snippets: Vec<&'a str>,
    snippet_span: Span,
    /// How many guards there were around that use.
    snippet_guards: usize,
}

impl<'r, 'a> Walk<'r, 'a> {
    pub(super) fn new(language: &'a Language, snippets: SnippetLookup<'r, 'a>, arena: &'a Arena) -> Self {
        Self {
            arena,
            language,
            snippets,
            reads: Vec::new(),
            roots: BTreeSet::new(),
            reads_anything: false,
            text: 0,
            node: NodeId::default(),
            scoped: Vec::new(),
            assigned: Names::default(),
            guards: Vec::new(),
            branches: Rc::default(),
            stops: Vec::new(),
            is_silent: false,
            visits: 0,
            open_snippets: Vec::new(),
            snippet_span: Span::new(0, 0),
            snippet_guards: 0,
        }
    }

    /// Visits a template that is rendered on its own, with no names assigned.
    pub(super) fn text(&mut self, text: usize, nodes: Nodes<'a>) {
        self.text = text;
        self.assigned = Names::default();
        self.nodes(nodes);
        self.stops.clear();
    }

    /// Visits nodes in order. After a `break` or `continue`, the rest is rendered only under a condition.
    fn nodes(&mut self, nodes: Nodes<'a>) {
        let guards = self.guards.len();
        let mut stops = self.stops.len();
        for node in nodes {
            if self.visits == MAX_VISITS {
                self.reads_anything = true;
                break;
            }
            self.visits += 1;
            self.arena.count(1);
            self.node(node);
            if self.stops.len() > stops {
                let dependencies = self.stops[stops..].concat();
                stops = self.stops.len();
                self.guards.push(Rc::new(Guard::Unknown(dependencies)));
            }
        }
        self.guards.truncate(guards);
    }

    /// Visits a node. Reads inside a snippet belong to the node that uses the snippet.
    fn node(&mut self, node: &'a Node<'a>) {
        let outer = self.node;
        if self.open_snippets.is_empty() {
            self.node = NodeId::new(node);
        }
        match &node.kind {
            NodeKind::Text(_) => {}
            NodeKind::Output(value) => {
                self.printed(value);
            }
            NodeKind::Tag { tag, .. } => tag.parts().iter().for_each(|part| self.part(part)),
        }
        self.node = outer;
    }

    /// Everything that has been read so far: the reads, or only their variables if there are very many.
    fn all_so_far(&self) -> Vec<Dependency<'a>> {
        if self.reads.len() <= MAX_READS {
            return self.reads.iter().map(Read::dependency).collect();
        }
        self.roots.iter().map(|root| Dependency { path: Path::new(root), depth: Depth::Whole }).collect()
    }

    /// Evaluates something without recording its reads.
    fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_silent, true);
        let result = work(self);
        self.is_silent = outer;
        result
    }

    /// Records a read of a path. Reading a snippet also visits the snippet.
    fn read(&mut self, path: &Path<'a>, span: Span, context: ReadContext) {
        if self.is_silent {
            return;
        }
        let missing_behavior = match context.missing {
            // An element is not a key that could be missing: an empty list has none.
            MissingBehavior::Fails if matches!(path.steps.last(), Some(PathStep::Element)) => MissingBehavior::Nothing,
            // What a snippet reads under a condition of its own may not be reached when the snippet is used.
            MissingBehavior::Fails => self.failure(path, context.is_certain && !self.is_conditional_in_snippet()),
            other => other,
        };
        self.arena.count(1);
        self.roots.insert(path.root);
        let in_snippet = self.open_snippets.last().copied();
        self.reads.push(Read {
            path: path.clone(),
            depth: context.depth,
            span: if in_snippet.is_some() { self.snippet_span } else { span },
            text: self.text,
            snippet: in_snippet,
            node: self.node,
            is_certain: context.is_certain,
            missing_behavior,
            kind: context.kind,
            is_printed: false,
            property: context.property,
            null_segments: context.null_segments,
            branches: self.branches.clone(),
        });
        // What elements lack does no harm if the snippet is missing: then there are none. The list itself is read before.
        let is_in_list = path.steps.iter().skip(1).any(|step| *step == PathStep::Element);
        if path.root == SNIPPETS && !is_in_list {
            self.snippet(path, span, context);
        }
    }

    /// Whether the node that is visited is in a snippet, and under a condition there.
    fn is_conditional_in_snippet(&self) -> bool {
        !self.open_snippets.is_empty() && self.guards.len() > self.snippet_guards
    }

    /// What happens at a read that fails if its path is missing: each guard is evaluated with the path missing. If one
    /// is false then, the read cannot happen, unless the guard may be about another element of the same list. If one is
    /// unknown, the read may fail.
    fn failure(&self, path: &Path<'a>, is_certain: bool) -> MissingBehavior {
        self.arena.count(self.guards.len());
        let mut missing_behavior = if is_certain { MissingBehavior::Fails } else { MissingBehavior::MayFail };
        for guard in &self.guards {
            match guard.without(path) {
                Effect::Same => {}
                Effect::Blocked if self.has_other_element(path) => missing_behavior = MissingBehavior::MayFail,
                Effect::Blocked => return MissingBehavior::Guarded,
                Effect::Unknown => missing_behavior = MissingBehavior::MayFail,
            }
        }
        missing_behavior
    }

    /// Whether several loops run over a list that the path leads through, one inside the other, so that there may be a value
    /// for the element of one and none for that of another.
    fn has_other_element(&self, path: &Path<'a>) -> bool {
        let is_element = |known: &&Path<'a>| known.steps.last() == Some(&PathStep::Element) && path.is_within(known);
        let mut elements = self.scoped.iter().filter_map(|(_, value)| value.paths.iter().find(is_element));
        let mut seen: Vec<&Path<'a>> = Vec::new();
        elements.any(|element| {
            let is_repeated = seen.contains(&element);
            seen.push(element);
            is_repeated
        })
    }

    /// Visits a snippet. It is rendered before the template, with names of its own, and counts as missing if it fails.
    /// So a read in it is only as severe as the read of the snippet itself.
    fn snippet(&mut self, path: &Path<'a>, span: Span, context: ReadContext) {
        let Some(PathStep::Key(name)) = path.steps.first().copied() else {
            self.reads_anything = true;
            return;
        };
        if self.open_snippets.contains(&name) {
            return;
        }
        let texts = (self.snippets)(name);
        if self.open_snippets.is_empty() {
            self.snippet_span = span;
            self.snippet_guards = self.guards.len();
        }
        self.open_snippets.push(name);
        let outer =
            (std::mem::take(&mut self.assigned), std::mem::take(&mut self.scoped), std::mem::take(&mut self.stops));
        let reads = self.reads.len();
        for text in texts {
            self.nodes(text.nodes);
        }
        (self.assigned, self.scoped, self.stops) = outer;
        self.open_snippets.pop();
        // If a missing snippet does no harm, neither does what makes it fail. After `assign`, a missing one is null.
        let is_null = context.null_segments >= SNIPPET_SEGMENTS;
        for read in &mut self.reads[reads..] {
            read.is_certain = false;
            match read.missing_behavior {
                MissingBehavior::Fails | MissingBehavior::MayFail if context.is_lenient() => {
                    read.missing_behavior = context.missing;
                }
                MissingBehavior::Fails | MissingBehavior::MayFail if is_null => {
                    read.missing_behavior = MissingBehavior::Nothing;
                }
                MissingBehavior::Fails if !context.is_certain => {
                    read.missing_behavior = MissingBehavior::MayFail;
                }
                _ => {}
            }
        }
    }
}
