//! The terminal's alternate screen, and the restoring of the terminal afterwards.

use std::io::{self, Write};
use std::sync::Once;
use std::time::Duration;

use anstream::ColorChoice;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate,
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

/// The alternate screen in raw mode, until this is dropped.
#[derive(Debug)]
pub(in crate::cli) struct Display {
    out: io::Stdout,
    /// Whether colours are switched off.
    is_plain: bool,
}

impl Display {
    /// Enters the alternate screen. The terminal is restored when this is dropped, or when the program panics.
    pub(in crate::cli) fn open() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let previous_hook = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                previous_hook(panic);
            }));
        });
        // From here on, dropping `display` restores the terminal if anything fails.
        let out = io::stdout();
        let mut display = Self { is_plain: anstream::AutoStream::choice(&out) == ColorChoice::Never, out };
        display.enter()?;
        // Polling once installs the handler for resize events.
        crossterm::event::poll(Duration::ZERO)?;
        Ok(display)
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        execute!(self.out, EnterAlternateScreen, Hide, DisableLineWrap, Clear(ClearType::All))
    }

    /// Restores the terminal while something else uses it, such as an editor.
    pub(in crate::cli) fn suspend_for<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        restore();
        let done = work();
        self.enter()?;
        Ok(done)
    }

    /// Restores the terminal while the process is suspended.
    pub(in crate::cli) fn suspend(&mut self) -> io::Result<()> {
        self.suspend_for(suspend)
    }

    /// Replaces the screen's contents with these rows, in one synchronized update.
    pub(in crate::cli) fn show(&self, rows: &[String]) -> io::Result<()> {
        let mut frame = Vec::new();
        queue!(frame, BeginSynchronizedUpdate)?;
        for (index, row) in rows.iter().enumerate() {
            // Clear before writing the row: after a full row, the cursor is still on its last column, which would be cleared.
            queue!(frame, MoveTo(0, u16::try_from(index).unwrap_or(u16::MAX)), Clear(ClearType::UntilNewLine))?;
            if self.is_plain {
                write!(frame, "{}", anstream::adapter::strip_str(row))?;
            } else {
                frame.extend_from_slice(row.as_bytes());
                frame.extend_from_slice(b"\x1b[0m");
            }
        }
        queue!(frame, EndSynchronizedUpdate)?;
        let mut out = self.out.lock();
        out.write_all(&frame)?;
        out.flush()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        restore();
    }
}

/// The columns and rows of the terminal.
pub(in crate::cli) fn size() -> (usize, usize) {
    let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
    (usize::from(columns.max(1)), usize::from(rows.max(1)))
}

/// Suspends the process until it is continued (job control).
#[cfg(unix)]
fn suspend() {
    use rustix::process::{Signal, kill_current_process_group};
    // The kernel ignores the signal if no shell could continue the process.
    let _ = kill_current_process_group(Signal::TSTP);
}

/// Job control exists only on Unix.
#[cfg(not(unix))]
fn suspend() {}

/// Restores the terminal. Errors are ignored: they could not be shown anyway.
pub(in crate::cli) fn restore() {
    let _ = execute!(io::stdout(), EndSynchronizedUpdate, EnableLineWrap, Show, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    use super::*;

    #[test]
    #[ignore = "panics on purpose; the next test runs it in a terminal"]
    fn panics_on_the_alternate_screen() {
        let _display = Display::open().unwrap();
        panic!("something is wrong");
    }

    #[test]
    fn a_panic_restores_the_terminal() {
        let pty = native_pty_system().openpty(PtySize::default()).unwrap();
        let settings = || format!("{:?}", pty.master.get_termios().unwrap());
        let before = settings();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([
            "--ignored",
            "--exact",
            "--nocapture",
            "cli::screen::display::tests::panics_on_the_alternate_screen",
        ]);
        let mut child = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        // Reading to the end of a pty is an error on some systems, so reading stops at the last line of output.
        let mut written = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&written).contains("test result") {
            let count = reader.read(&mut buffer).unwrap();
            written.extend_from_slice(&buffer[..count]);
        }
        assert!(!child.wait().unwrap().success());
        let written = String::from_utf8(written).unwrap();
        let at = |text| written.find(text).unwrap_or_else(|| panic!("no {text:?} in {written:?}"));
        // The panic message is printed after leaving the alternate screen.
        assert!(at("\x1b[?1049h") < at("\x1b[?1049l") && at("\x1b[?1049l") < at("something is wrong"));
        assert!(at("\x1b[?25l") < at("\x1b[?25h"));
        assert_eq!(settings(), before);
    }
}
