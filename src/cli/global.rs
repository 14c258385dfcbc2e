//! The flags that every command accepts, and what commands derive from them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::format::FormatName;
use super::number::at_least;
use super::output_options::OutputOptions;
use super::terminal::{self, TerminalCapabilities};
use super::{Failure, Outcome};
use crate::diagnostics::{Diagnostic, Prefix, Severity, Theme};
use crate::liquid::{Limits, Mode};
use crate::message::{RenderOptions, milliseconds, parse_time};
use crate::project::{CONFIG_FILE, Files, OpenError, Project, prefix_of, root_of};

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Run as if started in this folder
    #[arg(
        short = 'C',
        long = "directory",
        global = true,
        help_heading = "Everywhere",
        value_name = "DIR",
        default_value = ".",
        env = "INKPROOF_DIRECTORY"
    )]
    directory: PathBuf,
    /// Render missing variables as empty, like Customer.io's test send; a real send fails
    #[arg(long, global = true, help_heading = "Everywhere", env = "INKPROOF_LAX", value_parser = FalseyValueParser::new())]
    lax: bool,
    /// Set the send time, such as 2026-01-01T00:00:00Z [default: the current time]
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "TIMESTAMP", env = "INKPROOF_NOW", value_parser = parse_time)]
    now: Option<Timestamp>,
    /// Set the random seed, to make random results reproducible
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "NUMBER", env = "INKPROOF_SEED", value_parser = at_least(0_u64))]
    seed: Option<u64>,
    #[command(flatten)]
    format: FormatName,
    /// Set when to use colours
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        value_name = "WHEN",
        value_enum,
        default_value_t,
        env = "INKPROOF_COLOR"
    )]
    pub(super) color: Color,
    /// Draw with ASCII characters only; text from files and data is not changed
    #[arg(long, global = true, help_heading = "Everywhere", env = "INKPROOF_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
    /// The folder in which the project is, if that is not the folder to work in.
    #[arg(skip)]
    project_folder: OnceLock<PathBuf>,
    /// The names on the command line.
    #[arg(skip)]
    names: OnceLock<Vec<String>>,
}

/// Whether to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// In a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    pub(super) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

impl Global {
    pub(super) const fn mode(&self) -> Mode {
        if self.lax { Mode::Lax } else { Mode::Live }
    }

    /// Whether the send time was set.
    pub(super) const fn has_time(&self) -> bool {
        self.now.is_some()
    }

    pub(super) const fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// The send time in milliseconds since 1970; `None` for the current time.
    pub(super) fn now_in_milliseconds(&self) -> Option<f64> {
        self.now.map(milliseconds)
    }

    /// The fixed time of a server; `None` if its clock runs.
    #[cfg(any(feature = "lsp", feature = "serve"))]
    pub(super) const fn standing_clock(&self) -> Option<Timestamp> {
        self.now
    }

    pub(super) fn render_options(&self) -> RenderOptions {
        RenderOptions {
            now: self.now.unwrap_or_else(Timestamp::now),
            mode: self.mode(),
            seed: self.seed,
            limits: Limits::default(),
            asks_test_send: false,
        }
    }

    /// Like `render_options`, and also checks whether Customer.io's test send would succeed.
    pub(super) fn preview_options(&self) -> RenderOptions {
        RenderOptions { asks_test_send: true, ..self.render_options() }
    }

    /// The folder to work in.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The options of a project's `[test]` table, overridden by the command line.
    pub(super) fn adjust(&self, fixed: RenderOptions) -> RenderOptions {
        RenderOptions {
            now: self.now.unwrap_or(fixed.now),
            mode: if self.lax { Mode::Lax } else { fixed.mode },
            seed: self.seed.or(fixed.seed),
            ..fixed
        }
    }

    /// The path of a file named on the command line, resolved against `--directory`.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// Takes the names on the command line, and looks for the project at the paths among them if the folder to work in is in
    /// none.
    pub(super) fn find_project(&self, names: &[String]) -> Result<(), Failure> {
        let _ = self.names.set(names.to_vec());
        if names.is_empty() || !matches!(root_of(&self.directory), Err(OpenError::NoProject(_))) {
            return Ok(());
        }
        let folder = |name: &String| {
            let path = self.directory.join(name).canonicalize().ok()?;
            let folder = if path.is_dir() { path.as_path() } else { path.parent()? };
            root_of(folder).ok()
        };
        let mut found: Vec<_> = names.iter().filter_map(folder).collect();
        found.sort();
        found.dedup();
        match &found[..] {
            [root] => {
                let _ = self.project_folder.set(root.clone());
                Ok(())
            }
            [] => Ok(()),
            [first, second, ..] => {
                let (first, second) = (first.display(), second.display());
                Err(format!("the paths are in several projects: `{first}` and `{second}`; name those of one project")
                    .into())
            }
        }
    }

    /// A folder in the project.
    pub(super) fn project_folder(&self) -> &Path {
        self.project_folder.get().unwrap_or(&self.directory)
    }

