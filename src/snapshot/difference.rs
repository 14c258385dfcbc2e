//! The difference: what became of a message, by field and by line.

use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// Lines shown around a changed one.
const CONTEXT: usize = 3;
/// How long the shortest difference is looked for; then one that is only right is taken. Short, as there may be many.
const PATIENCE: Duration = Duration::from_millis(200);

/// What became of a snapshot's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The fields that changed, where both are messages; none where one of them is a failure.
    pub fields: Vec<FieldChange>,
    /// The lines that changed and those around them.
    pub hunks: Vec<Hunk>,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldChange {
    /// The way to it, such as `properties.posts[0].title`.
    pub field: String,
    /// What it was; nothing where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// What it is; nothing where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// Changed lines near each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line before, from 1.
    pub old_line: usize,
    /// The first line after, from 1.
    pub new_line: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub tag: Tag,
    /// Its text in parts, and whether each is what changed inside the line.
    pub parts: Vec<(bool, String)>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// It is as it was.
    Kept,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
}

impl Tag {
    /// The mark that a unified difference puts in front.
    #[must_use]
    pub const fn mark(self) -> char {
        match self {
            Self::Kept => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

impl Difference {
    /// What became of `old`.
    ///
    /// ```
    /// use inkproof::snapshot::Difference;
    /// let difference = Difference::between(r#"{"a": {"b": [1, 2]}}"#, r#"{"a": {"b": [1, 3]}}"#);
    /// assert_eq!(difference.fields[0].to_string(), "a.b[1]: 2 → 3");
    /// ```
    #[must_use]
    pub fn between(old: &str, new: &str) -> Self {
        Self { fields: changed_fields(old, new), hunks: hunks(old, new) }
    }
}

/// The fields that changed, where both contents are messages. Of the whole [`Difference`], this part is quick to find.
#[must_use]
pub fn changed_fields(old: &str, new: &str) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    // A failure is no JSON.
    if let (Ok(old), Ok(new)) = (serde_json::from_str(old), serde_json::from_str(new)) {
        compare(String::new(), Some(&old), Some(&new), &mut changes);
    }
    changes
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, "{}: {from} → {to}", self.field),
            (None, Some(to)) => write!(f, "{}: added {to}", self.field),
            (Some(from), None) => write!(f, "{}: removed {from}", self.field),
            (None, None) => write!(f, "{}", self.field),
        }
    }
}

fn compare(field: String, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (old, new) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                compare(below(&field, name), before.get(name), after.get(name), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for place in 0..before.len().max(after.len()) {
                compare(format!("{field}[{place}]"), before.get(place), after.get(place), changes);
            }
        }
        _ if old == new => {}
        _ => changes.push(FieldChange { field, from: old.cloned(), to: new.cloned() }),
    }
}

/// The way to a field; a name that would read as more than one is quoted.
fn below(field: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@'));
    match (is_plain, field) {
        (true, "") => name.to_owned(),
        (true, _) => format!("{field}.{name}"),
        (false, _) => format!("{field}[{}]", Value::from(name)),
    }
}

fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let deadline = Instant::now() + PATIENCE;
    let diff = TextDiff::configure().deadline(deadline).diff_lines(old, new);
    let mut hunks = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let Some(first) = group.first() else { continue };
        let (old_line, new_line) = (first.old_range().start + 1, first.new_range().start + 1);
        let lines =
            group.iter().flat_map(|op| diff.iter_inline_changes_deadline(op, Some(deadline))).map(|change| Line {
                tag: match change.tag() {
                    ChangeTag::Equal => Tag::Kept,
                    ChangeTag::Delete => Tag::Removed,
                    ChangeTag::Insert => Tag::Added,
                },
                parts: parts(&change),
            });
        hunks.push(Hunk { old_line, new_line, lines: lines.collect() });
    }
    hunks
}

/// The parts of a line, without its end.
fn parts(change: &similar::InlineChange<'_, str>) -> Vec<(bool, String)> {
    let parts = change.iter_strings_lossy().map(|(changed, text)| (changed, text.trim_end_matches('\n').to_owned()));
    parts.filter(|(_, text)| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_changed() {
        for (old, new, expected) in [
            (r#"{"a":1}"#, r#"{"a":1}"#, vec![]),
            (r#"{"a":1,"b":2}"#, r#"{"b":3,"c":[]}"#, vec!["a: removed 1", "b: 2 → 3", "c: added []"]),
            (r#"{"a":{"b":["x"]}}"#, r#"{"a":{"b":["y","z"]}}"#, vec![r#"a.b[0]: "x" → "y""#, r#"a.b[1]: added "z""#]),
            (r#"{"a":{"b.c":1}}"#, r#"{"a":{"b.c":null}}"#, vec![r#"a["b.c"]: 1 → null"#]),
            (r#"{"a":{"b":1}}"#, r#"{"a":[1]}"#, vec![r#"a: {"b":1} → [1]"#]),
            ("not sent", r#"{"a":1}"#, vec![]),
        ] {
            let found: Vec<_> = changed_fields(old, new).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{old} {new}");
        }
    }

    #[test]
    fn changed_lines_with_the_words_inside() {
        let old = "1\n2\n3\n4\n  \"title\": \"one two three\"\n6\n7\n8\n9";
        let new = old.replace("two", "2");
        let [hunk] = &hunks(old, &new)[..] else { panic!("one hunk") };
        assert_eq!((hunk.old_line, hunk.new_line), (2, 2));
        let shown: Vec<_> = hunk
            .lines
            .iter()
            .map(|line| {
                let parts =
                    line.parts.iter().map(|(changed, text)| if *changed { format!("<{text}>") } else { text.clone() });
                format!("{}{}", line.tag.mark(), parts.collect::<String>())
            })
            .collect();
        assert_eq!(
            shown,
            [
                " 2",
                " 3",
                " 4",
                "-  \"title\": \"one <two> three\"",
                "+  \"title\": \"one <2> three\"",
                " 6",
                " 7",
                " 8"
            ]
        );
    }
}
