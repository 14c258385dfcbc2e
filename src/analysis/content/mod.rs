//! Content proof: finds out, without data, whether every render of a content is valid JSON.
//!
//! This is an abstract interpreter. It executes the template on sets of states of a JSON parser instead of on data.
//! Literal text advances the parser. An interpolation is a hole: its [`Class`] says what it may print, the parser state
//! says where in the JSON it is, and both together give a [`Verdict`]. A branch is executed both ways.
//!
//! | module | what it contributes |
//! |---|---|
//! | `machine` | the JSON parser, a pushdown automaton that can be stopped at every byte |
//! | `path_condition` | the branch decisions under which a state is reached, minimized |
//! | `states` | a set of parser states with their path conditions: the abstract state |
//! | `interpolation` | what an expression may print, and a value that breaks the JSON |
//! | `json_break` | the search for data that leads to a dead end |
//!
//! # The lattice
//!
//! The abstract state at a node is a [`StateSet`]: each parser state that some render may have when it gets there. The
//! order is inclusion, and join is union. Two parser states that differ only in the keys of their open objects count as
//! one, which keeps the keys that both have. Bottom is the empty set. There is no widening: an iteration that does not
//! end in a few rounds is given up.
//!
//! Each parser state also has a [`PathSet`], the known paths to it. This is not part of the proof. It only serves to
//! find and to explain counterexamples, so it may lose paths.
//!
//! # What is joined where
//!
//! - **`if`, `unless`**: a branch starts from the states that are left after the branches before it, under its own
//!   decision. The states after the tag are the join of the ends of all branches and of `else`. If there is no `else`,
//!   the states that are left are joined as they are.
//! - **`case`**: the same, one arm after the other. An arm is assumed to be rendered alone, although Liquid renders
//!   every arm that matches. Such data is not followed.
//! - **Loops** have no iteration, exactly one, or a first, some middle and a last iteration. These are separate because
//!   templates print separators by `forloop.first` and `forloop.last`, which are constants in each of them. The states
//!   in which a middle iteration starts are joined with those in which it ends, until nothing is added (a fixpoint).
//!   The states after the loop are the join of no iteration (with the loop's `else`), one iteration, and the last
//!   iteration.
//! - **Dead ends**: text that no JSON can have in a state ends the execution of this state. Its paths are joined with
//!   the other paths to the same dead end, and `json_break` looks for data for them at the end.
//! - **Interpolations** that are reached in several states get the worst verdict.
//!
//! # What the budgets give up
//!
//! Whatever is given up sets [`ContentProof::is_complete`] to `false`: then nothing is claimed about renders that were
//! not followed. The breaks that were found are still true, because each has been rendered.
//!
//! | limit | if it is reached |
//! |---|---|
//! | [`MAX_VISITS`] nodes | the rest of the content is not executed |
//! | `MAX_STATES` parser states in a set | the set becomes empty: what follows is not executed |
//! | [`MAX_ITERATIONS`] rounds of a fixpoint | the last iteration starts from the states that are known |
//! | [`MAX_DEAD_ENDS`] dead ends | further dead ends are not looked at |
//! | [`MAX_ASSIGNS`] assignments | later assignments are missing when data is searched for |
//! | `MAX_DECISIONS`, `MAX_PATHS` | paths are lost: a dead end may get no counterexample |
//!
//! The same happens at a dead end, at `break` and `continue`, and at tags whose output is only known at run time.
//!
//! # An example
//!
//! ```
//! use inkproof::analysis::{ContentProof, Verdict};
//! use inkproof::customerio::CUSTOMERIO;
//! use inkproof::liquid::{Arena, Template};
//!
//! let source = r#"{"tags": [{% for tag in trigger.tags %}"x"{% endfor %}], "name": "{{ trigger.name }}"}"#;
//! let arena = Arena::new();
//! let proof = ContentProof::prove(Template::parse(source, &CUSTOMERIO, &arena).unwrap());
//!
//! // 1. `{"tags": [` leads to one state: in an array, expecting a value or its end.
//! // 2. The loop. No iteration leaves this state, on the path "`trigger.tags` is empty". One iteration leads to a state that
//! //    expects a comma or an end. With several, the first one leads there too, but the quote of the next one is not allowed
//! //    in that state: a dead end.
//! let [broken] = &proof.breaks[..] else { panic!("one break") };
//! let decisions: Vec<_> = broken.decisions.iter().map(ToString::to_string).collect();
//! assert_eq!(decisions, ["`trigger.tags` is not empty", "`trigger.tags` has more than one element"]);
//! assert_eq!(broken.span.of(source), "\"");
//! assert_eq!(broken.data, r#"{"trigger":{"name":1,"tags":[1,1]}}"#);
//! // 3. After the loop there are two states, which `]` makes equal: they become one state with two paths.
//! // 4. The interpolation is inside a string, and a variable may print a quote.
//! assert!(matches!(&proof.interpolations[0].verdict, Verdict::Unsafe { variable, .. } if variable == "trigger.name"));
//! // 5. `}` leads to a state in which JSON can end. The path with the dead end was not followed further.
//! assert!(!proof.is_complete);
//! ```

