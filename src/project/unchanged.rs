//! Unchanged messages: whether a changed template still renders the messages that it rendered before.

use super::{Case, Project};
use crate::liquid::Arena;
use crate::message::{Properties, RenderOptions, Template};

/// The messages of a template before it is changed.
#[derive(Debug)]
pub struct UnchangedMessages<'p> {
    project: &'p Project,
    cases: Vec<Case<'p>>,
    options: RenderOptions,
    /// The properties of each case's message; `None` if it is lost.
    before: Vec<Option<Properties>>,
}

impl<'p> UnchangedMessages<'p> {
    /// Renders the messages of a template. `None` if it cannot be parsed.
    #[must_use]
    pub fn new(
        project: &'p Project,
        template: &Template,
        cases: Vec<Case<'p>>,
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
        let mut pairs = self.before.iter().zip(&after).zip(&self.cases);
        pairs.find_map(|((before, after), case)| (before != after).then_some(case))
    }

    /// Whether every message that was sent is the same with a changed template; one that was lost may be sent now.
    #[must_use]
    pub fn keeps_what_was_sent(&self, template: &Template) -> bool {
        match self.render(template) {
            Some(after) => self.before.iter().zip(&after).all(|(before, after)| before.is_none() || before == after),
            None => self.before.iter().all(Option::is_none),
        }
    }

    fn render(&self, template: &Template) -> Option<Vec<Option<Properties>>> {
        let (arena, workspace) = (Arena::new(), self.project.workspace());
        let compiled = template.compile(&workspace, &arena).ok()?;
        let render = |case: &Case<'_>| compiled.render(case.customer, case.request, &self.options).message;
        Some(self.cases.iter().map(|case| render(case).map(|message| message.properties)).collect())
    }
}
