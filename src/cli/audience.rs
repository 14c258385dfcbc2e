//! `inkproof audience`: renders one message for everybody, and reports who would not get it and why.

mod full;
mod junit;
mod markdown;
mod record_file;
mod saved;
mod sources;

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::number::at_least;
use super::progress::StreamProgress;
use super::signals::on_termination;
use super::{Failure, Global, Outcome, completions, written};
use crate::atomic_file::is_special;
use crate::audience::{Audience as Run, Counted, Group, Output, Part, Report, Reveal, RunError, reads_snippets, run};
use crate::diagnostics::{Count, Thousands, sanitize};
use crate::message::{RenderOptions, Template};
use crate::project::{Languages, Project};
use crate::records::{Input, RecordFormat, Records, Stop, thread_count};
use record_file::RecordFile;
use sources::Sources;

/// Render one message for a whole audience, and report who would not get it
///
/// Reads customers, payloads or requests from files or standard input: JSON lines, JSON, or CSV, also compressed with gzip or
/// Zstandard. Exits with 1 if a message is lost or a record is not valid.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_long_help = "\
Examples:
  inkproof audience welcome people.csv                        customers, as Customer.io exports them
  inkproof audience order_shipped people.csv --request standard   with the data of a request
  inkproof audience order_shipped sent.jsonl --customers people.csv   requests, joined with their customers
  inkproof audience welcome --partial --now 2026-12-01T09:00:00Z < 1.jsonl > 1.part
  inkproof audience merge *.part"
)]
pub(super) struct Audience {
    #[command(subcommand)]
    merge: Option<Merge>,
    /// Name or path of the template
    #[arg(required = true, add = ArgValueCompleter::new(completions::templates))]
    template: Option<String>,
    /// Files of records; `-` is standard input, which is also read if there are none
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Records are customers: render each with the `message_data` of this request, by name or file
    #[arg(long, value_name = "REQUEST", conflicts_with_all = ["customer", "customers"])]
    request: Option<String>,
    /// Records are `message_data` or requests: render each for this customer, by identifier or file
    #[arg(long, value_name = "CUSTOMER", conflicts_with = "customers")]
    customer: Option<String>,
    /// Records are requests: render each for the customer that it identifies in these files
    #[arg(long, value_name = "FILE")]
    customers: Vec<PathBuf>,
    /// Set the format of the records, instead of recognising it
    #[arg(long, value_name = "FORMAT", value_enum)]
    input: Option<InputFormat>,
    /// Render all messages in this language, instead of that of the request or customer
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Render only this many records, chosen at random with `--seed`
    #[arg(long, value_name = "NUMBER", conflicts_with = "partial", value_parser = at_least(NonZeroUsize::MIN))]
    sample: Option<NonZeroUsize>,
    #[command(flatten)]
    limit: FailOver,
    /// Use this many threads [default: one per core]
    #[arg(long, value_name = "NUMBER", env = "INKPROOF_THREADS", value_parser = at_least(NonZeroUsize::MIN))]
    threads: Option<NonZeroUsize>,
    /// Show identifiers of people (`id`), or their records and titles as well (`all`); hashed identifiers otherwise
    #[arg(long, value_name = "WHAT", value_enum)]
    reveal: Option<RevealArgument>,
    /// Report no lines, because the order of the records has no meaning; implied for standard input by `--partial`
    #[arg(long)]
    unordered: bool,
    /// Write the records without a message to this file as JSON lines, with the reason; contains personal data
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// Write the messages to this file as JSON lines; contains personal data
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// Add a request of an invented person to the project for each cause of a loss
    #[arg(long)]
    save_counterexamples: bool,
    /// Print a part of a report, for `audience merge`; requires `--now`
    #[arg(long)]
    partial: bool,
}

#[derive(Debug, Subcommand)]
enum Merge {
    /// Merge parts of a report, in any order, to the report of one run over all records
    Merge {
        /// Files that `audience --partial` printed
        #[arg(required = true, value_name = "PART")]
        parts: Vec<PathBuf>,
        #[command(flatten)]
        limit: FailOver,
        /// Print a part of a report again
        #[arg(long)]
        partial: bool,
    },
}

