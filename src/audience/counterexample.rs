//! Counterexamples: the smallest witness of each cause, as the request and the attributes of an invented person.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::vocabulary::Vocabulary;
use super::{Audience, Part, disguise};
use crate::liquid::value::{json, utf16};
use crate::liquid::{Arena, Value as LiquidValue};
use crate::message::{Cause, CompiledTemplate, SentData, no_fields};
use crate::records::Batch;

/// How often a message is rendered to find one counterexample.
const MAX_TRIALS: usize = 2000;
/// The id of an invented person.
const ID: &str = "invented";
/// The keys of the data of a message.
const CUSTOMER: &str = "customer";
const MESSAGE_DATA: &str = "message_data";
/// Where the id of the customer is.
const ID_KEY: &str = "id";
const ID_POINTER: &str = "/customer/id";
/// The key of the related objects, next to the attributes.
const OBJECTS: &str = "objects";

/// An invented person, whose message is lost.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// Why it is lost.
    pub cause: Cause,
    /// The attributes of the customer, with the id `invented`.
    pub customer: Map<String, Value>,
    /// The `message_data`.
    pub message_data: Map<String, Value>,
    /// The language in which the message is rendered.
    pub language: Option<String>,
}

/// A counterexample for each cause whose witness keeps its record. Its data is reduced to what loses the message, the letters
/// and digits that remain are replaced, and the message is rendered again. Also returns the causes for which that is not
/// possible.
#[must_use]
pub fn counterexamples(part: &Part, audience: &Audience<'_>) -> (Vec<Counterexample>, Vec<Cause>) {
    let arena = Arena::new();
    let variants = audience.template.with_variants();
    let compiled: Vec<_> = variants.filter_map(|variant| variant.compile(&audience.workspace, &arena).ok()).collect();
    let vocabulary = Vocabulary::of(audience);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (cause, group) in part.state.losses.groups() {
        let setting = Setting { audience, compiled: &compiled, vocabulary: &vocabulary, cause };
        match group.smallest.record.as_deref().and_then(|record| setting.invent(record)) {
            Some(counterexample) => found.push(counterexample),
            None => missing.push(cause.clone()),
        }
    }
    (found, missing)
}

/// What a counterexample is sought for.
#[derive(Clone, Copy)]
struct Setting<'c> {
    audience: &'c Audience<'c>,
    compiled: &'c [CompiledTemplate<'c>],
    vocabulary: &'c Vocabulary<'c>,
    cause: &'c Cause,
}

impl Setting<'_> {
    fn invent(&self, record: &str) -> Option<Counterexample> {
        let (mut data, language) = self.data_of(record)?;
        data[CUSTOMER][ID_KEY] = Value::from(ID);
        let mut invention = Invention { setting: self, language, data, trials: 0 };
        if !invention.loses() {
            return None;
        }
        for part in [CUSTOMER, MESSAGE_DATA] {
            let part = format!("/{part}");
            invention.shrink(&part);
            invention.disguise(&part)?;
        }
        let Invention { mut data, language, .. } = invention;
        let mut part = |name: &str| match data[name].take() {
            Value::Object(fields) => Some(fields),
            _ => None,
        };
        let (customer, message_data) = (part(CUSTOMER)?, part(MESSAGE_DATA)?);
        Some(Counterexample { cause: self.cause.clone(), customer, message_data, language })
    }

    /// The data of a record's message, an object with the customer and the `message_data`, and its language.
    fn data_of(&self, record: &str) -> Option<(Value, Option<String>)> {
        let (arena, batch) = (Arena::new(), Batch::of_json(record));
        let numbers = self.compiled.first()?.language().dialect().numbers;
        let record = batch.records().next()?;
        let message = self.audience.lines.message(record, numbers, None, &|_| true, &arena).ok()?;
        let language = self.audience.language.or(message.language).map(str::to_owned);
        let mut customer = to_json(message.data.customer).filter(Value::is_object)?;
        if let Some(Value::Object(objects)) = to_json(message.data.objects)
            && !objects.is_empty()
        {
            customer[OBJECTS] = Value::Object(objects);
        }
        let message_data = to_json(message.data.trigger).filter(Value::is_object)?;
        Some((json!({ CUSTOMER: customer, MESSAGE_DATA: message_data }), language))
    }

    /// Whether the message of this data is lost for the same reason.
    fn loses(&self, data: &Value, language: Option<&str>) -> bool {
        let template = self.audience.template.in_language(language);
        let compiled = self.compiled.iter().find(|compiled| std::ptr::eq(compiled.template(), template));
        let Some(compiled) = compiled else { return false };
        let (arena, numbers) = (Arena::new(), compiled.language().dialect().numbers);
        let (mut customer, trigger) = (data[CUSTOMER].clone(), &data[MESSAGE_DATA]);
        let objects = customer.as_object_mut().and_then(|fields| fields.shift_remove(OBJECTS));
        let read = |value: &Value| json::read_as(arena.alloc_str(&value.to_string()), numbers, &arena).ok();
        let (Some(customer), Some(trigger)) = (read(&customer), read(trigger)) else { return false };
        let objects = objects.as_ref().and_then(read).unwrap_or_else(|| no_fields(&arena));
        let error = compiled.first_error(&SentData { trigger, customer, objects }, &self.audience.options);
        error.is_some_and(|error| Cause::from_diagnostic(&error) == *self.cause)
    }
}

