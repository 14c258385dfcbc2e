//! `inkproof pending`: lists pending snapshots. `accept` and `reject` select by name from the same list.

use std::io::Write;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::command::RunCommand;
use super::test::write_problems;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::{Count, did_you_mean, sanitize};
use crate::message::FieldChange;
use crate::project::{Project, UnknownName};
use crate::snapshot::{Stage, Store, Subject, changed_fields, contents_of};

/// List pending snapshots
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof pending --format json")]
pub(super) struct Pending {
    /// Names, patterns or paths of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

/// The formats of pending snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PendingFormat {
    /// One line per snapshot; problems with the source around them
    Full,
    /// One line per snapshot and problem
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
}

/// A pending or obsolete snapshot.
#[derive(Serialize)]
struct Item {
    name: String,
    status: &'static str,
    snapshot: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<FieldChange>,
}

impl RunCommand for Pending {
    type Format = PendingFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, outcome) = global.open_project_for_tests()?;
        let waiting = Waiting::new(&project, &self.names)?;
        let outcome = outcome.and(waiting.report_unreadable()?);
        let items: Vec<_> = waiting.items().collect();
        let mut out = anstream::stdout().lock();
        match format {
            PendingFormat::Json => writeln!(out, "{}", sanitize::json(&to_json(&items)?))?,
            PendingFormat::JsonLines => {
                for item in &items {
                    writeln!(out, "{}", sanitize::json(&to_json(item)?))?;
                }
            }
            PendingFormat::Full | PendingFormat::Concise => {
                for item in &items {
                    writeln!(out, "{}: {}", sanitize::line(&item.snapshot), item.status)?;
                }
            }
        }
        Ok(outcome)
    }
}

/// Why a name is unknown, with the most similar pending name.
fn unknown(error: &UnknownName, known: &[String]) -> String {
    match error {
        UnknownName::NotFound { name, .. } => match did_you_mean(name, known.iter().map(String::as_str)) {
            Some(near) => format!("no pending snapshot is called `{name}`: did you mean `{near}`?"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}

fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value).map_err(std::io::Error::from)?)
}

/// Reports snapshots that another process has decided meanwhile.
pub(super) fn report_vanished(count: usize) -> std::io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let were = if count == 1 { "was" } else { "were" };
    let snapshots = Count("snapshot", count);
    writeln!(
        anstream::stderr().lock(),
        "note: {snapshots} {were} accepted, rejected or deleted by another process meanwhile"
    )
}

/// The selected snapshots: those that can be accepted, and obsolete ones that can be deleted.
pub(super) struct Waiting {
    pub(super) store: Store,
    pub(super) pending: Vec<String>,
    pub(super) obsolete: Vec<(String, Stage)>,
    /// Folders that could not be read, with the reasons.
    unreadable: Vec<String>,
}

impl Waiting {
    pub(super) fn new(project: &Project, names: &[String]) -> Result<Self, Failure> {
        let store = Store::new(project.root(), &project.config().test.snapshots);
        let listing = store.list();
        let subjects = Subject::all(project, &project.cases());
        let all: std::collections::HashSet<_> = subjects.iter().map(|subject| subject.name.as_str()).collect();
        let is_whole = !project.problems().has_errors();
        let obsolete = if is_whole { store.obsolete(&listing, |name| all.contains(name)) } else { Vec::new() };
        let is_obsolete = |name: &String| obsolete.iter().any(|(other, _)| other == name);
        let mut pending: Vec<_> = listing.pending.iter().filter(|name| !is_obsolete(name)).cloned().collect();
        // The folder may also contain snapshots of Rust tests.
        pending.retain(|name| all.contains(name.as_str()) || store.is_ours(name, Stage::Pending));
        let mut waiting = Self { store, pending, obsolete, unreadable: listing.unreadable };
        if !names.is_empty() {
            waiting.keep(project, names)?;
        }
        Ok(waiting)
    }

    /// Reports which folders could not be read: their pending snapshots are unknown.
    pub(super) fn report_unreadable(&self) -> std::io::Result<Outcome> {
        write_problems(&self.unreadable, &mut anstream::stderr().lock())?;
        Ok(if self.unreadable.is_empty() { Outcome::Fine } else { Outcome::Broken })
    }

    /// Keeps the snapshots that match the names: their own names, or names as in other commands.
    fn keep(&mut self, project: &Project, names: &[String]) -> Result<(), Failure> {
        let known: Vec<String> =
            self.pending.iter().chain(self.obsolete.iter().map(|(name, _)| name)).cloned().collect();
        let (own, others): (Vec<String>, Vec<String>) = names.iter().cloned().partition(|name| known.contains(name));
        let mut kept = own;
        if !others.is_empty() {
            let subjects = Subject::select(project, &others)
                .map_err(|errors| Failure::Messages(errors.iter().map(|error| unknown(error, &known)).collect()))?;
            kept.extend(subjects.into_iter().map(|subject| subject.name));
        }
        let kept: std::collections::HashSet<_> = kept.into_iter().collect();
        self.pending.retain(|name| kept.contains(name));
        self.obsolete.retain(|(name, _)| kept.contains(name));
        Ok(())
    }

    fn items(&self) -> impl Iterator<Item = Item> {
        let pending = self.pending.iter().map(|name| {
            let read = |stage| {
                let text = self.store.read(name, stage).ok().flatten()?;
                contents_of(&text).ok().map(std::borrow::Cow::into_owned)
            };
            let (old, new) = (read(Stage::Accepted), read(Stage::Pending));
            let is_new = !self.store.path(name, Stage::Accepted).exists();
            let changes = old.zip(new).map(|(old, new)| changed_fields(&old, &new));
            Item {
                name: name.clone(),
                status: if is_new { "new" } else { "different" },
                snapshot: self.store.shown(name, Stage::Accepted),
                pending: Some(self.store.shown(name, Stage::Pending)),
                changes: changes.unwrap_or_default(),
            }
        });
        let obsolete = self.obsolete.iter().map(|(name, stage)| Item {
            name: name.clone(),
            status: "obsolete",
            snapshot: self.store.shown(name, *stage),
            pending: None,
            changes: Vec::new(),
        });
        pending.chain(obsolete)
    }
}