    /// The root of the project, if there is one.
    pub(super) fn project_root(&self) -> Option<PathBuf> {
        root_of(self.project_folder()).ok()
    }

    /// Opens the project.
    pub(super) fn read_project(&self) -> Result<Project, OpenError> {
        self.read(false)
    }

    /// Opens the project; paths start from the folder to work in.
    fn read(&self, for_tests: bool) -> Result<Project, OpenError> {
        Ok(Files::open(self.project_folder(), for_tests)?.with_start(&self.directory).to_project())
    }

    /// Opens the project and reports problems in its files on standard error.
    pub(super) fn open_project(&self) -> Result<(Project, Outcome), Failure> {
        self.opened(self.read_project()?)
    }

    /// Like `open_project`, including the requests that only tests use.
    pub(super) fn open_project_for_tests(&self) -> Result<(Project, Outcome), Failure> {
        self.opened(self.read(true)?)
    }

    /// Like `open_project_for_tests`, for commands that accept or reject snapshots.
    pub(super) fn open_project_to_decide(&self) -> Result<(Project, Outcome), Failure> {
        let (project, outcome) = self.open_project_for_tests()?;
        refuse_to_write(&project)?;
        if project.has_colliding_names() {
            return Err("nothing is written: the names of some snapshots collide; correct them first"
                .to_owned()
                .into());
        }
        Ok((project, outcome))
    }

    /// Opens the project for a command that adds files to it; reports errors only.
    pub(super) fn open_project_to_add(&self) -> Result<Project, Failure> {
        let project = self.open_project_for_reading()?;
        refuse_to_write(&project)?;
        Ok(project)
    }

    /// Opens the project for a command that reads it for another purpose than its own requests; reports errors only.
    pub(super) fn open_project_for_reading(&self) -> Result<Project, Failure> {
        let project = self.read_project()?;
        self.report_errors(&project)?;
        Ok(project)
    }

    /// Reports the problems in a project's files that are about some names: of all files if there are none, and only of the
    /// configuration if `None`.
    pub(super) fn report_about(&self, project: &Project, names: Option<&[String]>) -> Result<Outcome, Failure> {
        let is_of_configuration =
            |problem: &&Diagnostic| problem.location().is_some_and(|place| place.source().name() == CONFIG_FILE);
        let of_configuration = || project.problems().iter().filter(is_of_configuration).cloned().collect();
        let problems = names.map_or_else(of_configuration, |names| project.about(names, project.problems()));
        self.report(&problems)?;
        Ok(if problems.has_errors() { Outcome::Broken } else { Outcome::Fine })
    }

    fn opened(&self, project: Project) -> Result<(Project, Outcome), Failure> {
        let names = self.names.get().map_or(&[][..], Vec::as_slice);
        let outcome = if project.select(names).is_ok() {
            self.report_about(&project, Some(names))?
        } else {
            self.report_errors(&project)?;
            if project.problems().has_errors() { Outcome::Broken } else { Outcome::Fine }
        };
        Ok((project, outcome))
    }

    /// Reports the errors in a project's files: they may be the reason why a name means nothing.
    pub(super) fn report_errors(&self, project: &Project) -> Result<(), Failure> {
        let is_error = |problem: &&Diagnostic| problem.severity == Severity::Error;
        self.report(&project.problems().iter().filter(is_error).cloned().collect::<Vec<_>>())
    }

    /// Reports problems on standard error.
    pub(super) fn report(&self, problems: &[Diagnostic]) -> Result<(), Failure> {
        if !problems.is_empty() {
            let mut out = anstream::stderr().lock();
            self.output_options().tell(problems, self.theme(), &mut out)?;
        }
        Ok(())
    }

    /// The theme for this terminal.
    pub(super) fn theme(&self) -> Theme {
        terminal::theme(self.ascii)
    }

    /// The capabilities of standard output.
    pub(super) fn capabilities(&self) -> TerminalCapabilities {
        terminal::capabilities(self.ascii)
    }

    /// The output options for problems.
    pub(super) fn output_options(&self) -> OutputOptions {
        let format = self.format.of_problems();
        let prefix = if format.counts_from_repository() { self.prefix() } else { Prefix::default() };
        OutputOptions {
            format,
            prefix,
            #[cfg(feature = "serve")]
            ascii: self.ascii,
        }
    }

    /// The prefix that makes the project's paths relative to the root of its repository.
    pub(super) fn prefix(&self) -> Prefix {
        root_of(self.project_folder()).map(|root| prefix_of(&root)).unwrap_or_default()
    }
}

/// Refuses to write if the configuration has mistakes: it may have meant another folder or other settings.
pub(super) fn refuse_to_write(project: &Project) -> Result<(), Failure> {
    if project.is_config_valid() {
        return Ok(());
    }
    Err(format!("nothing is written: `{CONFIG_FILE}` has mistakes; correct them first").into())
}
