//! Messages: template + customer + request → message. What a recipient's inbox receives, or why it receives nothing.

mod cause;
mod compile;
mod content;
mod customer;
mod delivery;
mod expiration;
mod explore;
mod failure;
mod field_change;
mod identifiers;
mod identity;
mod inbox_message;
mod json_mistakes;
mod losses;
mod observed;
mod options;
mod properties;
mod render;
mod rendered_text;
mod repaired;
mod request;
mod scope;
mod sent_data;
mod settings;
mod snippet;
mod source_map;
mod template;
mod timestamp;
mod trial;
mod workspace;

#[doc(hidden)]
pub use cause::{CauseKind, JsonContext, LossCause};
pub use compile::{CompiledTemplate, CompiledText};
pub use customer::{Customer, attributes_and_objects, identifier, named_customer, written_identifier};
pub use delivery::{Delivery, TooFarAhead, send_time};
pub use expiration::{Expiration, ExpirationError, MAX_LIFE};
pub use failure::{LiquidText, TextPlace, liquid_diagnostic, parse_diagnostics};
pub use field_change::FieldChange;
pub use identifiers::{IdentifierKind, Identifiers};
pub use identity::Identity;
pub use inbox_message::Message;
pub use losses::{Cause, LossGroup, Losses};
pub use observed::{ObservedCondition, ObservedFailure, ObservedText};
pub use options::RenderOptions;
pub use properties::{Properties, weight_of};
pub use render::Rendering;
pub use rendered_text::RenderedText;
pub use repaired::RepairedTemplate;
pub use request::{Identifier, REQUEST_FIELDS, Request, TemplateReference, UNKNOWN_FIELD, is_request_body};
pub use scope::{NAMES, NULL_NAMESPACES, SENT_NAMES};
pub use sent_data::{SentData, Trigger, no_fields};
pub use settings::{SETTINGS, Setting, Settings};
pub use snippet::{Snippet, SnippetKind};
pub use source_map::{SourceMap, SourceSpan};
pub use template::Template;
pub use timestamp::{milliseconds, parse_time, parse_timestamp};
#[doc(hidden)]
pub use trial::{Loss, Sent, Trial, TrialOutput};
pub use workspace::Workspace;

// A workspace and the settings of a template say which of Customer.io's Liquids to render with.
pub use crate::customerio::{Escape, Switches, TimezoneOffsets, Version};
