//! People: what backends and clients sent about them, with the Track API (`track`) and the Pipelines API (`pipelines`). Their
//! attributes are merged over the customers of the project.

pub(super) mod pipelines;
pub(super) mod track;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::diagnostics::{Diagnostic, Source};
use crate::message::{Customer, IdentifierKind, Request};
use crate::project::Project;

/// The maximum number of people, and of their bytes in total. Those that were changed least recently are removed first.
const MAX_PEOPLE: usize = 10_000;
const MAX_BYTES: usize = 64 << 20;

/// The maximum number of devices of a person.
const MAX_DEVICES: usize = 25;

/// An identifier of a person.
pub(super) type Key = (IdentifierKind, String);

/// The people that are known from requests.
#[derive(Debug, Default)]
pub(super) struct People(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// In the order of their last change.
    people: BTreeMap<u64, Person>,
    by_identifier: HashMap<Key, u64>,
    next: u64,
    bytes: usize,
}

/// A person that is known from requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    identifiers: BTreeMap<usize, String>,
    /// Null removes an attribute that the project's customer has.
    pub(super) attributes: Map<String, Value>,
    pub(super) devices: Vec<Value>,
    bytes: usize,
    /// The customer with these attributes, and the version of the project that it was made for.
    customer: Option<(u64, Arc<Customer>)>,
}

impl Person {
    /// The identifier of a kind.
    pub(super) fn identifier(&self, kind: IdentifierKind) -> Option<&str> {
        self.identifiers.get(&(kind as usize)).map(String::as_str)
    }

    /// All identifiers.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        IdentifierKind::ALL.into_iter().filter_map(|kind| Some((kind, self.identifier(kind)?.to_owned())))
    }

    fn measure(&mut self) {
        let attributes: usize =
            self.attributes.iter().map(|(name, value)| 64 + name.len() + value.to_string().len()).sum();
        let devices: usize = self.devices.iter().map(|device| 64 + device.to_string().len()).sum();
        self.bytes = 256 + attributes + devices;
        self.customer = None;
    }

    /// The customer with the attributes of this person over those of the project's customer.
    fn over(&self, customer: Option<&Customer>) -> Result<Customer, Diagnostic> {
        let mut attributes = customer.map_or_else(Map::new, |customer| flat(customer.source().text()));
        for (name, value) in &self.attributes {
            if value.is_null() {
                attributes.shift_remove(name);
            } else {
                attributes.insert(name.clone(), value.clone());
            }
        }
        for (kind, value) in self.keys() {
            attributes.insert(kind.as_str().to_owned(), value.into());
        }
        Customer::read(Source::new("customer.json", Value::from(attributes).to_string()))
    }
}

impl People {
    /// Creates or changes the person with these identifiers, which belong together from now on. Null and empty strings remove
    /// attributes.
    pub(super) fn identify(&self, keys: &[Key], attributes: Map<String, Value>) {
        let mut known = self.lock();
        let mut person = known.take(keys).unwrap_or_default();
        for (kind, value) in keys {
            person.identifiers.insert(*kind as usize, value.clone());
        }
        for (name, value) in attributes {
            if IdentifierKind::ALL.iter().all(|kind| kind.as_str() != name) {
                let value = if value.as_str() == Some("") { Value::Null } else { value };
                person.attributes.insert(name, value);
            }
        }
        known.put(person);
    }

    /// Changes a person, who is created if necessary.
    pub(super) fn change(&self, key: &Key, change: impl FnOnce(&mut Person)) {
        let mut known = self.lock();
        let mut person = known.take(std::slice::from_ref(key)).unwrap_or_default();
        person.identifiers.insert(key.0 as usize, key.1.clone());
        change(&mut person);
        known.put(person);
    }

    /// Removes a person. Returns false if there is none.
    pub(super) fn remove(&self, key: &Key) -> bool {
        self.lock().take(std::slice::from_ref(key)).is_some()
    }

    /// Merges a person into another, whose attributes count. The other identifiers are forgotten.
    pub(super) fn merge(&self, primary: &Key, secondary: &Key) {
        let mut known = self.lock();
        let merged = known.take(std::slice::from_ref(secondary));
        let mut person = known.take(std::slice::from_ref(primary)).unwrap_or_default();
        person.identifiers.insert(primary.0 as usize, primary.1.clone());
        if let Some(merged) = merged {
            for (name, value) in merged.attributes {
                person.attributes.entry(name).or_insert(value);
            }
            person.devices.extend(merged.devices);
            for (kind, value) in merged.identifiers {
                person.identifiers.entry(kind).or_insert(value);
            }
        }
        known.put(person);
    }

