//! Breaks: where the content is no JSON on some way, each with data that takes that way.
//!
//! Whether data can take a way, and whether that breaks the JSON, nobody has to reason about: data is made up for each
//! decision of the way, tried at the decision alone, and then the whole content is rendered with it.

use std::collections::BTreeMap;

use super::super::kind::Kind;
use super::super::needs::Needs;
use super::super::path::{Path, Step};
use super::path_condition::{BranchCondition, BranchDecision, PathCondition, PathSet};
use crate::liquid::syntax::tree::OperandKind;
use crate::liquid::syntax::visit::each_operand;
use crate::liquid::value::json;
use crate::liquid::{Arena, Limits, Options, Output, Span, Template, Value};
use crate::message::{NAMES, SENT_NAMES};

/// A place at which the content is no JSON, whatever is printed.
#[derive(Clone, Debug)]
pub struct JsonBreak<'a> {
    /// What does not belong there, in the content; the end where something is missing there.
    pub place: Span,
    /// What is wrong.
    pub error: String,
    /// How a render comes there; nothing where each does.
    pub path_condition: Vec<BranchDecision<'a>>,
    /// The variables of a message that takes the way, as JSON.
    pub data: String,
}

/// How many breaks are told.
const MAX_BREAKS: usize = 20;
/// How much data is tried for the decisions of one way.
const MAX_TRIES: usize = 2_000;
/// How much is tried for all ways together, in bytes of what is parsed and rendered.
const MAX_TRIED: usize = 4 << 20;
/// What a trial costs whatever is tried, in bytes.
const TRIAL_COST: usize = 200;
/// How often the content is rendered for one way.
const MAX_RENDERS: usize = 6;
/// How much of contents is rendered for all ways together, in bytes of the template.
const MAX_RENDERED: usize = 8 << 20;
/// How many variables of one decision are tried.
const MAX_VARIED: usize = 3;
/// What every trial may use up.
const LIMITS: Limits = Limits {
    parse_length: 1 << 22,
    render_time: std::time::Duration::from_millis(200),
    memory: 1e6,
    output: 1 << 22,
    arena: 1 << 24,
};
/// A name that no template gives.
const ELEMENT: &str = "inkproof_element";

/// What stands at a place of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Choice {
    Missing,
    /// This, as JSON.
    Json(String),
    /// A list of so many elements.
    Elements(usize),
}

type Choices<'t> = BTreeMap<Path<'t>, Choice>;

/// A decision that data is made up for.
struct PathQuestion<'t> {
    /// A template that prints `1` or `0`, as the question is answered.
    question: Template<'t>,
    answer: char,
    /// All that it looks at.
    places: Vec<Path<'t>>,
    /// What may stand where.
    varied: Vec<(Path<'t>, Vec<Choice>)>,
}

/// The search for data.
pub(super) struct BreakSearch<'t> {
    content: Template<'t>,
    arena: &'t Arena,
    /// All that the content looks at.
    places: Vec<Path<'t>>,
    /// What is left of [`MAX_TRIES`] and [`MAX_RENDERS`] for the way.
    tries: usize,
    renders: usize,
    /// What has been used of [`MAX_TRIED`] and [`MAX_RENDERED`].
    tried: usize,
    rendered: usize,
}

impl<'t> BreakSearch<'t> {
    /// The breaks at those dead ends that data comes to.
    pub(super) fn breaks<'a>(content: Template<'a>, dead_ends: BTreeMap<Span, PathSet<'a>>) -> Vec<JsonBreak<'a>> {
        if dead_ends.is_empty() {
            return Vec::new();
        }
        let arena = Arena::new();
        let mut trial = BreakSearch::new(content, &arena);
        let mut breaks = Vec::new();
        for (place, paths) in dead_ends {
            let found = paths
                .0
                .into_iter()
                .find_map(|path_condition| Some((trial.find(&path_condition, place)?, path_condition)));
            if let Some(((error, data), path_condition)) = found {
                let path_condition = without_detours(path_condition, &breaks);
                breaks.push(JsonBreak { place, error, path_condition, data });
            }
            if breaks.len() == MAX_BREAKS || trial.tried > MAX_TRIED || trial.rendered > MAX_RENDERED {
                break;
            }
        }
        breaks
    }

    fn new(content: Template<'t>, arena: &'t Arena) -> Self {
        let places = looked_at(content, arena).into_iter().map(|(path, _)| path).collect();
        Self { content, arena, places, tries: 0, renders: 0, tried: 0, rendered: 0 }
    }

