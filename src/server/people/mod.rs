//! People: what backends and clients sent about them, with the Track API (`track`) and the Pipelines API (`pipelines`). Their
//! attributes are merged over the customers of the project.

pub(super) mod pipelines;
pub(super) mod track;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::captured::Recipient;
use super::json;
use crate::diagnostics::{Diagnostic, Source};
use crate::message::{Customer, IdentifierKind, Identifiers, Request};
use crate::project::Project;

/// The maximum number of people, and of their bytes in total. Those that were changed least recently are removed first.
const MAX_PEOPLE: usize = 10_000;
const MAX_BYTES: usize = 64 << 20;

/// The maximum number of devices of a person.
const MAX_DEVICES: usize = 25;

/// An identifier of a person.
pub(super) type Key = (IdentifierKind, String);

/// The kinds of identifier, the one that says most about who a person is first: a `cio_id` never changes.
const STRONGEST_FIRST: [IdentifierKind; 3] = [IdentifierKind::CioId, IdentifierKind::Id, IdentifierKind::Email];

/// The people that are known from requests.
#[derive(Debug, Default)]
pub(super) struct People(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// In the order of their last change.
    people: BTreeMap<u64, Person>,
    /// By identifiers as they are compared.
    by_identifier: HashMap<Key, u64>,
    next: u64,
    bytes: usize,
}

/// A person that is known from requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    identifiers: Identifiers,
    /// The `id`s and `cio_id`s of people that were merged into this one, whose messages are theirs now.
    merged: Vec<Key>,
    /// Null removes an attribute that the project's customer has.
    pub(super) attributes: Map<String, Value>,
    pub(super) devices: Vec<Value>,
    bytes: usize,
    /// The customer with these attributes, and the version of the project that it was made for.
    customer: Option<(u64, Arc<Customer>)>,
}

/// Whose messages are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum User {
    /// Those of a person with these identifiers, and those that people merged into them had.
    Person(Vec<Key>),
    /// Those with this identifier, of any kind.
    Anyone(String),
}

/// Whether two people cannot be the same: an `id` or `cio_id` is that of one person, and an email address may change.
fn differ(one: &Identifiers, other: &Identifiers) -> bool {
    [IdentifierKind::Id, IdentifierKind::CioId]
        .into_iter()
        .any(|kind| one.get(kind).zip(other.get(kind)).is_some_and(|(own, other)| own != other))
}

impl User {
    /// The identifiers that their messages may have, as they are compared.
    pub(super) fn keys(&self) -> Vec<Key> {
        match self {
            Self::Person(keys) => keys.iter().map(folded).collect(),
            Self::Anyone(identifier) => {
                IdentifierKind::ALL.map(|kind| (kind, kind.folded(identifier).into_owned())).into()
            }
        }
    }

    /// Whether they are the recipient of a message.
    pub(super) fn is(&self, recipient: &Recipient) -> bool {
        let keys = match self {
            Self::Person(keys) => keys,
            Self::Anyone(identifier) => return recipient.has_identifier(identifier),
        };
        // The strongest identifier that both have decides: an address may have had another owner before.
        let shared = STRONGEST_FIRST.into_iter().find_map(|kind| {
            let theirs = kind.folded(recipient.identifiers.get(kind)?);
            let mut own = keys.iter().filter(|(known, _)| *known == kind).peekable();
            own.peek()?;
            Some(own.any(|(_, own)| kind.folded(own) == theirs))
        });
        shared.unwrap_or(false)
    }
}

impl Person {
    /// The identifier of a kind.
    pub(super) fn identifier(&self, kind: IdentifierKind) -> Option<&str> {
        self.identifiers.get(kind)
    }

