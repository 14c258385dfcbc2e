//! Contracts: what values the data of a template may hold, declared by a JSON Schema, or inferred from requests, customers
//! and what the template does with them.

mod character;
mod combination;
mod declarations;
mod declared;
mod documents;
mod inferred;
mod json_pointer;
mod kinds;
mod pattern_strings;
mod plain_strings;
mod resemblance;
mod schema;
mod schemas;
mod shape;
mod string_demands;
mod validation;
mod wording;

pub use character::{Character, Characters};
pub use declarations::Declarations;
pub use documents::SchemaDocuments;
pub use kinds::{JsonKind, Kinds};
pub(crate) use pattern_strings::matching;
pub use schema::MessageSchema;
pub use schemas::Schemas;
pub use shape::{Key, Length, Member, NumberRange, Pointer, Shape, Source, Strings};
pub use wording::Violation;

use crate::analysis::Needs;
use crate::liquid::Value;
use crate::message::{SENT_NAMES, SentData};

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

impl Contract {
    /// The contract of a template whose requests have this data, in a project with these customers: the attributes of each,
    /// and the objects that it is related to. What is not declared is inferred.
    #[must_use]
    pub fn new(
        data: &[SentData<'_>],
        customers: &[(Value<'_>, Value<'_>)],
        needs: &Needs<'_>,
        declarations: Declarations<'_>,
    ) -> Self {
        let declared = |schema: Option<&MessageSchema>| schema.map(|schema| schema.shape().clone().only_objects());
        let triggers = data.iter().map(|data| data.trigger);
        let attributes = data.iter().map(|data| data.customer).chain(customers.iter().map(|(customer, _)| *customer));
        let objects = data.iter().map(|data| data.objects).chain(customers.iter().map(|(_, objects)| *objects));
        let mut contract = Self {
            trigger: declared(declarations.message_data).unwrap_or_else(|| Shape::from_objects(triggers)),
            customer: declared(declarations.customer).unwrap_or_else(|| Shape::from_objects(attributes)),
            objects: Shape::from_objects(objects),
        };
        let needs = needs.by_path();
        let [trigger, customer, objects] = SENT_NAMES;
        contract.trigger.add_uses(trigger, &needs);
        contract.customer.add_uses(customer, &needs);
        contract.objects.add_uses(objects, &needs);
        contract
    }

    /// What the value of one of the [names that each message has its own data for](SENT_NAMES) may be.
    #[must_use]
    pub fn root(&self, name: &str) -> Option<&Shape> {
        let at = SENT_NAMES.iter().position(|known| *known == name)?;
        [&self.trigger, &self.customer, &self.objects].get(at).copied()
    }
}
