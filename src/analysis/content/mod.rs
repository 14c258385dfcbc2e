//! Content: a template's text as JSON with holes, on every way that it may be rendered.

mod hole;
mod machine;

use std::collections::{BTreeMap, BTreeSet};

use hole::{Class, witness};
pub use machine::{Position, Slip};
use machine::{State, States};

use crate::liquid::operators::Operator;
use crate::liquid::tree::{FilteredValue, Node, NodeKind, Nodes, OperandKind, Part, Printed, SegmentKey, Step, When};
use crate::liquid::visit::each_part;
use crate::liquid::{Language, Span, Template, Value};

/// What is known of a content as JSON.
#[derive(Clone, Debug)]
pub struct ContentProof<'a> {
    /// The expressions that are printed, in order.
    pub holes: Vec<Hole<'a>>,
    /// What is wrong whatever is printed.
    pub slips: BTreeSet<Slip>,
    /// Whether every way that the content may be rendered could be followed to its end.
    pub is_complete: bool,
}

/// An expression that is printed.
#[derive(Clone, Debug)]
pub struct Hole<'a> {
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
    /// let verdicts: Vec<_> = proof.holes.into_iter().map(|hole| hole.verdict).collect();
    /// assert_eq!(verdicts, [witness, Verdict::Safe]);
    /// ```
    #[must_use]
    pub fn of(content: Template<'a>) -> Self {
        let mut reader = Reader {
            source: content.source,
            language: content.language,
            names: classes(content.nodes),
            holes: BTreeMap::new(),
            slips: BTreeSet::new(),
            is_complete: true,
            turn: None,
            steps: 0,
        };
        let states = reader.nodes(content.nodes, States(vec![State::start()]));
        let is_complete = reader.is_complete && !states.0.is_empty();
        // Where a way was given up, what was found on others may not be what is rendered.
        Self { holes: reader.holes.into_values().collect(), slips: reader.slips, is_complete }
    }
}

