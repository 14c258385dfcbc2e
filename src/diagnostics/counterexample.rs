//! Counterexamples: data with which a finding happens although no request shows it.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value as Json;

/// Data with which a finding happens, and how it differs from that of the nearest request. Serializes to the object that
/// machine formats contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// In one line: `with trigger.items = [] (otherwise request standard)`.
    pub words: String,
    /// The request that it differs from; `None` if there is no request.
    pub base: Option<String>,
    /// The complete request.
    pub request: Json,
    /// The customer's attributes.
    pub customer: Json,
    /// The differences.
    pub changes: Vec<DataChange>,
}

/// A difference in the data. Serializes with `from` and `to` always there, null if there is no value, and with `removed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataChange {
    /// Where, such as `trigger.items[0].title`.
    pub path: String,
    /// The request's value; `None` if it has none.
    pub from: Option<Json>,
    /// The counterexample's value; `None` if it has none.
    pub to: Option<Json>,
}

impl Serialize for Counterexample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("base", &self.base)?;
        object.serialize_entry("changes", &self.changes)?;
        object.serialize_entry("request", &self.request)?;
        object.serialize_entry("customer", &self.customer)?;
        object.end()
    }
}

impl Serialize for DataChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("path", &self.path)?;
        object.serialize_entry("from", &self.from)?;
        object.serialize_entry("to", &self.to)?;
        object.serialize_entry("removed", &self.to.is_none())?;
        object.end()
    }
}
