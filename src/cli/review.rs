//! `inkproof review`: accepts or rejects snapshots interactively, one key each.

mod excerpt;
mod keys;
mod view;

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use clap_complete::ArgValueCompleter;

use super::card::Card;
use super::command::RunCommand;
use super::difference::Layout;
use super::format::HumanFormat;
use super::screen::{Display, is_available, restore, size};
use super::signals::on_termination;
use super::terminal::TerminalCapabilities;
use super::test::{run_of, style, test, write_details, write_problems};
use super::{Failure, Global, Outcome, completions, editor, not_sent};
use crate::diagnostics::{Diagnostic, sanitize};
use crate::project::Project;
use crate::snapshot::{self, Kept, Obsolete, Report, Stage, Status, Store, Update, causes, render_options};
use excerpt::Excerpt;
use keys::Key;
use view::View;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Review changed snapshots interactively: accept or reject each
///
/// Shows one message at a time with its differences and the source of the template, and waits for a key. Without a
/// terminal, use `pending`, `accept` and `reject`.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// Names, patterns or paths of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

/// How a review ended.
enum End {
    /// Every item is decided, or the user quit.
    Finished,
    /// A file may have changed: the project must be read again.
    Again,
    /// Interrupted by the user.
    Interrupted,
}

/// An item to decide.
#[derive(Clone, Copy)]
enum Item<'r, 'p> {
    Outcome(&'r snapshot::Outcome<'p>),
    Obsolete(&'r Obsolete),
}

impl Item<'_, '_> {
    fn name(&self) -> &str {
        match self {
            Self::Outcome(outcome) => &outcome.subject.name,
            Self::Obsolete(obsolete) => &obsolete.name,
        }
    }

    /// Why the message is not sent.
    const fn failure(&self) -> Option<&Diagnostic> {
        match self {
            Self::Outcome(outcome) => outcome.failure.as_ref(),
            Self::Obsolete(_) => None,
        }
    }
}

/// The decisions so far.
#[derive(Default)]
struct Decisions {
    /// The decisions in order; undo removes the last.
    made: Vec<Made>,
    layout: Option<Layout>,
    /// The message above the keys.
    remark: String,
}

/// A decision that was made.
struct Made {
    /// The item's name.
    name: String,
    decision: Decision,
    /// The files before it, to undo it.
    kept: Option<Kept>,
    /// Why the message is not sent.
    failure: Option<String>,
}

/// A decision about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Accept,
    Reject,
    Skip,
}

impl Decisions {
    fn say(&mut self, remark: impl Into<String>) {
        self.remark = remark.into();
    }

    fn count(&self, decision: Decision) -> usize {
        self.made.iter().filter(|made| made.decision == decision).count()
    }

    /// The accepted messages that are not sent, with the reasons.
    fn accepted_failures(&self) -> impl Iterator<Item = (&str, &str)> {
        let accepted = self.made.iter().filter(|made| made.decision == Decision::Accept);
        accepted.filter_map(|made| Some((made.name.as_str(), made.failure.as_deref()?)))
    }
}

impl RunCommand for Review {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if !is_available() {
            let message = "a review needs a terminal: without one, `inkproof pending --format json` lists the pending snapshots, and \
                           `inkproof accept` and `inkproof reject` decide, with names or without";
            return Err(message.to_owned().into());
        }
        on_termination(|code| {
            restore();
            // Files are replaced as a whole, so that none is left unfinished.
            std::process::exit(i32::from(code));
        })?;
        let mut decisions = Decisions::default();
        loop {
            let (project, outcome) = global.open_project_to_decide()?;
            // Nothing is written before the user decides.
            let report = test(run_of(&project, &self.names, global, Update::None), &self.names)?;
            let outcome = if report.is_incomplete() { outcome.and(Outcome::Broken) } else { outcome };
            let end = Walk::new(&project, &report, global).run(&mut decisions)?;
            if !matches!(end, End::Again) {
                write_problems(&report.problems, &mut anstream::stderr().lock())?;
                let [accepted, rejected, skipped] =
                    [Decision::Accept, Decision::Reject, Decision::Skip].map(|decision| decisions.count(decision));
                let mut out = anstream::stdout().lock();
                writeln!(out, "accepted {accepted}, rejected {rejected}, skipped {skipped}")?;
                not_sent::write_accepted(decisions.accepted_failures(), &mut out)?;
                return Ok(if matches!(end, End::Interrupted) { Outcome::Interrupted } else { outcome });
            }
        }
    }
}

