//! The search: renders data within the contract until the budget is used up, and keeps what loses the message.

use std::collections::HashMap;

use super::budget::Effort;
use super::candidate::Constants;
use super::change::{edited, replaced};
use super::counterexample::Counterexample;
use super::coverage::SeenFeatures;
use super::mutation::sites;
use super::place::{Place, PlaceMaker, PlaceMember};
use super::proof;
use super::seed::{Seed, sent_data};
use super::shrinking::shrink;
use super::verdict::Verdict;
use crate::analysis::Needs;
use crate::contract::{Contract, Length};
use crate::liquid::{Arena, Template, Trace, Value};
use crate::message::{CompiledTemplate, Loss, RenderOptions, SENT_NAMES, Trial, TrialOutput};

/// What a template is searched with.
#[derive(Clone, Copy, Debug)]
pub struct SearchOptions<'o> {
    /// How hard.
    pub effort: Effort,
    /// Where random data starts from.
    pub seed: u64,
    /// When and how the messages are rendered.
    pub render_options: &'o RenderOptions,
}

/// What a search found.
#[derive(Debug)]
pub struct SearchReport {
    /// How sure it is that there is no such data.
    pub verdict: Verdict,
    /// Data that loses the message, for each cause and position once, in the order of the template's file.
    pub counterexamples: Vec<Counterexample>,
    /// How many messages were rendered.
    pub renders: usize,
    /// The nodes of the template that any of them reached.
    pub trace: Trace,
}

/// How many losses are kept to be shrunk.
const MAX_LOSSES: usize = 48;
/// How many bytes of data are made.
const MAX_MEMORY: usize = 32 << 20;
/// How much data that reached something new is searched around.
const MAX_QUEUE: usize = 64;
/// What data is called that no request shows.
const MADE_UP: &str = "made up";
/// How many renders are taken to make up data that is sent.
const MADE_UP_RENDERS: usize = 60;

/// Renders, and counts it.
pub(super) struct Tester<'t> {
    trial: Trial<'t>,
    scratch: Arena,
    pub(super) out: TrialOutput,
    pub(super) renders: usize,
    /// How many nodes were rendered, and may be.
    work: usize,
    most_work: usize,
}

impl Tester<'_> {
    /// Why the message of this data is lost; none if it is sent.
    pub(super) fn run(&mut self, data: Value<'_>) -> Option<Loss> {
        self.renders += 1;
        let loss = self.trial.run(sent_data(data), &self.scratch, &mut self.out);
        self.scratch.reset();
        self.work += self.out.trace.counts().map(|(_, count)| count as usize).sum::<usize>();
        loss
    }

    /// Whether so much was rendered that it would take too long to go on, whatever is left of the renders.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.work >= self.most_work
    }
}

/// A loss that was found, before it is shrunk.
#[derive(Clone, Copy)]
struct Found<'s> {
    data: Value<'s>,
    is_likely: bool,
}

struct Search<'c, 's, 't> {
    tester: Tester<'t>,
    root: Place<'s>,
    is_valid: &'c dyn Fn(Value<'s>) -> bool,
    seen: SeenFeatures,
    /// Data whose message is sent, and that reached something new, waiting for its sites to be changed.
    queue: Vec<Value<'s>>,
    losses: HashMap<(Loss, usize), Found<'s>>,
    /// The keys of `losses` in the order in which they were found.
    order: Vec<(Loss, usize)>,
    arena: &'s Arena,
}

