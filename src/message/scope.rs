//! The scope of a transactional inbox message: the names that its template can read, and their values.

use std::collections::BTreeMap;

use super::failure::{LiquidText, TextPlace, liquid_diagnostic, parse_diagnostics};
use super::identity::MessageIdentity;
use super::sent_data::SentData;
use super::settings::has_liquid;
use super::snippet::{Snippet, SnippetKind};
use super::{Identity, Template, Workspace};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::liquid::syntax::tree::SegmentKey;
use crate::liquid::syntax::variables::{Variable, read_by};
use crate::liquid::value::{Object, list};
use crate::liquid::{self, Arena, Language, Options, Output, Value};

const SNIPPET_CYCLE: Code = Code::new("snippet-cycle");

/// Namespaces of Customer.io that are empty here, because a transactional message belongs to no workflow and no event.
/// They are null, so that reading them prints nothing.
pub const NULL_NAMESPACES: [&str; 2] = ["event", "journey"];

/// All names that a template can read without assigning them first.
pub const NAMES: [&str; 9] =
    ["customer", "trigger", "objects", "campaign", "message", "delivery_id", "event", "journey", SNIPPETS];

/// The names whose values differ from message to message, the most likely first. The others are the same in every message.
pub const SENT_NAMES: [&str; 3] = ["trigger", "customer", "objects"];

/// The name that snippets are read from.
pub(super) const SNIPPETS: &str = "snippets";

/// The value of `campaign.type` for a transactional message.
const CAMPAIGN_TYPE: &str = "transactional_message";

/// Everything that a template can read.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// The names and their values.
    pub(super) data: Value<'a>,
    /// The problems of snippets that could not be rendered, by name. Such a snippet is missing from `data`.
    pub(super) broken_snippets: BTreeMap<&'a str, Diagnostics>,
}

/// The snippets that a template reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SnippetNames<'a> {
    names: Vec<&'a str>,
    /// Set if a name is only known when rendering.
    all: bool,
}

impl<'a> SnippetNames<'a> {
    /// The snippets that these variables read.
    pub(super) fn from_variables(variables: &[Variable<'a>]) -> Self {
        let mut needed = Self::default();
        for variable in variables.iter().filter(|variable| variable.name == Some(SNIPPETS)) {
            match variable.segments.get(1).map(|segment| segment.key) {
                Some(SegmentKey::Name(name)) => needed.names.push(name),
                _ => needed.all = true,
            }
        }
        needed
    }

    /// The names of all the given snippets.
    pub(super) fn from_snippets(snippets: &[&'a Snippet]) -> Self {
        Self { names: snippets.iter().map(|snippet| snippet.name()).collect(), all: false }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.all |= other.all;
    }

    /// The snippets with these names. If one of them does not exist, all snippets, so that an error can suggest another.
    fn select<'w>(&self, snippets: &'w [Snippet]) -> Vec<&'w Snippet> {
        if !self.all && self.names.is_empty() {
            return Vec::new();
        }
        let is_known = |name: &&str| snippets.iter().any(|snippet| snippet.name() == *name);
        let all = self.all || !self.names.iter().all(is_known);
        snippets.iter().filter(|snippet| all || self.names.contains(&snippet.name())).collect()
    }

    /// The snippets with these names and, transitively, the snippets that those read.
    pub(super) fn with_dependencies<'p>(&self, workspace: &Workspace<'p>, language: &Language) -> Vec<&'p Snippet> {
        let mut found = self.select(workspace.snippets);
        let mut next = 0;
        while let Some(snippet) = found.get(next) {
            next += 1;
            let arena = Arena::new();
            for text in snippet.texts(&arena).into_iter().filter(|text| text.contains(SNIPPETS)) {
                // A snippet that cannot be parsed reads nothing.
                let Ok(template) = liquid::Template::parse(text, language, &arena) else { continue };
                for needed in SnippetNames::from_variables(&read_by(template.nodes)).select(workspace.snippets) {
                    if !found.iter().any(|known| std::ptr::eq(*known, needed)) {
                        found.push(needed);
                    }
                }
            }
        }
        found
    }
}

/// The names of a template with the values that are the same in all of its messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct FixedNames<'a>(&'a Object<'a>);

/// The positions of the names whose values differ, in [`NAMES`].
const CUSTOMER_AT: usize = 0;
const TRIGGER_AT: usize = 1;
const OBJECTS_AT: usize = 2;
const SNIPPETS_AT: usize = NAMES.len() - 1;

impl<'a> FixedNames<'a> {
    /// The names of a template.
    pub(super) fn new(workspace: &'a Workspace<'a>, template: &'a Template, arena: &'a Arena) -> Self {
        let settings = template.settings();
        let MessageIdentity { campaign, message, delivery } =
            Identity::of(workspace.identity, settings, template.name());
        #[expect(clippy::cast_precision_loss, reason = "JavaScript has no other numbers")]
        let number = |number: u64| Value::Number(number as f64);
        let object = |entries: &[(&'a str, Value<'a>)]| Value::Object(Object::new(entries, arena));
        let campaign = object(&[
            ("id", number(campaign.0)),
            ("name", Value::String(campaign.1)),
            ("type", Value::String(CAMPAIGN_TYPE)),
            ("subscription_topic_ids", list(&[], arena)),
        ]);
        let message = object(&[
            ("id", number(message.0)),
            ("name", Value::String(message.1)),
            ("type", Value::Null),
            ("subject", Value::Null),
            ("preheader", Value::Null),
            ("journey_id", Value::Null),
            ("send_to_unsubs", Value::Null),
            ("subscription_topic_ids", list(&[], arena)),
            ("subscription_topic", object(&[("name", Value::Null)])),
        ]);
        let value = |name| match name {
            "campaign" => campaign,
            "message" => message,
            "delivery_id" => Value::String(delivery),
            // `NULL_NAMESPACES`, and those that differ.
            _ => Value::Null,
        };
        Self(Object::new(&NAMES.map(|name| (name, value(name))), arena))
    }

