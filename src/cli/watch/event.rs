//! What happens while a command watches.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crate::watch::WatchEvent;

/// Something that happens.
#[derive(Debug)]
pub(super) enum Event {
    /// Files changed.
    WatchEvent(WatchEvent),
    /// Something happened at the terminal. It waits for [`Keyboard::go_on`] before it looks for more.
    Terminal(crossterm::event::Event),
    /// The process is to end, with this exit code.
    Ended(u8),
    /// Nobody reads the results any more.
    NobodyReads,
}

/// The channel that all comes through, with the signals that end a process.
pub(super) fn channel() -> io::Result<(Sender<Event>, Receiver<Event>)> {
    let (events, happened) = mpsc::channel();
    let sender = events.clone();
    on_end(move |code| {
        // The receiver may be gone; nothing is left to notify.
        let _ = sender.send(Event::Ended(code));
    })?;
    Ok((events, happened))
}

/// Who reads keys. One at a time: an editor may read them in between.
#[derive(Debug)]
pub(super) struct Keyboard(Sender<()>);

impl Keyboard {
    /// Lets the next key be read.
    pub(super) fn go_on(&self) {
        // A terminal that is gone has no more keys.
        let _ = self.0.send(());
    }
}

/// Reads keys from now on.
pub(super) fn keyboard(events: Sender<Event>) -> io::Result<Keyboard> {
    let (go_on, next) = mpsc::channel();
    let read = move || {
        loop {
            let event = crossterm::event::read().map_or(Event::NobodyReads, Event::Terminal);
            let is_last = matches!(event, Event::NobodyReads);
            if events.send(event).is_err() || is_last || next.recv().is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("keyboard".to_owned()).spawn(read)?;
    Ok(Keyboard(go_on))
}

/// Calls `ended` with the exit code when a signal asks the process to end.
#[cfg(unix)]
fn on_end(ended: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let wait = move || {
        for signal in signals.forever() {
            ended(u8::try_from(128 + signal).unwrap_or(1));
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(())
}

/// Calls `ended` with the exit code when somebody presses Ctrl-C.
#[cfg(not(unix))]
fn on_end(ended: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || ended(130)).map_err(io::Error::other)
}

/// Tells when whoever reads the results has gone.
#[cfg(unix)]
pub(super) fn when_nobody_reads(events: Sender<Event>) {
    use rustix::event::{PollFd, PollFlags, poll};
    let wait = move || {
        let out = io::stdout();
        // That is told whether it is asked for or not.
        let mut reader = [PollFd::new(&out, PollFlags::empty())];
        while let Ok(0) | Err(rustix::io::Errno::INTR) = poll(&mut reader, None) {}
        let _ = events.send(Event::NobodyReads);
    };
    // Without the thread, it is noticed at the next result.
    let _ = thread::Builder::new().name("reader".to_owned()).spawn(wait);
}

/// Tells when whoever reads the results has gone: elsewhere, that is noticed at the next result.
#[cfg(not(unix))]
pub(super) fn when_nobody_reads(_: Sender<Event>) {}
