//! Content proof: finds out, without data, whether every render of a content is valid JSON.
//!
//! This is an abstract interpreter. It executes the template on sets of states of a JSON parser instead of on data.
//! Literal text advances the parser. An interpolation is a hole: its [`Class`] says what it may print, the parser state
//! says where in the JSON it is, and both together say whether it [fits](Interpolation::is_safe). A branch is executed both
//! ways. Data that breaks the JSON is not looked for here: the [search](crate::search) renders it.
//!
//! | module | what it contributes |
//! |---|---|
//! | `machine` | the JSON parser, a pushdown automaton that can be stopped at every byte |
//! | `states` | a set of parser states: the abstract state |
//! | `interpolation` | what an expression may print |
//!
//! # The lattice
//!
//! The abstract state at a node is a [`StateSet`]: each parser state that some render may have when it gets there. The
//! order is inclusion, and join is union. Two parser states that differ only in the keys of their open objects count as
//! one, which keeps the keys that both have. Bottom is the empty set. There is no widening: an iteration that does not
//! end in a few rounds is given up.
//!
//! # What is joined where
//!
//! - **`if`, `unless`**: each branch starts from the states before the tag. The states after the tag are the join of the
//!   ends of all branches and of `else`. If there is no `else`, the states before the tag are joined as they are.
//! - **`case`**: the same. An arm is assumed to be rendered alone, which is proved if no two arms have a value in common;
//!   Liquid renders every arm that matches.
//! - **Loops** have no iteration, exactly one, or a first, some middle and a last iteration. These are separate because
//!   templates print separators by `forloop.first` and `forloop.last`, which are constants in each of them. The states
//!   in which a middle iteration starts are joined with those in which it ends, until nothing is added (a fixpoint).
//!   The states after the loop are the join of no iteration (with the loop's `else`), one iteration, and the last
//!   iteration.
//! - **Interpolations** that are reached in several states are safe if they are in each.
//!
//! # What is given up
//!
//! Whatever is given up sets [`ContentProof::is_complete`] to `false`: then nothing is claimed about renders that were
//! not followed.
//!
//! | limit | if it is reached |
//! |---|---|
//! | [`MAX_VISITS`] nodes | the rest of the content is not executed |
//! | `MAX_STATES` parser states in a set | the set becomes empty: what follows is not executed |
//! | [`MAX_ITERATIONS`] rounds of a fixpoint | the last iteration starts from the states that are known |
//!
//! The same happens at text that no JSON can have in a state, at `break` and `continue`, and at tags whose output is only
//! known at run time.
//!
//! # An example
//!
//! ```
//! use inkproof::analysis::ContentProof;
//! use inkproof::customerio::CUSTOMERIO;
//! use inkproof::liquid::{Arena, Template};
//!
//! let source = r#"{"tags": [{% for tag in trigger.tags %}"x"{% endfor %}], "name": "{{ trigger.name }}"}"#;
//! let arena = Arena::new();
//! let proof = ContentProof::prove(Template::parse(source, &CUSTOMERIO, &arena).unwrap());
//!
//! // 1. `{"tags": [` leads to one state: in an array, expecting a value or its end.
//! // 2. The loop. No iteration leaves this state. One iteration leads to a state that expects a comma or an end. With
//! //    several, the first one leads there too, but the quote of the next one is not allowed in that state.
//! assert!(!proof.is_complete);
//! // 3. After the loop there are two states, which `]` makes equal.
//! // 4. The interpolation is inside a string, and a variable may print a quote.
//! assert!(!proof.interpolations[0].is_safe);
//! ```

mod interpolation;
mod machine;
mod states;

use std::collections::{BTreeMap, BTreeSet};

use interpolation::Class;
use machine::ParserState;
pub use machine::{JsonPosition, SyntaxIssue};
use states::StateSet;

use crate::liquid::engine::tag::Tag;
use crate::liquid::syntax::part::{Arm, Branch, Loop, Part, Printed, Target};
use crate::liquid::syntax::tree::{FilteredValue, Node, NodeKind, Nodes, OperandKind, SegmentKey, Step};
use crate::liquid::syntax::visit::each_part;
use crate::liquid::value::operators::Operator;
use crate::liquid::{Span, Template, Value};

/// What is known of a content as JSON, for all data.
#[derive(Clone, Debug)]
pub struct ContentProof<'a> {
    /// The expressions that the content prints, in the order of the template.
    pub interpolations: Vec<Interpolation<'a>>,
    /// Trailing commas and duplicate keys that do not depend on what is printed.
    pub issues: BTreeSet<SyntaxIssue>,
    /// Whether every possible render was followed to the end of the content.
    pub is_complete: bool,
}