/// A review of everything that differs.
struct Walk<'r, 'p> {
    project: &'p Project,
    global: &'r Global,
    store: Store,
    items: Vec<Item<'r, 'p>>,
}

impl<'r, 'p> Walk<'r, 'p> {
    fn new(project: &'p Project, report: &'r Report<'p>, global: &'r Global) -> Self {
        let differing = report.outcomes.iter().filter(|outcome| outcome.status != Status::Unchanged);
        let obsolete = report.obsolete.iter().map(Item::Obsolete);
        Self {
            project,
            global,
            store: Store::new(project.root(), &project.config().test.snapshots),
            items: differing.map(Item::Outcome).chain(obsolete).collect(),
        }
    }

    fn run(&self, decisions: &mut Decisions) -> Result<End, Failure> {
        if self.items.is_empty() {
            return Ok(End::Finished);
        }
        let mut display = Display::open()?;
        let mut scroll = 0;
        loop {
            let decided: HashSet<&str> = decisions.made.iter().map(|made| made.name.as_str()).collect();
            let left: Vec<_> = self.items.iter().filter(|item| !decided.contains(item.name())).copied().collect();
            let Some(item) = left.first() else { return Ok(End::Finished) };
            let place = self.items.len() - left.len() + 1;
            let mut view = self.view(item, place, decisions, std::mem::take(&mut scroll))?;
            let key = view.read(&mut display)?;
            if key == Key::Redraw {
                scroll = view.scroll;
                continue;
            }
            decisions.remark.clear();
            match key {
                Key::Accept => self.decide(&left[..1], Decision::Accept, decisions),
                Key::Reject => self.decide(&left[..1], Decision::Reject, decisions),
                Key::Skip => self.decide(&left[..1], Decision::Skip, decisions),
                Key::AcceptAll => self.decide(&left, Decision::Accept, decisions),
                Key::RejectAll => self.decide(&left, Decision::Reject, decisions),
                Key::Undo => self.undo(decisions),
                Key::Layout => {
                    let layout = decisions.layout.unwrap_or(Layout::on_screen(self.capabilities().theme));
                    decisions.layout = Some(layout.other());
                }
                Key::Edit => {
                    if display.suspend_for(|| self.edit(item, decisions))? {
                        return Ok(End::Again);
                    }
                }
                Key::Quit => {
                    self.decide(&left, Decision::Skip, decisions);
                    return Ok(End::Finished);
                }
                Key::Interrupt => return Ok(End::Interrupted),
                Key::Scroll(_) | Key::Page(_) | Key::Help | Key::Suspend | Key::Redraw => {}
            }
        }
    }

    /// The capabilities of the terminal at its current width.
    fn capabilities(&self) -> TerminalCapabilities {
        self.global.capabilities().with_width(size().0)
    }

    /// What the screen shows of an item.
    fn view(&self, item: &Item<'_, 'p>, place: usize, decisions: &Decisions, scroll: usize) -> io::Result<View> {
        let place = format!("{DIM}{place} of {}{DIM:#}", self.items.len());
        let name = sanitize::line(item.name());
        let (head, body) = match item {
            Item::Obsolete(obsolete) => {
                let path = self.store.shown(&obsolete.name, obsolete.stage);
                let head = format!("{place}  {BOLD}obsolete {name}{BOLD:#}  {DIM}{}{DIM:#}", sanitize::line(&path));
                (head, "\n  no request has this name; accepting deletes the snapshot\n".to_owned())
            }
            Item::Outcome(outcome) => {
                let (style, status) = (style(&outcome.status), outcome.status.as_str());
                let path = self.store.shown(&outcome.subject.name, Stage::Accepted);
                let path = sanitize::line(&path);
                let head = format!("{place}  {style}{status}{style:#} {BOLD}{name}{BOLD:#}  {DIM}{path}{DIM:#}");
                let mut body = Vec::new();
                self.write_body(outcome, decisions, &mut body)?;
                (head, String::from_utf8_lossy(&body).into_owned())
            }
        };
        Ok(View::new(head, body, decisions.remark.clone(), scroll))
    }

