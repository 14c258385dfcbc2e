//! Messages: template + customer + request → message. What a recipient's inbox receives, or why it receives nothing.

mod content;
mod customer;
mod delivery;
mod expiration;
mod failure;
mod moment;
mod observed;
mod render;
mod request;
mod scope;
mod settings;
mod snippet;
mod template;
mod trial;
mod written;

pub use customer::Customer;
pub use delivery::Delivery;
pub use expiration::{Expiration, ExpirationError, MAX_LIFE};
pub use failure::{LiquidText, Place, of_liquid, of_parsing};
pub use moment::moment;
pub use observed::{Condition, Failure, ObservedText};
pub use render::{Circumstances, CompiledTemplate, CompiledText, Message, Rendering, Trigger, Workspace, milliseconds};
pub use request::{Identifier, IdentifierKind, Request, TemplateReference};
pub use scope::{MessageData, NAMES, SENT_NAMES};
pub use settings::{Setting, Settings};
pub use snippet::{Snippet, SnippetKind};
pub use template::Template;
pub use trial::{Loss, Trial, TrialOutput};
pub use written::{Origin, Written};
