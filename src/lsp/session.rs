//! The session: the message loop between `initialize` and `exit`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use gen_lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentDiagnosticParams, FullDocumentDiagnosticReport,
    InitializeParams, PublishDiagnosticsParams, Uri, WorkspaceFolders,
};
use jiff::Timestamp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::capabilities::{ClientCapabilities, initialize_result};
use super::checker::{self, Checked, Order, Task};
use super::document::Document;
use super::hint_requests::HintRequests;
use super::snapshot::{FileKind, Snapshot, relative};
use super::transport::{self, Incoming, Outgoing};
use super::worker::{self, Answer, Work, error};
use super::workspace::Workspace;
use super::{diagnostic, feature, uri};
use crate::diagnostics::Diagnostics;
use crate::message::{RenderOptions, Rendering};
use crate::project::{Case, Project};
use crate::watch::{Places, QUIET, Watch, WatchEvent};

/// How long a check is put off while more messages arrive.
const MAX_DELAY: Duration = Duration::from_millis(100);
/// How often the session looks whether the client's process still runs.
const PARENT_INTERVAL: Duration = Duration::from_secs(3);

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// With `shutdown` and `exit`.
    Orderly,
    /// Without `shutdown`, or because the client is gone.
    Abrupt,
}

/// How messages are rendered and drawn.
#[derive(Clone, Copy, Debug)]
pub struct Renderer {
    /// The options; their time is used only if the clock stands still.
    pub options: RenderOptions,
    /// Whether time stands still.
    pub is_standing: bool,
    /// Draws messages as plain text, as the inbox shows them.
    pub draw: fn(&Project, &[Case<'_>], &[Rendering]) -> String,
}

impl Renderer {
    /// The options of a rendering that happens now.
    pub(super) fn render_options(self) -> RenderOptions {
        let now = if self.is_standing { self.options.now } else { Timestamp::now() };
        RenderOptions { now, ..self.options }
    }
}

/// Something that the session reacts to.
pub(super) enum Event {
    /// A message from the client.
    Client(Incoming),
    /// The client has closed the connection.
    Closed,
    /// The checker has a result.
    Checked(Checked),
    /// The worker has answered a request.
    Answered(RequestId, Answer),
    /// The watch of a project reports changes.
    Watched(PathBuf, WatchEvent),
}

/// Runs a language server that reads from `input` and writes to `output`, until the client ends it.
///
/// # Errors
/// The output is closed, or no thread can be created.
pub fn run(input: impl BufRead + Send + 'static, output: impl Write, renderer: Renderer) -> io::Result<ExitStatus> {
    let (events, received) = channel();
    transport::read_on_thread(input, events.clone())?;
    let session = Session {
        output,
        received,
        checker: checker::start(renderer, events.clone())?,
        worker: worker::start(events.clone())?,
        events,
        renderer,
        client: Arc::new(ClientCapabilities::default()),
        phase: Phase::Starting,
        parent: None,
        workspace: Workspace::default(),
        watches: HashMap::new(),
        revisions: HashMap::new(),
        checked: HashMap::new(),
        hint_requests: Arc::default(),
        published: HashMap::new(),
        running: HashMap::new(),
        waiting: Vec::new(),
        stale_since: None,
        next_id: 0,
    };
    session.run()
}

/// How far the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Before `initialize`.
    Starting,
    Running,
    /// After `shutdown`.
    ShutDown,
}

struct Session<W> {
    output: W,
    received: Receiver<Event>,
    events: Sender<Event>,
    checker: Sender<Order>,
    worker: Sender<Work>,
    renderer: Renderer,
    client: Arc<ClientCapabilities>,
    phase: Phase,
    /// The process id of the client.
    parent: Option<i32>,
    workspace: Workspace,
    /// The watches of the projects, by root, if the client does not watch files.
    watches: HashMap<PathBuf, (Watch, Places)>,
    /// The number of the latest version of each project, by root.
    revisions: HashMap<PathBuf, u64>,
    checked: HashMap<PathBuf, Arc<Checked>>,
    hint_requests: Arc<HintRequests>,
    /// The diagnostics that the client has, by root, then by file name.
    published: HashMap<PathBuf, BTreeMap<Arc<str>, Published>>,
    /// The requests that the worker is to answer.
    running: HashMap<RequestId, Arc<AtomicBool>>,
    /// Requests that wait for the checker.
    waiting: Vec<Waiting>,
    /// Since when a project has unchecked changes.
    stale_since: Option<Instant>,
    next_id: i32,
}

/// A request about a file, to answer when the checker has judged the latest version of its project.
struct Waiting {
    id: RequestId,
    uri: Uri,
    answer: AnswerWith,
}

/// What answers a request that has waited.
enum AnswerWith {
    /// The diagnostics of the file.
    Diagnostics,
    /// A feature that depends on what the checker found in the open files, with the parameters.
    Feature(feature::Handler, Value),
}

/// The diagnostics of a file that were last published.
struct Published {
    version: Option<i32>,
    findings: Arc<Diagnostics>,
}

impl Published {
    /// Whether it is about this version, and has these findings.
    fn is(&self, version: Option<i32>, findings: &Arc<Diagnostics>) -> bool {
        self.version == version && (Arc::ptr_eq(&self.findings, findings) || self.findings == *findings)
    }
}

impl<W: Write> Session<W> {
    fn run(mut self) -> io::Result<ExitStatus> {
        let mut parent_checked = Instant::now();
        loop {
            let patience = self.patience();
            let event = match self.received.recv_timeout(patience) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => {
                    self.check_stale();
                    if parent_checked.elapsed() >= PARENT_INTERVAL {
                        parent_checked = Instant::now();
                        if self.parent.is_some_and(|parent| !is_running(parent)) {
                            return Ok(ExitStatus::Abrupt);
                        }
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(ExitStatus::Abrupt),
            };
            if let ControlFlow::Break(status) = self.handle(event)? {
                return Ok(status);
            }
            if self.stale_since.is_some_and(|since| since.elapsed() >= MAX_DELAY) {
                self.check_stale();
            }
        }
    }

    /// How long to wait for the next event: not at all if there is something to check as soon as no message is waiting.
    fn patience(&mut self) -> Duration {
        if !self.workspace.is_stale() {
            self.stale_since = None;
            return PARENT_INTERVAL;
        }
        self.stale_since.get_or_insert_with(Instant::now);
        Duration::ZERO
    }

    fn handle(&mut self, event: Event) -> io::Result<ControlFlow<ExitStatus>> {
        match event {
            Event::Client(Incoming::Message(Message::Request(request))) => self.request(request)?,
            Event::Client(Incoming::Message(Message::Notification(notification))) => {
                return self.notification(notification);
            }
            // The client's answers to requests of the server change nothing.
            Event::Client(Incoming::Message(Message::Response(_))) => {}
            Event::Client(Incoming::Invalid(answer)) => self.send(Outgoing::Raw(answer))?,
            Event::Closed => return Ok(ControlFlow::Break(ExitStatus::Abrupt)),
            Event::Checked(checked) => self.take_checked(checked)?,
            Event::Answered(id, answer) => {
                if self.running.remove(&id).is_some() {
                    self.answer(id, answer)?;
                }
            }
            Event::Watched(root, event) => self.workspace.take(&root, &event),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        let Request { id, method, params } = request;
        match (self.phase, method.as_str()) {
            (Phase::Starting, "initialize") => self.initialize(id, params),
            (Phase::Starting, _) => self
                .answer(id, Err(error(ErrorCode::ServerNotInitialized, "expected `initialize` as the first request"))),
            (_, "initialize") => {
                self.answer(id, Err(error(ErrorCode::InvalidRequest, "the server is initialized already")))
            }
            (Phase::ShutDown, _) => {
                self.answer(id, Err(error(ErrorCode::InvalidRequest, "the server is shut down: expected `exit`")))
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.answer(id, Ok(Value::Null))
            }
            (Phase::Running, "textDocument/diagnostic") => match parse::<DocumentDiagnosticParams>(params) {
                Ok(params) => self.wait(Waiting { id, uri: params.text_document.uri, answer: AnswerWith::Diagnostics }),
                Err(reason) => self.answer(id, Err(reason)),
            },
            (Phase::Running, "workspace/executeCommand") if params["command"] == feature::CHOOSE_REQUEST => {
                let answer = self.choose_request(&params["arguments"]);
                let is_chosen = answer.is_ok();
                self.answer(id, answer)?;
                if is_chosen { self.refresh_hints() } else { Ok(()) }
            }
            (Phase::Running, method) => {
                if method == "textDocument/inlayHint" && !self.hint_requests.are_hints_shown {
                    Arc::make_mut(&mut self.hint_requests).are_hints_shown = true;
                    self.refresh_lenses()?;
                }
                if let Some(handler) = feature::handler(method) {
                    let uri = params["textDocument"]["uri"].as_str().map(Uri::from);
                    return match uri.filter(|_| feature::depends_on_checker(method)) {
                        Some(uri) => self.wait(Waiting { id, uri, answer: AnswerWith::Feature(handler, params) }),
                        None => self.give_to_worker(id, handler, params),
                    };
                }
                let message = format!("there is no method `{method}`");
                self.answer(id, Err(error(ErrorCode::MethodNotFound, message)))
            }
        }
    }

    fn initialize(&mut self, id: RequestId, params: Value) -> io::Result<()> {
        let root = params.get("rootUri").and_then(Value::as_str).map(Uri::from);
        let params: InitializeParams = match parse(params) {
            Ok(params) => params,
            Err(reason) => return self.answer(id, Err(reason)),
        };
        self.client = Arc::new(ClientCapabilities::new(&params.capabilities));
        self.parent = params.process_id;
        self.phase = Phase::Running;
        let result = serde_json::to_value(initialize_result(&self.client))?;
        self.answer(id, Ok(result))?;
        let folders = match params.workspace_folders_initialize_params.workspace_folders {
            Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
                folders.into_iter().map(|folder| folder.uri).collect()
            }
            // Clients that know no workspace folders name one folder.
            _ => root.into_iter().collect::<Vec<_>>(),
        };
        for folder in folders.iter().filter_map(uri::to_path) {
            self.workspace.add_folder(&folder);
        }
        Ok(())
    }

    fn wait(&mut self, waiting: Waiting) -> io::Result<()> {
        self.waiting.push(waiting);
        self.check_stale();
        self.answer_waiting()
    }

    fn give_to_worker(&mut self, id: RequestId, handler: feature::Handler, parameters: Value) -> io::Result<()> {
        self.check_stale();
        let is_cancelled = Arc::new(AtomicBool::new(false));
        self.running.insert(id.clone(), is_cancelled.clone());
        let work = Work { id, handler, parameters, snapshot: self.snapshot(), is_cancelled };
        self.worker.send(work).map_err(|_| io::Error::other("the worker has ended"))
    }

    fn notification(&mut self, notification: Notification) -> io::Result<ControlFlow<ExitStatus>> {
        let Notification { method, params } = notification;
        if method == "exit" {
            let status = if self.phase == Phase::ShutDown { ExitStatus::Orderly } else { ExitStatus::Abrupt };
            return Ok(ControlFlow::Break(status));
        }
        // Other notifications outside a session are dropped, as the protocol says, and so are those that are not understood.
        if self.phase == Phase::Running {
            self.apply(&method, params)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Applies a notification. One with invalid parameters is ignored: nobody would get an answer.
    fn apply(&mut self, method: &str, params: Value) -> io::Result<()> {
        match method {
            "initialized" if self.client.watches_files => self.watch_through_client()?,
            "textDocument/didOpen" => {
                if let Ok(DidOpenTextDocumentParams { text_document }) = parse(params) {
                    self.workspace.open(Document::open(text_document));
                }
            }
            "textDocument/didChange" => {
                if let Ok(DidChangeTextDocumentParams { text_document, content_changes }) = parse(params) {
                    let uri = text_document.text_document_identifier.uri;
                    self.workspace.change(&uri, text_document.version, content_changes, self.client.encoding);
                }
            }
            "textDocument/didClose" => {
                if let Ok(DidCloseTextDocumentParams { text_document }) = parse(params) {
                    self.workspace.close(&text_document.uri);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                if let Ok(DidChangeWatchedFilesParams { changes }) = parse(params) {
                    let paths = changes.iter().filter_map(|change| uri::to_path(&change.uri));
                    let paths: Vec<_> = paths.map(|path| uri::canonical(&path)).collect();
                    self.workspace.refresh(&paths);
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                if let Ok(DidChangeWorkspaceFoldersParams { event }) = parse(params) {
                    for folder in event.added.iter().filter_map(|folder| uri::to_path(&folder.uri)) {
                        self.workspace.add_folder(&folder);
                    }
                    for folder in event.removed.iter().filter_map(|folder| uri::to_path(&folder.uri)) {
                        for root in self.workspace.remove_folder(&folder) {
                            self.forget(&root)?;
                        }
                    }
                }
            }
            "$/cancelRequest" => {
                if let Ok(id) = parse::<RequestId>(params.get("id").cloned().unwrap_or_default()) {
                    self.cancel(id)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn cancel(&mut self, id: RequestId) -> io::Result<()> {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.id != id);
        let was_running = self.running.remove(&id).inspect(|is_cancelled| is_cancelled.store(true, Ordering::Relaxed));
        if was_running.is_none() && self.waiting.len() == before {
            // It is answered already, or unknown.
            return Ok(());
        }
        self.answer(id, Err(error(ErrorCode::RequestCanceled, "cancelled by the client")))
    }

    /// Asks the client to report changes of files.
    fn watch_through_client(&mut self) -> io::Result<()> {
        let registration = json!({"registrations": [{
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": [{"globPattern": "**/*"}]},
        }]});
        self.ask("client/registerCapability", registration)
    }

    /// Removes what the client has of a project that was closed.
    fn forget(&mut self, root: &PathBuf) -> io::Result<()> {
        self.watches.remove(root);
        self.checked.remove(root);
        self.revisions.remove(root);
        // If the checker has ended, so does the session.
        let _ = self.checker.send(Order::Forget(root.clone()));
        let snapshot = self.snapshot();
        for file in self.published.remove(root).unwrap_or_default().keys() {
            self.publish(snapshot.uri(root, file), None, Vec::new())?;
        }
        Ok(())
    }

    /// Builds the projects that have changed, and gives them to the checker.
    fn check_stale(&mut self) {
        self.stale_since = None;
        for (root, project) in self.workspace.build() {
            let revision = self.revisions.entry(root.clone()).or_default();
            *revision += 1;
            let revision = *revision;
            let paths = self.workspace.documents().values().filter_map(|document| document.path.as_ref());
            let open_files: HashSet<_> =
                paths.filter(|path| path.starts_with(&root)).map(|path| relative(&root, path)).collect();
            // If the checker has ended, so does the session.
            let _ = self.checker.send(Order::Check(Task { root, project, open_files, revision }));
        }
    }

    /// Watches a project, unless the client does.
    fn watch(&mut self, root: PathBuf) {
        if self.client.watches_files {
            return;
        }
        let Some((_, files)) = self.workspace.files().find(|(known, _)| *known == root) else { return };
        let places = files.places(&[]);
        if let Some((watch, watched)) = self.watches.get_mut(&root) {
            if *watched != places {
                watch.follow(places.clone());
                *watched = places;
            }
            return;
        }
        let (events, reported) = (self.events.clone(), root.clone());
        let report = move |event| {
            // If nobody receives it, the session has ended.
            let _ = events.send(Event::Watched(reported.clone(), event));
        };
        // A project that cannot be watched is still checked when it is edited.
        if let Ok(watch) = Watch::start(places.clone(), None, QUIET, report) {
            self.workspace.catch_up(&root);
            self.watches.insert(root, (watch, places));
        }
    }

    fn take_checked(&mut self, checked: Checked) -> io::Result<()> {
        // Changes that have arrived in the meantime make the result that of an earlier version.
        self.check_stale();
        // The project may have been closed in the meantime.
        let Some(&revision) = self.revisions.get(&checked.root) else { return Ok(()) };
        let is_latest = checked.revision == revision;
        if !is_latest && self.checked.contains_key(&checked.root) {
            return Ok(());
        }
        let (root, is_complete) = (checked.root.clone(), checked.is_complete);
        self.checked.insert(root.clone(), Arc::new(checked));
        self.answer_waiting()?;
        if self.client.pulls_diagnostics {
            if is_complete && self.client.refreshes_diagnostics {
                self.ask("workspace/diagnostic/refresh", Value::Null)?;
            }
        } else {
            self.publish_findings(&root)?;
        }
        if is_complete {
            self.refresh_hints()?;
        }
        // What takes longer in large folders waits until the client has the first diagnostics.
        self.watch(root);
        if !self.workspace.is_searched() {
            self.workspace.search_folders();
            self.check_stale();
            self.answer_waiting()?;
        }
        Ok(())
    }

    /// Chooses the request whose values the hints in a template show.
    fn choose_request(&mut self, arguments: &Value) -> Answer {
        let invalid = |reason: &str| error(ErrorCode::InvalidParams, reason);
        let (Some(uri), Some(name)) = (arguments[0].as_str().map(Uri::from), arguments[1].as_str()) else {
            return Err(invalid("expected the URI of a template and the name of a request as the arguments"));
        };
        self.check_stale();
        let snapshot = self.snapshot();
        let file = snapshot.file(&uri).filter(|file| matches!(file.kind, FileKind::Template(_)));
        let file = file.ok_or_else(|| invalid(&format!("`{}` is no template of a project", uri.0)))?;
        if !file.cases().iter().any(|case| case.request.name() == name) {
            return Err(invalid(&format!("`{}` has no request `{name}`", file.name)));
        }
        Arc::make_mut(&mut self.hint_requests).choose(file.root, &file.name, name);
        Ok(Value::Null)
    }

    /// Has the client ask for lenses and hints again.
    fn refresh_hints(&mut self) -> io::Result<()> {
        self.refresh_lenses()?;
        if self.client.refreshes_hints {
            self.ask("workspace/inlayHint/refresh", Value::Null)?;
        }
        Ok(())
    }

    fn refresh_lenses(&mut self) -> io::Result<()> {
        if self.client.refreshes_lenses {
            self.ask("workspace/codeLens/refresh", Value::Null)?;
        }
        Ok(())
    }

    /// Sends the diagnostics of the files of a project in which they differ from what the client has.
    fn publish_findings(&mut self, root: &PathBuf) -> io::Result<()> {
        let Some(checked) = self.checked.get(root).cloned() else { return Ok(()) };
        let snapshot = self.snapshot();
        let open: HashMap<String, i32> = snapshot.open_files(root).collect();
        let mut published = self.published.remove(root).unwrap_or_default();
        let none = Arc::new(Diagnostics::new());
        let gone = published.keys().filter(|file| !checked.findings.contains_key(*file));
        let gone = gone.cloned().chain(open.keys().map(|file| file.as_str().into()));
        let gone: BTreeSet<Arc<str>> = gone.filter(|file| !checked.findings.contains_key(file)).collect();
        let gone = gone.iter().map(|file| (file, &none));
        for (file, findings) in checked.findings.iter().chain(gone) {
            let version = open.get(&**file).copied();
            // Most files have what they had before.
            if published.get(file).is_some_and(|published| published.is(version, findings)) {
                continue;
            }
            let uri = snapshot.uri(root, file);
            self.publish(uri, version, diagnostic::of_file(findings, &snapshot, root))?;
            if version.is_none() && findings.is_empty() {
                published.remove(file);
            } else {
                published.insert(file.clone(), Published { version, findings: findings.clone() });
            }
        }
        self.published.insert(root.clone(), published);
        Ok(())
    }

    fn publish(&mut self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) -> io::Result<()> {
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        let params = serde_json::to_value(params)?;
        self.send(Notification { method: "textDocument/publishDiagnostics".to_owned(), params })
    }

    /// Answers the waiting requests whose projects have been checked in their latest version: for diagnostics completely, for
    /// other answers as far as files are open.
    fn answer_waiting(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let snapshot = self.snapshot();
        for waiting in std::mem::take(&mut self.waiting) {
            let file = snapshot.file(&waiting.uri);
            let may_be_partial = matches!(waiting.answer, AnswerWith::Feature(..));
            let is_checked = file.as_ref().map_or(self.workspace.is_searched(), |file| {
                let latest = self.revisions.get(file.root);
                let checked = file.checked().filter(|checked| latest == Some(&checked.revision));
                checked.is_some_and(|checked| checked.is_complete || may_be_partial)
            });
            match waiting.answer {
                _ if !is_checked => self.waiting.push(waiting),
                AnswerWith::Feature(handler, params) => self.give_to_worker(waiting.id, handler, params)?,
                AnswerWith::Diagnostics => {
                    let checked = file.as_ref().and_then(|file| Some((file, file.checked()?)));
                    let found = checked.map(|(file, checked)| {
                        diagnostic::of_file(checked.findings_in(&file.name), &snapshot, file.root)
                    });
                    self.answer_with_diagnostics(waiting.id, found.unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }

    fn answer_with_diagnostics(&mut self, id: RequestId, items: Vec<Diagnostic>) -> io::Result<()> {
        let report = FullDocumentDiagnosticReport { result_id: None, items };
        let mut report = serde_json::to_value(report)?;
        report["kind"] = "full".into();
        self.answer(id, Ok(report))
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            client: self.client.clone(),
            renderer: self.renderer,
            documents: self.workspace.documents().clone(),
            projects: self.workspace.projects(),
            checked: self.checked.clone(),
            hint_requests: self.hint_requests.clone(),
        }
    }

    /// Sends a request to the client.
    fn ask(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.next_id += 1;
        self.send(Request { id: self.next_id.into(), method: method.to_owned(), params })
    }

    fn answer(&mut self, id: RequestId, answer: Answer) -> io::Result<()> {
        self.send(Response { id, response_result: answer })
    }

    fn send(&mut self, message: impl Into<Outgoing>) -> io::Result<()> {
        transport::write(&message.into(), &mut self.output)
    }
}

/// Parses the parameters of a message.
pub(super) fn parse<P: DeserializeOwned>(params: Value) -> Result<P, lsp_server::ResponseError> {
    serde_json::from_value(params)
        .map_err(|reason| error(ErrorCode::InvalidParams, format!("invalid parameters: {reason}")))
}

/// Whether a process runs.
#[cfg(unix)]
fn is_running(process: i32) -> bool {
    rustix::process::Pid::from_raw(process)
        .is_none_or(|process| rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH))
}

/// Elsewhere, the end of the input shows that the client is gone.
#[cfg(not(unix))]
fn is_running(_: i32) -> bool {
    true
}
