//! A run: all cores render the records of a stream.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use thiserror::Error;

use super::Audience;
use super::head::Head;
use super::part::Part;
use super::sample::Sample;
use super::state::State;
use super::worker::{Worker, Written};
use crate::diagnostics::Diagnostics;
use crate::liquid::Arena;
use crate::message::{CompiledTemplate, TrialOutput};
use crate::records::{Batch, InputError, Records, process, process_with};

/// Why there is no report.
#[derive(Debug, Error)]
pub enum RunError {
    /// The template cannot be parsed.
    #[error("the template has mistakes")]
    Template(Diagnostics),
}

/// The files that a run writes.
#[derive(Default)]
pub struct Output<'w> {
    /// Where lost messages are written.
    pub failures: Option<Box<dyn Write + 'w>>,
    /// Where sent messages are written.
    pub messages: Option<Box<dyn Write + 'w>>,
    /// The first error of each: the run ends with it.
    pub error: Option<io::Error>,
}

impl Output<'_> {
    fn write(&mut self, written: &Written) -> io::Result<()> {
        for (file, bytes) in [(&mut self.failures, &written.failures), (&mut self.messages, &written.messages)] {
            if let Some(file) = file {
                file.write_all(bytes)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        [&mut self.failures, &mut self.messages].into_iter().flatten().try_for_each(Write::flush)
    }
}

/// Renders the message for all records, or for a random sample of so many with this seed. `step` is called from time to
/// time with the number of records so far. Also returns the inputs that could not be read to their end.
///
/// # Errors
/// The template cannot be parsed.
pub fn run(
    audience: &Audience<'_>,
    mut records: Records,
    threads: usize,
    sample: Option<(NonZeroUsize, u64)>,
    output: &mut Output<'_>,
    step: &dyn Fn(u64),
) -> Result<(Part, Vec<InputError>), RunError> {
    let arena = Arena::new();
    let compiled = compile(audience, &arena)?;
    let head = Head::new(audience, &compiled, sample);
    let reading = records.stop().clone();
    let mut count = 0;
    let mut take = |written: Written| {
        count += written.records;
        if output.error.is_none()
            && let Err(error) = output.write(&written)
        {
            output.error = Some(error);
            reading.stop();
        }
        step(count);
    };
    let work = |batches: crate::records::NextBatch<'_, Written>| {
        let arena = Arena::new();
        // It was compiled before without an error.
        let compiled = compile(audience, &arena).unwrap_or_default();
        let mut worker = Worker::new(audience, &compiled);
        let (mut values, mut out) = (Arena::new(), TrialOutput::default());
        while batches(&mut |batch| worker.batch(batch, &mut values, &mut out)) {}
        worker.state
    };
    let mut state = State::new(&head.branch_counts());
    if let Some((size, seed)) = sample {
        let new = || Sample::new(size, seed);
        let choose = |sample: &mut Sample, batch: &Batch| {
            sample.offer(batch);
            Written { records: (batch.records().len() + batch.errors().len()) as u64, ..Written::default() }
        };
        let samples = process(&mut records, threads, new, choose, &mut take);
        let (chosen, total) = Sample::merge(samples, size, seed);
        let mut worker = Worker::new(audience, &compiled);
        let (mut values, mut out) = (Arena::new(), TrialOutput::default());
        for batch in &chosen {
            take(Written { records: 0, ..worker.batch(batch, &mut values, &mut out) });
        }
        state = worker.state;
        state.records = total;
    } else {
        for part in process_with(&mut records, threads, work, &mut take) {
            state.merge(part);
        }
    }
    let is_stopped = reading.is_stopped();
    let errors = records.into_errors();
    state.cut.extend(errors.iter().map(ToString::to_string));
    if is_stopped {
        let reason = if output.error.is_some() { "a file could not be written" } else { "interrupted" };
        state.cut.push(reason.to_owned());
    }
    // As when parts are merged, in any order.
    state.cut.sort();
    if let Err(error) = output.flush() {
        output.error.get_or_insert(error);
    }
    Ok((Part::new(head, state), errors))
}

/// Parses the template and its variants.
fn compile<'a>(audience: &'a Audience<'a>, arena: &'a Arena) -> Result<Vec<CompiledTemplate<'a>>, RunError> {
    let variants = audience.template.with_variants();
    let compiled = variants.map(|variant| variant.compile(&audience.workspace, arena));
    let (mut compiled_all, mut problems) = (Vec::new(), Diagnostics::new());
    for compiled in compiled {
        match compiled {
            Ok(compiled) => compiled_all.push(compiled),
            Err(errors) => problems.extend(errors),
        }
    }
    if problems.is_empty() { Ok(compiled_all) } else { Err(RunError::Template(problems)) }
}
