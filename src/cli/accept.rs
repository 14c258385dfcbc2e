//! `inkproof accept`: makes pending snapshots the accepted ones.

use std::io::{self, Write};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::pending::{self, Waiting};
use super::{Failure, Global, Outcome, completions};
use crate::snapshot::{Stage, contents_of};

/// Accept pending snapshots
///
/// Replaces the accepted snapshots with the pending ones, as they were shown, and deletes snapshots whose requests no
/// longer exist.
#[derive(Debug, Args)]
pub(super) struct Accept {
    /// Names or patterns of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl RunCommand for Accept {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_to_decide()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.report_unreadable()?);
        let (mut accepted, mut deleted, mut vanished, mut failures) = (0, 0, 0, Vec::new());
        for name in &waiting.pending {
            match accept(&waiting, name) {
                Ok(true) => accepted += 1,
                Ok(false) => vanished += 1,
                Err(reason) => {
                    let path = waiting.store.shown(name, Stage::Pending);
                    failures.push(format!("cannot accept `{path}`: {reason}; it is still pending"));
                }
            }
        }
        for (name, stage) in &waiting.obsolete {
            match waiting.store.remove(name, *stage) {
                Ok(true) => deleted += 1,
                Ok(false) => vanished += 1,
                Err(error) => {
                    let path = waiting.store.shown(name, *stage);
                    failures.push(format!("cannot delete `{path}`: {error}"));
                }
            }
        }
        pending::report_vanished(vanished)?;
        writeln!(anstream::stdout().lock(), "accepted {accepted}, deleted {deleted} obsolete")?;
        if failures.is_empty() { Ok(outcome) } else { Err(Failure::Messages(failures)) }
    }
}

/// Accepts a snapshot, but never a file that is not one. Returns whether it was still pending.
fn accept(waiting: &Waiting, name: &str) -> Result<bool, String> {
    let text = waiting.store.read(name, Stage::Pending).map_err(|unusable| unusable.to_string())?;
    let Some(text) = text else { return Ok(false) };
    contents_of(&text).map_err(|unusable| unusable.to_string())?;
    match waiting.store.accept(name) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.to_string()),
    }
}
