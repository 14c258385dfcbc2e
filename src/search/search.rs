//! The search: renders data within the contract until the budget is used up, and keeps what loses the message.

use std::collections::HashMap;

use super::budget::Budget;
use super::candidate::Constants;
use super::change::{Edit, edited, is_equal, replaced};
use super::counterexample::{Counterexample, is_likely};
use super::coverage::SeenFeatures;
use super::mutation::sites;
use super::place::{Place, PlaceMaker, PlaceMember};
use super::proof;
use super::seed::{Seed, sent_data};
use super::shrinking::shrink;
use super::verdict::Verdict;
use crate::analysis::{ContentProof, Needs};
use crate::contract::Contract;
use crate::liquid::{Arena, Template, Trace, Value};
use crate::message::{CompiledTemplate, Loss, RenderOptions, SENT_NAMES, Trial, TrialOutput};
use crate::project::Effort;

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
    /// The nodes of the template that any of them reached, and what was observed there for data that is likely.
    pub trace: Trace,
}

/// How many losses are kept to be shrunk.
const MAX_LOSSES: usize = 48;
/// The most that a render counts as, unless it is [very long](VERY_LONG): a loop up to a large number would end the search.
const LONG: usize = 20_000;
/// From where on a render counts as what it is.
const VERY_LONG: usize = 300_000;
/// How many bytes of memory count as much as a node.
const BYTES_PER_NODE: usize = 64;
/// How many bytes of data are made.
const MAX_MEMORY: usize = 32 << 20;
/// How much data that reached something new is searched around.
const MAX_QUEUE: usize = 64;
/// How many renders are taken to make up data that is sent.
const MADE_UP_RENDERS: usize = 60;

/// Renders, and counts it.
pub(super) struct Tester<'t> {
    trial: Trial<'t>,
    scratch: Arena,
    pub(super) out: TrialOutput,
    pub(super) renders: usize,
    /// How many nodes were rendered, and may be; memory counts too, because loops without any node need it.
    work: usize,
    most_work: usize,
}

impl Tester<'_> {
    /// Why the message of this data is lost; none if it is sent.
    pub(super) fn run(&mut self, data: Value<'_>) -> Option<Loss> {
        self.renders += 1;
        let loss = self.trial.run(sent_data(data), &self.scratch, &mut self.out);
        let nodes = self.out.trace.counts().map(|(_, count)| count as usize).sum::<usize>();
        let work = nodes + self.scratch.allocated_bytes() / BYTES_PER_NODE;
        self.work += if work > VERY_LONG { work } else { work.min(LONG) };
        self.scratch.reset();
        loss
    }

    /// Whether so much was rendered that it would take too long to go on, whatever is left of the renders.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.work >= self.most_work
    }
}

/// Data whose message is sent, from which others are made.
#[derive(Clone, Copy)]
struct Base<'s> {
    data: Value<'s>,
    /// The request that has it, or that it was made from; `None` if there is no request.
    request: Option<&'s str>,
    /// The data of that request, which changes are reported from.
    reported_from: Value<'s>,
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

/// A template, what is known of it, and the data that the search starts from.
pub(super) struct Subject<'c, 's> {
    pub(super) compiled: &'c CompiledTemplate<'c>,
    pub(super) needs: &'c Needs<'c>,
    pub(super) content: &'c ContentProof<'c>,
    pub(super) contract: &'c Contract,
    /// The requests, with their customers.
    pub(super) seeds: &'c [Seed<'s>],
    /// Data without anything in `trigger`, for a customer that the project has. It is used if there are no requests.
    pub(super) nothing_sent: Value<'s>,
    /// Whether data keeps to what is declared.
    pub(super) is_valid: &'c dyn Fn(Value<'s>) -> bool,
    /// Whether the data that is sent is known at all, from requests or a schema.
    pub(super) is_data_known: bool,
}

