//! `inkproof check`: lints templates and validates their requests.

mod counterexamples;
mod coverage;
mod json;
mod lcov;
mod payload;
mod table;
mod verdicts;
mod watch;

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap_complete::ArgValueCompleter;
use similar::TextDiff;

use super::command::RunCommand;
use super::given::{Capacity, split};
use super::global::refuse_to_write;
use super::number::percent;
use super::output_options::OutputOptions;
use super::progress::Progress;
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions, customer, written};
use crate::atomic_file::Root;
use crate::contract::Schemas;
use crate::diagnostics::{Code, Diagnostic, Format, Severity, Theme, Thousands, sanitize};
use crate::message::{Customer, Template};
use crate::project::{Case, Effort, Project};
use crate::rules::{JudgeOptions, Judgement, fix, judge_each, rule};
use crate::search::Verdict;
use payload::Payloads;
use watch::CheckJob;

/// How many findings of severity info are drawn per rule.
const MAX_INFOS: usize = 10;

/// Lint templates and validate requests before anything is sent
///
/// Reports syntax errors, variables that requests lack, values that would break the JSON, and branches that no request
/// reaches. Searches for data that loses a message, and says of each template whether it is proved that there is none.
/// Exits with 1 if there are errors or warnings.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof check                                       everything
  inkproof check order_shipped --table                 its variables, and what each request has for them
  inkproof check order_shipped --data payload.json     a payload from a backend's logs
  gzip -dc sent.jsonl.gz | inkproof check --data -     many requests, one per line
  inkproof check --diff                                dry run of --fix
  inkproof check --require searched                    fail if known data loses a message")]
pub(super) struct Check {
    /// Names, patterns or paths of templates or requests; `-` is a request on standard input; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    /// Render payloads instead of the project's requests: a `message_data`, requests, a JSON array of them, JSON Lines, or
    /// a JSON object on the command line; `-` is standard input
    #[arg(long, value_name = "FILE|-|JSON", conflicts_with = "watch")]
    data: Option<PathBuf>,
    /// Render for this customer instead of the requests' own, or payloads instead of each of the project's: an
    /// identifier, a name, or a file
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "watch", add = ArgValueCompleter::new(completions::customers))]
    customer: Option<String>,
    /// Show a table of the variables of each template with the values of its requests, and its branch coverage
    #[arg(long, env = "INKPROOF_TABLE", value_parser = FalseyValueParser::new())]
    table: bool,
    /// Report branch coverage, and fail if a template's coverage is below this
    #[arg(long, value_name = "PERCENT", env = "INKPROOF_MIN_COVERAGE", value_parser = percent)]
    min_coverage: Option<u8>,
    /// Write a coverage report in lcov format
    #[arg(long, value_name = "FILE", env = "INKPROOF_LCOV")]
    lcov: Option<PathBuf>,
    /// How hard data that loses a message is searched for [default: `effort` in inkproof.toml, or normal]
    #[arg(long, value_name = "EFFORT", env = "INKPROOF_EFFORT", value_parser = effort_parser())]
    effort: Option<Effort>,
    /// Fail if a template's verdict is less than this
    #[arg(long, value_name = "VERDICT", env = "INKPROOF_REQUIRE", value_parser = verdict_parser(), conflicts_with = "data")]
    require: Option<Verdict>,
    /// Write the data that loses messages as request files into a folder of the project; existing files are kept
    #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "watch"])]
    save_counterexamples: Option<PathBuf>,
    /// Apply the safe fixes: those that do not change valid messages
    #[arg(long, conflicts_with_all = ["data", "watch"])]
    fix: bool,
    /// Show what `--fix` would change, without writing (dry run)
    #[arg(long, conflicts_with_all = ["data", "watch"])]
    diff: bool,
    #[command(flatten)]
    watch: WatchArguments,
}