    /// All identifiers.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        IdentifierKind::ALL.into_iter().filter_map(|kind| Some((kind, self.identifier(kind)?.to_owned())))
    }

    /// Whose messages are theirs.
    fn user(&self) -> User {
        User::Person(self.keys().chain(self.merged.iter().cloned()).collect())
    }

    fn set(&mut self, (kind, value): &Key) {
        self.identifiers.set(*kind, value.clone());
    }

    /// Takes over what another person has and this one has not.
    fn absorb(&mut self, other: Self) {
        for (name, value) in other.attributes {
            self.attributes.entry(name).or_insert(value);
        }
        self.devices.extend(other.devices);
        self.merged.extend(other.merged);
        for (kind, value) in other.identifiers.iter() {
            match self.identifiers.get(kind) {
                None => self.identifiers.set(kind, value.to_owned()),
                Some(own) if own != value && kind != IdentifierKind::Email => {
                    self.merged.push((kind, value.to_owned()));
                }
                Some(_) => {}
            }
        }
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
        let mut attributes = customer.map_or_else(Map::new, flat);
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
    /// Creates or changes the person with the first of these identifiers, who has the others too from now on. Null and empty
    /// strings remove attributes. Returns why an identifier was not given to the person.
    pub(super) fn identify(&self, project: &Project, keys: &[Key], attributes: Map<String, Value>) -> Vec<String> {
        let Some((first, others)) = keys.split_first() else { return Vec::new() };
        let mut known = self.lock();
        let mut person = known.take(project, first);
        person.set(first);
        let refused = others.iter().filter_map(|key| known.give(project, &mut person, key, first).err()).collect();
        for (name, value) in attributes {
            if IdentifierKind::ALL.iter().all(|kind| kind.as_str() != name) {
                let value = if value.as_str() == Some("") { Value::Null } else { value };
                person.attributes.insert(name, value);
            }
        }
        known.put(person);
        refused
    }

    /// Changes a person, who is created if necessary.
    pub(super) fn change(&self, project: &Project, key: &Key, change: impl FnOnce(&mut Person)) {
        let mut known = self.lock();
        let mut person = known.take(project, key);
        person.set(key);
        change(&mut person);
        known.put(person);
    }

    /// Removes a person, if there is one.
    pub(super) fn remove(&self, project: &Project, key: &Key) {
        self.lock().take(project, key);
    }

    /// Merges a person into another, whose attributes count. The other identifiers are forgotten.
    pub(super) fn merge(&self, project: &Project, primary: &Key, secondary: &Key) {
        let mut known = self.lock();
        let merged = known.take(project, secondary);
        let mut person = known.take(project, primary);
        person.set(primary);
        person.absorb(merged);
        known.put(person);
    }

    /// The person with an identifier.
    pub(super) fn find(&self, key: &Key) -> Option<Person> {
        self.lock().find(key).cloned()
    }

    /// What requests and the project say about the person with an identifier.
    pub(super) fn about<'p>(&self, project: &'p Project, key: &Key) -> (Option<Person>, Option<&'p Customer>) {
        let known = self.lock();
        let (number, customer) = known.about(project, key);
        (number.and_then(|number| known.people.get(&number)).cloned(), customer)
    }

    /// Whose messages an identifier of any kind means.
    pub(super) fn user(&self, identifier: &str) -> User {
        let known = self.lock();
        let person = IdentifierKind::ALL.into_iter().find_map(|kind| known.find(&(kind, identifier.to_owned())));
        person.map_or_else(|| User::Anyone(identifier.to_owned()), Person::user)
    }

    /// Whose messages an identifier means.
    pub(super) fn user_with(&self, key: &Key) -> User {
        let person = self.find(key);
        person.map_or_else(|| User::Person(vec![key.clone()]), |person| person.user())
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
        let mut known = self.lock();
        if known.people.is_empty() {
            return Ok(None);
        }
        let identifier = request.identifier();
        let (number, in_project) = known.about(project, &(identifier.kind, identifier.value.clone()));
        let Some(person) = number.and_then(|number| known.people.get_mut(&number)) else { return Ok(None) };
        if let Some((_, customer)) = person.customer.as_ref().filter(|(made_for, _)| *made_for == version) {
            return Ok(Some(Arc::clone(customer)));
        }
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
    fn find(&self, key: &Key) -> Option<&Person> {
        self.by_identifier.get(&folded(key)).and_then(|number| self.people.get(number))
    }

    /// The number of the person who has an identifier, and their customer in the project. Either may have the identifier, and
    /// then the other one has another identifier of it.
    fn about<'p>(&self, project: &'p Project, key: &Key) -> (Option<u64>, Option<&'p Customer>) {
        if let Some(number) = self.by_identifier.get(&folded(key)).copied() {
            return (Some(number), self.people.get(&number).and_then(|person| customer_of(project, person)));
        }
        let customer = project.customer_with(key.0, &key.1);
        let number = customer.and_then(|customer| self.person_of(customer));
        (number, customer)
    }

    /// The number of the person that a customer of the project is.
    fn person_of(&self, customer: &Customer) -> Option<u64> {
        STRONGEST_FIRST.into_iter().find_map(|kind| {
            let key = (kind, customer.identifier(kind)?.to_owned());
            let number = self.by_identifier.get(&folded(&key)).copied()?;
            let person = self.people.get(&number)?;
            (!differ(&person.identifiers, customer.identifiers())).then_some(number)
        })
    }

    /// Gives an identifier to a person, who was named by another one. A person who has it already and has no other `id` or
    /// `cio_id` is the same person.
    ///
    /// # Errors
    /// Customer.io would not do so. The message says why.
    fn give(&mut self, project: &Project, person: &mut Person, key: &Key, named: &Key) -> Result<(), String> {
        let (kind, value) = key;
        let in_project = customer_of(project, person);
        let refused =
            |why: String| Err(format!("the {} `{value}` was not given to `{}`: {why}", kind.as_str(), named.1));
        let own = person.identifier(*kind).or_else(|| in_project?.identifier(*kind));
        // Only the `cio_id` never changes, so that a person who is named by it may get another `id`.
        let may_change = *kind == IdentifierKind::Email || named.0 == IdentifierKind::CioId;
        if let Some(own) = own.filter(|own| !may_change && own != value) {
            return refused(match kind {
                IdentifierKind::CioId => format!("they have the cio_id `{own}`, which never changes"),
                _ => {
                    format!("they have the {} `{own}`, which only a request with their `cio_id` changes", kind.as_str())
                }
            });
        }
        let name = |other| name_of_another(other, person, in_project);
        let other = self.find(key).and_then(|other| name(&other.identifiers));
        let other = other.or_else(|| name(project.customer_with(*kind, value)?.identifiers()));
        if let Some(other) = other {
            return refused(format!("it is that of `{other}`"));
        }
        person.absorb(self.take(project, key));
        person.set(key);
        Ok(())
    }

    /// Takes out the person who has an identifier; a new one if there is none.
    fn take(&mut self, project: &Project, key: &Key) -> Person {
        let (number, _) = self.about(project, key);
        number.and_then(|number| self.remove(number)).unwrap_or_default()
    }

    fn remove(&mut self, number: u64) -> Option<Person> {
        let person = self.people.remove(&number)?;
        self.bytes -= person.bytes;
        for key in person.keys() {
            self.by_identifier.remove(&folded(&key));
        }
        Some(person)
    }

    fn put(&mut self, mut person: Person) {
        person.devices.truncate(MAX_DEVICES);
        person.measure();
        let number = self.next;
        self.next += 1;
        for key in person.keys() {
            self.by_identifier.insert(folded(&key), number);
        }
        self.bytes += person.bytes;
        self.people.insert(number, person);
        while self.people.len() > MAX_PEOPLE || (self.bytes > MAX_BYTES && self.people.len() > 1) {
            let Some(oldest) = self.people.keys().next().copied() else { break };
            self.remove(oldest);
        }
    }
}

