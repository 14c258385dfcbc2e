//! Rendering: a template, a customer and a request become a message, or the reasons why not.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::content::Content;
use super::expiration::{Expiration, MAX_LIFE};
use super::failure::{LiquidText, Place, of_liquid, of_parsing};
use super::observed::ObservedText;
use super::scope::{MessageData, NULL_NAMESPACES, SNIPPETS, Scope, SnippetNames};
use super::settings::{EXPIRATION_INVALID, Setting, Settings, has_liquid};
use super::{Customer, Request, Snippet, SnippetKind, Template, Written};
use crate::customerio::tags::PLATFORM;
use crate::customerio::tags::cio_link::CIO_LINK;
use crate::customerio::{self, Switches};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::liquid::syntax::tree::{NodeKind, Nodes};
use crate::liquid::syntax::variables::{Variable, read_by};
use crate::liquid::syntax::visit::all_nodes;
use crate::liquid::value::number::Numbers;
use crate::liquid::{self, Arena, Language, Limits, Mode, Options, Output, Subject, Trace, Value};

const EMAIL_ONLY_TAG: Code = Code::new("email-only-tag");
const EXPIRATION_TOO_LONG: Code = Code::new("expiration-too-long");
const WRONG_NAMESPACE: Code = Code::new("wrong-namespace");

/// What a recipient's inbox receives. Serializes to the object that Customer.io's client library hands out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// The type; empty where the template has none.
    #[serde(rename = "type")]
    pub kind: String,
    /// The topics; none means the implicit topic `default`.
    pub topics: Vec<String>,
    /// When it was sent, in whole seconds.
    #[serde(rename = "sentAt")]
    pub sent_at: Timestamp,
    /// When it expires.
    pub expiry: Timestamp,
    /// `title`, `body`, and whatever else the content renders to.
    pub properties: Map<String, Json>,
}

/// A text of a template that has been parsed.
#[derive(Clone, Copy, Debug)]
pub struct CompiledText<'a> {
    /// Its tree.
    pub liquid: liquid::Template<'a>,
    /// Where it stands in the template's file.
    pub place: Place<'a>,
    /// Whether it is the content, not a setting.
    pub is_content: bool,
}

/// What `trigger` is.
#[derive(Clone, Copy, Debug)]
pub enum Trigger<'p> {
    /// The `message_data` of a request.
    Of(&'p Request),
    /// A JSON object.
    Json(&'p str),
}

impl Trigger<'_> {
    fn value<'a>(&'a self, numbers: Numbers, arena: &'a Arena) -> Value<'a> {
        match self {
            Self::Of(request) => request.message_data(numbers, arena),
            Self::Json(text) => liquid::json::read_as(text, numbers, arena).unwrap_or(Value::Null),
        }
    }
}

/// What came of rendering.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The message; none where it fails.
    pub message: Option<Message>,
    /// What is wrong or doubtful, in reading order.
    pub problems: Diagnostics,
    /// Whether the message fails, and Customer.io's test send would not show it; false where that was not
    /// [asked](Circumstances::asks_test_send).
    pub test_send_looks_fine: bool,
    /// What the content rendered to, up to where it failed, and what wrote it.
    pub written: Written,
}

impl Rendering {
    /// What came of a template that could not even be parsed.
    #[must_use]
    pub fn failed(problems: Diagnostics) -> Self {
        Self { message: None, problems, test_send_looks_fine: false, written: Written::default() }
    }
}

/// What all templates of a project share.
#[derive(Clone, Copy, Debug)]
pub struct Workspace<'p> {
    /// The snippets.
    pub snippets: &'p [Snippet],
    /// Which Liquid the templates are written in.
    pub liquid: Switches,
}

