//! The signals that stop the server.

use std::io;

use super::StopReason;
#[cfg(unix)]
use crate::hangup;

/// Handles signals from now on. The future resolves when one stops the server.
#[cfg(unix)]
pub(super) fn handle() -> io::Result<impl Future<Output = StopReason>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = if hangup::is_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
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
