//! A test run: renders subjects, compares them with their snapshots, and updates these as requested.

use std::collections::{HashMap, HashSet};
use std::io;

use rayon::prelude::*;

use super::contents::contents;
use super::file::{self, SnapshotFileError, contents_of};
use super::mask::Mask;
use super::redaction_use::RedactionUse;
use super::store::{Listing, Stage, Store};
use super::{Subject, Update, changed_fields};
use crate::atomic_file;
use crate::diagnostics::{Diagnostic, Severity};
use crate::message::{RenderOptions, Rendering};
use crate::project::{Case, Project, Redaction, SendStatus};
use crate::threads::on_all_cores;

/// Batch size of a run that stops at the first failure.
const WINDOW: usize = 512;

/// A test run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'p> {
    /// The project.
    pub project: &'p Project,
    /// When and how messages are rendered.
    pub render_options: RenderOptions,
    /// Which snapshots are written.
    pub update: Update,
    /// Whether to stop at the first failure. Subjects that failed before are tested first.
    pub fail_fast: bool,
    /// Whether all subjects are tested: only then can a snapshot be obsolete.
    pub is_complete: bool,
    /// Whether a run without any subject passes.
    pub allows_empty: bool,
}

/// The report of a run.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each fails the run on its own")]
pub struct Report<'p> {
    /// The outcome of each subject, by name.
    pub outcomes: Vec<Outcome<'p>>,
    /// Obsolete snapshots, by name.
    pub obsolete: Vec<Obsolete>,
    /// Failures to read or write, as sentences.
    pub problems: Vec<String>,
    /// Redactions that match no message of a complete run, as their paths.
    pub unused_redactions: Vec<String>,
    /// Whether some folders could not be read.
    is_blind: bool,
    /// Whether a snapshot leads out of the project, where nothing is written.
    is_refused: bool,
    /// Whether messages that are not sent fail the run, even if that is what their snapshots say.
    forbids_failures: bool,
    /// Whether the run fails if it tests nothing.
    forbids_empty: bool,
    /// Which snapshots were to be written.
    pub update: Update,
}

/// The outcome of one subject.
#[derive(Clone, Debug)]
pub struct Outcome<'p> {
    /// The subject.
    pub subject: Subject<'p>,
    /// How it compares with its snapshot.
    pub status: Status,
    /// The current contents; empty if the snapshot already has them.
    pub contents: String,
    /// The first reason why the message is not sent; `None` if it is sent.
    pub failure: Option<Diagnostic>,
    /// What became of the message.
    pub send_status: SendStatus,
    /// Why that is not what the configuration expects.
    pub unmet: Option<Diagnostic>,
    /// The line of the template that writes the first change, or where the message is lost.
    pub line: Option<usize>,
    /// What was written.
    pub action: Action,
}

/// How a subject compares with its snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It equals its snapshot.
    Unchanged,
    /// It has no snapshot.
    New,
    /// It differs from its snapshot.
    Different {
        /// The contents of the snapshot.
        expected: String,
    },
    /// Its snapshot file cannot be used.
    SnapshotFileError(SnapshotFileError),
}

impl Status {
    /// Its word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::New => "new",
            Self::Different { .. } => "different",
            Self::SnapshotFileError(_) => "unusable",
        }
    }
}

/// What was done with a subject's snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    None,
    /// It was written as pending.
    Pended,
    /// It was accepted.
    Accepted,
    /// It was not accepted, because it is not sent and the configuration forbids that.
    Forbidden,
    /// It could not be written.
    Failed,
}

/// An obsolete snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obsolete {
    /// Its name.
    pub name: String,
    /// Whether it was accepted, as opposed to pending.
    pub stage: Stage,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// Numbers of outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub messages: usize,
    pub unchanged: usize,
    pub new: usize,
    pub different: usize,
    pub unusable: usize,
    pub obsolete: usize,
    /// How many of the messages are not sent.
    pub not_sent: usize,
}

/// Outcomes of earlier runs, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(HashMap<String, KnownOutcome>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct KnownOutcome {
    status: Status,
    contents: String,
    failure: Option<Diagnostic>,
    send_status: SendStatus,
    unmet: Option<Diagnostic>,
    line: Option<usize>,
    action: Action,
}

impl Known {
    /// Forgets the outcome of a subject, so that it is tested again.
    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Forgets the outcomes of the subjects for which `is_doubtful` is true.
    pub fn forget_those(&mut self, is_doubtful: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| !is_doubtful(name));
    }
}

