//! `inkproof test`: messages compared with their snapshots.

mod github;
mod json;
mod junit;
mod people;
mod watch;

pub(super) use junit::unified;
pub(super) use people::{style, write_details};

use std::env;
use std::io::Write;

use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::lacking::Lacking;
use super::progress::Progress;
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions, not_sent};
use crate::diagnostics::{Theme, sanitize};
use crate::project::{CONFIG_FILE, Project};
use crate::snapshot::{Action, Counts, Known, Report, Run, Stage, Store, Subject, Update, render_options};
use watch::TestJob;

/// Run snapshot tests: compare messages with their snapshots
///
/// Renders every request with a fixed time and random seed, and reports each message that differs from its accepted
/// snapshot: the field, the words and, if known, the cause. If `CI` is set, nothing is written, and new, different and
/// obsolete snapshots fail.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof test                 new and different snapshots become pending
  inkproof test --update all    accept everything
  CI=1 inkproof test            as on a build server")]
pub(super) struct Test {
    /// Names, patterns or paths of templates or requests; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    /// Set which snapshots to write
    #[arg(long, value_name = "WHICH", env = "INKPROOF_UPDATE", value_parser = update_parser())]
    update: Option<Update>,
    /// Stop at the first failure; requests that failed in the last run go first
    #[arg(long, env = "INKPROOF_FAIL_FAST", value_parser = FalseyValueParser::new(), conflicts_with = "watch")]
    fail_fast: bool,
    /// Pass if there is nothing to test; without it, that fails where nothing is written, as in CI
    #[arg(long, env = "INKPROOF_ALLOW_EMPTY", value_parser = FalseyValueParser::new())]
    allow_empty: bool,
    #[command(flatten)]
    watch: WatchArguments,
}

/// The formats of a test report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// Each failure with its differences
    Full,
    /// One line per failure
    Concise,
    /// One JSON object
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
    #[value(help = "JUnit XML, for build servers")]
    Junit,
    /// Annotations for GitHub Actions
    Github,
}

impl TestFormat {
    const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

/// Parses the values of `--update`, with a help text for each.
fn update_parser() -> impl TypedValueParser<Value = Update> {
    let values = Update::ALL.map(|update| PossibleValue::new(update.as_str()).help(update.meaning()));
    PossibleValuesParser::new(values).map(|word| word.parse().unwrap_or(Update::None))
}

/// Whether the run is not interactive: CI services set `CI`.
fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

impl RunCommand for Test {
    type Format = TestFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let update = self.update.unwrap_or(Update::default_for(is_ci()));
        if self.watch.is_wanted() {
            return self.watch.run(TestJob::new(&self.names, update, format, global), global);
        }
        let (project, outcome) =
            if update == Update::None { global.open_project_for_tests() } else { global.open_project_to_decide() }?;
        let run = Run {
            fail_fast: self.fail_fast,
            allows_empty: self.allow_empty || !(is_ci() || update == Update::None),
            ..run_of(&project, &self.names, global, update)
        };
        let report = test(run, &self.names)?;
        write_problems(&report.problems, &mut anstream::stderr().lock())?;
        let of_redaction = |path: &String| {
            format!("the redaction `{path}` under `[test]` matches no message: correct its path, or remove it")
        };
        let of_redactions: Vec<_> = report.unused_redactions.iter().map(of_redaction).collect();
        write_problems(&of_redactions, &mut anstream::stderr().lock())?;
        let mut out = std::io::BufWriter::new(anstream::stdout().lock());
        write_report(&report, &project, format, global.theme(), &mut out)?;
        out.flush()?;
        drop(out);
        advise(&report)?;
        if report.outcomes.is_empty()
            && let Some(lacking) = Lacking::of(&project, outcome)
        {
            report_empty(&project, lacking, run.allows_empty)?;
        }
        let tested = match (report.is_incomplete(), report.passes()) {
            (true, _) => Outcome::Broken,
            (false, true) => Outcome::Fine,
            (false, false) => Outcome::Findings,
        };
        Ok(outcome.and(tested))
    }
}

/// Reports what failed as warnings.
pub(super) fn write_problems(problems: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    problems.iter().try_for_each(|problem| writeln!(out, "warning: {problem}"))
}

/// Writes the report of a run.
fn write_report(
    report: &Report<'_>,
    project: &Project,
    format: TestFormat,
    theme: Theme,
    mut out: &mut dyn Write,
) -> std::io::Result<()> {
    match format {
        TestFormat::Json => json::write(report, project, &mut out),
        TestFormat::JsonLines => json::write_lines(report, project, &mut out),
        TestFormat::Junit => junit::write(report, project, &mut out),
        TestFormat::Github => github::write(report, project, &mut out),
        TestFormat::Concise => people::write_concise(report, project, out),
        TestFormat::Full => people::write_full(report, project, theme, out),
    }
}