    /// Writes a message, how it differs, and the lines of the template.
    fn write_body(
        &self,
        outcome: &snapshot::Outcome<'p>,
        decisions: &Decisions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let capabilities = self.capabilities();
        writeln!(out)?;
        self.write_card(outcome, capabilities, out)?;
        if !matches!(outcome.status, Status::New) {
            let layout = decisions.layout.unwrap_or(Layout::on_screen(capabilities.theme));
            write_details(outcome, capabilities.theme, layout, out)?;
            writeln!(out)?;
        }
        write!(out, "{}", Excerpt::new(outcome, capabilities.theme.width))?;
        for cause in causes(self.project, outcome) {
            writeln!(out, "  since it was committed: {}", sanitize::line(&cause))?;
        }
        Ok(())
    }

    fn write_card(
        &self,
        outcome: &snapshot::Outcome<'p>,
        capabilities: TerminalCapabilities,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let render_options = self.global.adjust(render_options(self.project));
        self.project.render(&[outcome.subject.case], &render_options, |case, rendering| {
            writeln!(out, "{}", Card::new(case, rendering.message.as_ref(), &rendering.problems, capabilities))?;
            for problem in rendering.problems.iter().filter(|_| rendering.message.is_none()) {
                writeln!(out, "  {}[{}]: {}", problem.severity, problem.code, sanitize::line(&problem.message))?;
            }
            writeln!(out)
        })
    }

    /// Applies a decision to items, up to the first error.
    fn decide(&self, items: &[Item<'_, '_>], decision: Decision, decisions: &mut Decisions) {
        for item in items {
            let name = item.name();
            let done = match decision {
                Decision::Skip => Ok(None),
                Decision::Accept | Decision::Reject => {
                    let kept = self.store.keep(name);
                    self.carry_out(item, decision).map(|()| Some(kept))
                }
            };
            match done {
                Ok(kept) => {
                    let failure = item.failure().map(|failure| failure.message.clone());
                    decisions.made.push(Made { name: name.to_owned(), decision, kept, failure });
                }
                Err(error) => {
                    decisions.say(format!("`{name}` is unchanged: {error}"));
                    return;
                }
            }
        }
    }

    fn carry_out(&self, item: &Item<'_, '_>, decision: Decision) -> io::Result<()> {
        match (item, decision) {
            (Item::Outcome(outcome), Decision::Accept)
                if outcome.is_unexpected_loss() && !self.project.config().test.allow_failures =>
            {
                Err(io::Error::other(not_sent::FORBIDDEN))
            }
            (Item::Outcome(outcome), Decision::Accept) => {
                self.store.write(item.name(), Stage::Accepted, outcome.file().as_bytes())?;
                self.store.remove(item.name(), Stage::Pending).map(drop)
            }
            (Item::Outcome(_), _) => self.store.remove(item.name(), Stage::Pending).map(drop),
            (Item::Obsolete(obsolete), Decision::Accept) => self.store.remove(&obsolete.name, obsolete.stage).map(drop),
            (Item::Obsolete(_), _) => Ok(()),
        }
    }

    /// Undoes the last decision.
    fn undo(&self, decisions: &mut Decisions) {
        let Some(made) = decisions.made.pop() else {
            decisions.say("there is nothing to undo");
            return;
        };
        let Some(before) = &made.kept else { return };
        if let Err(error) = self.store.restore(&made.name, before) {
            decisions.say(format!("cannot undo it: {error}"));
            decisions.made.push(made);
        }
    }

    /// Opens the template in the editor. Returns whether files may have changed.
    fn edit(&self, item: &Item<'_, '_>, decisions: &mut Decisions) -> bool {
        let Item::Outcome(outcome) = item else {
            decisions.say("there is nothing to edit: no request has this name");
            return false;
        };
        let file = self.project.root().join(outcome.subject.case.template.source().name());
        // An editor that fails may have saved the file first.
        if let Err(reason) = editor::open(&file) {
            decisions.say(reason);
        }
        true
    }
}