/// What the names print that the template itself gives; those of loops hold whatever the data has.
fn classes(nodes: Nodes<'_>) -> BTreeMap<&str, Class<'_>> {
    let mut classes = BTreeMap::new();
    each_part(nodes, &mut |_, part| match part {
        Part::Name { name, value, .. } => {
            let named = |_: &str| None;
            let class = value.map_or(Class::Unknown, |value| Class::of(value, &named));
            // A missing variable is null there, whatever it is otherwise.
            let class =
                if matches!(class, Class::Json | Class::Count | Class::Number | Class::Plain | Class::Literal(_))
                    || value.is_some_and(is_plain)
                {
                    class
                } else {
                    Class::Unknown
                };
            classes
                .entry(*name)
                .and_modify(|known| {
                    if *known != class {
                        *known = Class::Unknown;
                    }
                })
                .or_insert(class);
        }
        Part::Nodes { names, .. } => {
            for name in names.iter().filter(|name| !name.is_empty()) {
                classes.entry(*name).and_modify(|known| *known = Class::Unknown).or_insert(Class::Variable);
            }
        }
        _ => {}
    });
    classes
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
/// How often a loop is gone through to see where its turns may begin.
const MAX_TURNS: usize = 4;

struct Reader<'a> {
    source: &'a str,
    language: &'a Language,
    names: BTreeMap<&'a str, Class<'a>>,
    /// By where they begin.
    holes: BTreeMap<usize, Hole<'a>>,
    slips: BTreeSet<Slip>,
    is_complete: bool,
    turn: Option<Turn>,
    steps: usize,
}

impl<'a> Reader<'a> {
    fn nodes(&mut self, nodes: Nodes<'a>, mut states: States) -> States {
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

    fn node(&mut self, node: &'a Node<'a>, states: States) -> States {
        match &node.kind {
            NodeKind::Text(text) => self.text(text, node.span.start, states),
            NodeKind::Output(value) => self.hole(value, node.span, states),
            NodeKind::Tag { tag, .. } => self.tag(node, &tag.parts(), states),
        }
    }

    fn each(&mut self, states: States, step: impl Fn(&mut Self, State) -> Option<State>) -> States {
        let mut after = States::default();
        for state in states.0 {
            match step(self, state) {
                Some(state) => {
                    if !after.add(States(vec![state])) {
                        self.is_complete = false;
                        return States::default();
                    }
                }
                None => self.is_complete = false,
            }
        }
        after
    }

    fn text(&mut self, text: &str, offset: usize, states: States) -> States {
        self.each(states, |reader, state| state.read(text, offset, &mut reader.slips))
    }

    fn hole(&mut self, value: &'a FilteredValue<'a>, span: Span, states: States) -> States {
        let names = &self.names;
        let class = Class::of(value, &|name| names.get(name).copied());
        if let Class::Literal(text) = class {
            return self.text(text, span.start, states);
        }
        for state in &states.0 {
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
            let hole = Hole { value, span, position, verdict };
            let known = self.holes.entry(span.start).or_insert_with(|| hole.clone());
            if known.verdict == Verdict::Safe {
                *known = hole;
            }
        }
        self.each(states, |_, state| state.pass_hole())
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

    fn tag(&mut self, node: &'a Node<'a>, parts: &[Part<'a>], states: States) -> States {
        // What is left where none of the nodes so far were rendered, and what has been rendered.
        let (mut rest, mut done) = (states, States::default());
        let mut has_branches = false;
        for part in parts {
            match part {
                Part::Print(printed) => {
                    rest = match printed {
                        Printed::Value(value) => self.hole(value, node.span, rest),
                        Printed::Text(text) => self.text(text, node.span.start, rest),
                        Printed::Number => self.each(rest, |_, state| state.pass_hole()),
                        Printed::Something => {
                            self.is_complete = false;
                            self.each(rest, |_, state| state.pass_hole())
                        }
                    };
                }
                Part::Stop => {
                    // Where the text goes on is not followed.
                    self.is_complete = false;
                    return States::default();
                }
                Part::Nodes { nodes, when, .. } => match when {
                    When::Captured => {}
                    When::Always => rest = self.nodes(nodes, rest),
                    When::Each(_) => {
                        has_branches = true;
                        let looped = self.loop_over(nodes, rest.clone());
                        self.join(&mut done, looped);
                    }
                    When::Holds { condition, expected } => {
                        has_branches = true;
                        match self.known(condition) {
                            Some(answer) if answer == *expected => {
                                let rendered = self.nodes(nodes, std::mem::take(&mut rest));
                                self.join(&mut done, rendered);
                                return done;
                            }
                            Some(_) => {}
                            None => {
                                let rendered = self.nodes(nodes, rest.clone());
                                self.join(&mut done, rendered);
                            }
                        }
                    }
                    When::Equals { .. } => {
                        has_branches = true;
                        let rendered = self.nodes(nodes, rest.clone());
                        self.join(&mut done, rendered);
                    }
                    When::Otherwise => {
                        rest = self.nodes(nodes, rest);
                    }
                },
                _ => {}
            }
        }
        if has_branches {
            self.join(&mut done, rest);
            return done;
        }
        rest
    }

    fn join(&mut self, states: &mut States, others: States) {
        if !states.add(others) {
            self.is_complete = false;
            states.0.clear();
        }
    }

    /// The turns of a loop: one alone, or a first, some in between, and a last one.
    fn loop_over(&mut self, body: Nodes<'a>, before: States) -> States {
        let outer = self.turn;
        self.turn = Some(Turn { is_first: true, is_last: true });
        let mut after = self.nodes(body, before.clone());
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
            if between == known {
                break;
            }
            if turn == MAX_TURNS {
                self.is_complete = false;
                break;
            }
        }
        self.turn = Some(Turn { is_first: false, is_last: true });
        if !between.0.is_empty() {
            let last = self.nodes(body, between);
            self.join(&mut after, last);
        }
        self.turn = outer;
        after
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
