//! `inkproof reject`: deletes pending snapshots and keeps the accepted ones.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::pending::{self, Waiting};
use super::{Failure, Global, Outcome, completions};
use crate::snapshot::Stage;

/// Reject pending snapshots: delete them and keep the accepted ones
#[derive(Debug, Args)]
pub(super) struct Reject {
    /// Names, patterns or paths of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl RunCommand for Reject {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_to_decide()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.report_unreadable()?);
        // Of the obsolete snapshots, only those that were never accepted are deleted.
        let never_accepted =
            waiting.obsolete.iter().filter(|(_, stage)| *stage == Stage::Pending).map(|(name, _)| name);
        let (mut rejected, mut vanished, mut failures) = (0, 0, Vec::new());
        for name in waiting.pending.iter().chain(never_accepted) {
            match waiting.store.remove(name, Stage::Pending) {
                Ok(true) => rejected += 1,
                Ok(false) => vanished += 1,
                Err(error) => {
                    let path = waiting.store.shown(name, Stage::Pending);
                    failures.push(format!("cannot delete `{path}`: {error}"));
                }
            }
        }
        pending::report_vanished(vanished)?;
        writeln!(anstream::stdout().lock(), "rejected {rejected}")?;
        if failures.is_empty() { Ok(outcome) } else { Err(Failure::Messages(failures)) }
    }
}