/// The code of records that are not JSON.
const NOT_JSON: &str = "record-not-json";
/// How many digits a share may have after the point.
const MAX_DECIMALS: u32 = 12;

#[derive(Debug, Args)]
struct FailOver {
    /// Exit with 1 only if more than this share of the people gets no message, such as 0.1%
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "0%", hide_default_value = true)]
    fail_over: Percent,
}

/// A share in percent, exactly as it is written: so many of the smallest digit after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Percent {
    digits: u64,
    decimals: u32,
}

impl Percent {
    /// Whether a part is a greater share of the whole.
    fn is_exceeded(self, (part, whole): (u64, u64)) -> bool {
        u128::from(part) * 100 * 10_u128.pow(self.decimals) > u128::from(self.digits) * u128::from(whole)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RevealArgument {
    /// Identifiers of people
    Id,
    /// Identifiers, records and titles
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InputFormat {
    /// A JSON value on each line
    Jsonl,
    /// A JSON array, or JSON values that may span lines
    Json,
    /// CSV with a header line; comma, semicolon or tab
    Csv,
}

/// The output formats of reports.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ReportFormat {
    /// Text for people
    Full,
    /// JSON, described by audience.schema.json
    Json,
    /// Markdown, for a comment or a document
    Markdown,
    #[value(help = "JUnit XML, for build servers")]
    Junit,
}

/// Parses a share: `0.1%`, or `0.1` in percent as well.
fn percent(text: &str) -> Result<Percent, String> {
    let text = text.trim();
    let number = text.strip_suffix('%').unwrap_or(text).trim();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("expected a percentage, such as 0.1%".to_owned());
    }
    let count = u32::try_from(decimals.len()).ok().filter(|count| *count <= MAX_DECIMALS);
    let Some(count) = count else {
        return Err(format!("expected at most {MAX_DECIMALS} digits after the point"));
    };
    let digits = digits.parse().ok().filter(|digits| *digits <= 100 * 10_u64.pow(count));
    let digits = digits.ok_or_else(|| "expected a percentage from 0% to 100%".to_owned())?;
    Ok(Percent { digits, decimals: count })
}

impl RunCommand for Audience {
    type Format = ReportFormat;

