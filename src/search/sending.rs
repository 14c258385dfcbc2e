//! Sending: data whose message is sent, found by rendering. Data is changed at one place after the other until its message is
//! sent, and further until every branch is rendered that any such data reaches.

use std::collections::{HashSet, VecDeque};

use serde_json::{Map, Value as Json, json};

use super::alternatives::{Alternatives, Step, places, put, value_at};
use super::candidate::{Constants, value_of};
use super::seed::sent_data;
use super::turns::in_turn;
use crate::analysis::{Branch, branches_in};
use crate::contract::Declarations;
use crate::diagnostics::Severity;
use crate::liquid::syntax::visit::all_nodes;
use crate::liquid::{Arena, NodeId, Template as LiquidTemplate};
use crate::message::{CauseKind, CompiledTemplate, Loss, RenderOptions, Trial, TrialOutput};

/// How many renders are taken until a message is sent.
const MAX_REPAIR: usize = 2_500;
/// How many renders are taken to reach branches.
const MAX_EXPLORED: usize = 3_000;
/// How many renders are taken, all in all.
const MAX_RENDERS: usize = 12_000;
/// How many nodes of the template are rendered, all in all: loops over much data make a few renders a lot of work.
const MAX_NODES: usize = 8_000_000;
/// How many scalars are changed in pairs.
const MAX_PAIRED: usize = 8;
/// How many payloads wait for their places to be changed.
const MAX_QUEUE: usize = 300;

/// Finds data whose message is sent. Data is an object that has `trigger`, `customer` and `objects`.
pub struct Sending<'t> {
    variants: Vec<Variant<'t>>,
    declarations: Declarations<'t>,
    options: &'t RenderOptions,
    alternatives: Alternatives,
    branches: Vec<VariantBranch>,
    nodes: HashSet<NodeId>,
    arena: Arena,
    out: TrialOutput,
    renders: usize,
    work: usize,
    random: fastrand::Rng,
}

/// A template in one language.
struct Variant<'t> {
    compiled: &'t CompiledTemplate<'t>,
    trial: Trial<'t>,
}

/// A branch of one of the variants.
struct VariantBranch {
    variant: usize,
    branch: Branch,
    first: NodeId,
}

/// A render that sends the message in every language, or the first that does not.
struct Render {
    loss: Option<(usize, Loss)>,
    /// Whether each branch was reached.
    branches: Vec<bool>,
    /// Every node that was reached, and roughly how often.
    reached: Vec<(NodeId, u32)>,
}

/// Data that reaches every branch that any data reaches.
#[derive(Debug, Default)]
pub struct BranchCover {
    /// The data: as little as is needed.
    pub payloads: Vec<Json>,
    /// How many branches there are.
    pub total: usize,
    /// The branches that no data reached: the number of the variant, and the branch.
    pub missed: Vec<(usize, Branch)>,
}

/// Data whose message is sent, and the branches that it reaches.
struct Sent {
    data: Json,
    branches: Vec<bool>,
}

