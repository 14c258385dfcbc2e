//! The state that all parts of the server share.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::captured::{CapturedMessage, Report, Status};
use super::clock::Clock;
use super::current_project::CurrentProject;
use super::edited::EditedProject;
use super::faults::Faults;
use super::namespaces::Namespaces;
use super::newest::Newest;
use super::pending::NotWritten;
use super::people::People;
use super::refused::RefusedRequest;
use super::schema::DeclaredSchemas;
use super::store::{Bounds, Store};
use super::webhooks::Webhooks;
use super::work::Queue;
use super::{Options, ServerEvent};
use crate::diagnostics::Diagnostic;
use crate::liquid::Limits;
use crate::message::{Customer, RenderOptions, Rendering, Request};
use crate::project::Project;

/// The approximate memory limit for captured messages, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// The most memory of a render, in bytes: of each that runs beside others, and of one that runs alone.
const SMALL_RENDER: usize = 4 << 20;
const LARGE_RENDER: usize = 64 << 20;

/// Called for each event.
pub(super) type Observe = Arc<dyn Fn(&ServerEvent<'_>) + Send + Sync>;

/// The server's state.
pub(super) struct State {
    pub(super) project: Arc<CurrentProject>,
    pub(super) schemas: Arc<DeclaredSchemas>,
    pub(super) edited: Arc<EditedProject>,
    pub(super) namespaces: Arc<Namespaces>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) people: People,
    pub(super) webhooks: Option<Webhooks>,
    pub(super) events: Newest<Value>,
    pub(super) refused: Newest<RefusedRequest>,
    pub(super) exports: Newest<Value>,
    /// Whether a message of a channel that is not rendered has been captured.
    pub(super) has_captured: AtomicBool,
    pub(super) options: Options,
    /// Called for each event.
    pub(super) observe: Observe,
    /// Becomes true when the server shuts down, or the namespace is deleted.
    pub(super) stop: watch::Sender<bool>,
    /// Work that renders.
    pub(super) renders: Arc<Queue>,
    /// Held by the one render that may use much memory.
    large_render: Arc<Mutex<()>>,
    /// Work that reads many messages, or files.
    pub(super) reads: Arc<Queue>,
    /// Work that reports on audiences.
    pub(super) audiences: Arc<Queue>,
    run: String,
    count: AtomicU64,
}

impl State {
    /// The state at the start.
    ///
    /// # Errors
    /// There is no project in `dir`, or the file of captured messages cannot be used.
    pub(super) fn new(dir: &Path, options: Options, observe: Observe) -> io::Result<Self> {
        let bounds = Bounds { messages: options.keep, bytes: MAX_BYTES };
        let store = options.store.as_ref().map_or_else(|| Ok(Store::new(bounds)), |file| Store::open(bounds, file));
        let store = store.map_err(io::Error::other)?;
        let (wake, notify) = (store.waker(), Arc::clone(&observe));
        let project = CurrentProject::open(dir, move |notice| match notice {
            Some(notice) => notify(&ServerEvent::Notice(notice)),
            None => wake(),
        });
        let webhooks = options.webhooks.as_ref().map(|options| Webhooks::new(options, store.owing())).transpose();
        let webhooks = webhooks.map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        Ok(Self {
            project: Arc::new(project.map_err(io::Error::other)?),
            schemas: Arc::default(),
            edited: Arc::default(),
            namespaces: Arc::default(),
            store,
            clock: Clock::new(options.now),
            faults: Faults::default(),
            people: People::default(),
            webhooks,
            events: Newest::default(),
            refused: Newest::default(),
            exports: Newest::default(),
            has_captured: AtomicBool::new(false),
            observe,
            stop: watch::Sender::new(false),
            renders: Arc::new(Queue::of_renders()),
            large_render: Arc::default(),
            reads: Arc::new(Queue::of_reads()),
            audiences: Arc::new(Queue::of_audiences()),
            run: format!("{:x}", Timestamp::now().as_millisecond()),
            count: AtomicU64::new(0),
            options,
        })
    }

    /// The state of a namespace at the start: nothing but the project and the queues of work is shared. It is not kept with `--store`, and without
    /// webhooks.
    pub(super) fn namespace(&self, name: &str) -> Self {
        let bounds = Bounds { messages: self.options.keep, bytes: MAX_BYTES };
        Self {
            project: Arc::clone(&self.project),
            schemas: Arc::clone(&self.schemas),
            edited: Arc::clone(&self.edited),
            namespaces: Arc::clone(&self.namespaces),
            store: Store::new(bounds),
            clock: Clock::new(self.options.now),
            faults: Faults::default(),
            people: People::default(),
            webhooks: None,
            events: Newest::default(),
            refused: Newest::default(),
            exports: Newest::default(),
            has_captured: AtomicBool::new(true),
            observe: Arc::clone(&self.observe),
            stop: watch::Sender::new(false),
            renders: Arc::clone(&self.renders),
            large_render: Arc::clone(&self.large_render),
            reads: Arc::clone(&self.reads),
            audiences: Arc::clone(&self.audiences),
            run: format!("{name}-{:x}", Timestamp::now().as_millisecond()),
            count: AtomicU64::new(0),
            options: self.options.clone(),
        }
    }

