//! Losses: what the search finds in a template, as findings with verified fixes.

use std::collections::{BTreeMap, HashSet};

use super::default_too_late;
use super::json_unsafe::{self, FreeNames};
use super::{JudgeOptions, TemplateFacts};
use crate::contract::Declarations;
use crate::diagnostics::{Diagnostic, Diagnostics, Edit, Fix, Location, Severity, Source};
use crate::liquid::Arena;
use crate::message::{CauseKind, CompiledTemplate, LossCause, RenderOptions, Template};
use crate::project::{Case, Project};
use crate::search::{Counterexample, Reason, SearchInput, SearchOptions, SearchReport, SeedCase, search_template};

/// A template that is searched for data that loses its message.
pub(super) struct LossSearch<'l, 'f> {
    pub(super) project: &'l Project,
    pub(super) compiled: &'l CompiledTemplate<'f>,
    pub(super) facts: &'l TemplateFacts<'f>,
    pub(super) cases: &'l [Case<'l>],
    /// What is declared about its data.
    pub(super) declarations: Declarations<'l>,
    /// When and how its messages are rendered.
    pub(super) render_options: RenderOptions,
}

/// Whether the loss is that of a `default` that comes too late; that finding gets its severity and its counterexample then.
fn explains_late_default(finding: &Diagnostic, found: &mut Diagnostics) -> bool {
    let is_there = |known: &&mut Diagnostic| {
        let operand = known.secondary.first().map(|label| &label.location);
        known.code == default_too_late::RULE.code && operand == finding.location()
    };
    let Some(late) = found.iter_mut().find(is_there) else { return false };
    late.severity = finding.severity;
    late.counterexample.clone_from(&finding.counterexample);
    true
}

