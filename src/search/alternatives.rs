//! Alternatives: what a value of some data is changed to, so that its message is sent or reaches another branch.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::candidate::Constants;
use crate::liquid::Template;
use crate::liquid::Value;
use crate::liquid::syntax::tree::{OperandKind, SegmentKey};
use crate::liquid::syntax::visit::each_operand;

/// Strings that some filters need.
const USUAL: [&str; 9] =
    ["Europe/London", "en", "EUR", "2026-01-01T12:00:00Z", "ada@example.com", "https://example.com/", "7", "word", ""];
/// Numbers.
const NUMBERS: [f64; 6] = [1.0, 0.0, 2.0, 10.0, 100.0, -1.0];
/// How long arrays are made.
const LENGTHS: [usize; 6] = [1, 2, 3, 4, 6, 12];
/// How many of a template's constants and names are tried.
const MAX_CONSTANTS: usize = 24;
/// How many values of the same data are tried elsewhere.
const MAX_AROUND: usize = 8;
/// The highest index of an array or part that is made.
const MAX_INDEX: usize = 40;
/// How many places of some data are changed.
const MAX_PLACES: usize = 200;
/// The seconds of a day.
const DAY: i64 = 86_400;
/// The attributes that identify a customer.
const IDENTIFIERS: [&str; 3] = ["id", "email", "cio_id"];

/// A step to a place in some data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Element(usize),
}

/// What is tried at every place.
pub(super) struct Alternatives {
    strings: Vec<String>,
    numbers: Vec<f64>,
    /// What the template splits strings at, and joins them with.
    separators: Vec<String>,
    /// The names of all properties that it reads.
    names: Vec<String>,
    /// A day before and a day after the message is sent.
    moments: [i64; 2],
}

