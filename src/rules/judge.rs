//! Judging: every rule on every template, with what the rooms below have found already.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::ignore::Ignores;
use super::{Findings, RULES, Table, TemplateFacts, rule};
use crate::analysis::Coverage;
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
    Cases {
        own: &'d [Case<'d>],
        /// Whether these are all that the project has, in every language.
        are_all: bool,
    },
    Json {
        text: &'d str,
        name: &'d str,
    },
}

/// Judges templates, each with those of `cases` that are its own, and the project that they stand in.
#[must_use]
pub fn judge(
    project: &Project,
    templates: &[&Template],
    cases: &[Case<'_>],
    render_options: &RenderOptions,
) -> Judgement {
    Judgement::of_all(project, judge_each(project, templates, cases, render_options, &|| ()))
}

/// Judges templates, each for itself, and calls `step` after each. [`Judgement::of_all`] makes one judgement of it.
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
        let are_all = own.len() == id.and_then(|id| counts.get(&id)).copied().unwrap_or_default();
        (*template, own, are_all)
    };
    let templates: Vec<(&Template, Vec<Case<'_>>, bool)> = templates.iter().map(with_own).collect();
    let judge_one = |(template, own, are_all): &(&Template, Vec<Case<'_>>, bool)| {
        let judgement = judge_template(project, template, Data::Cases { own, are_all: *are_all }, render_options);
        step();
        judgement
    };
    on_all_cores(|| templates.par_iter().map(judge_one).collect())
}

/// Judges a template in each of its languages with one JSON object as its `trigger`, which people call `name`.
#[must_use]
pub fn judge_data(
    project: &Project,
    template: &Template,
    text: &str,
    name: &str,
    render_options: &RenderOptions,
) -> Judgement {
    let judge_one = |variant| judge_template(project, variant, Data::Json { text, name }, render_options);
    template.with_variants().map(judge_one).collect::<Judgement>().finish(project)
}

impl Judgement {
    /// One judgement of those of single templates, with what is wrong with the project that they stand in.
    #[must_use]
    pub fn of_all(project: &Project, judgements: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        all.findings.extend(unknown_rules(project));
        all.findings.extend(minded_problems(project));
        all.extend(judgements);
        all.finish(project)
    }

    fn finish(mut self, project: &Project) -> Self {
        self.findings = graded(self.findings, &project.config().rules);
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

fn judge_template(project: &Project, template: &Template, data: Data<'_>, render_options: &RenderOptions) -> Judgement {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let ignores = ignores_of(project, template);
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
    for rule in RULES.iter() {
        if let Some(check) = rule.check.filter(|_| !(is_legacy && rule.is_latest_only)) {
            let mut findings = Findings::new(rule.code, rule.severity);
            check(&facts, &mut findings);
            found.extend(findings.into_diagnostics());
        }
    }
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let told: Vec<_> = renderings.flat_map(|rendering| rendering.problems.iter().cloned()).collect();
    let is_told_as_error = |finding: &Diagnostic| {
        grade(finding, &project.config().rules) == Some(Severity::Error) && !ignores.hides(finding)
    };
    for problem in told {
        if !is_told(&problem, &found, is_told_as_error) {
            found.push(problem);
        }
    }
    found.tidy();
    // Whatever was not judged may need what is ignored.
    let is_all = matches!(data, Data::Cases { are_all: true, .. });
    let name = template.source().name();
    let is_here = |problem: &&Diagnostic| problem.location().is_some_and(|place| place.source().name() == name);
    // They are told with the project, unless they are ignored.
    found.extend(project.problems().iter().filter(is_here).filter(|problem| ignores.hides(problem)).cloned());
    let findings = ignores.apply(found, is_all);
    Judgement { findings, tables: vec![Table::of(&facts)], coverage: vec![facts.coverage()] }
}

fn ignores_of<'t>(project: &Project, template: &'t Template) -> Ignores<'t> {
    Ignores::of(template, project.workspace().language(template.settings()).dialect().reading)
}

/// What is wrong with the project's files, but for what the templates that it is in do not mind.
fn minded_problems(project: &Project) -> Diagnostics {
    fn file(problem: &Diagnostic) -> Option<&str> {
        problem.location().map(|place| place.source().name())
    }
    let files: HashSet<_> = project.problems().iter().filter_map(file).collect();
    let templates = project.templates().iter().flat_map(Template::with_variants);
    let templates = templates.filter(|template| files.contains(template.source().name()));
    let ignores: HashMap<_, _> =
        templates.map(|template| (template.source().name(), ignores_of(project, template))).collect();
    let is_minded = |problem: &&Diagnostic| {
        let ignores = file(problem).and_then(|file| ignores.get(file));
        ignores.is_none_or(|ignores| !ignores.hides(problem))
    };
    project.problems().iter().filter(is_minded).cloned().collect()
}

/// Whether what ended a render is among what was found without rendering: a missing variable under several names, anything
/// else as an error at the same place. What is only doubtful tells no loss, unless it is told as an error; but who does not
/// mind what is missing is not told of it by another name.
fn is_told(problem: &Diagnostic, found: &Diagnostics, is_told_as_error: impl Fn(&Diagnostic) -> bool) -> bool {
    let says_it = |finding: &Diagnostic| match (problem.code.as_str(), finding.code.as_str()) {
        (UNDEFINED_VARIABLE, MISSING_DATA | UNDEFINED_VARIABLE) => true,
        (UNDEFINED_VARIABLE, "default-too-late" | "fragile-collection") | (RENDER_ERROR, _) => {
            is_told_as_error(finding)
        }
        _ => false,
    };
    found
        .iter()
        .any(|finding| finding.labels().any(|label| Some(&label.location) == problem.location()) && says_it(finding))
}

/// How grave the configuration has a finding; none where it is off.
fn grade(finding: &Diagnostic, levels: &BTreeMap<String, Level>) -> Option<Severity> {
    match levels.get(finding.code.as_str()) {
        None => Some(finding.severity),
        Some(Level::Off) => None,
        Some(Level::Info) => Some(Severity::Info),
        Some(Level::Warning) => Some(Severity::Warning),
        Some(Level::Error) => Some(Severity::Error),
    }
}

/// Findings as grave as the configuration has them, without those that are off.
fn graded(findings: Diagnostics, levels: &BTreeMap<String, Level>) -> Diagnostics {
    let graded = findings
        .into_iter()
        .filter_map(|finding| grade(&finding, levels).map(|severity| Diagnostic { severity, ..finding }));
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