impl<'l, 'f> LossSearch<'l, 'f> {
    /// Searches a template with its own requests.
    pub(super) fn new(
        project: &'l Project,
        compiled: &'l CompiledTemplate<'f>,
        facts: &'l TemplateFacts<'f>,
        cases: &'l [Case<'l>],
        declarations: Declarations<'l>,
        options: &JudgeOptions,
    ) -> Self {
        // Every run has to find the same, so random filters return the same values.
        let render_options = options.render_options;
        let seed = render_options.seed.or(Some(0));
        let render_options = RenderOptions { seed, asks_test_send: false, ..render_options };
        Self { project, compiled, facts, cases, declarations, render_options }
    }

    /// Searches.
    pub(super) fn report(&self, options: &JudgeOptions) -> SearchReport {
        let case =
            |case: &Case<'l>| SeedCase { name: case.request.name(), request: case.request, customer: case.customer };
        let cases: Vec<_> = self.cases.iter().map(case).collect();
        let input = SearchInput {
            compiled: self.compiled,
            needs: &self.facts.needs,
            content: &self.facts.content,
            cases: &cases,
            customers: self.project.customers(),
            declarations: self.declarations,
        };
        let options = SearchOptions {
            effort: options.effort,
            seed: 0,
            render_options: &self.render_options,
            is_parallel: options.is_search_parallel,
        };
        search_template(&input, &options)
    }

    /// Adds the findings of a search, except those that a request shows already.
    pub(super) fn add_findings(&self, report: &SearchReport, found: &mut Diagnostics) {
        let mut names = FreeNames::new(self.facts.texts[0].liquid.nodes);
        for counterexample in &report.counterexamples {
            let reasons = counterexample.reasons.iter().zip(counterexample.findings());
            let mut findings: Vec<_> = reasons
                .filter(|(reason, finding)| !self.is_shown_by_request(reason, finding, found))
                .map(|(_, finding)| finding)
                .collect();
            findings.retain(|finding| !explains_late_default(finding, found));
            self.offer_fixes(&mut findings, counterexample, &mut names);
            found.extend(findings);
        }
    }

    /// Whether a request is lost at the same place and for the same reason.
    fn is_shown_by_request(&self, reason: &Reason, finding: &Diagnostic, found: &Diagnostics) -> bool {
        let problem = &reason.problem;
        let renderings = self.facts.cases.iter().filter_map(|case| case.rendering.as_ref());
        let mut problems = renderings.flat_map(|rendering| rendering.problems.iter());
        problems.any(|other| other.code == problem.code && other.location() == problem.location())
            || found.iter().any(|other| other.code == finding.code && other.location() == finding.location())
    }

    /// Offers to let `json` write what breaks the JSON, if the message is sent after all these fixes.
    fn offer_fixes(&self, findings: &mut [Diagnostic], counterexample: &Counterexample, names: &mut FreeNames<'f>) {
        let is_unsafe = |finding: &&Diagnostic| finding.code == json_unsafe::RULE.code;
        let unsafe_places: Vec<_> =
            findings.iter().filter(is_unsafe).filter_map(Diagnostic::location).cloned().collect();
        let fixes = self.fixes(&unsafe_places, names);
        let Some(repaired) = self.repaired(&fixes) else { return };
        let is_sent = |compiled: &CompiledTemplate<'_>| {
            let arena = Arena::new();
            let data = counterexample.data(compiled.language().dialect().numbers, &arena);
            compiled.render_data(&data, &self.render_options).message.is_some()
        };
        if !self.is_verified(&repaired, is_sent) {
            return;
        }
        for finding in findings.iter_mut().filter(|finding| finding.code == json_unsafe::RULE.code) {
            finding.fix = finding.location().and_then(|location| fixes.get(&location.range().start)).cloned();
        }
    }

    /// Offers the same for the problem of a request that is lost.
    pub(super) fn offer_fixes_of_requests(&self, problems: &mut [Diagnostic], found: &Diagnostics) {
        for (case, facts) in self.cases.iter().zip(&self.facts.cases) {
            let Some(rendering) = facts.rendering.as_ref().filter(|rendering| rendering.message.is_none()) else {
                continue;
            };
            let causes = rendering.causes(self.facts.template);
            let is_printed = |cause: &&LossCause| matches!(cause.kind, CauseKind::Printed { .. });
            let places: Vec<_> =
                causes.iter().filter(is_printed).filter_map(|cause| cause.problem.location()).cloned().collect();
            let Some(first) = places.first() else { continue };
            // A mistake within the expression is corrected before anything is done about what it prints.
            let is_mistaken =
                |place: &Location| found.iter().any(|known| known.fix.is_some() && is_within(known, place));
            if places.iter().any(is_mistaken) {
                continue;
            }
            let is_first = |problem: &&mut Diagnostic| {
                problem.severity == Severity::Error && problem.fix.is_none() && problem.location() == Some(first)
            };
            let Some(problem) = problems.iter_mut().find(is_first) else { continue };
            let fixes = self.fixes(&places, &mut FreeNames::new(self.facts.texts[0].liquid.nodes));
            let Some(repaired) = self.repaired(&fixes) else { continue };
            let is_sent = |compiled: &CompiledTemplate<'_>| {
                compiled.render(case.customer, case.request, &self.render_options).message.is_some()
            };
            if self.is_verified(&repaired, is_sent) {
                let title = "let `json` write the string";
                problem.fix = Some(Fix { edits: edits(fixes.values()), ..Fix::new(title) });
            }
        }
    }

    /// The fix of each of these places that has one, by its start.
    fn fixes(&self, places: &[Location], names: &mut FreeNames<'f>) -> BTreeMap<usize, Fix> {
        let fix = |place: &Location| Some((place.range().start, json_unsafe::fix(self.facts, place, names)?));
        places.iter().filter_map(fix).collect()
    }

    /// The template after all of these fixes; none if there are none, or they cannot be applied together.
    fn repaired(&self, fixes: &BTreeMap<usize, Fix>) -> Option<Template> {
        let template = self.facts.template;
        let fix = Fix { edits: edits(fixes.values()), ..Fix::new("") };
        let text = fix.apply(template.source().text()).filter(|_| !fixes.is_empty())?;
        Template::read(template.name(), Source::new(template.source().name(), text)).ok()
    }

    /// Whether a lost message is sent with a fixed template, and those of all requests stay the same.
    fn is_verified(&self, repaired: &Template, is_sent: impl Fn(&CompiledTemplate<'_>) -> bool) -> bool {
        let (arena, workspace) = (Arena::new(), self.project.workspace());
        let Ok(compiled) = repaired.compile(&workspace, &arena) else { return false };
        let properties = |compiled: &CompiledTemplate<'_>, case: &Case<'_>| {
            let rendering = compiled.render(case.customer, case.request, &self.render_options);
            rendering.message.map(|message| message.properties)
        };
        let is_same = |case: &Case<'_>| {
            let before = properties(self.compiled, case);
            before.is_none() || before == properties(&compiled, case)
        };
        is_sent(&compiled) && self.cases.iter().all(is_same)
    }
}

/// Whether a finding is about a part of a place.
fn is_within(finding: &Diagnostic, place: &Location) -> bool {
    finding.location().is_some_and(|location| {
        let (inner, outer) = (location.range(), place.range());
        location.source() == place.source() && outer.start <= inner.start && inner.end <= outer.end && inner != outer
    })
}

/// The edits of several fixes. All expressions in one string have the same fix.
fn edits<'e>(fixes: impl Iterator<Item = &'e Fix>) -> Vec<Edit> {
    let mut seen = HashSet::new();
    let edits = fixes.flat_map(|fix| fix.edits.iter().cloned());
    edits.filter(|edit| seen.insert(edit.clone())).collect()
}
