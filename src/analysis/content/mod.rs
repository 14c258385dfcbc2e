//! Content: the text of a template as JSON with holes, along every path on which it may be rendered.
//!
//! The reader goes through the nodes in the order of rendering. It holds a set of [`States`]: every position of a JSON parser
//! (`machine.rs`) that can be reached so far, each with the decisions that lead there (`path_condition.rs`). Literal text moves every
//! position on. A printed expression is a hole: its [`Class`] says what it can print, and the position whether that fits.
//! Text that does not fit is a dead end, and `json_break.rs` looks for data that leads to it.
//!
//! - Branches and arms are read from the same positions, each under its decision, and joined afterwards. An arm of a `case`
//!   is taken to be rendered alone.
//! - A loop has no turn, one alone, or a first, some in between and a last, so that `forloop.first` and `forloop.last` are
//!   known in each. The turns in between are repeated until no new position is reached.
//! - `is_complete` is false if the reader gave up somewhere: at a dead end, at a `break`, at text that is only known when
//!   rendering, at too many positions, turns or nodes. Then nothing is claimed about the positions that were given up.

mod interpolation;
mod json_break;
mod machine;
mod path_condition;
mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use interpolation::{Class, witness};
use json_break::BreakSearch;
pub use json_break::JsonBreak;
use machine::State;
pub use machine::{Position, SyntaxIssue};
pub use path_condition::{BranchCondition, BranchDecision};
use path_condition::{PathSet, Scope};
use states::{Reached, States};

use crate::liquid::engine::tag::Tag;
use crate::liquid::syntax::part::{Arm, Branch, Loop, Part, Printed, Target};
use crate::liquid::syntax::tree::{
    FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey, Step,
};
use crate::liquid::syntax::visit::each_part;
use crate::liquid::value::operators::Operator;
use crate::liquid::{Language, Span, Template, Value};

/// What is known of a content as JSON.
#[derive(Clone, Debug)]
pub struct ContentProof<'a> {
    /// The expressions that are printed, in order.
    pub interpolations: Vec<Interpolation<'a>>,
    /// What is wrong whatever is printed.
    pub issues: BTreeSet<SyntaxIssue>,
    /// Where it is no JSON on some way, whatever is printed; each place once.
    pub breaks: Vec<JsonBreak<'a>>,
    /// Whether every way that the content may be rendered could be followed to its end.
    pub is_complete: bool,
}

/// An expression that is printed.
#[derive(Clone, Debug)]
pub struct Interpolation<'a> {
    /// The expression.
    pub value: &'a FilteredValue<'a>,
    /// All of its output or tag.
    pub span: Span,
    /// Where in the JSON it stands.
    pub position: Position,
    /// Whether it can break the JSON.
    pub verdict: Verdict,
}

/// Whether an expression can break the JSON it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing that it can print does.
    Safe,
    /// It does where this variable holds this value, which is written as JSON.
    Unsafe {
        /// The variable, as it is written.
        variable: String,
        /// The value.
        witness: &'static str,
    },
    /// Nobody knows.
    Unproven,
}

