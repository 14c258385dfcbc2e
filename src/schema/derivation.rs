//! The derivation: finds out, by rendering, what a template needs.
//!
//! It starts from payloads whose message is sent: the requests, and others that are made of them. In each it removes every
//! key, and tries every other kind of value and shorter lists. What never loses the message is allowed, what always does is
//! not, and for what sometimes does it finds the condition ([learning](super::learning)). Then it makes payloads that the
//! result admits and looks for one that is lost, until there is none ([confirmation](super::confirmation)).

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value as Json, json};

use super::demand::{Demand, Fault};
use super::learning::learn;
use super::location::{locations, member_of, put, value_at};
use super::model::{DataModel, StringValues};
use super::place::Places;
use super::tester::{Lost, Tester};
use super::values::{MARK, MEANINGFUL, NUMBER_STRINGS, WORDS, Written, plausible};
use crate::analysis::MissingBehavior;
use crate::contract::{JsonKind, Key, Kinds};
use crate::liquid::syntax::tree::OperandKind;
use crate::liquid::syntax::visit::each_operand;
use crate::liquid::{NodeId, Value};
use crate::message::{CompiledTemplate, RenderOptions};

/// How many payloads that are sent are kept.
const MAX_SAMPLES: usize = 56;
/// How many payloads are made to find others that are sent.
const EXPLORED: usize = 500;
/// How many renders are taken to change payloads one place at a time.
const MAX_SWEPT: usize = 30_000;
/// How many payloads that lose their message are kept of each fault.
pub(super) const MAX_FAILURES: usize = 60;
/// How many renders are taken at most, all in all.
const MAX_RENDERS: usize = 120_000;
/// How long a written string may be to be compared with.
const MAX_WRITTEN_LENGTH: usize = 60;

/// A payload that has a fault and loses its message.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) data: Json,
    pub(super) at: Vec<Key>,
    pub(super) loss: Lost,
}

/// What became of payloads with a fault.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) failures: Vec<Failure>,
    pub(super) lost: usize,
    pub(super) sent: usize,
    /// Losses that the values which requests have there share, so that the fault explains them only if it is never sent.
    shared: Vec<Failure>,
}

impl Observed {
    /// Takes the shared losses for those of the fault, if nothing else is known of it.
    fn settle_shared(&mut self) {
        if self.sent == 0 && self.lost == 0 {
            self.lost = self.shared.len();
            self.failures.append(&mut self.shared);
        }
    }
}

pub(super) struct Derivation<'t> {
    pub(super) tester: Tester<'t>,
    pub(super) written: Written,
    pub(super) model: DataModel,
    pub(super) observed: BTreeMap<(usize, Fault), Observed>,
    /// Whether the message of any request is sent.
    are_requests_sent: bool,
    pub(super) random: fastrand::Rng,
}