/// An expression that is printed.
#[derive(Clone, Debug)]
pub struct Interpolation<'a> {
    /// The expression.
    pub value: &'a FilteredValue<'a>,
    /// The whole output or tag.
    pub span: Span,
    /// Which part of the JSON it prints.
    pub position: JsonPosition,
    /// Whether nothing that it prints can break the JSON.
    pub is_safe: bool,
}

impl<'a> ContentProof<'a> {
    /// Executes a content on all possible data.
    ///
    /// ```
    /// use inkproof::analysis::ContentProof;
    /// use inkproof::customerio::CUSTOMERIO;
    /// use inkproof::liquid::{Arena, Template};
    /// let arena = Arena::new();
    /// let source = r#"{"title": "{{ trigger.a }}", "body": {{ trigger.b | json }}}"#;
    /// let proof = ContentProof::prove(Template::parse(source, &CUSTOMERIO, &arena).unwrap());
    /// let is_safe: Vec<_> = proof.interpolations.into_iter().map(|interpolation| interpolation.is_safe).collect();
    /// assert_eq!(is_safe, [false, true]);
    /// ```
    #[must_use]
    pub fn prove(content: Template<'a>) -> Self {
        let mut reader = Reader {
            names: classes(content.nodes),
            interpolations: BTreeMap::new(),
            issues: BTreeSet::new(),
            is_complete: true,
            iteration: None,
            visits: 0,
        };
        let states = reader.nodes(content.nodes, StateSet::start());
        let ends_well = !states.0.is_empty() && states.0.iter().all(ParserState::is_complete);
        Self {
            interpolations: reader.interpolations.into_values().collect(),
            issues: reader.issues,
            is_complete: reader.is_complete && ends_well,
        }
    }
}

/// What the names that the template itself defines print, whichever definition is in effect. A loop's names print
/// whatever the data has.
fn classes(nodes: Nodes<'_>) -> BTreeMap<&str, Class<'_>> {
    let mut classes = BTreeMap::new();
    each_part(nodes, &mut |_, part| {
        if let Some(Target { name, .. }) = part.target() {
            let class = match part {
                Part::Assign { value, .. } => class_of_assigned(value),
                _ => Class::Unknown,
            };
            let known = classes.entry(name).or_insert(class);
            if *known != class {
                *known = Class::Unknown;
            }
        }
        for name in part.bodies().into_iter().flat_map(|body| body.names) {
            classes.entry(name).and_modify(|known| *known = Class::Unknown).or_insert(Class::Variable);
        }
    });
    classes
}

/// What a name prints after `assign`. A missing variable is null there, so filters may give another result than in
/// place.
fn class_of_assigned<'a>(value: &FilteredValue<'a>) -> Class<'a> {
    let class = Class::from_expression(value, &|_| None);
    let is_independent = matches!(class, Class::Json | Class::Count | Class::Number | Class::Plain | Class::Literal(_));
    if is_independent || is_variable(value) { class } else { Class::Unknown }
}

/// Whether an expression is a variable with no other filter than `default`.
fn is_variable(value: &FilteredValue<'_>) -> bool {
    let is_path = |step: &Step<'_>| matches!(step, Step::Operand(operand) if matches!(operand.kind, OperandKind::Path { base: None, .. }));
    value.expression.steps.len() == 1
        && value.expression.steps.iter().all(is_path)
        && value.filters.iter().all(|filter| filter.name == "default")
}

/// Which iteration of a loop is executed.
#[derive(Clone, Copy)]
struct Iteration {
    is_first: bool,
    is_last: bool,
}

/// Budget of nodes; the body of a loop counts at each execution.
const MAX_VISITS: usize = 50_000;
/// How often a loop's middle iteration is repeated to reach a fixpoint.
const MAX_ITERATIONS: usize = 4;

/// The abstract interpreter.
struct Reader<'a> {
    /// What the template's own names print.
    names: BTreeMap<&'a str, Class<'a>>,
    /// By their start in the content.
    interpolations: BTreeMap<usize, Interpolation<'a>>,
    issues: BTreeSet<SyntaxIssue>,
    is_complete: bool,
    /// The iteration of the innermost loop.
    iteration: Option<Iteration>,
    visits: usize,
}

impl<'a> Reader<'a> {
    /// Executes nodes one after the other. Gives up if no state is left or the budget is used up.
    fn nodes(&mut self, nodes: Nodes<'a>, mut states: StateSet) -> StateSet {
        for node in nodes {
            if self.visits == MAX_VISITS || states.0.is_empty() {
                self.is_complete = false;
                return StateSet::default();
            }
            self.visits += 1;
            states = self.node(node, states);
        }
        states
    }

