//! `inkproof accept`: makes pending snapshots the accepted ones.

use std::collections::HashSet;
use std::io::{self, Write};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::pending::{self, Waiting};
use super::{Failure, Global, Outcome, completions, not_sent};
use crate::project::Project;
use crate::snapshot::{Stage, Subject, contents_of, failure_in};

/// Accept pending snapshots
///
/// Replaces the accepted snapshots with the pending ones, as they were shown, and deletes snapshots whose requests no
/// longer exist.
#[derive(Debug, Args)]
pub(super) struct Accept {
    /// Names, patterns or paths of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl RunCommand for Accept {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_to_decide()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.report_unreadable()?);
        let (mut accepted, mut deleted, mut vanished, mut failures) = (0, 0, 0, Vec::new());
        let mut not_sent: Vec<(&str, String)> = Vec::new();
        let meant_to_be_lost = meant_to_be_lost(&project);
        let is_allowed = |name: &String| project.config().test.allow_failures || meant_to_be_lost.contains(name);
        for name in &waiting.pending {
            match accept(&waiting, name, is_allowed(name)) {
                Ok(Accepted::Sent) => accepted += 1,
                Ok(Accepted::NotSent(reason)) => {
                    accepted += 1;
                    not_sent.push((name, reason));
                }
                Ok(Accepted::Vanished) => vanished += 1,
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
        let mut out = anstream::stdout().lock();
        writeln!(out, "accepted {accepted}, deleted {deleted} obsolete")?;
        not_sent::write_accepted(not_sent.iter().map(|(name, reason)| (*name, reason.as_str())), &mut out)?;
        if failures.is_empty() { Ok(outcome) } else { Err(Failure::Messages(failures)) }
    }
}

/// The names of the snapshots whose messages are meant to be lost.
fn meant_to_be_lost(project: &Project) -> HashSet<String> {
    let subjects = Subject::all(project, &project.cases()).into_iter();
    subjects.filter(|subject| project.expects_loss(subject.request())).map(|subject| subject.name).collect()
}

/// What became of a pending snapshot.
enum Accepted {
    /// It was accepted.
    Sent,
    /// It was accepted, and says that the message is not sent, with the first reason.
    NotSent(String),
    /// It was no longer pending.
    Vanished,
}

/// Accepts a snapshot, but never a file that is not one.
fn accept(waiting: &Waiting, name: &str, allow_failures: bool) -> Result<Accepted, String> {
    let text = waiting.store.read(name, Stage::Pending).map_err(|unusable| unusable.to_string())?;
    let Some(text) = text else { return Ok(Accepted::Vanished) };
    let contents = contents_of(&text).map_err(|unusable| unusable.to_string())?;
    let failure = failure_in(&contents).map(str::to_owned);
    if failure.is_some() && !allow_failures {
        return Err(not_sent::FORBIDDEN.to_owned());
    }
    match waiting.store.accept(name) {
        Ok(()) => Ok(failure.map_or(Accepted::Sent, Accepted::NotSent)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Accepted::Vanished),
        Err(error) => Err(error.to_string()),
    }
}
