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