impl<'p> Run<'p> {
    /// Runs the tests.
    #[must_use]
    pub fn test(&self, subjects: Vec<Subject<'p>>) -> Report<'p> {
        self.test_unknown(subjects, &Known::default(), &|| ())
    }

    /// Tests the subjects without a known outcome, and calls `step` after each. Known outcomes are copied into the report.
    #[must_use]
    pub fn test_unknown(&self, subjects: Vec<Subject<'p>>, known: &Known, step: &(dyn Fn() + Sync)) -> Report<'p> {
        on_all_cores(|| self.test_here(subjects, known, step))
    }

    fn test_here(&self, subjects: Vec<Subject<'p>>, known: &Known, step: &(dyn Fn() + Sync)) -> Report<'p> {
        let settings = &self.project.config().test;
        let store = Store::new(self.project.root(), &settings.snapshots);
        let listing = store.list();
        let names: HashSet<String> = subjects.iter().map(|subject| subject.name.clone()).collect();
        let (known_subjects, subjects): (Vec<_>, Vec<_>) =
            subjects.into_iter().partition(|subject| known.0.contains_key(&subject.name));
        let redaction_use = RedactionUse::new(settings);
        let mut outcomes = if self.fail_fast {
            self.until_failure(subjects, &store, &listing, &redaction_use, step)
        } else {
            self.compare(&subjects, &store, &redaction_use, step)
        };
        // Others may match what was not rendered.
        let is_all = self.is_complete && !self.fail_fast && known_subjects.is_empty();
        let unused = if is_all { redaction_use.unused() } else { Vec::new() };
        if self.update != Update::None {
            listing.sweep(&store);
        }
        let mut errors: Vec<(String, io::Error)> = Vec::new();
        let failed: Vec<_> = outcomes
            .par_iter_mut()
            .filter_map(|outcome| {
                self.write(outcome, &store, &listing).err().map(|error| (outcome.subject.name.clone(), error))
            })
            .collect();
        errors.extend(failed);
        let mut obsolete = self.obsolete(&store, &listing, &names);
        if self.update == Update::All {
            for obsolete in &mut obsolete {
                match store.remove(&obsolete.name, obsolete.stage) {
                    Ok(_) => obsolete.is_deleted = true,
                    Err(error) => errors.push((obsolete.name.clone(), error)),
                }
            }
        }
        outcomes.extend(known_subjects.into_iter().filter_map(|subject| {
            let KnownOutcome { status, contents, failure, send_status, unmet, line, action } =
                known.0.get(&subject.name)?.clone();
            Some(Outcome { subject, status, contents, failure, send_status, unmet, line, action })
        }));
        outcomes.sort_by(|left, right| left.subject.name.cmp(&right.subject.name));
        let (is_blind, mut problems) = (!listing.unreadable.is_empty(), listing.unreadable);
        let is_refused = errors.iter().any(|(_, error)| atomic_file::is_outside(error));
        problems.extend(summary(&mut errors, &store));
        Report {
            outcomes,
            obsolete,
            problems,
            unused_redactions: unused.into_iter().map(Redaction::path).collect(),
            is_blind,
            is_refused,
            forbids_failures: !settings.allow_failures,
            forbids_empty: !self.allows_empty,
            update: self.update,
        }
    }

    fn obsolete(&self, store: &Store, listing: &Listing, names: &HashSet<String>) -> Vec<Obsolete> {
        let found = if self.is_complete { store.obsolete(listing, |name| names.contains(name)) } else { Vec::new() };
        found.into_iter().map(|(name, stage)| Obsolete { name, stage, is_deleted: false }).collect()
    }

    /// Renders and compares, without writing.
    fn compare(
        &self,
        subjects: &[Subject<'p>],
        store: &Store,
        redaction_use: &RedactionUse<'_>,
        step: &(dyn Fn() + Sync),
    ) -> Vec<Outcome<'p>> {
        let mask = Mask::new(&self.project.config().test);
        let cases: Vec<Case<'p>> = subjects.iter().map(|subject| subject.case).collect();
        self.project.render_on_all_cores(&cases, &self.render_options, |at, mut rendering| {
            let subject = subjects[at].clone();
            rendering.message.iter().for_each(|message| redaction_use.note(message));
            let (status, contents) = match contents(&rendering, &mask) {
                Ok(contents) => compared(&subject, contents, store),
                Err(error) => (Status::SnapshotFileError(SnapshotFileError::Filters(error.to_string())), String::new()),
            };
            let failure = failure_of(&rendering);
            let line = line_of(&subject, &status, &contents, &rendering);
            let send_status = self.project.send_status(&cases[at], &mut rendering, &self.render_options);
            let unmet = rendering.problems.into_iter().last().filter(|_| send_status == SendStatus::SentUnexpectedly);
            step();
            Outcome { subject, status, contents, failure, send_status, unmet, line, action: Action::None }
        })
    }

    /// Like `compare`, up to the first failure, in a deterministic order.
    fn until_failure(
        &self,
        subjects: Vec<Subject<'p>>,
        store: &Store,
        listing: &Listing,
        redaction_use: &RedactionUse<'_>,
        step: &(dyn Fn() + Sync),
    ) -> Vec<Outcome<'p>> {
        let (first, then): (Vec<_>, Vec<_>) =
            subjects.into_iter().partition(|subject| listing.pending.contains(&subject.name));
        let mut outcomes = Vec::new();
        for window in [&first, &then].into_iter().flat_map(|subjects| subjects.chunks(WINDOW)) {
            outcomes.extend(self.compare(window, store, redaction_use, step));
            if let Some(failed) = outcomes.iter().position(|outcome| self.fails(outcome)) {
                outcomes.truncate(failed + 1);
                break;
            }
        }
        outcomes
    }

    /// Whether this outcome fails the run, even if everything can be written.
    const fn fails(&self, outcome: &Outcome<'_>) -> bool {
        if outcome.unmet.is_some() || outcome.is_unexpected_loss() && !self.project.config().test.allow_failures {
            return true;
        }
        match outcome.status {
            Status::Unchanged => false,
            Status::New | Status::Different { .. } => matches!(self.update, Update::New | Update::None),
            Status::SnapshotFileError(SnapshotFileError::Filters(_)) => true,
            Status::SnapshotFileError(_) => !matches!(self.update, Update::All),
        }
    }

    /// Writes the snapshot as requested.
    fn write(&self, outcome: &mut Outcome<'p>, store: &Store, listing: &Listing) -> io::Result<()> {
        let name = &outcome.subject.name;
        let is_pending = listing.pending.contains(name);
        let stage = match self.update {
            Update::None => return Ok(()),
            // There is nothing to write.
            _ if matches!(outcome.status, Status::SnapshotFileError(SnapshotFileError::Filters(_))) => return Ok(()),
            _ if outcome.status == Status::Unchanged => {
                // A pending snapshot is outdated.
                return if is_pending { store.remove(name, Stage::Pending).map(drop) } else { Ok(()) };
            }
            Update::All if outcome.is_unexpected_loss() && !self.project.config().test.allow_failures => {
                outcome.action = Action::Forbidden;
                return Ok(());
            }
            Update::All => Stage::Accepted,
            Update::New | Update::Pending => Stage::Pending,
        };
        outcome.action = Action::Failed;
        let text = outcome.file();
        let is_written = is_pending && matches!(store.read(name, Stage::Pending), Ok(Some(pending)) if pending == text);
        if stage == Stage::Accepted || !is_written {
            store.write(name, stage, text.as_bytes())?;
        }
        if stage == Stage::Accepted && is_pending {
            store.remove(name, Stage::Pending)?;
        }
        outcome.action = if stage == Stage::Accepted { Action::Accepted } else { Action::Pended };
        Ok(())
    }
}

/// How contents compare with the snapshot; they are kept if they differ.
fn compared(subject: &Subject<'_>, contents: String, store: &Store) -> (Status, String) {
    let status = match store.read(&subject.name, Stage::Accepted) {
        Ok(None) => Status::New,
        Err(unusable) => Status::SnapshotFileError(unusable),
        Ok(Some(text)) => match contents_of(&text) {
            Ok(expected) if expected == contents.trim_end_matches(['\n', '\r']) => Status::Unchanged,
            Ok(expected) => Status::Different { expected: expected.into_owned() },
            Err(unusable) => Status::SnapshotFileError(unusable),
        },
    };
    let contents = if status == Status::Unchanged { String::new() } else { contents };
    (status, contents)
}

/// The first error of a message that is not sent.
fn failure_of(rendering: &Rendering) -> Option<Diagnostic> {
    if rendering.message.is_some() {
        return None;
    }
    let is_error = |problem: &&Diagnostic| problem.severity == Severity::Error;
    rendering.problems.iter().find(is_error).or(rendering.problems.first()).cloned()
}

/// The line of the template that writes the first changed field; if the message is not sent, that of the reason. `None` if it is
/// in another file, or there is no change.
fn line_of(subject: &Subject<'_>, status: &Status, contents: &str, rendering: &Rendering) -> Option<usize> {
    let template = subject.case.template;
    if let Some(failure) = failure_of(rendering) {
        let location = failure.location().filter(|location| location.source().name() == template.source().name());
        return location.map(|location| location.start().line);
    }
    let Status::Different { expected } = status else { return None };
    let line = |offset| template.source().line_column(offset).line;
    changed_fields(expected, contents).iter().find_map(|change| {
        let steps = change.steps();
        let steps: Vec<_> = steps.iter().map(String::as_str).collect();
        match steps.as_slice() {
            ["properties", path @ ..] => rendering.text.origin(path).map(line),
            [setting, ..] => template.setting_start(setting).map(line),
            [] => None,
        }
    })
}

/// The write errors in one sentence, because usually all have the same cause.
fn summary(errors: &mut [(String, io::Error)], store: &Store) -> Option<String> {
    errors.sort_by(|left, right| left.0.cmp(&right.0));
    let (name, error) = errors.first()?;
    let path = store.shown(name, Stage::Accepted);
    let others = match errors.len() - 1 {
        0 => String::new(),
        1 => ", and one more".to_owned(),
        more => format!(", and {more} more"),
    };
    Some(format!("cannot write `{path}`{others}: {error}; what was there is unchanged"))
}

impl Outcome<'_> {
    /// Whether the message is lost, and not meant to be.
    #[must_use]
    pub const fn is_unexpected_loss(&self) -> bool {
        matches!(self.send_status, SendStatus::Lost)
    }

    /// The text of a snapshot file with the current contents.
    #[must_use]
    pub fn file(&self) -> String {
        self.subject.with_header(|header| file::write(header, &self.contents))
    }

    fn name_and_failure(&self) -> Option<(&str, &str)> {
        Some((&self.subject.name, &self.failure.as_ref()?.message))
    }
}

impl Report<'_> {
    /// The known outcomes for later runs. Accepted subjects equal their snapshots from then on.
    #[must_use]
    pub fn known(&self) -> Known {
        let known = self.outcomes.iter().map(|outcome| {
            let (status, contents, line, action) = match outcome.action {
                Action::Accepted => (Status::Unchanged, String::new(), None, Action::None),
                action => (outcome.status.clone(), outcome.contents.clone(), outcome.line, action),
            };
            let (failure, send_status, unmet) = (outcome.failure.clone(), outcome.send_status, outcome.unmet.clone());
            let known = KnownOutcome { status, contents, failure, send_status, unmet, line, action };
            (outcome.subject.name.clone(), known)
        });
        Known(known.collect())
    }