impl DataModel {
    /// Finds out what a template needs. `variants` are its languages; `seeds` the data of its requests, and `customers` that
    /// of customers, as objects that have `trigger`, `customer` and `objects`.
    #[must_use]
    pub fn derive(
        variants: &[CompiledTemplate<'_>],
        seeds: &[Json],
        customers: &[Json],
        options: &RenderOptions,
    ) -> Self {
        let (mut places, reads_anything) = Places::new(variants);
        if reads_anything {
            for seed in seeds {
                places.add_all_of(seed);
            }
        }
        let mut derivation = Derivation {
            tester: Tester::new(variants, options),
            written: Written::of(variants),
            model: Self { places, ..Self::default() },
            observed: BTreeMap::new(),
            are_requests_sent: false,
            random: fastrand::Rng::with_seed(0),
        };
        derivation.start(seeds, customers);
        if derivation.model.is_tried {
            derivation.explore(customers);
            derivation.sweep();
            derivation.decide();
            derivation.confirm();
        } else {
            derivation.presume();
        }
        derivation.model.renders = derivation.tester.renders;
        derivation.model
    }
}

impl Written {
    fn of(variants: &[CompiledTemplate<'_>]) -> Self {
        let mut written = Self::default();
        for text in variants.iter().flat_map(CompiledTemplate::texts) {
            each_operand(text.liquid.nodes, &mut |operand| match operand.kind {
                OperandKind::Literal(Value::String(text)) => written.add(text),
                OperandKind::Literal(Value::Number(number)) if !written.numbers.contains(&number) => {
                    written.numbers.push(number);
                }
                _ => {}
            });
        }
        written
    }

    fn add(&mut self, text: &str) {
        // Filters such as `where_exp` are given expressions as strings.
        for quote in ['\'', '"'] {
            text.split(quote).skip(1).step_by(2).for_each(|inner| self.add_plain(inner));
        }
        for number in text.split_ascii_whitespace().filter_map(|word| word.parse::<f64>().ok()) {
            if number.is_finite() && !self.numbers.contains(&number) {
                self.numbers.push(number);
            }
        }
        self.add_plain(text);
    }

    fn add_plain(&mut self, text: &str) {
        // What is written between quotes, backslashes or directives of `date` is punctuation rather than data.
        let is_word = text.len() <= MAX_WRITTEN_LENGTH
            && !text.contains(['"', '\\', '%', '\n', '{', '}'])
            && text.chars().any(char::is_alphanumeric);
        if is_word && !self.strings.iter().any(|known| known == text) {
            self.strings.push(text.to_owned());
        }
    }
}

impl Derivation<'_> {
    /// Renders the requests, or makes up data where none of them is sent.
    fn start(&mut self, seeds: &[Json], customers: &[Json]) {
        for seed in seeds {
            if self.model.samples.len() < MAX_SAMPLES / 2
                && !self.model.samples.contains(seed)
                && self.tester.is_sent(seed)
            {
                self.model.places.observe(seed);
                self.model.samples.push(seed.clone());
            }
        }
        self.are_requests_sent = !self.model.samples.is_empty();
        if !self.are_requests_sent {
            for seed in seeds {
                self.model.places.observe(seed);
            }
            if let Some(made_up) = self.make_up(seeds, customers) {
                self.model.places.observe(&made_up);
                self.model.samples.push(made_up);
            }
        }
        // Attributes are known from all customers, also from those that no request is for.
        for customer in customers {
            self.model.places.observe(&json!({"customer": customer["customer"]}));
        }
        self.model.is_tried = !self.model.samples.is_empty();
        let count = self.model.places.0.len();
        self.model.kinds = self.model.places.0.iter().map(plausible).collect();
        self.model.strings = vec![StringValues::Any; count];
        self.model.compared = vec![Vec::new(); count];
    }

    /// Data that is sent, where no request is: a harmless value at each place, of another kind where the first one loses.
    fn make_up(&mut self, seeds: &[Json], customers: &[Json]) -> Option<Json> {
        let roots = [self.model.places.harmless(0), self.model.places.harmless(1)];
        let object = |value: &Json| if value.is_object() { value.clone() } else { json!({}) };
        let mut starts = vec![json!({"trigger": object(&roots[0]), "customer": object(&roots[1]), "objects": {}})];
        let beside = seeds.iter().chain(customers).map(
            |known| json!({"trigger": object(&roots[0]), "customer": known["customer"], "objects": known["objects"]}),
        );
        starts.extend(beside.take(8));
        starts.extend(seeds.iter().take(8).cloned());
        starts.into_iter().find_map(|start| self.repaired(start))
    }

    /// A payload that is sent, made of another one by changing one place after the other.
    fn repaired(&mut self, mut data: Json) -> Option<Json> {
        const TRIES: usize = 600;
        let start = self.tester.renders;
        let mut loss = self.tester.run(&data);
        for _ in 0..4 {
            for place in 2..self.model.places.0.len() {
                let pattern = self.model.places.0[place].pattern.clone();
                for location in locations(&data, &pattern).into_iter().take(2) {
                    for to in self.alternatives(place) {
                        if loss.is_none() {
                            return Some(data);
                        }
                        if self.tester.renders - start > TRIES {
                            return None;
                        }
                        let mut other = data.clone();
                        if to.as_ref() == value_at(&data, &location) || !put(&mut other, &location, to) {
                            continue;
                        }
                        let next = self.tester.run(&other);
                        // Another loss is one that is found later.
                        if next.is_none() || next != loss && self.random.bool() {
                            (data, loss) = (other, next);
                        }
                    }
                }
            }
        }
        loss.is_none().then_some(data)
    }

