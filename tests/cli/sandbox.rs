//! A sandbox: a temporary folder with files, in which the real binary runs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A customer that most tests are content with.
pub(crate) const ADA: &str = r#"{"id": "user_123", "email": "ada@example.com", "first_name": "Ada"}"#;

/// A temporary folder.
pub(crate) struct Sandbox(TempDir);

/// What a run printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A project with the template `t`, one customer, and one request that sends `data`.
    pub(crate) fn with_template(content: &str, data: &str) -> Self {
        let request = format!(
            r#"{{"transactional_message_id": "t", "identifiers": {{"id": "user_123"}}, "message_data": {data}}}"#
        );
        Self::new()
            .file("templates/t.liquid", format!("---\n---\n{content}"))
            .file("fixtures/customers/ada.json", ADA)
            .file("fixtures/requests/t/a.json", request)
    }

    /// Adds a file, and the folders above it.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Adds a folder.
    pub(crate) fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.path().join(path)).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the binary here.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), arguments, "")
    }
}

/// Runs the binary in `folder`, with `input` on standard input.
pub(crate) fn run(folder: &Path, arguments: &[&str], input: &str) -> Run {
    run_in(folder, arguments, &[], input)
}

/// Runs the binary in `folder` with more variables.
pub(crate) fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    run_in(folder, arguments, variables, "")
}

fn run_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INKPROOF_")) {
        command.env_remove(name);
    }
    let mut child = command
        .args(arguments)
        .current_dir(folder)
        .envs([("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "80"), ("NO_COLOR", "1")])
        .env_remove("COLORTERM")
        .env_remove("CI")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // Written beside reading, so that neither side waits for the other.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

/// The repository itself, which is a project.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Run {
    /// The lines of standard output as JSON.
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The findings of the only message, each as `code message`.
    pub(crate) fn findings(&self) -> Vec<String> {
        let [line] = &self.lines()[..] else { panic!("expected one line: {self:?}") };
        let findings = line["diagnostics"].as_array().unwrap();
        let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
        findings.iter().map(|finding| format!("{} {}", text(finding, "code"), text(finding, "message"))).collect()
    }
}