    /// Numbers of outcomes.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { messages: self.outcomes.len(), obsolete: self.obsolete.len(), ..Counts::default() };
        for outcome in &self.outcomes {
            counts.not_sent += usize::from(outcome.failure.is_some());
            match outcome.status {
                Status::Unchanged => counts.unchanged += 1,
                Status::New => counts.new += 1,
                Status::Different { .. } => counts.different += 1,
                Status::SnapshotFileError(_) => counts.unusable += 1,
            }
        }
        counts
    }

    /// The messages that are sent although they are meant to be lost.
    pub fn unmet(&self) -> impl Iterator<Item = &Diagnostic> {
        self.outcomes.iter().filter_map(|outcome| outcome.unmet.as_ref())
    }

    /// Whether some snapshots could not be read, or something could not be accepted.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.is_blind || self.is_refused || self.update == Update::All && !self.problems.is_empty()
    }

    /// The messages that were accepted although they are not sent, with the first reason.
    pub fn accepted_failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let accepted = self.outcomes.iter().filter(|outcome| outcome.action == Action::Accepted);
        accepted.filter_map(Outcome::name_and_failure)
    }

    /// Whether a message is not sent although the configuration forbids that.
    #[must_use]
    pub const fn is_forbidden(&self, outcome: &Outcome<'_>) -> bool {
        self.forbids_failures && outcome.is_unexpected_loss()
    }

    /// The messages that are not sent although the configuration forbids that.
    pub fn forbidden_failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let failed = self.outcomes.iter().filter(|outcome| self.is_forbidden(outcome));
        failed.filter_map(Outcome::name_and_failure)
    }

    /// Whether the run passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        let counts = self.counts();
        let is_too_long =
            |outcome: &Outcome<'_>| matches!(outcome.status, Status::SnapshotFileError(SnapshotFileError::Filters(_)));
        if self.is_blind || self.is_refused || self.outcomes.iter().any(is_too_long) || self.unmet().next().is_some() {
            return false;
        }
        let is_forbidden = |outcome: &Outcome<'_>| self.is_forbidden(outcome);
        if self.outcomes.iter().any(is_forbidden) || self.forbids_empty && counts.messages == 0 {
            return false;
        }
        match self.update {
            Update::All => !self.is_incomplete(),
            Update::Pending => counts.unusable == 0,
            Update::New => counts.new + counts.different + counts.unusable == 0,
            Update::None => counts.unchanged == counts.messages && counts.obsolete == 0,
        }
    }
}