    fn alternatives(&self, place: usize) -> Vec<Option<Json>> {
        let of = &self.model.places;
        let mut values = vec![Some(of.harmless(place))];
        // What is sent mostly, first: a string that happens to be a number is sent rarely.
        let order = [JsonKind::String, JsonKind::Number, JsonKind::Boolean, JsonKind::Array, JsonKind::Object];
        let kinds = plausible(&of.0[place]);
        for kind in order.into_iter().filter(|kind| kinds.has(*kind)) {
            values.push(Some(of.of_kind(place, kind).swap_remove(0)));
        }
        values.extend(self.written.few_strings().map(Some));
        values.extend(self.written.near_numbers().take(6).map(Some));
        values.extend(NUMBER_STRINGS.map(|text| Some(json!(text))));
        values.extend([None, Some(Json::Null)]);
        values
    }

    /// Looks for more data that is sent: what reaches other parts of the template, has other keys, longer and shorter lists.
    fn explore(&mut self, customers: &[Json]) {
        let mut reached: HashSet<(NodeId, u32)> = HashSet::new();
        for sample in self.model.samples.clone() {
            self.tester.is_sent(&sample);
            reached.extend(self.tester.reached());
        }
        let first = self.model.samples[0].clone();
        for customer in customers.iter().take(12) {
            let mut other = first.clone();
            for root in ["customer", "objects"] {
                other[root] = customer[root].clone();
            }
            self.keep_if_sent(other, &mut reached, true);
        }
        // Everything at once, and each place that nothing is at so far.
        let mut full = first.clone();
        for place in 0..self.model.places.0.len() {
            self.fill(&mut full, place);
        }
        self.keep_if_sent(full, &mut reached, true);
        for place in 0..self.model.places.0.len() {
            if self.is_located(place) {
                continue;
            }
            for sample in self.model.samples.clone().into_iter().take(16) {
                let mut other = sample;
                if self.fill(&mut other, place) && self.keep_if_sent(other, &mut reached, true) {
                    break;
                }
            }
        }
        for _ in 0..EXPLORED {
            if self.is_exhausted() {
                return;
            }
            let mut data = self.random_sample();
            for _ in 0..self.random.usize(1..=3) {
                self.vary(&mut data);
            }
            let is_room = self.model.samples.len() < MAX_SAMPLES * 3 / 4;
            self.keep_if_sent(data, &mut reached, is_room);
        }
    }

    /// Puts a harmless value at a place and at those around it where nothing is. Returns whether something is there then.
    fn fill(&self, data: &mut Json, place: usize) -> bool {
        let places = &self.model.places;
        if let Some(parent) = places.0[place].parent.filter(|parent| *parent > 1)
            && !self.fill(data, parent)
        {
            return false;
        }
        let found = locations(data, &places.0[place].pattern);
        if found.is_empty() && places.0[place].pattern.ends_with(&[super::location::Step::Element]) {
            let Some(parent) = places.0[place].parent else { return false };
            let arrays = locations(data, &places.0[parent].pattern);
            return arrays.iter().any(|at| put(data, at, Some(places.harmless(parent))));
        }
        let mut is_there = false;
        for location in found {
            is_there |= value_at(data, &location).is_some() || put(data, &location, Some(places.harmless(place)));
        }
        is_there
    }

    fn is_located(&self, place: usize) -> bool {
        let pattern = &self.model.places.0[place].pattern;
        let is_there = |sample: &Json| locations(sample, pattern).iter().any(|at| value_at(sample, at).is_some());
        self.model.samples.iter().any(is_there)
    }

