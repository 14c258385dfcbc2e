//! Fixes: applies the fixes of findings to a template, as long as no message that rendered before changes, and repeats
//! this until there is nothing left to fix.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::{JudgeOptions, judge};
use crate::diagnostics::{Diagnostic, Edit, Fix, Location, Source};
use crate::message::{RenderOptions, Template};
use crate::project::{Case, Project, UnchangedMessages};

/// How often a file is judged again after fixes. Each round applies everything it can, so a few are enough in practice.
const MAX_ROUNDS: usize = 100;

/// A file after its fixes have been applied.
#[derive(Clone, Debug)]
pub struct FixedFile {
    /// The file before the fixes.
    pub source: Source,
    /// Its text after the fixes.
    pub text: String,
    /// The titles of the fixes that were applied.
    pub titles: Vec<String>,
}

/// Applies all harmless fixes to a template. `None` if there are none. A fix is harmless if every message that rendered
/// without it renders to the same properties with it.
#[must_use]
pub fn fix(project: &Project, template: &Template, cases: &[Case<'_>], options: &JudgeOptions) -> Option<FixedFile> {
    let own = cases.iter().filter(|case| std::ptr::eq(case.template, template)).copied().collect();
    let trial = FixTrial::new(project, template, own, options);
    let mut now = template.clone();
    let mut titles = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let findings = trial.findings(&now);
        let round = Round::new(&trial, &now, &findings);
        titles.extend(round.accepted.iter().map(|repair| repair.fix.title.clone()));
        let Some(fixed) = round.fixed else { break };
        now = fixed;
    }
    let text = now.source().text().to_owned();
    let is_changed = text != template.source().text();
    is_changed.then(|| FixedFile { source: template.source().clone(), text, titles })
}

/// Renders a template before and after fixes, to find those that change a message.
struct FixTrial<'p> {
    project: &'p Project,
    cases: Vec<Case<'p>>,
    options: JudgeOptions,
    /// The messages before any fix; `None` if the template cannot be parsed, so that there are none.
    messages: Option<UnchangedMessages<'p>>,
}

impl<'p> FixTrial<'p> {
    fn new(project: &'p Project, template: &Template, cases: Vec<Case<'p>>, options: &JudgeOptions) -> Self {
        // Messages can only be compared if random filters return the same values.
        let seed = options.render_options.seed.or(Some(0));
        let render_options = RenderOptions { seed, ..options.render_options };
        let messages = UnchangedMessages::new(project, template, cases.clone(), &render_options);
        Self { project, cases, options: JudgeOptions { render_options, ..*options }, messages }
    }

    fn findings(&self, template: &Template) -> Vec<Diagnostic> {
        let cases: Vec<_> = self.cases.iter().map(|case| Case { template, ..*case }).collect();
        judge(self.project, &[template], &cases, &self.options).findings.to_vec()
    }

    /// Whether every message that rendered before has the same properties.
    fn is_harmless(&self, template: &Template) -> bool {
        self.messages.as_ref().is_none_or(|messages| messages.keeps_what_was_sent(template))
    }
}

/// The fixes of one judgement that are harmless and do not overlap.
struct Round<'r> {
    trial: &'r FixTrial<'r>,
    template: &'r Template,
    accepted: Vec<Repair<'r>>,
    /// The template with the accepted fixes. `None` if there are none.
    fixed: Option<Template>,
}

impl<'r> Round<'r> {
    fn new(trial: &'r FixTrial<'r>, template: &'r Template, findings: &'r [Diagnostic]) -> Self {
        let mut round = Self { trial, template, accepted: Vec::new(), fixed: None };
        let mut rest: Vec<_> =
            findings.iter().filter_map(|finding| Repair::from_finding(finding, template.source())).collect();
        // All expressions in one string have the same fix, for the whole string.
        let mut seen = HashSet::new();
        rest.retain(|repair| seen.insert(&repair.fix.edits));
        while !rest.is_empty() {
            // If fixes overlap, a later one is tried after the first one has turned out to be harmful.
            let mut extents = Extents::default();
            let (first, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(|repair| extents.take(repair));
            round.accept(&first);
            let accepted: Extents = round.accepted.iter().collect();
            rest = later.into_iter().filter(|repair| accepted.is_free(repair)).collect();
        }
        round
    }

    /// Accepts fixes if they are harmless together; otherwise bisects, down to single fixes.
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

    /// The template with the accepted fixes and these.
    fn with(&self, repairs: &[Repair<'_>]) -> Option<Template> {
        let edits = self.accepted.iter().chain(repairs).flat_map(|repair| repair.fix.edits.iter().cloned());
        let all = Fix { title: String::new(), edits: edits.collect() };
        let source = self.template.source();
        let text = all.apply(source.text())?;
        Template::read(self.template.name(), Source::new(source.name(), text)).ok()
    }
}

/// The fix of a finding, and its extent in the file: from the first to the last location that is labelled or edited.
#[derive(Clone)]
struct Repair<'r> {
    fix: &'r Fix,
    extent: Range<usize>,
}

impl<'r> Repair<'r> {
    /// `None` if the finding is in another file, or has no fix that changes the file.
    fn from_finding(finding: &'r Diagnostic, source: &Source) -> Option<Self> {
        let is_here = |location: &Location| location.source().name() == source.name();
        let is_change = |edit: &Edit| source.text().get(edit.range.clone()).is_some_and(|text| text != edit.text);
        let fix = finding.fix.as_ref().filter(|_| finding.location().is_some_and(is_here))?;
        if !fix.edits.iter().any(is_change) {
            return None;
        }
        let labels = finding.labels().map(|label| &label.location).filter(|location| is_here(location));
        let ranges: Vec<_> =
            fix.edits.iter().map(|edit| edit.range.clone()).chain(labels.map(Location::range)).collect();
        let start = ranges.iter().map(|range| range.start).min()?;
        let end = ranges.iter().map(|range| range.end).max()?;
        Some(Self { fix, extent: start..end })
    }
}

/// The extents of repairs that do not overlap: their ends by their starts.
#[derive(Default)]
struct Extents(BTreeMap<usize, usize>);

impl Extents {
    /// Whether a repair does not overlap any other. Adjacent extents count as overlapping.
    fn is_free(&self, repair: &Repair<'_>) -> bool {
        let Range { start, end } = &repair.extent;
        self.0.range(..=end).next_back().is_none_or(|(_, before)| before < start)
    }

    /// Adds a repair. `false` if it overlaps another one.
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
