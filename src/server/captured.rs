//! Captured messages: the request, the result, and what the recipient has done with it since.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::findings::Findings;
use super::received::Received;
use super::send::channel::{self, Channel};
use crate::diagnostics::did_you_mean;
use crate::liquid::value::json::{Event, Events};
use crate::message::{Customer, IdentifierKind, Identifiers, Message, weight_of};
use crate::project::Project;

/// A message that was sent to the server, even if it could not be rendered. Serializes to the format of the `--store` file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct CapturedMessage {
    /// The `delivery_id` in the response to the sender.
    pub id: String,
    /// The channel.
    #[serde(default)]
    pub channel: Channel,
    /// The template's name. In channels other than the inbox, what the sender called it; empty if the request has no template.
    pub template: String,
    /// The recipient.
    pub recipient: Recipient,
    /// The request as it was received.
    pub request: Received,
    /// When it was accepted.
    pub queued_at: Timestamp,
    /// When it is sent: in the future if the sender asked for that.
    pub send_at: Timestamp,
    /// Whether it is a draft, as the sender asked. A draft is not delivered.
    pub draft: bool,
    /// The message; `None` if it failed, and in channels other than the inbox, which are not rendered.
    pub message: Option<Message>,
    /// In channels other than the inbox: the content, as it was sent.
    #[serde(default)]
    pub content: Option<Map<String, Value>>,
    /// The errors and warnings.
    #[serde(flatten)]
    pub findings: Findings,
    /// Whether it failed although Customer.io's test send would succeed.
    pub test_send_looks_fine: bool,
    /// Whether the recipient has opened it.
    pub opened: bool,
    /// When the recipient opened it first.
    #[serde(default)]
    pub opened_at: Option<Timestamp>,
    /// Whether the recipient has deleted it.
    pub deleted: bool,
    /// Whether a webhook is still to tell that it was sent, at the time that the sender asked for.
    #[serde(default)]
    pub owes_sent: bool,
    /// The reports of the recipient's client, oldest first.
    pub reports: Vec<Report>,
}

/// The recipient of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Recipient {
    /// The identifiers.
    #[serde(flatten)]
    pub identifiers: Identifiers,
    /// The display name.
    pub name: Option<Arc<str>>,
}

/// An event about a message that the recipient's client reported, such as a click.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// `opened`, `clicked` or the like.
    pub metric: String,
    /// What was clicked.
    pub action: Option<String>,
    /// The time.
    pub at: Timestamp,
}

/// The status of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It could not be rendered. In production it would have been lost.
    Failed,
    /// It is a draft.
    Draft,
    /// It will be sent later.
    Scheduled,
    /// It was accepted, and is not rendered: it is of another channel than the inbox.
    Captured,
    /// It is in the recipient's inbox.
    Delivered,
    /// It was in the recipient's inbox until it expired.
    Expired,
    /// It was in the recipient's inbox until they deleted it.
    Deleted,
}

impl Status {
    /// The name, as in the API of captured messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Captured => "captured",
            Self::Delivered => "delivered",
            Self::Expired => "expired",
            Self::Deleted => "deleted",
        }
    }
}

impl Recipient {
    /// The recipient for a customer.
    #[must_use]
    pub fn new(customer: &Customer) -> Self {
        Self { identifiers: customer.identifiers().clone(), name: customer.shared_display_name() }
    }

    /// Whether the recipient has an identifier, of any kind.
    #[must_use]
    pub fn has_identifier(&self, identifier: &str) -> bool {
        let is = |(kind, own): (IdentifierKind, &str)| kind.folded(own) == kind.folded(identifier);
        self.identifiers.iter().any(is)
    }

    /// The identifiers as they are compared.
    pub(super) fn keys(&self) -> impl Iterator<Item = (IdentifierKind, Cow<'_, str>)> {
        self.identifiers.iter().map(|(kind, own)| (kind, kind.folded(own)))
    }
}

