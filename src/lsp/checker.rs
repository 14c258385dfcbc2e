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
use crate::contract::Schemas;
use crate::diagnostics::{Diagnostic, Diagnostics, Source};
use crate::message::Template;
use crate::project::{Case, DependencyTracker, Project, Removed};
use crate::rules::{FileFindings, JudgeOptions, Judgement, Table, judge_with_cases, missing_in_requests};
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
    /// The findings about each file that has some, by its name.
    pub(super) findings: BTreeMap<Arc<str>, Arc<Diagnostics>>,
    /// What else is known about each template, by its file.
    templates: BTreeMap<Arc<str>, JudgedTemplate>,
    /// Whether every template has been judged; if not, another result follows.
    pub(super) is_complete: bool,
}

/// What judging a template found besides findings, shared with the results that were sent.
#[derive(Clone, Debug)]
struct JudgedTemplate {
    table: Option<Arc<Table>>,
    coverage: Option<Arc<Coverage>>,
}

impl Checked {
    /// The findings about a file.
    pub(super) fn findings_in(&self, file: &str) -> &[Diagnostic] {
        self.findings.get(file).map_or(&[], |findings| &findings[..])
    }

    /// The table of variables of the template in a file.
    pub(super) fn table(&self, file: &str) -> Option<&Table> {
        self.templates.get(file)?.table.as_deref()
    }

    /// The coverage of the template in a file.
    pub(super) fn coverage(&self, file: &str) -> Option<&Coverage> {
        self.templates.get(file)?.coverage.as_deref()
    }
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

/// What was found in a project, and which of its templates are out of date.
#[derive(Default)]
struct JudgedProject {
    tracker: DependencyTracker,
    schemas: Schemas,
    findings: FileFindings,
    /// By the file of the template.
    templates: BTreeMap<Arc<str>, JudgedTemplate>,
    stale: HashSet<String>,
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
        let templates = project.templates_with_cases();
        let mut judged = self.judged.remove(&task.root).unwrap_or_default();
        judged.follow(project, &templates);
        let is_stale = |(template, _): &&OwnCases<'_>| judged.stale.contains(template.source().name());
        let mut stale: Vec<_> = templates.iter().filter(is_stale).collect();
        stale.sort_by_cached_key(|template| !is_open(template, &task.open_files));
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
            let judgements = judge_with_cases(project, &judged.schemas, batch, &options);
            for (template, judgement) in batch.iter().zip(judgements) {
                judged.set(project, template, judgement);
            }
        }
        if is_complete {
            self.send(task, &judged, true);
        }
        self.judged.insert(task.root.clone(), judged);
        is_complete
    }

    fn send(&self, task: &Task, judged: &JudgedProject, is_complete: bool) {
        let checked = Checked {
            root: task.root.clone(),
            revision: task.revision,
            findings: judged.findings.by_file().clone(),
            templates: judged.templates.clone(),
            is_complete,
        };
        // If nobody receives it, the session has ended.
        let _ = self.events.send(Event::Checked(checked));
    }
}

/// A template with its cases.
type OwnCases<'p> = (&'p Template, Vec<Case<'p>>);

impl JudgedProject {
    /// Finds out what is out of date in a new version of the project, and brings the rest up to date.
    fn follow(&mut self, project: &Project, templates: &[OwnCases<'_>]) {
        let with_cases = templates.iter().map(|(template, cases)| (*template, &cases[..]));
        let changes = self.tracker.follow_with_cases(project, with_cases);
        for Removed { name, .. } in &changes.removed {
            self.findings.remove_template(name);
            self.templates.remove(name.as_str());
            self.stale.remove(name);
        }
        self.stale.extend(changes.changed);
        self.schemas.follow(project);
        self.findings.set_project(project, &self.schemas);
    }

    fn set(&mut self, project: &Project, (template, cases): &OwnCases<'_>, mut judgement: Judgement) {
        let file = template.source().name();
        self.stale.remove(file);
        let table = judgement.tables.pop().map(Arc::new);
        if let Some(table) = &table {
            judgement.findings.extend(missing_in_requests(table, &judgement.findings, cases));
        }
        let coverage = judgement.coverage.pop().map(Arc::new);
        self.templates.insert(file.into(), JudgedTemplate { table, coverage });
        self.findings.set_template(project, file, judgement);
    }
}

/// Whether the template itself, or a request or a customer of it, is open.
fn is_open((template, cases): &OwnCases<'_>, open_files: &HashSet<String>) -> bool {
    let is_open = |source: &Source| open_files.contains(source.name());
    is_open(template.source())
        || cases.iter().any(|case| is_open(case.request.source()) || is_open(case.customer.source()))
}
