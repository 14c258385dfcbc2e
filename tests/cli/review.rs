//! `inkproof review` at a terminal of its own.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::scratch::Scratch;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program at a terminal.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    /// All that it has written.
    written: Vec<u8>,
    /// How much of that, as plain text, has been expected.
    seen: usize,
}

impl Terminal {
    fn start(scratch: &Scratch, editor: &str) -> Self {
        let pty =
            native_pty_system().openpty(PtySize { rows: 60, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_inkproof"));
        command.arg("review");
        command.cwd(scratch.root());
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env("EDITOR", editor);
        for name in ["CI", "NO_COLOR", "COLUMNS", "VISUAL", "INKPROOF_UPDATE"] {
            command.env_remove(name);
        }
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
        Self { master: pty.master, keys, child, output, written: Vec::new(), seen: 0 }
    }

    /// Waits until the terminal shows a text, after the last that was expected.
    fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let plain = String::from_utf8_lossy(&self.written).into_owned();
            let plain = anstream::adapter::strip_str(&plain).to_string();
            if let Some(at) = plain[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            let more =
                self.output.recv_timeout(left).unwrap_or_else(|_| panic!("no {text:?} in:\n{}", &plain[self.seen..]));
            self.written.extend(more);
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for the end, and gives the exit code.
    fn end(mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        // The terminal does again what terminals do.
        #[cfg(target_os = "linux")]
        assert!(format!("{:?}", self.master.get_termios().unwrap().local_flags).contains("ICANON"));
        code
    }
}

/// The last key's name, after which a key may be pressed.
const PROMPT: &str = "q quit";

#[test]
fn accept_undo_reject_skip() {
    let scratch = Scratch::node();
    let mut terminal = Terminal::start(&scratch, "");
    terminal.expect("1 of 3  new hello");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("2 of 3  new order/nothing");
    assert!(scratch.read("tests/snapshots/hello.snap").contains("Hello Ada"));
    terminal.press("u");
    terminal.expect("1 of 3  new hello");
    assert!(!scratch.path("tests/snapshots/hello.snap").exists());
    terminal.press("u");
    terminal.expect("there is nothing to undo");
    terminal.press("e");
    terminal.expect("no editor is set");
    terminal.press("a");
    terminal.expect("2 of 3");
    terminal.press("r");
    terminal.expect("3 of 3");
    terminal.press("s");
    terminal.expect("accepted 1, rejected 1, skipped 1");
    assert_eq!(terminal.end(), 0);
    assert_eq!(scratch.snapshots().len(), 1);
}

#[test]
fn what_changed_is_shown_with_its_template() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    std::fs::remove_file(scratch.path("fixtures/requests/hello.json")).unwrap();
    let mut terminal = Terminal::start(&scratch, "");
    terminal.expect("1 of 2  different order/small");
    terminal.expect("Order 7 is here");
    terminal.expect("properties.title: \"Order 7 has shipped\" → \"Order 7 is here\"");
    terminal.expect("templates/order.liquid:5");
    terminal.expect(PROMPT);
    terminal.press("d");
    terminal.expect(PROMPT);
    terminal.press("A");
    terminal.expect("accepted 2, rejected 0, skipped 0");
    assert_eq!(terminal.end(), 0);
    assert_eq!(scratch.run_in_ci(&["test"]).code, 0);
}

#[test]
fn an_edited_template_is_read_again() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let mut terminal = Terminal::start(&scratch, "sed -i -e s/Bye/Welcome/");
    terminal.expect("Bye Ada");
    terminal.expect(PROMPT);
    terminal.press("e");
    terminal.expect("Welcome Ada");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("different order/small");
    terminal.expect(PROMPT);
    terminal.press("\u{3}");
    assert_eq!(terminal.end(), 130);
    assert!(scratch.read("tests/snapshots/hello.snap").contains("Welcome Ada"));
    assert!(scratch.read("tests/snapshots/order/small.snap").contains("has shipped"));
}

#[test]
fn without_a_terminal() {
    let scratch = Scratch::node();
    let said = scratch.run(&["review"]);
    assert_eq!(said.code, 2);
    for command in ["inkproof pending --format json", "inkproof accept", "inkproof reject"] {
        assert!(said.stderr.contains(command), "{}", said.stderr);
    }
}
