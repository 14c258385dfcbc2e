//! Inbox messages: what a recipient receives.

use jiff::Timestamp;

use super::Properties;

/// What a recipient's inbox receives. Serializes to the object that Customer.io's client library hands out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// The type; empty if the template has none.
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
    pub properties: Properties,
}
