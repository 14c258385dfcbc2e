//! A job: what a command does when it watches. The commands implement it, each beside its own code.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Failure;
use crate::diagnostics::Theme;
use crate::project::{LiveProject, Project};
use crate::watch::WatchEvent;

/// What a command does with a project, again and again.
pub(in crate::cli) trait Job {
    /// Whether the requests that are there for tests only are among it.
    fn is_for_tests(&self) -> bool {
        false
    }

    /// Folders besides the project's own whose changes matter.
    fn folders(&self, _: &Project) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether it tells what is wrong with the project's files itself.
    fn tells_problems(&self) -> bool {
        false
    }

    /// Does what a change touches. Gives whether there is anything to show.
    fn update(&mut self, live: &LiveProject, changed: &WatchEvent) -> Result<bool, Failure>;

    /// Prints what there is to show; what does not belong to the results goes `besides`.
    fn print(&self, theme: Theme, out: &mut dyn Write, besides: &mut dyn Write) -> Result<(), Failure>;

    /// Draws on a screen what there is to show, at least this many rows of it.
    fn draw(&self, theme: Theme, _rows: usize, out: &mut dyn Write, besides: &mut dyn Write) -> Result<(), Failure> {
        self.print(theme, out, besides)
    }

    /// Whether what it shows is for people.
    fn is_for_people(&self) -> bool {
        true
    }

    /// Whether it knows what somebody may want at a screen.
    fn knows(&self, _: Action) -> bool {
        false
    }

    /// Does what somebody wants. Gives what is to be said about it.
    fn act(&mut self, _: Action, _: &LiveProject) -> Result<String, Failure> {
        Ok(String::new())
    }

    /// Shows only what has this text in its name.
    fn filter(&mut self, _: &str) {}

    /// The file that somebody may want to edit.
    fn file(&self, _: &LiveProject) -> Option<PathBuf> {
        None
    }

    /// Where one is, in a few words.
    fn place(&self) -> String {
        String::new()
    }
}

/// What somebody may want at a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Action {
    Next,
    Previous,
    First,
    Last,
    /// Live becomes lax, and lax live.
    Leniency,
    /// What changed is shown, or not.
    Differences,
    /// The message is as it should be.
    Accept,
}
