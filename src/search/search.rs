//! The search: renders data within the contract until the budget is used up, and keeps what loses the message.

use std::collections::HashMap;

use super::budget::Budget;
use super::candidate::Constants;
use super::change::{Edit, edited, replaced};
use super::corpus::Corpus;
use super::counterexample::{Counterexample, is_likely};
use super::coverage::SeenFeatures;
use super::enumeration::all_data;
use super::group::Groups;
use super::mutation::{DataSite, Mutation, mutations_in_turn, sites_of};
use super::place::{Place, PlaceMaker, PlaceMember};
use super::proof;
use super::seed::{Seed, sent_data};
use super::shrinking::shrink;
use super::sweep::{ReachedReads, Sweep};
use super::tester::{BATCH, Tester};
use super::turns::in_turn;
use super::verdict::Verdict;
use crate::analysis::{ContentProof, Needs};
use crate::contract::Contract;
use crate::liquid::{Arena, Template, Trace, Value};
use crate::message::{CompiledTemplate, RenderOptions, SENT_NAMES};
use crate::project::Effort;
use crate::threads::with_thread_awake;

/// What a template is searched with.
#[derive(Clone, Copy, Debug)]
pub struct SearchOptions<'o> {
    /// How hard.
    pub effort: Effort,
    /// Where random data starts from.
    pub seed: u64,
    /// When and how the messages are rendered.
    pub render_options: &'o RenderOptions,
    /// Whether it may use all cores. It finds the same either way.
    pub is_parallel: bool,
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

/// How many bytes of data are kept, and how many are made before they are rendered.
const MAX_MEMORY: usize = 32 << 20;
const MAX_BATCH_MEMORY: usize = 4 << 20;
/// How many renders are taken to make up data that is sent.
const MADE_UP_RENDERS: usize = 60;
/// How many mutations are tried in one render at most. More would hide each other, and losing ones take more renders to find.
const MAX_GROUP: usize = 16;
/// With fewer renders, groups that are lost cannot be taken apart.
const FEW_RENDERS: usize = 100;

/// Data whose message is sent, from which others are made.
#[derive(Clone, Copy)]
struct Base<'s> {
    data: Value<'s>,
    /// The request that has it, or that it was made from; `None` if there is no request.
    request: Option<&'s str>,
    /// The data of that request, which changes are reported from.
    reported_from: Value<'s>,
}

struct Search<'c, 's, 't> {
    tester: Tester<'t>,
    corpus: Corpus<'c, 's>,
    root: &'c Place<'s>,
    arena: &'s Arena,
    /// How much work the render of a request is.
    usual_work: usize,
}

/// Data that is rendered next, with the numbers of the sites that were changed.
#[derive(Default)]
struct Batch<'s> {
    data: Vec<Value<'s>>,
    sites: Vec<usize>,
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
    pub(super) is_valid: &'c dyn Fn(Value<'_>) -> bool,
    /// Whether the data that is sent is known at all, from requests or a schema.
    pub(super) is_data_known: bool,
}

