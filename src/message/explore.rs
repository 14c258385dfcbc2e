//! Exploring: which parts of a template are reached with given data, even if some of that data is missing.

use super::sent_data::{SentData, Trigger};
use super::{CompiledTemplate, Customer, RenderOptions};
use crate::diagnostics::Diagnostic;
use crate::liquid::{self, Arena, Mode, Output, Trace, Value};

impl CompiledTemplate<'_> {
    /// Renders everything as a test send, so that missing data does not end the rendering, and passes the data and the
    /// trace of the nodes that were reached to `work`. Without a customer there are no attributes.
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
        let options = RenderOptions { mode: Mode::Lax, ..*options }.for_liquid();
        let sent = SentData::read(customer, trigger, self.language(), &arena)?;
        let scope = self.scope(&sent, &self.snippets, &options, &arena);
        let mut trace = Trace::default();
        for text in self.texts() {
            let liquid: liquid::Template<'_> = text.liquid;
            // Failures are reported when the message itself is rendered.
            let _ = liquid.render_traced(scope.data, &options, &arena, &mut Output::new(), &mut trace);
        }
        Ok(work(scope.data, &trace))
    }
}
