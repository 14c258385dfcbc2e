//! Judging: applies every rule to every template, and adds what reading and rendering have found.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::ignore::Ignores;
use super::schema_violation::{of_other_customers, of_requests, of_their_customers};
use super::{Findings, RULES, Table, TemplateFacts, rule};
use crate::analysis::Coverage;
use crate::contract::Schemas;
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::liquid::Arena;
use crate::message::{RenderOptions, Template};
use crate::project::{Case, Level, Project, TemplateId};
use crate::threads::on_all_cores;

const UNDEFINED_VARIABLE: &str = "undefined-variable";
const MISSING_DATA: &str = "missing-data";
const RENDER_ERROR: &str = "render-error";
const UNKNOWN_RULE: Code = Code::new("unknown-rule");

/// The result of judging.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// All findings, in reading order.
    pub findings: Diagnostics,
    /// A table for each template that could be parsed.
    pub tables: Vec<Table>,
    /// The coverage of each template that could be parsed.
    pub coverage: Vec<Coverage>,
}

/// The data that a template is judged with.
#[derive(Clone, Copy, Debug)]
enum Data<'d> {
    Cases {
        own: &'d [Case<'d>],
        /// Whether these are all cases of the template in the project, in every language.
        is_complete: bool,
    },
    Json {
        text: &'d str,
        name: &'d str,
    },
}

/// Judges templates, each with its own `cases`, and the project that contains them.
#[must_use]
pub fn judge(
    project: &Project,
    templates: &[&Template],
    cases: &[Case<'_>],
    render_options: &RenderOptions,
) -> Judgement {
    Judgement::from_parts(project, judge_each(project, templates, cases, render_options, &|| ()))
}

/// Judges each template separately, and calls `step` after each. [`Judgement::from_parts`] combines the results.
#[must_use]
pub fn judge_each<'t>(
    project: &Project,
    templates: &[&'t Template],
    cases: &[Case<'_>],
    render_options: &RenderOptions,
    step: &(dyn Fn() + Sync),
) -> Vec<Judgement> {
    let mut own: HashMap<TemplateId, Vec<Case<'_>>> = HashMap::new();
    for (id, case) in cases.iter().filter_map(|case| Some((project.template_id(case.template)?, *case))) {
        own.entry(id).or_default().push(case);
    }
    let mut counts: HashMap<TemplateId, usize> = HashMap::new();
    for id in project.in_every_language(&project.cases()).iter().filter_map(|case| project.template_id(case.template)) {
        *counts.entry(id).or_default() += 1;
    }
    let with_own = |template: &&'t Template| {
        let id = project.template_id(template);
        let own = id.and_then(|id| own.remove(&id)).unwrap_or_default();
        let is_complete = own.len() == id.and_then(|id| counts.get(&id)).copied().unwrap_or_default();
        (*template, own, is_complete)
    };
    let templates: Vec<(&Template, Vec<Case<'_>>, bool)> = templates.iter().map(with_own).collect();
    let schemas = Schemas::of(project);
    let judge_one = |(template, own, is_complete): &(&Template, Vec<Case<'_>>, bool)| {
        let mut judgement =
            judge_template(project, &schemas, template, Data::Cases { own, is_complete: *is_complete }, render_options);
        judgement.findings.extend(of_their_customers(&schemas, own));
        step();
        judgement
    };
    on_all_cores(|| templates.par_iter().map(judge_one).collect())
}

/// Judges a template in each of its languages with one JSON object as its `trigger`. `name` is the name of the data in
/// findings.
#[must_use]
pub fn judge_data(
    project: &Project,
    template: &Template,
    text: &str,
    name: &str,
    render_options: &RenderOptions,
) -> Judgement {
    let schemas = Schemas::of(project);
    let judge_one = |variant| judge_template(project, &schemas, variant, Data::Json { text, name }, render_options);
    template.with_variants().map(judge_one).collect::<Judgement>().finish(project)
}

impl Judgement {
    /// Combines the judgements of single templates, and adds the problems of the project.
    #[must_use]
    pub fn from_parts(project: &Project, judgements: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        all.findings.extend(unknown_rules(project));
        all.findings.extend(problems_not_ignored(project));
        let schemas = Schemas::of(project);
        all.findings.extend(schemas.problems().iter().cloned());
        all.findings.extend(of_other_customers(&schemas, project));
        all.extend(judgements);
        all.finish(project)
    }

    fn finish(mut self, project: &Project) -> Self {
        self.findings = with_configured_severity(self.findings, &project.config().rules);
        self.findings.tidy();
        self
    }
}

impl Extend<Self> for Judgement {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, judgements: I) {
        for judgement in judgements {
            self.findings.extend(judgement.findings);
            self.tables.extend(judgement.tables);
            self.coverage.extend(judgement.coverage);
        }
    }
}

impl FromIterator<Self> for Judgement {
    fn from_iter<I: IntoIterator<Item = Self>>(judgements: I) -> Self {
        let mut all = Self::default();
        all.extend(judgements);
        all
    }
}

fn judge_template(
    project: &Project,
    schemas: &Schemas,
    template: &Template,
    data: Data<'_>,
    render_options: &RenderOptions,
) -> Judgement {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let ignores = ignores_in(project, template);
    let compiled = match template.compile(&workspace, &arena) {
        Ok(compiled) => compiled,
        Err(problems) => {
            return Judgement { findings: ignores.apply(problems, false), ..Judgement::default() };
        }
    };
    let facts = match data {
        Data::Cases { own, .. } => TemplateFacts::gather(&compiled, own, render_options, &arena),
        Data::Json { text, name } => TemplateFacts::gather_data(&compiled, text, name, project, render_options, &arena),
    };
    let is_legacy = version_of(compiled.language()) == Some(Version::Legacy);
    let mut found = facts.problems.clone();
    if let Data::Cases { own, .. } = data {
        found.extend(of_requests(schemas, template, own));
    }
    for rule in RULES.iter() {
        if let Some(check) = rule.check.filter(|_| !(is_legacy && rule.is_latest_only)) {
            let mut findings = Findings::new(rule.code, rule.severity);
            check(&facts, &mut findings);
            found.extend(findings.into_diagnostics());
        }
    }
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let problems: Vec<_> = renderings.flat_map(|rendering| rendering.problems.iter().cloned()).collect();
    let is_reported_as_error = |finding: &Diagnostic| {
        configured_severity(finding, &project.config().rules) == Some(Severity::Error) && !ignores.hides(finding)
    };
    for problem in problems {
        if !is_reported(&problem, &found, is_reported_as_error) {
            found.push(problem);
        }
    }
    found.tidy();
    // A case that was not judged may need an ignore.
    let is_all = matches!(data, Data::Cases { is_complete: true, .. });
    let name = template.source().name();
    let is_here = |problem: &&Diagnostic| problem.location().is_some_and(|place| place.source().name() == name);
    // The project reports these itself. Here they only show that an ignore is used.
    found.extend(project.problems().iter().filter(is_here).filter(|problem| ignores.hides(problem)).cloned());
    let findings = ignores.apply(found, is_all);
    Judgement { findings, tables: vec![Table::from_facts(&facts)], coverage: vec![facts.coverage()] }
}

fn ignores_in<'t>(project: &Project, template: &'t Template) -> Ignores<'t> {
    Ignores::from_template(template, project.workspace().language(template.settings()).dialect().reading)
}