    /// The person with an identifier.
    pub(super) fn find(&self, key: &Key) -> Option<Person> {
        let known = self.lock();
        known.by_identifier.get(key).and_then(|number| known.people.get(number)).cloned()
    }

    /// All identifiers of the person who has this one, of whatever kind; else only this one.
    pub(super) fn linked(&self, identifier: &str) -> Vec<String> {
        let known = self.lock();
        let mut linked = vec![identifier.to_owned()];
        if known.people.is_empty() {
            return linked;
        }
        for kind in IdentifierKind::ALL {
            let person = known.by_identifier.get(&(kind, identifier.to_owned()));
            let others = person.and_then(|number| known.people.get(number)).into_iter().flat_map(Person::keys);
            for (_, other) in others {
                if !linked.contains(&other) {
                    linked.push(other);
                }
            }
        }
        linked
    }

    /// The customer that a request is for, with what is known about the person; `None` if neither is known.
    ///
    /// # Errors
    /// The attributes cannot be used.
    pub(super) fn customer(
        &self,
        project: &Project,
        version: u64,
        request: &Request,
    ) -> Result<Option<Arc<Customer>>, Diagnostic> {
        let identifier = request.identifier();
        let mut known = self.lock();
        if known.people.is_empty() {
            return Ok(None);
        }
        let key = (identifier.kind, identifier.value.clone());
        let in_project = project.customer_for(request);
        let keys = in_project.map_or_else(|| vec![key], keys_of);
        let Some(number) = keys.iter().find_map(|key| known.by_identifier.get(key).copied()) else { return Ok(None) };
        let Some(person) = known.people.get_mut(&number) else { return Ok(None) };
        if let Some((_, customer)) = person.customer.as_ref().filter(|(made_for, _)| *made_for == version) {
            return Ok(Some(Arc::clone(customer)));
        }
        let in_project = in_project.or_else(|| person.keys().find_map(|key| customer_with(project, &key)));
        let customer = Arc::new(person.over(in_project)?);
        person.customer = Some((version, Arc::clone(&customer)));
        Ok(Some(customer))
    }

    /// All people, in the order of their last change.
    pub(super) fn all(&self) -> Vec<Person> {
        self.lock().people.values().cloned().collect()
    }

    /// Forgets everybody.
    pub(super) fn clear(&self) {
        *self.lock() = Known::default();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Takes out the person who has one of these identifiers. If several have one, they are merged; the first one's
    /// attributes count.
    fn take(&mut self, keys: &[Key]) -> Option<Person> {
        let mut found: Option<Person> = None;
        for key in keys {
            let Some(number) = self.by_identifier.get(key).copied() else { continue };
            let Some(person) = self.remove(number) else { continue };
            match &mut found {
                None => found = Some(person),
                Some(first) => {
                    for (name, value) in person.attributes {
                        first.attributes.entry(name).or_insert(value);
                    }
                    first.devices.extend(person.devices);
                    for (kind, value) in person.identifiers {
                        first.identifiers.entry(kind).or_insert(value);
                    }
                }
            }
        }
        found
    }

    fn remove(&mut self, number: u64) -> Option<Person> {
        let person = self.people.remove(&number)?;
        self.bytes -= person.bytes;
        for key in person.keys() {
            self.by_identifier.remove(&key);
        }
        Some(person)
    }

    fn put(&mut self, mut person: Person) {
        person.devices.truncate(MAX_DEVICES);
        person.measure();
        let number = self.next;
        self.next += 1;
        for key in person.keys() {
            self.by_identifier.insert(key, number);
        }
        self.bytes += person.bytes;
        self.people.insert(number, person);
        while self.people.len() > MAX_PEOPLE || (self.bytes > MAX_BYTES && self.people.len() > 1) {
            let Some(oldest) = self.people.keys().next().copied() else { break };
            self.remove(oldest);
        }
    }
}

/// The identifiers of a customer of the project.
pub(super) fn keys_of(customer: &Customer) -> Vec<Key> {
    let key = |kind| Some((kind, customer.identifier(kind)?.to_owned()));
    IdentifierKind::ALL.into_iter().filter_map(key).collect()
}

/// The customer of the project with an identifier.
pub(super) fn customer_with<'p>(project: &'p Project, (kind, value): &Key) -> Option<&'p Customer> {
    project.customers().iter().find(|customer| customer.identifier(*kind).is_some_and(|own| own == value))
}

