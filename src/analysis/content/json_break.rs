//! Counterexamples: data with which the content renders to something that is not valid JSON.
//!
//! The [reader](super) finds dead ends: spans of the template that no JSON can have there, each with the known
//! [path conditions](super::path_condition) under which rendering reaches them. That is only a suspicion, because data
//! for the path may not exist. Nothing is decided by reasoning here. Data is made up, tried, and only a failing render
//! counts:
//!
//! 1. Each decision of the path becomes a [`Constraint`]: a small template that prints `1` or `0`
//!    (`{% if C %}1{% else %}0{% endif %}`, inside the loops and after the assignments that give meaning to its
//!    names), and candidates for each variable that it reads.
//! 2. [`Search::solve`] is a backtracking search. It assigns candidates to the variables of the first constraint until
//!    rendering that gives the wanted answer, then does the same for the next one, keeping what is assigned already.
//! 3. When all constraints hold, [`Search::counterexample`] renders the whole content with this data. It counts if JSON
//!    parsing fails, and if the source map says that the dead end's node has printed the offending byte.
//!
//! # What the budgets give up
//!
//! Every budget only loses counterexamples. None makes a wrong one. Per dead end [`MAX_TRIES`] assignments and
//! [`MAX_RENDERS`] renders are tried, per content [`MAX_TRIED`] and [`MAX_RENDERED`] bytes of templates are parsed and
//! rendered, and at most [`MAX_BREAKS`] counterexamples are reported. A condition with more than [`MAX_VARIABLES`]
//! variables, or with variables that no request can set, is not tried at all.
//!
//! # An example
//!
//! In `{"a": {% if trigger.x %}1{% endif %}}`, the `}` at the end is a dead end on the path "`trigger.x` is false". The
//! constraint `{% if trigger.x %}1{% else %}0{% endif %}` has to print `0`. The first candidate `true` prints `1`, the
//! second, `false`, prints `0`. With `{"trigger": {"x": false}}`, the content renders to `{"a": }`, and the parser
//! stops at the `}` of the dead end.

use std::collections::BTreeMap;

use super::super::kind::Kind;
use super::super::needs::Needs;
use super::super::path::{Path, PathStep};
use super::path_condition::{BranchCondition, BranchDecision, PathCondition, PathSet};
use crate::liquid::syntax::tree::OperandKind;
use crate::liquid::syntax::visit::each_operand;
use crate::liquid::value::json;
use crate::liquid::{Arena, Limits, Options, Output, Span, Template, Value};
use crate::message::{NAMES, SENT_NAMES};

/// A counterexample: data with which the content is not valid JSON, whatever its interpolations print.
#[derive(Clone, Debug)]
pub struct JsonBreak<'a> {
    /// What is not allowed at its position, in the content; the end of the content if something is missing there.
    pub span: Span,
    /// The error of the JSON parser.
    pub error: String,
    /// The decisions under which rendering reaches the span. Empty if it always does.
    pub decisions: Vec<BranchDecision<'a>>,
    /// The variables of a message for which this happens, as JSON.
    pub data: String,
}

/// How many counterexamples are reported.
const MAX_BREAKS: usize = 20;
/// How many assignments are tried for one path.
const MAX_TRIES: usize = 2_000;
/// How much is tried for all paths together, in bytes of templates that are parsed and rendered.
const MAX_TRIED: usize = 4 << 20;
/// The fixed cost of a try, in bytes.
const TRIAL_COST: usize = 200;
/// How often the content is rendered for one path.
const MAX_RENDERS: usize = 6;
/// How much is rendered for all paths together, in bytes of the content.
const MAX_RENDERED: usize = 8 << 20;
/// How many variables a condition may have to be tried.
const MAX_VARIABLES: usize = 3;
/// The limits of each render.
const LIMITS: Limits = Limits {
    parse_length: 1 << 22,
    render_time: std::time::Duration::from_millis(200),
    memory: 1e6,
    output: 1 << 22,
    arena: 1 << 24,
};
/// A loop variable that no template uses.
const ELEMENT: &str = "inkproof_element";

/// What the data may have at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Candidate {
    /// The key does not exist.
    Missing,
    /// This JSON.
    Json(String),
    /// An array with this number of elements.
    Elements(usize),
}

/// The data that has been chosen so far, by path.
type Assignment<'t> = BTreeMap<Path<'t>, Candidate>;

