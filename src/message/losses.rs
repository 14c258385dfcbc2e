//! Losses: why many messages are lost, grouped by cause and position.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostics::Diagnostic;

/// How many characters of the template a cause shows.
const SHOWN: usize = 80;

/// Why a message is lost, without anything of its data: two losses are grouped if their causes are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// The file of the template, the request or the snippet; empty if the cause is not in a file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// The column in it, from 1, in characters.
    pub column: usize,
    /// The code of the finding, such as `undefined-variable`.
    pub code: String,
    /// What the file says there, in one line, possibly shortened.
    pub text: String,
}

/// The lost messages, by cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Losses<W> {
    groups: BTreeMap<Cause, LossGroup<W>>,
}

/// The lost messages with one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossGroup<W> {
    /// How many there are.
    pub count: u64,
    /// The first of them, in the order of witnesses.
    pub first: W,
    /// The size of the smallest of them.
    pub smallest_size: u64,
    /// The smallest of them; the first of several.
    pub smallest: W,
}

impl Cause {
    /// The cause that a diagnostic is about. Its messages may quote data; they are left out.
    #[must_use]
    pub fn from_diagnostic(problem: &Diagnostic) -> Self {
        let code = problem.code.as_str().to_owned();
        let Some(location) = problem.location() else {
            return Self { file: String::new(), line: 0, column: 0, code, text: String::new() };
        };
        let start = location.start();
        let line = location.text().split('\n').next().unwrap_or_default().trim();
        let mut text: String = line.chars().take(SHOWN).collect();
        if text.len() < line.len() {
            text.push('…');
        }
        Self { file: location.source().name().to_owned(), line: start.line, column: start.column, code, text }
    }
}

impl<W: Serialize> Serialize for Losses<W> {
    /// A list of pairs.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.groups)
    }
}

impl<'de, W: Deserialize<'de>> Deserialize<'de> for Losses<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let groups = Vec::<(Cause, LossGroup<W>)>::deserialize(deserializer)?;
        Ok(Self { groups: groups.into_iter().collect() })
    }
}

impl<W> Default for Losses<W> {
    fn default() -> Self {
        Self { groups: BTreeMap::new() }
    }
}

impl<W: Clone + Ord> Losses<W> {
    /// No losses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a lost message: its cause, the size of its data, and how to find it again.
    pub fn add(&mut self, cause: &Cause, size: u64, witness: &W) {
        let new = || LossGroup { count: 1, first: witness.clone(), smallest_size: size, smallest: witness.clone() };
        let Some(group) = self.groups.get_mut(cause) else {
            self.groups.insert(cause.clone(), new());
            return;
        };
        group.count += 1;
        if *witness < group.first {
            group.first = witness.clone();
        }
        if (size, witness) < (group.smallest_size, &group.smallest) {
            group.smallest_size = size;
            group.smallest = witness.clone();
        }
    }

    /// Adds a group of losses that were counted elsewhere.
    pub fn add_group(&mut self, cause: Cause, other: LossGroup<W>) {
        let Some(group) = self.groups.get_mut(&cause) else {
            self.groups.insert(cause, other);
            return;
        };
        group.count += other.count;
        if other.first < group.first {
            group.first = other.first;
        }
        if (other.smallest_size, &other.smallest) < (group.smallest_size, &group.smallest) {
            group.smallest_size = other.smallest_size;
            group.smallest = other.smallest;
        }
    }

    /// Adds other losses. The result does not depend on the order in which losses are added.
    pub fn merge(&mut self, other: Self) {
        for (cause, group) in other.groups {
            self.add_group(cause, group);
        }
    }

    /// Changes every witness. Their order must stay the same.
    pub fn for_each_witness(&mut self, mut change: impl FnMut(&mut W)) {
        for group in self.groups.values_mut() {
            change(&mut group.first);
            change(&mut group.smallest);
        }
    }

    /// How many messages are lost.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }

    /// The groups, the largest first; groups of the same size in the order of the files.
    #[must_use]
    pub fn groups(&self) -> Vec<(&Cause, &LossGroup<W>)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(cause, group)| (Reverse(group.count), *cause));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Source};

    fn cause(code: &str) -> Cause {
        Cause { file: "t.liquid".to_owned(), line: 1, column: 1, code: code.to_owned(), text: String::new() }
    }

    #[test]
    fn groups_have_a_count_and_their_first_and_smallest_witness_in_any_order() {
        let losses = [("a", 30, 1), ("b", 5, 2), ("a", 10, 4), ("a", 10, 3), ("a", 20, 9)];
        let mut forward = Losses::new();
        for (code, size, line) in &losses {
            forward.add(&cause(code), *size, line);
        }
        let mut backward = Losses::new();
        for half in losses.chunks(2).rev() {
            let mut part = Losses::new();
            for (code, size, line) in half.iter().rev() {
                part.add(&cause(code), *size, line);
            }
            backward.merge(part);
        }
        assert_eq!(forward, backward);
        assert_eq!(forward.count(), 5);
        let groups: Vec<_> = forward.groups().into_iter().map(|(cause, group)| (cause.code.clone(), group)).collect();
        let expected = LossGroup { count: 4, first: 1, smallest_size: 10, smallest: 3 };
        assert_eq!(groups[0], ("a".to_owned(), &expected));
        assert_eq!(groups[1].0, "b");
    }

    #[test]
    fn a_cause_is_a_place_in_the_template_without_any_data() {
        const CODE: Code = Code::new("render-error");
        let source = Source::new("t.liquid", "---\n---\n{{ a\n }}");
        let problem =
            Diagnostic::error(CODE, "cannot read `ada@example.com`").primary(source.at(8..16), "printed `Ada`");
        let found = Cause::from_diagnostic(&problem);
        let expected = Cause { line: 3, column: 1, text: "{{ a".to_owned(), ..cause("render-error") };
        assert_eq!(found, expected);
        assert_eq!(Cause::from_diagnostic(&Diagnostic::error(CODE, "x")).file, "");
    }
}
