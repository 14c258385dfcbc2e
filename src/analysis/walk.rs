//! The walk: through a template's tree in the order of rendering, noting every look at the data.
//!
//! It goes through every branch and joins what is known after them, and goes through loops until nothing more is learnt.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::guard::{Condition, ConditionStep, Effect, Guard, Term};
use super::kind::{self, Kind, PropertyUse, Treatment};
use super::meaning::{Meaning, Names};
use super::path::{Dependency, Depth, Path, Step};
use super::read::{Choice, Outcome, Read};
use crate::liquid::syntax::expression_parser::ExpressionParser;
use crate::liquid::syntax::part::{Part, Printed, When};
use crate::liquid::syntax::tree::{
    Expression, FilterCall, FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey,
    Step as ExpressionStep,
};
use crate::liquid::value::operators::Operator;
use crate::liquid::{Arena, Language, NodeId, Span, Template, Value};

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

/// How something is looked at.
#[derive(Clone, Copy)]
struct Look {
    /// What happens where it is missing; guards do not count yet.
    missing: Outcome,
    depth: Depth,
    kind: Kind,
    is_certain: bool,
    /// Whether it is a list, of which an element is taken then.
    takes_element: bool,
    /// How many names at the path's beginning lead to null where what they name is missing.
    null_names: usize,
}

impl Look {
    const STRICT: Self = Self {
        missing: Outcome::Fails,
        depth: Depth::Whole,
        kind: Kind::Anything,
        is_certain: true,
        takes_element: false,
        null_names: 0,
    };