impl<'a> ContentProof<'a> {
    /// What is known of a content.
    ///
    /// ```
    /// use inkproof::analysis::{ContentProof, Verdict};
    /// use inkproof::customerio::CUSTOMERIO;
    /// use inkproof::liquid::{Arena, Template};
    /// let arena = Arena::new();
    /// let source = r#"{"title": "{{ trigger.a }}", "body": {{ trigger.b | json }}}"#;
    /// let proof = ContentProof::of(Template::parse(source, &CUSTOMERIO, &arena).unwrap());
    /// let witness = Verdict::Unsafe { variable: "trigger.a".to_owned(), witness: r#""say \"hi\"""# };
    /// let verdicts: Vec<_> = proof.interpolations.into_iter().map(|interpolation| interpolation.verdict).collect();
    /// assert_eq!(verdicts, [witness, Verdict::Safe]);
    /// ```
    #[must_use]
    pub fn of(content: Template<'a>) -> Self {
        let mut reader = Reader {
            source: content.source,
            language: content.language,
            names: classes(content.nodes),
            interpolations: BTreeMap::new(),
            issues: BTreeSet::new(),
            dead_ends: BTreeMap::new(),
            is_complete: true,
            turn: None,
            scope: Scope::default(),
            branches: 0,
            steps: 0,
        };
        let states = reader.nodes(content.nodes, States::start());
        let end = Span::new(content.source.trim_end().len(), content.source.len());
        let is_somewhere = !states.0.is_empty();
        reader.each(states, |_, state| if state.is_whole() { Ok(state) } else { Err(end) });
        // Where a way was given up, what was found on others may not be what is rendered.
        let is_complete = reader.is_complete && is_somewhere;
        let breaks = BreakSearch::breaks(content, reader.dead_ends);
        Self {
            interpolations: reader.interpolations.into_values().collect(),
            issues: reader.issues,
            breaks,
            is_complete,
        }
    }
}

/// What the names print that the template itself gives; those of loops hold whatever the data has.
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

/// What a variable prints that is set to an expression. A missing variable is null there, whatever it is otherwise.
fn class_of_assigned<'a>(value: &FilteredValue<'a>) -> Class<'a> {
    let class = Class::of(value, &|_| None);
    let is_kept = matches!(class, Class::Json | Class::Count | Class::Number | Class::Plain | Class::Literal(_));
    if is_kept || is_plain(value) { class } else { Class::Unknown }
}

/// Whether an expression is a variable with no more than `default` after it.
fn is_plain(value: &FilteredValue<'_>) -> bool {
    let is_path = |step: &Step<'_>| matches!(step, Step::Operand(operand) if matches!(operand.kind, OperandKind::Path { base: None, .. }));
    value.expression.steps.len() == 1
        && value.expression.steps.iter().all(is_path)
        && value.filters.iter().all(|filter| filter.name == "default")
}

/// Which turn of a loop it is.
#[derive(Clone, Copy)]
struct Turn {
    is_first: bool,
    is_last: bool,
}

/// How many nodes are visited at most.
const MAX_VISITS: usize = 50_000;
/// How many places are kept at which it is no JSON.
const MAX_DEAD_ENDS: usize = 200;
/// How many tags that assign are kept to know what names mean.
const MAX_ASSIGNS: usize = 50;
/// How often a loop is gone through to see where its turns may begin.
const MAX_TURNS: usize = 4;

struct Reader<'a> {
    source: &'a str,
    language: &'a Language,
    names: BTreeMap<&'a str, Class<'a>>,
    /// By where they begin.
    interpolations: BTreeMap<usize, Interpolation<'a>>,
    issues: BTreeSet<SyntaxIssue>,
    /// What does not belong where it stands, by the ways on which it is come to.
    dead_ends: BTreeMap<Span, PathSet<'a>>,
    is_complete: bool,
    turn: Option<Turn>,
    /// What gives meaning to the names of the template's own.
    scope: Scope<'a>,
    /// How many tags that may not render what they hold stand around.
    branches: usize,
    steps: usize,
}