impl Alternatives {
    pub(super) fn new(constants: &Constants<'_>, templates: &[Template<'_>], now: Timestamp) -> Self {
        let (mut separators, mut names) = (Vec::new(), Vec::new());
        for template in templates {
            each_operand(template.nodes, &mut |operand| match operand.kind {
                OperandKind::Literal(Value::String(text))
                    if !text.is_empty() && text.len() <= 3 && !text.contains(char::is_alphanumeric) =>
                {
                    add(&mut separators, text);
                }
                OperandKind::Path { segments, .. } => {
                    for segment in segments {
                        if let SegmentKey::Name(name) = segment.key {
                            add(&mut names, name);
                        }
                    }
                }
                _ => {}
            });
        }
        let mut numbers: Vec<f64> = Vec::new();
        for number in constants.numbers.iter().take(MAX_CONSTANTS) {
            for near in [*number, number + 1.0, number - 1.0] {
                if !numbers.contains(&near) {
                    numbers.push(near);
                }
            }
        }
        names.truncate(MAX_CONSTANTS);
        let now = now.as_second();
        Self {
            strings: constants.strings.iter().take(MAX_CONSTANTS).map(|text| (*text).to_owned()).collect(),
            numbers,
            separators,
            names,
            moments: [now - DAY, now + DAY],
        }
    }

    /// The scalars of some data, which others may be equal to.
    pub(super) fn around(data: &Json) -> Vec<Json> {
        fn collect(value: &Json, found: &mut Vec<Json>) {
            match value {
                Json::Object(object) => object.values().for_each(|value| collect(value, found)),
                Json::Array(items) => items.iter().for_each(|value| collect(value, found)),
                Json::String(_) | Json::Number(_) if found.len() < MAX_AROUND && !found.contains(value) => {
                    found.push(value.clone());
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        collect(&data["trigger"], &mut found);
        found
    }

    /// What is tried if nothing else helps: that the value is absent, null or empty.
    pub(super) fn bare(current: Option<&Json>, place: &[Step]) -> Vec<Option<Json>> {
        if place.len() == 1 {
            return Vec::new();
        }
        let is_member = matches!(place.last(), Some(Step::Member(_))) && current.is_some();
        let mut values = Vec::from_iter(is_member.then_some(None));
        values.extend([Json::Null, json!([]), json!({}), json!("")].map(Some));
        values
    }

    /// The values that are compared with others in templates.
    pub(super) fn compared(&self) -> impl Iterator<Item = Json> {
        const MAX_COMPARED: usize = 8;
        let strings = self.strings.iter().take(MAX_COMPARED).map(|text| json!(text));
        let numbers = self.numbers.iter().take(MAX_COMPARED).map(|number| whole(*number));
        strings.chain(numbers).chain([json!(true), json!(false)])
    }

    /// The values that are tried instead of one.
    pub(super) fn of(&self, current: Option<&Json>, place: &[Step], around: &[Json]) -> Vec<Option<Json>> {
        let mut values: Vec<Option<Json>> = Vec::new();
        if place.len() > 1 {
            match current {
                Some(Json::Array(items)) => self.arrays(items, &mut values),
                Some(Json::Object(_)) => {}
                _ => self.scalars(current, around, &mut values),
            }
        }
        if let Some(Json::Object(object)) = current
            && place.len() > 1
        {
            let keys = around.iter().filter_map(Json::as_str).chain(self.strings.iter().map(String::as_str));
            let value = object.values().next().cloned().unwrap_or_else(|| json!("word"));
            let mut keyed = object.clone();
            for key in keys {
                keyed.entry(key).or_insert_with(|| value.clone());
            }
            values.push(Some(Json::Object(keyed)));
        }
        values
    }

    fn scalars(&self, current: Option<&Json>, around: &[Json], values: &mut Vec<Option<Json>>) {
        let flags = [json!(true), json!(false)].map(Some);
        let number = |number: &f64| Some(whole(*number));
        // What is there shows what is probably compared with it.
        if matches!(current, Some(Json::Number(_))) {
            values.extend(self.numbers.iter().map(number));
        }
        values.extend(self.strings.iter().map(|text| Some(json!(text))));
        values.extend(flags);
        values.extend(NUMBERS.iter().chain(&self.numbers).map(number));
        values.extend(USUAL.iter().map(|text| Some(json!(text))));
        values.extend(around.iter().cloned().map(Some));
        for moment in self.moments {
            values.push(Some(json!(moment)));
            let text = Timestamp::from_second(moment).map(|moment| moment.to_string());
            values.extend(text.ok().map(|text| Some(json!(text))));
        }
        for separator in &self.separators {
            values.push(Some(json!(["one", "two", "three", "four", "five"].join(separator))));
        }
        if let Some(Json::String(text)) = current {
            // What contains something, starts or ends with it.
            values.extend(self.strings.iter().take(8).map(|part| Some(json!(format!("{text} {part}")))));
        }
        let fields: Map<String, Json> = self.names.iter().map(|name| (name.clone(), json!("word"))).collect();
        values.push(Some(Json::Object(fields.clone())));
        values.push(Some(json!([fields])));
        values.push(Some(json!(["word", "two words"])));
    }

    fn arrays(&self, items: &[Json], values: &mut Vec<Option<Json>>) {
        let fields = || Json::Object(self.names.iter().map(|name| (name.clone(), json!("word"))).collect());
        for count in LENGTHS.into_iter().filter(|count| *count != items.len()) {
            let other: Vec<Json> = match items {
                [] => (0..count).map(|_| fields()).collect(),
                items => items.iter().cycle().take(count).cloned().collect(),
            };
            values.push(Some(Json::Array(other)));
        }
        if items.iter().all(Json::is_string) {
            let all: Vec<Json> = items.iter().cloned().chain(self.strings.iter().map(|text| json!(text))).collect();
            values.push(Some(Json::Array(all)));
        }
        if items.len() > 1 {
            values.push(Some(items.iter().rev().cloned().collect()));
        }
    }

    /// The values in which a variable exists that is missing: a field, an element, a part of a string, or of JSON in a string.
    /// The variable may have another name than the place, so that each ending of its path is tried.
    pub(super) fn with_missing(&self, current: Option<&Json>, missing: &[String]) -> Vec<Json> {
        let mut found = Vec::new();
        for start in (1..missing.len()).rev() {
            let steps = &missing[start..];
            let base = current.cloned().unwrap_or_else(|| json!({}));
            match &base {
                Json::String(text) => {
                    if let Some(index) = steps[0].parse::<usize>().ok().filter(|index| *index <= MAX_INDEX) {
                        for separator in &self.separators {
                            let parts = (0..=index).map(|at| format!("part{}", at + 1)).collect::<Vec<_>>();
                            found.push(json!(parts.join(separator)));
                        }
                    }
                    let document =
                        serde_json::from_str::<Json>(text).ok().filter(|json| json.is_object() || json.is_array());
                    let inside = with(document.unwrap_or(Json::Null), steps);
                    if let Some(inside) = &inside {
                        found.push(json!(inside.to_string()));
                    }
                    found.extend(with(Json::Null, steps));
                }
                _ => found.extend(with(base, steps)),
            }
        }
        found
    }
}

/// A value in which these steps lead somewhere; `None` if they do already.
fn with(value: Json, steps: &[String]) -> Option<Json> {
    let Some((first, rest)) = steps.split_first() else { return Some(json!("word")) };
    let index = first.parse::<usize>().ok();
    match (value, index) {
        (Json::Array(mut items), Some(index)) if index <= MAX_INDEX => {
            let model = items.last().cloned();
            let is_new = index >= items.len();
            while items.len() <= index {
                items.push(model.clone().unwrap_or(Json::Null));
            }
            if !(rest.is_empty() && is_new && model.is_some()) {
                items[index] = with(std::mem::take(&mut items[index]), rest)?;
            }
            Some(Json::Array(items))
        }
        (Json::Array(items), None) if !items.is_empty() => {
            let items: Option<Vec<Json>> = items.into_iter().map(|item| with(item, steps)).collect();
            items.map(Json::Array)
        }
        (Json::Object(mut object), _) => {
            match object.get(first) {
                Some(_) if rest.is_empty() => return None,
                Some(inner) => {
                    let inner = with(inner.clone(), rest)?;
                    object.insert(first.clone(), inner);
                }
                None => {
                    object.insert(first.clone(), with(Json::Null, rest)?);
                }
            }
            Some(Json::Object(object))
        }
        (_, Some(index)) if index <= MAX_INDEX => {
            let item = with(Json::Null, rest)?;
            Some(Json::Array(vec![item; index + 1]))
        }
        (_, _) => Some(Json::Object(Map::from_iter([(first.clone(), with(Json::Null, rest)?)]))),
    }
}

fn add(texts: &mut Vec<String>, text: &str) {
    if !texts.iter().any(|known| known == text) {
        texts.push(text.to_owned());
    }
}

/// A number, without a point if it is whole.
fn whole(number: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

/// The places of some data below a root. Of arrays, the first two elements and the last.
pub(super) fn places(data: &Json, root: &str) -> Vec<Vec<Step>> {
    fn collect(value: &Json, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        if found.len() >= MAX_PLACES {
            return;
        }
        found.push(path.clone());
        match value {
            Json::Object(object) => {
                for (key, value) in object {
                    let is_identity = path.len() == 1
                        && path[0] == Step::Member("customer".to_owned())
                        && IDENTIFIERS.contains(&key.as_str());
                    if !is_identity {
                        path.push(Step::Member(key.clone()));
                        collect(value, path, found);
                        path.pop();
                    }
                }
            }
            Json::Array(items) => {
                let last = items.len().saturating_sub(1);
                for (at, item) in items.iter().enumerate().filter(|(at, _)| *at < 2 || *at == last) {
                    path.push(Step::Element(at));
                    collect(item, path, found);
                    path.pop();
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&data[root], &mut vec![Step::Member(root.to_owned())], &mut found);
    found
}

pub(super) fn value_at<'j>(data: &'j Json, path: &[Step]) -> Option<&'j Json> {
    path.iter().try_fold(data, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Element(at) => value.get(at),
    })
}

/// Puts a value at a path, or removes what is there. Returns whether that was possible.
pub(super) fn put(data: &mut Json, path: &[Step], to: Option<Json>) -> bool {
    let Some((last, outer)) = path.split_last() else { return false };
    let parent = outer.iter().try_fold(data, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Element(at) => value.get_mut(at),
    });
    match (parent, last, to) {
        (Some(Json::Object(object)), Step::Member(name), Some(to)) => {
            object.insert(name.clone(), to);
            true
        }
        (Some(Json::Object(object)), Step::Member(name), None) => object.shift_remove(name).is_some(),
        (Some(Json::Array(items)), Step::Element(at), Some(to)) if *at < items.len() => {
            items[*at] = to;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(path: &str) -> Vec<String> {
        path.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn adds_what_is_missing() {
        for (value, path, expected) in [
            (json!({}), "a", Some(json!({"a": "word"}))),
            (json!({"a": {"b": 1}}), "a.c", Some(json!({"a": {"b": 1, "c": "word"}}))),
            (json!({"a": 1}), "a", None),
            (json!([{"a": 1}]), "2", Some(json!([{"a": 1}, {"a": 1}, {"a": 1}]))),
            (json!([{"a": 1}, {"a": 2}]), "b", Some(json!([{"a": 1, "b": "word"}, {"a": 2, "b": "word"}]))),
            (json!([{"a": 1}]), "0.b", Some(json!([{"a": 1, "b": "word"}]))),
            (json!("x"), "1.a", Some(json!([{"a": "word"}, {"a": "word"}]))),
            (json!([]), "99", Some(json!({"99": "word"}))),
        ] {
            assert_eq!(with(value.clone(), &steps(path)), expected, "{value} {path}");
        }
    }

    #[test]
    fn finds_the_places_of_data() {
        let data = json!({"trigger": {"a": [1, 2, 3, 4], "b": {"c": 1}}, "customer": {"id": "1", "x": 1}});
        let shown = |root| {
            let show = |path: Vec<Step>| value_at(&data, &path).unwrap().to_string();
            places(&data, root).into_iter().map(show).collect::<Vec<_>>()
        };
        assert_eq!(shown("trigger")[1..], ["[1,2,3,4]", "1", "2", "4", r#"{"c":1}"#, "1"]);
        assert_eq!(shown("customer")[1..], ["1"]);
    }
}