mod interpolation;
mod json_break;
mod machine;
mod path_condition;
mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use interpolation::{Class, witness};
pub use json_break::JsonBreak;
use json_break::find_breaks;
use machine::ParserState;
pub use machine::{JsonPosition, SyntaxIssue};
use path_condition::{Bindings, PathSet};
pub use path_condition::{BranchCondition, BranchDecision};
use states::{ReachedState, StateSet};

use crate::liquid::engine::tag::Tag;
use crate::liquid::syntax::part::{Arm, Branch, Loop, Part, Printed, Target};
use crate::liquid::syntax::tree::{
    FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey, Step,
};
use crate::liquid::syntax::visit::each_part;
use crate::liquid::value::operators::Operator;
use crate::liquid::{Language, Span, Template, Value};

/// What is known of a content as JSON, for all data.
#[derive(Clone, Debug)]
pub struct ContentProof<'a> {
    /// The expressions that the content prints, in the order of the template.
    pub interpolations: Vec<Interpolation<'a>>,
    /// Trailing commas and duplicate keys that do not depend on what is printed.
    pub issues: BTreeSet<SyntaxIssue>,
    /// Where some data makes the content invalid JSON, whatever is printed. Each span once.
    pub breaks: Vec<JsonBreak<'a>>,
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
    /// Whether a value can break the JSON.
    pub verdict: Verdict,
}

/// Whether the value of an expression can break the JSON around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No value can.
    Safe,
    /// This value can.
    Unsafe {
        /// The variable, as it is written in the template.
        variable: String,
        /// Its value, as JSON.
        witness: &'static str,
    },
    /// Not known.
    Unproven,
}

