//! Judging: applies every rule to every template, and adds what reading and rendering have found.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::ignore::Ignores;
use super::losses::LossSearch;
use super::schema_mismatch;
use super::schema_violation::{of_other_customers, of_requests, of_their_customers};
use super::{
    Findings, JudgeOptions, RULES, Table, TemplateFacts, TemplateVerdict, misspelled_name, not_liquid, repaired, rule,
};
use crate::analysis::{Coverage, Read};
use crate::contract::Schemas;
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Severity};
use crate::liquid::Arena;
use crate::message::{CompiledTemplate, RenderOptions, Template, Workspace};
use crate::project::{Case, Level, Project, SendStatus, TemplateId};
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
    /// How sure it is of each template that no data loses its message; empty if a payload was judged.
    pub verdicts: Vec<TemplateVerdict>,
    /// Why messages are lost that are meant to be, as infos, until they are among all findings. The configured severity of
    /// rules does not apply to them.
    pub expected_losses: Diagnostics,
}

/// The data that a template is judged with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Data<'d> {
    Cases {
        own: &'d [Case<'d>],
        /// Whether these are all cases of the template in the project, in every language.
        is_complete: bool,
    },
    /// A payload, for one customer.
    Payload(Case<'d>),
}

/// Judges templates, each with its own `cases`, and the project that contains them.
#[must_use]
pub fn judge(project: &Project, templates: &[&Template], cases: &[Case<'_>], options: &JudgeOptions) -> Judgement {
    let schemas = Schemas::of(project);
    Judgement::from_parts(project, &schemas, judge_each(project, &schemas, templates, cases, options, &|| ()))
}

/// Judges each template separately, and calls `step` after each. [`Judgement::from_parts`] combines the results.
#[must_use]
pub fn judge_each<'t>(
    project: &Project,
    schemas: &Schemas,
    templates: &[&'t Template],
    cases: &[Case<'_>],
    options: &JudgeOptions,
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
    judge_all(&templates, options, |(template, own, is_complete), options| {
        let judgement = judge_one(project, schemas, template, own, *is_complete, options);
        step();
        judgement
    })
}

/// Judges each template separately, with all its cases, as [`Project::templates_with_cases`] returns them.
#[must_use]
pub fn judge_with_cases(
    project: &Project,
    schemas: &Schemas,
    templates: &[&(&Template, Vec<Case<'_>>)],
    options: &JudgeOptions,
) -> Vec<Judgement> {
    judge_all(templates, options, |(template, cases), options| {
        judge_one(project, schemas, template, cases, true, options)
    })
}

/// Judges each of some templates on one core, or on all where there are fewer templates than cores.
fn judge_all<T: Sync>(
    templates: &[T],
    options: &JudgeOptions,
    judge_one: impl Fn(&T, &JudgeOptions) -> Judgement + Sync,
) -> Vec<Judgement> {
    on_all_cores(|| {
        let options = options.with_cores_for(templates.len());
        templates.par_iter().map(|template| judge_one(template, &options)).collect()
    })
}

fn judge_one(
    project: &Project,
    schemas: &Schemas,
    template: &Template,
    cases: &[Case<'_>],
    is_complete: bool,
    options: &JudgeOptions,
) -> Judgement {
    let (meant_to_be_lost, own): (Vec<Case<'_>>, Vec<_>) =
        cases.iter().partition(|case| project.expects_loss(case.request));
    let data = Data::Cases { own: &own, is_complete };
    let mut judgement = judge_template(project, schemas, template, data, options);
    judgement.findings.extend(of_their_customers(schemas, &own));
    if !meant_to_be_lost.is_empty() {
        judgement.compare_with_expectation(project, &meant_to_be_lost, own.is_empty(), options);
    }
    judgement
}

/// Judges a payload: the same data for each of some customers, in each language of its template. A finding that only some
/// of the customers have says so.
#[must_use]
pub fn judge_payload(project: &Project, cases: &[Case<'_>], render_options: &RenderOptions) -> Judgement {
    let schemas = Schemas::of(project);
    let options = JudgeOptions::new(project, *render_options);
    let judge_one = |case: &Case<'_>| -> Judgement {
        let cases = project.in_every_language(&[*case]);
        let judge_one =
            |case: Case<'_>| judge_template(project, &schemas, case.template, Data::Payload(case), &options);
        cases.into_iter().map(judge_one).collect()
    };
    let mut judgements = on_all_cores(|| cases.par_iter().map(judge_one).collect::<Vec<_>>());
    let findings = judgements.iter_mut().map(|judgement| std::mem::take(&mut judgement.findings));
    let findings = of_customers(&findings.collect::<Vec<_>>(), cases);
    // The customers have the same data, so the first one's table is that of the payload.
    let first = judgements.into_iter().next().unwrap_or_default();
    Judgement { findings, ..first }.finish(project)
}

/// The findings that cases of several customers have, each once.
fn of_customers(findings: &[Diagnostics], cases: &[Case<'_>]) -> Diagnostics {
    type Key<'f> = (Code, &'f str, Option<(&'f str, usize)>);
    let mut found: Vec<(&Diagnostic, Vec<usize>)> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for (customer, findings) in findings.iter().enumerate() {
        for finding in findings {
            let place = finding.location().map(|place| (place.source().name(), place.range().start));
            let at = *known.entry((finding.code, &finding.message, place)).or_insert(found.len());
            match found.get_mut(at) {
                Some((_, customers)) if customers.last() == Some(&customer) => {}
                Some((_, customers)) => customers.push(customer),
                None => found.push((finding, vec![customer])),
            }
        }
    }
    let noted = found.into_iter().map(|(finding, customers)| {
        if customers.len() == cases.len() {
            return finding.clone();
        }
        let first = cases[customers[0]].customer.main_identifier();
        finding.clone().note(match customers.len() {
            1 => format!("for the customer `{first}` only"),
            2 => format!("for the customer `{first}` and 1 other"),
            count => format!("for the customer `{first}` and {} others", count - 1),
        })
    });
    noted.collect()
}

impl Judgement {
    /// The findings of some payloads, as the configuration and the template's comments have them.
    #[must_use]
    pub(super) fn of_payloads(project: &Project, findings: impl IntoIterator<Item = Diagnostic>) -> Self {
        let ignores: HashMap<_, _> = project
            .templates()
            .iter()
            .flat_map(Template::with_variants)
            .map(|template| (template.source().name(), ignores_in(project, template)))
            .collect();
        let is_kept = |problem: &Diagnostic| {
            let file = problem.location().map(|place| place.source().name());
            !file.and_then(|file| ignores.get(file)).is_some_and(|ignores| ignores.hides(problem))
        };
        let findings = findings.into_iter().filter(is_kept).collect();
        Self { findings, ..Self::default() }.finish(project)
    }

    /// Combines the judgements of single templates, and adds the problems of the project.
    #[must_use]
    pub fn from_parts(project: &Project, schemas: &Schemas, judgements: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self { findings: of_project(project, schemas), ..Self::default() };
        all.extend(judgements);
        all.finish(project)
    }

    /// Renders the messages of a template that are meant to be lost, apart from the others, which they say nothing about.
    fn compare_with_expectation(
        &mut self,
        project: &Project,
        meant_to_be_lost: &[Case<'_>],
        are_all: bool,
        options: &JudgeOptions,
    ) {
        let options = options.render_options;
        let found = project.render_on_all_cores(meant_to_be_lost, &options, |at, mut rendering| {
            let send_status = project.send_status(&meant_to_be_lost[at], &mut rendering, &options);
            (send_status, rendering.problems)
        });
        // A template without any other request may be one that cannot be compiled.
        if are_all
            && self.tables.is_empty()
            && found.iter().all(|(send_status, _)| *send_status == SendStatus::LostAsExpected)
        {
            let mut findings = std::mem::take(&mut self.findings);
            SendStatus::LostAsExpected.lower_errors(&mut findings);
            self.expected_losses.extend(findings);
        }
        for (send_status, problems) in found {
            // Warnings are about the template, which the other requests show.
            let mut errors = problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect();
            send_status.lower_errors(&mut errors);
            match send_status {
                SendStatus::LostAsExpected => self.expected_losses.extend(errors),
                _ => self.findings.extend(errors),
            }
        }
    }

    fn finish(mut self, project: &Project) -> Self {
        self.findings = with_configured_severity(self.findings, &project.config().rules);
        self.without_known_losses()
    }

    /// Adds the expected losses that are not among the findings already, and sorts all.
    pub(super) fn without_known_losses(mut self) -> Self {
        let is_known = |loss: &Diagnostic, known: &Diagnostics| {
            known.iter().any(|known| known.code == loss.code && known.location() == loss.location())
        };
        let expected_losses = std::mem::take(&mut self.expected_losses);
        let news: Vec<_> = expected_losses.into_iter().filter(|loss| !is_known(loss, &self.findings)).collect();
        self.findings.extend(news);
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
            self.verdicts.extend(judgement.verdicts);
            self.expected_losses.extend(judgement.expected_losses);
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

pub(super) fn judge_template(
    project: &Project,
    schemas: &Schemas,
    template: &Template,
    data: Data<'_>,
    options: &JudgeOptions,
) -> Judgement {
    let (arena, workspace) = (Arena::new(), project.workspace());
    let ignores = ignores_in(project, template);
    let compiled = match template.compile(&workspace, &arena) {
        Ok(compiled) => compiled,
        Err(mut problems) => {
            problems.extend(repaired::findings_in_the_rest(project, schemas, template, data, options));
            problems.tidy();
            let verdicts = vec![TemplateVerdict::not_compiled(template)];
            return Judgement { findings: ignores.apply(problems, false), verdicts, ..Judgement::default() };
        }
    };
    let own = match &data {
        Data::Cases { own, .. } => own,
        Data::Payload(case) => std::slice::from_ref(case),
    };
    let variants = other_languages(project, template, &workspace, &arena);
    let mut facts = TemplateFacts::gather(&compiled, variants.as_deref(), own, &options.render_options, &arena);
    facts.is_payload = matches!(data, Data::Payload(_));
    let declarations = schemas.declarations(template);
    let numbers = compiled.language().dialect().numbers;
    facts.misspellings = misspelled_name::find(&facts, project.customers(), declarations, numbers);
    let report = match &data {
        Data::Cases { own, .. } => {
            Some(LossSearch::new(project, &compiled, &facts, own, declarations, options).report(options))
        }
        Data::Payload(_) => None,
    };
    if let Some(report) = &report {
        facts.observe(&report.trace);
    }
    let is_legacy = version_of(compiled.language()) == Some(Version::Legacy);
    let mut found = facts.problems.clone();
    found.extend(of_requests(schemas, template, own));
    // All languages of a template have one schema.
    if let Some(schema) = schemas.declarations(template).message_data.filter(|_| template.language().is_none()) {
        found.extend(schema_mismatch::of_template(project, schema, template, &options.render_options));
    }
    for rule in RULES.iter() {
        if let Some(check) = rule.check.filter(|_| !(is_legacy && rule.is_latest_only)) {
            let mut findings = Findings::new(rule.code, rule.severity);
            check(&facts, &mut findings);
            found.extend(findings.into_diagnostics());
        }
    }
    let renderings = facts.cases.iter().filter_map(|case| case.rendering.as_ref());
    let mut problems: Vec<_> = renderings.flat_map(|rendering| rendering.problems.iter().cloned()).collect();
    let mut verdicts = Vec::new();
    if let (Data::Cases { own, .. }, Some(report)) = (&data, &report) {
        let search = LossSearch::new(project, &compiled, &facts, own, declarations, options);
        search.add_findings(report, &mut found);
        search.offer_fixes_of_requests(&mut problems, &found);
        verdicts.push(TemplateVerdict::new(&facts, report));
    }
    let is_reported_as_error = |finding: &Diagnostic| {
        configured_severity(finding, &project.config().rules) == Some(Severity::Error) && !ignores.hides(finding)
    };
    for problem in problems {
        let problem = with_similar_property(problem, &facts);
        if !is_reported(&problem, &found, is_reported_as_error) {
            found.push(problem);
        }
    }
    let mut found = not_liquid::without_consequences(found, &facts);
    found.tidy();
    // A case that was not judged may need an ignore.
    let is_all = matches!(data, Data::Cases { is_complete: true, .. });
    let name = template.source().name();
    let is_here = |problem: &&Diagnostic| problem.location().is_some_and(|place| place.source().name() == name);
    // The project reports these itself. Here they only show that an ignore is used.
    found.extend(project.problems().iter().filter(is_here).filter(|problem| ignores.hides(problem)).cloned());
    let findings = ignores.apply(found, is_all);
    let (tables, coverage) = (vec![Table::from_facts(&facts)], vec![facts.coverage()]);
    Judgement { findings, tables, coverage, verdicts, ..Judgement::default() }
}

/// Says which property is probably meant if a filter fails because its elements lack the one that it names.
fn with_similar_property(problem: Diagnostic, facts: &TemplateFacts<'_>) -> Diagnostic {
    let Some(range) = problem.location().filter(|_| problem.code.as_str() == UNDEFINED_VARIABLE).map(Location::range)
    else {
        return problem;
    };
    let is_it = |read: &&Read<'_>| {
        let place = facts.location(read.text, read.span).range();
        facts.is_property_name(read)
            && range.start <= place.start
            && place.end <= range.end
            && read.path.name().is_some_and(|name| problem.message.ends_with(&format!(": {name}")))
    };
    let Some(read) = facts.needs.reads.iter().find(is_it) else { return problem };
    let written = read.path.to_string();
    let help = if facts.cases.iter().any(|case| case.has_read(&written)) {
        format!("not every element has `{written}`: send it in all of them")
    } else {
        match facts.cases.iter().find_map(|case| case.near(&read.path)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => return problem,
        }
    };
    Diagnostic { help: Vec::new(), ..problem }.help(help)
}

/// A template in its other languages; `None` if one of them cannot be parsed.
fn other_languages<'a>(
    project: &'a Project,
    template: &Template,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
) -> Option<Vec<CompiledTemplate<'a>>> {
    let id = project.template_id(template);
    let is_it = |other: &Template| project.template_id(other) == id;
    let mut of_that_name = project.templates().iter().filter(|main| main.name() == template.name());
    let main = of_that_name.find(|main| main.with_variants().any(is_it));
    let others = main.into_iter().flat_map(Template::with_variants).filter(|other| !is_it(other));
    others.map(|other| other.compile(workspace, arena).ok()).collect()
}

/// The findings about the project as a whole.
pub(super) fn of_project(project: &Project, schemas: &Schemas) -> Diagnostics {
    let mut found: Diagnostics = unknown_rules(project).collect();
    found.extend(problems_not_ignored(project));
    found.extend(schemas.problems().iter().cloned());
    found.extend(of_other_customers(schemas, project));
    found
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
        (UNDEFINED_VARIABLE, "default-too-late") | (RENDER_ERROR, _) => is_reported_as_error(finding),
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
pub(super) fn with_configured_severity(findings: Diagnostics, levels: &BTreeMap<String, Level>) -> Diagnostics {
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
