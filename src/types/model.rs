//! The model of types: records with fields, whatever the language.

use std::collections::BTreeSet;

use super::naming::words_of;
use crate::contract::{JsonKind, Kinds};
use crate::schema::{DataModel, Requirement, Step, StringValues, TemplateModel};

/// The types of some templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeModel {
    /// The templates.
    pub templates: Vec<TemplateType>,
    /// The objects in their data, each after those within it; the data of a template is such an object as well.
    pub records: Vec<Record>,
}

/// A template.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateType {
    /// Its trigger name.
    pub name: String,
    /// Its number at Customer.io.
    pub id: Option<u64>,
    /// The number of the record of its data.
    pub data: usize,
}

/// An object.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The words of its name.
    pub words: Vec<String>,
    /// What it is.
    pub about: String,
    /// What it has.
    pub fields: Vec<Field>,
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The key.
    pub key: String,
    /// What a backend should know of it.
    pub about: String,
    /// Whether it must always be there.
    pub is_required: bool,
    /// Its value.
    pub value: ValueType,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueType {
    /// The kinds; empty if it may be anything.
    pub kinds: Vec<ValueKind>,
    /// The kinds that requests have there.
    pub usual: Kinds,
}

/// A kind of value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string; the template compares it with these.
    String(Vec<String>),
    /// A string that is a number.
    NumberString,
    /// One of these strings.
    OneOf(Vec<String>),
    /// A list.
    List(Box<ValueType>),
    /// The record of this number.
    Record(usize),
    /// An object of which nothing is known.
    Object,
}

impl ValueType {
    /// Whether it may be null.
    #[must_use]
    pub fn may_be_null(&self) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&ValueKind::Null)
    }

    /// A value that may be anything.
    const fn anything() -> Self {
        Self { kinds: Vec::new(), usual: Kinds::NONE }
    }
}

impl TypeModel {
    /// The types of the `message_data` of these templates.
    #[must_use]
    pub fn new(templates: &[TemplateModel<'_>]) -> Self {
        let mut types = Self::default();
        let mut names = BTreeSet::new();
        for template in templates {
            let name = template.template.name();
            let mut builder = Builder { template: name, model: &template.model, types: &mut types, names: &mut names };
            let mut words = words_of(name);
            words.push("data".to_owned());
            let about = template.about();
            let data = builder.record(0, words, about, &words_of(name));
            let id = template.template.settings().id.as_ref().map(|id| id.value);
            types.templates.push(TemplateType { name: name.to_owned(), id, data });
        }
        types
    }
}

struct Builder<'b> {
    /// The trigger name of the template.
    template: &'b str,
    model: &'b DataModel,
    types: &'b mut TypeModel,
    /// The names that are taken.
    names: &'b mut BTreeSet<String>,
}

impl Builder<'_> {
    /// Adds the record of the objects at a place. `stem` are the words that the names of those within it begin with.
    fn record(&mut self, place: usize, words: Vec<String>, about: String, stem: &[String]) -> usize {
        let words = self.unique(words);
        let mut fields = Vec::new();
        for member in self.model.places.0[place].members.clone() {
            let Some(Step::Member(key)) = self.model.places.0[member].pattern.last().cloned() else { continue };
            let stem: Vec<String> = stem.iter().cloned().chain(words_of(&key)).collect();
            let value = self.value(member, &stem);
            let is_required = self.model.requirement(member) == Requirement::Required;
            fields.push(Field { about: self.model.description(member), key, is_required, value });
        }
        self.types.records.push(Record { words, about, fields });
        self.types.records.len() - 1
    }

    fn unique(&mut self, mut words: Vec<String>) -> Vec<String> {
        let mut count = 2;
        let plain = words.len();
        while !self.names.insert(words.concat().to_lowercase()) {
            words.truncate(plain);
            words.push(count.to_string());
            count += 1;
        }
        words
    }

    fn value(&mut self, place: usize, stem: &[String]) -> ValueType {
        let of = self.model.places.0[place].clone();
        let kinds = self.model.kinds[place];
        if kinds == Kinds::ANY && of.members.is_empty() && of.element.is_none() {
            return ValueType { usual: of.seen, ..ValueType::anything() };
        }
        let kind = |kind: JsonKind| match kind {
            JsonKind::Null => ValueKind::Null,
            JsonKind::Boolean => ValueKind::Boolean,
            JsonKind::Number => ValueKind::Number,
            JsonKind::String => match &self.model.strings[place] {
                StringValues::Any | StringValues::Like(_) => ValueKind::String(self.model.compared[place].clone()),
                StringValues::Numbers => ValueKind::NumberString,
                StringValues::OneOf(texts) => ValueKind::OneOf(texts.clone()),
            },
            JsonKind::Array => match of.element {
                Some(element) => ValueKind::List(Box::new(self.value(element, &singular(stem)))),
                None => ValueKind::List(Box::new(ValueType::anything())),
            },
            JsonKind::Object if of.members.is_empty() => ValueKind::Object,
            JsonKind::Object => {
                let path = self.model.places.path(place);
                let about = match path.strip_suffix("[]") {
                    Some(list) => format!("An element of `{list}` in the data of `{}`.", self.template),
                    None => format!("`{path}` in the data of `{}`.", self.template),
                };
                ValueKind::Record(self.record(place, stem.to_vec(), about, stem))
            }
        };
        ValueType { kinds: kinds.iter().map(kind).collect(), usual: of.seen }
    }
}

/// The words of a list for one of its elements: `order posts` becomes `order post`.
fn singular(words: &[String]) -> Vec<String> {
    let Some((last, rest)) = words.split_last() else { return Vec::new() };
    let one = match last.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with('s') => match stem.strip_suffix("ie") {
            Some(stem) => vec![format!("{stem}y")],
            None => vec![stem.to_owned()],
        },
        _ => vec![last.clone(), "item".to_owned()],
    };
    rest.iter().cloned().chain(one).collect()
}