impl<'a> ContentProof<'a> {
    /// Executes a content on all possible data.
    ///
    /// ```
    /// use inkproof::analysis::{ContentProof, Verdict};
    /// use inkproof::customerio::CUSTOMERIO;
    /// use inkproof::liquid::{Arena, Template};
    /// let arena = Arena::new();
    /// let source = r#"{"title": "{{ trigger.a }}", "body": {{ trigger.b | json }}}"#;
    /// let proof = ContentProof::prove(Template::parse(source, &CUSTOMERIO, &arena).unwrap());
    /// let witness = Verdict::Unsafe { variable: "trigger.a".to_owned(), witness: r#""say \"hi\"""# };
    /// let verdicts: Vec<_> = proof.interpolations.into_iter().map(|interpolation| interpolation.verdict).collect();
    /// assert_eq!(verdicts, [witness, Verdict::Safe]);
    /// ```
    #[must_use]
    pub fn prove(content: Template<'a>) -> Self {
        let mut reader = Reader {
            source: content.source,
            language: content.language,
            names: classes(content.nodes),
            interpolations: BTreeMap::new(),
            issues: BTreeSet::new(),
            dead_ends: BTreeMap::new(),
            is_complete: true,
            iteration: None,
            bindings: Bindings::default(),
            branch_depth: 0,
            visits: 0,
        };
        let states = reader.nodes(content.nodes, StateSet::start());
        let end = Span::new(content.source.trim_end().len(), content.source.len());
        let reaches_end = !states.0.is_empty();
        reader.advance(states, |_, state| if state.is_complete() { Ok(state) } else { Err(end) });
        let is_complete = reader.is_complete && reaches_end;
        let breaks = find_breaks(content, reader.dead_ends);
        Self {
            interpolations: reader.interpolations.into_values().collect(),
            issues: reader.issues,
            breaks,
            is_complete,
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
/// How many dead ends are kept.
const MAX_DEAD_ENDS: usize = 200;
/// How many assignments are kept to give meaning to the names in conditions.
const MAX_ASSIGNS: usize = 50;
/// How often a loop's middle iteration is repeated to reach a fixpoint.
const MAX_ITERATIONS: usize = 4;

/// The abstract interpreter.
struct Reader<'a> {
    source: &'a str,
    language: &'a Language,
    /// What the template's own names print.
    names: BTreeMap<&'a str, Class<'a>>,
    /// By their start in the content.
    interpolations: BTreeMap<usize, Interpolation<'a>>,
    issues: BTreeSet<SyntaxIssue>,
    /// What is not allowed at its position, with the paths on which it is reached.
    dead_ends: BTreeMap<Span, PathSet<'a>>,
    is_complete: bool,
    /// The iteration of the innermost loop.
    iteration: Option<Iteration>,
    /// The assignments and loops so far, which give meaning to the template's own names.
    bindings: Bindings<'a>,
    /// The number of branches and loops around the current node. Assignments inside them are not certain.
    branch_depth: usize,
    visits: usize,
}

impl<'a> Reader<'a> {
    /// Executes nodes one after the other. Gives up if no state is left or the budget is used up.
    fn nodes(&mut self, nodes: Nodes<'a>, mut states: StateSet<'a>) -> StateSet<'a> {
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

    fn node(&mut self, node: &'a Node<'a>, states: StateSet<'a>) -> StateSet<'a> {
        match &node.kind {
            NodeKind::Text(text) => self.literal(text, node.span, states),
            NodeKind::Output(value) => self.interpolation(value, node.span, states),
            NodeKind::Tag { tag, .. } => self.tag(node, *tag, states),
        }
    }

    /// Advances every state. If a state has no successor, `step` returns what is not allowed there, which becomes a
    /// dead end.
    fn advance(
        &mut self,
        states: StateSet<'a>,
        step: impl Fn(&mut Self, ParserState) -> Result<ParserState, Span>,
    ) -> StateSet<'a> {
        let mut after = StateSet::default();
        for ReachedState { state, paths } in states.0 {
            match step(self, state) {
                Ok(state) => {
                    if !after.join(StateSet(vec![ReachedState { state, paths }])) {
                        self.is_complete = false;
                        return StateSet::default();
                    }
                }
                Err(span) => {
                    self.is_complete = false;
                    if self.dead_ends.len() < MAX_DEAD_ENDS || self.dead_ends.contains_key(&span) {
                        self.dead_ends.entry(span).or_default().join(paths);
                    }
                }
            }
        }
        after
    }

    /// Reads literal text, which the node at `span` prints.
    fn literal(&mut self, text: &str, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        self.advance(states, |reader, state| {
            let character = |at: usize| text.get(at - span.start..).and_then(|rest| rest.chars().next());
            let character_span = |at: usize| Some(Span::new(at, at + character(at)?.len_utf8()));
            state.read(text, span.start, &mut reader.issues).map_err(|at| character_span(at).unwrap_or(span))
        })
    }

    /// Judges an expression that is printed in every state, and continues behind it.
    fn interpolation(&mut self, value: &'a FilteredValue<'a>, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        let names = &self.names;
        let class = Class::from_expression(value, &|name| names.get(name).copied());
        if let Class::Literal(text) = class {
            return self.literal(text, span, states);
        }
        for ReachedState { state, .. } in &states.0 {
            let position = state.position();
            let verdict = if class.fits(position) {
                Verdict::Safe
            } else if matches!(class, Class::Unknown) && self.is_unknown_name(value)
                || position == JsonPosition::Elsewhere
            {
                Verdict::Unproven
            } else {
                match witness(self.source, value, position, self.language) {
                    Some((variable, witness)) => Verdict::Unsafe { variable, witness },
                    None => Verdict::Unproven,
                }
            };
            // The worst state counts.
            let interpolation = Interpolation { value, span, position, verdict };
            let known = self.interpolations.entry(span.start).or_insert_with(|| interpolation.clone());
            if known.verdict == Verdict::Safe {
                *known = interpolation;
            }
        }
        self.skip_hole(span, states)
    }

    /// Continues behind something that fits wherever it is printed.
    fn skip_hole(&mut self, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        self.advance(states, |_, state| state.skip_hole().ok_or(span))
    }

    /// Whether an expression may read a name that the template has set to something unknown, so that no value of the
    /// data is known to be a witness.
    fn is_unknown_name(&self, value: &FilteredValue<'_>) -> bool {
        let [Step::Operand(operand)] = value.expression.steps else { return true };
        let OperandKind::Path { base: None, segments: [first, ..] } = operand.kind else { return true };
        match first.key {
            SegmentKey::Name(name) => self.names.get(name).is_some_and(|class| *class != Class::Variable),
            SegmentKey::Computed(_) => true,
        }
    }

    fn tag(&mut self, node: &'a Node<'a>, tag: &'a dyn Tag, mut states: StateSet<'a>) -> StateSet<'a> {
        for part in tag.parts() {
            if states.0.is_empty() {
                break;
            }
            states = self.part(node, &part, states);
        }
        states
    }

    fn part(&mut self, node: &'a Node<'a>, part: &Part<'a>, states: StateSet<'a>) -> StateSet<'a> {
        match part {
            Part::Arguments(_) | Part::Capture { .. } => states,
            Part::Print(printed) => self.print(printed, node.span, states),
            Part::Count(_) => self.skip_hole(node.span, states),
            Part::Cycle { .. } | Part::Withheld(_) | Part::Template(_) => self.unknown_output(node.span, states),
            Part::Assign { .. } => {
                if self.branch_depth == 0 && self.bindings.assigns.len() < MAX_ASSIGNS {
                    self.bindings.assigns.push(node.span.of(self.source));
                }
                states
            }
            Part::Body { body, .. } => self.nodes(body, states),
            Part::Branches { branches, otherwise } => self.conditional(branches, otherwise, states),
            Part::Case { head, arms, otherwise } => self.case(head, arms, otherwise, states),
            Part::Loop(each) => self.loop_over(each, node.span, states),
            Part::Stop => {
                // Where rendering continues after `break` is not followed.
                self.is_complete = false;
                StateSet::default()
            }
        }
    }