    /// Ends streams, and requests that wait for something.
    pub(super) fn end(&self) {
        self.stop.send_replace(true);
    }

    /// Renders a message with little memory, because many are rendered at once. If it needs more, it is rendered again with
    /// more, one message at a time.
    pub(super) fn render(&self, options: &RenderOptions, render: impl Fn(&RenderOptions) -> Rendering) -> Rendering {
        let limits = Limits { arena: SMALL_RENDER, ..options.limits };
        let rendering = render(&RenderOptions { limits, ..*options });
        if !rendering.is_out_of_memory {
            return rendering;
        }
        drop(rendering);
        let _alone = self.large_render.lock().unwrap_or_else(PoisonError::into_inner);
        render(options)
    }

    /// The render options for a point in time. The limits are lower than for commands, because requests run in parallel.
    pub(super) fn render_options(&self, now: Timestamp) -> RenderOptions {
        let limits = Limits { memory: 1e7, output: 1 << 23, arena: LARGE_RENDER, ..Limits::default() };
        RenderOptions { now, mode: self.options.mode, seed: self.options.seed, limits, asks_test_send: true }
    }

    /// How many messages have been captured since the start, including those that were removed.
    pub(super) fn captured(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Reports an event, unless the server is quiet. While a slow terminal prints it, other threads answer requests.
    pub(super) fn notify(&self, event: &ServerEvent<'_>) {
        if !self.options.quiet {
            tokio::task::block_in_place(|| (self.observe)(event));
        }
    }

    /// Keeps a request that was refused, and reports it.
    pub(super) fn refuse(&self, request: RefusedRequest) {
        self.notify(&ServerEvent::Refused(&request));
        let weight = request.weight();
        self.refused.add(request, weight);
        self.store.wake();
    }

    /// Keeps an event of about `size` bytes.
    pub(super) fn record(&self, event: Value, size: usize) {
        self.events.add(event, size);
        self.store.wake();
    }

    /// The customer that a request is for, with what backends sent about the person; `None` if neither is known.
    ///
    /// # Errors
    /// The attributes cannot be used.
    pub(super) fn customer<'p>(
        &self,
        project: &'p Project,
        version: u64,
        request: &Request,
    ) -> Result<Option<Cow<'p, Customer>>, Diagnostic> {
        let person = self.people.customer(project, version, request)?;
        Ok(match person {
            Some(customer) => Some(Cow::Owned(Customer::clone(&customer))),
            None => project.customer_for(request).map(Cow::Borrowed),
        })
    }

    /// Captures a message: reports it, keeps it, and queues its webhooks.
    pub(super) async fn capture(&self, captured: Arc<CapturedMessage>) -> Result<(), NotWritten> {
        self.notify(&ServerEvent::Captured(&captured));
        self.keep(captured).await
    }

    /// Keeps a message that was reported, and queues its webhooks.
    pub(super) async fn keep(&self, mut captured: Arc<CapturedMessage>) -> Result<(), NotWritten> {
        let Some(webhooks) = &self.webhooks else { return self.store.put(captured, |_| {}).await };
        let number = self.template_number(&captured);
        if captured.status(captured.queued_at) == Status::Scheduled {
            Arc::make_mut(&mut captured).owes_sent = true;
        }
        self.store.put(captured, |captured| webhooks.captured(captured, number)).await
    }

    /// Adds a report of a client to a message.
    pub(super) async fn report(&self, id: &str, report: Report) -> Result<(), NotWritten> {
        let (at, metric, action) = (report.at, report.metric.clone(), report.action.clone());
        let mut is_news = false;
        let note = |message: &mut CapturedMessage| {
            is_news = match metric.as_str() {
                "opened" => message.note_opened(at),
                "clicked" => true,
                _ => false,
            };
        };
        let written = self.store.report(id, report, note).await;
        if is_news && metric == "opened" {
            self.tell_opened(id, at);
        } else if is_news {
            self.tell(id, "clicked", at, action.map(|action| ("action_name", action.into())).as_slice());
        }
        written
    }

    /// Queues the webhooks about a message that was opened: the inbox learns only then that it was delivered.
    pub(super) fn tell_opened(&self, id: &str, at: Timestamp) {
        self.tell(id, "delivered", at, &[]);
        self.tell(id, "opened", at, &[]);
    }

    /// Queues a webhook about a message that was sent.
    fn tell(&self, id: &str, metric: &str, at: Timestamp, more: &[(&str, Value)]) {
        let Some(webhooks) = &self.webhooks else { return };
        // Webhooks of scheduled messages that are due come first.
        webhooks.queue_due(self);
        self.store.with(id, |captured| webhooks.tell(captured, self.template_number(captured), metric, at, more));
    }

    /// The number of a message's template; `None` if it has none.
    pub(super) fn template_number(&self, captured: &CapturedMessage) -> Option<u64> {
        let (project, _) = self.project.get();
        let template = project.templates().iter().find(|template| template.name() == captured.template);
        let id = template.and_then(|template| template.settings().id.as_ref());
        id.map(|id| id.value).or_else(|| captured.template.parse().ok())
    }

    /// An id that is unique across runs.
    pub(super) fn new_id(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        [self.run.as_str(), "-", itoa::Buffer::new().format(number)].concat()
    }
}
