//! The walk: goes through the tree of a template in the order of rendering, and notes every read of the data.
//!
//! It visits every branch and joins what is known afterwards, and repeats the bodies of loops until nothing new is learned.
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
use super::path::{Dependency, Depth, Path, Step};
use super::read::{Choice, MissingBehavior, Read};
use crate::liquid::syntax::tree::{Node, NodeKind, Nodes};
use crate::liquid::{Arena, Language, NodeId, Span, Template};

/// How many nodes are visited at most; a template that needs more is taken to read everything.
const MAX_VISITS: usize = 200_000;
/// How long a path is followed.
const MAX_STEPS: usize = 12;
/// How often a loop's body is gone through at most.
const MAX_ROUNDS: usize = 5;
/// How many looks at the data are told apart where something may depend on all of them.
const MAX_READS: usize = 200;
/// The variable that snippets are read from.
const SNIPPETS: &str = "snippets";

/// The texts of a snippet, parsed, by its name.
pub type SnippetTexts<'r, 'a> = &'r dyn Fn(&str) -> Vec<Template<'a>>;

/// A walk under way.
pub(super) struct Walk<'r, 'a> {
    arena: &'a Arena,
    language: &'a Language,
    snippets: SnippetTexts<'r, 'a>,
    pub(super) reads: Vec<Read<'a>>,
    /// The variables of all reads.
    roots: BTreeSet<&'a str>,
    /// Whether it may read what is not among its reads.
    pub(super) reads_anything: bool,
    text: usize,
    node: NodeId,
    /// The names of loops and filters, innermost last.
    pushed: Vec<(&'a str, AbstractValue<'a>)>,
    assigned: Names<'a>,
    guards: Vec<Rc<Guard<'a>>>,
    branches: Rc<[(Span, Choice)]>,
    /// What the ends of the runs under way depend on, one for each `break` and `continue`.
    stops: Vec<Vec<Dependency<'a>>>,
    /// Set while something is looked at again only to know what it means.
    is_silent: bool,
    visits: usize,
    /// The snippets that are being walked through, and the place of the outermost one's use.
    under_way: Vec<&'a str>,
    snippet_span: Span,
}

impl<'r, 'a> Walk<'r, 'a> {
    pub(super) fn new(language: &'a Language, snippets: SnippetTexts<'r, 'a>, arena: &'a Arena) -> Self {
        Self {
            arena,
            language,
            snippets,
            reads: Vec::new(),
            roots: BTreeSet::new(),
            reads_anything: false,
            text: 0,
            node: NodeId::default(),
            pushed: Vec::new(),
            assigned: Names::default(),
            guards: Vec::new(),
            branches: Rc::default(),
            stops: Vec::new(),
            is_silent: false,
            visits: 0,
            under_way: Vec::new(),
            snippet_span: Span::new(0, 0),
        }
    }

    /// Goes through a text that is rendered on its own.
    pub(super) fn text(&mut self, text: usize, nodes: Nodes<'a>) {
        self.text = text;
        self.assigned = Names::default();
        self.nodes(nodes);
        self.stops.clear();
    }

    fn nodes(&mut self, nodes: Nodes<'a>) {
        let guards = self.guards.len();
        let mut stops = self.stops.len();
        for node in nodes {
            if self.visits == MAX_VISITS {
                self.reads_anything = true;
                break;
            }
            self.visits += 1;
            self.node(node);
            if self.stops.len() > stops {
                let dependencies = self.stops[stops..].concat();
                stops = self.stops.len();
                self.guards.push(Rc::new(Guard::Unclear(dependencies)));
            }
        }
        self.guards.truncate(guards);
    }

    fn node(&mut self, node: &'a Node<'a>) {
        let outer = self.node;
        if self.under_way.is_empty() {
            self.node = NodeId::of(node);
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

    /// All that has been looked at; of very much, only the variables.
    fn all_so_far(&self) -> Vec<Dependency<'a>> {
        if self.reads.len() <= MAX_READS {
            return self.reads.iter().map(Read::dependency).collect();
        }
        self.roots.iter().map(|root| Dependency { path: Path::of(root), depth: Depth::Whole }).collect()
    }

    fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_silent, true);
        let result = work(self);
        self.is_silent = outer;
        result
    }

    /// Notes a look at a path.
    fn read(&mut self, path: &Path<'a>, span: Span, context: ReadContext) {
        if self.is_silent {
            return;
        }
        let missing_behavior = match context.missing {
            // Elements are no keys that could be missing.
            MissingBehavior::Fails if matches!(path.steps.last(), Some(Step::Element)) => MissingBehavior::Nothing,
            MissingBehavior::Fails => self.failure(path, context.is_certain),
            other => other,
        };
        self.roots.insert(path.root);
        let in_snippet = self.under_way.last().copied();
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
            takes_element: context.takes_element,
            null_names: context.null_names,
            branches: self.branches.clone(),
        });
        if path.root == SNIPPETS {
            self.snippet(path, span, context);
        }
    }

    /// What becomes of a read that fails where nothing is there.
    fn failure(&self, path: &Path<'a>, is_certain: bool) -> MissingBehavior {
        let mut missing_behavior = if is_certain { MissingBehavior::Fails } else { MissingBehavior::MayFail };
        for guard in &self.guards {
            match guard.without(path) {
                Effect::Same => {}
                Effect::Blocked => return MissingBehavior::Guarded,
                Effect::Unclear => missing_behavior = MissingBehavior::MayFail,
            }
        }
        missing_behavior
    }

    /// A snippet is rendered before the template, and missing where it cannot be.
    fn snippet(&mut self, path: &Path<'a>, span: Span, context: ReadContext) {
        let Some(Step::Key(name)) = path.steps.first().copied() else {
            self.reads_anything = true;
            return;
        };
        if self.under_way.contains(&name) {
            return;
        }
        let texts = (self.snippets)(name);
        if self.under_way.is_empty() {
            self.snippet_span = span;
        }
        self.under_way.push(name);
        let outer =
            (std::mem::take(&mut self.assigned), std::mem::take(&mut self.pushed), std::mem::take(&mut self.stops));
        let (reads, guards) = (self.reads.len(), self.guards.len());
        for text in texts {
            self.nodes(text.nodes);
        }
        (self.assigned, self.pushed, self.stops) = outer;
        self.under_way.pop();
        // Where the snippet's absence does no harm, neither does what makes it absent.
        for read in &mut self.reads[reads..] {
            read.is_certain = false;
            match read.missing_behavior {
                MissingBehavior::Fails | MissingBehavior::MayFail if context.is_lenient() => {
                    read.missing_behavior = context.missing;
                }
                MissingBehavior::Fails if !context.is_certain || self.guards.len() != guards => {
                    read.missing_behavior = MissingBehavior::MayFail;
                }
                _ => {}
            }
        }
    }
}