impl CapturedMessage {
    /// The status at a point in time.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        let is_captured = self.content.is_some();
        match &self.message {
            None if !is_captured => Status::Failed,
            _ if self.draft => Status::Draft,
            _ if self.deleted => Status::Deleted,
            _ if self.send_at > now => Status::Scheduled,
            None => Status::Captured,
            Some(message) if message.expiry <= now => Status::Expired,
            Some(_) => Status::Delivered,
        }
    }

    /// Whether it was in the recipient's inbox, or is sent in another channel, so that the recipient's client may know it.
    pub(super) fn was_sent(&self, now: Timestamp) -> bool {
        !matches!(self.status(now), Status::Failed | Status::Draft | Status::Scheduled)
    }

    /// Notes that the recipient opened it. Returns whether that is the first time.
    pub(super) fn note_opened(&mut self, at: Timestamp) -> bool {
        let is_first = self.opened_at.is_none();
        self.opened_at.get_or_insert(at);
        is_first
    }

    /// The `queueId` in the recipient's client, which differs from the `delivery_id` as at Customer.io.
    #[must_use]
    pub fn queue_id(&self) -> String {
        format!("{QUEUE}{}", self.id)
    }

    /// The `delivery_id` of the message with a `queueId`.
    pub(super) fn id_in_queue(queue_id: &str) -> Option<&str> {
        queue_id.strip_prefix(QUEUE)
    }

    /// What lists are ordered by: the time, then the order in which ids were given.
    pub(super) fn order(&self) -> (Timestamp, &str, u64) {
        let (run, number) = self.id.rsplit_once('-').unwrap_or(("", &self.id));
        (self.queued_at, run, number.parse().unwrap_or(0))
    }

    /// Whether it is addressed to someone with this identifier.
    fn is_to(&self, identifier: &str) -> bool {
        let listed = |name: &str, kind: IdentifierKind| {
            let list = self.content.as_ref().and_then(|content| content.get(name)).and_then(Value::as_array);
            list.is_some_and(|items| items.iter().any(|item| is_identifier(item, kind, identifier)))
        };
        self.recipient.has_identifier(identifier)
            || (self.channel == Channel::Broadcast
                && (listed("ids", IdentifierKind::Id)
                    || listed("emails", IdentifierKind::Email)
                    || self.has_data_for(identifier)))
    }

    /// Whether a broadcast has data of its own for someone with this identifier.
    fn has_data_for(&self, identifier: &str) -> bool {
        let data = self.content.as_ref().and_then(|content| content.get("per_user_data")).and_then(Value::as_array);
        let is_theirs = |item: &Value| {
            IdentifierKind::ALL
                .into_iter()
                .any(|kind| item.get(kind.as_str()).is_some_and(|value| is_identifier(value, kind, identifier)))
        };
        data.is_some_and(|items| items.iter().any(is_theirs))
    }

    /// Why it failed.
    pub(super) fn failure(&self) -> Option<String> {
        (self.message.is_none() && self.content.is_none()).then(|| self.findings.failure())
    }

    /// The message in the format of inbox clients; `None` unless it is in the inbox.
    #[must_use]
    pub fn in_inbox(&self, user: &str, now: Timestamp) -> Option<Value> {
        let message = self.message.as_ref().filter(|_| self.status(now) == Status::Delivered)?;
        let mut wire = Map::new();
        let mut put = |name: &str, value: Value| wire.insert(name.to_owned(), value);
        put("queueId", self.queue_id().into());
        put("deliveryId", self.id.as_str().into());
        put("userToken", user.into());
        put("messageType", "inbox".into());
        put("messageId", "".into());
        put("type", message.kind.as_str().into());
        put("priority", 5.into());
        put("topics", message.topics.iter().map(String::as_str).collect::<Vec<_>>().into());
        put("sentAt", message.sent_at.to_string().into());
        put("expiry", message.expiry.to_string().into());
        put("opened", self.opened.into());
        put("properties", Map::from(message.properties.clone()).into());
        Some(wire.into())
    }

    /// The message in the format of the captured-messages API.
    pub(super) const fn view(&self, now: Timestamp) -> CapturedView<'_> {
        CapturedView { captured: self, now }
    }

    /// The approximate memory use, in bytes.
    pub(super) fn weight(&self) -> usize {
        let properties = self.message.as_ref().map_or(0, |message| message.properties.weight());
        let content = self.content.as_ref().map_or(0, weight_of);
        let reports: usize = self.reports.iter().map(Report::weight).sum();
        // The body is counted four times, because diagnostics and the recipient contain copies of it.
        let request = self.request.weight() + 3 * self.request.body.len();
        1024 + request + properties + content + self.findings.weight() + reports
    }
}

impl Report {
    fn weight(&self) -> usize {
        128 + self.metric.len() + self.action.as_ref().map_or(0, String::len)
    }
}

/// A captured message at a point in time. Serializes to the format of the captured-messages API.
#[derive(Clone, Copy, Debug)]
pub(super) struct CapturedView<'a> {
    captured: &'a CapturedMessage,
    now: Timestamp,
}

impl Serialize for CapturedView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Object<'a> {
            id: &'a str,
            queue_id: String,
            channel: Channel,
            status: Status,
            template: &'a str,
            recipient: &'a Recipient,
            queued_at: Timestamp,
            send_at: Timestamp,
            opened: bool,
            message: Option<&'a Message>,
            #[serde(skip_serializing_if = "Option::is_none")]
            content: Option<&'a Map<String, Value>>,
            #[serde(flatten)]
            findings: &'a Findings,
            test_send_looks_fine: bool,
            reports: &'a [Report],
            request: &'a Received,
        }
        let captured = self.captured;
        Object {
            id: &captured.id,
            queue_id: captured.queue_id(),
            channel: captured.channel,
            status: captured.status(self.now),
            template: &captured.template,
            recipient: &captured.recipient,
            queued_at: captured.queued_at,
            send_at: captured.send_at,
            opened: captured.opened,
            message: captured.message.as_ref(),
            content: captured.content.as_ref(),
            findings: &captured.findings,
            test_send_looks_fine: captured.test_send_looks_fine,
            reports: &captured.reports,
            request: &captured.request,
        }
        .serialize(serializer)
    }
}