    fn node(&mut self, node: &'a Node<'a>, states: StateSet) -> StateSet {
        match &node.kind {
            NodeKind::Text(text) => self.literal(text, node.span, states),
            NodeKind::Output(value) => self.interpolation(value, node.span, states),
            NodeKind::Tag { tag, .. } => self.tag(node, *tag, states),
        }
    }

    /// Advances every state. A state without a successor ends here.
    fn advance(&mut self, states: StateSet, step: impl Fn(&mut Self, ParserState) -> Option<ParserState>) -> StateSet {
        let mut after = StateSet::default();
        for state in states.0 {
            match step(self, state) {
                Some(state) => {
                    if !after.join(StateSet(vec![state])) {
                        self.is_complete = false;
                        return StateSet::default();
                    }
                }
                None => self.is_complete = false,
            }
        }
        after
    }

    /// Reads literal text, which the node at `span` prints.
    fn literal(&mut self, text: &str, span: Span, states: StateSet) -> StateSet {
        self.advance(states, |reader, state| state.read(text, span.start, &mut reader.issues))
    }

    /// Judges an expression that is printed in every state, and continues behind it.
    fn interpolation(&mut self, value: &'a FilteredValue<'a>, span: Span, states: StateSet) -> StateSet {
        let names = &self.names;
        let class = Class::from_expression(value, &|name| names.get(name).copied());
        if let Class::Literal(text) = class {
            return self.literal(text, span, states);
        }
        for state in &states.0 {
            let position = state.position();
            let interpolation = Interpolation { value, span, position, is_safe: class.fits(position) };
            // The worst state counts.
            let known = self.interpolations.entry(span.start).or_insert_with(|| interpolation.clone());
            if known.is_safe {
                *known = interpolation;
            }
        }
        self.skip_hole(states)
    }

    /// Continues behind something that fits wherever it is printed.
    fn skip_hole(&mut self, states: StateSet) -> StateSet {
        self.advance(states, |_, state| state.skip_hole())
    }

    fn tag(&mut self, node: &'a Node<'a>, tag: &'a dyn Tag, mut states: StateSet) -> StateSet {
        for part in tag.parts() {
            if states.0.is_empty() {
                break;
            }
            states = self.part(node, &part, states);
        }
        states
    }

    fn part(&mut self, node: &'a Node<'a>, part: &Part<'a>, states: StateSet) -> StateSet {
        match part {
            Part::Arguments(_) | Part::Capture { .. } | Part::Assign { .. } => states,
            Part::Print(printed) => self.print(printed, node.span, states),
            Part::Count(_) => self.skip_hole(states),
            Part::Cycle { .. } | Part::Withheld(_) | Part::Template(_) => self.unknown_output(states),
            Part::Body { body, .. } => self.nodes(body, states),
            Part::Branches { branches, otherwise } => self.conditional(branches, otherwise, states),
            Part::Case { arms, otherwise, .. } => self.case(arms, otherwise, states),
            Part::Loop(each) => self.loop_over(each, states),
            Part::Stop => {
                // Where rendering continues after `break` is not followed.
                self.is_complete = false;
                StateSet::default()
            }
        }
    }

    fn print(&mut self, printed: &Printed<'a>, span: Span, states: StateSet) -> StateSet {
        match printed {
            Printed::Value(value) => self.interpolation(value, span, states),
            Printed::Text(text) => self.literal(text, span, states),
            Printed::Number => self.skip_hole(states),
        }
    }

    /// A tag prints something of which nothing is known.
    fn unknown_output(&mut self, states: StateSet) -> StateSet {
        self.is_complete = false;
        self.skip_hole(states)
    }

