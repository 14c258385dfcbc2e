//! Testing: renders data to see whether its message is sent, on one core or on all, and counts the work.

use rayon::prelude::*;

use super::seed::sent_data;
use crate::liquid::{Arena, Value};
use crate::message::{CompiledTemplate, Loss, RenderOptions, Trial, TrialOutput};

/// In how many parts a batch is rendered. Work is counted by the memory that each part has used, so this is not the number of
/// cores: every machine has to find the same.
const LANES: usize = 8;
/// How much data of a batch a part has.
const LANE_LENGTH: usize = 8;
/// How much data is rendered at once.
pub(super) const BATCH: usize = LANES * LANE_LENGTH;
/// The most that a render counts as, unless it is [very long](VERY_LONG): a loop up to a large number would end the search.
const LONG: usize = 7_000;
/// From where on a render counts as half of what it is: most of it is a loop around little, which takes less time than other nodes.
const VERY_LONG: usize = 300_000;
/// How many bytes of memory count as much as a node.
const BYTES_PER_NODE: usize = 64;
/// How many bytes of a render are kept until its batch is done, at most: a batch of renders that print much, or need much memory,
/// would need much more.
const MAX_KEPT: usize = 1 << 18;

/// Renders, and counts it.
pub(super) struct Tester<'t> {
    trial: Trial<'t>,
    is_parallel: bool,
    lanes: Vec<Lane>,
    pub(super) renders: usize,
    /// How many nodes were rendered, and may be; memory counts too, because loops without any node need it.
    work: usize,
    pub(super) most_work: usize,
}

/// What a part of a batch is rendered with; its memory is used again.
#[derive(Default)]
struct Lane {
    scratch: Arena,
    tests: Vec<Test>,
    /// How much of the batch was rendered together with other parts.
    rendered: usize,
}

/// What a render did.
pub(super) struct Test {
    /// Why the message is lost; none if it is sent.
    pub(super) loss: Option<Loss>,
    pub(super) output: TrialOutput,
    work: usize,
    /// Whether it needs more than [`MAX_KEPT`].
    is_heavy: bool,
}

impl Default for Test {
    fn default() -> Self {
        Self { loss: None, output: TrialOutput::observing(), work: 0, is_heavy: false }
    }
}

impl<'t> Tester<'t> {
    /// Renders with a template, on all cores if `is_parallel`, until roughly `most_work` nodes were rendered.
    pub(super) fn new(
        compiled: &'t CompiledTemplate<'t>,
        options: &RenderOptions,
        is_parallel: bool,
        most_work: usize,
    ) -> Self {
        let lanes = (0..LANES).map(|_| Lane::default()).collect();
        Self { trial: Trial::new(compiled, options), is_parallel, lanes, renders: 0, work: 0, most_work }
    }

    /// Renders data.
    pub(super) fn run(&mut self, data: Value<'_>) -> &Test {
        let test = self.lanes[0].test(0, &self.trial, data);
        self.renders += 1;
        self.work += test.work;
        test
    }

    /// Renders at most [`BATCH`] pieces of data, and passes on what each did, in their order. What is left when so much was
    /// rendered that it would take too long to go on is not passed on.
    pub(super) fn run_batch(&mut self, batch: &[Value<'_>], mut each: impl FnMut(usize, &Test)) {
        let is_parallel = self.is_parallel && batch.len() > LANE_LENGTH;
        if is_parallel {
            let trial = &self.trial;
            let lanes = self.lanes.par_iter_mut().zip(batch.par_chunks(LANE_LENGTH));
            lanes.for_each(|(lane, data)| {
                lane.rendered = 0;
                for data in data {
                    lane.rendered += 1;
                    // The rest follows when this is done with.
                    if lane.test(lane.rendered - 1, trial, *data).is_heavy {
                        break;
                    }
                }
            });
        }
        for (at, data) in batch.iter().enumerate() {
            if self.is_exhausted() {
                // What was rendered in vain must make no difference.
                self.lanes.fill_with(Lane::default);
                return;
            }
            let (lane, place) = (&mut self.lanes[at / LANE_LENGTH], at % LANE_LENGTH);
            let test = if is_parallel && place < lane.rendered {
                &mut lane.tests[place]
            } else {
                lane.test(0, &self.trial, *data)
            };
            self.renders += 1;
            self.work += test.work;
            each(at, test);
            if test.is_heavy {
                *test = Test::default();
            }
        }
    }

    /// How much work a render was so far.
    pub(super) fn mean_work(&self) -> usize {
        self.work / self.renders.max(1)
    }

    /// How much work may still be done.
    pub(super) const fn work_left(&self) -> usize {
        self.most_work.saturating_sub(self.work)
    }

    /// Whether so much was rendered that it would take too long to go on, whatever is left of the renders.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.work >= self.most_work
    }
}

impl Lane {
    /// Renders data, and keeps what it does under this number.
    fn test(&mut self, at: usize, trial: &Trial<'_>, data: Value<'_>) -> &mut Test {
        if self.tests.len() <= at {
            self.tests.resize_with(at + 1, Test::default);
        }
        let Self { scratch, tests, .. } = self;
        let test = &mut tests[at];
        test.loss = trial.run(sent_data(data), scratch, &mut test.output);
        let nodes = test.output.trace.counts().map(|(_, count)| count as usize).sum::<usize>();
        let memory = scratch.allocated_bytes();
        let work = nodes + memory / BYTES_PER_NODE;
        test.work = if work > VERY_LONG { work / 2 } else { work.min(LONG) };
        let content = &mut test.output.content;
        test.is_heavy = memory + content.memory() > MAX_KEPT;
        if test.is_heavy {
            content.forget_text();
            *scratch = Arena::new();
        } else {
            scratch.reset();
        }
        test
    }
}
