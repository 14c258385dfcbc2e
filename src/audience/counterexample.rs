//! Counterexamples: the smallest witness of each cause, as the request and the attributes of an invented person.

use serde_json::{Map, Value};

use super::{Audience, Part};
use crate::liquid::value::{json, utf16};
use crate::liquid::{Arena, Value as LiquidValue};
use crate::message::{Cause, CompiledTemplate, SentData, no_fields};
use crate::records::Batch;

/// How often a message is rendered to find one counterexample.
const MAX_TRIALS: usize = 2000;
/// The id of an invented person.
const ID: &str = "invented";

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
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (cause, group) in part.state.losses.groups() {
        let invention = Invention { audience, compiled: &compiled, cause, language: None, trials: 0 };
        match group.smallest.record.as_deref().and_then(|record| invention.invent(record)) {
            Some(counterexample) => found.push(counterexample),
            None => missing.push(cause.clone()),
        }
    }
    (found, missing)
}

/// The search for one counterexample.
struct Invention<'c> {
    audience: &'c Audience<'c>,
    compiled: &'c [CompiledTemplate<'c>],
    cause: &'c Cause,
    language: Option<String>,
    trials: usize,
}

impl Invention<'_> {
    fn invent(mut self, record: &str) -> Option<Counterexample> {
        // The customer, then the `message_data`.
        let mut data = self.data_of(record)?;
        data[0].insert("id".to_owned(), Value::from(ID));
        if !self.loses(&data) {
            return None;
        }
        for part in 0..data.len() {
            let names: Vec<_> = data[part].keys().cloned().collect();
            for name in names.iter().filter(|name| part == 1 || *name != "id") {
                let mut smaller = data.clone();
                smaller[part].shift_remove(name);
                if self.loses(&smaller) {
                    data = smaller;
                }
            }
            let pointers = leaves(&Value::from(data[part].clone()));
            for pointer in pointers.iter().filter(|pointer| part == 1 || *pointer != "/id") {
                data = self.replaced(data, part, pointer)?;
            }
        }
        let [customer, message_data] = data;
        Some(Counterexample { cause: self.cause.clone(), customer, message_data, language: self.language })
    }

    /// The data of a record's message.
    fn data_of(&mut self, record: &str) -> Option<[Map<String, Value>; 2]> {
        let (arena, batch) = (Arena::new(), Batch::of_json(record));
        let numbers = self.compiled.first()?.language().dialect().numbers;
        let record = batch.records().next()?;
        let message = self.audience.lines.message(record, numbers, None, &|_| true, &arena).ok()?;
        self.language = self.audience.language.or(message.language).map(str::to_owned);
        let object = |value| match to_json(value)? {
            Value::Object(fields) => Some(fields),
            _ => None,
        };
        let mut customer = object(message.data.customer)?;
        if let Some(Value::Object(objects)) =
            to_json(message.data.objects).filter(|objects| objects != &Value::Object(Map::new()))
        {
            customer.insert("objects".to_owned(), Value::Object(objects));
        }
        Some([customer, object(message.data.trigger)?])
    }

    /// Replaces a value by an invented one, if it is not a part of the template that may be needed as it is.
    fn replaced(
        &mut self,
        mut data: [Map<String, Value>; 2],
        part: usize,
        pointer: &str,
    ) -> Option<[Map<String, Value>; 2]> {
        let mut whole = Value::from(std::mem::take(&mut data[part]));
        let original = whole.pointer(pointer).cloned()?;
        let candidates: Vec<Value> = match &original {
            Value::String(text) => vec![Value::from("x"), Value::from(masked(text))],
            Value::Number(_) => vec![Value::from(1), Value::from(0)],
            _ => Vec::new(),
        };
        let is_public = match &original {
            Value::String(text) => {
                self.compiled.iter().any(|compiled| compiled.template().source().text().contains(text))
            }
            _ => true,
        };
        let kept = is_public.then(|| original.clone());
        for candidate in candidates.into_iter().chain(kept) {
            *whole.pointer_mut(pointer)? = candidate;
            let Value::Object(fields) = &whole else { return None };
            data[part].clone_from(fields);
            if self.loses(&data) {
                return Some(data);
            }
        }
        None
    }

    /// Whether the message of this data is lost for the same reason.
    fn loses(&mut self, [customer, trigger]: &[Map<String, Value>; 2]) -> bool {
        self.trials += 1;
        if self.trials > MAX_TRIALS {
            return false;
        }
        let template = self.audience.template.in_language(self.language.as_deref());
        let compiled = self.compiled.iter().find(|compiled| std::ptr::eq(compiled.template(), template));
        let Some(compiled) = compiled else { return false };
        let (arena, numbers) = (Arena::new(), compiled.language().dialect().numbers);
        let mut customer = customer.clone();
        let objects = customer.shift_remove("objects").filter(Value::is_object);
        let read = |value: Value| json::read_as(arena.alloc_str(&value.to_string()), numbers, &arena).ok();
        let (Some(customer), Some(trigger)) = (read(Value::from(customer)), read(Value::from(trigger.clone()))) else {
            return false;
        };
        let objects = objects.and_then(read).unwrap_or_else(|| no_fields(&arena));
        let error = compiled.first_error(&SentData { trigger, customer, objects }, &self.audience.options);
        error.is_some_and(|error| Cause::from_diagnostic(&error) == *self.cause)
    }
}

fn to_json(value: LiquidValue<'_>) -> Option<Value> {
    let mut text = String::new();
    json::write(value, None, &mut text).ok()?;
    serde_json::from_str(&utf16::to_utf8(&text)).ok()
}

/// The same text with other letters and digits.
fn masked(text: &str) -> String {
    let mask = |character: char| match character {
        _ if character.is_uppercase() => 'X',
        _ if character.is_alphabetic() => 'x',
        _ if character.is_numeric() => '0',
        _ => character,
    };
    text.chars().map(mask).collect()
}

/// The JSON pointers of the strings and numbers in a value.
fn leaves(value: &Value) -> Vec<String> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), found);
                }
            }
            Value::Array(items) => {
                for (at, value) in items.iter().enumerate() {
                    walk(value, &format!("{pointer}/{at}"), found);
                }
            }
            Value::String(_) | Value::Number(_) => found.push(pointer.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}
