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
use super::progress::Progress;
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::Theme;
use crate::project::{CONFIG_FILE, Project};
use crate::snapshot::{Action, Counts, Known, Report, Run, Stage, Store, Subject, Update, render_options};
use watch::TestJob;

/// Compare messages with their snapshots
///
/// Renders every request under a fixed clock and says which messages are not what somebody has accepted: the field,
/// the words, and the cause where it is known. Where CI is set, nothing is written, and anything new, different or
/// obsolete fails.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof test                 at a desk: what is new or different waits for review
  inkproof test --update all    accept everything
  CI=1 inkproof test            as a build server does")]
pub(super) struct Test {
    /// Templates, requests or patterns; all if none is given
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    /// Which snapshots are written
    #[arg(long, value_name = "WHICH", env = "INKPROOF_UPDATE", value_parser = update_parser())]
    update: Option<Update>,
    /// Stop at the first failure; what failed before goes first
    #[arg(long, env = "INKPROOF_FAIL_FAST", value_parser = FalseyValueParser::new(), conflicts_with = "watch")]
    fail_fast: bool,
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

/// Offers the words with what they mean.
fn update_parser() -> impl TypedValueParser<Value = Update> {
    let values = Update::ALL.map(|update| PossibleValue::new(update.as_str()).help(update.meaning()));
    PossibleValuesParser::new(values).map(|word| word.parse().unwrap_or(Update::None))
}

/// Whether nobody sits there: `CI` is set, as every such service does.
fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

impl RunCommand for Test {
    type Format = TestFormat;

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let update = self.update.unwrap_or(Update::default_for(is_ci()));
        if self.watch.is_wanted() {
            return self.watch.run(TestJob::new(&self.names, update, format, global), global);
        }
        let (project, outcome) =
            if update == Update::None { global.open_project_for_tests() } else { global.open_project_to_decide() }?;
        let report = test(&project, &self.names, global, update, self.fail_fast)?;
        write_problems(&report.problems, &mut anstream::stderr().lock())?;
        let mut out = std::io::BufWriter::new(anstream::stdout().lock());
        write_report(&report, &project, format, global.theme(), &mut out)?;
        out.flush()?;
        drop(out);
        advise(&report)?;
        let tested = match (report.is_incomplete(), report.passes()) {
            (true, _) => Outcome::Broken,
            (false, true) => Outcome::Fine,
            (false, false) => Outcome::Findings,
        };
        Ok(outcome.and(tested))
    }
}

/// Tells what could not be done.
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
pub(super) fn test<'p>(
    project: &'p Project,
    names: &[String],
    global: &Global,
    update: Update,
    fail_fast: bool,
) -> Result<Report<'p>, Failure> {
    let subjects = Subject::select(project, names)?;
    let progress = Progress::new("testing", subjects.len());
    let run = run_of(project, names, global, update, fail_fast);
    Ok(run.test_unknown(subjects, &Known::default(), &|| progress.step()))
}

/// The run that tests the named subjects of a project.
fn run_of<'p>(project: &'p Project, names: &[String], global: &Global, update: Update, fail_fast: bool) -> Run<'p> {
    Run {
        project,
        render_options: global.adjust(render_options(project)),
        // A configuration with mistakes may have meant other snapshots.
        update: if project.is_config_valid() { update } else { Update::None },
        fail_fast,
        // A request that cannot be read has a snapshot all the same.
        is_complete: names.is_empty() && !project.problems().has_errors(),
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
    let report = run_of(project, &names, global, Update::All, false).test(subjects);
    let path = Store::new(project.root(), &project.config().test.snapshots).shown(request, Stage::Accepted);
    match (report.problems.first(), report.outcomes.first().map(|outcome| outcome.action)) {
        (Some(problem), _) => problem.clone(),
        (None, Some(Action::Accepted)) => format!("accepted `{path}`"),
        (None, Some(_)) => format!("`{path}` says so already"),
        (None, None) => format!("there is nothing to accept: `{request}` cannot be rendered"),
    }
}

/// The line that can be relied on: all numbers, in this order.
fn summary(counts: Counts) -> String {
    let Counts { messages, unchanged, new, different, unusable, obsolete } = counts;
    format!(
        "tested {messages}: {unchanged} unchanged, {new} new, {different} different, {unusable} unusable, {obsolete} \
         obsolete"
    )
}

/// Says what to do next, to whoever sits there.
fn advise(report: &Report<'_>) -> std::io::Result<()> {
    let counts = report.counts();
    let waiting = counts.new + counts.different + counts.unusable;
    let mut out = anstream::stderr().lock();
    match report.update {
        Update::New | Update::Pending if report.problems.is_empty() && waiting + counts.obsolete > 0 => {
            writeln!(out, "walk through it with `inkproof review`, or take it as it is with `inkproof accept`")
        }
        Update::None if waiting + counts.obsolete > 0 => {
            writeln!(
                out,
                "nothing was written; at a desk, `inkproof test` and `inkproof review` bring snapshots up to date"
            )
        }
        _ => Ok(()),
    }
}