    /// What is wrong at `place` on a way, and data that takes it.
    fn find(&mut self, path_condition: &PathCondition<'_>, place: Span) -> Option<(String, String)> {
        let language = self.content.language;
        let asked: Option<Vec<_>> = path_condition
            .0
            .iter()
            .map(|decision| {
                let text = self.arena.alloc_str(&written(decision));
                self.tried += text.len() + 10 * TRIAL_COST;
                let question = Template::parse_limited(text, language, self.arena, LIMITS.parse_length).ok()?;
                PathQuestion::new(question, decision.answer, self.arena)
            })
            .collect();
        (self.tries, self.renders) = (MAX_TRIES, MAX_RENDERS);
        self.settle(&asked?, 0, &mut Choices::new(), place)
    }

    /// Goes on with the decisions that are left, of the first of which so many places have been chosen for.
    fn settle(
        &mut self,
        asked: &[PathQuestion<'t>],
        chosen: usize,
        choices: &mut Choices<'t>,
        place: Span,
    ) -> Option<(String, String)> {
        let Some((first, rest)) = asked.split_first() else { return self.broken(choices, place) };
        let Some((path, candidates)) = first.varied.get(chosen) else {
            self.tries = if self.tried > MAX_TRIED { 0 } else { self.tries.checked_sub(1)? };
            self.tried += first.question.source.len() + TRIAL_COST;
            return if first.is_answered_with(choices) { self.settle(rest, 0, choices, place) } else { None };
        };
        if choices.contains_key(path) {
            return self.settle(asked, chosen + 1, choices, place);
        }
        for candidate in candidates {
            choices.insert(path.clone(), candidate.clone());
            let found = self.settle(asked, chosen + 1, choices, place);
            if found.is_some() || self.tries == 0 || self.renders == 0 {
                return found;
            }
        }
        choices.remove(path);
        None
    }

    /// What is wrong with the JSON at `place`, and the data, where the content is rendered with these choices.
    fn broken(&mut self, choices: &Choices<'t>, place: Span) -> Option<(String, String)> {
        self.renders = self.renders.checked_sub(1)?;
        self.rendered += self.content.source.len();
        if self.rendered > MAX_RENDERED {
            return None;
        }
        let data = data(&self.places, choices);
        let mut out = Output::with_marks();
        render(self.content, &data, &mut out)?;
        let arena = Arena::new();
        let error = json::read_with_trailing_commas(out.text(), &arena).err()?;
        self.wrote(place, &out, error.offset).then_some((error.message, data))
    }

    /// Whether what stands at `place` of the content has written the byte at `offset`; the end counts as written by the end.
    fn wrote(&self, place: Span, out: &Output, offset: usize) -> bool {
        if offset >= out.text().trim_end().len() && place.end == self.content.source.len() {
            return true;
        }
        let writer = out.marks().iter().find(|mark| mark.written.end > offset);
        writer.is_some_and(|mark| mark.span.start <= place.start && place.end <= mark.span.end)
    }
}

impl<'t> PathQuestion<'t> {
    /// None where the answer is nothing that data decides, or more than can be tried.
    fn new(question: Template<'t>, answer: bool, arena: &'t Arena) -> Option<Self> {
        let looked_at = looked_at(question, arena);
        let places: Vec<_> = looked_at.iter().map(|(path, _)| path.clone()).collect();
        let is_innermost = |path: &Path<'_>| {
            let inner = places.iter().filter(|other| *other != path && other.is_within(path));
            // Whether there are elements is decided by the list.
            inner.into_iter().all(|other| other.steps[path.steps.len()..] == [Step::Element])
        };
        let literals = literals(question);
        let varied = looked_at.iter().filter(|(path, _)| is_innermost(path) && !path.steps.is_empty());
        let varied: Vec<_> = varied.map(|(path, kind)| (path.clone(), candidates(*kind, &literals))).collect();
        let is_decided_by_data = places.iter().all(|path| SENT_NAMES.contains(&path.root));
        let answer = if answer { '1' } else { '0' };
        let asked = Self { question, answer, places, varied };
        (is_decided_by_data && asked.varied.len() <= MAX_VARIED).then_some(asked)
    }

    /// Whether it is always answered so with these choices.
    fn is_answered_with(&self, choices: &Choices<'t>) -> bool {
        let mut out = Output::new();
        let rendered = render(self.question, &data(&self.places, choices), &mut out);
        rendered.is_some() && !out.is_empty() && out.text().chars().all(|digit| digit == self.answer)
    }
}