    fn keep_if_sent(&mut self, data: Json, reached: &mut HashSet<(NodeId, u32)>, is_welcome: bool) -> bool {
        if !self.tester.is_sent(&data) {
            return false;
        }
        let mut is_new = false;
        for node in self.tester.reached().collect::<Vec<_>>() {
            is_new |= reached.insert(node);
        }
        if (is_new || is_welcome) && self.model.samples.len() < MAX_SAMPLES && !self.model.samples.contains(&data) {
            self.model.samples.push(data);
        }
        true
    }

    pub(super) fn random_sample(&mut self) -> Json {
        self.model.samples[self.random.usize(0..self.model.samples.len())].clone()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.tester.is_exhausted() || self.tester.renders > MAX_RENDERS
    }

    /// Changes a random place to a value of a kind that it may hold.
    pub(super) fn vary(&mut self, data: &mut Json) {
        let place = self.random.usize(0..self.model.places.0.len());
        let found = locations(data, &self.model.places.0[place].pattern);
        if place < 2 || found.is_empty() {
            return;
        }
        let at = &found[self.random.usize(0..found.len())];
        let to = self.random_value(place, value_at(data, at));
        put(data, at, to);
    }

    fn random_value(&mut self, place: usize, current: Option<&Json>) -> Option<Json> {
        let of = &self.model.places.0[place];
        if let Some(Json::Array(items)) = current.filter(|_| self.random.u8(0..4) > 0) {
            let source = if items.is_empty() {
                self.model.places.of_kind(place, JsonKind::Array).swap_remove(0)
            } else {
                json!(items)
            };
            let items = source.as_array().cloned().unwrap_or_default();
            let count = self.random.usize(0..=4);
            return Some(items.iter().cycle().take(count).cloned().collect());
        }
        let mut values: Vec<Option<Json>> = of.examples.iter().cloned().map(Some).collect();
        let kinds = self.model.kinds[place];
        for kind in kinds.iter() {
            values.extend(self.model.places.of_kind(place, kind).into_iter().map(Some));
        }
        if kinds.has(JsonKind::String) {
            values.extend(self.written.few_strings().map(Some));
        }
        if kinds.has(JsonKind::Number) {
            values.extend(self.written.near_numbers().map(Some));
        }
        values.extend([None, Some(Json::Null)]);
        values.swap_remove(self.random.usize(0..values.len()))
    }

    /// The faults that are tried at a place.
    fn faults(&self, place: usize) -> Vec<Fault> {
        let of = &self.model.places.0[place];
        let mut faults = Vec::new();
        if member_of(&of.pattern).is_some() {
            faults.push(Fault::Absent);
        }
        let kinds = self.model.kinds[place];
        faults.extend(kinds.iter().map(Fault::Kind));
        if !kinds.has(JsonKind::Null) {
            faults.push(Fault::Kind(JsonKind::Null));
        }
        if of.element.is_none() && of.members.is_empty() {
            let more = [JsonKind::Array, JsonKind::Object].into_iter().filter(|kind| !kinds.has(*kind));
            faults.extend(more.map(Fault::Kind));
        }
        if kinds.has(JsonKind::Array) {
            faults.extend([1, 2, 3].map(Fault::Fewer));
        }
        faults
    }

    /// Changes one place of each sample in every way.
    fn sweep(&mut self) {
        let start = self.tester.renders;
        let samples = self.model.samples.clone();
        for sample in &samples {
            if self.tester.renders - start > MAX_SWEPT || self.is_exhausted() {
                break;
            }
            for place in 2..self.model.places.0.len() {
                for at in locations(sample, &self.model.places.0[place].pattern) {
                    for fault in self.faults(place) {
                        self.try_fault(sample, place, fault, &at);
                    }
                }
            }
        }
    }

