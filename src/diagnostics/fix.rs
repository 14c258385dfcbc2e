//! Fixes that can be applied automatically.

use std::ops::Range;

/// A fix that can be applied automatically: edits of the file of the finding's primary label.
///
/// ```
/// use inkproof::diagnostics::Fix;
///
/// let fix = Fix::new("remove the comma").delete(6..7);
/// assert_eq!(fix.apply("{\"a\":1,}").as_deref(), Some("{\"a\":1}"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, in the imperative: `remove the comma`.
    pub title: String,
    /// The edits, in any order, without overlaps. Offsets refer to the text before any edit.
    pub edits: Vec<Edit>,
}

/// One replacement within a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The bytes to replace; empty to insert.
    pub range: Range<usize>,
    /// The replacement; empty to delete.
    pub text: String,
}

impl Fix {
    /// A fix without edits.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), edits: Vec::new() }
    }

    /// Adds an edit that replaces a range of bytes by `text`.
    #[must_use]
    pub fn replace(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.edits.push(Edit { range, text: text.into() });
        self
    }

    /// Adds an edit that inserts `text` before the byte at `offset`.
    #[must_use]
    pub fn insert(self, offset: usize, text: impl Into<String>) -> Self {
        self.replace(offset..offset, text)
    }

    /// Adds an edit that deletes a range of bytes.
    #[must_use]
    pub fn delete(self, range: Range<usize>) -> Self {
        self.replace(range, "")
    }

    /// The text after all edits. `None` if an edit is outside the text or inside a character, or if two overlap.
    /// Insertions at the same offset appear in the order in which they were added.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let mut result = String::with_capacity(text.len());
        let mut done = 0;
        for edit in self.edits_in_order()? {
            result.push_str(text.get(done..edit.range.start)?);
            text.get(edit.range.clone())?;
            result.push_str(&edit.text);
            done = edit.range.end;
        }
        result.push_str(text.get(done..)?);
        Some(result)
    }

    /// The edits in text order; `None` if two overlap.
    pub(super) fn edits_in_order(&self) -> Option<Vec<&Edit>> {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start).then_some(edits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_all_edits_or_none() {
        let fix = Fix::new("test");
        for (fix, expected) in [
            (fix.clone(), Some("aébc")),
            (fix.clone().delete(3..4), Some("aéc")),
            (fix.clone().replace(4..5, "C").replace(0..1, "A"), Some("AébC")),
            (fix.clone().insert(5, "!").insert(5, "?").insert(0, ">"), Some(">aébc!?")),
            (fix.clone().insert(1, "-").replace(1..3, "e"), Some("a-ebc")),
            (fix.clone().delete(0..3).delete(1..4), None),
            (fix.clone().delete(1..2), None),
            (fix.clone().delete(4..6), None),
            (fix.clone().insert(6, "x"), None),
            (fix.replace(Range { start: 3, end: 1 }, "x"), None),
        ] {
            assert_eq!(fix.apply("aébc").as_deref(), expected, "{fix:?}");
        }
    }
}