/// A filter for captured messages. All given conditions must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// The channel.
    pub(super) channel: Option<Channel>,
    /// An identifier of the recipient, of any kind.
    pub(super) to: Option<String>,
    /// The name of the template, ignoring case, or its number.
    pub(super) template: Option<String>,
    /// The name of the project's template with that number.
    template_name: Option<String>,
    /// A topic.
    pub(super) topic: Option<String>,
    /// The type.
    pub(super) kind: Option<String>,
    /// The status.
    pub(super) status: Option<Status>,
    /// Whether it has been opened.
    pub(super) opened: Option<bool>,
    /// A string that occurs in the request or the message, ignoring case.
    pub(super) text: Option<String>,
}

impl Filter {
    /// Reads one parameter of a query string. Returns false if there is no filter with this name.
    ///
    /// # Errors
    /// The value is not valid. The message says what is expected.
    pub(super) fn read(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let given = || Some(value.to_owned());
        match name {
            "channel" => {
                let channel = Channel::from_name(value).ok_or_else(|| not_one_of("channel", value, &channel::NAMES))?;
                self.channel = Some(channel);
            }
            "to" => self.to = given(),
            "template" => self.template = given(),
            "topic" => self.topic = given(),
            "type" => self.kind = given(),
            "text" => self.text = given().map(|text| text.to_lowercase()),
            "opened" => {
                let opened =
                    value.parse().map_err(|_| format!("expected `true` or `false` as `opened`, found `{value}`"))?;
                self.opened = Some(opened);
            }
            "status" => {
                let status =
                    Status::deserialize(Value::from(value)).map_err(|_| not_one_of("status", value, &STATUSES))?;
                self.status = Some(status);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Looks up the template in the project.
    pub(super) fn find_template(&mut self, project: &Project) {
        let wanted = self.template.as_deref();
        let found = wanted.and_then(|wanted| project.templates().iter().find(|template| template.is_called(wanted)));
        self.template_name = found.map(|template| template.name().to_owned());
    }

    /// Whether a message matches.
    pub(super) fn matches(&self, captured: &CapturedMessage, now: Timestamp) -> bool {
        let message = captured.message.as_ref();
        let is = |wanted: &Option<String>, test: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(test);
        self.channel.is_none_or(|channel| captured.channel == channel)
            && is(&self.to, &|to| captured.is_to(to))
            && is(&self.template, &|wanted| {
                let is_called = |name: &str| captured.template.to_lowercase() == name.to_lowercase();
                is_called(wanted) || self.template_name.as_deref().is_some_and(is_called)
            })
            && is(&self.topic, &|topic| message.is_some_and(|message| message.topics.iter().any(|has| has == topic)))
            && is(&self.kind, &|kind| message.is_some_and(|message| message.kind == kind))
            && self.status.is_none_or(|status| captured.status(now) == status)
            && self.opened.is_none_or(|opened| captured.opened == opened)
            && is(&self.text, &|text| contains(captured, text))
    }
}

const STATUSES: [&str; 7] = ["failed", "draft", "scheduled", "captured", "delivered", "expired", "deleted"];

/// The beginning of a `queueId`.
const QUEUE: &str = "queue-";

fn not_one_of(parameter: &str, value: &str, expected: &[&str]) -> String {
    let near = did_you_mean(value, expected.iter().copied());
    let near = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    format!("expected one of {} as `{parameter}`, found `{value}`{near}", expected.join(", "))
}

fn is_identifier(item: &Value, kind: IdentifierKind, identifier: &str) -> bool {
    match item {
        Value::String(text) => kind.folded(text) == kind.folded(identifier),
        Value::Number(number) => number.to_string() == identifier,
        _ => false,
    }
}

fn contains(captured: &CapturedMessage, text: &str) -> bool {
    let has = |part: &str| part.to_lowercase().contains(text);
    let in_properties = |message: &Message| entries_contain(&message.properties, &has);
    json_contains(&captured.request.body, &has)
        || has(&captured.template)
        || captured.message.as_ref().is_some_and(in_properties)
}

/// Whether a part of a JSON document is what is looked for: a key or a string without its escapes, or another value as written.
fn json_contains(json: &str, has: &impl Fn(&str) -> bool) -> bool {
    let mut events = Events::new(json);
    while let Ok(event) = events.next_event() {
        let is_found = match event {
            Event::End => return false,
            Event::Key(text) | Event::String(text) => has(&text.decode()),
            Event::Number(_) | Event::Bool(_) => has(&json[events.span().range()]),
            _ => false,
        };
        if is_found {
            return true;
        }
    }
    false
}

fn entries_contain(entries: &Map<String, Value>, has: &impl Fn(&str) -> bool) -> bool {
    entries.iter().any(|(name, value)| has(name) || value_contains(value, has))
}

fn value_contains(value: &Value, has: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(value) => has(value),
        Value::Array(items) => items.iter().any(|item| value_contains(item, has)),
        Value::Object(entries) => entries_contain(entries, has),
        Value::Null => false,
        other => has(&other.to_string()),
    }
}
