//! The terminal while it shows a screen of ours, and what is left of it afterwards: all that was there before.

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

/// Our screen, for as long as this lives.
#[derive(Debug)]
pub(super) struct Display {
    out: io::Stdout,
    /// Whether nothing is to have colours.
    is_plain: bool,
}

impl Display {
    /// Takes the terminal. What it showed comes back when this is dropped, or the program panics.
    pub(super) fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let tell = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                give_back();
                tell(panic);
            }));
        });
        // From here on, whatever fails, it is given back.
        let out = io::stdout();
        let mut display = Self { is_plain: anstream::AutoStream::choice(&out) == ColorChoice::Never, out };
        display.enter()?;
        // From here on, another size is noticed.
        crossterm::event::poll(Duration::ZERO)?;
        Ok(display)
    }

    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        execute!(self.out, EnterAlternateScreen, Hide, DisableLineWrap, Clear(ClearType::All))
    }

    /// Gives the terminal to something else for a while.
    pub(super) fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let done = work();
        self.enter()?;
        Ok(done)
    }

    /// Shows these rows and nothing else, all at once.
    pub(super) fn show(&self, rows: &[String]) -> io::Result<()> {
        let mut frame = Vec::new();
        queue!(frame, BeginSynchronizedUpdate)?;
        for (place, row) in rows.iter().enumerate() {
            // Before the row, not after it: the cursor does not leave the last column, which would be cleared with the rest.
            queue!(frame, MoveTo(0, u16::try_from(place).unwrap_or(u16::MAX)), Clear(ClearType::UntilNewLine))?;
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
        give_back();
    }
}

/// The columns and rows that there are.
pub(super) fn size() -> (usize, usize) {
    let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
    (usize::from(columns.max(1)), usize::from(rows.max(1)))
}

/// Makes the terminal what it was. There is nobody to tell where that fails.
fn give_back() {
    let _ = execute!(io::stdout(), EndSynchronizedUpdate, EnableLineWrap, Show, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    use super::*;

    #[test]
    #[ignore = "panics, at the terminal of the test below"]
    fn panic_at_a_screen() {
        let _display = Display::take().unwrap();
        panic!("something is wrong");
    }

    #[test]
    fn a_panic_leaves_the_terminal_as_it_was() {
        let pty = native_pty_system().openpty(PtySize::default()).unwrap();
        let settings = || format!("{:?}", pty.master.get_termios().unwrap());
        let before = settings();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "cli::watch::screen::display::tests::panic_at_a_screen"]);
        let mut child = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        // The end of a terminal is an error, and what was written before it counts; our side of it stays open.
        let mut written = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&written).contains("test result") {
            let count = reader.read(&mut buffer).unwrap();
            written.extend_from_slice(&buffer[..count]);
        }
        assert!(!child.wait().unwrap().success());
        let written = String::from_utf8(written).unwrap();
        let at = |text| written.find(text).unwrap_or_else(|| panic!("no {text:?} in {written:?}"));
        // What went wrong is told where it stays.
        assert!(at("\x1b[?1049h") < at("\x1b[?1049l") && at("\x1b[?1049l") < at("something is wrong"));
        assert!(at("\x1b[?25l") < at("\x1b[?25h"));
        assert_eq!(settings(), before);
    }
}