/// An identifier as it is compared.
pub(super) fn folded((kind, value): &Key) -> Key {
    (*kind, kind.folded(value).into_owned())
}

/// The name of `other` if that cannot be this person, who may be a customer of the project.
fn name_of_another(other: &Identifiers, person: &Person, in_project: Option<&Customer>) -> Option<String> {
    let is_another =
        differ(&person.identifiers, other) || in_project.is_some_and(|own| differ(own.identifiers(), other));
    let name = IdentifierKind::ALL.into_iter().find_map(|kind| other.get(kind));
    name.filter(|_| is_another).map(str::to_owned)
}

/// The customer of the project that a person is.
fn customer_of<'p>(project: &'p Project, person: &Person) -> Option<&'p Customer> {
    STRONGEST_FIRST.into_iter().find_map(|kind| {
        let customer = project.customer_with(kind, person.identifier(kind)?)?;
        (!differ(&person.identifiers, customer.identifiers())).then_some(customer)
    })
}

/// The attributes and related objects in a customer's file, in the flat form.
fn flat(customer: &Customer) -> Map<String, Value> {
    let Ok(Value::Object(mut file)) = json::read(customer.source().text()) else { return Map::new() };
    let around = customer.keys_around_attributes();
    if around.is_empty() {
        return file;
    }
    let objects = file.shift_remove("objects");
    let inner = around.iter().try_fold(Value::from(file), |mut value, key| value.get_mut(key).map(Value::take));
    let Some(Value::Object(mut attributes)) = inner else { return Map::new() };
    if let Some(objects) = objects {
        attributes.insert("objects".to_owned(), objects);
    }
    attributes
}

