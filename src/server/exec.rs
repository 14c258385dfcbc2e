//! The command of `--exec`, which runs while the server is up. It does not outlive the server, nor do the programs that it
//! started.

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::StopReason;

/// How long the command may take to end after a signal. Then it is killed.
const GRACE: Duration = Duration::from_millis(1200);

/// How often to look whether programs of the group are left.
const POLL: Duration = Duration::from_millis(20);

/// A running command.
#[derive(Debug)]
pub(super) struct Exec {
    child: Child,
    group: Group,
}

impl Exec {
    /// Starts a command with the server's address in its environment.
    ///
    /// # Errors
    /// The shell cannot be started.
    pub(super) fn start(command: &str, address: SocketAddr) -> io::Result<Self> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let url = format!("http://{address}");
        let mut start = Command::new(shell);
        start
            .args([flag, command])
            .env("INKPROOF_API_URL", format!("{url}/v1"))
            .env("INKPROOF_URL", url)
            .env("INKPROOF_PORT", address.port().to_string())
            .kill_on_drop(true);
        let has_own_group = Group::prepare(&mut start);
        let child =
            start.spawn().map_err(|error| io::Error::new(error.kind(), format!("cannot run `{shell}`: {error}")))?;
        let group = Group::new(&child, has_own_group);
        Ok(Self { child, group })
    }

    /// Waits until the command or the server is to end, and ends the command.
    ///
    /// # Errors
    /// The command's end cannot be observed.
    pub(super) async fn finish(mut self, stopped: impl Future<Output = StopReason>) -> io::Result<StopReason> {
        tokio::select! {
            status = self.child.wait() => {
                let code = exit_code(status?);
                // What it left running in the background has no server any longer.
                self.group.signal_rest();
                self.end_group(Instant::now() + GRACE).await;
                Ok(StopReason::Command(code))
            }
            reason = stopped => {
                self.group.signal(reason);
                let end = Instant::now() + GRACE;
                if timeout(GRACE, self.child.wait()).await.is_ok() {
                    self.end_group(end).await;
                }
                self.group.kill();
                let _ = self.child.start_kill();
                Ok(reason)
            }
        }
    }

    /// Waits until the group is empty, and kills what is left of it at the end.
    async fn end_group(&self, end: Instant) {
        while self.group.is_alive() && Instant::now() < end {
            sleep(POLL).await;
        }
        self.group.kill();
    }
}

/// The command and the programs that it started. A command that can read from a terminal is in the group of the server, because a
/// group of its own could not read; the terminal sends its signals to both. Any other command has its own group.
#[cfg(unix)]
#[derive(Debug)]
struct Group {
    process: Option<Pid>,
    is_own: bool,
}

#[cfg(unix)]
impl Group {
    /// Gives a command its own group. Returns whether it did.
    fn prepare(command: &mut Command) -> bool {
        let is_own = !io::stdin().is_terminal();
        if is_own {
            command.process_group(0);
        }
        is_own
    }

    fn new(child: &Child, is_own: bool) -> Self {
        let process = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Self { process, is_own }
    }

    /// Passes on the signal that stops the server.
    fn signal(&self, reason: StopReason) {
        match reason {
            StopReason::Interrupted => self.signal_own(Signal::INT),
            StopReason::HungUp => self.signal_own(Signal::HUP),
            StopReason::Terminated if self.is_own => self.signal_own(Signal::TERM),
            StopReason::Terminated => {
                let _ = self.process.map(|process| rustix::process::kill_process(process, Signal::TERM));
            }
            StopReason::Command(_) => {}
        }
    }

    /// Asks the programs that are left to end.
    fn signal_rest(&self) {
        self.signal_own(Signal::TERM);
    }

    fn kill(&self) {
        self.signal_own(Signal::KILL);
    }

    fn signal_own(&self, signal: Signal) {
        let _ = self.own().map(|group| rustix::process::kill_process_group(group, signal));
    }

    fn is_alive(&self) -> bool {
        self.own().is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
    }

    fn own(&self) -> Option<Pid> {
        self.process.filter(|_| self.is_own)
    }
}

/// The command and the programs that it started.
#[cfg(not(unix))]
#[derive(Debug)]
struct Group(Option<u32>);

#[cfg(not(unix))]
impl Group {
    fn prepare(_: &mut Command) -> bool {
        true
    }

    fn new(child: &Child, _: bool) -> Self {
        Self(child.id())
    }

    /// Does nothing: there are no such signals. The console sends Ctrl-C to the command, too.
    #[expect(clippy::unused_self, reason = "as on Unix")]
    fn signal(&self, _: StopReason) {}

    #[expect(clippy::unused_self, reason = "as on Unix")]
    fn signal_rest(&self) {}

    /// Ends the command with everything that it started.
    fn kill(&self) {
        if let Some(process) = self.0 {
            let mut taskkill = std::process::Command::new("taskkill");
            let _ = taskkill.args(["/T", "/F", "/PID", &process.to_string()]).output();
        }
    }

    #[expect(clippy::unused_self, reason = "as on Unix")]
    fn is_alive(&self) -> bool {
        false
    }
}

/// The exit code of a program; if a signal ended it, 128 plus the signal, as in a shell.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    status.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