    fn names(&self) -> &[String] {
        self.template.as_slice()
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        match &self.merge {
            Some(Merge::Merge { parts, limit, partial }) => merge(parts, *partial, limit, format, global),
            None => self.render(format, global),
        }
    }
}

impl Audience {
    fn render(&self, format: ReportFormat, global: &Global) -> Result<Outcome, Failure> {
        self.check(global)?;
        let project = global.open_project_for_reading()?;
        if self.save_counterexamples {
            super::global::refuse_to_write(&project)?;
        }
        let template = self.template(&project)?;
        let options = global.render_options();
        // Each person gets the same random choices in every run.
        let options = RenderOptions { seed: options.seed.or(Some(0)), ..options };
        let stop = Stop::default();
        // The files of `--customers` may be as long as the records.
        let early = (!self.customers.is_empty()).then(|| stop_on_signals(&stop)).transpose()?;
        let sources = Sources::read(self, &project, template, global, &stop)?;
        if let Some(signal) = early.as_ref().filter(|_| stop.is_stopped()) {
            return Ok(Outcome::Ended(signal.load(Ordering::Relaxed)));
        }
        let audience = Run {
            workspace: project.workspace(),
            template,
            lines: sources.lines(self),
            options,
            language: self.language.as_deref(),
            reveal: self.revealed(),
            is_ordered: !(self.unordered || self.partial && self.reads_standard_input()),
            writes_failures: self.failures.is_some(),
            writes_messages: self.messages.is_some(),
            keeps_records: self.save_counterexamples || self.revealed() == Reveal::All,
            reads_snippets: reads_snippets(template, &project.workspace()),
            combined_with: sources.hash(),
        };
        let records = self.records(global, &stop)?;
        let [failures, messages] = [&self.failures, &self.messages]
            .map(|path| path.as_deref().map(|path| RecordFile::create(path, global)).transpose());
        let (failures, messages) = (failures?, messages?);
        let signal = early.map_or_else(|| stop_on_signals(&stop), Ok)?;
        let mut output = Output {
            failures: failures.as_ref().map(RecordFile::writer).transpose()?,
            messages: messages.as_ref().map(RecordFile::writer).transpose()?,
            error: None,
        };
        let bar = StreamProgress::new(&records.progress());
        let threads = self.threads.map_or_else(thread_count, NonZeroUsize::get);
        let sample = self.sample.map(|size| (size, options.seed.unwrap_or_default()));
        let result = run(&audience, records, threads, sample, &mut output, &|count| bar.set(count));
        drop(bar);
        let (part, errors) = match result {
            Ok(result) => result,
            Err(RunError::Template(problems)) => {
                global.report(&problems)?;
                return Ok(Outcome::Broken);
            }
        };
        let signal = signal.load(Ordering::Relaxed);
        let mut problems: Vec<_> = errors.iter().map(ToString::to_string).collect();
        problems.extend(output.error.take().map(|error| format!("cannot write `--failures` or `--messages`: {error}")));
        drop(output);
        if self.input.is_none() && is_perhaps_csv(&part.report()) {
            writeln!(anstream::stderr().lock(), "note: no record is JSON: `--input csv` reads them as CSV")?;
        }
        finish([failures, messages], signal == 0 && problems.is_empty(), &mut problems)?;
        let outcome = print(&part.clone().without_records(), self.partial, &self.limit, format);
        if self.save_counterexamples && signal == 0 {
            saved::save(&part, &audience, &project)?;
        }
        match (signal, problems.is_empty()) {
            (0, true) => outcome,
            (0, false) => Err(Failure::Messages(problems)),
            (code, _) => outcome.map(|_| Outcome::Ended(code)),
        }
    }

    /// Rejects what does not fit together.
    fn check(&self, global: &Global) -> Result<(), Failure> {
        let mut errors = Vec::new();
        if self.partial && !global.has_time() {
            errors.push("`--partial` requires `--now`: all parts of a report have the same time".to_owned());
        }
        if self.files.is_empty() && io::stdin().is_terminal() {
            errors.push("there are no records: expected files, or records on standard input".to_owned());
        }
        let is_input = |path: &&PathBuf| path.as_path() == Path::new("-");
        if self.files.iter().chain(&self.customers).filter(is_input).count() > 1 {
            errors.push("standard input can only be read once".to_owned());
        }
        for (at, file) in self.files.iter().enumerate() {
            if self.files[..at].iter().any(|other| is_same(file, other, global)) {
                errors.push(format!("`{}` is given twice", file.display()));
            }
        }
        errors.extend(self.overwritten(global));
        if errors.is_empty() { Ok(()) } else { Err(Failure::Messages(errors)) }
    }

    /// What is wrong with the files that are to be written.
    fn overwritten(&self, global: &Global) -> Vec<String> {
        let written: Vec<_> = [&self.failures, &self.messages].into_iter().flatten().collect();
        let is_plain = |path: &&PathBuf| !is_special(&global.path(path));
        if let [one, other] = written[..]
            && one == other
            && is_plain(&one)
        {
            return vec![format!("`{}` cannot be both `--failures` and `--messages`", one.display())];
        }
        let read = || self.files.iter().chain(&self.customers);
        let incomplete =
            written.into_iter().filter(is_plain).filter_map(|path| record_file::incomplete(&global.path(path)).ok());
        let read_too = incomplete.filter_map(|path| read().find(|file| leads_to_same(&global.path(file), &path)));
        read_too.map(|file| format!("`{}` would be overwritten while it is read: rename it", file.display())).collect()
    }

