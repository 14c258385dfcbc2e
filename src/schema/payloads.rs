//! Payloads of a template, rendered one by one: whether each is sent, and why not.

use serde_json::Value as Json;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::liquid::value::json;
use crate::liquid::{Arena, Value};
use crate::message::{RenderOptions, SENT_NAMES, SentData, Template, Workspace};

/// A template in each of its languages, to be rendered with payloads.
pub struct Payloads<'t> {
    template: &'t Template,
    workspace: &'t Workspace<'t>,
    options: RenderOptions,
}

impl<'t> Payloads<'t> {
    /// The payloads of a template.
    ///
    /// # Errors
    /// The syntax errors in the template's Liquid.
    pub fn new(
        template: &'t Template,
        workspace: &'t Workspace<'t>,
        options: &RenderOptions,
    ) -> Result<Self, Diagnostics> {
        let arena = Arena::new();
        for variant in template.with_variants() {
            variant.compile(workspace, &arena)?;
        }
        Ok(Self { template, workspace, options: *options })
    }

    /// Why the message of a payload is lost: an object that has `trigger`, `customer` and `objects`. None if it is sent.
    pub fn loss(&mut self, data: &Json) -> Option<Vec<Diagnostic>> {
        let arena = Arena::new();
        self.template.with_variants().find_map(|variant| {
            let compiled = variant.compile(self.workspace, &arena).ok()?;
            let root = |name: &str| {
                let text = data.get(name).map_or_else(|| "{}".to_owned(), Json::to_string);
                json::read_as(arena.alloc_str(&text), compiled.language().dialect().numbers, &arena)
                    .unwrap_or(Value::Null)
            };
            let [trigger, customer, objects] = SENT_NAMES.map(root);
            let rendering = compiled.render_data(&SentData { trigger, customer, objects }, &self.options);
            rendering.message.is_none().then(|| rendering.problems.into_iter().collect())
        })
    }
}
