//! Exploring: which parts of a template are reached with given data, even if some of that data is missing.

use super::scope::SnippetNames;
use super::sent_data::{SentData, Trigger};
use super::{CompiledTemplate, Customer, RenderOptions};
use crate::diagnostics::Diagnostic;
use crate::liquid::{self, Arena, Mode, Output, Trace, Value};

impl CompiledTemplate<'_> {
    /// Renders everything without ending at missing data, and passes the data and the trace of the nodes that were reached
    /// to `work`. The data has all snippets that are read, also by other snippets, and also those that fail. Without a
    /// customer there are no attributes.
    ///
    /// # Errors
    /// The data cannot be read.
    pub fn explore<T>(
        &self,
        customer: Option<&Customer>,
        trigger: Trigger<'_>,
        options: &RenderOptions,
        work: impl FnOnce(Value<'_>, &Trace) -> T,
    ) -> Result<T, Diagnostic> {
        let arena = Arena::new();
        let [live, options] = [Mode::Live, Mode::Explore].map(|mode| RenderOptions { mode, ..*options }.for_liquid());
        let sent = SentData::read(customer, trigger, self.language(), &arena)?;
        let snippets = self.snippets.with_dependencies(self.workspace, self.language());
        let needed = SnippetNames::from_snippets(&snippets);
        let scope = arena.sharing_limits(|| self.scope(&sent, &needed, &options, &arena));
        let mut trace = Trace::observing();
        arena.sharing_limits(|| {
            // For what is rendered, a snippet that fails is missing.
            let sent_scope =
                if snippets.is_empty() { scope.data } else { self.scope(&sent, &needed, &live, &arena).data };
            for text in self.texts() {
                let liquid: liquid::Template<'_> = text.liquid;
                // Failures are reported when the message itself is rendered.
                let _ = liquid.render_traced(sent_scope, &options, &arena, &mut Output::new(), &mut trace);
            }
        });
        Ok(work(scope.data, &trace))
    }
}
