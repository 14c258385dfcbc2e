//! Git, called as a program.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// Why git failed.
#[derive(Debug, Error)]
pub enum GitError {
    /// Git is not installed, or cannot be started.
    #[error("cannot run `git`: {0}")]
    NotStarted(#[source] io::Error),
    /// Git reported an error.
    #[error("git: {0}")]
    Complaint(String),
}

/// A folder in a repository.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
    /// A separate index file, so that the repository's index is not changed.
    index: Option<PathBuf>,
}

impl Git {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), index: None }
    }

    pub(super) fn with_index(folder: &Path, index: PathBuf) -> Self {
        Self { folder: folder.to_owned(), index: Some(index) }
    }

    /// Runs git with these arguments and returns its output.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String, GitError> {
        self.ask_with(arguments, &[])
    }

    /// Like `ask`, with data on standard input.
    pub(super) fn ask_with(&self, arguments: &[&str], input: &[u8]) -> Result<String, GitError> {
        let mut command = Command::new("git");
        // Symbolic links of a revision become plain files, so that none of them is followed.
        command.arg("-C").arg(&self.folder).args(["-c", "core.quotePath=false", "-c", "core.symlinks=false"]);
        // Reading must not take locks, and must never prompt for a password.
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(GitError::NotStarted)?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            scope.spawn(|| {
                if let Some(mut stdin) = stdin {
                    // Git may stop reading early; then its output is still valid.
                    let _ = io::Write::write_all(&mut stdin, input);
                }
            });
            child.wait_with_output()
        });
        let output = output.map_err(GitError::NotStarted)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        let complaint = complaint.trim().trim_start_matches("fatal: ").to_owned();
        Err(GitError::Complaint(if complaint.is_empty() { output.status.to_string() } else { complaint }))
    }
}