    /// Branches of which at most one is rendered.
    fn conditional(&mut self, branches: &[Branch<'a>], otherwise: Nodes<'a>, states: StateSet) -> StateSet {
        // The states if no branch has been rendered so far, and those after a branch that has.
        let (mut rest, mut done) = (states, StateSet::default());
        for Branch { condition, expected, body } in branches.iter().copied() {
            if rest.0.is_empty() {
                break;
            }
            let inside = match self.evaluate(condition) {
                Some(answer) if answer == expected => std::mem::take(&mut rest),
                Some(_) => continue,
                None => rest.clone(),
            };
            let rendered = self.nodes(body, inside);
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, rest, done)
    }

    /// The arms of a `case`, each rendered alone.
    fn case(&mut self, arms: &[Arm<'a>], otherwise: Nodes<'a>, states: StateSet) -> StateSet {
        self.is_complete &= are_exclusive(arms);
        let mut done = StateSet::default();
        for arm in arms.iter().filter(|arm| !arm.values.is_empty()) {
            if states.0.is_empty() {
                break;
            }
            let rendered = self.nodes(arm.body, states.clone());
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, states, done)
    }

    /// The join of the states after the branches of a tag and those after its `else`.
    fn otherwise(&mut self, nodes: Nodes<'a>, rest: StateSet, mut done: StateSet) -> StateSet {
        let rest = if rest.0.is_empty() { rest } else { self.nodes(nodes, rest) };
        self.join(&mut done, rest);
        done
    }

    /// Joins states; gives up if there are too many.
    fn join(&mut self, states: &mut StateSet, others: StateSet) {
        if !states.join(others) {
            self.is_complete = false;
            states.0.clear();
        }
    }

    /// No iteration and `else`, one iteration, or several.
    fn loop_over(&mut self, each: &Loop<'a>, states: StateSet) -> StateSet {
        let states = if each.has_markup { self.unknown_output(states) } else { states };
        if states.0.is_empty() {
            return states;
        }
        let done = self.iterations(each.body, &states);
        self.otherwise(each.otherwise, states, done)
    }

    /// The states after the only iteration of a loop, or after the last one.
    fn iterations(&mut self, body: Nodes<'a>, before: &StateSet) -> StateSet {
        let outer = self.iteration;
        self.iteration = Some(Iteration { is_first: true, is_last: true });
        let mut after = self.nodes(body, before.clone());
        let last = self.states_before_last(body, before.clone());
        self.iteration = Some(Iteration { is_first: false, is_last: true });
        if !last.0.is_empty() {
            let last = self.nodes(body, last);
            self.join(&mut after, last);
        }
        self.iteration = outer;
        after
    }

    /// The states in which the last of several iterations may start: the fixpoint of the middle iteration, starting
    /// from the states after the first one.
    fn states_before_last(&mut self, body: Nodes<'a>, before: StateSet) -> StateSet {
        self.iteration = Some(Iteration { is_first: true, is_last: false });
        let mut between = self.nodes(body, before);
        self.iteration = Some(Iteration { is_first: false, is_last: false });
        for round in 0.. {
            let known = between.clone();
            if known.0.is_empty() {
                break;
            }
            let next = self.nodes(body, known.clone());
            self.join(&mut between, next);
            if between == known {
                break;
            }
            if round == MAX_ITERATIONS {
                self.is_complete = false;
                break;
            }
        }
        between
    }

    /// The value of a condition that only depends on which iteration of the loop is executed.
    fn evaluate(&self, condition: &FilteredValue<'a>) -> Option<bool> {
        let iteration = self.iteration?;
        if !condition.filters.is_empty() {
            return None;
        }
        let value = |step: &Step<'_>| match step {
            Step::Operand(operand) => match operand.kind {
                OperandKind::Path { base: None, segments: [first, last] }
                    if matches!(first.key, SegmentKey::Name("forloop")) =>
                {
                    match last.key {
                        SegmentKey::Name("first") => Some(iteration.is_first),
                        SegmentKey::Name("last") => Some(iteration.is_last),
                        _ => None,
                    }
                }
                OperandKind::Literal(Value::Bool(flag)) => Some(flag),
                _ => None,
            },
            Step::Operator(..) => None,
        };
        match condition.expression.steps {
            [only] => value(only),
            [only, Step::Operator(Operator::Not, _)] => value(only).map(|answer| !answer),
            [left, right, Step::Operator(operator, _)] => {
                let (left, right) = (value(left)?, value(right)?);
                match operator {
                    Operator::Equal => Some(left == right),
                    Operator::NotEqual => Some(left != right),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Whether no two arms have a value in common. `case` compares values as they are printed.
fn are_exclusive(arms: &[Arm<'_>]) -> bool {
    let mut seen = BTreeSet::new();
    arms.iter().enumerate().all(|(at, arm)| {
        arm.values.iter().all(|value| {
            let printed = match value.kind {
                OperandKind::Literal(Value::String(text)) => text.to_owned(),
                OperandKind::Literal(Value::Number(number)) => number.to_string(),
                OperandKind::Literal(Value::Bool(flag)) => flag.to_string(),
                _ => return arms.len() == 1,
            };
            // A value may be repeated within its arm.
            seen.insert((printed.clone(), at));
            !seen.iter().any(|(known, other)| *known == printed && *other != at)
        })
    })
}
