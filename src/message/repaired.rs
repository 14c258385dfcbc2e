//! Repaired templates: a template whose Liquid cannot be parsed, with its mistakes repaired, so that the rest of it can be
//! checked.

use super::settings::has_liquid;
use super::{Template, Workspace};
use crate::diagnostics::{Diagnostic, Fix, Label, Source};
use crate::liquid::{Arena, Span};
use crate::mistakes::{self, Repaired};

/// A repaired template. Its messages do not matter, only the findings about the parts that were not repaired.
#[derive(Clone, Debug)]
pub struct RepairedTemplate {
    /// The template that can be parsed.
    pub template: Template,
    /// Whether something was removed whose meaning is not known, so that the output may differ from what was meant.
    pub has_gaps: bool,
    content: Repaired,
    content_start: usize,
    original: Source,
}

impl Template {
    /// The template with repairs; `None` if its Liquid cannot be repaired.
    #[must_use]
    pub fn repaired(&self, workspace: &Workspace<'_>) -> Option<RepairedTemplate> {
        let language = workspace.language(self.settings());
        let content = mistakes::repair(self.content(), language).repaired?;
        let setting = |value: &str| {
            let repaired = has_liquid(value).then(|| mistakes::repair(value, language).repaired)?;
            repaired.map(|repaired| repaired.text)
        };
        let template = self.with_repairs(&content.text, &setting);
        template.compile(workspace, &Arena::new()).ok()?;
        let has_gaps = content.has_gaps;
        let (content_start, original) = (self.content_start(), self.source().clone());
        Some(RepairedTemplate { template, has_gaps, content, content_start, original })
    }
}

impl RepairedTemplate {
    /// A finding about the repaired template at its place in the original. `None` if it is about a repair.
    #[must_use]
    pub fn original(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let Diagnostic { primary, secondary, fix, .. } = &finding;
        let is_repair = |label: &&Label| self.is_here(label) && self.place(&label.location.range()).is_none();
        if primary.iter().any(|label| is_repair(&label)) {
            return None;
        }
        let moved = |label: &Label| {
            if !self.is_here(label) {
                return Some(label.clone());
            }
            let location = self.original.at(self.place(&label.location.range())?);
            Some(Label { location, text: label.text.clone() })
        };
        let primary = primary.as_ref().and_then(moved);
        let secondary = secondary.iter().filter_map(moved).collect();
        let fix = fix.as_ref().and_then(|fix| self.original_fix(fix));
        Some(Diagnostic { primary, secondary, fix, ..finding })
    }

    /// Whether what was removed may define the variable that a finding is about.
    #[must_use]
    pub fn may_define(&self, finding: &Diagnostic) -> bool {
        let text = finding.location().map(crate::diagnostics::Location::text).unwrap_or_default();
        let root = text
            .trim_start_matches(['{', '%', '-', ' '])
            .split(|next: char| !next.is_alphanumeric() && next != '_')
            .next();
        self.has_gaps && root.is_some_and(|root| self.content.may_define(root))
    }

    fn is_here(&self, label: &Label) -> bool {
        label.location.source().name() == self.original.name()
    }

    fn place(&self, range: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        let (Some(start), Some(end)) =
            (range.start.checked_sub(self.content_start), range.end.checked_sub(self.content_start))
        else {
            return Some(range.clone());
        };
        let span = Span::new(start, end);
        self.content.is_original(span).then(|| {
            let original = self.content.original(span);
            original.start + self.content_start..original.end + self.content_start
        })
    }

    fn original_fix(&self, fix: &Fix) -> Option<Fix> {
        let moved = Fix::new(fix.title.as_str());
        fix.edits
            .iter()
            .try_fold(moved, |moved, edit| Some(moved.replace(self.place(&edit.range)?, edit.text.as_str())))
    }
}