impl<'p> Workspace<'p> {
    /// The language of a template with these settings, and of the snippets that it reads.
    #[must_use]
    pub fn language(&self, settings: &Settings) -> &'static Language {
        let version = settings.liquid.as_ref().map_or(self.liquid.version, |version| version.value);
        customerio::language(Switches { version, ..self.liquid })
    }

    /// The snippets that rendering a template reads, those that they need included. Where the template cannot be parsed,
    /// all that there are.
    #[must_use]
    pub fn snippets_of(&self, template: &Template) -> Vec<&'p Snippet> {
        // Most templates have none, and need not be parsed to see that.
        if !template.source().text().contains(SNIPPETS) {
            return Vec::new();
        }
        let arena = Arena::new();
        match template.compile(self, &arena) {
            Ok(compiled) => compiled.snippets.with_their_own(self, self.language(template.settings())),
            Err(_) => self.snippets.iter().collect(),
        }
    }
}

/// When, how and by what luck a message is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// The moment of sending.
    pub now: Timestamp,
    /// Whether as a real send or as a test send.
    pub mode: Mode,
    /// Where chance starts from; anew each time where it is not given.
    pub seed: Option<u64>,
    /// What may be used up.
    pub limits: Limits,
    /// Whether it is asked what a test send would make of a message that fails. That takes as long as the message itself.
    pub asks_test_send: bool,
}

impl Circumstances {
    /// The same for the language.
    pub(super) fn options(&self) -> Options {
        Options { mode: self.mode, now: Some(milliseconds(self.now)), seed: self.seed, limits: self.limits }
    }
}

/// A template whose Liquid has been parsed: its content, and the settings that have any.
#[derive(Debug)]
pub struct CompiledTemplate<'a> {
    pub(super) workspace: &'a Workspace<'a>,
    pub(super) template: &'a Template,
    /// What is doubtful whatever the template is rendered with.
    warnings: Diagnostics,
    pub(super) snippets: SnippetNames<'a>,
    pub(super) content: liquid::Template<'a>,
    arena: &'a Arena,
    pub(super) kind: Option<CompiledSetting<'a>>,
    pub(super) topics: Vec<CompiledSetting<'a>>,
    pub(super) expiration: Option<CompiledSetting<'a>>,
}

#[derive(Debug)]
pub(super) struct CompiledSetting<'a> {
    pub(super) setting: &'a Setting<String>,
    /// Nothing where the setting is a plain text.
    pub(super) liquid: Option<liquid::Template<'a>>,
}

impl Template {
    /// Parses the template's Liquid, to render it any number of times.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn compile<'a>(
        &'a self,
        workspace: &'a Workspace<'a>,
        arena: &'a Arena,
    ) -> Result<CompiledTemplate<'a>, Diagnostics> {
        let mut parsing = Parsing {
            template: self,
            workspace,
            arena,
            problems: Diagnostics::new(),
            warnings: Diagnostics::new(),
            snippets: SnippetNames::default(),
        };
        let content = parsing.liquid(self.content(), Place::From(self.content_start()));
        let settings = self.settings();
        let kind = settings.kind.as_ref().map(|kind| parsing.setting(kind));
        let topics = settings.topics.iter().map(|topic| parsing.setting(topic)).collect();
        let expiration = settings.expiration.as_ref().map(|expiration| parsing.setting(expiration));
        let Parsing { mut problems, warnings, snippets, .. } = parsing;
        match content {
            Some(content) if problems.is_empty() => Ok(CompiledTemplate {
                workspace,
                template: self,
                warnings,
                snippets,
                content,
                arena,
                kind,
                topics,
                expiration,
            }),
            _ => {
                problems.tidy();
                Err(problems)
            }
        }
    }
}

/// The parsing of one template's Liquid.
struct Parsing<'a> {
    template: &'a Template,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
    problems: Diagnostics,
    warnings: Diagnostics,
    snippets: SnippetNames<'a>,
}