/// A person as the App API describes one.
pub(super) fn to_json(project: &Project, people: &People, key: &Key) -> Option<Value> {
    let (person, in_project) = people.about(project, key);
    if person.is_none() && in_project.is_none() {
        return None;
    }
    let person = person.unwrap_or_default();
    let customer = person.over(in_project).ok()?;
    let attributes = json::object(customer.source().text(), "customer").unwrap_or_default();
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

    /// A project with one customer, who has an `id` and an `email`.
    fn project() -> Project {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("templates/t.liquid", "{}"), ("fixtures/customers/ada.json", r#"{"id": "ada", "email": "ada@b.c"}"#)]
        {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Project::open(folder.path()).unwrap()
    }

    fn recipient(identifiers: &[(IdentifierKind, &str)]) -> Recipient {
        let mut recipient = Recipient::default();
        for (kind, value) in identifiers {
            recipient.identifiers.set(*kind, (*value).to_owned());
        }
        recipient
    }

    fn keys(people: &People, key: &Key) -> Vec<Key> {
        people.find(key).iter().flat_map(Person::keys).collect()
    }

    #[test]
    fn identifiers_are_linked_and_attributes_merged() {
        let (people, project) = (People::default(), project());
        let (one, address) = (key(Id, "1"), key(Email, "a@b.c"));
        let identify = |keys: &[Key], json| {
            assert_eq!(people.identify(&project, keys, attributes(json)), [""; 0]);
        };
        identify(std::slice::from_ref(&address), json!({ "plan": "free", "city": "Paris" }));
        identify(std::slice::from_ref(&one), json!({ "plan": "pro" }));
        identify(&[one.clone(), key(Email, "A@b.C")], json!({ "email": "A@b.C", "name": "Ada" }));
        let person = people.find(&address).unwrap();
        assert_eq!(Value::from(person.attributes), json!({ "plan": "pro", "city": "Paris", "name": "Ada" }));
        assert_eq!(people.user("1"), User::Person(vec![one.clone(), key(Email, "A@b.C")]));
        assert_eq!(people.user("a@B.c"), people.user("1"));
        assert_eq!(people.user("2"), User::Anyone("2".to_owned()));
        people.merge(&project, &key(CioId, "c1"), &one);
        assert_eq!(keys(&people, &one), [one.clone(), key(Email, "A@b.C"), key(CioId, "c1")]);
        people.remove(&project, &one);
        assert!(people.find(&address).is_none());
        assert_eq!(people.lock().bytes, 0);
    }

    #[test]
    fn an_identifier_belongs_to_one_person() {
        let (people, project) = (People::default(), project());
        let identify = |keys: &[Key]| people.identify(&project, keys, Map::new());
        assert!(identify(&[key(Id, "1"), key(Email, "a@b.c")]).is_empty());
        let refused = "the email `A@b.c` was not given to `2`: it is that of `1`";
        assert_eq!(identify(&[key(Id, "2"), key(Email, "A@b.c")]), [refused]);
        assert_eq!(keys(&people, &key(Id, "2")), [key(Id, "2")]);
        assert_eq!(keys(&people, &key(Id, "1")), [key(Id, "1"), key(Email, "a@b.c")]);
        let refused = "the email `ada@b.c` was not given to `2`: it is that of `ada`";
        assert_eq!(identify(&[key(Id, "2"), key(Email, "ada@b.c")]), [refused], "a customer of the project");
        let refused = "the id `3` was not given to `a@b.c`: they have the id `1`, which only a request with their `cio_id` changes";
        assert_eq!(identify(&[key(Email, "a@b.c"), key(Id, "3")]), [refused]);
        assert!(!identify(&[key(Email, "ada@b.c"), key(Id, "3")]).is_empty());
        // Both are the customer of the project.
        assert!(identify(&[key(Id, "ada"), key(CioId, "c")]).is_empty());
        assert_eq!(keys(&people, &key(Email, "ada@b.c")), [key(Id, "ada"), key(Email, "ada@b.c"), key(CioId, "c")]);
        assert!(identify(&[key(CioId, "c"), key(Id, "lovelace")]).is_empty());
        assert_eq!(people.user("ada"), User::Anyone("ada".to_owned()), "the id was changed");
        assert!(!identify(&[key(CioId, "c"), key(Id, "1")]).is_empty());
        assert_eq!(people.all().len(), 3);
    }

    #[test]
    fn messages_follow_a_person() {
        let (people, project) = (People::default(), project());
        let identify = |keys: &[Key]| assert!(people.identify(&project, keys, Map::new()).is_empty());
        identify(&[key(Id, "e1"), key(CioId, "c1")]);
        identify(&[key(CioId, "c1"), key(Id, "e2")]);
        assert!(people.user("e2").is(&recipient(&[(Id, "e1"), (CioId, "c1")])), "the id was changed");
        identify(&[key(Id, "s1"), key(Email, "s@x.y")]);
        people.merge(&project, &key(Id, "p1"), &key(Id, "s1"));
        assert!(people.user("p1").is(&recipient(&[(Id, "s1"), (Email, "s@x.y")])), "they were merged");
        assert!(!people.user("p1").is(&recipient(&[(Id, "s2"), (Email, "s@x.y")])));
    }

    #[test]
    fn the_strongest_identifier_decides_whose_a_message_is() {
        let user = User::Person(vec![key(Id, "1"), key(Email, "A@b.c")]);
        assert!(user.is(&recipient(&[(Id, "1"), (Email, "old@b.c")])));
        assert!(user.is(&recipient(&[(Email, "a@B.c"), (CioId, "c")])));
        assert!(!user.is(&recipient(&[(Id, "2"), (Email, "a@b.c")])), "it was someone else's address");
        assert!(!user.is(&recipient(&[(CioId, "1")])));
        let anyone = User::Anyone("A@b.c".to_owned());
        assert!(anyone.is(&recipient(&[(Id, "2"), (Email, "a@b.c")])));
        assert!(!anyone.is(&recipient(&[(Id, "a@b.c")])), "letter case counts in an `id`");
    }

    #[test]
    fn attributes_are_merged_over_a_file_in_either_form() {
        for file in [
            r#"{"id": "1", "name": "Ada", "city": "Paris", "objects": {"a": []}}"#,
            r#"{"customer": {"id": "1", "identifiers": {"id": "1"}, "attributes": {"name": "Ada", "city": "Paris"}}, "objects": {"a": []}}"#,
            r#"{"id": "1", "identifiers": {"id": "1"}, "attributes": {"name": "Ada", "city": "Paris"}, "objects": {"a": []}}"#,
        ] {
            let (people, project) = (People::default(), project());
            people.identify(&project, &[key(Id, "1")], attributes(json!({ "name": "Grace", "city": "", "age": 7 })));
            let customer = Customer::read(Source::new("c.json", file)).unwrap();
            let merged = people.find(&key(Id, "1")).unwrap().over(Some(&customer)).unwrap();
            let merged: Value = serde_json::from_str(merged.source().text()).unwrap();
            assert_eq!(merged, json!({ "name": "Grace", "objects": { "a": [] }, "age": 7, "id": "1" }), "{file}");
        }
    }

    #[test]
    fn people_are_bounded() {
        let (people, project) = (People::default(), project());
        for number in 0..=MAX_PEOPLE {
            people.identify(&project, &[key(Id, &number.to_string())], Map::new());
        }
        assert_eq!(people.all().len(), MAX_PEOPLE);
        assert!(people.find(&key(Id, "0")).is_none());
    }
}