/// A branch decision that data has to lead to.
struct Constraint<'t> {
    /// A template that prints `1` if the condition is true and `0` if it is false, once for each round of the loops
    /// around it.
    probe: Template<'t>,
    /// The digit of the wanted answer.
    answer: char,
    /// All paths that the probe reads.
    paths: Vec<Path<'t>>,
    /// The variables, with the candidates for each, the likeliest first.
    variables: Vec<(Path<'t>, Vec<Candidate>)>,
}

/// The search for counterexamples in one content, with what is left of its budgets.
struct Search<'t> {
    content: Template<'t>,
    arena: &'t Arena,
    /// All paths that the content reads.
    paths: Vec<Path<'t>>,
    /// What is left of [`MAX_TRIES`] and [`MAX_RENDERS`] for the current path.
    tries: usize,
    renders: usize,
    /// What has been used of [`MAX_TRIED`] and [`MAX_RENDERED`].
    tried: usize,
    rendered: usize,
}

/// Looks for a counterexample at each dead end. Dead ends without one are left out.
pub(super) fn find_breaks<'a>(content: Template<'a>, dead_ends: BTreeMap<Span, PathSet<'a>>) -> Vec<JsonBreak<'a>> {
    if dead_ends.is_empty() {
        return Vec::new();
    }
    let arena = Arena::new();
    let mut search = Search::new(content, &arena);
    let mut breaks = Vec::new();
    for (span, paths) in dead_ends {
        let found = paths.0.into_iter().find_map(|path| Some((search.find(&path, span)?, path)));
        if let Some(((error, data), path)) = found {
            let decisions = without_detours(path, &breaks);
            breaks.push(JsonBreak { span, error, decisions, data });
        }
        if breaks.len() == MAX_BREAKS || search.tried > MAX_TRIED || search.rendered > MAX_RENDERED {
            break;
        }
    }
    breaks
}

impl<'t> Search<'t> {
    fn new(content: Template<'t>, arena: &'t Arena) -> Self {
        let paths = reads_of(content, arena).into_iter().map(|(path, _)| path).collect();
        Self { content, arena, paths, tries: 0, renders: 0, tried: 0, rendered: 0 }
    }

    /// The parser's error at `span` and the data that causes it, on this path.
    fn find(&mut self, path: &PathCondition<'_>, span: Span) -> Option<(String, String)> {
        let language = self.content.language;
        let constraints: Option<Vec<_>> = path
            .0
            .iter()
            .map(|decision| {
                let source = self.arena.alloc_str(&probe(decision));
                self.tried += source.len() + 10 * TRIAL_COST;
                let probe = Template::parse_limited(source, language, self.arena, LIMITS.parse_length).ok()?;
                Constraint::new(probe, decision.answer, self.arena)
            })
            .collect();
        (self.tries, self.renders) = (MAX_TRIES, MAX_RENDERS);
        self.solve(&constraints?, 0, &mut Assignment::new(), span)
    }

