//! Schemas: what data a template needs, found by analysis and by rendering, and as a JSON Schema.

mod condition;
mod confirmation;
mod demand;
mod derivation;
mod drawing;
mod json_schema;
mod learning;
mod location;
mod model;
mod payloads;
mod place;
mod template;
mod tester;
mod values;

pub use condition::{Condition, Question, Test};
pub use demand::{Demand, Fault};
pub use json_schema::{Openness, SchemaOptions};
pub use location::Step;
pub use model::{DataModel, Requirement, StringValues};
pub use payloads::Payloads;
pub use place::{Place, PlaceRead, Places, ROOTS};
pub use template::{TemplateModel, bundle};