    fn try_fault(&mut self, sample: &Json, place: usize, fault: Fault, at: &[Key]) {
        let (mut failure, mut is_sent) = (None, false);
        for to in self.model.places.faulty(place, fault, value_at(sample, at)) {
            let mut data = sample.clone();
            if !put(&mut data, at, to) {
                continue;
            }
            match self.tester.run(&data) {
                Some(loss) => failure = failure.or(Some(Failure { data, at: at.to_vec(), loss })),
                // Where an object or array is printed as JSON, it may be sent as well as what is seen.
                None => {
                    is_sent |= match fault {
                        Fault::Kind(JsonKind::Object) => self.tester.has_printed(&format!("{{\"{MARK}\"")),
                        Fault::Kind(JsonKind::Array) => self.tester.has_printed(&format!("[\"{MARK}\"")),
                        _ => true,
                    };
                }
            }
        }
        // Other elements of the same number may be sent: then their number is not the fault.
        if is_sent && matches!(fault, Fault::Fewer(_)) {
            failure = None;
        }
        if failure.is_some() && self.is_lost_as_usual(sample, fault, at) {
            return;
        }
        let is_shared = failure.is_some() && self.is_lost_with_examples(sample, place, at);
        let observed = self.observed.entry((place, fault)).or_default();
        if let Some(failure) = failure {
            if is_shared {
                observed.shared.push(failure);
                observed.shared.truncate(MAX_FAILURES);
                return;
            }
            observed.lost += 1;
            if observed.failures.len() < MAX_FAILURES {
                observed.failures.push(failure);
            }
        } else if is_sent {
            observed.sent += 1;
        }
    }

    /// Whether the other boolean than the one that is there loses the message as well as a value of another kind: then the
    /// kind is not the fault.
    pub(super) fn is_lost_as_usual(&mut self, sample: &Json, fault: Fault, at: &[Key]) -> bool {
        let is_kind = matches!(fault, Fault::Kind(kind) if kind != JsonKind::Null);
        let Some(flag) = value_at(sample, at).and_then(Json::as_bool).filter(|_| is_kind) else { return false };
        let mut data = sample.clone();
        put(&mut data, at, Some(json!(!flag))) && !self.tester.is_sent(&data)
    }

    /// Whether every other value that requests have at a place loses the message as well: then it is the value that is
    /// there which matters, rather than that there is one.
    pub(super) fn is_lost_with_examples(&mut self, sample: &Json, place: usize, at: &[Key]) -> bool {
        let current = value_at(sample, at);
        if current.is_none_or(Json::is_boolean) {
            return false;
        }
        let examples = &self.model.places.0[place].examples;
        let others: Vec<Json> = examples.iter().filter(|example| Some(*example) != current).cloned().collect();
        !others.is_empty()
            && others.into_iter().all(|other| {
                let mut data = sample.clone();
                put(&mut data, at, Some(other)) && !self.tester.is_sent(&data)
            })
    }

    /// Decides what each place may hold and what the template demands.
    fn decide(&mut self) {
        self.observed.values_mut().for_each(Observed::settle_shared);
        for place in 2..self.model.places.0.len() {
            self.decide_kinds(place);
        }
        for place in 2..self.model.places.0.len() {
            if member_of(&self.model.places.0[place].pattern).is_some() {
                if self.is_located(place) {
                    self.settle(place, Fault::Absent);
                } else if is_fatal(&self.model, place) {
                    self.demand_always(place, Fault::Absent);
                }
            }
            if self.model.places.0[place].seen.has(JsonKind::Null) {
                self.settle(place, Fault::Kind(JsonKind::Null));
            }
            for count in [1, 2, 3] {
                self.settle(place, Fault::Fewer(count));
            }
        }
        self.settle_explained();
        // Null is allowed where absence is.
        for place in 2..self.model.places.0.len() {
            let is_optional = member_of(&self.model.places.0[place].pattern).is_some()
                && !self.model.demand(place, Fault::Absent).is_some_and(Demand::is_always);
            let is_refused = self.lost(place, Fault::Kind(JsonKind::Null)) > 0;
            if is_optional && !is_refused {
                self.model.kinds[place].add(JsonKind::Null);
            }
        }
    }

    /// Decides again about each fault that is not always lost, without the payloads that are lost because of another one.
    fn settle_explained(&mut self) {
        for demand in self.model.demands.clone() {
            let (place, fault) = (demand.place, demand.fault);
            let Some(observed) = self.observed.get_mut(&(place, fault)).filter(|observed| observed.sent > 0) else {
                continue;
            };
            self.model.demands.retain(|known| (known.place, known.fault) != (place, fault));
            let model = &self.model;
            observed.failures.retain(|failure| model.admits(&failure.data));
            observed.lost = observed.failures.len();
            self.settle(place, fault);
        }
    }

