//! A job: what a command does with `--watch`. Each command implements its own, beside its other code.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Failure;
use crate::diagnostics::Theme;
use crate::project::{LiveProject, Project};
use crate::watch::WatchEvent;

/// The work of a watching command, and how it is displayed.
pub(in crate::cli) trait Job {
    /// Whether the project includes the requests that only tests use.
    fn includes_test_requests(&self) -> bool {
        false
    }

    /// More directories to watch, besides the project's own.
    fn extra_directories(&self, _: &Project) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether the job's own output includes the problems of the project's files.
    fn reports_problems(&self) -> bool {
        false
    }

    /// Whether the work may begin while more changes may follow: it has no effects, and what is shown of it is the same if some of it
    /// is done twice.
    fn may_begin_early(&self) -> bool {
        false
    }

    /// Redoes the work that a change affects. Returns whether there is something new to show.
    fn update(&mut self, live: &LiveProject, changed: &WatchEvent) -> Result<bool, Failure>;

    /// Prints the results to `out`, and everything else to `err`.
    fn print(&self, theme: Theme, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure>;

    /// Draws the results on a screen, at least `rows` rows if there are as many.
    fn draw(&self, theme: Theme, _rows: usize, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        self.print(theme, out, err)
    }

    /// Whether the output format is for people, not for programs.
    fn is_for_people(&self) -> bool {
        true
    }

    /// Whether the screen offers this action.
    fn supports(&self, _: ScreenAction) -> bool {
        false
    }

    /// Performs an action of the user. Returns a message for the status bar, or an empty string.
    fn perform(&mut self, _: ScreenAction, _: &LiveProject) -> Result<String, Failure> {
        Ok(String::new())
    }

    /// Shows only messages whose template or request name contains this string.
    fn filter(&mut self, _: &str) {}

    /// The file to open in the editor.
    fn file_to_edit(&self, _: &LiveProject) -> Option<PathBuf> {
        None
    }

    /// A short status for the status bar.
    fn status(&self) -> String {
        String::new()
    }
}

/// An action on a screen that only some jobs support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ScreenAction {
    Next,
    Previous,
    First,
    Last,
    /// Switches between live and lax.
    ToggleMode,
    /// Shows or hides the differences.
    ToggleDifferences,
    /// Accepts the current message as its snapshot.
    Accept,
}