impl<'a> Parsing<'a> {
    fn setting(&mut self, setting: &'a Setting<String>) -> CompiledSetting<'a> {
        let liquid = has_liquid(&setting.value).then(|| self.liquid(&setting.value, Place::Within(&setting.span)));
        CompiledSetting { setting, liquid: liquid.flatten() }
    }

    fn liquid(&mut self, source: &'a str, place: Place<'_>) -> Option<liquid::Template<'a>> {
        let language = self.workspace.language(self.template.settings());
        let text = LiquidText { source: self.template.source(), place, language, data: Value::Undefined };
        match liquid::Template::parse_limited(source, language, self.arena, Limits::default().parse_length) {
            Ok(template) => {
                let variables = read_by(template.nodes);
                self.snippets.add(SnippetNames::read_by(&variables));
                self.warnings.extend(wrong_namespaces(&variables, &text));
                self.warnings.extend(email_only_tags(template.nodes, &text));
                Some(template)
            }
            Err(errors) => {
                self.problems.extend(of_parsing(&errors, source, &text));
                None
            }
        }
    }
}

/// Reads of namespaces that have nothing in them in a transactional message.
fn wrong_namespaces(variables: &[Variable<'_>], text: &LiquidText<'_>) -> Vec<Diagnostic> {
    let wrong = variables.iter().filter_map(|variable| {
        let name = variable.name.filter(|name| NULL_NAMESPACES.contains(name))?;
        let problem = Diagnostic::warning(WRONG_NAMESPACE, format!("`{name}` is empty in a transactional message"));
        let problem = problem.primary(text.source.at(text.range(Some(variable.span))), "prints nothing");
        Some(problem.help("what the request sends as `message_data` is `trigger`"))
    });
    wrong.collect()
}

/// Tags that make sense in email only.
fn email_only_tags(nodes: Nodes<'_>, text: &LiquidText<'_>) -> Vec<Diagnostic> {
    let tags = all_nodes(nodes).into_iter().filter_map(|node| match node.kind {
        NodeKind::Tag { name, .. } => Some((name, node.span)),
        _ => None,
    });
    let is_email_only =
        |name: &str| name == CIO_LINK.name || PLATFORM.iter().any(|tag| tag.name == name && tag.is_email_only);
    tags.filter(|(name, _)| is_email_only(name))
        .map(|(name, span)| {
            Diagnostic::warning(EMAIL_ONLY_TAG, format!("the tag `{name}` is made for emails"))
                .primary(text.source.at(text.range(Some(span))), "a placeholder stands here")
                .help("in an inbox message, write the address itself, or send it in `message_data`")
        })
        .collect()
}

impl<'a> CompiledTemplate<'a> {
    /// The template.
    #[must_use]
    pub const fn template(&self) -> &'a Template {
        self.template
    }

    /// The language that it is written in.
    #[must_use]
    pub fn language(&self) -> &'static Language {
        self.workspace.language(self.template.settings())
    }

    /// What is doubtful whatever the template is rendered with.
    #[must_use]
    pub const fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// Its texts that have Liquid: the content, and then those settings that do.
    #[must_use]
    pub fn texts(&self) -> Vec<CompiledText<'a>> {
        let content =
            CompiledText { liquid: self.content, place: Place::From(self.template.content_start()), is_content: true };
        let settings = self.kind.iter().chain(&self.topics).chain(&self.expiration);
        let settings = settings.filter_map(|setting| {
            let place = Place::Within(&setting.setting.span);
            Some(CompiledText { liquid: setting.liquid?, place, is_content: false })
        });
        std::iter::once(content).chain(settings).collect()
    }

    /// The texts of a snippet; none where it is not there or cannot be read.
    #[must_use]
    pub fn snippet_texts(&self, name: &str) -> Vec<liquid::Template<'a>> {
        let snippet = self.workspace.snippets.iter().find(|snippet| snippet.name() == name);
        let texts = snippet.map(|snippet| snippet.texts(self.arena)).unwrap_or_default();
        let language = self.language();
        let parse = |text| liquid::Template::parse(text, language, self.arena).ok();
        texts.into_iter().filter_map(parse).collect()
    }

    /// Renders everything as a test send does, so that nothing that is missing ends it, and hands to `work` the data and
    /// the nodes that were come to. Without a customer there are no attributes.
    pub fn explore<T>(
        &self,
        customer: Option<&Customer>,
        trigger: &Trigger<'_>,
        circumstances: &Circumstances,
        work: impl FnOnce(Value<'_>, &Trace) -> T,
    ) -> T {
        let arena = Arena::new();
        let options = Options { mode: Mode::Lax, ..circumstances.options() };
        let settings = self.template.settings();
        let trigger = trigger.value(self.language().dialect().numbers, &arena);
        let scope = Scope::new(self.workspace, settings, customer, trigger, &self.snippets, &options, &arena);
        let mut trace = Trace::default();
        for text in self.texts() {
            let liquid: liquid::Template<'_> = text.liquid;
            // What fails all the same is told when the message is rendered.
            let _ = liquid.render_traced(scope.data, &options, &arena, &mut Output::new(), &mut trace);
        }
        work(scope.data, &trace)
    }

    /// Renders the content for `customer`, and the snippets that it needs, and tells what each expression did.
    #[must_use]
    pub fn observe(&self, customer: &Customer, request: &Request, circumstances: &Circumstances) -> Vec<ObservedText> {
        let (arena, language) = (Arena::new(), self.language());
        let options = circumstances.options();
        let trigger = request.message_data(language.dialect().numbers, &arena);
        let snippets = self.snippets.with_their_own(self.workspace, language);
        let needed = SnippetNames::of_all(&snippets);
        let settings = self.template.settings();
        let scope = Scope::new(self.workspace, settings, Some(customer), trigger, &needed, &options, &arena);
        let place = (self.template.source(), Place::From(self.template.content_start()));
        let mut observed = vec![ObservedText::of(self.content, place, scope.data, &options, &arena)];
        for snippet in snippets {
            let whole = 0..snippet.source().text().len();
            let place = match snippet.kind() {
                SnippetKind::Text => Place::From(0),
                SnippetKind::Json => Place::Within(&whole),
            };
            for text in snippet.texts(&arena) {
                let place = (snippet.source(), place);
                observed.push(match liquid::Template::parse(text, language, &arena) {
                    Ok(parsed) => ObservedText::of(parsed, place, scope.data, &options, &arena),
                    Err(errors) => ObservedText::unreadable(place, text, &errors),
                });
            }
        }
        observed
    }

    /// Renders the message that `request` asks for, for `customer`.
    #[must_use]
    pub fn render(&self, customer: &Customer, request: &Request, circumstances: &Circumstances) -> Rendering {
        let mut rendering = self.render_once(customer, request, circumstances);
        let asks = circumstances.asks_test_send && circumstances.mode == Mode::Live;
        rendering.test_send_looks_fine = asks && rendering.message.is_none() && {
            let test_send = Circumstances { mode: Mode::Lax, ..*circumstances };
            self.render_once(customer, request, &test_send).message.is_some()
        };
        rendering
    }

    /// Renders without a look at what a test send would do.
    fn render_once(&self, customer: &Customer, request: &Request, circumstances: &Circumstances) -> Rendering {
        let arena = Arena::new();
        let numbers = self.language().dialect().numbers;
        let (attributes, objects) = customer.data(numbers, &arena);
        let trigger = request.message_data(numbers, &arena);
        self.render_data(MessageData { trigger, customer: attributes, objects }, circumstances)
    }

    /// Renders the message of this data, without a look at what a test send would do.
    #[must_use]
    pub fn render_data(&self, data: MessageData<'_>, circumstances: &Circumstances) -> Rendering {
        let arena = Arena::new();
        let options = circumstances.options();
        let settings = self.template.settings();
        let data: MessageData<'_> = data;
        let scope = Scope::of(self.workspace, settings, data, &self.snippets, &options, &arena);
        let mut render = Render {
            template: self,
            scope: &scope,
            options,
            sent_at: Timestamp::from_second(circumstances.now.as_second()).unwrap_or(circumstances.now),
            arena: &arena,
            problems: self.warnings.clone(),
            written: Written::default(),
        };
        let message = render.message();
        let Render { mut problems, written, .. } = render;
        problems.tidy();
        let message = message.filter(|_| !problems.has_errors());
        Rendering { message, problems, test_send_looks_fine: false, written }
    }
}

