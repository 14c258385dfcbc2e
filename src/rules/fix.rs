//! Fixes: carried out together as far as no message that was right comes out otherwise, and what that leads to again.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use serde_json::{Map, Value};

use super::judge;
use crate::diagnostics::{Diagnostic, Edit, Fix, Location, Source};
use crate::liquid::Arena;
use crate::message::{RenderOptions, Template};
use crate::project::{Case, Project};

/// How often a file is judged anew after it was fixed. Each round carries out all that there is, so that a few are enough.
const MAX_ROUNDS: usize = 100;

/// A file with its fixes carried out.
#[derive(Clone, Debug)]
pub struct FixedFile {
    /// The file as it was.
    pub source: Source,
    /// Its text now.
    pub text: String,
    /// What was done.
    pub titles: Vec<String>,
}

/// Carries out all fixes of a template that do no harm; none where there are none.
#[must_use]
pub fn fix(
    project: &Project,
    template: &Template,
    cases: &[Case<'_>],
    render_options: &RenderOptions,
) -> Option<FixedFile> {
    let own = cases.iter().filter(|case| std::ptr::eq(case.template, template)).copied().collect();
    let trial = Trial::new(project, template, own, render_options);
    let mut now = template.clone();
    let mut titles = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let findings = trial.findings(&now);
        let round = Round::of(&trial, &now, &findings);
        titles.extend(round.accepted.iter().map(|repair| repair.fix.title.clone()));
        let Some(fixed) = round.fixed else { break };
        now = fixed;
    }
    let text = now.source().text().to_owned();
    let is_changed = text != template.source().text();
    is_changed.then(|| FixedFile { source: template.source().clone(), text, titles })
}

/// What a template is tried with before and after fixes.
struct Trial<'p> {
    project: &'p Project,
    cases: Vec<Case<'p>>,
    render_options: RenderOptions,
    /// The properties of each case's message before any fix; none where it fails.
    before: Vec<Option<Map<String, Value>>>,
}

impl<'p> Trial<'p> {
    fn new(project: &'p Project, template: &Template, cases: Vec<Case<'p>>, render_options: &RenderOptions) -> Self {
        // Messages can be compared only where chance is the same for all of them.
        let render_options = RenderOptions { seed: render_options.seed.or(Some(0)), ..*render_options };
        let mut trial = Self { project, cases, render_options, before: Vec::new() };
        trial.before = trial.messages(template);
        trial
    }

    fn findings(&self, template: &Template) -> Vec<Diagnostic> {
        let cases: Vec<_> = self.cases.iter().map(|case| Case { template, ..*case }).collect();
        judge(self.project, &[template], &cases, &self.render_options).findings.to_vec()
    }

    /// Whether every message that was right is as it was.
    fn is_harmless(&self, template: &Template) -> bool {
        let after = self.messages(template);
        self.before.iter().zip(after).all(|(before, after)| before.is_none() || *before == after)
    }

    fn messages(&self, template: &Template) -> Vec<Option<Map<String, Value>>> {
        let (arena, workspace) = (Arena::new(), self.project.workspace());
        let Ok(compiled) = template.compile(&workspace, &arena) else { return vec![None; self.cases.len()] };
        let render = |case: &Case<'_>| compiled.render(case.customer, case.request, &self.render_options).message;
        self.cases.iter().map(|case| render(case).map(|message| message.properties)).collect()
    }
}

/// The fixes of one judgement, carried out as far as they do no harm and do not get in each other's way.
struct Round<'r> {
    trial: &'r Trial<'r>,
    template: &'r Template,
    accepted: Vec<Repair<'r>>,
    /// The template with what has been accepted so far; none while that is nothing.
    fixed: Option<Template>,
}

