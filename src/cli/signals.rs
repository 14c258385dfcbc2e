//! Signals that end the program, for commands that must restore the terminal first.

use std::io;

/// Calls `terminate` with the exit code when a signal asks the process to end. `nohup` is respected.
#[cfg(unix)]
pub(super) fn on_termination(terminate: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGQUIT])?;
    if !crate::hangup::is_ignored() {
        signals.add_signal(SIGHUP)?;
    }
    let wait = move || {
        for signal in signals.forever() {
            terminate(u8::try_from(128 + signal).unwrap_or(1));
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(())
}

/// Calls `terminate` with the exit code on Ctrl-C.
#[cfg(not(unix))]
pub(super) fn on_termination(terminate: impl Fn(u8) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || terminate(130)).map_err(io::Error::other)
}
