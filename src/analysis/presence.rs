//! Presence: whether data has values at the paths that a template reads.

use std::collections::HashSet;

use super::path::{Path, PathStep};
use crate::liquid::Value;

/// How often data has a value at a path, which may be several times if the path leads through lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// How often there is a value that is not blank.
    pub present: usize,
    /// How often there is a value, but it is null, empty or only whitespace.
    pub blank: usize,
    /// How often there is no value.
    pub missing: usize,
}

impl Presence {
    /// Counts the values of `data` at `path`; each element of a list counts. If one of the first `null_segments`
    /// segments of the path is missing, it counts as null.
    #[must_use]
    pub fn new(path: &Path<'_>, null_segments: usize, data: Value<'_>) -> Self {
        let mut presence = Self::default();
        let root = match data {
            Value::Object(names) => names.get(path.root),
            _ => None,
        };
        presence.count(root.unwrap_or(Value::Undefined), &path.steps, null_segments);
        presence
    }

    /// Whether there is no value at all, but there could be one.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        self.missing > 0 && self.present == 0 && self.blank == 0
    }

    fn count(&mut self, value: Value<'_>, steps: &[PathStep<'_>], null_segments: usize) {
        let rest_of_nulls = null_segments.saturating_sub(1);
        match (value, steps) {
            // Without a list there are no elements that could lack anything.
            (Value::Undefined, steps) if steps.contains(&PathStep::Element) => {}
            // A property of null is null.
            (Value::Null, _) => self.blank += 1,
            (Value::Undefined, _) if null_segments > 0 => self.blank += 1,
            (Value::Undefined, _) => self.missing += 1,
            (Value::String(text), []) if text.trim().is_empty() => self.blank += 1,
            (_, []) => self.present += 1,
            (Value::Array(items), [PathStep::Element, rest @ ..]) => {
                for item in items {
                    self.count(*item, rest, rest_of_nulls);
                }
            }
            // Loops also iterate over strings and objects. Nothing is known of these.
            (_, [PathStep::Element, ..]) => {}
            (value, [PathStep::Key(key), rest @ ..]) => {
                let inner = match value {
                    Value::Object(object) => object.get(key),
                    _ => None,
                };
                self.count(inner.unwrap_or(Value::Undefined), rest, rest_of_nulls);
            }
        }
    }
}

/// The paths of all keys in a value, outer ones first.
#[must_use]
pub fn places<'a>(root: &'a str, value: Value<'a>) -> Vec<Path<'a>> {
    fn within<'a>(value: Value<'a>, path: &Path<'a>, known: &mut HashSet<Path<'a>>, found: &mut Vec<Path<'a>>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object.entries() {
                    let path = path.then(PathStep::Key(key));
                    // Elements of lists mostly have the same keys.
                    let is_in_list = path.steps.contains(&PathStep::Element);
                    if !is_in_list || known.insert(path.clone()) {
                        found.push(path.clone());
                    }
                    within(*value, &path, known, found);
                }
            }
            Value::Array(items) => {
                let path = path.then(PathStep::Element);
                items.iter().take(MAX_ELEMENTS).for_each(|item| within(*item, &path, known, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    within(value, &Path::new(root), &mut HashSet::new(), &mut found);
    found
}

/// How many elements of a list are searched for keys.
const MAX_ELEMENTS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::Arena;
    use crate::liquid::value::json;

    #[test]
    fn counts_present_blank_and_missing_values() {
        let arena = Arena::new();
        let data = json::read(r#"{"t": {"a": " ", "n": null, "l": [{"x": 1}, {}], "e": []}}"#, &arena).unwrap();
        for (steps, expected) in [
            (vec![PathStep::Key("a")], (0, 1, 0)),
            (vec![PathStep::Key("n"), PathStep::Key("x")], (0, 1, 0)),
            (vec![PathStep::Key("m"), PathStep::Key("x")], (0, 0, 1)),
            (vec![PathStep::Key("l"), PathStep::Element, PathStep::Key("x")], (1, 0, 1)),
            (vec![PathStep::Key("e"), PathStep::Element, PathStep::Key("x")], (0, 0, 0)),
            (vec![PathStep::Key("m"), PathStep::Element, PathStep::Key("x")], (0, 0, 0)),
        ] {
            let Presence { present, blank, missing } = Presence::new(&Path { root: "t", steps }, 0, data);
            assert_eq!((present, blank, missing), expected);
        }
        for (null_segments, expected) in [(1, (0, 0, 1)), (2, (0, 1, 0))] {
            let path = Path { root: "t", steps: vec![PathStep::Key("m"), PathStep::Key("x")] };
            let Presence { present, blank, missing } = Presence::new(&path, null_segments, data);
            assert_eq!((present, blank, missing), expected, "{null_segments}");
        }
        let found: Vec<_> = places("t", data).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["t.t", "t.t.a", "t.t.n", "t.t.l", "t.t.l[].x", "t.t.e"]);
    }
}
