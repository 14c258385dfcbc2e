//! `check --watch`: checks again the templates that a change affects.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use super::Check;
use crate::cli::watch::Job;
use crate::cli::{Failure, Global};
use crate::diagnostics::{Format, Theme};
use crate::project::{DependencyTracker, LiveProject};
use crate::rules::{Judgement, judge_each};
use crate::watch::WatchEvent;

/// What is found out about templates.
pub(super) struct Checks<'a> {
    check: &'a Check,
    format: Format,
    global: &'a Global,
    tracker: DependencyTracker,
    /// By the templates' files.
    of_templates: HashMap<String, Judgement>,
    /// All of them, with what is wrong with the project.
    whole: Judgement,
}

impl<'a> Checks<'a> {
    pub(super) fn new(check: &'a Check, format: Format, global: &'a Global) -> Self {
        let (of_templates, whole) = (HashMap::new(), Judgement::default());
        Self { check, format, global, tracker: DependencyTracker::default(), of_templates, whole }
    }
}

impl Job for Checks<'_> {
    fn is_for_people(&self) -> bool {
        self.format.is_for_people()
    }

    fn place(&self) -> String {
        self.whole.findings.counts().to_string()
    }

    fn tells_problems(&self) -> bool {
        true
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let project = live.project();
        let names = &self.check.names;
        let templates = project.select_templates(names)?;
        let cases = project.in_every_language(&project.select(names)?);
        let found = self.tracker.follow_templates(project, &templates, &cases);
        for gone in &found.removed {
            self.of_templates.remove(&gone.name);
        }
        let changed: HashSet<_> = found.changed.iter().map(String::as_str).collect();
        let again: Vec<_> =
            templates.iter().copied().filter(|template| changed.contains(template.source().name())).collect();
        let judged = judge_each(project, &again, &cases, &self.global.render_options(), &|| ());
        self.of_templates.extend(again.iter().map(|template| template.source().name().to_owned()).zip(judged));
        let judgements = templates.iter().filter_map(|template| self.of_templates.get(template.source().name()));
        let whole = Judgement::of_all(project, judgements.cloned());
        let is_news = !found.is_empty() || whole.findings != self.whole.findings;
        self.whole = whole;
        Ok(is_news)
    }

    fn print(&self, theme: Theme, out: &mut dyn Write, besides: &mut dyn Write) -> Result<(), Failure> {
        self.check.write(&self.whole, &self.global.output_options(), theme, out)?;
        self.check.write_lcov(&self.whole, self.global)?;
        self.check.report_coverage(&self.whole, besides)?;
        Ok(())
    }
}