/// The problems of the project's files, without those that their templates ignore.
fn problems_not_ignored(project: &Project) -> Diagnostics {
    fn file(problem: &Diagnostic) -> Option<&str> {
        problem.location().map(|place| place.source().name())
    }
    let files: HashSet<_> = project.problems().iter().filter_map(file).collect();
    let templates = project.templates().iter().flat_map(Template::with_variants);
    let templates = templates.filter(|template| files.contains(template.source().name()));
    let ignores: HashMap<_, _> =
        templates.map(|template| (template.source().name(), ignores_in(project, template))).collect();
    let is_kept = |problem: &&Diagnostic| {
        let ignores = file(problem).and_then(|file| ignores.get(file));
        ignores.is_none_or(|ignores| !ignores.hides(problem))
    };
    project.problems().iter().filter(is_kept).cloned().collect()
}

/// Whether a problem that ended a render has been found without rendering as well, at the same location. A missing
/// variable may have been found by several rules. Warnings do not say that the message is lost, so they only count if
/// they are reported as errors. Findings of `missing-data` count even if they are ignored, so that the same problem is
/// not reported under another name.
fn is_reported(problem: &Diagnostic, found: &Diagnostics, is_reported_as_error: impl Fn(&Diagnostic) -> bool) -> bool {
    let says_it = |finding: &Diagnostic| match (problem.code.as_str(), finding.code.as_str()) {
        (UNDEFINED_VARIABLE, MISSING_DATA | UNDEFINED_VARIABLE) => true,
        (UNDEFINED_VARIABLE, "default-too-late" | "fragile-collection") | (RENDER_ERROR, _) => {
            is_reported_as_error(finding)
        }
        _ => false,
    };
    found
        .iter()
        .any(|finding| finding.labels().any(|label| Some(&label.location) == problem.location()) && says_it(finding))
}

/// The severity of a finding by the configuration. `None` if the rule is off.
fn configured_severity(finding: &Diagnostic, levels: &BTreeMap<String, Level>) -> Option<Severity> {
    match levels.get(finding.code.as_str()) {
        None => Some(finding.severity),
        Some(Level::Off) => None,
        Some(Level::Info) => Some(Severity::Info),
        Some(Level::Warning) => Some(Severity::Warning),
        Some(Level::Error) => Some(Severity::Error),
    }
}

/// Findings with their configured severity, without those of rules that are off.
fn with_configured_severity(findings: Diagnostics, levels: &BTreeMap<String, Level>) -> Diagnostics {
    let configured = findings
        .into_iter()
        .filter_map(|finding| configured_severity(&finding, levels).map(|severity| Diagnostic { severity, ..finding }));
    configured.collect()
}

/// Findings for rules that the configuration names, but that do not exist.
fn unknown_rules(project: &Project) -> impl Iterator<Item = Diagnostic> {
    project.named_rules().filter(|(name, _)| rule(name).is_none()).map(|(name, place)| {
        Diagnostic::error(UNKNOWN_RULE, format!("there is no rule `{name}`"))
            .at(place.clone())
            .suggest(name, RULES.iter().map(|rule| rule.code.as_str()))
    })
}