    /// Extends an assignment so that all constraints hold and the content breaks at `span`. `assigned` is the number of
    /// variables of the first constraint that have a candidate already. Backtracks if there is no such extension.
    fn solve(
        &mut self,
        constraints: &[Constraint<'t>],
        assigned: usize,
        assignment: &mut Assignment<'t>,
        span: Span,
    ) -> Option<(String, String)> {
        let Some((first, rest)) = constraints.split_first() else { return self.counterexample(assignment, span) };
        let Some((path, candidates)) = first.variables.get(assigned) else {
            self.tries = if self.tried > MAX_TRIED { 0 } else { self.tries.checked_sub(1)? };
            self.tried += first.probe.source.len() + TRIAL_COST;
            return if first.holds(assignment) { self.solve(rest, 0, assignment, span) } else { None };
        };
        // An earlier constraint has chosen for it.
        if assignment.contains_key(path) {
            return self.solve(constraints, assigned + 1, assignment, span);
        }
        for candidate in candidates {
            assignment.insert(path.clone(), candidate.clone());
            let found = self.solve(constraints, assigned + 1, assignment, span);
            if found.is_some() || self.tries == 0 || self.renders == 0 {
                return found;
            }
        }
        assignment.remove(path);
        None
    }

    /// Renders the content with an assignment. Returns the parser's error and the data if it breaks at `span`.
    fn counterexample(&mut self, assignment: &Assignment<'t>, span: Span) -> Option<(String, String)> {
        self.renders = self.renders.checked_sub(1)?;
        self.rendered += self.content.source.len();
        if self.rendered > MAX_RENDERED {
            return None;
        }
        let data = data(&self.paths, assignment);
        let mut out = Output::with_marks();
        render(self.content, &data, &mut out)?;
        let arena = Arena::new();
        let error = json::read_with_trailing_commas(out.text(), &arena).err()?;
        self.has_printed(span, &out, error.offset).then_some((error.message, data))
    }

    /// Whether the node around `span` has printed the byte at `offset`. The end of the output belongs to the end of the
    /// content.
    fn has_printed(&self, span: Span, out: &Output, offset: usize) -> bool {
        if offset >= out.text().trim_end().len() && span.end == self.content.source.len() {
            return true;
        }
        let printer = out.marks().iter().find(|mark| mark.written.end > offset);
        printer.is_some_and(|mark| mark.span.start <= span.start && span.end <= mark.span.end)
    }
}

impl<'t> Constraint<'t> {
    /// `None` if the condition depends on something that no request can set, or has too many variables to try.
    fn new(probe: Template<'t>, answer: bool, arena: &'t Arena) -> Option<Self> {
        let reads = reads_of(probe, arena);
        let paths: Vec<_> = reads.iter().map(|(path, _)| path.clone()).collect();
        let is_innermost = |path: &Path<'_>| {
            let inner = paths.iter().filter(|other| *other != path && other.is_within(path));
            // The array decides whether it has elements, not the element.
            inner.into_iter().all(|other| other.steps[path.steps.len()..] == [PathStep::Element])
        };
        let literals = literals(probe);
        let variables = reads.iter().filter(|(path, _)| is_innermost(path) && !path.steps.is_empty());
        let variables: Vec<_> = variables.map(|(path, kind)| (path.clone(), candidates(*kind, &literals))).collect();
        let depends_on_request = paths.iter().all(|path| SENT_NAMES.contains(&path.root));
        let answer = if answer { '1' } else { '0' };
        let constraint = Self { probe, answer, paths, variables };
        (depends_on_request && constraint.variables.len() <= MAX_VARIABLES).then_some(constraint)
    }

    /// Whether the condition always has the wanted answer: in every round of the loops around it, and at least once.
    fn holds(&self, assignment: &Assignment<'t>) -> bool {
        let mut out = Output::new();
        let rendered = render(self.probe, &data(&self.paths, assignment), &mut out);
        rendered.is_some() && !out.is_empty() && out.text().chars().all(|digit| digit == self.answer)
    }
}

/// The decisions of a path without those that only avoid a break that is reported already: a path that has the opposite
/// answer, and all decisions of an earlier break, is not valid JSON either. Naming them would only lengthen the
/// message.
fn without_detours<'a>(mut path: PathCondition<'a>, reported: &[JsonBreak<'a>]) -> Vec<BranchDecision<'a>> {
    let mut at = 0;
    while at < path.0.len() {
        let mut opposite = path.clone();
        opposite.0[at].answer = !opposite.0[at].answer;
        if reported.iter().any(|known| opposite.implies(&known.decisions)) {
            path.0.remove(at);
        } else {
            at += 1;
        }
    }
    path.0
}

/// The source of a template that prints `1` if the condition is true and `0` if not, once for each round of the loops
/// around it.
fn probe(decision: &BranchDecision<'_>) -> String {
    let condition = match decision.condition {
        BranchCondition::Holds(condition) => format!("{{% if {condition} %}}1{{% else %}}0{{% endif %}}"),
        BranchCondition::IsOneOf(head, values) => {
            format!("{{% case {head} %}}{{% when {values} %}}1{{% else %}}0{{% endcase %}}")
        }
        BranchCondition::HasAny(collection) => format!(
            "{{% for {ELEMENT} in {collection} %}}{{% if forloop.first %}}1{{% endif %}}{{% else %}}0{{% endfor %}}"
        ),
        BranchCondition::HasSeveral(collection) => format!(
            "{{% for {ELEMENT} in {collection} %}}{{% if forloop.last %}}{{% if forloop.first %}}0{{% else %}}1\
             {{% endif %}}{{% endif %}}{{% else %}}0{{% endfor %}}"
        ),
    };
    let in_loop = |inner: String, (name, collection): &(&str, &str)| {
        format!("{{% for {name} in {collection} %}}{inner}{{% endfor %}}")
    };
    let looped = decision.bindings.loops.iter().rev().fold(condition, in_loop);
    // Inside a tag `liquid`, tags have no delimiters.
    let assign = |tag: &&str| if tag.starts_with("{%") { (*tag).to_owned() } else { format!("{{% {tag} %}}") };
    let assigns: String = decision.bindings.assigns.iter().map(assign).collect();
    assigns + &looped
}

/// The paths that a template reads, and the kind of value that it expects there.
fn reads_of<'t>(template: Template<'t>, arena: &'t Arena) -> Vec<(Path<'t>, Kind)> {
    let needs = Needs::from_templates(&[template], template.language, &|_| Vec::new(), arena);
    needs.by_path().into_iter().map(|need| (need.path, need.kind)).collect()
}

