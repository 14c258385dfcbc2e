//! Seeds: the data of requests that are sent, which the search starts from.

use crate::liquid::value::Object;
use crate::liquid::{Arena, Value};
use crate::message::MessageData;

/// The data of a message that is sent.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'s> {
    /// What people call the request.
    pub name: &'s str,
    /// Its data.
    pub data: MessageData<'s>,
}

/// The names in scope that are changed, in the order of [`MessageData`].
pub(super) const ROOTS: [&str; 3] = ["trigger", "customer", "objects"];

impl<'s> Seed<'s> {
    /// The data as one object.
    pub(super) fn value(&self, arena: &'s Arena) -> Value<'s> {
        let MessageData { trigger, customer, objects } = self.data;
        let [trigger_name, customer_name, objects_name] = ROOTS;
        let entries = [(trigger_name, trigger), (customer_name, customer), (objects_name, objects)];
        Value::Object(Object::new(&entries, arena))
    }
}

/// One object as the data of a message.
pub(super) fn message_data(value: Value<'_>) -> MessageData<'_> {
    let root = |name| match value {
        Value::Object(object) => object.get(name).unwrap_or(Value::Null),
        _ => Value::Null,
    };
    let [trigger, customer, objects] = ROOTS.map(root);
    MessageData { trigger, customer, objects }
}