    fn print(&mut self, printed: &Printed<'a>, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        match printed {
            Printed::Value(value) => self.interpolation(value, span, states),
            Printed::Text(text) => self.literal(text, span, states),
            Printed::Number => self.skip_hole(span, states),
        }
    }

    /// A tag prints something of which nothing is known.
    fn unknown_output(&mut self, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        self.is_complete = false;
        self.skip_hole(span, states.with_unknown_paths())
    }

    /// Branches of which at most one is rendered.
    fn conditional(&mut self, branches: &[Branch<'a>], otherwise: Nodes<'a>, states: StateSet<'a>) -> StateSet<'a> {
        // The states if no branch has been rendered so far, and those after a branch that has.
        let (mut rest, mut done) = (states, StateSet::default());
        for branch in branches {
            if rest.0.is_empty() {
                break;
            }
            let rendered = self.conditional_branch(branch, &mut rest);
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, rest, done)
    }

    /// The states after a branch. `rest` becomes the states in which it is not rendered.
    fn conditional_branch(&mut self, branch: &Branch<'a>, rest: &mut StateSet<'a>) -> StateSet<'a> {
        let Branch { condition, expected, body } = *branch;
        match self.evaluate(condition) {
            Some(answer) if answer == expected => self.nodes(body, std::mem::take(rest)),
            Some(_) => StateSet::default(),
            None => {
                let holds = BranchCondition::Holds(condition.span.of(self.source).trim());
                let mut operands = Vec::new();
                condition.each_operand(&mut |operand| operands.push(operand));
                let decision = self.decision(holds, condition.span, &operands, expected);
                self.branch(body, &decision, rest)
            }
        }
    }

    /// The arms of a `case`. An arm is assumed to be rendered alone: data for which several arms match is not followed.
    fn case(
        &mut self,
        head: &'a FilteredValue<'a>,
        arms: &[Arm<'a>],
        otherwise: Nodes<'a>,
        states: StateSet<'a>,
    ) -> StateSet<'a> {
        let (mut rest, mut done) = (states, StateSet::default());
        for arm in arms {
            if rest.0.is_empty() {
                break;
            }
            let rendered = self.arm(head, arm, &mut rest);
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, rest, done)
    }

    /// The states after an arm. `rest` becomes the states in which it is not rendered.
    fn arm(&mut self, head: &'a FilteredValue<'a>, arm: &Arm<'a>, rest: &mut StateSet<'a>) -> StateSet<'a> {
        let Some((first, last)) = arm.values.first().zip(arm.values.last()) else { return StateSet::default() };
        let span = Span::new(first.span.start, last.span.end);
        let is_one_of = BranchCondition::IsOneOf(head.span.of(self.source).trim(), span.of(self.source).trim());
        let mut operands: Vec<_> = arm.values.iter().collect();
        head.each_operand(&mut |operand| operands.push(operand));
        let decision = self.decision(is_one_of, span, &operands, true);
        self.branch(arm.body, &decision, rest)
    }

    /// The join of the states after the branches of a tag and those after its `else`.
    fn otherwise(&mut self, nodes: Nodes<'a>, rest: StateSet<'a>, mut done: StateSet<'a>) -> StateSet<'a> {
        let rest = if rest.0.is_empty() {
            rest
        } else {
            self.branch_depth += 1;
            let rendered = self.nodes(nodes, rest);
            self.branch_depth -= 1;
            rendered
        };
        self.join(&mut done, rest);
        done
    }

    /// The states after nodes that are rendered under a decision. `rest` becomes the states under the opposite
    /// decision.
    fn branch(&mut self, nodes: Nodes<'a>, decision: &BranchDecision<'a>, rest: &mut StateSet<'a>) -> StateSet<'a> {
        let inside = rest.after(decision);
        *rest = rest.after(&BranchDecision { answer: !decision.answer, ..decision.clone() });
        self.branch_depth += 1;
        let rendered = self.nodes(nodes, inside);
        self.branch_depth -= 1;
        rendered
    }

    /// A decision about these operands, with the bindings of their names.
    fn decision(
        &self,
        condition: BranchCondition<'a>,
        span: Span,
        operands: &[&Operand<'a>],
        answer: bool,
    ) -> BranchDecision<'a> {
        let names = |operand: &&Operand<'a>| match operand.kind {
            OperandKind::Path { base: None, segments: [Segment { key: SegmentKey::Name(name), .. }, ..] } => {
                Some(*name)
            }
            _ => None,
        };
        let is_about_data = operands.iter().filter_map(names).all(|name| !self.names.contains_key(name));
        let bindings = if is_about_data { Rc::default() } else { Rc::new(self.bindings.clone()) };
        BranchDecision { condition, answer, span, bindings }
    }

    /// Joins states; gives up if there are too many.
    fn join(&mut self, states: &mut StateSet<'a>, others: StateSet<'a>) {
        if !states.join(others) {
            self.is_complete = false;
            states.0.clear();
        }
    }

    /// No iteration and `else`, one iteration, or several.
    fn loop_over(&mut self, each: &Loop<'a>, span: Span, states: StateSet<'a>) -> StateSet<'a> {
        let states = if each.has_markup { self.unknown_output(span, states) } else { states };
        if states.0.is_empty() {
            return states;
        }
        let collection = each.collection.span.of(self.source);
        let mut operands = Vec::new();
        each.collection.each_operand(&mut |operand| operands.push(operand));
        let any = self.decision(BranchCondition::HasAny(collection), each.collection.span, &operands, true);
        let several = BranchDecision { condition: BranchCondition::HasSeveral(collection), ..any.clone() };
        let before = states.after(&any);
        let none = states.after(&BranchDecision { answer: false, ..any });
        self.bindings.loops.push((each.element, collection));
        self.branch_depth += 1;
        let alone = before.after(&BranchDecision { answer: false, ..several.clone() });
        let done = self.iterations(each.body, alone, before.after(&several));
        self.branch_depth -= 1;
        self.bindings.loops.pop();
        self.otherwise(each.otherwise, none, done)
    }

    /// The states after the only iteration of a loop, or after the last one.
    fn iterations(&mut self, body: Nodes<'a>, alone: StateSet<'a>, several: StateSet<'a>) -> StateSet<'a> {
        let outer = self.iteration;
        self.iteration = Some(Iteration { is_first: true, is_last: true });
        let mut after = self.nodes(body, alone);
        let last = self.states_before_last(body, several);
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
    fn states_before_last(&mut self, body: Nodes<'a>, before: StateSet<'a>) -> StateSet<'a> {
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
            if between.has_same_states(&known) {
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
