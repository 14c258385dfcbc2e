//! Contracts: what values the data of a template may hold, declared by a JSON Schema, or inferred from requests, customers
//! and what the template does with them.

mod character;
mod combination;
mod declared;
mod inferred;
mod kinds;
mod resemblance;
mod schema;
mod shape;
mod validation;

pub use character::{Character, Characters};
pub use kinds::{JsonKind, Kinds};
pub use schema::{MessageSchema, SchemaDocuments, Violation};
pub use shape::{Key, Length, Member, NumberRange, Pointer, Shape, Source, Strings};

/// What values the data of a template may hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contract {
    /// `trigger`: the `message_data` of requests.
    pub trigger: Shape,
    /// `customer`: the attributes of customers.
    pub customer: Shape,
    /// `objects`: what customers are related to.
    pub objects: Shape,
}
