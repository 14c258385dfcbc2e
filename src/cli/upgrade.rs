//! `inkproof upgrade`: what changes when Customer.io renders legacy templates with the latest Liquid.

use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::command::RunCommand;
use super::{Failure, Global, Outcome, completions};
use crate::customerio::Version;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Position, sanitize};
use crate::liquid::{self, Arena};
use crate::message::{FieldChange, SnippetKind, Template, Workspace};
use crate::project::{Case, Project};
use crate::upgrade::{Comparison, WHOLE_MESSAGE, compare, uses};

/// Show what changes when a legacy template is upgraded to Customer.io's latest Liquid
///
/// For templates in legacy Liquid, which accounts created before 28 November 2023 use. Renders each of their requests with
/// both versions, and shows the fields that differ and the expressions that cause it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof upgrade order_shipped
  inkproof upgrade '*' --format jsonl  one JSON object per template, for scripts
  inkproof check --fix order_shipped   apply the rewrites that render the same in both")]
pub(super) struct Upgrade {
    /// Names, patterns or paths of templates or requests
    #[arg(required = true, add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

/// The formats of an upgrade report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum UpgradeFormat {
    /// Each difference with the output of both versions
    Full,
    /// One line per difference
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
}

impl RunCommand for Upgrade {
    type Format = UpgradeFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let (project, mut outcome) = global.open_project()?;
        let cases = project.in_every_language(&project.select(&self.names)?);
        let templates = project.select_templates(&self.names)?;
        let mut out = BufWriter::new(io::stdout().lock());
        let mut separator = "[";
        for template in templates {
            let own: Vec<_> = cases.iter().filter(|case| std::ptr::eq(case.template, template)).collect();
            let report = Report::new(&project, template, &own, global);
            if report.has_changes() {
                outcome = outcome.and(Outcome::Findings);
            }
            match format {
                UpgradeFormat::Json => {
                    write!(out, "{separator}{}", report.json()?)?;
                    separator = ",";
                }
                UpgradeFormat::JsonLines => writeln!(out, "{}", report.json()?)?,
                UpgradeFormat::Concise => report.write_concise(&mut out)?,
                UpgradeFormat::Full => report.write(&mut out)?,
            }
        }
        if format == UpgradeFormat::Json {
            writeln!(out, "{}]", if separator == "[" { "[" } else { "" })?;
        }
        out.flush()?;
        Ok(outcome)
    }
}

/// The report about a template.
struct Report<'p> {
    template: &'p Template,
    /// The expressions that render differently, in source order, those of snippets last.
    expressions: Vec<Expression>,
    comparisons: Vec<(&'p str, Comparison)>,
    /// Why the template is not valid legacy Liquid.
    problems: Diagnostics,
}

/// An expression and how its result changes.
struct Expression {
    location: Location,
    message: String,
}

