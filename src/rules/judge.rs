//! Judging: every rule on every template, with what the rooms below have found already.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::{Findings, RULES, Table, TemplateFacts, ignore, rule};
use crate::analysis::Coverage;
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::liquid::Arena;
use crate::message::{Circumstances, Template};
use crate::project::{Case, Level, Project};
use crate::threads::on_all_cores;

const UNDEFINED_VARIABLE: &str = "undefined-variable";
const MISSING_DATA: &str = "missing-data";
const RENDER_ERROR: &str = "render-error";
const UNKNOWN_RULE: Code = Code::new("unknown-rule");

/// What came of judging.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Everything that was found, in reading order.
    pub findings: Diagnostics,
    /// A table for each template that could be read.
    pub tables: Vec<Table>,
    /// What of each template that could be read its requests come to.
    pub coverage: Vec<Coverage>,
}

/// What a template is judged with.
#[derive(Clone, Copy, Debug)]
enum Data<'d> {
    Cases(&'d [Case<'d>]),
    Json { text: &'d str, name: &'d str },
}

/// Judges templates, each with those of `cases` that are its own, and the project that they stand in.
#[must_use]
pub fn judge(
    project: &Project,
    templates: &[&Template],
    cases: &[Case<'_>],
    circumstances: &Circumstances,
) -> Judgement {
    Judgement::of_all(project, judge_each(project, templates, cases, circumstances, &|| ()))
}

/// Judges templates, each for itself, and calls `step` after each. [`Judgement::of_all`] makes one judgement of it.
#[must_use]
pub fn judge_each<'t>(
    project: &Project,
    templates: &[&'t Template],
    cases: &[Case<'_>],
    circumstances: &Circumstances,
    step: &(dyn Fn() + Sync),
) -> Vec<Judgement> {
    let mut own: HashMap<*const Template, Vec<Case<'_>>> = HashMap::new();
    for case in cases {
        own.entry(std::ptr::from_ref(case.template)).or_default().push(*case);
    }
    let with_own =
        |template: &&'t Template| (*template, own.remove(&std::ptr::from_ref(*template)).unwrap_or_default());
    let templates: Vec<(&Template, Vec<Case<'_>>)> = templates.iter().map(with_own).collect();
    let judge_one = |(template, own): &(&Template, Vec<Case<'_>>)| {
        let judgement = judge_template(project, template, Data::Cases(own), circumstances);
        step();
        judgement
    };
    on_all_cores(|| templates.par_iter().map(judge_one).collect())
}

/// Judges a template with one JSON object as its `trigger`, which people call `name`.
#[must_use]
pub fn judge_data(
    project: &Project,
    template: &Template,
    text: &str,
    name: &str,
    circumstances: &Circumstances,
) -> Judgement {
    judge_template(project, template, Data::Json { text, name }, circumstances).finish(project)
}

impl Judgement {
    /// One judgement of those of single templates, with what is wrong with the project that they stand in.
    #[must_use]
    pub fn of_all(project: &Project, judgements: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        all.findings.extend(unknown_rules(project));
        all.findings.extend(project.problems().iter().cloned());
        for judgement in judgements {
            all.findings.extend(judgement.findings);
            all.tables.extend(judgement.tables);
            all.coverage.extend(judgement.coverage);
        }
        all.finish(project)
    }

    fn finish(mut self, project: &Project) -> Self {
        self.findings = graded(self.findings, &project.config().rules);
        self.findings.tidy();
        self
    }
}

fn judge_template(project: &Project, template: &Template, data: Data<'_>, circumstances: &Circumstances) -> Judgement {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let compiled = match template.compile(&workspace, &arena) {
        Ok(compiled) => compiled,
        Err(problems) => {
            return Judgement { findings: ignore::apply(template, problems), ..Judgement::default() };
        }
    };
    let facts = match data {
        Data::Cases(cases) => TemplateFacts::gather(&compiled, cases, circumstances, &arena),
        Data::Json { text, name } => TemplateFacts::gather_data(&compiled, text, name, project, circumstances, &arena),
    };
    let is_legacy = version_of(compiled.language()) == Some(Version::Legacy);
    let mut found = compiled.warnings().clone();
    for rule in RULES.iter() {
        if let Some(check) = rule.check.filter(|_| !(is_legacy && rule.is_latest_only)) {
            let mut findings = Findings::new(rule.code, rule.severity);
            check(&facts, &mut findings);
            found.extend(findings.into_diagnostics());
        }
    }
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let told: Vec<_> = renderings.flat_map(|rendering| rendering.problems.iter().cloned()).collect();
    for problem in told {
        if !is_told(&problem, &found) {
            found.push(problem);
        }
    }
    found.tidy();
    let findings = ignore::apply(template, found);
    Judgement { findings, tables: vec![Table::of(&facts)], coverage: vec![facts.coverage()] }
}

/// Whether what ended a render is among what was found without rendering: a missing variable under several names, anything
/// else as an error at the same place.
fn is_told(problem: &Diagnostic, found: &Diagnostics) -> bool {
    let says_it = |finding: &Diagnostic| match problem.code.as_str() {
        UNDEFINED_VARIABLE => matches!(
            finding.code.as_str(),
            MISSING_DATA | UNDEFINED_VARIABLE | "default-too-late" | "fragile-collection"
        ),
        RENDER_ERROR => finding.severity == Severity::Error,
        _ => false,
    };
    found
        .iter()
        .any(|finding| says_it(finding) && finding.labels().any(|label| Some(&label.location) == problem.location()))
}

/// Findings as grave as the configuration has them, without those that are off.
fn graded(findings: Diagnostics, levels: &BTreeMap<String, Level>) -> Diagnostics {
    let graded = findings.into_iter().filter_map(|mut finding| {
        match levels.get(finding.code.as_str()) {
            None => {}
            Some(Level::Off) => return None,
            Some(Level::Info) => finding.severity = Severity::Info,
            Some(Level::Warning) => finding.severity = Severity::Warning,
            Some(Level::Error) => finding.severity = Severity::Error,
        }
        Some(finding)
    });
    graded.collect()
}

/// Rules that the configuration names and that there are not.
fn unknown_rules(project: &Project) -> impl Iterator<Item = Diagnostic> {
    project.named_rules().filter(|(name, _)| rule(name).is_none()).map(|(name, place)| {
        Diagnostic::error(UNKNOWN_RULE, format!("there is no rule `{name}`"))
            .at(place.clone())
            .suggest(name, RULES.iter().map(|rule| rule.code.as_str()))
    })
}