    fn reads_standard_input(&self) -> bool {
        self.files.is_empty() || self.files.iter().any(|file| file == Path::new("-"))
    }

    fn revealed(&self) -> Reveal {
        match self.reveal {
            None => Reveal::Nothing,
            Some(RevealArgument::Id) => Reveal::Id,
            Some(RevealArgument::All) => Reveal::All,
        }
    }

    fn template<'p>(&self, project: &'p Project) -> Result<&'p Template, Failure> {
        let name = self.template.clone().unwrap_or_default();
        if let Some(template) = project.templates().iter().find(|template| template.is_called(&name)) {
            return Ok(template);
        }
        let found = project.select_templates(std::slice::from_ref(&name))?;
        match Languages::of(project).mains(&found)[..] {
            [template] => Ok(template),
            ref several => {
                let names: Vec<_> = several.iter().map(|template| format!("`{}`", template.name())).collect();
                Err(format!("`{name}` matches several templates: {}", names.join(", ")).into())
            }
        }
    }

    fn records(&self, global: &Global, stop: &Stop) -> Result<Records, Failure> {
        let standard_input = [PathBuf::from("-")];
        let files: &[_] = if self.files.is_empty() { &standard_input } else { &self.files };
        open(files, self.input, global, stop)
    }
}

/// Whether two arguments name the same file, however they are written.
fn is_same(one: &Path, other: &Path, global: &Global) -> bool {
    one == other || leads_to_same(&global.path(one), &global.path(other))
}

fn leads_to_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().ok() == Some(one))
}

/// Opens files of records.
fn open(files: &[PathBuf], format: Option<InputFormat>, global: &Global, stop: &Stop) -> Result<Records, Failure> {
    let format = format.map(|format| match format {
        InputFormat::Jsonl => RecordFormat::JsonLines,
        InputFormat::Json => RecordFormat::Json,
        InputFormat::Csv => RecordFormat::Csv { delimiter: b',' },
    });
    let inputs = files.iter().map(|file| Input::new(file, global.path(file))).collect();
    Records::new(inputs, format, stop.clone())
        .map_err(|errors| Failure::Messages(errors.iter().map(ToString::to_string).collect()))
}

/// Whether nothing that was read is JSON.
fn is_perhaps_csv(report: &Report) -> bool {
    let is_no_json = |group: &Group| group.code == NOT_JSON && group.count == report.people.records;
    report.people.records > 1 && report.invalid.iter().any(is_no_json)
}

/// Gives the files their names if they are complete, and says what they are called otherwise.
fn finish(files: [Option<RecordFile>; 2], are_complete: bool, problems: &mut Vec<String>) -> io::Result<()> {
    for file in files.into_iter().flatten() {
        if are_complete {
            problems.extend(file.finish().err());
        } else if let Some(name) = file.incomplete_name() {
            writeln!(anstream::stderr().lock(), "note: `{name}` has what was written until then")?;
        }
    }
    Ok(())
}

/// The first signal ends the reading, so that what was counted until then is reported; the second ends the program. Returns
/// the exit code of the signal, which is 0 before there is one.
fn stop_on_signals(stop: &Stop) -> io::Result<Arc<AtomicU8>> {
    let (stop, signal) = (stop.clone(), Arc::new(AtomicU8::new(0)));
    let received = Arc::clone(&signal);
    on_termination(move |code| {
        if received.swap(code, Ordering::Relaxed) != 0 {
            std::process::exit(i32::from(code));
        }
        stop.stop();
    })?;
    Ok(signal)
}

