//! Channels: the kinds of message that Customer.io sends, and what a request for each of them contains.

use serde::{Deserialize, Serialize};

use super::fields::Kind::{self, Any, Flag, List, NameOrNumber, Object, Seconds, Text};

/// A channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A message in the recipient's inbox: the only channel that is rendered.
    #[default]
    Inbox,
    /// An email.
    Email,
    /// A push notification.
    Push,
    /// A text message.
    Sms,
    /// A message within an app.
    InApp,
    /// A `WhatsApp` message.
    Whatsapp,
    /// A broadcast that the API triggers.
    Broadcast,
}

/// What a request for a channel contains.
pub(in crate::server) struct ChannelRow {
    pub(in crate::server) channel: Channel,
    /// The name in the API of captured messages.
    pub(in crate::server) name: &'static str,
    /// The last part of the path of its requests.
    pub(super) path: &'static str,
    /// The fields that a request must have.
    pub(super) required: &'static [&'static str],
    /// The fields that a request must have if it has no `transactional_message_id`; none if it must have that.
    pub(super) instead_of_template: &'static [&'static str],
    /// The fields that Customer.io's documentation requires, although its client libraries do not.
    pub(super) expected: &'static [&'static str],
    /// The fields with the content of a message, as its sender wrote it.
    pub(super) content: &'static [(&'static str, Kind)],
    /// Further fields.
    pub(super) options: &'static [(&'static str, Kind)],
}

/// The fields that all channels have except broadcasts.
pub(super) const COMMON: [(&str, Kind); 7] = [
    ("transactional_message_id", NameOrNumber),
    ("identifiers", Object),
    ("message_data", Object),
    ("language", Text),
    ("queue_draft", Flag),
    ("send_at", Seconds),
    ("disable_message_retention", Flag),
];

/// The channels that are captured and not rendered.
pub(in crate::server) const CAPTURED: [ChannelRow; 6] = [
    ChannelRow {
        channel: Channel::Email,
        name: "email",
        path: "email",
        required: &["to", "identifiers"],
        instead_of_template: &["from", "subject", "body"],
        expected: &[],
        content: &[
            ("to", Text),
            ("from", Text),
            ("subject", Text),
            ("preheader", Text),
            ("body", Text),
            ("body_plain", Text),
            ("body_amp", Text),
            ("reply_to", Text),
            ("cc", Text),
            ("bcc", Text),
            ("headers", Any),
            ("attachments", Object),
        ],
        options: &[
            ("send_to_unsubscribed", Flag),
            ("tracked", Flag),
            ("fake_bcc", Flag),
            ("disable_css_preprocessing", Flag),
            ("auto_create", Flag),
        ],
    },
    ChannelRow {
        channel: Channel::Push,
        name: "push",
        path: "push",
        required: &["transactional_message_id", "identifiers"],
        instead_of_template: &[],
        expected: &[],
        content: &[
            ("to", Text),
            ("title", Text),
            ("message", Text),
            ("image_url", Text),
            ("link", Text),
            ("sound", Text),
            ("custom_data", Any),
            ("custom_payload", Any),
            ("custom_device", Object),
        ],
        options: &[("send_to_unsubscribed", Flag), ("tracked", Flag), ("auto_create", Flag)],
    },
    ChannelRow {
        channel: Channel::Sms,
        name: "sms",
        path: "sms",
        required: &["transactional_message_id", "identifiers"],
        instead_of_template: &[],
        expected: &["to"],
        content: &[("to", Text), ("from", Text), ("body", Text), ("attachments", Object)],
        options: &[("send_to_unsubscribed", Flag), ("tracked", Flag), ("auto_create", Flag)],
    },
    ChannelRow {
        channel: Channel::InApp,
        name: "in_app",
        path: "in_app",
        required: &["transactional_message_id", "identifiers"],
        instead_of_template: &[],
        expected: &[],
        content: &[("to", Text)],
        options: &[("send_to_unsubscribed", Flag), ("auto_create", Flag)],
    },
    ChannelRow {
        channel: Channel::Whatsapp,
        name: "whatsapp",
        path: "whatsapp",
        required: &["transactional_message_id", "identifiers"],
        instead_of_template: &[],
        expected: &["to"],
        content: &[("to", Text), ("from", Text), ("attachments", Object)],
        options: &[("send_to_unsubscribed", Flag), ("tracked", Flag), ("auto_create", Flag)],
    },
    ChannelRow {
        channel: Channel::Broadcast,
        name: "broadcast",
        path: "",
        required: &[],
        instead_of_template: &[],
        expected: &[],
        content: &[
            ("data", Object),
            ("recipients", Object),
            ("ids", List),
            ("emails", List),
            ("per_user_data", List),
            ("data_file_url", Text),
        ],
        options: &[("id_ignore_missing", Flag), ("email_ignore_missing", Flag), ("email_add_duplicates", Flag)],
    },
];

/// The fields of a broadcast that name its recipients. At most one of them may be given.
pub(super) const RECIPIENTS: [&str; 5] = ["recipients", "ids", "emails", "per_user_data", "data_file_url"];

/// The names of all channels.
pub(in crate::server) const NAMES: [&str; 7] = ["inbox", "email", "push", "sms", "in_app", "whatsapp", "broadcast"];

impl Channel {
    /// The name in the API of captured messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("inbox", |row| row.name)
    }

    /// The channel with a name.
    pub(in crate::server) fn from_name(name: &str) -> Option<Self> {
        if name == "inbox" {
            return Some(Self::Inbox);
        }
        CAPTURED.iter().find(|row| row.name == name).map(|row| row.channel)
    }

    /// Its row; `None` for the inbox, whose messages are rendered.
    pub(in crate::server) fn row(self) -> Option<&'static ChannelRow> {
        CAPTURED.iter().find(|row| row.channel == self)
    }
}

impl ChannelRow {
    /// All fields that a request may have.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        let common: &[(&str, Kind)] = if self.channel == Channel::Broadcast { &[] } else { &COMMON };
        common.iter().chain(self.content).chain(self.options).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_fields_are_known() {
        for row in &CAPTURED {
            let known: Vec<_> = row.fields().map(|(name, _)| name).collect();
            for name in row.required.iter().chain(row.instead_of_template).chain(row.expected) {
                assert!(known.contains(name), "{}: {name}", row.name);
            }
            assert_eq!(Channel::from_name(row.name), Some(row.channel));
            assert_eq!(row.channel.name(), row.name);
            assert!(NAMES.contains(&row.name));
        }
        assert_eq!(CAPTURED.len() + 1, NAMES.len());
    }
}