/// Tests the named subjects of a project.
pub(super) fn test<'p>(run: Run<'p>, names: &[String]) -> Result<Report<'p>, Failure> {
    let subjects = Subject::select(run.project, names)?;
    let progress = Progress::new("testing", subjects.len());
    Ok(run.test_unknown(subjects, &Known::default(), &|| progress.step()))
}

/// The run that tests the named subjects of a project.
pub(super) fn run_of<'p>(project: &'p Project, names: &[String], global: &Global, update: Update) -> Run<'p> {
    Run {
        project,
        render_options: global.adjust(render_options(project)),
        // A configuration with mistakes may have meant other snapshots.
        update: if project.is_config_valid() { update } else { Update::None },
        fail_fast: false,
        // A request that cannot be read has a snapshot all the same.
        is_complete: names.is_empty() && !project.problems().has_errors(),
        allows_empty: true,
    }
}

/// Accepts the message of one request as it is. Gives a sentence about it.
pub(super) fn accept_one(project: &Project, request: &str, global: &Global) -> String {
    if !project.is_config_valid() {
        return format!("nothing is accepted: `{CONFIG_FILE}` has mistakes");
    }
    let names = [request.to_owned()];
    let mut cases = project.cases();
    cases.retain(|case| case.request.name() == request);
    let mut subjects = Subject::all(project, &cases);
    // As it is sent, not in its other languages.
    subjects.retain(|subject| subject.name == request);
    let report = run_of(project, &names, global, Update::All).test(subjects);
    let path = Store::new(project.root(), &project.config().test.snapshots).shown(request, Stage::Accepted);
    match (report.problems.first(), report.outcomes.first().map(|outcome| outcome.action)) {
        (Some(problem), _) => problem.clone(),
        (None, Some(Action::Accepted)) => match report.accepted_failures().next() {
            Some((_, reason)) => format!("accepted `{path}`, which is not sent: {reason}"),
            None => format!("accepted `{path}`"),
        },
        (None, Some(Action::Forbidden)) => format!("nothing is accepted: {}", not_sent::FORBIDDEN),
        (None, Some(_)) => format!("`{path}` is already up to date"),
        (None, None) => format!("there is nothing to accept: `{request}` cannot be rendered"),
    }
}

/// The summary line. Scripts may parse it: all counts, in this order.
fn summary(counts: Counts) -> String {
    let Counts { messages, unchanged, new, different, unusable, obsolete, not_sent } = counts;
    format!(
        "tested {messages}: {unchanged} unchanged, {new} new, {different} different, {unusable} unusable, {obsolete} \
         obsolete, {not_sent} not sent"
    )
}

/// Reports that nothing was tested, where requests were looked for, and how to get one.
fn report_empty(project: &Project, lacking: Lacking, is_allowed: bool) -> std::io::Result<()> {
    let config = project.config();
    let folders = std::iter::once(&config.paths.requests).chain(&config.test.requests);
    let folders: Vec<_> = folders.map(|folder| format!("`{}`", folder.display())).collect();
    let (folders, root) = (folders.join(" and "), project.root().display().to_string());
    let severity = if is_allowed { "note" } else { "error" };
    let mut out = anstream::stderr().lock();
    writeln!(
        out,
        "{severity}: there is nothing to test: no request in {} of `{}`",
        sanitize::line(&folders),
        sanitize::line(&root)
    )?;
    let or_allow = if is_allowed { "" } else { ", or pass `--allow-empty`" };
    match lacking {
        Lacking::Template => {
            writeln!(out, "help: there are no templates either; create both with `inkproof new NAME`{or_allow}")
        }
        Lacking::Request => writeln!(out, "help: write one with `inkproof request NAME`{or_allow}"),
    }
}

/// Prints what to do next.
fn advise(report: &Report<'_>) -> std::io::Result<()> {
    let counts = report.counts();
    let waiting = counts.new + counts.different + counts.unusable;
    let mut out = anstream::stderr().lock();
    match report.update {
        Update::New | Update::Pending if report.problems.is_empty() && waiting + counts.obsolete > 0 => {
            writeln!(out, "review the differences with `inkproof review`, or accept all with `inkproof accept`")
        }
        Update::None if waiting + counts.obsolete > 0 => {
            writeln!(out, "nothing was written; run `inkproof test` and `inkproof review` locally to update snapshots")
        }
        _ => Ok(()),
    }
}