    fn lost(&self, place: usize, fault: Fault) -> usize {
        self.observed.get(&(place, fault)).map_or(0, |observed| observed.lost)
    }

    fn sent(&self, place: usize, fault: Fault) -> usize {
        self.observed.get(&(place, fault)).map_or(0, |observed| observed.sent)
    }

    fn decide_kinds(&mut self, place: usize) {
        let seen = self.model.places.0[place].seen;
        let mut kinds = Kinds::NONE;
        for kind in JsonKind::ALL {
            let fault = Fault::Kind(kind);
            let is_fine = self.lost(place, fault) == 0;
            // What is printed as JSON may be anything, unless requests show what it is.
            let is_whole = !self.are_requests_sent
                && matches!(kind, JsonKind::Array | JsonKind::Object)
                && self.sent(place, fault) > 0;
            if seen.has(kind) || is_fine && (plausible(&self.model.places.0[place]).has(kind) || is_whole) {
                kinds.add(kind);
            }
        }
        if kinds.is_empty() {
            kinds = plausible(&self.model.places.0[place]);
        }
        self.model.kinds[place] = kinds;
        if kinds.has(JsonKind::String) {
            self.decide_strings(place);
        }
    }

    /// Whether any string will do, or only those that are numbers, those that the template has a case for, or some others.
    fn decide_strings(&mut self, place: usize) {
        let mut compared = Vec::new();
        let any = self.survivors(place, &WORDS.map(Json::from));
        if any.iter().all(|(_, lost)| *lost == 0) {
            self.model.compared[place] = self.distinguished(place);
            return;
        }
        let seen: Vec<String> = self.model.places.0[place]
            .examples
            .iter()
            .filter_map(|example| example.as_str().map(str::to_owned))
            .collect();
        let is_number = |text: &String| text.parse::<f64>().is_ok();
        let numbers = self.survivors(place, &NUMBER_STRINGS.map(Json::from));
        if !seen.is_empty() && seen.iter().all(is_number) && numbers.iter().all(|(_, lost)| *lost == 0) {
            self.model.strings[place] = StringValues::Numbers;
            return;
        }
        if any.iter().any(|(sent, _)| *sent > 0) {
            return;
        }
        let written: Vec<String> = self.written.strings.iter().take(12).cloned().collect();
        for text in written.iter().chain(&seen) {
            if !compared.contains(text) && self.survivors(place, &[json!(text)])[0].1 == 0 {
                compared.push(text.clone());
            }
        }
        let is_written = |text: &str| written.iter().any(|known| known.eq_ignore_ascii_case(text));
        let others: Vec<Json> = MEANINGFUL.into_iter().filter(|text| !is_written(text)).map(Json::from).collect();
        let is_open = compared.iter().any(|text| !is_written(text))
            || self.survivors(place, &others).iter().any(|(sent, _)| *sent > 0);
        if is_open && !compared.is_empty() {
            self.model.strings[place] = StringValues::Like(compared);
        } else if !compared.is_empty() {
            self.model.strings[place] = StringValues::OneOf(compared);
        }
    }

    /// The written strings that make the template render something else than any other word does.
    fn distinguished(&mut self, place: usize) -> Vec<String> {
        let pattern = self.model.places.0[place].pattern.clone();
        let mut found = Vec::new();
        let written: Vec<String> = self.written.strings.iter().take(12).cloned().collect();
        for sample in self.model.samples.clone().iter().take(8) {
            let Some(at) = locations(sample, &pattern).into_iter().find(|at| value_at(sample, at).is_some()) else {
                continue;
            };
            let mut traced = |text: &str| {
                let mut data = sample.clone();
                put(&mut data, &at, Some(json!(text)));
                self.tester.is_sent(&data);
                let mut nodes: Vec<_> = self.tester.reached().collect();
                nodes.sort_unstable();
                nodes
            };
            let other = traced(WORDS[0]);
            for text in &written {
                if !found.contains(text) && traced(text) != other {
                    found.push(text.clone());
                }
            }
        }
        found
    }

