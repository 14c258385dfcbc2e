//! `inkproof accept`: what waits for review becomes what is expected.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::pending::Waiting;
use super::{Failure, Global, Outcome, completions};
use crate::snapshot::{Stage, contents_of};

/// Accept what waits for review
///
/// Makes what waits what is expected, as it was shown, and deletes snapshots whose requests are gone.
#[derive(Debug, Args)]
pub(super) struct Accept {
    /// Templates, requests or patterns; all if none is given
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl RunCommand for Accept {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_to_decide()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.tell_unreadable()?);
        let (mut accepted, mut deleted, mut failures) = (0, 0, Vec::new());
        for name in &waiting.pending {
            match accept(&waiting, name) {
                Ok(()) => accepted += 1,
                Err(reason) => {
                    let path = waiting.store.shown(name, Stage::Pending);
                    failures.push(format!("cannot accept `{path}`: {reason}; it waits as before"));
                }
            }
        }
        for (name, stage) in &waiting.obsolete {
            match waiting.store.remove(name, *stage) {
                Ok(()) => deleted += 1,
                Err(error) => {
                    let path = waiting.store.shown(name, *stage);
                    failures.push(format!("cannot delete `{path}`: {error}"));
                }
            }
        }
        writeln!(anstream::stdout().lock(), "accepted {accepted}, deleted {deleted} obsolete")?;
        if failures.is_empty() { Ok(outcome) } else { Err(Failure::Messages(failures)) }
    }
}

/// What is no snapshot is never made one.
fn accept(waiting: &Waiting, name: &str) -> Result<(), String> {
    let text = waiting.store.read(name, Stage::Pending).map_err(|unusable| unusable.to_string())?;
    contents_of(&text.unwrap_or_default()).map_err(|unusable| unusable.to_string())?;
    waiting.store.accept(name).map_err(|error| error.to_string())
}