impl RunCommand for Check {
    type Format = Format;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        self.check_format(format)?;
        if self.watch.is_wanted() {
            return self.watch.run(CheckJob::new(self, format, global), global);
        }
        let mut project = global.read_project()?;
        if self.fix && !self.diff && !project.is_config_valid() {
            global.report(project.problems())?;
            refuse_to_write(&project)?;
        }
        let (names, files) = split(&self.names, &project, Capacity::Many)?;
        // Without names, everything; but not if all names are files that are not the project's.
        let is_about_project = self.data.is_none() && (!names.is_empty() || self.names.is_empty());
        if (self.fix || self.diff) && is_about_project {
            self.repair(&project, &names, global)?;
        }
        if self.fix && !self.diff {
            project = global.read_project()?;
        }
        let payloads = match &self.data {
            None => files,
            Some(data) if files.is_empty() => vec![data.as_path()],
            Some(_) => {
                let file = files[0].display();
                let message = format!("`--data` takes the place of requests: name a template instead of `{file}`");
                return Err(message.into());
            }
        };
        let mut judgements = Vec::new();
        if is_about_project {
            judgements.push(self.judge_project(&names, &project, global)?);
        }
        let names = if self.data.is_some() { names.as_slice() } else { &[] };
        let mut reports = Vec::new();
        for payload in payloads {
            match self.judge_payloads(names, &project, payload, global)? {
                Payloads::One(judgement) => judgements.push(judgement),
                Payloads::Many(report) => reports.push(report),
            }
        }
        let mut outcome = Outcome::Fine;
        for report in &reports {
            outcome = outcome.and(payload::report(report, global)?);
        }
        if judgements.is_empty() && !reports.is_empty() {
            return Ok(outcome);
        }
        let mut judgement: Judgement = judgements.into_iter().collect();
        judgement.findings.tidy();
        let mut out = BufWriter::new(anstream::stdout().lock());
        self.write(&judgement, &global.output_options(), global.theme(), &mut out)?;
        out.flush()?;
        self.write_lcov(&judgement, global)?;
        if let Some(folder) = &self.save_counterexamples {
            refuse_to_write(&project)?;
            counterexamples::save(&judgement.findings, folder, &project, global)?;
        }
        let is_covered = self.report_requirements(&judgement, &mut anstream::stderr().lock())?;
        let is_finding = |severity| matches!(severity, Severity::Error | Severity::Warning);
        let any = judgement.findings.iter().any(|finding| is_finding(finding.severity));
        // Problems without a rule come from files that cannot be read or parsed.
        let is_broken =
            |finding: &Diagnostic| finding.severity == Severity::Error && rule(finding.code.as_str()).is_none();
        if judgement.findings.iter().any(is_broken) {
            return Ok(Outcome::Broken);
        }
        Ok(if any || !is_covered { outcome.and(Outcome::Findings) } else { outcome })
    }
}

impl Check {
    /// Rejects flags that the output format does not support.
    fn check_format(&self, format: Format) -> Result<(), Failure> {
        let mut refused = Vec::new();
        if self.diff && !format.is_for_people() {
            refused.push(format!("the format `{format}` does not support `--diff`: expected `full` or `concise`"));
        }
        if self.table && !format.is_for_people() && !matches!(format, Format::Json | Format::JsonLines) {
            refused.push(format!(
                "the format `{format}` does not support `--table`: expected `full`, `concise`, `json` or `jsonl`"
            ));
        }
        if refused.is_empty() { Ok(()) } else { Err(Failure::Messages(refused)) }
    }

    /// Judges the templates that names mean, with their requests.
    fn judge_project(&self, names: &[String], project: &Project, global: &Global) -> Result<Judgement, Failure> {
        let (templates, cases) = selected(project, names, global)?;
        let customer = self.customer.as_ref().map(|name| customer::find(name, project, global)).transpose()?;
        let cases = match &customer {
            Some(customer) => project.in_every_language(&for_customer(project, names, customer)?),
            None => cases,
        };
        let progress = Progress::new("checking", templates.len());
        let step = || progress.step();
        let (schemas, options) = (Schemas::of(project), self.judge_options(project, global));
        let judged = judge_each(project, &schemas, &templates, &cases, &options, &step);
        let judgement = Judgement::from_parts(project, &schemas, judged);
        Ok(Judgement { findings: project.about(names, &judgement.findings), ..judgement })
    }

