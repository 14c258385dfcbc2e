//! Differences between two contents of a snapshot, by field and by line.

use std::time::{Duration, Instant};

use similar::{ChangeTag, TextDiff};

use crate::message::FieldChange;

/// Lines shown around a changed one.
const CONTEXT: usize = 3;
/// Contents longer than this, in bytes, are only compared up to their first difference.
const MAX_COMPARED: usize = 1 << 20;
/// How many lines of each side are shown from there on.
const MAX_SHOWN: usize = 20;
/// How many bytes of each line are shown then.
const MAX_LINE: usize = 2000;
/// Time limit for finding the shortest diff; after that a correct but longer one is used. Short, because there may be many.
const PATIENCE: Duration = Duration::from_millis(200);

/// The difference between two contents of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The changed fields if both are messages; empty if one is a failure.
    pub fields: Vec<FieldChange>,
    /// The changed lines with context.
    pub hunks: Vec<Hunk>,
}

/// A group of changed lines with context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line in the old contents, from 1.
    pub old_line: usize,
    /// The first line in the new contents, from 1.
    pub new_line: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it was kept, removed or added.
    pub tag: Tag,
    /// Its text in parts, each with whether it changed within the line.
    pub parts: Vec<(bool, String)>,
}

/// Whether a line was kept, removed or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Unchanged.
    Kept,
    /// Removed.
    Removed,
    /// Added.
    Added,
}

impl Tag {
    /// The line's prefix in a unified diff.
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
    /// Compares `old` with `new`.
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

/// The changed fields if both contents are messages. Much faster than a whole [`Difference`].
#[must_use]
pub fn changed_fields(old: &str, new: &str) -> Vec<FieldChange> {
    match (serde_json::from_str(old), serde_json::from_str(new)) {
        (Ok(old), Ok(new)) => FieldChange::between(&old, &new),
        // A failed message is not JSON.
        _ => Vec::new(),
    }
}

fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    if old.len().max(new.len()) > MAX_COMPARED {
        return vec![first_difference(old, new)];
    }
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

/// One hunk from the first line that differs, without looking for what the rest has in common. At most
/// [`MAX_SHOWN`] lines of each side are in it.
fn first_difference(old: &str, new: &str) -> Hunk {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let context = same.min(CONTEXT);
    let first = same - context;
    let tagged = |text: &str, tag| -> Vec<Line> {
        let shown = text.lines().skip(same).take(MAX_SHOWN);
        let line = |text: &str| Line { tag, parts: vec![(false, shortened(text).to_owned())] };
        shown.map(line).collect()
    };
    let mut lines: Vec<Line> = old
        .lines()
        .skip(first)
        .take(context)
        .map(|text| Line { tag: Tag::Kept, parts: vec![(false, shortened(text).to_owned())] })
        .collect();
    lines.extend(tagged(old, Tag::Removed));
    lines.extend(tagged(new, Tag::Added));
    Hunk { old_line: first + 1, new_line: first + 1, lines }
}

/// The beginning of a line.
fn shortened(text: &str) -> &str {
    let end = (0..=MAX_LINE.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// The parts of a line, without its line break.
fn parts(change: &similar::InlineChange<'_, str>) -> Vec<(bool, String)> {
    let parts = change.iter_strings_lossy().map(|(changed, text)| (changed, text.trim_end_matches('\n').to_owned()));
    parts.filter(|(_, text)| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_no_changed_fields() {
        assert_eq!(changed_fields("not sent", r#"{"a":1}"#), []);
        assert_eq!(changed_fields(r#"{"a":1}"#, r#"{"a":2}"#).len(), 1);
    }

    #[test]
    fn shows_the_first_difference_of_very_long_contents() {
        let old = "a\n".repeat(2 << 20);
        let new = format!("{}b\n{}", "a\n".repeat(1000), "c".repeat(3 << 20));
        let [hunk] = &hunks(&old, &new)[..] else { panic!("one hunk") };
        let tags: String = hunk.lines.iter().map(|line| line.tag.mark()).collect();
        assert_eq!((hunk.old_line, hunk.new_line, tags.as_str()), (998, 998, "   --------------------++"));
        assert!(hunk.lines.iter().flat_map(|line| &line.parts).all(|(_, text)| text.len() <= MAX_LINE));
    }

    #[test]
    fn marks_changed_words_within_lines() {
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
