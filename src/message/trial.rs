//! Trials: whether a message is sent or lost, found as quickly as possible, to be asked very often.

use jiff::Timestamp;

use super::compile::CompiledSetting;
use super::expiration::{Expiration, MAX_LIFE};
use super::failure::code_of;
use super::{CompiledTemplate, RenderOptions, SentData};
use crate::diagnostics::Code;
use crate::liquid::value::Object;
use crate::liquid::value::json::Members;
use crate::liquid::{Arena, Options, Output, Span, Trace, Value, json};

/// A template that is rendered with much data only to see whether its message is sent.
pub struct Trial<'t> {
    template: &'t CompiledTemplate<'t>,
    options: Options,
    sent_at: Timestamp,
    /// Whether an expiration without Liquid is too far away; an error if the message is expired when it is sent.
    fixed_expiration: Result<bool, Loss>,
}

/// What a trial writes into; its memory is used again.
#[derive(Debug)]
pub struct TrialOutput {
    /// The content, and what wrote it.
    pub content: Output,
    /// How often the nodes of the template were reached.
    pub trace: Trace,
}

/// What a trial sends.
#[derive(Clone, Debug)]
pub struct Sent<'a> {
    /// The type; empty if the template has none.
    pub kind: &'a str,
    /// The topics.
    pub topics: Vec<&'a str>,
    /// The properties that were asked for.
    pub properties: &'a Object<'a>,
    /// Where commas come before a closing bracket, as bytes of the rendered content.
    pub trailing_commas: Vec<usize>,
    /// Whether it expires later than messages are kept.
    pub is_late: bool,
    /// The rendered content.
    pub content: &'a Output,
}

/// What the settings of a message render to.
struct Settings<'a> {
    kind: &'a str,
    topics: Vec<&'a str>,
    is_late: bool,
}

/// Roughly why a message is lost: two losses that differ in this have different causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The Liquid of the content fails there.
    Content(Option<Span>, Code),
    /// The Liquid of the setting with this number fails.
    Setting(usize, Code),
    /// The content is not valid JSON: what wrote the byte at which that shows, and the nearest expression before it.
    Json(Option<Span>, Option<Span>),
    /// The content is valid JSON, but not an object.
    NotAnObject,
    /// Nobody knows when the message expires.
    Expiration,
    /// The message has expired when it is sent.
    Expired,
}

impl Default for TrialOutput {
    fn default() -> Self {
        Self { content: Output::with_marks(), trace: Trace::default() }
    }
}

impl TrialOutput {
    /// An output whose trace also has observations.
    #[must_use]
    pub fn observing() -> Self {
        Self { trace: Trace::observing(), ..Self::default() }
    }
}

impl<'t> Trial<'t> {
    /// A trial of a template.
    #[must_use]
    pub fn new(template: &'t CompiledTemplate<'t>, options: &RenderOptions) -> Self {
        let sent_at = Timestamp::from_second(options.now.as_second()).unwrap_or(options.now);
        let fixed = template.expiration.as_ref().filter(|setting| setting.liquid.is_none());
        let fixed_expiration = fixed.map_or(Ok(false), |setting| is_late(&setting.setting.value, sent_at));
        Self { template, options: options.for_liquid(), sent_at, fixed_expiration }
    }

