//! Identity: the numbers and names by which Customer.io knows a message, which templates can print.

use schemars::JsonSchema;
use serde::Serialize;

use super::Settings;

/// The number of a message and of its campaign if nothing sets them.
const NUMBER: u64 = 1;
/// The delivery of a message that is not really sent, in the form of Customer.io's.
const DELIVERY: &str = "dgOq6QEBAAABlwAAAAAAAAAAAAAAAAAA";

/// The numbers and names that templates read as `campaign.id`, `campaign.name`, `message.id`, `message.name` and
/// `delivery_id`. What is not set is taken from the template's settings.
///
/// ```toml
/// [message]
/// campaign_id = 7
/// campaign_name = "Orders"
/// message_id = 42
/// message_name = "Order shipped"
/// delivery_id = "dgOq6QEBAAABlwAAAAAAAAAAAAAAAAAA"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// `campaign.id`; the template's `id` or 1 if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", extend("default" = null))]
    pub campaign_id: Option<u64>,
    /// `campaign.name`; the template's name if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("default" = null))]
    pub campaign_name: Option<String>,
    /// `message.id`; the template's `id` or 1 if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", extend("default" = null))]
    pub message_id: Option<u64>,
    /// `message.name`; the template's name if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("default" = null))]
    pub message_name: Option<String>,
    /// `delivery_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("default" = null))]
    pub delivery_id: Option<String>,
}

/// The identity of a message of one template.
pub(super) struct MessageIdentity<'a> {
    pub(super) campaign: (u64, &'a str),
    pub(super) message: (u64, &'a str),
    pub(super) delivery: &'a str,
}

impl Identity {
    /// The identity of a message of a template with these settings, which requests call `name`.
    pub(super) fn of<'a>(this: Option<&'a Self>, settings: &'a Settings, name: &'a str) -> MessageIdentity<'a> {
        let id = settings.id.as_ref().map_or(NUMBER, |id| id.value);
        let name = settings.name.as_ref().map_or(name, |name| &name.value);
        let text = |field: fn(&Self) -> &Option<String>| this.and_then(|this| field(this).as_deref());
        let number = |field: fn(&Self) -> Option<u64>| this.and_then(field).unwrap_or(id);
        MessageIdentity {
            campaign: (number(|this| this.campaign_id), text(|this| &this.campaign_name).unwrap_or(name)),
            message: (number(|this| this.message_id), text(|this| &this.message_name).unwrap_or(name)),
            delivery: text(|this| &this.delivery_id).unwrap_or(DELIVERY),
        }
    }
}