/// Searches for data within the contract that loses the message of a template. `is_valid` says whether data keeps to what
/// is declared.
#[must_use]
pub fn search<'s>(
    compiled: &CompiledTemplate<'_>,
    contract: &Contract,
    seeds: &[Seed<'s>],
    needs: &Needs<'_>,
    is_valid: &dyn Fn(Value<'s>) -> bool,
    options: &SearchOptions<'_>,
    arena: &'s Arena,
) -> SearchReport {
    let templates: Vec<Template<'_>> = compiled.texts().into_iter().map(|text| text.liquid).collect();
    let constants = Constants::from_templates(&templates).copied_into(arena);
    let root = root_place(contract, seeds, needs, &constants, arena);
    let tester = Tester {
        trial: Trial::new(compiled, options.render_options),
        scratch: Arena::new(),
        out: TrialOutput::default(),
        renders: 0,
        work: 0,
        most_work: options.effort.budget().nodes,
    };
    let mut search = Search {
        tester,
        root,
        is_valid,
        seen: SeenFeatures::new(&templates),
        queue: Vec::new(),
        losses: HashMap::new(),
        order: Vec::new(),
        arena,
    };
    let mut seeds: Vec<(&'s str, Value<'s>)> = seeds.iter().map(|seed| (seed.name, seed.value(arena))).collect();
    let seeds_data: Vec<Value<'s>> = seeds.iter().map(|(_, data)| *data).collect();
    let mut bases = search.start(&seeds_data);
    if seeds.is_empty() {
        let made_up = search.make_up(options.seed);
        seeds.extend(made_up.map(|data| (MADE_UP, data)));
        bases.extend(made_up);
    }
    if !bases.is_empty() {
        search.run(&bases, options);
    }
    let counterexamples =
        search.counterexamples(compiled, contract, &seeds, &bases, &constants, options.render_options);
    let verdict = if counterexamples.iter().any(|counterexample| counterexample.is_likely) {
        Verdict::Loses
    } else if counterexamples.is_empty()
        && bases.len() == seeds.len()
        && search.is_proved(compiled, contract, needs, &bases)
    {
        Verdict::Proved
    } else {
        Verdict::Searched
    };
    SearchReport { verdict, counterexamples, renders: search.tester.renders, trace: search.seen.trace }
}

fn root_place<'s>(
    contract: &Contract,
    seeds: &[Seed<'s>],
    needs: &Needs<'_>,
    constants: &Constants<'s>,
    arena: &'s Arena,
) -> Place<'s> {
    let maker = PlaceMaker { needs, constants, arena };
    let shapes = [&contract.trigger, &contract.customer, &contract.objects];
    let seen = |at: usize| {
        let value = |seed: &Seed<'s>| [seed.data.trigger, seed.data.customer, seed.data.objects][at];
        seeds.iter().map(value).collect::<Vec<_>>()
    };
    let member = |at: usize| PlaceMember {
        key: SENT_NAMES[at],
        is_optional: false,
        place: maker.root(SENT_NAMES[at], shapes[at], &seen(at)),
    };
    Place {
        candidates: Vec::new(),
        may_be_array: false,
        may_be_object: true,
        members: (0..SENT_NAMES.len()).map(member).collect(),
        element: None,
        length: Length::default(),
        elements: Vec::new(),
        is_read: true,
    }
}

