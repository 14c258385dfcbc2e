//! The tester: renders a template with payloads, in each of its languages, to see whether the message is sent.

use std::collections::HashSet;

use serde_json::Value as Json;

use crate::liquid::syntax::visit::all_nodes;
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{Object, list};
use crate::liquid::{Arena, NodeId, Value};
use crate::message::{CompiledTemplate, Loss, RenderOptions, SENT_NAMES, SentData, Trial, TrialOutput};

/// How many nodes of a template may be rendered, all in all: loops over much data make a few renders a lot of work.
const MAX_NODES: usize = 12_000_000;

/// Why a message is lost: the number of the variant, and the loss.
pub(super) type Lost = (usize, Loss);

/// Renders payloads: objects that have `trigger`, `customer` and `objects`.
pub(super) struct Tester<'t> {
    variants: Vec<(Trial<'t>, Numbers)>,
    /// The nodes of the template. Those of strings that are rendered on the way come and go.
    nodes: HashSet<NodeId>,
    arena: Arena,
    out: TrialOutput,
    /// How many payloads were rendered.
    pub(super) renders: usize,
    work: usize,
}

impl<'t> Tester<'t> {
    /// A tester of a template in each of its languages.
    pub(super) fn new(variants: &'t [CompiledTemplate<'t>], options: &RenderOptions) -> Self {
        let trial =
            |variant: &'t CompiledTemplate<'t>| (Trial::new(variant, options), variant.language().dialect().numbers);
        let texts = variants.iter().flat_map(CompiledTemplate::texts);
        Self {
            variants: variants.iter().map(trial).collect(),
            nodes: texts.flat_map(|text| all_nodes(text.liquid.nodes)).map(NodeId::new).collect(),
            arena: Arena::new(),
            out: TrialOutput::default(),
            renders: 0,
            work: 0,
        }
    }

    /// Why the message of a payload is lost, in the first language in which it is; none if it is sent.
    pub(super) fn run(&mut self, data: &Json) -> Option<Lost> {
        self.renders += 1;
        for (at, (trial, numbers)) in self.variants.iter().enumerate() {
            let value = value_of(data, *numbers, &self.arena);
            let root = |name| match value {
                Value::Object(object) => object.get(name).unwrap_or(Value::Null),
                _ => Value::Null,
            };
            let [trigger, customer, objects] = SENT_NAMES.map(root);
            let loss = trial.run(SentData { trigger, customer, objects }, &self.arena, &mut self.out);
            self.work += self.out.trace.counts().map(|(_, count)| count as usize).sum::<usize>();
            self.arena.reset();
            if let Some(loss) = loss {
                return Some((at, loss));
            }
        }
        None
    }

    /// Whether the message of a payload is sent.
    pub(super) fn is_sent(&mut self, data: &Json) -> bool {
        self.run(data).is_none()
    }

    /// Whether the content that was rendered last contains a text.
    pub(super) fn has_printed(&self, text: &str) -> bool {
        self.out.content.text().contains(text)
    }

    /// The nodes of the template that the last render reached, and how often, up to a few times.
    pub(super) fn reached(&self) -> impl Iterator<Item = (NodeId, u32)> {
        let of_template = self.out.trace.counts().filter(|(node, _)| self.nodes.contains(node));
        of_template.map(|(node, count)| (node, count.min(3)))
    }

    /// Whether so much was rendered that it would take too long to go on.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.work >= MAX_NODES
    }
}

/// A JSON value in the arena.
fn value_of<'a>(json: &Json, numbers: Numbers, arena: &'a Arena) -> Value<'a> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            let double = number.as_f64().unwrap_or(0.0);
            if numbers == Numbers::Ruby && number.is_f64() { Value::float(double) } else { Value::Number(double) }
        }
        Json::String(text) => Value::String(arena.alloc_str(text)),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| value_of(item, numbers, arena)).collect();
            list(&items, arena)
        }
        Json::Object(object) => {
            let entries: Vec<_> =
                object.iter().map(|(name, value)| (&*arena.alloc_str(name), value_of(value, numbers, arena))).collect();
            Value::Object(Object::new(&entries, arena))
        }
    }
}
