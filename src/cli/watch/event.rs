//! What happens while a command watches.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crate::watch::Told;

/// Something that happens.
#[derive(Debug)]
pub(super) enum Event {
    /// Files changed.
    Told(Told),
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let end = {
        let _entered = runtime.enter();
        signal()?
    };
    let sender = events.clone();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let code = runtime.block_on(end);
        // Who has ended already needs not be told.
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

/// Waits for a signal that ends a process, from now on. Gives the exit code.
#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = u8>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
            _ = hang_up.recv() => 129,
        }
    })
}

/// Waits for a signal that ends a process, from now on. Gives the exit code.
#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = u8>> {
    Ok(async {
        // Where nobody can be heard, nobody interrupts.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        130
    })
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