    const fn is_lenient(self) -> bool {
        !matches!(self.missing, Outcome::Fails)
    }
}

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
    pushed: Vec<(&'a str, Meaning<'a>)>,
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
            NodeKind::Tag { tag, .. } => self.tag(&tag.parts()),
        }
        self.node = outer;
    }

    /// An expression that is printed.
    fn printed(&mut self, value: &'a FilteredValue<'a>) {
        let reads = self.reads.len();
        self.value(value, Look::STRICT);
        if is_single(value)
            && let Some(read) = self.reads.get_mut(reads..).and_then(<[_]>::last_mut)
        {
            read.is_printed = read.snippet.is_none();
        }
    }

    fn tag(&mut self, parts: &[Part<'a>]) {
        // What is known where none of the nodes so far were rendered, and where any were.
        let mut rest: Vec<Rc<Guard<'a>>> = Vec::new();
        let mut after: Option<Names<'a>> = None;
        let mut has_otherwise = false;
        let guards = self.guards.len();
        for (at, part) in parts.iter().enumerate() {
            let is_certain = at == 0;
            match part {
                Part::Value { value, lenient: true } => {
                    // What is assigned is looked at together with its name.
                    if !matches!(parts.get(at + 1), Some(Part::Name { value: Some(_), .. })) {
                        let depth = if is_single(value) { Depth::Presence } else { Depth::Whole };
                        self.value(value, Look { missing: Outcome::Decides, depth, is_certain, ..Look::STRICT });
                    }
                }
                Part::Value { value, lenient: false } => {
                    self.value(value, Look { is_certain: false, ..Look::STRICT });
                }
                Part::Operand { operand, lenient } => {
                    let is_run_over = |part: &Part<'_>| matches!(part, Part::Nodes { when: When::Each(collection), .. } if std::ptr::eq(*collection, *operand));
                    let look = if parts.iter().any(is_run_over) {
                        Look { depth: Depth::Shape, kind: Kind::List, is_certain, ..Look::STRICT }
                    } else if *lenient {
                        Look { missing: Outcome::Decides, is_certain, ..Look::STRICT }
                    } else {
                        Look { is_certain, ..Look::STRICT }
                    };
                    self.operand(operand, look);
                }
                Part::Print(Printed::Value(value)) => self.printed(value),
                Part::Print(_) => {}
                Part::UnknownText => self.reads_anything = true,
                Part::Stop => {
                    let around = self.guards.iter().flat_map(|guard| guard.dependencies()).collect();
                    self.stops.push(around);
                }
                Part::Name { name, span, value: Some(value) } => self.assign(name, *span, value),
                Part::Name { name, span, value: None } => {
                    let is_counter = parts.iter().any(|part| matches!(part, Part::Print(Printed::Number)));
                    self.name(name, *span, is_counter);
                }
                Part::Nodes { nodes, names, when } => match when {
                    When::Always | When::Captured => {
                        self.push_names(*names);
                        self.nodes(nodes);
                        self.pop_names(*names);
                    }
                    When::Each(collection) => {
                        let over = self.each(collection, *names, nodes);
                        rest.push(Rc::new(Guard::Unclear(over)));
                    }
                    When::Holds { condition, expected } => {
                        let guard = self.condition(condition);
                        let before = self.assigned.clone();
                        self.guards.extend(rest.iter().cloned());
                        self.guards.push(Rc::new(Guard::Holds(guard.clone(), *expected)));
                        self.branch(nodes, Some((condition.span, Choice::Holds(*expected))));
                        self.guards.truncate(guards);
                        rest.push(Rc::new(Guard::Holds(guard, !*expected)));
                        let inside = std::mem::replace(&mut self.assigned, before);
                        after = Some(after.map_or(inside.clone(), |after| after.or(&inside)));
                    }
                    When::Equals { head, values } => {
                        let (head_term, terms) = self.equality(head, values);
                        let before = self.assigned.clone();
                        self.guards.push(Rc::new(Guard::Equals(head_term.clone(), terms.clone(), true)));
                        self.branch(nodes, values.first().map(|value| (value.span, Choice::Equals)));
                        self.guards.truncate(guards);
                        rest.push(Rc::new(Guard::Equals(head_term, terms, false)));
                        // Other branches may be rendered too.
                        self.assigned = std::mem::take(&mut self.assigned).or(&before);
                    }
                    When::Otherwise => {
                        has_otherwise = true;
                        let before = self.assigned.clone();
                        self.guards.extend(rest.iter().cloned());
                        self.branch(nodes, choice_of_else(&parts[..at]));
                        self.guards.truncate(guards);
                        let inside = std::mem::replace(&mut self.assigned, before);
                        after = Some(after.map_or(inside.clone(), |after| after.or(&inside)));
                    }
                },
            }
        }
        if let Some(after) = after {
            let before = std::mem::take(&mut self.assigned);
            let is_exhaustive = has_otherwise && rest.iter().all(|guard| matches!(**guard, Guard::Holds(..)));
            self.assigned = if is_exhaustive { after } else { after.or(&before) };
        }
    }

    fn branch(&mut self, nodes: Nodes<'a>, condition: Option<(Span, Choice)>) {
        let outer = self.branches.clone();
        self.branches = outer.iter().copied().chain(condition).collect();
        self.nodes(nodes);
        self.branches = outer;
    }

    /// Goes through a loop's body; gives what it depends on whether there is a round at all.
    fn each(&mut self, collection: &'a Operand<'a>, names: [&'a str; 2], body: Nodes<'a>) -> Vec<Dependency<'a>> {
        let list = self.silently(|walk| {
            walk.operand(collection, Look { missing: Outcome::Decides, depth: Depth::Shape, ..Look::STRICT })
        });
        let element = list.element();
        let over = list.dependencies;
        let (reads, guards, pushed) = (self.reads.len(), self.guards.len(), self.pushed.len());
        let outer_stops = std::mem::take(&mut self.stops);
        let mut stopped = Vec::new();
        for round in 1.. {
            let before = self.assigned.clone();
            self.reads.truncate(reads);
            self.guards.push(Rc::new(Guard::Unclear(over.clone())));
            self.guards.push(Rc::new(Guard::Unclear(stopped.clone())));
            self.pushed.push((names[1], Meaning::made_of(over.clone())));
            self.pushed.push((names[0], element.clone()));
            self.nodes(body);
            self.pushed.truncate(pushed);
            self.guards.truncate(guards);
            let stops = std::mem::take(&mut self.stops).concat();
            let inside = std::mem::take(&mut self.assigned);
            self.assigned = before.clone().or(&inside);
            let has_learnt = self.assigned != before || stops.iter().any(|stop| !stopped.contains(stop));
            if !has_learnt || self.reads_anything {
                break;
            }
            if round == MAX_ROUNDS {
                self.reads_anything = true;
                break;
            }
            stopped = stops;
            stopped.sort();
            stopped.dedup();
        }
        self.stops = outer_stops;
        over
    }

    fn push_names(&mut self, names: [&'a str; 2]) {
        let own = names.into_iter().filter(|name| !name.is_empty());
        self.pushed.extend(own.map(|name| (name, Meaning::default())));
    }

    fn pop_names(&mut self, names: [&'a str; 2]) {
        let own = names.into_iter().filter(|name| !name.is_empty()).count();
        self.pushed.truncate(self.pushed.len() - own);
    }

    fn assign(&mut self, name: &'a str, _: Span, value: &'a FilteredValue<'a>) {
        let mut meaning = self.value(value, Look { missing: Outcome::Nothing, depth: Depth::Presence, ..Look::STRICT });
        meaning.is_lenient = true;
        if is_single(value) {
            let names = meaning.paths.iter().map(|path| path.steps.len() + 1).max();
            meaning.null_names = names.unwrap_or_default();
        }
        meaning.may_be_unset = false;
        self.depend_on_guards(&mut meaning);
        self.assigned.set(name, meaning);
    }

    /// A name for what a tag makes of its own: a captured text, a counter.
    fn name(&mut self, name: &'a str, span: Span, is_counter: bool) {
        if is_counter {
            // It begins where the data says.
            let look = Look { missing: Outcome::Nothing, kind: Kind::Number, ..Look::STRICT };
            self.read(&Path::of(name), span, look);
        }
        let mut meaning = Meaning::made_of(self.all_so_far());
        self.depend_on_guards(&mut meaning);
        self.assigned.set(name, meaning);
    }

    /// All that has been looked at; of very much, only the variables.
    fn all_so_far(&self) -> Vec<Dependency<'a>> {
        if self.reads.len() <= MAX_READS {
            return self.reads.iter().map(Read::dependency).collect();
        }
        self.roots.iter().map(|root| Dependency { path: Path::of(root), depth: Depth::Whole }).collect()
    }

    fn depend_on_guards(&self, meaning: &mut Meaning<'a>) {
        meaning.dependencies.extend(self.guards.iter().flat_map(|guard| guard.dependencies()));
        meaning.tidy();
    }

    fn silently<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_silent, true);
        let result = work(self);
        self.is_silent = outer;
        result
    }

    fn condition(&mut self, condition: &'a FilteredValue<'a>) -> Condition<'a> {
        let mut steps = Vec::with_capacity(condition.expression.steps.len());
        for step in condition.expression.steps {
            steps.push(match step {
                ExpressionStep::Operand(operand) => ConditionStep::Term(self.term(operand)),
                ExpressionStep::Operator(operator, _) => ConditionStep::Operator(*operator),
            });
        }
        if !condition.filters.is_empty() {
            let all = self.silently(|walk| walk.value(condition, Look { missing: Outcome::Decides, ..Look::STRICT }));
            steps.push(ConditionStep::Term(Term::unknown(all.dependencies)));
        }
        Condition { steps, is_filtered: !condition.filters.is_empty() }
    }

    fn equality(&mut self, head: &'a FilteredValue<'a>, values: &'a [Operand<'a>]) -> (Term<'a>, Vec<Term<'a>>) {
        let head = match (head.expression.steps, head.filters) {
            ([ExpressionStep::Operand(operand)], []) => self.term(operand),
            _ => Term::unknown(
                self.silently(|walk| walk.value(head, Look { missing: Outcome::Decides, ..Look::STRICT })).dependencies,
            ),
        };
        (head, values.iter().map(|value| self.term(value)).collect())
    }

    fn term(&mut self, operand: &'a Operand<'a>) -> Term<'a> {
        if let OperandKind::Literal(value) = operand.kind {
            return Term { literal: Some(value), path: None, dependencies: Vec::new() };
        }
        let look = Look { missing: Outcome::Decides, ..Look::STRICT };
        let meaning = self.silently(|walk| walk.operand(operand, look));
        Term { literal: None, path: meaning.exact_path().cloned(), dependencies: meaning.dependencies }
    }

    /// An expression with its filters.
    fn value(&mut self, value: &'a FilteredValue<'a>, look: Look) -> Meaning<'a> {
        let mut first = look;
        if value.has_default_first() {
            first.missing = Outcome::Rescued;
        }
        let filters = value.filters;
        if let Some(filter) = filters.iter().find(|filter| filter.name != "default") {
            let (kind, treatment) = kind::treatment(filter.filter);
            first.kind = kind;
            first.depth = match treatment {
                Treatment::Keeps | Treatment::Makes => Depth::Whole,
                _ => Depth::Shape,
            };
        } else if let Some(stand_in) = filters.first().and_then(|filter| filter.arguments.first()?.value) {
            // What stands in for it is of its kind.
            first.kind = literal_kind(&stand_in);
        }
        let mut meaning = self.expression(&value.expression, first);
        for (at, filter) in filters.iter().enumerate() {
            meaning = self.filter(filter, &meaning, look, filters.get(at + 1).is_none());
        }
        meaning
    }

    fn expression(&mut self, expression: &'a Expression<'a>, look: Look) -> Meaning<'a> {
        if let [ExpressionStep::Operand(operand)] = expression.steps {
            return self.operand(operand, look);
        }
        let compares = expression.steps.iter().any(|step| {
            matches!(step, ExpressionStep::Operator(operator, _) if !matches!(operator, Operator::And | Operator::Or | Operator::Not))
        });
        let depth = if compares { Depth::Whole } else { Depth::Presence };
        let mut dependencies = Vec::new();
        for (at, step) in expression.steps.iter().enumerate() {
            if let ExpressionStep::Operand(operand) = step {
                let kind = compared_kind(expression.steps, at);
                dependencies.extend(self.operand(operand, Look { depth, kind, ..look }).dependencies);
            }
        }
        Meaning::made_of(dependencies)
    }

    fn filter(&mut self, filter: &'a FilterCall<'a>, input: &Meaning<'a>, look: Look, is_last: bool) -> Meaning<'a> {
        let (_, treatment) = kind::treatment(filter.filter);
        let mut dependencies = input.dependencies.clone();
        for operand in filter.arguments.iter().filter_map(|argument| argument.value.as_ref()) {
            let argument = self.operand(operand, Look { is_certain: look.is_certain, ..Look::STRICT });
            dependencies.extend(argument.dependencies);
        }
        let literal = |at: usize| match filter.arguments.get(at)?.value?.kind {
            OperandKind::Literal(Value::String(text)) => Some(text),
            _ => None,
        };
        match treatment {
            Treatment::SelectsBy(usage) if !filter.arguments.is_empty() => {
                let span = filter.arguments[0].value.map_or(filter.span, |value| value.span);
                dependencies.extend(self.property(input, literal(0), span, usage, look));
            }
            Treatment::Asks => dependencies.extend(self.question(input, [literal(0), literal(1)], filter.span)),
            _ => {}
        }
        let elements = match treatment {
            Treatment::Keeps | Treatment::Selects => Some(input.paths.clone()),
            Treatment::SelectsBy(_) | Treatment::Asks if kind::gives_elements(filter.filter) => {
                Some(input.paths.clone())
            }
            _ if kind::gives_an_element(filter.filter) => {
                Some(input.paths.iter().map(|path| path.then(Step::Element)).collect())
            }
            _ => None,
        };
        // Whoever prints the answer, or makes something else of it, looks at all of it.
        let is_whole =
            !matches!(treatment, Treatment::Counts | Treatment::Keeps) && (!is_last || look.depth == Depth::Whole);
        if is_whole
            || (elements.is_none() && !matches!(treatment, Treatment::Counts))
            || treatment_is_unclear(treatment, filter)
        {
            for path in &input.paths {
                let whole = Look { missing: Outcome::Decides, depth: Depth::Whole, ..look };
                self.read(path, filter.span, whole);
                dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
        }
        let mut meaning = Meaning::made_of(dependencies);
        meaning.paths = elements.unwrap_or_default();
        meaning.is_lenient = true;
        meaning
    }

    /// A property that a filter looks for in each element.
    fn property(
        &mut self,
        list: &Meaning<'a>,
        property: Option<&'a str>,
        span: Span,
        usage: PropertyUse,
        look: Look,
    ) -> Vec<Dependency<'a>> {
        let path = property.and_then(|text| {
            let mut markup = ExpressionParser::new(text, Span::new(0, text.len()), self.arena, self.language);
            markup.path().ok().flatten()
        });
        let Some(Operand { kind: OperandKind::Path { base: None, segments }, .. }) = path else {
            return self.look_through(list, span, look);
        };
        let segments: &'a [Segment<'a>] = segments;
        let missing = match usage {
            PropertyUse::Likes => Outcome::Nothing,
            PropertyUse::Needs | PropertyUse::MayNeed => Outcome::Fails,
        };
        let is_certain = look.is_certain && usage == PropertyUse::Needs && list.exact_path().is_some();
        let look = Look { missing, is_certain, ..Look::STRICT };
        let element = list.element();
        self.follow(&element, segments, span, look).dependencies
    }

    /// An expression that a filter asks of each element.
    fn question(
        &mut self,
        list: &Meaning<'a>,
        [name, expression]: [Option<&'a str>; 2],
        span: Span,
    ) -> Vec<Dependency<'a>> {
        let value = expression.and_then(|text| {
            ExpressionParser::new(text, Span::new(0, text.len()), self.arena, self.language).value().ok()
        });
        let (Some(name), Some(value)) = (name, value) else {
            // It can read any variable.
            self.reads_anything = true;
            return Vec::new();
        };
        let value: &'a FilteredValue<'a> = self.arena.alloc(value);
        let element = list.element();
        self.pushed.push((name, element));
        let reads = self.reads.len();
        let meaning = self.value(value, Look { is_certain: false, ..Look::STRICT });
        self.pushed.pop();
        // Its spans point into a text of its own.
        for read in &mut self.reads[reads..] {
            read.span = span;
        }
        meaning.dependencies
    }

    fn look_through(&mut self, list: &Meaning<'a>, span: Span, look: Look) -> Vec<Dependency<'a>> {
        for path in &list.paths {
            self.read(path, span, Look { missing: Outcome::Decides, depth: Depth::Whole, ..look });
        }
        list.paths.iter().map(|path| Dependency { path: path.clone(), depth: Depth::Whole }).collect()
    }

    fn operand(&mut self, operand: &'a Operand<'a>, look: Look) -> Meaning<'a> {
        match operand.kind {
            OperandKind::Literal(_) => Meaning::default(),
            OperandKind::Range { low, high } => {
                let look = Look { kind: Kind::Number, is_certain: look.is_certain, ..Look::STRICT };
                let mut dependencies = self.operand(low, look).dependencies;
                dependencies.extend(self.operand(high, look).dependencies);
                Meaning::made_of(dependencies)
            }
            OperandKind::Path { base, segments } => {
                let start = match base {
                    Some(base) => self.operand(base, look),
                    None => return self.variable(segments, operand.span, look),
                };
                self.follow(&start, segments, operand.span, look)
            }
        }
    }

    /// A path that begins with a variable.
    fn variable(&mut self, segments: &'a [Segment<'a>], span: Span, look: Look) -> Meaning<'a> {
        let Some((first, rest)) = segments.split_first() else { return Meaning::default() };
        let name = match &first.key {
            SegmentKey::Name(name) => *name,
            SegmentKey::Computed(operand) => {
                self.operand(operand, Look { is_certain: look.is_certain, ..Look::STRICT });
                self.reads_anything = true;
                return Meaning::default();
            }
        };
        if let Some((_, meaning)) = self.pushed.iter().rev().find(|(known, _)| *known == name) {
            let meaning = meaning.clone();
            return self.follow(&meaning, rest, span, look);
        }
        let from_data = Meaning {
            paths: vec![Path::of(name)],
            is_exact: true,
            is_lenient: false,
            null_names: 0,
            may_be_unset: false,
            dependencies: Vec::new(),
        };
        match self.assigned.get(name).cloned() {
            Some(meaning) if meaning.may_be_unset => {
                let uncertain = Look { is_certain: false, ..look };
                let mut either = self.follow(&meaning, rest, span, look);
                let other = self.follow(&from_data, rest, span, uncertain);
                either.paths.extend(other.paths);
                either.dependencies.extend(other.dependencies);
                either.is_exact = false;
                either.tidy();
                either
            }
            Some(meaning) => self.follow(&meaning, rest, span, look),
            None => self.follow(&from_data, rest, span, look),
        }
    }

    /// Goes from a value on along a path, and notes the look at where that leads.
    fn follow(&mut self, start: &Meaning<'a>, segments: &'a [Segment<'a>], span: Span, look: Look) -> Meaning<'a> {
        let mut meaning = start.clone();
        // What was assigned is never missing itself.
        let mut look = Look { null_names: start.null_names, ..look };
        if start.is_lenient && segments.is_empty() && look.missing == Outcome::Fails {
            look.missing = Outcome::Nothing;
        }
        for (at, segment) in segments.iter().enumerate() {
            let step = match &segment.key {
                SegmentKey::Name(name @ ("first" | "last")) => Some((Some(Step::Element), *name)),
                SegmentKey::Name(name @ ("size" | "length")) => Some((None, *name)),
                SegmentKey::Name(name) => {
                    meaning.paths = meaning.paths.iter().map(|path| path.then(Step::Key(name))).collect();
                    meaning.is_lenient = false;
                    continue;
                }
                SegmentKey::Computed(Operand { kind: OperandKind::Literal(Value::Number(_)), .. }) => {
                    Some((Some(Step::Element), "[]"))
                }
                SegmentKey::Computed(operand) => {
                    let key = self.operand(operand, Look { is_certain: look.is_certain, ..Look::STRICT });
                    meaning.dependencies.extend(key.dependencies);
                    None
                }
            };
            // What has no path of its own belongs to the value that it is asked of.
            let kind = match step {
                Some(_) => Kind::List,
                None => Kind::Anything,
            };
            let last = at + 1 == segments.len();
            for path in &meaning.paths {
                let missing =
                    if meaning.is_lenient && look.missing == Outcome::Fails { Outcome::Nothing } else { look.missing };
                let is_certain = look.is_certain && meaning.is_exact && (last || step.is_some());
                let takes_element = matches!(step, Some((Some(_), _)));
                self.read(path, span, Look { missing, depth: Depth::Whole, kind, is_certain, takes_element, ..look });
                meaning.dependencies.push(Dependency { path: path.clone(), depth: Depth::Whole });
            }
            let Some((Some(element), _)) = step else {
                meaning.paths.clear();
                meaning.is_exact = false;
                break;
            };
            meaning.paths = meaning.paths.iter().map(|path| path.then(element)).collect();
            meaning.is_lenient = false;
        }
        if meaning.paths.iter().any(|path| path.steps.len() > MAX_STEPS) {
            self.reads_anything = true;
            meaning.paths.clear();
        }
        let is_exact = meaning.exact_path().is_some();
        for path in meaning.paths.clone() {
            self.read(&path, span, Look { is_certain: look.is_certain && is_exact, ..look });
            meaning.dependencies.push(Dependency { path, depth: look.depth });
        }
        if look.is_lenient() {
            meaning.is_lenient = true;
        }
        meaning.tidy();
        meaning
    }

    /// Notes a look at a path.
    fn read(&mut self, path: &Path<'a>, span: Span, look: Look) {
        if self.is_silent {
            return;
        }
        let outcome = match look.missing {
            // Elements are no keys that could be missing.
            Outcome::Fails if matches!(path.steps.last(), Some(Step::Element)) => Outcome::Nothing,
            Outcome::Fails => self.failure(path, look.is_certain),
            other => other,
        };
        self.roots.insert(path.root);
        let in_snippet = self.under_way.last().copied();
        self.reads.push(Read {
            path: path.clone(),
            depth: look.depth,
            span: if in_snippet.is_some() { self.snippet_span } else { span },
            text: self.text,
            snippet: in_snippet,
            node: self.node,
            is_certain: look.is_certain,
            outcome,
            kind: look.kind,
            is_printed: false,
            takes_element: look.takes_element,
            null_names: look.null_names,
            branches: self.branches.clone(),
        });
        if path.root == SNIPPETS {
            self.snippet(path, span, look);
        }
    }

    /// What becomes of a read that fails where nothing is there.
    fn failure(&self, path: &Path<'a>, is_certain: bool) -> Outcome {
        let mut outcome = if is_certain { Outcome::Fails } else { Outcome::MayFail };
        for guard in &self.guards {
            match guard.without(path) {
                Effect::Same => {}
                Effect::Blocked => return Outcome::Guarded,
                Effect::Unclear => outcome = Outcome::MayFail,
            }
        }
        outcome
    }

    /// A snippet is rendered before the template, and missing where it cannot be.
    fn snippet(&mut self, path: &Path<'a>, span: Span, look: Look) {
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
            match read.outcome {
                Outcome::Fails | Outcome::MayFail if look.is_lenient() => read.outcome = look.missing,
                Outcome::Fails if !look.is_certain || self.guards.len() != guards => read.outcome = Outcome::MayFail,
                _ => {}
            }
        }
    }
}

