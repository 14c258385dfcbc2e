//! Rendering: turns a template, a customer and a request into a message, or into the reasons why there is none.

use std::borrow::Cow;
use std::mem::take;

use jiff::Timestamp;

use super::cause::{CauseKind, LossCause};
use super::compile::CompiledSetting;
use super::content::Content;
use super::expiration::{Expiration, MAX_LIFE};
use super::failure::{LiquidText, TextPlace, liquid_diagnostic};
use super::properties::weight_of_object;
use super::scope::{Scope, SnippetNames};
use super::sent_data::{SentData, Trigger};
use super::settings::EXPIRATION_INVALID;
use super::{CompiledTemplate, Customer, Message, Properties, RenderOptions, RenderedText, Request, Template};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::liquid::{self, Arena, Mode, Options, Output, Subject};

const EXPIRATION_TOO_LONG: Code = Code::new("expiration-too-long");

/// The result of rendering.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The message; `None` if it fails.
    pub message: Option<Message>,
    /// The errors and warnings, in reading order.
    pub problems: Diagnostics,
    /// Whether the message fails although Customer.io's test send would succeed; false unless that was
    /// [asked for](RenderOptions::asks_test_send).
    pub test_send_looks_fine: bool,
    /// Whether it needed more memory than its [limits](RenderOptions::limits) allow.
    pub is_out_of_memory: bool,
    /// The text that the content rendered to, up to the failure if there is one, with its source spans.
    pub text: RenderedText,
    /// The variable that the content lacks, if that loses the message.
    pub(super) missing: Option<LossCause>,
}

impl Rendering {
    /// The result for a message that could not be rendered at all.
    #[must_use]
    pub fn failed(problems: Diagnostics) -> Self {
        Self {
            message: None,
            problems,
            test_send_looks_fine: false,
            is_out_of_memory: false,
            text: RenderedText::default(),
            missing: None,
        }
    }

    /// Why the content of `template` is lost, where it is a missing variable or what expressions print: these all.
    #[doc(hidden)]
    #[must_use]
    pub fn causes(&self, template: &Template) -> Vec<LossCause> {
        match &self.missing {
            Some(missing) => vec![missing.clone()],
            None => Content { rendered: &self.text, source: template.source() }.culprits(),
        }
    }
}

impl CompiledTemplate<'_> {
    /// Renders the message that `request` asks for, for `customer`.
    #[must_use]
    pub fn render(&self, customer: &Customer, request: &Request, options: &RenderOptions) -> Rendering {
        let arena = Arena::temporary();
        let sent = match SentData::read(Some(customer), Trigger::Request(request), self.language(), &arena) {
            Ok(sent) => sent,
            Err(problem) => return Rendering::failed(problem.into()),
        };
        let mut rendering = self.render_data(&sent, options);
        let asks = options.asks_test_send && options.mode == Mode::Live;
        rendering.test_send_looks_fine = asks && rendering.message.is_none() && {
            let test_send = RenderOptions { mode: Mode::Lax, ..*options };
            let test_send = self.render_data(&sent, &test_send);
            rendering.is_out_of_memory |= test_send.is_out_of_memory;
            test_send.message.is_some()
        };
        rendering
    }

    /// Renders the message of this data if it is sent; `None` if it fails. That takes less time than
    /// [`render_data`](Self::render_data), because what explains a message is only kept if there is a warning.
    #[must_use]
    pub fn render_sent(&self, sent: &SentData<'_>, options: &RenderOptions) -> Option<Rendering> {
        let (message, problems) = self.with_renderer(sent, options, &Arena::temporary(), |renderer| {
            renderer.explains = false;
            (renderer.message(), take(&mut renderer.problems))
        });
        let message = message.filter(|_| !problems.has_errors())?;
        if problems.is_empty() {
            return Some(Rendering { message: Some(message), ..Rendering::failed(problems) });
        }
        Some(self.render_data(sent, options)).filter(|rendering| rendering.message.is_some())
    }

    /// Renders the message of this data, once: what a test send would do is not [asked](RenderOptions::asks_test_send).
    #[must_use]
    pub fn render_data(&self, sent: &SentData<'_>, options: &RenderOptions) -> Rendering {
        let arena = Arena::temporary();
        self.with_renderer(sent, options, &arena, |renderer| {
            let message = renderer.message();
            let mut problems = take(&mut renderer.problems);
            problems.tidy();
            Rendering {
                message: message.filter(|_| !problems.has_errors()),
                problems,
                test_send_looks_fine: false,
                is_out_of_memory: arena.is_exhausted(),
                text: take(&mut renderer.text),
                missing: renderer.missing.take(),
            }
        })
    }

    /// The first error of the message of this data, in the order in which a [trial](super::Trial) finds it; `None` if the
    /// message is sent.
    #[must_use]
    pub fn first_error(&self, sent: &SentData<'_>, options: &RenderOptions) -> Option<Diagnostic> {
        self.with_renderer(sent, options, &Arena::temporary(), |renderer| {
            renderer.properties();
            let template = renderer.template;
            for setting in template.kind.iter().chain(&template.topics) {
                if !renderer.problems.has_errors() {
                    renderer.setting(setting);
                }
            }
            if !renderer.problems.has_errors() {
                renderer.expiry();
            }
            renderer.problems.iter().find(|problem| problem.severity == Severity::Error).cloned()
        })
    }

    /// Runs `render` with a renderer of this data. The message, its settings and its snippets share the limits of one render.
    fn with_renderer<T>(
        &self,
        sent: &SentData<'_>,
        options: &RenderOptions,
        arena: &Arena,
        render: impl FnOnce(&mut Renderer<'_, '_>) -> T,
    ) -> T {
        arena.sharing_limits(|| {
            let scope = self.scope(sent, &self.snippets, &options.for_liquid(), arena);
            render(&mut Renderer::new(self, &scope, options, arena))
        })
    }

    /// The scope of the template for a message with this data.
    pub(super) fn scope<'s>(
        &'s self,
        sent: &SentData<'s>,
        needed: &SnippetNames<'_>,
        options: &Options,
        arena: &'s Arena,
    ) -> Scope<'s> {
        Scope::new(self.workspace, self.language(), self.names, sent, needed, options, arena)
    }
}