/// One render under way.
struct Render<'r, 'a> {
    template: &'r CompiledTemplate<'a>,
    scope: &'r Scope<'r>,
    options: Options,
    sent_at: Timestamp,
    arena: &'r Arena,
    problems: Diagnostics,
    written: Written,
}

impl<'r> Render<'r, '_> {
    /// Everything is rendered even where something fails, so that all problems show at once.
    fn message(&mut self) -> Option<Message> {
        let template = self.template;
        let properties = self.properties();
        let kind = template.kind.as_ref().map_or(Some(String::new()), |kind| self.setting(kind));
        let topics: Vec<_> = template.topics.iter().filter_map(|topic| self.setting(topic)).collect();
        let expiry = self.expiry();
        Some(Message { kind: kind?, topics, sent_at: self.sent_at, expiry: expiry?, properties: properties? })
    }

    fn properties(&mut self) -> Option<Map<String, Json>> {
        let template = self.template.template;
        let mut out = Output::with_marks();
        let content: liquid::Template<'r> = self.template.content;
        let rendered = content.render(self.scope.data, &self.options, self.arena, &mut out);
        self.written = Written::new(out, template);
        if let Err(error) = rendered {
            self.fail(&error, Place::From(template.content_start()));
            return None;
        }
        let arena = Arena::new();
        let content = Content { written: &self.written, source: template.source() };
        let properties = content.properties(&arena, &mut self.problems)?;
        Some(properties.entries().iter().map(|(name, value)| ((*name).to_owned(), to_json(*value))).collect())
    }

    fn setting(&mut self, setting: &CompiledSetting<'r>) -> Option<String> {
        let Some(liquid) = setting.liquid else { return Some(setting.setting.value.clone()) };
        let mut out = Output::new();
        match liquid.render(self.scope.data, &self.options, self.arena, &mut out) {
            Ok(()) => Some(out.into_text()),
            Err(error) => {
                self.fail(&error, Place::Within(&setting.setting.span));
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
            self.problems.push(problem.help("set `expiration` to a time after the moment of sending"));
            return None;
        }
        if expiry.duration_since(self.sent_at) > MAX_LIFE {
            let message = format!("the message expires at {expiry}; Customer.io keeps none longer than 60 days");
            let problem = Diagnostic::warning(EXPIRATION_TOO_LONG, message).at(location);
            self.problems.push(problem.help("set `expiration` to `60 days` or less"));
        }
        Some(expiry)
    }

    fn fail(&mut self, error: &liquid::Error, place: Place<'_>) {
        // A snippet that could not be rendered is missing; why it could not says more.
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
        self.problems.push(of_liquid(error, &text));
    }
}

/// A moment as Liquid counts it: milliseconds since 1970.
#[must_use]
pub fn milliseconds(moment: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    let milliseconds = moment.as_millisecond() as f64;
    milliseconds
}

/// A value that was read from JSON, as JSON.
fn to_json(value: Value<'_>) -> Json {
    match value {
        Value::Bool(flag) => Json::Bool(flag),
        Value::Number(number) => json_number(number),
        Value::String(text) => Json::String(liquid::value::utf16::to_utf8(text).into_owned()),
        Value::Array(items) => items.iter().map(|item| to_json(*item)).collect(),
        Value::Object(object) => {
            object.entries().iter().map(|(name, value)| ((*name).to_owned(), to_json(*value))).collect()
        }
        _ => Json::Null,
    }
}

/// A whole number without a point, as JavaScript writes it.
fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Json::from(number as i64);
    }
    Json::from(number)
}
