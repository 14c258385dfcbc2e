//! Presence: what of the places that a template looks at there is in some data.

use std::collections::HashSet;

use super::path::{Path, Step};
use crate::liquid::Value;

/// How often something is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// How often there is something.
    pub present: usize,
    /// How often there is something, but null, empty or only blanks.
    pub blank: usize,
    /// How often there is nothing.
    pub missing: usize,
}

impl Presence {
    /// How often `data` has something at `path`; in lists, each element counts. What is missing among the first
    /// `null_names` names of the path is null.
    #[must_use]
    pub fn of(path: &Path<'_>, null_names: usize, data: Value<'_>) -> Self {
        let mut presence = Self::default();
        let root = match data {
            Value::Object(names) => names.get(path.root),
            _ => None,
        };
        presence.count(root.unwrap_or(Value::Undefined), &path.steps, null_names);
        presence
    }

    /// Whether it is nowhere, where it could be somewhere.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        self.missing > 0 && self.present == 0 && self.blank == 0
    }

    fn count(&mut self, value: Value<'_>, steps: &[Step<'_>], null_names: usize) {
        let rest_of_nulls = null_names.saturating_sub(1);
        match (value, steps) {
            // Where there is no list, there are no elements that could lack anything.
            (Value::Undefined, steps) if steps.contains(&Step::Element) => {}
            // What is below null is null.
            (Value::Null, _) => self.blank += 1,
            (Value::Undefined, _) if null_names > 0 => self.blank += 1,
            (Value::Undefined, _) => self.missing += 1,
            (Value::String(text), []) if text.trim().is_empty() => self.blank += 1,
            (_, []) => self.present += 1,
            (Value::Array(items), [Step::Element, rest @ ..]) => {
                for item in items {
                    self.count(*item, rest, rest_of_nulls);
                }
            }
            // Of a text or an object's entries nothing is said.
            (_, [Step::Element, ..]) => {}
            (value, [Step::Key(key), rest @ ..]) => {
                let inner = match value {
                    Value::Object(object) => object.get(key),
                    _ => None,
                };
                self.count(inner.unwrap_or(Value::Undefined), rest, rest_of_nulls);
            }
        }
    }
}

/// Every place of a value that has a key, outer ones first.
#[must_use]
pub fn places<'a>(root: &'a str, value: Value<'a>) -> Vec<Path<'a>> {
    fn within<'a>(value: Value<'a>, path: &Path<'a>, known: &mut HashSet<Path<'a>>, found: &mut Vec<Path<'a>>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object.entries() {
                    let path = path.then(Step::Key(key));
                    // Elements of lists mostly have the same keys.
                    let is_in_list = path.steps.contains(&Step::Element);
                    if !is_in_list || known.insert(path.clone()) {
                        found.push(path.clone());
                    }
                    within(*value, &path, known, found);
                }
            }
            Value::Array(items) => {
                let path = path.then(Step::Element);
                items.iter().take(MAX_ELEMENTS).for_each(|item| within(*item, &path, known, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    within(value, &Path::of(root), &mut HashSet::new(), &mut found);
    found
}

/// How many elements of a list are looked at for keys.
const MAX_ELEMENTS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::Arena;
    use crate::liquid::value::json;

    #[test]
    fn what_is_there() {
        let arena = Arena::new();
        let data = json::read(r#"{"t": {"a": " ", "n": null, "l": [{"x": 1}, {}], "e": []}}"#, &arena).unwrap();
        for (steps, expected) in [
            (vec![Step::Key("a")], (0, 1, 0)),
            (vec![Step::Key("n"), Step::Key("x")], (0, 1, 0)),
            (vec![Step::Key("m"), Step::Key("x")], (0, 0, 1)),
            (vec![Step::Key("l"), Step::Element, Step::Key("x")], (1, 0, 1)),
            (vec![Step::Key("e"), Step::Element, Step::Key("x")], (0, 0, 0)),
            (vec![Step::Key("m"), Step::Element, Step::Key("x")], (0, 0, 0)),
        ] {
            let Presence { present, blank, missing } = Presence::of(&Path { root: "t", steps }, 0, data);
            assert_eq!((present, blank, missing), expected);
        }
        for (null_names, expected) in [(1, (0, 0, 1)), (2, (0, 1, 0))] {
            let path = Path { root: "t", steps: vec![Step::Key("m"), Step::Key("x")] };
            let Presence { present, blank, missing } = Presence::of(&path, null_names, data);
            assert_eq!((present, blank, missing), expected, "{null_names}");
        }
        let found: Vec<_> = places("t", data).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["t.t", "t.t.a", "t.t.n", "t.t.l", "t.t.l[].x", "t.t.e"]);
    }
}