impl<'r> Round<'r> {
    fn of(trial: &'r Trial<'r>, template: &'r Template, findings: &'r [Diagnostic]) -> Self {
        let mut round = Self { trial, template, accepted: Vec::new(), fixed: None };
        let mut rest: Vec<_> = findings.iter().filter_map(|finding| Repair::of(finding, template.source())).collect();
        // Every expression of a text has the fix of the whole text.
        let mut seen = HashSet::new();
        rest.retain(|repair| seen.insert(&repair.fix.edits));
        while !rest.is_empty() {
            // Of those that get in each other's way, the later ones have their turn where the first one does harm.
            let mut extents = Extents::default();
            let (first, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(|repair| extents.take(repair));
            round.accept(&first);
            let accepted: Extents = round.accepted.iter().collect();
            rest = later.into_iter().filter(|repair| accepted.is_free(repair)).collect();
        }
        round
    }

    /// Accepts fixes together where they do no harm; else the halves of them, down to those that do.
    fn accept(&mut self, repairs: &[Repair<'r>]) {
        if let Some(fixed) = self.with(repairs).filter(|fixed| self.trial.is_harmless(fixed)) {
            self.fixed = Some(fixed);
            self.accepted.extend_from_slice(repairs);
        } else if repairs.len() > 1 {
            let (left, right) = repairs.split_at(repairs.len() / 2);
            self.accept(left);
            self.accept(right);
        }
    }

    /// The template with what has been accepted and these.
    fn with(&self, repairs: &[Repair<'_>]) -> Option<Template> {
        let edits = self.accepted.iter().chain(repairs).flat_map(|repair| repair.fix.edits.iter().cloned());
        let all = Fix { title: String::new(), edits: edits.collect() };
        let source = self.template.source();
        let text = all.apply(source.text())?;
        Template::read(self.template.name(), Source::new(source.name(), text)).ok()
    }
}

/// A finding's fix, and what of the file it is about: all from the first to the last place that is told of or edited.
#[derive(Clone)]
struct Repair<'r> {
    fix: &'r Fix,
    extent: Range<usize>,
}

impl<'r> Repair<'r> {
    /// The repair of a finding in a file; none where there is none that changes it.
    fn of(finding: &'r Diagnostic, source: &Source) -> Option<Self> {
        let is_here = |location: &Location| location.source().name() == source.name();
        let is_change = |edit: &Edit| source.text().get(edit.range.clone()).is_some_and(|text| text != edit.text);
        let fix = finding.fix.as_ref().filter(|_| finding.location().is_some_and(is_here))?;
        if !fix.edits.iter().any(is_change) {
            return None;
        }
        let told = finding.labels().map(|label| &label.location).filter(|location| is_here(location));
        let ranges: Vec<_> = fix.edits.iter().map(|edit| edit.range.clone()).chain(told.map(Location::range)).collect();
        let start = ranges.iter().map(|range| range.start).min()?;
        let end = ranges.iter().map(|range| range.end).max()?;
        Some(Self { fix, extent: start..end })
    }
}

/// The extents of repairs that do not get in each other's way: their ends by their starts.
#[derive(Default)]
struct Extents(BTreeMap<usize, usize>);

impl Extents {
    /// Whether a repair gets in nobody's way. Those that touch each other do.
    fn is_free(&self, repair: &Repair<'_>) -> bool {
        let Range { start, end } = &repair.extent;
        self.0.range(..=end).next_back().is_none_or(|(_, before)| before < start)
    }

    /// Adds a repair; false where it gets in another's way.
    fn take(&mut self, repair: &Repair<'_>) -> bool {
        let is_free = self.is_free(repair);
        if is_free {
            self.0.insert(repair.extent.start, repair.extent.end);
        }
        is_free
    }
}

impl<'a, 'r: 'a> FromIterator<&'a Repair<'r>> for Extents {
    fn from_iter<I: IntoIterator<Item = &'a Repair<'r>>>(repairs: I) -> Self {
        Self(repairs.into_iter().map(|repair| (repair.extent.start, repair.extent.end)).collect())
    }
}