/// Searches for data within the contract that loses the message of a template.
pub(super) fn search<'s>(subject: &Subject<'_, 's>, options: &SearchOptions<'_>, arena: &'s Arena) -> SearchReport {
    let Subject { compiled, needs, contract, seeds, is_valid, .. } = *subject;
    let templates: Vec<Template<'_>> = compiled.texts().into_iter().map(|text| text.liquid).collect();
    let constants = Constants::from_templates(&templates).copied_into(arena);
    let root = root_place(contract, seeds, needs, &constants, arena);
    let tester = Tester {
        trial: Trial::new(compiled, options.render_options),
        scratch: Arena::new(),
        out: TrialOutput::observing(),
        renders: 0,
        work: 0,
        most_work: Budget::new(options.effort).nodes,
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
    let seeds: Vec<Base<'s>> = seeds
        .iter()
        .map(|seed| {
            let data = seed.value(arena);
            Base { data, request: Some(seed.name), reported_from: data }
        })
        .collect();
    let mut bases = search.start(&seeds);
    let is_all_sent = bases.len() == seeds.len();
    // What is proved need not be searched, unless something in it may be a mistake for all data. A thorough search does not take
    // a proof for granted.
    let needs_no_search = is_all_sent && !bases.is_empty() && !search.seen.has_suspects();
    if needs_no_search && options.effort < Effort::Thorough && is_shown(subject) {
        let (renders, trace) = (search.tester.renders, search.seen.trace);
        return SearchReport { verdict: Verdict::Proved, counterexamples: Vec::new(), renders, trace };
    }
    if bases.is_empty() {
        let nothing = Base { data: subject.nothing_sent, request: None, reported_from: subject.nothing_sent };
        bases.extend(search.make_up(seeds.first().copied().unwrap_or(nothing), options.seed));
    }
    let values: Vec<Value<'s>> = bases.iter().map(|base| base.data).collect();
    // Where nothing is read, nothing makes a difference.
    let is_anything_read = needs.reads_anything || !needs.reads.is_empty();
    if is_anything_read && !bases.is_empty() {
        search.run(&values, options);
    }
    let counterexamples = search.counterexamples(subject, &bases, &values, &constants, options.render_options);
    let verdict = if !is_all_sent || counterexamples.iter().any(|counterexample| counterexample.is_likely) {
        Verdict::Loses
    } else if counterexamples.is_empty() && search.is_proved(subject, &values) {
        Verdict::Proved
    } else {
        Verdict::Searched
    };
    SearchReport { verdict, counterexamples, renders: search.tester.renders, trace: search.seen.trace }
}

/// Whether the data that the template reads is known from nothing but the template, which is no evidence of what is sent.
fn is_assumed(subject: &Subject<'_, '_>) -> bool {
    !subject.is_data_known && subject.needs.reads.iter().any(|read| read.path.root == SENT_NAMES[0])
}

/// Whether the template itself shows that its message is never lost.
fn is_shown(subject: &Subject<'_, '_>) -> bool {
    let Subject { compiled, needs, content, contract, .. } = *subject;
    !is_assumed(subject) && proof::is_proved(compiled, contract, needs, content)
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
        may_be_object: true,
        members: (0..SENT_NAMES.len()).map(member).collect(),
        is_read: true,
        ..Place::nothing()
    }
}