impl<'s> Search<'_, 's, '_> {
    /// Renders the seeds; gives those whose messages are sent.
    fn start(&mut self, seeds: &[Value<'s>]) -> Vec<Value<'s>> {
        let (mut bases, mut late) = (Vec::new(), Vec::new());
        for seed in seeds {
            if self.tester.run(*seed).is_some() {
                continue;
            }
            bases.push(*seed);
            // A seed that reaches nothing new is changed last.
            if self.seen.add(&self.tester.out) { self.queue.push(*seed) } else { late.push(*seed) }
        }
        self.queue.extend(late);
        bases
    }

    /// Data that is sent, where no request shows any.
    fn make_up(&mut self, seed: u64) -> Option<Value<'s>> {
        let root = std::mem::replace(&mut self.root, Place::nothing());
        let mut random = fastrand::Rng::with_seed(seed);
        let samples = [true, false].into_iter().map(|is_full| root.sample(is_full, self.arena)).collect::<Vec<_>>();
        let more = (0..MADE_UP_RENDERS).map(|_| root.random(Some(samples[0]), &mut random, self.arena));
        let data = samples.iter().copied().chain(more.collect::<Vec<_>>());
        let sent = data.into_iter().find(|data| self.tester.run(*data).is_none() && (self.is_valid)(*data));
        self.root = root;
        if let Some(data) = sent {
            self.tester.run(data);
            self.seen.add(&self.tester.out);
            self.queue.push(data);
        }
        sent
    }

    /// Whether so much was rendered or made that it would take too long, or too much memory, to go on.
    fn is_exhausted(&self) -> bool {
        self.tester.is_exhausted() || self.arena.allocated_bytes() > MAX_MEMORY
    }

    /// Renders data; keeps it if it is lost, or reaches something new.
    fn attempt(&mut self, data: Value<'s>, site: usize, is_likely: bool) {
        if let Some(loss) = self.tester.run(data) {
            self.lose((loss, site), data, is_likely);
            return;
        }
        let is_new = is_likely && self.seen.add(&self.tester.out);
        if is_new && self.queue.len() < MAX_QUEUE && (self.is_valid)(data) {
            self.queue.push(data);
        }
    }

    fn lose(&mut self, key: (Loss, usize), data: Value<'s>, is_likely: bool) {
        let is_better = match self.losses.get(&key) {
            Some(known) => is_likely && !known.is_likely,
            None => self.losses.len() < MAX_LOSSES,
        };
        let is_kept = is_better && (self.is_valid)(data);
        if is_kept && self.losses.insert(key, Found { data, is_likely }).is_none() {
            self.order.push(key);
        }
    }

    fn run(&mut self, bases: &[Value<'s>], options: &SearchOptions<'_>) {
        let budget = options.effort.budget();
        // As little and as much as the contract allows, in one step.
        for is_full in [false, true] {
            let sample = self.root.fill(bases[0], is_full, self.arena);
            self.attempt(sample, usize::MAX, true);
        }
        let start = self.tester.renders;
        let mut next = 0;
        while let Some(data) = self.queue.get(next).copied() {
            if self.tester.renders - start >= budget.systematic || self.is_exhausted() {
                break;
            }
            self.sweep(data, true, start + budget.systematic);
            next += 1;
        }
        self.random(bases, budget.random, options.seed);
        let start = self.tester.renders;
        for base in bases {
            self.sweep(*base, false, start + budget.unlikely);
        }
    }

    /// Changes each site of some data in every way that is likely, or not.
    fn sweep(&mut self, data: Value<'s>, is_likely: bool, until: usize) {
        let root = std::mem::replace(&mut self.root, Place::nothing());
        'sites: for (at, site) in sites(&root, data).iter().enumerate() {
            let mutations = site.mutations(self.arena);
            for candidate in mutations.into_iter().filter(|candidate| candidate.is_likely == is_likely) {
                if self.tester.renders >= until || self.is_exhausted() {
                    break 'sites;
                }
                let mutant = replaced(data, &site.path, candidate.value, self.arena);
                self.attempt(mutant, at, is_likely);
            }
        }
        self.root = root;
    }

    /// Renders random data, and random changes of data that reached something.
    fn random(&mut self, bases: &[Value<'s>], renders: usize, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        let root = std::mem::replace(&mut self.root, Place::nothing());
        for round in 0..renders {
            if self.is_exhausted() {
                break;
            }
            let data = if round % 2 == 0 || self.queue.is_empty() {
                root.random(Some(bases[random.usize(0..bases.len())]), &mut random, self.arena)
            } else {
                let mut data = self.queue[random.usize(0..self.queue.len())];
                for _ in 0..random.usize(2..=3) {
                    let sites = sites(&root, data);
                    let site = &sites[random.usize(0..sites.len())];
                    let likely: Vec<_> =
                        site.mutations(self.arena).into_iter().filter(|candidate| candidate.is_likely).collect();
                    if !likely.is_empty() {
                        let candidate = likely[random.usize(0..likely.len())];
                        data = replaced(data, &site.path, candidate.value, self.arena);
                    }
                }
                data
            };
            self.attempt(data, usize::MAX, true);
        }
        self.root = root;
    }

    /// Whether no data within the contract loses the message: the template shows it, or all data has been rendered.
    fn is_proved(
        &mut self,
        compiled: &CompiledTemplate<'_>,
        contract: &Contract,
        needs: &Needs<'_>,
        bases: &[Value<'s>],
    ) -> bool {
        if proof::is_proved(compiled, contract, needs) {
            return true;
        }
        let all = bases.first().filter(|_| !needs.reads_anything && proof::depends_on_data_alone(compiled));
        let Some(all) = all.and_then(|base| proof::all_data(&self.root, *base, contract, self.arena)) else {
            return false;
        };
        all.into_iter().all(|data| !(self.is_valid)(data) || self.tester.run(data).is_none())
    }

    /// Shrinks what was found, and renders it once more, so that nothing is claimed that is not so.
    fn counterexamples(
        &mut self,
        compiled: &CompiledTemplate<'_>,
        contract: &Contract,
        seeds: &[(&'s str, Value<'s>)],
        bases: &[Value<'s>],
        constants: &Constants<'s>,
        render_options: &RenderOptions,
    ) -> Vec<Counterexample> {
        let mut found: Vec<Counterexample> = Vec::new();
        for key in std::mem::take(&mut self.order) {
            let Some(loss) = self.losses.get(&key).copied() else { continue };
            let shrunk = shrink(&mut self.tester, bases, loss.data, key.0, self.arena);
            // Changes that are left out may have made the data valid.
            let shrunk_data = edited(bases[shrunk.seed], &shrunk.edits, self.arena);
            let data = if (self.is_valid)(shrunk_data) { shrunk_data } else { loss.data };
            let base = bases[shrunk.seed];
            let is_base = |(_, seed): &&(&str, Value<'s>)| std::ptr::eq(object_of(*seed), object_of(base));
            let Some((name, _)) = seeds.iter().find(is_base) else { continue };
            self.tester.renders += 1;
            let rendering = compiled.render_data(&sent_data(data), render_options);
            let counterexample =
                Counterexample::from_rendering(rendering, name, base, data, contract, &constants.strings);
            if let Some(counterexample) = counterexample {
                counterexample.add_to(&mut found);
            }
        }
        found.sort_by_key(Counterexample::position);
        found
    }
}

/// The object that a value is, to tell two apart.
fn object_of(value: Value<'_>) -> *const () {
    match value {
        Value::Object(object) => std::ptr::from_ref(object).cast(),
        _ => std::ptr::null(),
    }
}