impl<'a> Reader<'a> {
    fn nodes(&mut self, nodes: Nodes<'a>, mut states: States<'a>) -> States<'a> {
        for node in nodes {
            if self.steps == MAX_VISITS || states.0.is_empty() {
                self.is_complete = false;
                return States::default();
            }
            self.steps += 1;
            states = self.node(node, states);
        }
        states
    }

    fn node(&mut self, node: &'a Node<'a>, states: States<'a>) -> States<'a> {
        match &node.kind {
            NodeKind::Text(text) => self.text(text, node.span, states),
            NodeKind::Output(value) => self.interpolation(value, node.span, states),
            NodeKind::Tag { tag, .. } => self.tag(node, *tag, states),
        }
    }

    /// Takes a step from every place. Where that is not possible, `step` tells what does not belong there.
    fn each(&mut self, states: States<'a>, step: impl Fn(&mut Self, State) -> Result<State, Span>) -> States<'a> {
        let mut after = States::default();
        for Reached { state, paths } in states.0 {
            match step(self, state) {
                Ok(state) => {
                    if !after.add(States(vec![Reached { state, paths }])) {
                        self.is_complete = false;
                        return States::default();
                    }
                }
                Err(place) => {
                    self.is_complete = false;
                    if self.dead_ends.len() < MAX_DEAD_ENDS || self.dead_ends.contains_key(&place) {
                        self.dead_ends.entry(place).or_default().add(paths);
                    }
                }
            }
        }
        after
    }

    /// Reads a text that the node at `span` prints.
    fn text(&mut self, text: &str, span: Span, states: States<'a>) -> States<'a> {
        self.each(states, |reader, state| {
            let character = |at: usize| text.get(at - span.start..).and_then(|rest| rest.chars().next());
            let place = |at: usize| Some(Span::new(at, at + character(at)?.len_utf8()));
            state.read(text, span.start, &mut reader.issues).map_err(|at| place(at).unwrap_or(span))
        })
    }

    fn interpolation(&mut self, value: &'a FilteredValue<'a>, span: Span, states: States<'a>) -> States<'a> {
        let names = &self.names;
        let class = Class::of(value, &|name| names.get(name).copied());
        if let Class::Literal(text) = class {
            return self.text(text, span, states);
        }
        for Reached { state, .. } in &states.0 {
            let position = state.position();
            let verdict = if class.fits(position) {
                Verdict::Safe
            } else if matches!(class, Class::Unknown) && self.is_own(value) || position == Position::Elsewhere {
                Verdict::Unproven
            } else {
                match witness(self.source, value, position, self.language) {
                    Some((variable, witness)) => Verdict::Unsafe { variable, witness },
                    None => Verdict::Unproven,
                }
            };
            // The worst way counts.
            let interpolation = Interpolation { value, span, position, verdict };
            let known = self.interpolations.entry(span.start).or_insert_with(|| interpolation.clone());
            if known.verdict == Verdict::Safe {
                *known = interpolation;
            }
        }
        self.pass_hole(span, states)
    }

    fn pass_hole(&mut self, span: Span, states: States<'a>) -> States<'a> {
        self.each(states, |_, state| state.pass_hole().ok_or(span))
    }

    /// Whether an expression is about a name that the template itself gives to something that nobody knows.
    fn is_own(&self, value: &FilteredValue<'_>) -> bool {
        let [Step::Operand(operand)] = value.expression.steps else { return true };
        let OperandKind::Path { base: None, segments: [first, ..] } = operand.kind else { return true };
        match first.key {
            SegmentKey::Name(name) => self.names.get(name).is_some_and(|class| *class != Class::Variable),
            SegmentKey::Computed(_) => true,
        }
    }

    fn tag(&mut self, node: &'a Node<'a>, tag: &'a dyn Tag, mut states: States<'a>) -> States<'a> {
        for part in tag.parts() {
            if states.0.is_empty() {
                break;
            }
            states = self.part(node, &part, states);
        }
        states
    }

    fn part(&mut self, node: &'a Node<'a>, part: &Part<'a>, states: States<'a>) -> States<'a> {
        match part {
            Part::Arguments(_) | Part::Capture { .. } => states,
            Part::Print(printed) => self.print(printed, node.span, states),
            Part::Count(_) => self.pass_hole(node.span, states),
            Part::Cycle { .. } | Part::Withheld(_) | Part::Template(_) => self.something(node.span, states),
            Part::Assign { .. } => {
                if self.branches == 0 && self.scope.assigns.len() < MAX_ASSIGNS {
                    self.scope.assigns.push(node.span.of(self.source));
                }
                states
            }
            Part::Body { body, .. } => self.nodes(body, states),
            Part::Branches { branches, otherwise } => self.conditional(branches, otherwise, states),
            Part::Case { head, arms, otherwise } => self.case(head, arms, otherwise, states),
            Part::Loop(of) => self.loop_over(of, node.span, states),
            Part::Stop => {
                // Where the text goes on is not followed.
                self.is_complete = false;
                States::default()
            }
        }
    }

    fn print(&mut self, printed: &Printed<'a>, span: Span, states: States<'a>) -> States<'a> {
        match printed {
            Printed::Value(value) => self.interpolation(value, span, states),
            Printed::Text(text) => self.text(text, span, states),
            Printed::Number => self.pass_hole(span, states),
        }
    }

    /// Something is printed of which nothing is known.
    fn something(&mut self, span: Span, states: States<'a>) -> States<'a> {
        self.is_complete = false;
        self.pass_hole(span, states.by_unknown_ways())
    }

    /// Branches of which one at most is rendered.
    fn conditional(&mut self, branches: &[Branch<'a>], otherwise: Nodes<'a>, states: States<'a>) -> States<'a> {
        // What is left where no branch so far was rendered, and what was rendered.
        let (mut rest, mut done) = (states, States::default());
        for branch in branches {
            if rest.0.is_empty() {
                break;
            }
            let rendered = self.conditional_branch(branch, &mut rest);
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, rest, done)
    }

    fn conditional_branch(&mut self, branch: &Branch<'a>, rest: &mut States<'a>) -> States<'a> {
        let Branch { condition, expected, body } = *branch;
        match self.known(condition) {
            Some(answer) if answer == expected => self.nodes(body, std::mem::take(rest)),
            Some(_) => States::default(),
            None => {
                let question = BranchCondition::Holds(condition.span.of(self.source).trim());
                let mut operands = Vec::new();
                condition.each_operand(&mut |operand| operands.push(operand));
                let decision = self.decision(question, condition.span, &operands, expected);
                self.branch(body, &decision, rest)
            }
        }
    }

    /// The arms of a `case`. An arm is taken to be rendered alone: data for which several match are not followed.
    fn case(
        &mut self,
        head: &'a FilteredValue<'a>,
        arms: &[Arm<'a>],
        otherwise: Nodes<'a>,
        states: States<'a>,
    ) -> States<'a> {
        let (mut rest, mut done) = (states, States::default());
        for arm in arms {
            if rest.0.is_empty() {
                break;
            }
            let rendered = self.arm(head, arm, &mut rest);
            self.join(&mut done, rendered);
        }
        self.otherwise(otherwise, rest, done)
    }

    fn arm(&mut self, head: &'a FilteredValue<'a>, arm: &Arm<'a>, rest: &mut States<'a>) -> States<'a> {
        let Some((first, last)) = arm.values.first().zip(arm.values.last()) else { return States::default() };
        let span = Span::new(first.span.start, last.span.end);
        let question = BranchCondition::IsOneOf(head.span.of(self.source).trim(), span.of(self.source).trim());
        let mut operands: Vec<_> = arm.values.iter().collect();
        head.each_operand(&mut |operand| operands.push(operand));
        let decision = self.decision(question, span, &operands, true);
        self.branch(arm.body, &decision, rest)
    }

    /// What is rendered where nothing of a tag was so far, joined with what was rendered of it.
    fn otherwise(&mut self, nodes: Nodes<'a>, rest: States<'a>, mut done: States<'a>) -> States<'a> {
        let rest = if rest.0.is_empty() {
            rest
        } else {
            self.branches += 1;
            let rendered = self.nodes(nodes, rest);
            self.branches -= 1;
            rendered
        };
        self.join(&mut done, rest);
        done
    }

    /// What is rendered where a decision falls so; what is left where it falls otherwise.
    fn branch(&mut self, nodes: Nodes<'a>, decision: &BranchDecision<'a>, rest: &mut States<'a>) -> States<'a> {
        let inside = rest.after(decision);
        *rest = rest.after(&BranchDecision { answer: !decision.answer, ..decision.clone() });
        self.branches += 1;
        let rendered = self.nodes(nodes, inside);
        self.branches -= 1;
        rendered
    }

    /// A decision about these operands.
    fn decision(
        &self,
        question: BranchCondition<'a>,
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
        let is_of_data = operands.iter().filter_map(names).all(|name| !self.names.contains_key(name));
        let scope = if is_of_data { Rc::default() } else { Rc::new(self.scope.clone()) };
        BranchDecision { question, answer, span, scope }
    }

    fn join(&mut self, states: &mut States<'a>, others: States<'a>) {
        if !states.add(others) {
            self.is_complete = false;
            states.0.clear();
        }
    }

    fn loop_over(&mut self, of: &Loop<'a>, span: Span, states: States<'a>) -> States<'a> {
        let states = if of.has_markup { self.something(span, states) } else { states };
        if states.0.is_empty() {
            return states;
        }
        let text = of.collection.span.of(self.source);
        let mut operands = Vec::new();
        of.collection.each_operand(&mut |operand| operands.push(operand));
        let any = self.decision(BranchCondition::HasAny(text), of.collection.span, &operands, true);
        let several = BranchDecision { question: BranchCondition::HasSeveral(text), ..any.clone() };
        let before = states.after(&any);
        let none = states.after(&BranchDecision { answer: false, ..any });
        self.scope.loops.push((of.element, text));
        self.branches += 1;
        let alone = before.after(&BranchDecision { answer: false, ..several.clone() });
        let done = self.turns(of.body, alone, before.after(&several));
        self.branches -= 1;
        self.scope.loops.pop();
        self.otherwise(of.otherwise, none, done)
    }

    /// The turns of a loop: one alone, or a first, some in between, and a last one.
    fn turns(&mut self, body: Nodes<'a>, alone: States<'a>, several: States<'a>) -> States<'a> {
        let outer = self.turn;
        self.turn = Some(Turn { is_first: true, is_last: true });
        let mut after = self.nodes(body, alone);
        let last = self.turns_before_last(body, several);
        self.turn = Some(Turn { is_first: false, is_last: true });
        if !last.0.is_empty() {
            let last = self.nodes(body, last);
            self.join(&mut after, last);
        }
        self.turn = outer;
        after
    }

    /// Where the last turn of a loop may begin, if it has several.
    fn turns_before_last(&mut self, body: Nodes<'a>, before: States<'a>) -> States<'a> {
        self.turn = Some(Turn { is_first: true, is_last: false });
        let mut between = self.nodes(body, before);
        self.turn = Some(Turn { is_first: false, is_last: false });
        for turn in 0.. {
            let known = between.clone();
            if known.0.is_empty() {
                break;
            }
            let next = self.nodes(body, known.clone());
            self.join(&mut between, next);
            if between.are_those_of(&known) {
                break;
            }
            if turn == MAX_TURNS {
                self.is_complete = false;
                break;
            }
        }
        between
    }

    /// What a condition on the turn of the loop comes to.
    fn known(&self, condition: &FilteredValue<'a>) -> Option<bool> {
        let turn = self.turn?;
        if !condition.filters.is_empty() {
            return None;
        }
        let of = |step: &Step<'_>| match step {
            Step::Operand(operand) => match operand.kind {
                OperandKind::Path { base: None, segments: [first, last] }
                    if matches!(first.key, SegmentKey::Name("forloop")) =>
                {
                    match last.key {
                        SegmentKey::Name("first") => Some(turn.is_first),
                        SegmentKey::Name("last") => Some(turn.is_last),
                        _ => None,
                    }
                }
                OperandKind::Literal(Value::Bool(flag)) => Some(flag),
                _ => None,
            },
            Step::Operator(..) => None,
        };
        match condition.expression.steps {
            [only] => of(only),
            [only, Step::Operator(Operator::Not, _)] => of(only).map(|answer| !answer),
            [left, right, Step::Operator(operator, _)] => {
                let (left, right) = (of(left)?, of(right)?);
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
