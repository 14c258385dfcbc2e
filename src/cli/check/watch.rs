//! `check --watch`: checks the templates that a change affects again.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use super::Check;
use crate::cli::watch::Job;
use crate::cli::{Failure, Global};
use crate::contract::Schemas;
use crate::diagnostics::{Format, Theme};
use crate::project::{DependencyTracker, LiveProject};
use crate::rules::{Judgement, judge_each};
use crate::watch::WatchEvent;

/// Keeps a judgement per template, and updates those that a change affects.
pub(super) struct CheckJob<'a> {
    check: &'a Check,
    format: Format,
    global: &'a Global,
    tracker: DependencyTracker,
    /// Judgements by the path of their template.
    judgements: HashMap<String, Judgement>,
    /// All judgements merged, with the project's own problems.
    merged: Judgement,
}

impl<'a> CheckJob<'a> {
    pub(super) fn new(check: &'a Check, format: Format, global: &'a Global) -> Self {
        let (judgements, merged) = (HashMap::new(), Judgement::default());
        Self { check, format, global, tracker: DependencyTracker::default(), judgements, merged }
    }
}

impl Job for CheckJob<'_> {
    fn is_for_people(&self) -> bool {
        self.format.is_for_people()
    }

    fn status(&self) -> String {
        self.merged.findings.counts().to_string()
    }

    fn reports_problems(&self) -> bool {
        true
    }

    fn may_begin_early(&self) -> bool {
        true
    }

    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let project = live.project();
        let names = &self.check.names;
        let templates = project.select_templates(names)?;
        let cases = project.in_every_language(&project.select(names)?);
        let found = self.tracker.follow_templates(project, &templates, &cases);
        for removed in &found.removed {
            self.judgements.remove(&removed.name);
        }
        let changed: HashSet<_> = found.changed.iter().map(String::as_str).collect();
        let again: Vec<_> =
            templates.iter().copied().filter(|template| changed.contains(template.source().name())).collect();
        let (schemas, options) = (Schemas::of(project), self.check.judge_options(project, self.global));
        let judged = judge_each(project, &schemas, &again, &cases, &options, &|| ());
        self.judgements.extend(again.iter().map(|template| template.source().name().to_owned()).zip(judged));
        let current = templates.iter().filter_map(|template| self.judgements.get(template.source().name()));
        let merged = Judgement::from_parts(project, &schemas, current.cloned());
        let merged = Judgement { findings: project.about(names, &merged.findings), ..merged };
        let has_news = !found.is_empty() || merged.findings != self.merged.findings;
        self.merged = merged;
        Ok(has_news)
    }

    fn print(&self, theme: Theme, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        self.check.write(&self.merged, &self.global.output_options(), theme, out)?;
        self.check.write_lcov(&self.merged, self.global)?;
        self.check.report_requirements(&self.merged, err)?;
        Ok(())
    }
}
