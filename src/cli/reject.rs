//! `inkproof reject`: what waits for review is dropped, and what was expected stays.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::pending::Waiting;
use super::{Failure, Global, Outcome, completions};
use crate::snapshot::Stage;

/// Reject what waits for review
#[derive(Debug, Args)]
pub(super) struct Reject {
    /// Templates, requests or patterns; all if none is given
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl RunCommand for Reject {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_to_decide()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.tell_unreadable()?);
        // Of what is obsolete, only what was never accepted goes.
        let never_accepted =
            waiting.obsolete.iter().filter(|(_, stage)| *stage == Stage::Pending).map(|(name, _)| name);
        let (mut rejected, mut failures) = (0, Vec::new());
        for name in waiting.pending.iter().chain(never_accepted) {
            match waiting.store.remove(name, Stage::Pending) {
                Ok(()) => rejected += 1,
                Err(error) => {
                    let path = waiting.store.shown(name, Stage::Pending);
                    failures.push(format!("cannot delete `{path}`: {error}"));
                }
            }
        }
        writeln!(anstream::stdout().lock(), "rejected {rejected}")?;
        if failures.is_empty() { Ok(outcome) } else { Err(Failure::Messages(failures)) }
    }
}