/// The search for one counterexample: data that loses the message for the same reason, and has ever less of the person.
struct Invention<'c> {
    setting: &'c Setting<'c>,
    language: Option<String>,
    data: Value,
    trials: usize,
}

impl Invention<'_> {
    /// Whether the message is still lost for the same reason.
    fn loses(&mut self) -> bool {
        self.trials += 1;
        self.trials <= MAX_TRIALS && self.setting.loses(&self.data, self.language.as_deref())
    }

    /// Changes the data if the message is still lost for the same reason afterwards.
    fn try_to(&mut self, change: impl FnOnce(&mut Value)) -> bool {
        let original = self.data.clone();
        change(&mut self.data);
        let loses = self.loses();
        if !loses {
            self.data = original;
        }
        loses
    }

    /// Removes what is not needed of a value, at every level: first many members at once, then ever fewer.
    fn shrink(&mut self, pointer: &str) {
        let mut size = self.members(pointer).len();
        while size > 0 {
            let mut end = self.members(pointer).len();
            while end > 0 {
                let start = end.saturating_sub(size);
                self.try_to(|data| remove(data, pointer, start..end));
                end = start;
            }
            size /= 2;
        }
        for member in self.members(pointer) {
            self.shrink(&member);
        }
    }

    /// Replaces the keys and values that remain, except for what the template says itself; `None` if one of them is needed.
    fn disguise(&mut self, pointer: &str) -> Option<()> {
        for member in self.members(pointer) {
            if member == ID_POINTER {
                continue;
            }
            let member = self.disguise_key(pointer, &member)?;
            self.disguise(&member)?;
        }
        let value = self.data.pointer(pointer)?.clone();
        if matches!(value, Value::Object(_) | Value::Array(_)) {
            return Some(());
        }
        let mut disguises = disguise::of_value(&value, self.setting.vocabulary).into_iter();
        let found = disguises.any(|disguise| self.try_to(|data| replace(data, pointer, disguise)));
        found.then_some(())
    }

    /// Renames a member of an object, and returns its pointer.
    fn disguise_key(&mut self, parent: &str, member: &str) -> Option<String> {
        let Value::Object(fields) = self.data.pointer(parent)? else { return Some(member.to_owned()) };
        let keys: Vec<_> = fields.keys().cloned().collect();
        let key = keys.iter().find(|key| pointer_to(parent, key) == member)?;
        if self.setting.vocabulary.contains(key) {
            return Some(member.to_owned());
        }
        let is_taken = |name: &str| keys.iter().any(|key| key == name);
        let mut names = disguise::of_key(key, &is_taken);
        let name = names.find(|name| self.try_to(|data| rename(data, parent, key, name)))?;
        Some(pointer_to(parent, &name))
    }

    /// The pointers of the members of an object or list.
    fn members(&self, pointer: &str) -> Vec<String> {
        match self.data.pointer(pointer) {
            Some(Value::Object(fields)) => fields.keys().map(|key| pointer_to(pointer, key)).collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|at| format!("{pointer}/{at}")).collect(),
            _ => Vec::new(),
        }
    }
}

/// The JSON pointer of a member of an object.
fn pointer_to(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Removes some members of an object or list, except for the `id` of the customer.
fn remove(data: &mut Value, pointer: &str, range: Range<usize>) {
    match data.pointer_mut(pointer) {
        Some(Value::Object(fields)) => {
            let mut at = 0;
            fields.retain(|key, _| {
                at += 1;
                !range.contains(&(at - 1)) || pointer_to(pointer, key) == ID_POINTER
            });
        }
        Some(Value::Array(items)) => drop(items.drain(range)),
        _ => {}
    }
}

fn replace(data: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = data.pointer_mut(pointer) {
        *place = value;
    }
}

/// Renames a member of an object, which keeps its place.
fn rename(data: &mut Value, pointer: &str, from: &str, to: &str) {
    if let Some(Value::Object(fields)) = data.pointer_mut(pointer) {
        let named = |(key, value)| if key == from { (to.to_owned(), value) } else { (key, value) };
        *fields = std::mem::take(fields).into_iter().map(named).collect();
    }
}

fn to_json(value: LiquidValue<'_>) -> Option<Value> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&utf16::to_utf8(&text)).ok()
}