    /// How templates are judged: the configuration, overridden by the options.
    fn judge_options(&self, project: &Project, global: &Global) -> JudgeOptions {
        let options = JudgeOptions::new(project, global.render_options());
        JudgeOptions { effort: self.effort.unwrap_or(options.effort), ..options }
    }

    /// Reports the findings, and the tables if requested.
    fn write(
        &self,
        judgement: &Judgement,
        output_options: &OutputOptions,
        theme: Theme,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let is_detailed = self.table || self.min_coverage.is_some();
        match output_options.format {
            Format::Full => {
                let (drawn, counted) = few_of_each(&judgement.findings);
                output_options.tell(&drawn, theme, out)?;
                if !drawn.is_empty() {
                    writeln!(out)?;
                }
                for (code, count) in counted {
                    writeln!(out, "info[{code}]: {} more; `--format concise` lists them all\n", Thousands(count))?;
                }
                if self.table || self.data.is_some() {
                    self.write_tables(judgement, theme, out)?;
                }
                writeln!(out, "{}", judgement.findings.counts())?;
                if judgement.verdicts.is_empty() {
                    let is_everything = self.names.is_empty() && self.data.is_none();
                    // A template may be among the files with errors.
                    return if judgement.tables.is_empty() && is_everything && !judgement.findings.has_errors() {
                        writeln!(out, "there are no templates; `inkproof new NAME` creates one")
                    } else {
                        Ok(())
                    };
                }
                writeln!(out, "{}", verdicts::summary(&judgement.verdicts))
            }
            Format::Json if is_detailed => json::write(judgement, self.data.is_none(), out),
            Format::JsonLines if is_detailed => {
                output_options.tell(&judgement.findings, theme, out)?;
                json::write_lines(judgement, self.data.is_none(), out)
            }
            Format::Concise if self.table => {
                output_options.tell(&judgement.findings, theme, out)?;
                if !judgement.findings.is_empty() {
                    writeln!(out)?;
                }
                self.write_tables(judgement, theme, out)
            }
            _ => {
                let verdicts: Vec<_> = judgement.verdicts.iter().map(Into::into).collect();
                output_options.tell_with_verdicts(&judgement.findings, &verdicts, theme, out)
            }
        }
    }

    /// Draws the table of each template, and its coverage below.
    fn write_tables(&self, judgement: &Judgement, theme: Theme, out: &mut dyn Write) -> std::io::Result<()> {
        for (table, coverage) in judgement.tables.iter().zip(&judgement.coverage) {
            table::write(table, theme.width, out)?;
            // A payload has no coverage: it replaces the requests.
            if self.data.is_none() {
                let title = sanitize::line(&table::title(table)).into_owned();
                writeln!(out, "{title}: {}", coverage::describe(coverage))?;
                let file = coverage.source.name();
                for verdict in judgement.verdicts.iter().filter(|verdict| verdict.file == file) {
                    writeln!(out, "{title}: {}", verdict.describe())?;
                }
                writeln!(out)?;
            }
        }
        Ok(())
    }

    /// Writes the lcov report if requested.
    fn write_lcov(&self, judgement: &Judgement, global: &Global) -> Result<(), Failure> {
        let Some(path) = &self.lcov else { return Ok(()) };
        let prefix = global.prefix();
        let records: String = judgement.coverage.iter().map(|coverage| lcov::record(coverage, &prefix)).collect();
        written::replace(path, &records, global)
    }

    /// Reports what is below what the options require, and returns whether nothing is.
    fn report_requirements(&self, judgement: &Judgement, out: &mut dyn Write) -> std::io::Result<bool> {
        let is_covered = self.report_coverage(judgement, out)?;
        let Some(least) = self.require else { return Ok(is_covered) };
        Ok(verdicts::report_lacking(&judgement.verdicts, least, out)? && is_covered)
    }

