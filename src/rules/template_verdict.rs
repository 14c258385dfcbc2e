//! The verdict on a template: how sure it is that no data loses its message.

use serde::Serialize;

use super::TemplateFacts;
use crate::analysis::Coverage;
use crate::diagnostics::{self, Count};
use crate::message::Template;
use crate::search::{SearchReport, Verdict};

/// How sure it is that no data loses the message of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateVerdict {
    /// The name of the template.
    pub template: String,
    /// The language, if it is a language variant of a template.
    pub language: Option<String>,
    /// Its file.
    pub file: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How many messages the search rendered.
    pub renders: usize,
    /// How many branches the template has.
    pub branches: usize,
    /// How many of them the search reached.
    pub reached: usize,
}

impl TemplateVerdict {
    /// The verdict that a search has reached. If a request is lost, no search is needed.
    pub(super) fn new(facts: &TemplateFacts<'_>, report: &SearchReport) -> Self {
        let is_lost =
            facts.cases.iter().filter_map(|case| case.rendering.as_ref()).any(|rendering| rendering.message.is_none());
        let coverage = Coverage::from_traces(&facts.texts[0], facts.template.source(), &[&report.trace]);
        Self {
            verdict: if is_lost { Verdict::Loses } else { report.verdict },
            renders: report.renders,
            branches: coverage.branches.len(),
            reached: coverage.covered(),
            ..Self::not_compiled(facts.template)
        }
    }

    /// The verdict in words: `searched: 1,450 renders reached 5 of 6 branches`.
    #[must_use]
    pub fn describe(&self) -> String {
        match (self.verdict, self.branches) {
            (Verdict::Searched, 0) => format!("searched: {}", Count("render", self.renders)),
            (Verdict::Searched, all) => {
                format!("searched: {} reached {} of {all} branches", Count("render", self.renders), self.reached)
            }
            (verdict, _) => verdict.as_str().to_owned(),
        }
    }

    /// The verdict on a template that cannot be compiled: it loses every message.
    pub(super) fn not_compiled(template: &Template) -> Self {
        Self {
            template: template.name().to_owned(),
            language: template.language().map(str::to_owned),
            file: template.source().name().to_owned(),
            verdict: Verdict::Loses,
            renders: 0,
            branches: 0,
            reached: 0,
        }
    }
}

impl From<&TemplateVerdict> for diagnostics::Verdict {
    fn from(verdict: &TemplateVerdict) -> Self {
        let details = serde_json::to_value(verdict).unwrap_or_default();
        Self { file: verdict.file.clone(), message: verdict.describe(), details }
    }
}
