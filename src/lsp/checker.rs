//! The checker: judges projects on a thread of its own, the open templates first, and stops when a newer version of the
//! project is there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

use super::session::{Event, Renderer};
use crate::analysis::Coverage;
use crate::diagnostics::Diagnostics;
use crate::project::{Case, DependencyTracker, Project};
use crate::rules::{JudgeOptions, Judgement, Table, judge_each};
use crate::threads::STACK;

/// How many templates each core judges before the checker looks whether there is a newer version of the project: few, because
/// somebody who types waits for them.
const BATCH_PER_CORE: usize = 2;

/// A version of a project to judge.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) root: PathBuf,
    pub(super) project: Arc<Project>,
    /// The open files, relative to the project: their templates are judged first.
    pub(super) open_files: HashSet<String>,
    /// The number of this version.
    pub(super) revision: u64,
}

/// What judging a version of a project found.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) root: PathBuf,
    /// The number of the version.
    pub(super) revision: u64,
    /// All findings.
    pub(super) findings: Diagnostics,
    /// The tables of variables, by the file of the template.
    pub(super) tables: HashMap<String, Arc<Table>>,
    /// The coverage, by the file of the template.
    pub(super) coverage: HashMap<String, Arc<Coverage>>,
    /// Whether every template has been judged; if not, another result follows.
    pub(super) is_complete: bool,
}

/// Orders to the checker.
#[derive(Debug)]
pub(super) enum Order {
    Check(Task),
    /// The project was closed.
    Forget(PathBuf),
}

/// Starts the checker, which sends each result as an event.
///
/// # Errors
/// No thread can be created.
pub(super) fn start(renderer: Renderer, events: Sender<Event>) -> io::Result<Sender<Order>> {
    let (orders, received) = channel();
    let checker = Checker { renderer, received, events, waiting: BTreeMap::new(), judged: HashMap::new() };
    thread::Builder::new().name("lsp-checker".to_owned()).stack_size(STACK).spawn(move || checker.run())?;
    Ok(orders)
}

struct Checker {
    renderer: Renderer,
    received: Receiver<Order>,
    events: Sender<Event>,
    /// The newest task of each project.
    waiting: BTreeMap<PathBuf, Task>,
    judged: HashMap<PathBuf, JudgedProject>,
}

/// The judgements of a project's templates, and which of them are out of date.
#[derive(Default)]
struct JudgedProject {
    tracker: DependencyTracker,
    /// By the file of the template: in the order in which their findings are read, so that they need little sorting.
    judgements: BTreeMap<String, JudgedTemplate>,
    stale: HashSet<String>,
}

/// The parts of a template's judgement, shared with the results that were sent.
struct JudgedTemplate {
    judgement: Judgement,
    table: Option<Arc<Table>>,
    coverage: Option<Arc<Coverage>>,
}

impl Checker {
    fn run(mut self) {
        while let Ok(order) = self.received.recv() {
            self.accept(order);
            while self.accept_waiting()
                && let Some((_, task)) = self.waiting.pop_first()
            {
                if !self.check(&task) {
                    self.waiting.entry(task.root.clone()).or_insert(task);
                }
            }
        }
    }

    fn accept(&mut self, order: Order) {
        match order {
            Order::Check(task) => {
                self.waiting.insert(task.root.clone(), task);
            }
            Order::Forget(root) => {
                self.waiting.remove(&root);
                self.judged.remove(&root);
            }
        }
    }

    /// Accepts all orders that are waiting. Returns whether the session still runs.
    fn accept_waiting(&mut self) -> bool {
        loop {
            match self.received.try_recv() {
                Ok(order) => self.accept(order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Judges what has changed in a project, and sends the result. Returns whether everything was judged; otherwise there
    /// are newer orders.
    fn check(&mut self, task: &Task) -> bool {
        let project = &*task.project;
        let (Ok(templates), Ok(cases)) = (project.select_templates(&[]), project.select(&[])) else { return true };
        let cases = project.in_every_language(&cases);
        let mut judged = self.judged.remove(&task.root).unwrap_or_default();
        let changes = judged.tracker.follow_templates(project, &templates, &cases);
        for removed in &changes.removed {
            judged.judgements.remove(&removed.name);
            judged.stale.remove(&removed.name);
        }
        judged.stale.extend(changes.changed);
        let mut stale: Vec<_> =
            templates.iter().copied().filter(|template| judged.stale.contains(template.source().name())).collect();
        let open = open_templates(&cases, &task.open_files);
        stale.sort_by_key(|template| !open.contains(template.source().name()));
        let options = JudgeOptions::new(project, self.renderer.render_options());
        let mut is_complete = true;
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for (number, batch) in stale.chunks(BATCH_PER_CORE * cores).enumerate() {
            if number > 0 {
                if number == 1 {
                    self.send(task, &judged, false);
                }
                self.accept_waiting();
                if self.waiting.contains_key(&task.root) {
                    is_complete = false;
                    break;
                }
            }
            let judgements = judge_each(project, batch, &cases, &options, &|| ());
            for (template, judgement) in batch.iter().zip(judgements) {
                let name = template.source().name();
                judged.stale.remove(name);
                judged.judgements.insert(name.to_owned(), judgement.into());
            }
        }
        if is_complete {
            self.send(task, &judged, true);
        }
        self.judged.insert(task.root.clone(), judged);
        is_complete
    }

    fn send(&self, task: &Task, judged: &JudgedProject, is_complete: bool) {
        let judgements = judged.judgements.values().map(|template| template.judgement.clone());
        let merged = Judgement::from_parts(&task.project, judgements);
        let all = || judged.judgements.iter();
        let checked = Checked {
            root: task.root.clone(),
            revision: task.revision,
            findings: merged.findings,
            tables: all().filter_map(|(name, template)| Some((name.clone(), template.table.clone()?))).collect(),
            coverage: all().filter_map(|(name, template)| Some((name.clone(), template.coverage.clone()?))).collect(),
            is_complete,
        };
        // If nobody receives it, the session has ended.
        let _ = self.events.send(Event::Checked(checked));
    }
}

impl From<Judgement> for JudgedTemplate {
    fn from(mut judgement: Judgement) -> Self {
        Self {
            table: judgement.tables.pop().map(Arc::new),
            coverage: judgement.coverage.pop().map(Arc::new),
            judgement,
        }
    }
}

/// The files of the templates that are open, or of which a request or a customer is open.
fn open_templates(cases: &[Case<'_>], open_files: &HashSet<String>) -> HashSet<String> {
    let is_open = |case: &&Case<'_>| {
        open_files.contains(case.request.source().name()) || open_files.contains(case.customer.source().name())
    };
    let behind = cases.iter().filter(is_open).map(|case| case.template.source().name().to_owned());
    behind.chain(open_files.iter().cloned()).collect()
}
