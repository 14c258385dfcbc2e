//! `inkproof upgrade`: what becomes of templates once Customer.io renders them with the latest Liquid.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Failure, Global, Outcome, completions};
use crate::customerio::Version;
use crate::diagnostics::sanitize;
use crate::liquid::Arena;
use crate::message::Template;
use crate::project::{Case, Project};
use crate::upgrade::{Comparison, FieldChange, compare, uses};

/// Show what changes once Customer.io renders a template with its latest Liquid
///
/// Takes templates that are written in the legacy Liquid, which accounts from before 28 November 2023 have, renders each of their
/// requests with both, and shows which fields come out otherwise and which expressions did it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof upgrade order_shipped
  inkproof check --fix order_shipped   carries out the rewrites that both print alike")]
pub(super) struct Upgrade {
    /// Templates, requests or patterns
    #[arg(required = true, add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
}

impl Upgrade {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let (project, mut outcome) = global.open_project()?;
        let cases = project.select(&self.names)?;
        let templates = project.select_templates(&self.names)?;
        let mut out = BufWriter::new(io::stdout().lock());
        for template in templates.iter().flat_map(|template| template.with_variants()) {
            let own: Vec<_> = cases.iter().filter(|case| std::ptr::eq(case.template, template)).collect();
            let report = Report::of(&project, template, &own, global);
            if report.is_anything() {
                outcome = outcome.and(Outcome::Findings);
            }
            report.write(&mut out)?;
        }
        out.flush()?;
        Ok(outcome)
    }
}

/// What there is to say of a template.
struct Report<'p> {
    template: &'p Template,
    /// The expressions that mean something else, by their place, each with what becomes of it.
    expressions: BTreeMap<(usize, usize), String>,
    comparisons: Vec<(&'p str, Comparison)>,
    /// Why it cannot be read as legacy Liquid.
    problems: Vec<String>,
}

impl<'p> Report<'p> {
    fn of(project: &'p Project, template: &'p Template, cases: &[&Case<'p>], global: &Global) -> Self {
        let (workspace, arena) = (project.workspace(), Arena::new());
        let legacy = template.in_version(Version::Legacy);
        let mut report = Self { template, expressions: BTreeMap::new(), comparisons: Vec::new(), problems: Vec::new() };
        let compiled = match legacy.compile(&workspace, &arena) {
            Ok(compiled) => compiled,
            Err(problems) => {
                let told = problems.iter().map(|problem| {
                    let place = problem.location().map(ToString::to_string).unwrap_or_default();
                    format!("{place}: {}", problem.message)
                });
                report.problems.extend(told);
                return report;
            }
        };
        for text in compiled.texts() {
            for found in uses(&text.liquid) {
                let range = text.place.range(Some(found.span));
                report.expressions.insert((range.start, range.end), found.message);
            }
        }
        for case in cases {
            let comparison = compare(template, &workspace, case.customer, case.request, &global.circumstances());
            for culprit in &comparison.culprits {
                // What stands in it and is known to differ says more.
                let is_within =
                    |(start, end): &(usize, usize)| culprit.range.start <= *start && *end <= culprit.range.end;
                if !report.expressions.keys().any(is_within) {
                    report.expressions.insert((culprit.range.start, culprit.range.end), culprit.message.clone());
                }
            }
            report.comparisons.push((case.request.name(), comparison));
        }
        report
    }

    fn is_anything(&self) -> bool {
        let differs = |(_, comparison): &(&str, Comparison)| !comparison.changes.is_empty();
        !self.problems.is_empty() || !self.expressions.is_empty() || self.comparisons.iter().any(differs)
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let source = self.template.source();
        writeln!(out, "{}", sanitize::line(source.name()))?;
        for problem in &self.problems {
            writeln!(out, "  no legacy Liquid: {}", sanitize::line(problem))?;
        }
        if !self.is_anything() {
            writeln!(out, "  nothing changes")?;
        }
        for ((start, end), message) in &self.expressions {
            let range: Range<usize> = *start..*end;
            let place = source.line_column(*start);
            let text = source.text().get(range).unwrap_or_default().trim();
            writeln!(out, "  {}:{}  {}", place.line, place.column, sanitize::line(text))?;
            writeln!(out, "    {}", sanitize::line(message))?;
        }
        for (request, comparison) in &self.comparisons {
            if comparison.changes.is_empty() && comparison.problems.is_empty() {
                continue;
            }
            writeln!(out, "  {}", sanitize::line(request))?;
            for FieldChange { field, before, after } in &comparison.changes {
                let shown = |value: &Option<serde_json::Value>| {
                    value.as_ref().map_or_else(|| "no message".to_owned(), ToString::to_string)
                };
                writeln!(out, "    {}", sanitize::line(field))?;
                writeln!(out, "      legacy  {}", sanitize::line(&shown(before)))?;
                writeln!(out, "      latest  {}", sanitize::line(&shown(after)))?;
            }
            for problem in &comparison.problems {
                let place = problem.location().map(ToString::to_string).unwrap_or_default();
                writeln!(
                    out,
                    "    the latest Liquid fails: {}: {}",
                    sanitize::line(&place),
                    sanitize::line(&problem.message)
                )?;
            }
        }
        Ok(())
    }
}
