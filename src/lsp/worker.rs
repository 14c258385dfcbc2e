//! The worker: answers requests in order on a thread of its own, so that the message loop never waits for one.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use lsp_server::{ErrorCode, RequestId, ResponseError};
use serde_json::Value;

use super::feature::Handler;
use super::session::Event;
use super::snapshot::Snapshot;
use crate::threads::STACK;

/// A request to answer.
pub(super) struct Work {
    pub(super) id: RequestId,
    pub(super) handler: Handler,
    pub(super) parameters: Value,
    pub(super) snapshot: Snapshot,
    /// Set when the client no longer wants the answer.
    pub(super) is_cancelled: Arc<AtomicBool>,
}

/// The answer to a request.
pub(super) type Answer = Result<Value, ResponseError>;

/// Starts the worker, which sends each answer as an event.
///
/// # Errors
/// No thread can be created.
pub(super) fn start(events: Sender<Event>) -> io::Result<Sender<Work>> {
    let (orders, received) = channel::<Work>();
    let answer_all = move || {
        for work in received {
            if work.is_cancelled.load(Ordering::Relaxed) {
                continue;
            }
            let answer = answer(&work);
            if events.send(Event::Answered(work.id, answer)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("lsp-worker".to_owned()).stack_size(STACK).spawn(answer_all)?;
    Ok(orders)
}

/// Answers one request. A bug in a feature must not end the session of the editor.
fn answer(work: &Work) -> Answer {
    let answer = || (work.handler)(&work.snapshot, work.parameters.clone());
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        Err(error(ErrorCode::InternalError, "the request could not be answered; please report this bug"))
    })
}

/// An error response.
pub(super) fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
