//! The signals that stop the server.

use std::io;

use super::StopReason;

/// Handles signals from now on. The future resolves when one stops the server.
#[cfg(unix)]
pub(super) fn handle() -> io::Result<impl Future<Output = StopReason>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = if is_hangup_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => StopReason::Interrupted,
            _ = terminate.recv() => StopReason::Terminated,
            _ = hung_up => StopReason::HungUp,
        }
    })
}

/// Whether the server was started with `nohup`, which means that it goes on without its terminal.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    use std::io::IsTerminal as _;
    let ignored = |status: String| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    // The lowest bit is signal 1, which is `SIGHUP`.
    match std::fs::read_to_string("/proc/self/status").ok().and_then(ignored) {
        Some(mask) => mask & 1 != 0,
        // Without `/proc`, the disposition is unknown. `nohup` redirects the output away from the terminal.
        None => !io::stdout().is_terminal() && !io::stderr().is_terminal(),
    }
}

/// The future resolves when Ctrl-C is pressed.
#[cfg(not(unix))]
pub(super) fn handle() -> io::Result<impl Future<Output = StopReason>> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => StopReason::Interrupted,
            Err(_) => std::future::pending().await,
        }
    })
}
