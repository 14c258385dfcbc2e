//! Scaffolding: the files that a project, a template or a request begins with, made of nothing, of what a template needs, or
//! of what a backend or Customer.io has at hand.

mod captured;
mod customers;
mod message_data;
mod name;
mod place;
mod plan;
mod request;
mod starter;
mod template;

pub use captured::Captured;
pub use customers::{Imported, ImportedCustomer, KnownCustomer, customer_file, customers_of};
pub use message_data::message_data;
pub use name::{InvalidName, Name};
pub use place::{Place, PlacementError};
pub use plan::{Plan, WriteError, WriteOutcome};
pub use request::request_for;
pub use starter::starter;
pub use template::{skeleton, template_with_content};