fn is_single(value: &FilteredValue<'_>) -> bool {
    matches!(value.expression.steps, [ExpressionStep::Operand(_)]) && value.filters.is_empty()
}

/// Whether a filter is one of which too little is known to say what it looks at.
const fn treatment_is_unclear(treatment: Treatment, filter: &FilterCall<'_>) -> bool {
    matches!(treatment, Treatment::SelectsBy(_)) && filter.arguments.is_empty()
}

/// What decides for nodes that are rendered where none of these were: the nearest before them.
fn choice_of_else(before: &[Part<'_>]) -> Option<(Span, Choice)> {
    before.iter().rev().find_map(|part| match part {
        Part::Nodes { when: When::Holds { condition, expected }, .. } => {
            Some((condition.span, Choice::Otherwise(!*expected)))
        }
        Part::Nodes { when: When::Equals { head, .. }, .. } => Some((head.span, Choice::EqualsNone)),
        Part::Nodes { when: When::Each(collection), .. } => Some((collection.span, Choice::IsEmpty)),
        _ => None,
    })
}

/// What a literal beside an operand says of it.
fn compared_kind(steps: &[ExpressionStep<'_>], at: usize) -> Kind {
    let pair = |left: usize| match steps.get(left..left + 3) {
        Some(
            [ExpressionStep::Operand(left), ExpressionStep::Operand(right), ExpressionStep::Operator(operator, _)],
        ) if !matches!(operator, Operator::And | Operator::Or | Operator::Contains) => Some((*left, *right)),
        _ => None,
    };
    let other = match (pair(at), at.checked_sub(1).and_then(pair)) {
        (Some((_, right)), _) => right,
        (None, Some((left, _))) => left,
        _ => return Kind::Anything,
    };
    literal_kind(&other)
}

/// The kind of a value that stands in the template itself.
fn literal_kind(operand: &Operand<'_>) -> Kind {
    match operand.kind {
        OperandKind::Literal(Value::Number(_)) => Kind::Number,
        OperandKind::Literal(Value::Bool(_)) => Kind::Flag,
        OperandKind::Literal(Value::String(_)) => Kind::Text,
        _ => Kind::Anything,
    }
}