    /// Reports coverage if `--min-coverage` is set, and returns whether it is sufficient.
    fn report_coverage(&self, judgement: &Judgement, out: &mut dyn Write) -> std::io::Result<bool> {
        // A payload has no coverage: it replaces the requests.
        let Some(least) = self.min_coverage.filter(|_| self.data.is_none()) else { return Ok(true) };
        let mut is_covered = true;
        for coverage in &judgement.coverage {
            let (name, words) = (sanitize::line(coverage.source.name()).into_owned(), coverage::describe(coverage));
            if coverage.percent() < f64::from(least) {
                is_covered = false;
                writeln!(out, "{name}: {words}: expected at least {least} %")?;
            } else {
                writeln!(out, "{name}: {words}")?;
            }
        }
        Ok(is_covered)
    }

    /// Applies fixes, or shows them.
    fn repair(&self, project: &Project, names: &[String], global: &Global) -> Result<(), Failure> {
        let (templates, cases) = selected(project, names, global)?;
        let mut out = anstream::stderr().lock();
        for template in templates {
            let Some(fixed) = fix(project, template, &cases, &self.judge_options(project, global)) else { continue };
            let name = fixed.source.name();
            if self.diff {
                let diff = TextDiff::from_lines(fixed.source.text(), &fixed.text);
                let diff = diff.unified_diff().header(name, name).to_string();
                write!(anstream::stdout().lock(), "{}", sanitize::text(&diff))?;
            } else {
                let written =
                    Root::open(project.root()).and_then(|root| root.replace(Path::new(name), fixed.text.as_bytes()));
                written.map_err(|error| format!("cannot write `{name}`: {error}"))?;
                let count = fixed.titles.len();
                writeln!(out, "{}: {count} fixed", sanitize::line(name))?;
            }
        }
        Ok(())
    }
}

/// The templates and cases that match the names, in every language. If a name matches nothing, problems in the files are
/// reported: they may be the reason.
pub(super) fn selected<'p>(
    project: &'p Project,
    names: &[String],
    global: &Global,
) -> Result<(Vec<&'p Template>, Vec<Case<'p>>), Failure> {
    match (project.select_templates(names), project.select(names)) {
        (Ok(templates), Ok(cases)) => Ok((templates, project.in_every_language(&cases))),
        (Err(errors), _) | (_, Err(errors)) => {
            global.report_errors(project)?;
            Err(errors.into())
        }
    }
}

/// The cases that match the names, for one customer in their language.
fn for_customer<'p>(project: &'p Project, names: &[String], customer: &'p Customer) -> Result<Vec<Case<'p>>, Failure> {
    let mut cases = project.select(names)?;
    for case in &mut cases {
        case.customer = customer;
        let language = case.request.language().or(customer.language());
        if let Some(template) = project.template_for(case.request) {
            case.template = template.in_language(language);
        }
    }
    Ok(cases)
}

/// Reads the name of an effort.
fn effort_parser() -> impl TypedValueParser<Value = Effort> {
    PossibleValuesParser::new(Effort::NAMES.map(|(name, _)| name)).map(|name| {
        let known = Effort::NAMES.into_iter().find(|(known, _)| *known == name);
        known.map(|(_, effort)| effort).unwrap_or_default()
    })
}

/// Reads the name of a verdict that may be required.
fn verdict_parser() -> impl TypedValueParser<Value = Verdict> {
    let names = [Verdict::Proved, Verdict::Searched].map(Verdict::as_str);
    PossibleValuesParser::new(names)
        .map(|name| if name == Verdict::Proved.as_str() { Verdict::Proved } else { Verdict::Searched })
}

/// Keeps the first findings of severity info per rule and counts the rest, so that they do not hide errors and warnings.
fn few_of_each(findings: &[Diagnostic]) -> (Vec<Diagnostic>, BTreeMap<Code, usize>) {
    let mut seen: BTreeMap<Code, usize> = BTreeMap::new();
    let few = findings.iter().filter(|finding| {
        if finding.severity != Severity::Info {
            return true;
        }
        let count = seen.entry(finding.code).or_default();
        *count += 1;
        *count <= MAX_INFOS
    });
    let few = few.cloned().collect();
    let counted =
        seen.into_iter().filter(|(_, count)| *count > MAX_INFOS).map(|(code, count)| (code, count - MAX_INFOS));
    (few, counted.collect())
}
