//! Scratch projects: projects that a test changes between runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

use super::sandbox::Run;

/// A project in a folder of its own, which goes with it.
pub(crate) struct Scratch(TempDir);

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { stdout: text(&output.stdout), stderr: text(&output.stderr), code: output.status.code().unwrap_or(-1) }
    }

    /// The last line of its results.
    pub(crate) fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

impl Scratch {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A Node project with two templates and three requests, as somebody without Rust may have it.
    pub(crate) fn node() -> Self {
        let scratch = Self::empty();
        for (path, text) in [
            ("package.json", "{ \"name\": \"shop\", \"private\": true }\n"),
            (
                "templates/order.liquid",
                "---\ntype: order\n---\n{\n  \"title\": \"Order {{ trigger.id }} has shipped\",\n  \"body\": \"Hi {{ customer.name }}\"\n}\n",
            ),
            ("templates/hello.liquid", "---\n---\n{ \"title\": \"Hello {{ customer.name }}\" }\n"),
            ("fixtures/customers/ada.json", "{ \"id\": \"1\", \"name\": \"Ada\" }\n"),
        ] {
            scratch.write(path, text);
        }
        scratch.request("order/small", "order", "{ \"id\": 7 }");
        scratch.request("order/nothing", "order", "{}");
        scratch.request("hello", "hello", "{}");
        scratch
    }

    pub(crate) fn request(&self, name: &str, template: &str, data: &str) {
        let text = format!(
            "{{ \"transactional_message_id\": \"{template}\", \"identifiers\": {{ \"id\": \"1\" }}, \"message_data\": {data} }}\n"
        );
        self.write(&format!("fixtures/requests/{name}.json"), &text);
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file at once: whoever watches finds the old one or the new.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        let folder = path.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        let unfinished = folder.join(".unfinished");
        fs::write(&unfinished, text).unwrap();
        fs::rename(unfinished, path).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path}: {text}");
        self.write(path, &text.replace(from, to));
    }

    /// The program, with nothing of this environment that would change what it says.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("INKPROOF_")) {
            command.env_remove(name);
        }
        for name in ["CI", "COLUMNS", "EDITOR", "VISUAL", "NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "TZ"] {
            command.env_remove(name);
        }
        command.current_dir(self.root());
        command
    }

    /// Runs the program outside CI.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command().args(arguments).output().unwrap())
    }

    /// What it says where nobody sits.
    pub(crate) fn run_in_ci(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command().env("CI", "true").args(arguments).output().unwrap())
    }

    /// What git says. Whoever runs this need not be known to it.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let nobody = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(self.root()).args(nobody).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The snapshots' files, by path, with their texts.
    pub(crate) fn snapshots(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("tests/snapshots")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    let below = entry.path().strip_prefix(self.path("tests/snapshots")).unwrap().to_owned();
                    found.push((below.to_str().unwrap().to_owned(), fs::read_to_string(entry.path()).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}