    /// All names of a message.
    fn with(self, sent: &SentData<'a>, snippets: Value<'a>, arena: &'a Arena) -> Value<'a> {
        Value::Object(self.0.with_values_at(
            &[
                (CUSTOMER_AT, sent.customer),
                (TRIGGER_AT, sent.trigger),
                (OBJECTS_AT, sent.objects),
                (SNIPPETS_AT, snippets),
            ],
            arena,
        ))
    }
}

impl<'a> Scope<'a> {
    /// The scope of a message of a template in this language, with these names.
    pub(super) fn new(
        workspace: &'a Workspace<'a>,
        language: &'static Language,
        names: FixedNames<'a>,
        sent: &SentData<'a>,
        needed: &SnippetNames<'_>,
        options: &Options,
        arena: &'a Arena,
    ) -> Self {
        let mut renderer = SnippetRenderer {
            workspace,
            language,
            names,
            sent,
            options,
            arena,
            values: BTreeMap::new(),
            broken: BTreeMap::new(),
            stack: Vec::new(),
        };
        let snippets = renderer.object(needed);
        let broken_snippets = renderer.broken;
        Self { data: names.with(sent, snippets, arena), broken_snippets }
    }
}

/// Renders snippets, each at most once, after the snippets that it reads.
struct SnippetRenderer<'r, 'a> {
    workspace: &'a Workspace<'a>,
    /// The language of the template that reads them.
    language: &'static Language,
    /// The names that snippets can read. A snippet does not see what the template assigns, nor the reverse.
    names: FixedNames<'a>,
    sent: &'r SentData<'a>,
    options: &'r Options,
    arena: &'a Arena,
    values: BTreeMap<&'a str, Value<'a>>,
    broken: BTreeMap<&'a str, Diagnostics>,
    /// The snippets that are being rendered. Each one is read by the one before it.
    stack: Vec<&'a str>,
}

impl<'a> SnippetRenderer<'_, 'a> {
    /// The `snippets` object with the given names.
    fn object(&mut self, needed: &SnippetNames<'_>) -> Value<'a> {
        let snippets = needed.select(self.workspace.snippets);
        let entries: Vec<_> = snippets
            .into_iter()
            .filter_map(|snippet| self.value(snippet).map(|value| (snippet.name(), value)))
            .collect();
        Value::Object(Object::new(&entries, self.arena))
    }

    fn value(&mut self, snippet: &'a Snippet) -> Option<Value<'a>> {
        let name = snippet.name();
        if let Some(value) = self.values.get(name) {
            return Some(*value);
        }
        if self.broken.contains_key(name) {
            return None;
        }
        if let Some(first) = self.stack.iter().position(|active| *active == name) {
            let path: Vec<_> = self.stack[first..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
            let message = format!("the snippet includes itself: {}", path.join(" → "));
            let problem = Diagnostic::error(SNIPPET_CYCLE, message).at(snippet.source().at(0..0));
            self.broken.insert(name, problem.help("remove one of the snippets from the other").into());
            return None;
        }
        self.stack.push(name);
        let result = match snippet.kind() {
            SnippetKind::Text => self.text(snippet, snippet.text(), TextPlace::Verbatim(0)).map(Value::String),
            SnippetKind::Json => match snippet.value(self.arena) {
                Ok(list @ Value::Array(_)) => Ok(list),
                Ok(value) => self.render_strings(snippet, value),
                Err(problem) => Err(problem.into()),
            },
        };
        self.stack.pop();
        match result {
            // A cycle may have been found while it was rendered.
            Ok(_) if self.broken.contains_key(name) => None,
            Ok(value) => {
                self.values.insert(name, value);
                Some(value)
            }
            Err(problems) => {
                self.broken.entry(name).or_insert(problems);
                None
            }
        }
    }

    /// Renders the Liquid in the strings of a JSON value. Lists in it stay as they are.
    fn render_strings(&mut self, snippet: &'a Snippet, value: Value<'a>) -> Result<Value<'a>, Diagnostics> {
        match value {
            Value::String(text) if has_liquid(text) => {
                let whole = 0..snippet.source().text().len();
                self.text(snippet, text, TextPlace::Escaped(&whole)).map(Value::String)
            }
            Value::Object(object) => {
                let mut entries = Vec::with_capacity(object.entries().len());
                for (name, value) in object.entries() {
                    entries.push((*name, self.render_strings(snippet, *value)?));
                }
                Ok(Value::Object(Object::new(&entries, self.arena)))
            }
            other => Ok(other),
        }
    }

    fn text(&mut self, snippet: &'a Snippet, text: &'a str, place: TextPlace<'_>) -> Result<&'a str, Diagnostics> {
        let language = self.language;
        let liquid_text = |data| LiquidText { source: snippet.source(), place, language, data };
        let template = liquid::Template::parse_limited(text, language, self.arena, self.options.limits.parse_length)
            .map_err(|errors| {
                parse_diagnostics(&errors, text, &liquid_text(Value::Undefined), false)
                    .into_iter()
                    .collect::<Diagnostics>()
            })?;
        let needed = SnippetNames::from_variables(&read_by(template.nodes));
        let snippets = self.object(&needed);
        let data = self.names.with(self.sent, snippets, self.arena);
        let mut out = Output::new();
        template
            .render(data, self.options, self.arena, &mut out)
            .map_err(|error| Diagnostics::from(liquid_diagnostic(&error, &liquid_text(data))))?;
        Ok(self.arena.alloc_str(out.text()))
    }
}
