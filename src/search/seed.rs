//! Seeds: the data of requests that are sent, which the search starts from.

use crate::liquid::value::Object;
use crate::liquid::{Arena, Value};
use crate::message::{SENT_NAMES, SentData};

/// The data of a message that is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seed<'s> {
    /// What people call the request.
    pub(super) name: &'s str,
    /// Its data.
    pub(super) data: SentData<'s>,
}

impl<'s> Seed<'s> {
    /// The data as one object.
    pub(super) fn value(&self, arena: &'s Arena) -> Value<'s> {
        let SentData { trigger, customer, objects } = self.data;
        let [trigger_name, customer_name, objects_name] = SENT_NAMES;
        let entries = [(trigger_name, trigger), (customer_name, customer), (objects_name, objects)];
        Value::Object(Object::new(&entries, arena))
    }
}

/// One object as the data of a message.
pub(super) fn sent_data(value: Value<'_>) -> SentData<'_> {
    let root = |name| match value {
        Value::Object(object) => object.get(name).unwrap_or(Value::Null),
        _ => Value::Null,
    };
    let [trigger, customer, objects] = SENT_NAMES.map(root);
    SentData { trigger, customer, objects }
}
