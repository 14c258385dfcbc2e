//! Events that a watching command reacts to, and the threads that send them.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::super::signals::on_termination;
use crate::watch::WatchEvent;

/// An event for the main loop of a watching command.
#[derive(Debug)]
pub(super) enum Event {
    /// Files changed.
    Files(WatchEvent),
    /// A key or a resize. The next one is read only after [`Keyboard::resume`].
    Terminal(crossterm::event::Event),
    /// A signal asks the process to end with this exit code.
    Terminate(u8),
    /// The reader of standard output is gone, or the terminal.
    OutputClosed,
}

/// The channel for all events. It already receives the signals that end the process.
pub(super) fn channel() -> io::Result<(Sender<Event>, Receiver<Event>)> {
    let (sender, receiver) = mpsc::channel();
    let signals = sender.clone();
    on_termination(move |code| {
        // The receiver may be gone; nothing is left to notify.
        let _ = signals.send(Event::Terminate(code));
    })?;
    Ok((sender, receiver))
}

/// A thread that reads keys one at a time, so that an editor can read keys in between.
#[derive(Debug)]
pub(super) struct Keyboard(Sender<()>);

impl Keyboard {
    /// Allows the thread to read the next key.
    pub(super) fn resume(&self) {
        // The thread ends when the terminal is gone.
        let _ = self.0.send(());
    }
}

/// Starts to read keys.
pub(super) fn keyboard(events: Sender<Event>) -> io::Result<Keyboard> {
    let (resume, next) = mpsc::channel();
    let read = move || {
        loop {
            let event = crossterm::event::read().map_or(Event::OutputClosed, Event::Terminal);
            let is_last = matches!(event, Event::OutputClosed);
            if events.send(event).is_err() || is_last || next.recv().is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("keyboard".to_owned()).spawn(read)?;
    Ok(Keyboard(resume))
}

/// Sends [`Event::OutputClosed`] when the reader of standard output is gone.
#[cfg(unix)]
pub(super) fn notify_when_output_closes(events: Sender<Event>) {
    use rustix::event::{PollFd, PollFlags, poll};
    let wait = move || {
        let out = io::stdout();
        // Errors and hang-ups are always reported, so no flags are requested.
        let mut reader = [PollFd::new(&out, PollFlags::empty())];
        while let Ok(0) | Err(rustix::io::Errno::INTR) = poll(&mut reader, None) {}
        let _ = events.send(Event::OutputClosed);
    };
    // Without the thread, the next write fails instead.
    let _ = thread::Builder::new().name("reader".to_owned()).spawn(wait);
}

/// Does nothing on other platforms: there, the next write fails instead.
#[cfg(not(unix))]
pub(super) fn notify_when_output_closes(_: Sender<Event>) {}