/// The attributes and related objects in a customer's file, in the flat form.
pub(super) fn flat(file: &str) -> Map<String, Value> {
    let Ok(mut file) = serde_json::from_str::<Map<String, Value>>(file) else { return Map::new() };
    let Some(Value::Object(mut answer)) = file.shift_remove("customer") else { return file };
    let Some(Value::Object(mut attributes)) = answer.shift_remove("attributes") else {
        file.insert("customer".to_owned(), answer.into());
        return file;
    };
    if let Some(objects) = file.shift_remove("objects") {
        attributes.insert("objects".to_owned(), objects);
    }
    attributes
}

/// A person as the App API describes one.
pub(super) fn to_json(project: &Project, people: &People, key: &Key) -> Option<Value> {
    let person = people.find(key);
    let in_project =
        customer_with(project, key).or_else(|| person.as_ref()?.keys().find_map(|key| customer_with(project, &key)));
    if person.is_none() && in_project.is_none() {
        return None;
    }
    let person = person.unwrap_or_default();
    let customer = person.over(in_project).ok()?;
    let attributes: Map<String, Value> = serde_json::from_str(customer.source().text()).unwrap_or_default();
    let identifier = |kind: IdentifierKind| customer.identifier(kind);
    let [id, email, cio_id] = IdentifierKind::ALL.map(identifier);
    Some(json!({
        "id": id.or(email).or(cio_id),
        "identifiers": { "id": id, "email": email, "cio_id": cio_id },
        "attributes": attributes,
        "timestamps": {},
        "unsubscribed": attributes.get("unsubscribed") == Some(&Value::Bool(true)),
        "devices": person.devices,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{CioId, Email, Id};

    fn key(kind: IdentifierKind, value: &str) -> Key {
        (kind, value.to_owned())
    }

    fn attributes(json: Value) -> Map<String, Value> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn identifiers_are_linked_and_attributes_merged() {
        let people = People::default();
        people.identify(&[key(Email, "a@b.c")], attributes(json!({ "plan": "free", "city": "Paris" })));
        people.identify(&[key(Id, "1")], attributes(json!({ "plan": "pro" })));
        people.identify(&[key(Id, "1"), key(Email, "a@b.c")], attributes(json!({ "email": "a@b.c", "name": "Ada" })));
        let person = people.find(&key(Email, "a@b.c")).unwrap();
        assert_eq!(Value::from(person.attributes), json!({ "plan": "pro", "city": "Paris", "name": "Ada" }));
        assert_eq!(people.linked("1"), ["1", "a@b.c"]);
        assert_eq!(people.linked("2"), ["2"]);
        people.merge(&key(CioId, "c1"), &key(Id, "1"));
        assert_eq!(people.linked("c1"), ["c1", "1", "a@b.c"]);
        assert!(people.remove(&key(Id, "1")) && !people.remove(&key(Email, "a@b.c")));
        assert_eq!(people.lock().bytes, 0);
    }

    #[test]
    fn attributes_are_merged_over_a_file_in_either_form() {
        for file in [
            r#"{"id": "1", "name": "Ada", "city": "Paris", "objects": {"a": []}}"#,
            r#"{"customer": {"id": "1", "identifiers": {"id": "1"}, "attributes": {"name": "Ada", "city": "Paris"}}, "objects": {"a": []}}"#,
        ] {
            let people = People::default();
            people.identify(&[key(Id, "1")], attributes(json!({ "name": "Grace", "city": "", "age": 7 })));
            let customer = Customer::read(Source::new("c.json", file)).unwrap();
            let merged = people.find(&key(Id, "1")).unwrap().over(Some(&customer)).unwrap();
            let merged: Value = serde_json::from_str(merged.source().text()).unwrap();
            assert_eq!(merged, json!({ "name": "Grace", "objects": { "a": [] }, "age": 7, "id": "1" }), "{file}");
        }
    }

    #[test]
    fn people_are_bounded() {
        let people = People::default();
        for number in 0..=MAX_PEOPLE {
            people.identify(&[key(Id, &number.to_string())], Map::new());
        }
        assert_eq!(people.all().len(), MAX_PEOPLE);
        assert!(people.find(&key(Id, "0")).is_none());
    }
}
