//! Runs of `inkproof audience` that are ended, cannot write, or read input that is damaged or hostile.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::audience::{NOW, PEOPLE, audience, sandbox};
use super::sandbox::Sandbox;

/// Sets of people that are more than the buffers hold.
const SETS: usize = 3000;

/// Starts a run that reads standard input and writes its report to the file `out`.
fn start(sandbox: &Sandbox, arguments: &[&str]) -> (Child, ChildStdin) {
    let file = |name: &str| File::create(sandbox.path().join(name)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_inkproof"))
        .args(["audience", "hi", "--now", NOW])
        .args(arguments)
        .current_dir(sandbox.path())
        .stdin(Stdio::piped())
        .stdout(file("out"))
        .stderr(file("err"))
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    (child, stdin)
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Waits until a run has written to a file.
fn wait_for(path: &Path) {
    while !path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn text(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path().join(name)).unwrap()
}

fn report(sandbox: &Sandbox) -> Value {
    let text = text(sandbox, "out");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

/// Whether each line is JSON, and the last one ends.
fn is_whole(text: &str) -> bool {
    text.ends_with('\n') && text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok())
}

const FILES: [&str; 4] = ["--failures", "f.jsonl", "--messages", "m.jsonl"];

#[test]
fn a_killed_run_leaves_nothing_that_looks_complete() {
    let sandbox = sandbox().file("f.jsonl", "of an earlier run\n");
    let (mut child, mut stdin) = start(&sandbox, &[&FILES[..], &["--partial"]].concat());
    stdin.write_all(PEOPLE.repeat(SETS).as_bytes()).unwrap();
    wait_for(&sandbox.path().join("m.jsonl.incomplete"));
    wait_for(&sandbox.path().join("f.jsonl.incomplete"));
    signal(&child, Signal::KILL);
    assert_eq!(child.wait().unwrap().code(), None);
    assert_eq!(text(&sandbox, "f.jsonl"), "of an earlier run\n");
    assert!(!sandbox.path().join("m.jsonl").exists());
    let run = sandbox.run(&["audience", "merge", "out"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: `out` is not a part of a report: "), "{}", run.stderr);
    // The next run replaces them.
    assert_eq!(audience(&sandbox, &[&FILES[..], &["people.jsonl"]].concat()).code, 1);
    assert_eq!(["f.jsonl", "m.jsonl"].map(|name| text(&sandbox, name).lines().count()), [4, 4]);
    assert!(!sandbox.path().join("f.jsonl.incomplete").exists());
    assert!(!sandbox.path().join("m.jsonl.incomplete").exists());
}

#[test]
fn a_part_that_was_cut_off_is_rejected() {
    let sandbox = sandbox();
    let part = audience(&sandbox, &["people.jsonl", "--partial"]).stdout;
    for end in (0..part.trim_end().len()).step_by(97).chain([part.trim_end().len() - 1]) {
        let cut = part.char_indices().map(|(at, _)| at).take_while(|at| *at <= end).last().unwrap_or_default();
        fs::write(sandbox.path().join("cut.part"), &part[..cut]).unwrap();
        let run = sandbox.run(&["audience", "merge", "cut.part"]);
        assert!(run.code == 2 && run.stdout.is_empty() && run.stderr.contains("is not a part of a report"), "{run:?}");
    }
}

#[test]
fn a_signal_ends_the_reading_and_the_report_is_printed() {
    // What a program ignores, those that it starts ignore too; but not what it handles. Below `nohup`, this one ignores it.
    signal_hook::flag::register(signal_hook::consts::SIGHUP, std::sync::Arc::default()).unwrap();
    for (end, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let sandbox = sandbox();
        let (mut child, mut stdin) = start(&sandbox, &[&FILES[..], &["--format", "json"]].concat());
        stdin.write_all(PEOPLE.repeat(SETS).as_bytes()).unwrap();
        wait_for(&sandbox.path().join("f.jsonl.incomplete"));
        // More records could come.
        signal(&child, end);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        drop(stdin);
        let report = report(&sandbox);
        assert_eq!(report["incomplete"], json!(["interrupted"]));
        let people = |name: &str| report["people"][name].as_u64().unwrap();
        assert!(people("records") > 1000, "{report}");
        assert_eq!(people("sent") + people("lost") + people("invalid"), people("records"));
        let lines = |name: &str| {
            let text = text(&sandbox, name);
            assert!(is_whole(&text), "{name}");
            text.lines().count() as u64
        };
        assert_eq!(lines("m.jsonl.incomplete"), people("sent"));
        assert_eq!(lines("f.jsonl.incomplete"), people("lost") + people("invalid"));
        assert!(!sandbox.path().join("f.jsonl").exists() && !sandbox.path().join("m.jsonl").exists());
        let notes = ["f", "m"].map(|name| format!("note: `{name}.jsonl.incomplete` has what was written until then\n"));
        assert_eq!(text(&sandbox, "err"), notes.concat());
    }
}

#[test]
fn a_signal_ends_the_reading_of_customers() {
    let sandbox = sandbox();
    let (mut child, mut stdin) = start(&sandbox, &["people.jsonl", "--customers", "-"]);
    // More than a pipe holds: they are being read.
    stdin.write_all(PEOPLE.repeat(SETS).as_bytes()).unwrap();
    signal(&child, Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
}

#[test]
fn an_interrupted_part_makes_the_whole_incomplete() {
    let sandbox = sandbox();
    let (mut child, mut stdin) = start(&sandbox, &[&FILES[..], &["--partial"]].concat());
    stdin.write_all(&gzip(PEOPLE.repeat(SETS).as_bytes())).unwrap();
    wait_for(&sandbox.path().join("m.jsonl.incomplete"));
    signal(&child, Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    let run = sandbox.run(&["audience", "merge", "out", "--format", "json", "--fail-over", "100%"]);
    // What was not read of the compressed file is no damage.
    assert_eq!((run.code, run.stderr.as_str()), (2, "error: a part is incomplete: interrupted\n"));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["incomplete"], json!(["interrupted"]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_what_was_counted_is_printed() {
    let sandbox = sandbox().file("many.jsonl", PEOPLE.repeat(SETS));
    for option in ["--messages", "--failures"] {
        let run = audience(&sandbox, &["people.jsonl", option, "/dev/full"]);
        assert!(run.code == 2 && run.stderr.contains("error: cannot write"), "{run:?}");
        assert!(run.stdout.contains("4 sent"));
        // Noticed while records are still read.
        let run = audience(&sandbox, &["many.jsonl", option, "/dev/full", "--format", "json"]);
        assert!(run.code == 2 && run.stderr.contains("error: cannot write"), "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["incomplete"], json!(["a file could not be written"]));
    }
    for arguments in [&["--partial"][..], &["--format", "json"], &["--format", "full"]] {
        let run = Command::new(env!("CARGO_BIN_EXE_inkproof"))
            .args(["audience", "hi", "people.jsonl", "--now", NOW])
            .args(arguments)
            .current_dir(sandbox.path())
            .stdout(File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap();
        let errors = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{errors}");
        assert!(errors.contains("No space left on device"), "{errors}");
    }
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let sandbox = sandbox();
    let mut child = Command::new(env!("CARGO_BIN_EXE_inkproof"))
        .args(["audience", "hi", "people.jsonl", "-", "--now", NOW])
        .current_dir(sandbox.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before anything is printed, because the run still waits for records.
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn a_reader_of_messages_that_goes_away_ends_the_run() {
    let sandbox = sandbox().file("many.jsonl", PEOPLE.repeat(SETS));
    let pipe = sandbox.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || File::open(pipe).unwrap().read_exact(&mut [0; 10]).unwrap());
    let run = audience(&sandbox, &["many.jsonl", "--messages", "pipe"]);
    reader.join().unwrap();
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: cannot write `--failures` or `--messages`: Broken pipe"), "{}", run.stderr);
    assert!(run.stdout.contains("a file could not be written"), "{}", run.stdout);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(bytes).unwrap();
    file.finish().unwrap()
}

#[test]
fn a_compressed_file_that_is_cut_off_is_reported_and_what_was_read_counts() {
    let sandbox = sandbox();
    let bytes = PEOPLE.repeat(SETS);
    let zstandard = ruzstd::encoding::compress_to_vec(bytes.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let files = [("p.jsonl.gz", gzip(bytes.as_bytes())), ("p.jsonl.zst", zstandard)];
    for (name, whole) in files {
        for (length, is_whole) in [(whole.len(), true), (whole.len() - 3, false), (whole.len() / 3, false)] {
            fs::write(sandbox.path().join(name), &whole[..length]).unwrap();
            let run = audience(&sandbox, &[name, "--format", "json", "--failures", "f.jsonl"]);
            let report: Value = serde_json::from_str(&run.stdout).unwrap();
            let records = report["people"]["records"].as_u64().unwrap();
            assert_eq!(run.code, if is_whole { 1 } else { 2 }, "{name} {length}: {run:?}");
            assert_eq!(report["incomplete"].as_array().unwrap().is_empty(), is_whole);
            assert_eq!(sandbox.path().join("f.jsonl").exists(), is_whole, "{name} {length}");
            if is_whole {
                assert_eq!(records, 8 * SETS as u64);
                fs::remove_file(sandbox.path().join("f.jsonl")).unwrap();
            } else {
                assert!(
                    records > 0 && run.stderr.contains(&format!("error: cannot read `{name}` beyond line ")),
                    "{run:?}"
                );
                assert!(!run.stderr.contains(['{', '(']), "{run:?}");
                // Whatever was read was read as it is: a line that was cut off is no record.
                let invalid = report["people"]["invalid"].as_u64().unwrap();
                assert_eq!(invalid, (records + 4) / 8, "{records}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_of_a_hundred_megabytes_is_a_finding_and_needs_no_memory() {
    let sandbox = sandbox();
    let (mut child, mut stdin) = start(&sandbox, &["--format", "json", "--messages", "m.jsonl"]);
    stdin.write_all(PEOPLE.as_bytes()).unwrap();
    stdin.write_all(b"{\"id\": \"").unwrap();
    let block = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| stdin.write_all(&block).unwrap());
    stdin.write_all(format!("\n{}", PEOPLE.repeat(SETS)).as_bytes()).unwrap();
    wait_for(&sandbox.path().join("m.jsonl.incomplete"));
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 80 << 10, "{peak} KiB");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let report = report(&sandbox);
    let invalid: Vec<_> = report["invalid"].as_array().unwrap().iter().collect();
    let found = |code: &str| {
        let group = invalid.iter().find(|group| group["code"] == code).unwrap();
        (group["count"].as_u64().unwrap(), group["first"]["line"].as_u64().unwrap())
    };
    let sets = 1 + SETS as u64;
    assert_eq!((found("record-too-long"), found("record-not-json")), ((1, 9), (sets, 4)));
    assert_eq!(
        report["people"],
        json!({
            "records": 8 * sets + 1, "sent": 4 * sets, "lost": 3 * sets, "lost_percent": 42.8571,
            "with_warnings": 0, "invalid": sets + 1, "other_templates": 0,
        })
    );
}

#[test]
fn malformed_lines_are_counted_exactly() {
    let broken: [(&[u8], &str); 5] = [
        (b"{\"id\": \"1\", \"first_name\"", "record-not-json"),
        (b"\xff\xfe", "record-not-utf8"),
        (b"[1, 2]", "record-not-object"),
        (b"{\"id\": \"1\"} {\"id\": \"2\"}", "record-not-json"),
        (b"\"Ada\"", "record-not-object"),
    ];
    let (mut lines, count) = (Vec::new(), 50_000);
    for line in 1..=count {
        match (line % 10, line / 10 % broken.len()) {
            (0, kind) => lines.extend_from_slice(broken[kind].0),
            _ => write!(lines, "{{\"id\": \"{line}\", \"first_name\": \"Ada\", \"city\": \"Rome\"}}").unwrap(),
        }
        // Empty lines are no records, but count as lines.
        lines.extend_from_slice(if line % 1000 == 0 { b"\r\n\n" } else { b"\n" });
    }
    let sandbox = sandbox().file("p.jsonl", &lines);
    let one = audience(&sandbox, &["p.jsonl", "--format", "json", "--threads", "1", "--failures", "f.jsonl"]);
    let report: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(
        report["people"],
        json!({
            "records": 50_000, "sent": 45_000, "lost": 0, "lost_percent": 0.0, "with_warnings": 0, "invalid": 5000,
            "other_templates": 0,
        })
    );
    let invalid = report["invalid"].as_array().unwrap().iter();
    let mut invalid: Vec<_> = invalid
        .map(|group| {
            (
                group["code"].as_str().unwrap(),
                group["count"].as_u64().unwrap(),
                group["first"]["line"].as_u64().unwrap(),
            )
        })
        .collect();
    invalid.sort_unstable();
    assert_eq!(
        invalid,
        [("record-not-json", 2000, 30), ("record-not-object", 2000, 20), ("record-not-utf8", 1000, 10)]
    );
    let written = text(&sandbox, "f.jsonl");
    let written: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = (1..=count)
        .filter(|line| line % 10 == 0)
        .map(|line| (line + (line - 1) / 1000, broken[line / 10 % broken.len()].1));
    let found = written
        .iter()
        .map(|line| (usize::try_from(line["line"].as_u64().unwrap()).unwrap(), line["code"].as_str().unwrap()));
    assert!(found.eq(expected));
    let three = audience(&sandbox, &["p.jsonl", "--format", "json", "--threads", "3"]);
    assert_eq!(three.stdout, one.stdout);
}

#[test]
fn no_input_is_overwritten_while_it_is_read() {
    let sandbox = sandbox().file("a.jsonl.incomplete", PEOPLE);
    let run = audience(&sandbox, &["a.jsonl.incomplete", "--failures", "a.jsonl"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (2, "error: `a.jsonl.incomplete` would be overwritten while it is read: rename it\n")
    );
    assert_eq!(text(&sandbox, "a.jsonl.incomplete"), PEOPLE);
    let run = audience(&sandbox, &["people.jsonl", "--failures", "a.jsonl", "--messages", "a.jsonl"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "error: `a.jsonl` cannot be both `--failures` and `--messages`\n"));
    // The lost records become the input of the next run.
    let run = audience(&sandbox, &["people.jsonl", "--failures", "people.jsonl"]);
    assert_eq!((run.code, text(&sandbox, "people.jsonl").lines().count()), (1, 4));
    let run = audience(&sandbox, &["people.jsonl", "--failures", "/dev/null", "--messages", "/dev/null"]);
    assert!(run.code == 1 && run.stderr.is_empty(), "{run:?}");
}
