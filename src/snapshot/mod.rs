//! Snapshot tests: compares a project's messages with their accepted snapshots.
//!
//! A [`Run`] renders [`Subject`]s with the clock and seed of the project's `[test]` table, compares them with the files of
//! its [`Store`], and updates these as [`Update`] says. A [`Difference`] shows what changed. The files have insta's format,
//! so that its tools work with them.
//!
//! In tests of a Rust project, [`render_all`] passes every message to insta:
//!
//! ```no_run
//! use inkproof::{project::Project, snapshot};
//!
//! let project = Project::open_for_tests(".".as_ref()).unwrap();
//! snapshot::render_all(&project, |name, contents| insta::assert_snapshot!(name, contents));
//! ```

mod cause;
mod contents;
mod difference;
mod file;
mod git;
mod mask;
mod redaction_use;
mod revisions;
mod run;
mod store;
mod subject;
mod update;

pub use cause::causes;
pub use contents::{failure_in, is_sent};
pub use difference::{Difference, Hunk, Line, Tag, changed_fields};
pub use file::{SnapshotFileError, contents_of};
pub use git::GitError;
pub use revisions::{Change, Checkout, Comparison, Range, RevisionError, between, check_out_range};
pub use run::{Action, Counts, Known, Obsolete, Outcome, Report, Run, Status};
pub use store::{Kept, Listing, Stage, Store};
pub use subject::Subject;
pub use update::{UnknownUpdate, Update};

use crate::liquid::{Limits, Mode};
use crate::message::RenderOptions;
use crate::project::Project;

/// The render options of a project's `[test]` table.
#[must_use]
pub fn render_options(project: &Project) -> RenderOptions {
    let settings = &project.config().test;
    RenderOptions {
        now: settings.now,
        mode: Mode::Live,
        seed: Some(settings.seed),
        limits: Limits::default(),
        asks_test_send: false,
    }
}

/// Renders everything that `inkproof test` tests, and calls `each` with the name and contents of each snapshot.
pub fn render_all(project: &Project, mut each: impl FnMut(&str, &str)) {
    let rendered = rendered(project, &render_options(project));
    for (name, contents) in rendered {
        each(&name, &contents);
    }
}

/// The contents of every snapshot as they are now, by name.
fn rendered(project: &Project, render_options: &RenderOptions) -> std::collections::BTreeMap<String, String> {
    let mask = mask::Mask::new(&project.config().test);
    let subjects = Subject::all(project, &project.cases());
    let cases: Vec<_> = subjects.iter().map(|subject| subject.case).collect();
    let contents = project.render_on_all_cores(&cases, render_options, |_, rendering| {
        contents::contents(&rendering, &mask).unwrap_or_else(|error| error.to_string())
    });
    subjects.into_iter().map(|subject| subject.name).zip(contents).collect()
}
