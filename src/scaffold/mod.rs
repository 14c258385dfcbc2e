//! Scaffolding: generates the first files of a project, a template or a request, from scratch, from the variables of a
//! template, or from data of a backend or of Customer.io.

mod body_json;
mod captured_request;
mod customers;
mod message_data;
mod name;
mod placement;
mod plan;
mod request;
mod starter;
mod template;

pub use body_json::content_of_body_json;
pub use captured_request::CapturedRequest;
pub use customers::{CellTypes, Imported, ImportedCustomer, KnownCustomer, customer_file, customers_of};
pub use message_data::message_data;
pub use name::{InvalidName, Name};
pub use placement::{Placement, PlacementError};
pub use plan::{Plan, WriteError, WriteOutcome};
pub use request::{PlannedRequest, PlannedRequests, request_for, request_with_data, requests_for_all_branches};
pub use starter::starter;
pub use template::{skeleton, template_with_content};