impl<'p> Report<'p> {
    fn new(project: &'p Project, template: &'p Template, cases: &[&Case<'p>], global: &Global) -> Self {
        let (workspace, arena) = (project.workspace(), Arena::new());
        let legacy = template.in_version(Version::Legacy);
        let mut report =
            Self { template, expressions: Vec::new(), comparisons: Vec::new(), problems: Diagnostics::new() };
        let compiled = match legacy.compile(&workspace, &arena) {
            Ok(compiled) => compiled,
            Err(problems) => {
                report.problems = problems;
                return report;
            }
        };
        for text in compiled.texts() {
            let found = uses(&text.liquid).into_iter();
            report.expressions.extend(found.map(|found| Expression {
                location: template.source().at(text.place.range(Some(found.span))),
                message: found.message,
            }));
        }
        report.expressions.extend(uses_in_snippets(&legacy, &workspace));
        for case in cases {
            let comparison = compare(template, &workspace, case.customer, case.request, &global.render_options());
            for culprit in &comparison.culprits {
                // A known difference inside the expression is more precise.
                if !report.expressions.iter().any(|known| is_within(&known.location, &culprit.location)) {
                    let (location, message) = (culprit.location.clone(), culprit.message.clone());
                    report.expressions.push(Expression { location, message });
                }
            }
            report.comparisons.push((case.request.name(), comparison));
        }
        let file = template.source().name();
        report.expressions.sort_by(|left, right| {
            let key = |expression: &Expression| {
                let (name, range) = (expression.location.source().name().to_owned(), expression.location.range());
                (name != file, name, range.start, range.end)
            };
            key(left).cmp(&key(right))
        });
        report
    }

    fn has_changes(&self) -> bool {
        let differs = |(_, comparison): &(&str, Comparison)| !comparison.changes.is_empty() || comparison.has_failed();
        !self.problems.is_empty() || !self.expressions.is_empty() || self.comparisons.iter().any(differs)
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let source = self.template.source();
        writeln!(out, "{}", sanitize::line(source.name()))?;
        for problem in &self.problems {
            writeln!(out, "  not valid legacy Liquid: {}", sanitize::line(&one_line(problem)))?;
        }
        if !self.has_changes() {
            writeln!(out, "  nothing changes")?;
        }
        for Expression { location, message } in &self.expressions {
            let start = location.start();
            let place = if location.source().name() == source.name() {
                format!("{}:{}", start.line, start.column)
            } else {
                location.to_string()
            };
            writeln!(out, "  {}  {}", sanitize::line(&place), sanitize::line(location.text().trim()))?;
            writeln!(out, "    {}", sanitize::line(message))?;
        }
        for (request, comparison) in &self.comparisons {
            if comparison.changes.is_empty() && !comparison.has_failed() {
                continue;
            }
            writeln!(out, "  {}", sanitize::line(request))?;
            for FieldChange { field, from, to } in &comparison.changes {
                writeln!(out, "    {}", sanitize::line(field))?;
                writeln!(out, "      legacy  {}", sanitize::line(&shown(field, from.as_ref())))?;
                writeln!(out, "      latest  {}", sanitize::line(&shown(field, to.as_ref())))?;
            }
            for failure in failures(comparison) {
                writeln!(out, "    {}", sanitize::line(&failure))?;
            }
        }
        Ok(())
    }

    /// A line for each expression, field and failure.
    fn write_concise(&self, out: &mut impl Write) -> io::Result<()> {
        let mut line = |text: String| writeln!(out, "{}", sanitize::line(&text));
        for problem in &self.problems {
            line(format!("{}: not valid legacy Liquid: {}", place(problem), problem.message))?;
        }
        for Expression { location, message } in &self.expressions {
            line(format!("{location}: {message}"))?;
        }
        for (request, comparison) in &self.comparisons {
            for FieldChange { field, from, to } in &comparison.changes {
                let (from, to) = (shown(field, from.as_ref()), shown(field, to.as_ref()));
                line(format!("{request}: {field}: {from} → {to}"))?;
            }
            for failure in failures(comparison) {
                line(format!("{request}: {failure}"))?;
            }
        }
        Ok(())
    }

    fn json(&self) -> io::Result<String> {
        let line = ReportLine {
            template: self.template.name(),
            language: self.template.language(),
            file: self.template.source().name(),
            expressions: self.expressions.iter().map(ExpressionLine::new).collect(),
            requests: self.comparisons.iter().map(|(name, comparison)| RequestLine::new(name, comparison)).collect(),
            diagnostics: &self.problems,
        };
        Ok(sanitize::json(&serde_json::to_string(&line)?).into_owned())
    }
}

/// The expressions in a template's snippets that render differently.
fn uses_in_snippets(template: &Template, workspace: &Workspace<'_>) -> Vec<Expression> {
    let arena = Arena::new();
    let language = workspace.language(template.settings());
    let mut found = Vec::new();
    for snippet in workspace.snippets_of(template) {
        for text in snippet.texts(&arena) {
            let Ok(parsed) = liquid::Template::parse(text, language, &arena) else { continue };
            found.extend(uses(&parsed).into_iter().map(|found| {
                // Strings in a JSON snippet are escaped in its file, so spans do not match.
                let range = if snippet.kind() == SnippetKind::Text { found.span.range() } else { 0..0 };
                Expression { location: snippet.source().at(range), message: found.message }
            }));
        }
    }
    found
}

fn is_within(inner: &Location, outer: &Location) -> bool {
    let (own, range) = (inner.range(), outer.range());
    inner.source().name() == outer.source().name() && range.start <= own.start && own.end <= range.end
}

/// The value of a field in one of the two versions.
fn shown(field: &str, value: Option<&serde_json::Value>) -> String {
    let missing = if field == WHOLE_MESSAGE { "no message" } else { "no such field" };
    value.map_or_else(|| missing.to_owned(), ToString::to_string)
}

/// Why a message fails in each of the two versions.
fn failures(comparison: &Comparison) -> Vec<String> {
    let failed = |what: &'static str, problems: &Diagnostics| {
        problems.iter().map(|problem| format!("{what} fails: {}", one_line(problem))).collect::<Vec<_>>()
    };
    [failed("the legacy Liquid", &comparison.legacy), failed("the latest Liquid", &comparison.latest)].concat()
}

/// A problem in one line.
fn one_line(problem: &Diagnostic) -> String {
    format!("{}: {}", place(problem), problem.message)
}

fn place(problem: &Diagnostic) -> String {
    problem.location().map(ToString::to_string).unwrap_or_default()
}

/// A report in the JSON output.
#[derive(Serialize)]
struct ReportLine<'a> {
    template: &'a str,
    language: Option<&'a str>,
    file: &'a str,
    expressions: Vec<ExpressionLine<'a>>,
    requests: Vec<RequestLine<'a>>,
    diagnostics: &'a Diagnostics,
}

#[derive(Serialize)]
struct ExpressionLine<'a> {
    file: &'a str,
    start: Position,
    end: Position,
    text: &'a str,
    message: &'a str,
}

impl<'a> ExpressionLine<'a> {
    fn new(expression: &'a Expression) -> Self {
        let Expression { location, message } = expression;
        let (start, end) = (location.start(), location.end());
        Self { file: location.source().name(), start, end, text: location.text(), message }
    }
}

#[derive(Serialize)]
struct RequestLine<'a> {
    request: &'a str,
    changes: &'a [FieldChange],
    legacy: &'a Diagnostics,
    latest: &'a Diagnostics,
}

impl<'a> RequestLine<'a> {
    fn new(request: &'a str, comparison: &'a Comparison) -> Self {
        Self { request, changes: &comparison.changes, legacy: &comparison.legacy, latest: &comparison.latest }
    }
}
