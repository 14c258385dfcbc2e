//! Unchanged messages: whether a changed template still renders the messages that it rendered before.

use serde_json::{Map, Value};

use super::{Case, Project};
use crate::liquid::Arena;
use crate::message::{RenderOptions, Template};

/// The messages of a template before it is changed.
#[derive(Debug)]
pub struct UnchangedMessages<'p> {
    project: &'p Project,
    cases: &'p [Case<'p>],
    options: RenderOptions,
    /// The properties of each case's message; `None` if it is lost.
    before: Vec<Option<Map<String, Value>>>,
}

impl<'p> UnchangedMessages<'p> {
    /// Renders the messages of a template. `None` if it cannot be parsed.
    #[must_use]
    pub fn new(
        project: &'p Project,
        template: &Template,
        cases: &'p [Case<'p>],
        options: &RenderOptions,
    ) -> Option<Self> {
        // Messages can only be compared if random filters make the same choices.
        let options = RenderOptions { seed: options.seed.or(Some(0)), ..*options };
        let mut messages = Self { project, cases, options, before: Vec::new() };
        messages.before = messages.render(template)?;
        Some(messages)
    }

    /// The first case whose message differs with a changed template.
    #[must_use]
    pub fn first_changed(&self, template: &Template) -> Option<&Case<'p>> {
        let Some(after) = self.render(template) else { return self.cases.first() };
        let pairs = self.before.iter().zip(&after).zip(self.cases);
        pairs.into_iter().find_map(|((before, after), case)| (before != after).then_some(case))
    }

    fn render(&self, template: &Template) -> Option<Vec<Option<Map<String, Value>>>> {
        let (arena, workspace) = (Arena::new(), self.project.workspace());
        let compiled = template.compile(&workspace, &arena).ok()?;
        let render = |case: &Case<'_>| compiled.render(case.customer, case.request, &self.options).message;
        Some(self.cases.iter().map(|case| render(case).map(|message| message.properties)).collect())
    }
}
