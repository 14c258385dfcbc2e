//! Events that a watching command reacts to, and the threads that send them.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

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

/// The events that have arrived, in their order.
#[derive(Debug)]
pub(super) struct Events {
    received: Receiver<Event>,
    /// An event that was received already, and comes next.
    next: Option<Event>,
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next.take().or_else(|| self.received.recv().ok())
    }
}

impl Events {
    /// The next event, if it is a change of files that arrives within this time.
    pub(super) fn change_within(&mut self, time: Duration) -> Option<WatchEvent> {
        if self.next.is_none() {
            self.next = self.received.recv_timeout(time).ok();
        }
        match self.next.take() {
            Some(Event::Files(change @ (WatchEvent::Paths(_) | WatchEvent::All))) => Some(change),
            other => {
                self.next = other;
                None
            }
        }
    }
}

/// The channel for all events. It already receives the signals that end the process.
pub(super) fn channel() -> io::Result<(Sender<Event>, Events)> {
    let (sender, received) = mpsc::channel();
    let signals = sender.clone();
    on_termination(move |code| {
        // The receiver may be gone; nothing is left to notify.
        let _ = signals.send(Event::Terminate(code));
    })?;
    Ok((sender, Events { received, next: None }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_change_overtakes_another_event() {
        let (sender, received) = mpsc::channel();
        let mut events = Events { received, next: None };
        for event in [Event::Files(WatchEvent::All), Event::Terminate(3), Event::Files(WatchEvent::All)] {
            sender.send(event).unwrap();
        }
        assert!(events.change_within(Duration::ZERO).is_some());
        assert!(events.change_within(Duration::ZERO).is_none());
        assert!(matches!(events.next(), Some(Event::Terminate(3))));
        assert!(events.change_within(Duration::ZERO).is_some());
        assert!(events.change_within(Duration::ZERO).is_none());
    }

    #[test]
    fn only_early_work_is_done_again_before_it_is_quiet() {
        for (is_early, expected) in [(true, 3), (false, 1)] {
            let (sender, received) = mpsc::channel();
            let mut events = Events { received, next: None };
            for event in [Event::Files(WatchEvent::All), Event::Files(WatchEvent::All), Event::OutputClosed] {
                sender.send(event).unwrap();
            }
            let mut count = 0;
            let take_up = |_: &WatchEvent| {
                count += 1;
                Ok::<_, ()>(())
            };
            super::super::until_quiet(WatchEvent::All, is_early, &mut events, take_up).unwrap();
            assert_eq!(count, expected);
        }
    }
}