fn merge(
    files: &[PathBuf],
    partial: bool,
    limit: &FailOver,
    format: ReportFormat,
    global: &Global,
) -> Result<Outcome, Failure> {
    let (mut parts, mut errors) = (Vec::new(), Vec::new());
    for (at, file) in files.iter().enumerate() {
        let name = written::shown(file);
        if files[..at].iter().any(|other| is_same(file, other, global)) {
            errors.push(format!("`{name}` is given twice"));
            continue;
        }
        match written::read(file, global) {
            Ok(text) => match Part::parse(&name, &text) {
                Ok(part) => parts.push((name, part)),
                Err(error) => errors.push(error.to_string()),
            },
            Err(Failure::Messages(messages)) => errors.extend(messages),
            Err(failure) => return Err(failure),
        }
    }
    match Part::merge(parts) {
        Ok(Some(part)) if errors.is_empty() => {
            let outcome = print(&part, partial, limit, format)?;
            let incomplete = part.report().incomplete.into_iter();
            let messages: Vec<_> = incomplete.map(|reason| format!("a part is incomplete: {reason}")).collect();
            if messages.is_empty() { Ok(outcome) } else { Err(Failure::Messages(messages)) }
        }
        Ok(_) => Err(Failure::Messages(errors)),
        Err(different) => {
            errors.extend(different.iter().map(ToString::to_string));
            Err(Failure::Messages(errors))
        }
    }
}

/// Prints a report, or a part of one.
fn print(part: &Part, partial: bool, limit: &FailOver, format: ReportFormat) -> Result<Outcome, Failure> {
    let report = part.report();
    let mut out = BufWriter::new(anstream::stdout().lock());
    if partial {
        let text = part.to_text().map_err(io::Error::from)?;
        out.write_all(text.as_bytes())?;
        out.flush()?;
        // Whether too many messages are lost is known when all parts are merged.
        return Ok(if report.incomplete.is_empty() { Outcome::Fine } else { Outcome::Findings });
    }
    let is_failed = limit.fail_over.is_exceeded(report.failed());
    match format {
        ReportFormat::Full => full::write(&report, &mut out)?,
        ReportFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ReportFormat::Markdown => markdown::write(&report, &mut out)?,
        ReportFormat::Junit => junit::write(&report, is_failed, &mut out)?,
    }
    out.flush()?;
    Ok(if is_failed { Outcome::Findings } else { Outcome::Fine })
}

/// The place of a witness, in words: `people.csv:7 (id 5e884898da280471)`.
fn place(witness: &crate::audience::WitnessReport) -> String {
    let id = witness.id.as_ref().map(|id| format!("id {id}"));
    let text = match (&witness.input, witness.line, id) {
        (Some(input), Some(line), Some(id)) => format!("{input}:{line} ({id})"),
        (Some(input), Some(line), None) => format!("{input}:{line}"),
        (_, _, Some(id)) => id,
        _ => "a record without an identifier".to_owned(),
    };
    sanitize::line(&text).into_owned()
}

/// A share in percent, such as `0.12 %`.
fn share(percent: f64) -> String {
    if percent > 0.0 && percent < 0.01 { format!("{percent:.4} %") } else { format!("{percent:.2} %") }
}

/// How many names there are besides those that are listed, in words.
fn more(listed: &[Counted], not_listed: u64) -> Option<String> {
    let least = if listed.iter().any(|counted| counted.is_estimated) { "at least " } else { "" };
    let number = usize::try_from(not_listed).unwrap_or(usize::MAX);
    (not_listed > 0).then(|| format!("and {least}{} more", Thousands(number)))
}

/// What a report is about, in one line.
fn headline(report: &Report) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let count = |count: u64| Thousands(number(count));
    let people = &report.people;
    let mut parts = vec![
        format!("{} sent", count(people.sent)),
        format!("{} lost ({})", count(people.lost), share(people.lost_percent)),
    ];
    if people.with_warnings > 0 {
        parts.insert(1, format!("{} of them with warnings", count(people.with_warnings)));
    }
    let others = [(people.invalid, "invalid record"), (people.other_templates, "request")];
    let others =
        others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| Count(what, number(*count)).to_string());
    parts.extend(others.map(|other| if other.contains("request") { other + " for other templates" } else { other }));
    let records = Count("record", number(people.records));
    format!("{}: {records}, {}", sanitize::line(&report.template), parts.join(", "))
}