    /// For each value, in how many samples the message is sent with it at a place, and in how many it is lost.
    fn survivors(&mut self, place: usize, values: &[Json]) -> Vec<(usize, usize)> {
        let pattern = self.model.places.0[place].pattern.clone();
        let samples: Vec<Json> = self.model.samples.iter().take(24).cloned().collect();
        let mut counts = vec![(0, 0); values.len()];
        for sample in &samples {
            for at in locations(sample, &pattern).into_iter().take(2) {
                if value_at(sample, &at).is_none() {
                    continue;
                }
                for (value, (sent, lost)) in values.iter().zip(&mut counts) {
                    let mut data = sample.clone();
                    put(&mut data, &at, Some(value.clone()));
                    *if self.tester.is_sent(&data) { sent } else { lost } += 1;
                }
            }
        }
        counts
    }

    /// Decides about a fault from what was observed: allowed, never allowed, or only if some condition is not true.
    pub(super) fn settle(&mut self, place: usize, fault: Fault) {
        let Some(observed) = self.observed.get(&(place, fault)) else { return };
        if observed.lost == 0 {
            return;
        }
        let conditions = if observed.sent == 0 { None } else { learn(self, place, &observed.failures.clone()) };
        match conditions {
            Some(conditions) => self.demand(Demand { place, fault, conditions }),
            // What was seen to be sent cannot be forbidden altogether.
            None if matches!(fault, Fault::Kind(_)) => {}
            // Where shorter lists are sent, it is not their length that loses the message.
            None if self.has_shorter(place, fault) => {}
            None if fault == Fault::Absent && self.is_about_all_elements(place) => {
                self.demand_always(place, Fault::AbsentInAll);
            }
            None => self.demand_always(place, fault),
        }
    }

    /// Whether the message of any sample is sent with a list that is too short at a place.
    pub(super) fn has_shorter(&self, place: usize, fault: Fault) -> bool {
        let Fault::Fewer(count @ 2..) = fault else { return false };
        let pattern = &self.model.places.0[place].pattern;
        let is_shorter = |list: &Json| list.as_array().is_some_and(|items| items.len() < count);
        let has =
            |sample: &Json| locations(sample, pattern).iter().any(|at| value_at(sample, at).is_some_and(is_shorter));
        self.model.samples.iter().any(has)
    }

    /// Whether only those payloads are lost in which no element of a list has the key of a place.
    fn is_about_all_elements(&self, place: usize) -> bool {
        let demand = Demand { place, fault: Fault::AbsentInAll, conditions: vec![Vec::new()] };
        let Some(observed) = self.observed.get(&(place, Fault::Absent)) else { return false };
        let lacks = |data: &Json| !demand.violations(&self.model.places, data).is_empty();
        observed.failures.iter().all(|failure| lacks(&failure.data)) && !self.model.samples.iter().any(lacks)
    }

    pub(super) fn demand_always(&mut self, place: usize, fault: Fault) {
        self.demand(Demand { place, fault, conditions: vec![Vec::new()] });
    }

    fn demand(&mut self, demand: Demand) {
        let is_it = |known: &&mut Demand| known.place == demand.place && known.fault == demand.fault;
        match self.model.demands.iter_mut().find(is_it) {
            Some(known) => *known = demand,
            None => self.model.demands.push(demand),
        }
    }

    /// What the analysis alone says, where there is no data that is sent.
    fn presume(&mut self) {
        for place in 2..self.model.places.0.len() {
            if is_fatal(&self.model, place) && member_of(&self.model.places.0[place].pattern).is_some() {
                self.demand_always(place, Fault::Absent);
            }
        }
    }
}

/// Whether the analysis says that the message may be lost where nothing is at a place.
fn is_fatal(model: &DataModel, place: usize) -> bool {
    let is_fatal = |missing| matches!(missing, MissingBehavior::Fails | MissingBehavior::MayFail);
    model.places.0[place].reads.iter().any(|read| is_fatal(read.missing))
}