/// The decisions of a way, but for those that only lead past breaks told before: decided otherwise, it is no JSON either.
fn without_detours<'a>(path_condition: PathCondition<'a>, told: &[JsonBreak<'a>]) -> Vec<BranchDecision<'a>> {
    let mut path_condition = path_condition;
    let mut at = 0;
    while at < path_condition.0.len() {
        let mut otherwise = path_condition.clone();
        otherwise.0[at].answer = !otherwise.0[at].answer;
        if told.iter().any(|known| otherwise.is_within(&known.path_condition)) {
            path_condition.0.remove(at);
        } else {
            at += 1;
        }
    }
    path_condition.0
}

/// A template that prints `1` or `0` as a question is answered; once for each element of the loops around it.
fn written(decision: &BranchDecision<'_>) -> String {
    let question = match decision.question {
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
    let looped = decision.scope.loops.iter().rev().fold(question, in_loop);
    // Those of a tag `liquid` stand there without delimiters.
    let assign = |tag: &&str| if tag.starts_with("{%") { (*tag).to_owned() } else { format!("{{% {tag} %}}") };
    let assigns: String = decision.scope.assigns.iter().map(assign).collect();
    assigns + &looped
}

/// What a template looks at, and of which kind it is.
fn looked_at<'t>(template: Template<'t>, arena: &'t Arena) -> Vec<(Path<'t>, Kind)> {
    let needs = Needs::of(&[template], template.language, &|_| Vec::new(), arena);
    needs.by_path().into_iter().map(|need| (need.path, need.kind)).collect()
}

/// The texts and numbers that a template compares with, and what is next to them, as JSON.
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

/// What may stand at a place, the likeliest first.
fn candidates(kind: Kind, literals: &[String]) -> Vec<Choice> {
    let json = |text: &str| Choice::Json(text.to_owned());
    let plain = ["true", "false", "1", "0", "\"a\"", "\"\"", "null"].map(json);
    let lists = [2, 1, 3, 0].map(Choice::Elements);
    let literals = literals.iter().map(|literal| json(literal));
    let missing = std::iter::once(Choice::Missing);
    if kind == Kind::List {
        lists.into_iter().chain(plain).chain(literals).chain(missing).collect()
    } else {
        plain.into_iter().chain(literals).chain(missing).chain(lists).collect()
    }
}

/// Renders with data; none where that fails.
fn render(template: Template<'_>, data: &str, out: &mut Output) -> Option<()> {
    let arena = Arena::new();
    let template: Template<'_> = template;
    let data = json::read_as(data, template.language.dialect().numbers, &arena).ok()?;
    let options = Options { now: Some(0.0), seed: Some(0), limits: LIMITS, ..Options::default() };
    template.render(data, &options, &arena, out).ok()
}

/// Data, as JSON, that has something at each of these places, and what is chosen where anything is.
fn data<'t>(places: &[Path<'t>], choices: &Choices<'t>) -> String {
    let mut root = Place::default();
    let known = |path: &&Path<'_>| NAMES.contains(&path.root);
    for path in places.iter().filter(known) {
        root.at(path);
    }
    for (path, choice) in choices {
        root.at(path).choice = Some(choice);
    }
    let mut text = String::new();
    root.write(&mut text);
    text
}

/// A place of data under construction.
#[derive(Default)]
struct Place<'t, 'c> {
    choice: Option<&'c Choice>,
    fields: BTreeMap<&'t str, Self>,
    element: Option<Box<Self>>,
}

impl<'t> Place<'t, '_> {
    fn at(&mut self, path: &Path<'t>) -> &mut Self {
        let root = self.fields.entry(path.root).or_default();
        path.steps.iter().fold(root, |place, step| match step {
            Step::Key(key) => place.fields.entry(key).or_default(),
            Step::Element => place.element.get_or_insert_default(),
        })
    }

    fn write(&self, out: &mut String) {
        let elements = match (self.choice, &self.element) {
            (Some(Choice::Json(text)), _) => return out.push_str(text),
            (Some(Choice::Elements(count)), _) => *count,
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
        let fields = self.fields.iter().filter(|(_, place)| place.choice != Some(&Choice::Missing));
        for (at, (name, place)) in fields.enumerate() {
            if at > 0 {
                out.push(',');
            }
            json::write_string(name, out);
            out.push(':');
            place.write(out);
        }
        out.push('}');
    }
}
