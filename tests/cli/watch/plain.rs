//! `--watch` without a terminal: updates are printed as lines.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::sandbox::Run;
use crate::scratch::Scratch;

/// How long to wait for an update.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A command running with `--watch`.
struct Watching {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

impl Watching {
    fn start(scratch: &Scratch, arguments: &[&str]) -> Self {
        let mut command = scratch.command();
        command.args(arguments);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Self { child, out, err }
    }

    /// Waits for a line that contains this string, and returns the lines before it.
    fn expect(&self, text: &str) -> Vec<String> {
        until(&self.out, text)
    }

    /// Waits for the next line.
    fn line(&self) -> String {
        self.out.recv_timeout(TIMEOUT).unwrap()
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Sends SIGINT, and returns the exit code.
    fn interrupt(mut self) -> Option<i32> {
        self.signal("-INT");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It has usually ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(lines: &Receiver<String>, text: &str) -> Vec<String> {
    let start = Instant::now();
    let mut seen = Vec::new();
    loop {
        let line = lines.recv_timeout(TIMEOUT.saturating_sub(start.elapsed()));
        let line = line.unwrap_or_else(|_| panic!("no {text:?} in:\n{}", seen.join("\n")));
        if line.contains(text) {
            return seen;
        }
        seen.push(line);
    }
}

/// The requests named by lines of JSON.
fn requests(lines: &[String]) -> Vec<String> {
    let line = |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap();
    lines.iter().map(|text| line(text)["request"].as_str().unwrap().to_owned()).collect()
}

/// A project with a template that is always rendered last, so that its line ends an update.
fn project() -> Scratch {
    let scratch = Scratch::node();
    scratch.write("templates/z_last.liquid", "---\n---\n{ \"title\": \"last 0\" }\n");
    scratch.request("last", "z_last", "{}");
    scratch
}

#[test]
fn render_prints_only_affected_messages() {
    for poll in [None, Some("--poll=20ms")] {
        let scratch = project();
        scratch.write("fixtures/customers/bob.json", "{ \"id\": \"2\", \"name\": \"Bob\" }\n");
        scratch.write("snippets/bye.liquid", "Bye");
        let arguments: Vec<_> = ["render", "--watch"].into_iter().chain(poll).collect();
        let watching = Watching::start(&scratch, &arguments);
        assert_eq!(requests(&watching.expect("last 0")), ["hello", "order/nothing", "order/small"]);
        let mut count = 0;
        let mut affects = |expected: &[&str], change: &dyn Fn(&Scratch)| {
            change(&scratch);
            count += 1;
            scratch.replace("templates/z_last.liquid", &format!("last {}", count - 1), &format!("last {count}"));
            let mut printed: BTreeSet<_> = requests(&watching.expect(&format!("last {count}"))).into_iter().collect();
            // If the files are read between the two changes, they are printed apart, in either order, and a change that affects all
            // messages prints the last one as well.
            printed.remove("last");
            while printed.len() < expected.len() {
                printed.extend(requests(&[watching.line()]));
                printed.remove("last");
            }
            assert!(printed.iter().eq(expected), "{printed:?}, not {expected:?}");
        };
        affects(&["hello"], &|scratch| scratch.replace("templates/hello.liquid", "Hello", "Hi"));
        affects(&["order/big"], &|scratch| scratch.request("order/big", "order", "{ \"id\": 70 }"));
        affects(&["hello", "order/big", "order/nothing", "order/small"], &|scratch| {
            scratch.replace("fixtures/customers/ada.json", "Ada", "Ida");
        });
        affects(&[], &|scratch| scratch.replace("fixtures/customers/bob.json", "Bob", "Rob"));
        affects(&["hello"], &|scratch| scratch.replace("templates/hello.liquid", "Hi", "{{ snippets.bye }}"));
        affects(&["hello"], &|scratch| scratch.write("snippets/bye.liquid", "Farewell"));
        affects(&[], &|scratch| scratch.write("snippets/other.liquid", "x"));
        affects(&["order/big"], &|scratch| scratch.remove("fixtures/requests/order/big.json"));
        affects(&["hello"], &|scratch| scratch.write("templates/hello.liquid", "broken"));
        assert_eq!(watching.interrupt(), Some(130));
    }
}

#[test]
fn detects_changes_however_an_editor_saves() {
    let scratch = project();
    let watching = Watching::start(&scratch, &["render", "--watch", "hello"]);
    watching.expect("Hello Ada");
    let path = scratch.path("templates/hello.liquid");
    let text = |title: &str| format!("---\n---\n{{ \"title\": \"{title}\" }}\n");
    // vim: tests that the directory is writable, makes a backup, writes a new file under the old name.
    scratch.write("templates/4913", "");
    scratch.remove("templates/4913");
    std::fs::rename(&path, scratch.path("templates/hello.liquid~")).unwrap();
    scratch.write("templates/.hello.liquid.swp", "x");
    scratch.write("templates/hello.liquid", &text("from vim"));
    scratch.remove("templates/hello.liquid~");
    watching.expect("from vim");
    // Other editors move a new file over the old one.
    scratch.write("templates/hello.liquid.tmp", &text("moved over"));
    std::fs::rename(scratch.path("templates/hello.liquid.tmp"), &path).unwrap();
    watching.expect("moved over");
    // Others delete the file and write it again.
    scratch.remove("templates/hello.liquid");
    scratch.write("templates/hello.liquid", &text("written again"));
    watching.expect("written again");
    // The whole project is moved away and back, with a change in it.
    let away = scratch.root().with_extension("away");
    std::fs::rename(scratch.root(), &away).unwrap();
    until(&watching.err, "cannot read");
    std::fs::write(away.join("templates/hello.liquid"), text("returned")).unwrap();
    std::fs::rename(&away, scratch.root()).unwrap();
    watching.expect("returned");
    scratch.write("templates/hello.liquid", &text("at last"));
    watching.expect("at last");
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn check_summarizes_the_whole_project_after_each_change() {
    let scratch = project();
    let watching = Watching::start(&scratch, &["check", "--watch", "--format", "full"]);
    let fresh = || Run::of(&scratch.command().arg("check").output().unwrap()).last_line().to_owned();
    watching.expect(&fresh());
    scratch.replace("templates/hello.liquid", "customer.name", "trigger.missing");
    let now = fresh();
    let printed = watching.expect(&now);
    assert!(printed.iter().any(|line| line.contains("trigger.missing")), "{printed:?}");
    scratch.replace("templates/hello.liquid", "trigger.missing", "customer.name");
    assert_ne!(now, fresh());
    watching.expect(&fresh());
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn test_summarizes_the_whole_project_after_each_change() {
    let scratch = project();
    let watching = Watching::start(&scratch, &["test", "--watch"]);
    watching.expect("tested 4: 0 unchanged, 4 new, 0 different, 0 unusable, 0 obsolete, 1 not sent");
    assert_eq!(scratch.run(&["accept"]).code, 0);
    watching.expect("tested 4: 4 unchanged");
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    let printed = watching.expect("tested 4: 3 unchanged, 0 new, 1 different, 0 unusable, 0 obsolete, 1 not sent");
    assert!(printed.iter().any(|line| line.contains("\"Hello Ada\" → \"Bye Ada\"")), "{printed:?}");
    // Failures that the change does not affect are still reported.
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let printed = watching.expect("tested 4: 2 unchanged, 0 new, 2 different, 0 unusable, 0 obsolete, 1 not sent");
    assert!(printed.iter().any(|line| line.contains("\"Hello Ada\" → \"Bye Ada\"")), "{printed:?}");
    scratch.remove("fixtures/requests/hello.json");
    watching.expect("tested 3: 2 unchanged, 0 new, 1 different, 0 unusable, 2 obsolete, 1 not sent");
    scratch.write("inkproof.toml", "[test]\nnow = \"2027-01-01T00:00:00Z\"\n");
    watching.expect("tested 3: 1 unchanged, 0 new, 2 different, 0 unusable, 2 obsolete, 1 not sent");
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn test_with_update_all_accepts_each_change() {
    let scratch = project();
    let watching = Watching::start(&scratch, &["test", "--watch", "--update", "all"]);
    watching.expect("accepted 4");
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    watching.expect("accepted 1");
    scratch.remove("fixtures/requests/hello.json");
    watching.expect("hello.snap: obsolete: deleted");
    assert!(!scratch.path("tests/snapshots/hello.snap").exists());
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn preview_prints_only_affected_cards() {
    let scratch = project();
    let watching = Watching::start(&scratch, &["preview", "--watch"]);
    watching.expect("Order 7 has shipped");
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let printed = watching.expect("Order 7 is here");
    assert!(!printed.iter().any(|line| line.contains("Hello")), "{printed:?}");
    watching.signal("-TERM");
    let mut watching = watching;
    assert_eq!(watching.child.wait().unwrap().code(), Some(143));
}

#[test]
fn ends_when_standard_output_is_closed() {
    let scratch = project();
    let mut command = scratch.command();
    command.args(["render", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn falls_back_to_polling_without_file_notifications() {
    let scratch = project();
    // The limit must be too low for file notifications and high enough to read files. It depends on how many descriptors
    // the program inherits, so several are tried.
    let start = |limit: u32| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {limit}; exec \"$0\" render --watch")]);
        command.arg(scratch.command().get_program()).current_dir(scratch.root()).env("RAYON_NUM_THREADS", "2");
        Watching::spawn(command)
    };
    let is_polling = |watching: &Watching| {
        let result = watching.err.recv_timeout(TIMEOUT).unwrap_or_default();
        result.contains("looking at the files every 500 ms instead")
    };
    let watching = (4..64).map(start).find(is_polling).unwrap();
    watching.expect("last 0");
    scratch.replace("templates/z_last.liquid", "last 0", "last 1");
    watching.expect("last 1");
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn rejects_invalid_intervals_conflicting_flags_and_unknown_names() {
    let scratch = project();
    for (arguments, expected) in [
        (&["render", "--watch", "--poll=soon"][..], "expected a duration from 10ms to 1h"),
        (&["render", "--watch", "--poll=1ns"], "expected a duration from 10ms to 1h"),
        (&["test", "--watch", "--fail-fast"], "cannot be used with"),
        (&["check", "--watch", "--fix"], "cannot be used with"),
        (&["render", "--watch", "nothing"], "there is no template or request `nothing`"),
    ] {
        let result = scratch.run(arguments);
        assert_eq!(result.code, 2, "{arguments:?}");
        assert!(result.stderr.contains(expected), "{}", result.stderr);
    }
}