/// The literals of a template as JSON, because a condition may compare with them. For numbers also the neighbors, for
/// `<` and `>`, and the same number as a string.
fn literals(template: Template<'_>) -> Vec<String> {
    let mut found = Vec::new();
    each_operand(template.nodes, &mut |operand| match operand.kind {
        OperandKind::Literal(Value::String(text)) => {
            let mut quoted = String::new();
            json::write_string(text, &mut quoted);
            found.push(quoted);
        }
        OperandKind::Literal(Value::Number(number)) => {
            found.extend([number, number + 1.0, number - 1.0].map(|number| number.to_string()));
            found.push(format!("\"{number}\""));
        }
        _ => {}
    });
    found
}

/// Candidates for a variable, the likeliest first.
fn candidates(kind: Kind, literals: &[String]) -> Vec<Candidate> {
    let json = |text: &str| Candidate::Json(text.to_owned());
    let plain = ["true", "false", "1", "0", "\"a\"", "\"\"", "null"].map(json);
    let lists = [2, 1, 3, 0].map(Candidate::Elements);
    let literals = literals.iter().map(|literal| json(literal));
    let missing = std::iter::once(Candidate::Missing);
    if kind == Kind::List {
        lists.into_iter().chain(plain).chain(literals).chain(missing).collect()
    } else {
        plain.into_iter().chain(literals).chain(missing).chain(lists).collect()
    }
}

/// Renders with data. `None` if that fails.
fn render(template: Template<'_>, data: &str, out: &mut Output) -> Option<()> {
    let arena = Arena::new();
    let data = json::read_as(data, template.language.dialect().numbers, &arena).ok()?;
    let options = Options { now: Some(0.0), seed: Some(0), limits: LIMITS, ..Options::default() };
    template.render(data, &options, &arena, out).ok()
}

/// Data, as JSON, with something at each of these paths, and the assigned candidates at theirs.
fn data<'t>(paths: &[Path<'t>], assignment: &Assignment<'t>) -> String {
    let mut root = DataNode::default();
    let known = |path: &&Path<'_>| NAMES.contains(&path.root);
    for path in paths.iter().filter(known) {
        root.at(path);
    }
    for (path, candidate) in assignment {
        root.at(path).candidate = Some(candidate);
    }
    let mut text = String::new();
    root.write(&mut text);
    text
}

/// A node of the data under construction.
#[derive(Default)]
struct DataNode<'t, 'c> {
    candidate: Option<&'c Candidate>,
    fields: BTreeMap<&'t str, Self>,
    element: Option<Box<Self>>,
}

impl<'t> DataNode<'t, '_> {
    /// The node at a path, which is created if necessary.
    fn at(&mut self, path: &Path<'t>) -> &mut Self {
        let root = self.fields.entry(path.root).or_default();
        path.steps.iter().fold(root, |node, step| match step {
            PathStep::Key(key) => node.fields.entry(key).or_default(),
            PathStep::Element => node.element.get_or_insert_default(),
        })
    }

    /// Writes the candidate if there is one; else an array, an object or `1`, as the paths below it need.
    fn write(&self, out: &mut String) {
        let elements = match (self.candidate, &self.element) {
            (Some(Candidate::Json(text)), _) => return out.push_str(text),
            (Some(Candidate::Elements(count)), _) => *count,
            (_, Some(_)) => 1,
            (_, None) if self.fields.is_empty() => return out.push('1'),
            _ => return self.write_fields(out),
        };
        out.push('[');
        for at in 0..elements {
            if at > 0 {
                out.push(',');
            }
            match &self.element {
                Some(element) => element.write(out),
                None => out.push('1'),
            }
        }
        out.push(']');
    }

    fn write_fields(&self, out: &mut String) {
        out.push('{');
        let fields = self.fields.iter().filter(|(_, node)| node.candidate != Some(&Candidate::Missing));
        for (at, (name, node)) in fields.enumerate() {
            if at > 0 {
                out.push(',');
            }
            json::write_string(name, out);
            out.push(':');
            node.write(out);
        }
        out.push('}');
    }
}