/// Searches for data within the contract that loses the message of a template.
pub(super) fn search<'s>(subject: &Subject<'_, 's>, options: &SearchOptions<'_>, arena: &'s Arena) -> SearchReport {
    let Subject { compiled, needs, contract, seeds, is_valid, .. } = *subject;
    let templates: Vec<Template<'_>> = compiled.texts().into_iter().map(|text| text.liquid).collect();
    let constants = Constants::from_templates(&templates).copied_into(arena);
    let root = root_place(contract, seeds, needs, &constants, arena);
    let most_work = Budget::new(options.effort).nodes;
    let mut search = Search {
        tester: Tester::new(compiled, options.render_options, options.is_parallel, most_work),
        corpus: Corpus::new(needs, SeenFeatures::new(&templates), is_valid, arena),
        root: &root,
        arena,
        usual_work: 1,
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
    let needs_no_search = is_all_sent && !bases.is_empty() && !search.corpus.seen.has_suspects();
    if needs_no_search && options.effort < Effort::Thorough && is_shown(subject) {
        let (renders, trace) = (search.tester.renders, search.corpus.seen.trace);
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
        if options.is_parallel {
            with_thread_awake(|| search.run(&values, options));
        } else {
            search.run(&values, options);
        }
    }
    let counterexamples = search.counterexamples(subject, &bases, &values, &constants, options.render_options);
    let verdict = if !is_all_sent || counterexamples.iter().any(Counterexample::is_probable) {
        Verdict::Loses
    } else if counterexamples.is_empty() && search.is_proved(subject, &values) {
        Verdict::Proved
    } else {
        Verdict::Searched
    };
    SearchReport { verdict, counterexamples, renders: search.tester.renders, trace: search.corpus.seen.trace }
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

impl<'s> Batch<'s> {
    fn push(&mut self, data: Value<'s>, site: usize) {
        self.data.push(data);
        self.sites.push(site);
    }

    const fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is so much of it, which is in `arena`, that it is rendered before more is made.
    fn is_full(&self, arena: &Arena) -> bool {
        self.len() == BATCH || self.len() > 0 && arena.allocated_bytes() > MAX_BATCH_MEMORY
    }
}

impl<'c, 's> Search<'c, 's, '_> {
    /// Renders the seeds; gives those whose messages are sent.
    fn start(&mut self, seeds: &[Base<'s>]) -> Vec<Base<'s>> {
        let (mut bases, mut late) = (Vec::new(), Vec::new());
        for seed in seeds {
            let test = self.tester.run(seed.data);
            self.corpus.seen.observe(&test.output, || true);
            if test.loss.is_some() {
                continue;
            }
            bases.push(*seed);
            let origin = self.corpus.origin(seed.data, true, &test.output.trace);
            // A seed that reaches nothing new is changed last.
            if self.corpus.seen.add(&test.output) { self.corpus.queue.push(origin) } else { late.push(origin) }
        }
        self.corpus.queue.extend(late);
        self.usual_work = self.tester.mean_work().max(1);
        bases
    }

    /// Data whose message is sent, if that of no request is.
    fn make_up(&mut self, from: Base<'s>, seed: u64) -> Option<Base<'s>> {
        let Self { root, arena, .. } = *self;
        let mut random = fastrand::Rng::with_seed(seed);
        let samples = [true, false].map(|is_full| root.fill(from.data, is_full, arena));
        let more = (0..MADE_UP_RENDERS).map(|_| root.random(Some(samples[0]), &mut random, arena));
        let mut data = samples.into_iter().chain(more);
        let sent = data.find(|data| self.tester.run(*data).loss.is_none() && (self.corpus.is_valid)(*data));
        if let Some(data) = sent {
            let output = &self.tester.run(data).output;
            self.corpus.seen.add(output);
            self.corpus.queue.push(self.corpus.origin(data, true, &output.trace));
        }
        sent.map(|data| Base { data, ..from })
    }

    /// Whether so much was rendered or made that it would take too long, or too much memory, to go on.
    fn is_exhausted(&self) -> bool {
        self.tester.is_exhausted() || self.arena.allocated_bytes() > MAX_MEMORY
    }

    /// Renders data, and keeps what is lost or reaches something new.
    fn attempt(&mut self, batch: &Batch<'_>, is_likely: bool) {
        let Batch { data, sites } = batch;
        self.tester.run_batch(data, |at, test| self.corpus.add(data[at], sites[at], is_likely, test));
    }

    fn run(&mut self, bases: &[Value<'s>], options: &SearchOptions<'_>) {
        let budget = Budget::new(options.effort);
        // As little and as much as the contract allows, in one step.
        let mut samples = Batch::default();
        for is_full in [false, true] {
            samples.push(self.root.fill(bases[0], is_full, self.arena), usize::MAX);
        }
        self.attempt(&samples, true);
        // Of the work, each part of the search has its share.
        self.tester.most_work = budget.nodes / 5 * 3;
        let until = self.tester.renders + budget.systematic;
        let mut sweep = Sweep::default();
        self.sweep_queue(&mut sweep, until);
        self.tester.most_work = budget.nodes / 5 * 4;
        let before = self.tester.renders;
        self.random(bases, budget.random, options.seed);
        // What random data reached is changed with what is left.
        self.sweep_queue(&mut sweep, until + self.tester.renders - before);
        self.tester.most_work = budget.nodes;
        let start = self.tester.renders;
        self.sweep_unlikely(start + budget.unlikely);
    }

    /// Changes each site of the data that waits in every way that is likely.
    fn sweep_queue(&mut self, sweep: &mut Sweep<'c, 's>, until: usize) {
        while self.tester.renders < until && !self.is_exhausted() {
            let Some(sites) = sweep.next(self.root, &self.corpus.queue) else { break };
            let count: usize = sites.iter().map(|at| at.site.mutations(true).count()).sum();
            let left = self.renders_left(until);
            if count <= left || left < FEW_RENDERS {
                self.change(mutations_in_turn(&sites, true), true, until);
            } else {
                // Half of what is left is for other data.
                let size = count.div_ceil((left / 2).max(1)).clamp(2, MAX_GROUP);
                self.change_in_groups(Groups::new(mutations_in_turn(&sites, true), size), until);
            }
        }
    }

    /// Changes each site of the requests in every way that is not likely, and those of other data that are read where no request
    /// came to; and in turn with these, all others.
    fn sweep_unlikely(&mut self, until: usize) {
        let most = until.saturating_sub(self.tester.renders);
        let (mut new, mut rest) = (Vec::new(), Vec::new());
        let mut reached = ReachedReads::default();
        let (bases, others): (Vec<_>, Vec<_>) = self.corpus.queue.iter().partition(|origin| origin.is_base);
        for origin in bases.into_iter().chain(others) {
            // Data has many sites, and most of them are no others.
            if rest.len() >= most && !reached.is_exceeded_by(origin) {
                continue;
            }
            let is_changed = |at: &DataSite<'_, 's>| at.site.mutations(false).next().is_some();
            let sites = reached.split(self.root, origin);
            new.extend(sites.0.into_iter().filter(is_changed).take(most - new.len()));
            rest.extend(sites.1.into_iter().filter(is_changed).take(most - rest.len()));
        }
        let mutations = in_turn([&new, &rest].map(|sites| ((), mutations_in_turn(sites, false))));
        self.change(mutations.map(|((), mutation)| mutation), false, until);
    }

    /// How many renders are left of those up to `until`, if they need as much work as those of the requests.
    fn renders_left(&self, until: usize) -> usize {
        until.saturating_sub(self.tester.renders).min(self.tester.work_left() / self.usual_work)
    }

    /// Renders data with groups of mutations.
    fn change_in_groups<'p>(
        &mut self,
        mut groups: Groups<'p, 's, impl Iterator<Item = (&'p DataSite<'p, 's>, Mutation<'s>)>>,
        until: usize,
    ) where
        's: 'p,
    {
        let mut scratch = Arena::new();
        loop {
            let (mut batch, mut of_batch) = (Batch::default(), Vec::new());
            while !batch.is_full(&scratch) && self.tester.renders + batch.len() < until && !self.is_exhausted() {
                let Some(group) = groups.next() else { break };
                let Some(data) = group.data(&scratch) else { continue };
                batch.push(data, group.only_site().unwrap_or(usize::MAX));
                of_batch.push(group);
            }
            if batch.len() == 0 {
                return;
            }
            // No halves can be rendered after the last batch.
            let is_last = self.tester.renders + batch.len() >= until;
            let Batch { data, sites } = &batch;
            let Self { tester, corpus, .. } = self;
            let mut lost = vec![false; data.len()];
            tester.run_batch(data, |at, test| {
                lost[at] = test.loss.is_some();
                if lost[at] && sites[at] == usize::MAX && !is_last {
                    corpus.seen.observe(&test.output, || (corpus.is_valid)(data[at]));
                } else {
                    corpus.add(data[at], sites[at], true, test);
                }
            });
            for (group, _) in of_batch.into_iter().zip(lost).filter(|(_, is_lost)| *is_lost) {
                match group.only_site() {
                    Some(site) => groups.add_losing(site),
                    None => groups.halve(group),
                }
            }
            drop(batch);
            scratch.reset();
        }
    }

    /// Renders data with these changes.
    fn change<'p>(
        &mut self,
        mut mutations: impl Iterator<Item = (&'p DataSite<'p, 's>, Mutation<'s>)>,
        is_likely: bool,
        until: usize,
    ) where
        's: 'p,
    {
        let mut scratch = Arena::new();
        loop {
            let mut batch = Batch::default();
            while !batch.is_full(&scratch) && self.tester.renders + batch.len() < until && !self.is_exhausted() {
                let Some((at, mutation)) = mutations.next() else { break };
                let value = at.site.mutated(mutation, &scratch);
                batch.push(replaced(at.data, &at.site.path, value, &scratch), at.number);
            }
            if batch.len() == 0 {
                return;
            }
            self.attempt(&batch, is_likely);
            drop(batch);
            scratch.reset();
        }
    }

    /// Renders random data, and random changes of data that reached something.
    fn random(&mut self, bases: &[Value<'s>], renders: usize, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut sites_of_queue = HashMap::new();
        let mut scratch = Arena::new();
        let until = self.tester.renders + renders;
        while self.tester.renders < until && !self.is_exhausted() {
            let mut batch = Batch::default();
            while !batch.is_full(&scratch) && self.tester.renders + batch.len() < until {
                let data = if batch.len() % 2 == 0 || self.corpus.queue.is_empty() {
                    self.root.random(Some(bases[random.usize(0..bases.len())]), &mut random, &scratch)
                } else {
                    let at = random.usize(0..self.corpus.queue.len());
                    let origin = &self.corpus.queue[at];
                    let sites = sites_of_queue.entry(at).or_insert_with(|| sites_of(self.root, origin));
                    randomly_changed(origin.data, sites, &mut random, &scratch)
                };
                batch.push(data, usize::MAX);
            }
            self.attempt(&batch, true);
            drop(batch);
            scratch.reset();
        }
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
        let Some(all) = all.and_then(|base| all_data(self.root, *base, contract, self.arena)) else {
            return false;
        };
        // What is not valid counts too: with something else that the template does not read, it may be.
        all.into_iter().all(|data| self.tester.run(data).loss.is_none())
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
        for (loss, lost) in self.corpus.losses() {
            let is_likely = |edit: &Edit<'s>| is_likely(edit, subject.contract, &constants.compared);
            let shrunk = shrink(&mut self.tester, values, lost, loss, &is_likely, self.arena);
            // Changes that are left out may have made the data valid.
            let Some(base) = bases.get(shrunk.seed) else { continue };
            let shrunk_data = edited(base.data, &shrunk.edits, self.arena);
            let data = if (self.corpus.is_valid)(shrunk_data) { shrunk_data } else { lost };
            self.tester.renders += 1;
            let rendering = subject.compiled.render_data(&sent_data(data), render_options);
            let counterexample = Counterexample::from_rendering(
                rendering,
                subject.compiled.template(),
                base.request,
                base.reported_from,
                data,
                subject.contract,
                &constants.compared,
            );
            found.extend(counterexample.map(|counterexample| counterexample.because_of(loss)));
        }
        Counterexample::best_of(found)
    }
}

/// Some data with a few of its sites changed.
fn randomly_changed<'a, 's: 'a>(
    data: Value<'a>,
    sites: &[DataSite<'_, 's>],
    random: &mut fastrand::Rng,
    arena: &'a Arena,
) -> Value<'a> {
    (0..random.usize(2..=3)).fold(data, |data, _| {
        let site = &sites[random.usize(0..sites.len())].site;
        let likely: Vec<_> = site.mutations(true).collect();
        if likely.is_empty() {
            return data;
        }
        let value = site.mutated(likely[random.usize(0..likely.len())], arena);
        replaced(data, &site.path, value, arena)
    })
}