    /// What the template can read.
    fn scope<'a>(&'a self, data: SentData<'a>, arena: &'a Arena) -> Value<'a>
    where
        't: 'a,
    {
        let template: &CompiledTemplate<'a> = self.template;
        template.scope(&data, &template.snippets, &self.options, arena).data
    }

    /// Renders with this data, and returns why the message is lost; `None` if it is sent. An expiration without Liquid is the
    /// same for all data, and is not looked at.
    pub fn run<'a>(&'a self, data: SentData<'a>, arena: &'a Arena, out: &'a mut TrialOutput) -> Option<Loss>
    where
        't: 'a,
    {
        arena.sharing_limits(|| {
            let scope = self.scope(data, arena);
            self.check(scope, arena, out).err()
        })
    }

    fn check<'a>(&'a self, scope: Value<'a>, arena: &'a Arena, out: &mut TrialOutput) -> Result<(), Loss>
    where
        't: 'a,
    {
        self.render(scope, arena, out)?;
        match json::is_object_with_trailing_commas(out.content.text(), arena) {
            Ok(true) => self.settings(scope, arena).map(|_| ()),
            Ok(false) => Err(Loss::NotAnObject),
            Err(error) => Err(Self::broken_json(&out.content, error.offset)),
        }
    }

    /// Renders with this data, and returns what is sent: of the properties, only these.
    ///
    /// # Errors
    /// Why the message is lost.
    pub fn send<'a>(
        &'a self,
        data: SentData<'a>,
        properties: &Members,
        arena: &'a Arena,
        out: &'a mut TrialOutput,
    ) -> Result<Sent<'a>, Loss>
    where
        't: 'a,
    {
        arena.sharing_limits(|| self.send_limited(data, properties, arena, out))
    }

    fn send_limited<'a>(
        &'a self,
        data: SentData<'a>,
        properties: &Members,
        arena: &'a Arena,
        out: &'a mut TrialOutput,
    ) -> Result<Sent<'a>, Loss>
    where
        't: 'a,
    {
        let scope = self.scope(data, arena);
        self.render(scope, arena, out)?;
        let content = json::read_members_with_trailing_commas(out.content.text(), properties, arena);
        let (properties, trailing_commas) = match content {
            Ok((Value::Object(properties), commas)) => (properties, commas),
            Ok(_) => return Err(Loss::NotAnObject),
            Err(error) => return Err(Self::broken_json(&out.content, error.offset)),
        };
        let Settings { kind, topics, is_late } = self.settings(scope, arena)?;
        let is_late = is_late | self.fixed_expiration?;
        Ok(Sent { kind, topics, properties, trailing_commas, is_late, content: &out.content })
    }

    /// Renders the content.
    fn render<'a>(&'a self, scope: Value<'a>, arena: &'a Arena, out: &mut TrialOutput) -> Result<(), Loss>
    where
        't: 'a,
    {
        let template: &CompiledTemplate<'a> = self.template;
        out.content.clear();
        out.trace.clear();
        let rendered = template.content.render_traced(scope, &self.options, arena, &mut out.content, &mut out.trace);
        rendered.map_err(|error| Loss::Content(error.span(), code_of(&error)))
    }

    /// Renders the settings.
    fn settings<'a>(&'a self, scope: Value<'a>, arena: &'a Arena) -> Result<Settings<'a>, Loss>
    where
        't: 'a,
    {
        let template: &CompiledTemplate<'a> = self.template;
        let setting = |at, setting: &CompiledSetting<'a>| {
            self.setting(setting, scope, arena).map_err(|code| Loss::Setting(at, code))
        };
        let kind = template.kind.as_ref().map(|kind| setting(0, kind)).transpose()?;
        let topics = template.topics.iter().enumerate().map(|(at, topic)| setting(at + 1, topic));
        let topics = topics.collect::<Result<_, _>>()?;
        let is_late = match &template.expiration {
            Some(expiration) if expiration.liquid.is_some() => is_late(setting(usize::MAX, expiration)?, self.sent_at)?,
            _ => false,
        };
        Ok(Settings { kind: kind.unwrap_or_default(), topics, is_late })
    }

    /// The string that a setting renders to.
    fn setting<'a>(&self, setting: &CompiledSetting<'a>, scope: Value<'a>, arena: &'a Arena) -> Result<&'a str, Code> {
        let Some(liquid) = setting.liquid else { return Ok(&setting.setting.value) };
        let mut out = Output::new();
        liquid.render(scope, &self.options, arena, &mut out).map_err(|error| code_of(&error))?;
        Ok(arena.alloc_str(out.text()))
    }

    fn broken_json(out: &Output, offset: usize) -> Loss {
        let marks = out.marks();
        let at = marks.partition_point(|mark| mark.written.end <= offset);
        let before = marks[..at.min(marks.len())].iter().rev();
        let nearest = before.into_iter().find(|mark| mark.writer == crate::liquid::Writer::Liquid);
        Loss::Json(marks.get(at).map(|mark| mark.span), nearest.map(|mark| mark.span))
    }
}

/// Whether an expiration is further away than messages are kept.
fn is_late(expiration: &str, sent_at: Timestamp) -> Result<bool, Loss> {
    let expiry = expiration.parse::<Expiration>().and_then(|expiration| expiration.resolve(sent_at));
    match expiry {
        Ok(expiry) if expiry > sent_at => Ok(expiry.duration_since(sent_at) > MAX_LIFE),
        Ok(_) => Err(Loss::Expired),
        Err(_) => Err(Loss::Expiration),
    }
}
