//! Trials: whether a message is sent or lost, found as quickly as possible, to be asked very often.

use jiff::Timestamp;

use super::compile::CompiledSetting;
use super::expiration::Expiration;
use super::scope::{NAMES, SENT_NAMES};
use super::{CompiledTemplate, RenderOptions, SentData};
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::OperandKind;
use crate::liquid::syntax::variables::read_by;
use crate::liquid::syntax::visit::{each_operand, each_part};
use crate::liquid::value::Object;
use crate::liquid::{Arena, Options, Output, Span, Trace, Value, json};

/// A template that is rendered with much data only to see whether its message is sent.
pub struct Trial<'t> {
    template: &'t CompiledTemplate<'t>,
    options: Options,
    sent_at: Timestamp,
    /// Whether it reads nothing but what requests and customers have, so that the rest need not be put in scope.
    reads_only_data: bool,
}

/// What a trial writes into; its memory is used again.
#[derive(Debug)]
pub struct TrialOutput {
    /// The content, and what wrote it.
    pub content: Output,
    /// How often the nodes of the template were reached.
    pub trace: Trace,
}

/// Roughly why a message is lost: two losses that differ in this have different causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The Liquid of the content fails there.
    Content(Option<Span>),
    /// The Liquid of the setting with this number fails.
    Setting(usize),
    /// The content is not valid JSON: what wrote the byte at which that shows, and the nearest expression before it.
    Json(Option<Span>, Option<Span>),
    /// The content is valid JSON, but not an object.
    NotAnObject,
    /// The message has expired, or never expires.
    Expiration,
}

impl Default for TrialOutput {
    fn default() -> Self {
        Self { content: Output::with_marks(), trace: Trace::default() }
    }
}

impl<'t> Trial<'t> {
    /// A trial of a template.
    #[must_use]
    pub fn new(template: &'t CompiledTemplate<'t>, options: &RenderOptions) -> Self {
        let sent_at = Timestamp::from_second(options.now.as_second()).unwrap_or(options.now);
        Self { template, options: options.for_liquid(), sent_at, reads_only_data: reads_only_data(template) }
    }

    /// What the template can read.
    fn scope<'a>(&'a self, data: SentData<'a>, arena: &'a Arena) -> Value<'a>
    where
        't: 'a,
    {
        if self.reads_only_data {
            let [trigger, customer, objects] = SENT_NAMES;
            let entries = [(trigger, data.trigger), (customer, data.customer), (objects, data.objects)];
            return Value::Object(Object::new(&entries, arena));
        }
        let template: &CompiledTemplate<'a> = self.template;
        template.scope(&data, &template.snippets, &self.options, arena).data
    }

    /// Renders with this data, and tells why the message is lost; none if it is sent.
    pub fn run<'a>(&'a self, data: SentData<'a>, arena: &'a Arena, out: &mut TrialOutput) -> Option<Loss>
    where
        't: 'a,
    {
        let template: &CompiledTemplate<'a> = self.template;
        let scope = self.scope(data, arena);
        out.content.clear();
        out.trace.clear();
        let rendered = template.content.render_traced(scope, &self.options, arena, &mut out.content, &mut out.trace);
        if let Err(error) = rendered {
            return Some(Loss::Content(error.span()));
        }
        match json::read_with_trailing_commas(out.content.text(), arena) {
            Ok((Value::Object(_), _)) => {}
            Ok(_) => return Some(Loss::NotAnObject),
            Err(error) => return Some(Self::broken_json(&out.content, error.offset)),
        }
        let settings = template.kind.iter().chain(&template.topics);
        for (at, setting) in settings.enumerate() {
            if let Some(Err(())) = self.setting(setting, scope, arena) {
                return Some(Loss::Setting(at));
            }
        }
        template.expiration.as_ref().and_then(|setting| self.expiration(setting, scope, arena))
    }

    /// The string that a setting with Liquid renders to; none if it has no Liquid.
    fn setting<'a>(
        &self,
        setting: &CompiledSetting<'a>,
        scope: Value<'a>,
        arena: &'a Arena,
    ) -> Option<Result<String, ()>> {
        let mut out = Output::new();
        let rendered = setting.liquid?.render(scope, &self.options, arena, &mut out);
        Some(rendered.map(|()| out.into_text()).map_err(|_| ()))
    }

    fn expiration<'a>(&self, setting: &CompiledSetting<'a>, scope: Value<'a>, arena: &'a Arena) -> Option<Loss> {
        // What is written without Liquid is the same for all data.
        let Ok(text) = self.setting(setting, scope, arena)? else { return Some(Loss::Setting(usize::MAX)) };
        let expiry = text.parse::<Expiration>().and_then(|expiration| expiration.resolve(self.sent_at));
        match expiry {
            Ok(expiry) if expiry > self.sent_at => None,
            _ => Some(Loss::Expiration),
        }
    }

    fn broken_json(out: &Output, offset: usize) -> Loss {
        let marks = out.marks();
        let at = marks.partition_point(|mark| mark.written.end <= offset);
        let before = marks[..at.min(marks.len())].iter().rev();
        let nearest = before.into_iter().find(|mark| mark.writer == crate::liquid::Writer::Liquid);
        Loss::Json(marks.get(at).map(|mark| mark.span), nearest.map(|mark| mark.span))
    }
}

/// Whether a template reads no names but those that requests and customers have something for.
fn reads_only_data(template: &CompiledTemplate<'_>) -> bool {
    let is_other = |name: &str| NAMES.contains(&name) && !SENT_NAMES.contains(&name);
    template.texts().iter().all(|text| {
        let nodes = text.liquid.nodes;
        let mut is_sure = read_by(nodes).iter().all(|variable| variable.name.is_some_and(|name| !is_other(name)));
        // Filters are given expressions as strings.
        each_operand(nodes, &mut |operand| {
            if let OperandKind::Literal(Value::String(text)) = operand.kind {
                is_sure &= !NAMES.iter().any(|name| is_other(name) && text.contains(name));
            }
        });
        each_part(nodes, &mut |_, part| is_sure &= !matches!(part, Part::Template(_)));
        is_sure
    })
}
