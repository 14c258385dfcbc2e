//! Runs the program in a pseudo-terminal and reads its screen.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::scratch::Scratch;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long to wait for expected output.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A program in a pseudo-terminal.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    /// An emulator of the screen.
    screen: vt100::Parser,
    /// Everything the program wrote.
    written: Vec<u8>,
    /// Bytes of the plain text of `written` that [`Self::expect`] has consumed.
    seen: usize,
    before: String,
}

const fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn non_zero(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

impl Terminal {
    pub(crate) fn start(scratch: &Scratch, arguments: &[&str], editor: &str) -> Self {
        Self::start_as("xterm-256color", scratch, arguments, editor)
    }

    /// Starts the program with `TERM` set to this name.
    pub(crate) fn start_as(name: &str, scratch: &Scratch, arguments: &[&str], editor: &str) -> Self {
        let pty = native_pty_system().openpty(size(60, 100)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_inkproof"));
        command.args(arguments);
        command.cwd(scratch.root());
        command.env("TERM", name);
        command.env("LC_ALL", "C.UTF-8");
        command.env("EDITOR", editor);
        for name in ["CI", "NO_COLOR", "COLUMNS", "VISUAL", "INKPROOF_UPDATE"] {
            command.env_remove(name);
        }
        let before = settings(&*pty.master);
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pty.master.take_writer().unwrap();
        let screen = vt100::Parser::new(non_zero(60), non_zero(100), 0);
        Self { master: pty.master, keys, child, output, screen, written: Vec::new(), seen: 0, before }
    }

    /// Waits for more output; panics after the timeout.
    fn read_more(&mut self, start: Instant, wanted: &str) {
        let left = TIMEOUT.saturating_sub(start.elapsed());
        match self.output.recv_timeout(left) {
            Ok(more) => {
                self.screen.process(&more);
                self.written.extend(more);
            }
            Err(error) => panic!("no {wanted} ({error}) on:\n{}", self.screen.screen().contents()),
        }
    }

    /// Waits until a string is written after the last expected one.
    pub(crate) fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let plain = String::from_utf8_lossy(&self.written).into_owned();
            let plain = anstream::adapter::strip_str(&plain).to_string();
            if let Some(at) = plain[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            self.read_more(start, text);
        }
    }

    /// Waits until the contents of the screen meet a condition, and returns them.
    pub(crate) fn wait_for(&mut self, wanted: &str, is_met: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let shown = self.screen.screen().contents();
            if is_met(&shown) {
                return shown;
            }
            self.read_more(start, wanted);
        }
    }

    /// Waits until the screen shows all of these strings, and returns its contents.
    pub(crate) fn see(&mut self, strings: &[&str]) -> String {
        self.wait_for(&strings.join(" and "), |shown| strings.iter().all(|text| shown.contains(text)))
    }

    /// Waits until the screen does not show a string.
    pub(crate) fn see_no(&mut self, text: &str) {
        self.wait_for(&format!("screen without {text}"), |shown| !shown.contains(text));
    }

    /// Whether the program has entered the alternate screen.
    pub(crate) fn has_used_alternate_screen(&self) -> bool {
        String::from_utf8_lossy(&self.written).contains("\u{1b}[?1049h")
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        self.screen.screen_mut().set_size(non_zero(rows), non_zero(columns));
        self.master.resize(size(rows, columns)).unwrap();
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the program to end, asserts that the terminal is restored, and returns the exit code.
    pub(crate) fn end(mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        while let Ok(more) = self.output.recv_timeout(TIMEOUT) {
            self.screen.process(&more);
        }
        assert!(!self.screen.screen().alternate_screen(), "still on the alternate screen");
        assert!(!self.screen.screen().hide_cursor(), "the cursor is still hidden");
        assert_eq!(settings(&*self.master), self.before);
        code
    }
}

/// The terminal's termios settings.
#[cfg(target_os = "linux")]
fn settings(master: &dyn MasterPty) -> String {
    let termios = master.get_termios().unwrap();
    format!(
        "{:?} {:?} {:?} {:?}",
        termios.input_flags, termios.output_flags, termios.control_flags, termios.local_flags
    )
}

/// Other systems cannot read the settings of a terminal whose program has ended.
#[cfg(not(target_os = "linux"))]
fn settings(_: &dyn MasterPty) -> String {
    String::new()
}