impl<'t> Sending<'t> {
    /// For a template in its languages, which must all be sent.
    #[must_use]
    pub fn new(
        variants: &'t [CompiledTemplate<'t>],
        declarations: Declarations<'t>,
        options: &'t RenderOptions,
    ) -> Self {
        let texts = variants.iter().flat_map(CompiledTemplate::texts);
        let templates: Vec<LiquidTemplate<'_>> = texts.map(|text| text.liquid).collect();
        let branches = variants.iter().enumerate().flat_map(|(variant, compiled)| {
            let content = compiled.texts().swap_remove(0);
            let found = branches_in(&content, compiled.template().source());
            found.into_iter().map(move |(branch, first)| VariantBranch { variant, branch, first })
        });
        Self {
            branches: branches.collect(),
            nodes: templates.iter().flat_map(|template| all_nodes(template.nodes)).map(NodeId::new).collect(),
            alternatives: Alternatives::new(&Constants::from_templates(&templates), &templates, options.now),
            variants: variants
                .iter()
                .map(|compiled| Variant { compiled, trial: Trial::new(compiled, options) })
                .collect(),
            declarations,
            options,
            arena: Arena::new(),
            out: TrialOutput::default(),
            renders: 0,
            work: 0,
            random: fastrand::Rng::with_seed(0),
        }
    }

    /// Data that differs from `start` as little as possible and whose message is sent. Only the data of the given `roots`,
    /// such as `trigger`, is changed. `None` if there is none, as far as was searched.
    #[must_use]
    pub fn repaired(&mut self, start: &Json, roots: &[&str]) -> Option<Json> {
        let until = self.renders + MAX_REPAIR;
        let sent = self.search_sent(start, roots, until)?;
        Some(self.likened(start, sent, &[]))
    }

    /// The fewest payloads whose messages are sent and which reach every branch that any data reaches and that no data in
    /// `known` does. The first of `bases` is what the payloads differ from as little as possible.
    #[must_use]
    pub fn covering(&mut self, known: &[Json], bases: &[Json], roots: &[&str]) -> BranchCover {
        let mut reached = vec![false; self.branches.len()];
        let mut pool: Vec<Sent> = Vec::new();
        for data in known {
            let render = self.run(data);
            if render.loss.is_none() {
                merge(&mut reached, &render.branches);
                pool.push(Sent { data: data.clone(), branches: render.branches });
            }
        }
        let known_count = pool.len();
        for base in bases {
            if let Some(data) = self.repaired(base, roots) {
                let branches = self.run(&data).branches;
                pool.push(Sent { data, branches });
            }
        }
        self.explore(&mut pool, roots);
        let chosen = self.chosen(&pool, known_count, reached);
        let base = pool.get(known_count).map(|sent| sent.data.clone());
        let mut all = vec![false; self.branches.len()];
        for sent in &pool {
            merge(&mut all, &sent.branches);
        }
        let payloads = chosen.into_iter().map(|(at, new)| {
            let sent = pool[at].data.clone();
            base.as_ref().map_or_else(|| sent.clone(), |base| self.likened(base, sent.clone(), &new))
        });
        let payloads = payloads.collect();
        let missed = self.branches.iter().zip(&all).filter(|(_, is_reached)| !**is_reached);
        BranchCover {
            payloads,
            total: self.branches.len(),
            missed: missed.map(|(found, _)| (found.variant, found.branch.clone())).collect(),
        }
    }

    /// Adds data to the pool that reaches other branches, or the same ones in another way.
    fn explore(&mut self, pool: &mut Vec<Sent>, roots: &[&str]) {
        let until = self.renders + MAX_EXPLORED;
        let mut seen: HashSet<(NodeId, u32)> = HashSet::new();
        let mut reached = vec![false; self.branches.len()];
        for sent in pool.iter() {
            merge(&mut reached, &sent.branches);
        }
        let mut queue: VecDeque<Json> = pool.iter().map(|sent| sent.data.clone()).collect();
        for data in queue.clone() {
            seen.extend(self.run(&data).reached);
        }
        let (mut lost_branches, mut tried) = (reached.clone(), Vec::new());
        while let Some(data) = queue.pop_front() {
            let mut mutants = self.mutants(&data, roots, None);
            mutants.extend(Self::bare_mutants(&data, roots));
            tried.push(data);
            for mutant in mutants {
                if self.renders >= until || self.is_exhausted() || !reached.contains(&false) {
                    return;
                }
                self.visit(mutant, roots, pool, &mut reached, &mut lost_branches, &mut seen, &mut queue);
            }
        }
        while self.renders < until && !self.is_exhausted() && reached.contains(&false) {
            let Some(data) = self.random_mutant(&tried, roots) else { return };
            self.visit(data, roots, pool, &mut reached, &mut lost_branches, &mut seen, &mut queue);
            tried.extend(queue.drain(..));
        }
    }

    /// Renders data, and keeps it if it reaches something new. If its message is lost where a new branch was reached, it is
    /// repaired first.
    #[expect(clippy::too_many_arguments, reason = "the state of an exploration, which has only this step")]
    fn visit(
        &mut self,
        data: Json,
        roots: &[&str],
        pool: &mut Vec<Sent>,
        reached: &mut [bool],
        lost: &mut [bool],
        seen: &mut HashSet<(NodeId, u32)>,
        queue: &mut VecDeque<Json>,
    ) {
        let render = self.run(&data);
        let (data, render) = if render.loss.is_none() {
            (data, render)
        } else {
            if !has_more(&render.branches, lost) {
                return;
            }
            merge(lost, &render.branches);
            let Some(data) = self.search_sent(&data, roots, self.renders + MAX_REPAIR / 12) else { return };
            let render = self.run(&data);
            (data, render)
        };
        let is_new = render.reached.iter().filter(|feature| seen.insert(**feature)).count() > 0;
        let is_more = has_more(&render.branches, reached);
        if is_new && queue.len() < MAX_QUEUE {
            queue.push_back(data.clone());
        }
        if is_new || is_more {
            merge(reached, &render.branches);
            merge(lost, &render.branches);
            pool.push(Sent { data, branches: render.branches });
        }
    }

    /// Greedily chooses what reaches most branches that are not reached yet; each with the branches that it was chosen for.
    fn chosen(&self, pool: &[Sent], known: usize, mut reached: Vec<bool>) -> Vec<(usize, Vec<usize>)> {
        let mut chosen: Vec<(usize, Vec<usize>)> = Vec::new();
        loop {
            let gain = |sent: &Sent| sent.branches.iter().zip(&reached).filter(|(new, old)| **new && !**old).count();
            // Of several, the first is the one that differs least from the base.
            let best = pool.iter().enumerate().skip(known).max_by_key(|(at, sent)| (gain(sent), usize::MAX - at));
            match best {
                Some((at, sent)) if gain(sent) > 0 || chosen.is_empty() && known == 0 => {
                    let is_new = |branch: &usize| sent.branches[*branch] && !reached[*branch];
                    let new: Vec<usize> = (0..self.branches.len()).filter(is_new).collect();
                    merge(&mut reached, &sent.branches);
                    chosen.push((at, new));
                    if self.branches.is_empty() {
                        break;
                    }
                }
                _ => break,
            }
        }
        // What was chosen first may be reached by the others together.
        let mut at = 0;
        while chosen.len() > 1 && at < chosen.len() {
            let others = |branch: usize| {
                chosen.iter().enumerate().any(|(other, (index, _))| other != at && pool[*index].branches[branch])
                    || pool[..known].iter().any(|sent| sent.branches[branch])
            };
            if (0..self.branches.len()).all(|branch| !pool[chosen[at].0].branches[branch] || others(branch)) {
                chosen.remove(at);
            } else {
                at += 1;
            }
        }
        // Each is responsible for what no earlier one reaches.
        let mut reached = vec![false; self.branches.len()];
        for sent in &pool[..known] {
            merge(&mut reached, &sent.branches);
        }
        for (at, new) in &mut chosen {
            *new = (0..reached.len()).filter(|branch| pool[*at].branches[*branch] && !reached[*branch]).collect();
            merge(&mut reached, &pool[*at].branches);
        }
        chosen
    }

    /// Data whose message is sent, found by changing one place after the other of data whose message is lost. What fails
    /// later, or reaches something new, is changed next.
    fn search_sent(&mut self, start: &Json, roots: &[&str], until: usize) -> Option<Json> {
        let first = self.run(start);
        let Some(loss) = first.loss else { return Some(start.clone()) };
        let mut losses = HashSet::from([self.kind_of(loss, start)]);
        let mut seen: HashSet<(NodeId, u32)> = first.reached.into_iter().collect();
        let (mut queue, mut tried) = (vec![start.clone()], Vec::new());
        while let Some(data) = queue.pop() {
            let missing = self.missing_path(&data);
            let mutants = self.mutants(&data, roots, missing.as_deref());
            tried.push(data);
            for mutant in mutants {
                if self.renders >= until || self.is_exhausted() {
                    return None;
                }
                let render = self.run(&mutant);
                let Some(loss) = render.loss else { return Some(mutant) };
                let more = render.reached.into_iter().filter(|node| seen.insert(*node)).count() > 0;
                let is_new = losses.insert(self.kind_of(loss, &mutant)) || more;
                if is_new && queue.len() < MAX_QUEUE {
                    queue.push(mutant);
                }
            }
        }
        let others = tried.iter().rev().flat_map(|data| Self::bare_mutants(data, roots));
        let others: Vec<Json> = others.chain(self.pairs(start, roots)).collect();
        others.into_iter().chain(std::iter::repeat_n(Json::Null, until)).find_map(|other| {
            if self.renders >= until || self.is_exhausted() {
                return None;
            }
            let other = if other.is_null() { self.random_mutant(&tried, roots)? } else { other };
            self.run(&other).loss.is_none().then_some(other)
        })
    }

    /// Some data with a few random changes.
    fn random_mutant(&mut self, of: &[Json], roots: &[&str]) -> Option<Json> {
        let mut data = of.get(self.random.usize(0..of.len().max(1)))?.clone();
        let around = Alternatives::around(&data);
        for _ in 0..self.random.usize(2..=3) {
            let places: Vec<Vec<Step>> = roots.iter().flat_map(|root| places(&data, root)).collect();
            let place = &places[self.random.usize(0..places.len())];
            let current = value_at(&data, place);
            let mut values = self.alternatives.of(current, place, &around);
            values.extend(Alternatives::bare(current, place));
            if !values.is_empty() {
                let value = values.swap_remove(self.random.usize(0..values.len()));
                put(&mut data, place, value);
            }
        }
        Some(data)
    }

    /// What distinguishes a loss from others: where it happens, and for what is wrong with a value also the message without the
    /// value.
    fn kind_of(&self, loss: (usize, Loss), data: &Json) -> (usize, Loss, String) {
        let (variant, kind) = loss;
        if !matches!(kind, Loss::Content(..) | Loss::Setting(..)) {
            return (variant, kind, String::new());
        }
        let arena = Arena::new();
        let rendering = self.variants[variant].compiled.render_data(&sent_data(value_of(data, &arena)), self.options);
        let message = rendering.problems.iter().find(|problem| problem.severity == Severity::Error);
        let message = message.map(|problem| problem.message.split('`').step_by(2).collect::<String>());
        (variant, kind, message.unwrap_or_default())
    }

    /// Data that is sent and reaches these branches, with as much as possible of `base`.
    fn likened(&mut self, base: &Json, sent: Json, branches: &[usize]) -> Json {
        let mut data = sent;
        for path in differences(base, &data) {
            let mut other = data.clone();
            if !put(&mut other, &path, value_at(base, &path).cloned()) {
                continue;
            }
            let render = self.run(&other);
            if render.loss.is_none() && branches.iter().all(|branch| render.branches[*branch]) {
                data = other;
            }
        }
        data
    }

    /// The data with one of its places changed: first so that what is missing exists, then the first value at each place, the
    /// second at each, and so on.
    fn mutants(&self, data: &Json, roots: &[&str], missing: Option<&[String]>) -> Vec<Json> {
        let places: Vec<Vec<Step>> = roots.iter().flat_map(|root| places(data, root)).collect();
        let around = Alternatives::around(data);
        let mut found = Vec::new();
        if let Some(missing) = missing {
            for place in &places {
                let values = self.alternatives.with_missing(value_at(data, place), missing);
                found.extend(values.into_iter().filter_map(|value| changed(data, place, Some(value))));
            }
        }
        let values = |place: &Vec<Step>| self.alternatives.of(value_at(data, place), place, &around);
        found.extend(changed_in_turn(data, &places, values));
        found
    }

    /// The data with one of its places absent, null or empty.
    fn bare_mutants(data: &Json, roots: &[&str]) -> Vec<Json> {
        let places: Vec<Vec<Step>> = roots.iter().flat_map(|root| places(data, root)).collect();
        changed_in_turn(data, &places, |place| Alternatives::bare(value_at(data, place), place))
    }

    /// The data with two of its scalars changed to what is written in the template.
    fn pairs(&self, data: &Json, roots: &[&str]) -> Vec<Json> {
        let places: Vec<Vec<Step>> = roots.iter().flat_map(|root| places(data, root)).collect();
        let is_scalar =
            |place: &&Vec<Step>| value_at(data, place).is_some_and(|value| !value.is_object() && !value.is_array());
        let scalars: Vec<_> = places.iter().filter(is_scalar).take(MAX_PAIRED).collect();
        let mut found = Vec::new();
        for (at, first) in scalars.iter().enumerate() {
            for one in self.alternatives.compared().filter_map(|value| changed(data, first, Some(value))) {
                for second in &scalars[at + 1..] {
                    let both = self.alternatives.compared().filter_map(|value| changed(&one, second, Some(value)));
                    found.extend(both);
                }
            }
        }
        found
    }

    /// The path of the variable whose absence loses the message.
    fn missing_path(&self, data: &Json) -> Option<Vec<String>> {
        let arena = Arena::new();
        for Variant { compiled, .. } in &self.variants {
            let rendering = compiled.render_data(&sent_data(value_of(data, &arena)), self.options);
            if rendering.message.is_some() {
                continue;
            }
            let causes = rendering.causes(compiled.template());
            return causes.into_iter().find_map(|cause| match cause.kind {
                CauseKind::MissingVariable(path) => Some(path.split('.').map(str::to_owned).collect()),
                CauseKind::Printed { .. } => None,
            });
        }
        None
    }

    fn run(&mut self, data: &Json) -> Render {
        self.renders += 1;
        let mut render = Render { loss: None, branches: vec![false; self.branches.len()], reached: Vec::new() };
        for (at, variant) in self.variants.iter().enumerate() {
            let value = value_of(data, &self.arena);
            let loss = variant.trial.run(sent_data(value), &self.arena, &mut self.out);
            for (found, is_reached) in self.branches.iter().zip(&mut render.branches) {
                *is_reached |= found.variant == at && self.out.trace.has(found.first);
            }
            for (node, count) in self.out.trace.counts().filter(|(node, _)| self.nodes.contains(node)) {
                self.work += count as usize;
                render.reached.push((node, count.min(3)));
            }
            let is_declared = loss.is_some() || self.declarations.allows(sent_data(value));
            self.arena.reset();
            if let Some(loss) = loss.or((!is_declared).then_some(Loss::NotAnObject)) {
                render.loss = Some((at, loss));
                return render;
            }
        }
        render
    }

    const fn is_exhausted(&self) -> bool {
        self.work >= MAX_NODES || self.renders >= MAX_RENDERS
    }
}