/// Renders one message and collects the problems.
struct Renderer<'r, 'a> {
    template: &'r CompiledTemplate<'a>,
    scope: &'r Scope<'r>,
    options: Options,
    sent_at: Timestamp,
    arena: &'r Arena,
    /// Whether to keep what explains the message.
    explains: bool,
    problems: Diagnostics,
    text: RenderedText,
    missing: Option<LossCause>,
}

impl<'r, 'a> Renderer<'r, 'a> {
    fn new(
        template: &'r CompiledTemplate<'a>,
        scope: &'r Scope<'r>,
        options: &RenderOptions,
        arena: &'r Arena,
    ) -> Self {
        Self {
            template,
            scope,
            options: options.for_liquid(),
            sent_at: Timestamp::from_second(options.now.as_second()).unwrap_or(options.now),
            arena,
            explains: true,
            problems: Diagnostics::new(),
            text: RenderedText::default(),
            missing: None,
        }
    }

    /// Renders everything even after a failure, so that all problems are reported at once.
    fn message(&mut self) -> Option<Message> {
        let template = self.template;
        let properties = self.properties();
        let kind = template.kind.as_ref().map_or(Some("".into()), |kind| self.setting(kind));
        let topics = template.topics.iter().filter_map(|topic| self.setting(topic).map(Cow::into_owned)).collect();
        let expiry = self.expiry();
        Some(Message {
            kind: kind?.into_owned(),
            topics,
            sent_at: self.sent_at,
            expiry: expiry?,
            properties: properties?,
        })
    }

    fn properties(&mut self) -> Option<Properties> {
        let template = self.template.template;
        let mut out = if self.explains { Output::with_marks() } else { Output::new() };
        // Most messages are about as long as their templates.
        out.reserve(template.content().len());
        let content: liquid::Template<'r> = self.template.content;
        let rendered = content.render(self.scope.data, &self.options, self.arena, &mut out);
        self.text = RenderedText::new(out, template);
        if let Err(error) = rendered {
            self.fail(&error, TextPlace::Verbatim(template.content_start()));
            return None;
        }
        let arena = Arena::temporary();
        let content = Content { rendered: &self.text, source: template.source() };
        let weight = weight_of_object(content.properties(&arena, &mut self.problems)?);
        let text = if self.explains { self.text.text.clone() } else { take(&mut self.text.text) };
        Some(Properties::of_content(text, weight))
    }

    fn setting(&mut self, setting: &CompiledSetting<'r>) -> Option<Cow<'r, str>> {
        let Some(liquid) = setting.liquid else { return Some(setting.setting.value.as_str().into()) };
        let mut out = Output::new();
        match liquid.render(self.scope.data, &self.options, self.arena, &mut out) {
            Ok(()) => Some(out.into_text().into()),
            Err(error) => {
                self.fail(&error, TextPlace::Escaped(&setting.setting.span));
                None
            }
        }
    }

    fn expiry(&mut self) -> Option<Timestamp> {
        let template = self.template;
        let Some(setting) = &template.expiration else {
            return Expiration::After(MAX_LIFE).resolve(self.sent_at).ok();
        };
        let text = self.setting(setting)?;
        let location = template.template.source().at(setting.setting.span.clone());
        let expiry = match text.parse::<Expiration>().and_then(|expiration| expiration.resolve(self.sent_at)) {
            Ok(expiry) => expiry,
            Err(error) => {
                self.problems.push(Diagnostic::error(EXPIRATION_INVALID, error.to_string()).at(location));
                return None;
            }
        };
        if expiry <= self.sent_at {
            let message = format!("the message expires at {expiry}, before it is sent");
            let problem = Diagnostic::error(EXPIRATION_INVALID, message).at(location);
            self.problems.push(problem.help("set `expiration` to a time after the message is sent"));
            return None;
        }
        if expiry.duration_since(self.sent_at) > MAX_LIFE {
            let message = format!("the message expires at {expiry}; Customer.io keeps messages for at most 60 days");
            let problem = Diagnostic::warning(EXPIRATION_TOO_LONG, message).at(location);
            self.problems.push(problem.help("set `expiration` to `60 days` or less"));
        }
        Some(expiry)
    }

    fn fail(&mut self, error: &liquid::Error, place: TextPlace<'_>) {
        // A broken snippet counts as a missing variable. The reason why it is broken is more useful.
        let snippet = match error.subject() {
            Some(Subject::MissingVariable(path)) => path.strip_prefix("snippets."),
            _ => None,
        };
        if let Some(problems) = snippet.and_then(|name| self.scope.broken_snippets.get(name)) {
            self.problems.extend(problems.iter().cloned());
            return;
        }
        let language = self.template.language();
        let text = LiquidText { source: self.template.template.source(), place, language, data: self.scope.data };
        let problem = liquid_diagnostic(error, &text);
        if let Some(Subject::MissingVariable(path)) = error.subject() {
            let cause = || LossCause { problem: problem.clone(), kind: CauseKind::MissingVariable(path.clone()) };
            self.missing.get_or_insert_with(cause);
        }
        self.problems.push(problem);
    }
}