impl<'s> Search<'_, 's, '_> {
    /// Renders the seeds; gives those whose messages are sent.
    fn start(&mut self, seeds: &[Base<'s>]) -> Vec<Base<'s>> {
        let (mut bases, mut late) = (Vec::new(), Vec::new());
        for seed in seeds {
            let loss = self.tester.run(seed.data);
            self.seen.observe(&self.tester.out, || true);
            if loss.is_some() {
                continue;
            }
            bases.push(*seed);
            // A seed that reaches nothing new is changed last.
            if self.seen.add(&self.tester.out) { self.queue.push(seed.data) } else { late.push(seed.data) }
        }
        self.queue.extend(late);
        bases
    }

    /// Data whose message is sent, if that of no request is.
    fn make_up(&mut self, from: Base<'s>, seed: u64) -> Option<Base<'s>> {
        let root = std::mem::replace(&mut self.root, Place::nothing());
        let mut random = fastrand::Rng::with_seed(seed);
        let samples =
            [true, false].into_iter().map(|is_full| root.fill(from.data, is_full, self.arena)).collect::<Vec<_>>();
        let more = (0..MADE_UP_RENDERS).map(|_| root.random(Some(samples[0]), &mut random, self.arena));
        let data = samples.iter().copied().chain(more.collect::<Vec<_>>());
        let sent = data.into_iter().find(|data| self.tester.run(*data).is_none() && (self.is_valid)(*data));
        self.root = root;
        if let Some(data) = sent {
            self.tester.run(data);
            self.seen.add(&self.tester.out);
            self.queue.push(data);
        }
        sent.map(|data| Base { data, ..from })
    }

    /// Whether so much was rendered or made that it would take too long, or too much memory, to go on.
    fn is_exhausted(&self) -> bool {
        self.tester.is_exhausted() || self.arena.allocated_bytes() > MAX_MEMORY
    }

    /// Renders data; keeps it if it is lost, or reaches something new.
    fn attempt(&mut self, data: Value<'s>, site: usize, is_likely: bool) {
        let loss = self.tester.run(data);
        if is_likely {
            self.seen.observe(&self.tester.out, || (self.is_valid)(data));
        }
        if let Some(loss) = loss {
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
        let budget = Budget::new(options.effort);
        // As little and as much as the contract allows, in one step.
        for is_full in [false, true] {
            let sample = self.root.fill(bases[0], is_full, self.arena);
            self.attempt(sample, usize::MAX, true);
        }
        // Of the work, each part of the search has its share.
        self.tester.most_work = budget.nodes / 5 * 3;
        let until = self.tester.renders + budget.systematic;
        let mut next = 0;
        self.sweep_queue(&mut next, until);
        self.tester.most_work = budget.nodes / 5 * 4;
        let before = self.tester.renders;
        self.random(bases, budget.random, options.seed);
        // What random data reached is changed with what is left.
        self.sweep_queue(&mut next, until + self.tester.renders - before);
        self.tester.most_work = budget.nodes;
        let start = self.tester.renders;
        // Data that reached something new also reaches branches that no request takes.
        let others: Vec<_> =
            self.queue.iter().filter(|data| !bases.iter().any(|base| is_equal(*base, **data))).copied().collect();
        for data in bases.iter().chain(&others) {
            self.sweep(*data, false, start + budget.unlikely);
        }
    }

    /// Changes the sites of the data that waits, from the one with this number on.
    fn sweep_queue(&mut self, next: &mut usize, until: usize) {
        while let Some(data) = self.queue.get(*next).copied() {
            if self.tester.renders >= until || self.is_exhausted() {
                break;
            }
            self.sweep(data, true, until);
            *next += 1;
        }
    }

    /// Changes each site of some data in every way that is likely, or not: each site in its first way, then each in its
    /// second, so that a template with many sites is searched everywhere before the budget is used up.
    fn sweep(&mut self, data: Value<'s>, is_likely: bool, until: usize) {
        let root = std::mem::replace(&mut self.root, Place::nothing());
        let sites = sites(&root, data);
        let mut mutations: Vec<_> = sites
            .iter()
            .enumerate()
            .map(|(at, site)| {
                let mutations = site.mutations(self.arena).into_iter();
                (at, mutations.filter(move |candidate| candidate.is_likely == is_likely))
            })
            .collect();
        'rounds: while !mutations.is_empty() {
            for (at, of_site) in &mut mutations {
                let Some(candidate) = of_site.next() else { continue };
                if self.tester.renders >= until || self.is_exhausted() {
                    break 'rounds;
                }
                let mutant = replaced(data, &sites[*at].path, candidate.value, self.arena);
                self.attempt(mutant, *at, is_likely);
            }
            mutations.retain(|(_, of_site)| of_site.size_hint().1 != Some(0));
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
    fn is_proved(&mut self, subject: &Subject<'_, 's>, bases: &[Value<'s>]) -> bool {
        let Subject { compiled, needs, contract, .. } = *subject;
        if is_assumed(subject) {
            return false;
        }
        if is_shown(subject) {
            return true;
        }
        let is_enumerable = !needs.reads_anything
            && proof::depends_on_data_alone(compiled)
            && !proof::reads_other_keys(needs, contract);
        let all = bases.first().filter(|_| is_enumerable);
        let Some(all) = all.and_then(|base| proof::all_data(&self.root, *base, contract, self.arena)) else {
            return false;
        };
        // What is not valid counts too: with something else that the template does not read, it may be.
        all.into_iter().all(|data| self.tester.run(data).is_none())
    }

    /// Shrinks what was found, and renders it once more, so that nothing is claimed that is not so.
    fn counterexamples(
        &mut self,
        subject: &Subject<'_, 's>,
        bases: &[Base<'s>],
        values: &[Value<'s>],
        constants: &Constants<'s>,
        render_options: &RenderOptions,
    ) -> Vec<Counterexample> {
        let mut found: Vec<Counterexample> = Vec::new();
        for key in std::mem::take(&mut self.order) {
            let Some(loss) = self.losses.get(&key).copied() else { continue };
            let is_likely = |edit: &Edit<'s>| is_likely(edit, subject.contract, &constants.strings);
            let shrunk = shrink(&mut self.tester, values, loss.data, key.0, &is_likely, self.arena);
            // Changes that are left out may have made the data valid.
            let Some(base) = bases.get(shrunk.seed) else { continue };
            let shrunk_data = edited(base.data, &shrunk.edits, self.arena);
            let data = if (self.is_valid)(shrunk_data) { shrunk_data } else { loss.data };
            self.tester.renders += 1;
            let rendering = subject.compiled.render_data(&sent_data(data), render_options);
            let counterexample = Counterexample::from_rendering(
                rendering,
                subject.compiled.template(),
                base.request,
                base.reported_from,
                data,
                subject.contract,
                &constants.strings,
            );
            found.extend(counterexample);
        }
        Counterexample::best_of(found)
    }
}