fn merge(all: &mut [bool], more: &[bool]) {
    all.iter_mut().zip(more).for_each(|(all, more)| *all |= more);
}

fn has_more(found: &[bool], known: &[bool]) -> bool {
    found.iter().zip(known).any(|(found, known)| *found && !known)
}

fn changed(data: &Json, place: &[Step], to: Option<Json>) -> Option<Json> {
    if value_at(data, place) == to.as_ref() {
        return None;
    }
    let mut other = data.clone();
    put(&mut other, place, to).then_some(other)
}

/// The data with each place changed to its first value, then each to its second, and so on.
fn changed_in_turn(data: &Json, places: &[Vec<Step>], values: impl Fn(&Vec<Step>) -> Vec<Option<Json>>) -> Vec<Json> {
    let of_places = places.iter().map(|place| (place, values(place).into_iter()));
    in_turn(of_places).filter_map(|(place, value)| changed(data, place, value)).collect()
}

/// The paths at which two values differ, outer ones first where a whole can be replaced.
fn differences(base: &Json, other: &Json) -> Vec<Vec<Step>> {
    fn collect(base: Option<&Json>, other: Option<&Json>, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        if base == other {
            return;
        }
        if path.len() > 1 {
            found.push(path.clone());
        }
        match (base, other) {
            (Some(Json::Object(base)), Some(Json::Object(other))) => {
                let keys: Vec<_> = base.keys().chain(other.keys().filter(|key| !base.contains_key(*key))).collect();
                for key in keys {
                    path.push(Step::Member(key.clone()));
                    collect(base.get(key), other.get(key), path, found);
                    path.pop();
                }
            }
            (Some(Json::Array(base)), Some(Json::Array(other))) if base.len() == other.len() => {
                for (at, (base, other)) in base.iter().zip(other).enumerate() {
                    path.push(Step::Element(at));
                    collect(Some(base), Some(other), path, found);
                    path.pop();
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(Some(base), Some(other), &mut Vec::new(), &mut found);
    found
}

/// Data with nothing but these attributes.
#[must_use]
pub fn payload(trigger: &Map<String, Json>, customer: &Json, objects: &Json) -> Json {
    json!({"trigger": trigger, "customer": customer, "objects": objects})
}
