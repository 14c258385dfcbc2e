//! Paths: where in the data something stands, such as `trigger.items[].name`.

use std::fmt;

/// A place in the data: a variable, and the way from there. `[]` stands for every element of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path<'a> {
    /// The variable's name.
    pub root: &'a str,
    /// The way from there.
    pub steps: Vec<Step<'a>>,
}

/// A step of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step<'a> {
    /// To what an object has under a key.
    Key(&'a str),
    /// To each element of a list.
    Element,
}

impl<'a> Path<'a> {
    /// A variable itself.
    #[must_use]
    pub const fn of(root: &'a str) -> Self {
        Self { root, steps: Vec::new() }
    }

    /// The path with one more step.
    #[must_use]
    pub fn then(&self, step: Step<'a>) -> Self {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }

    /// Whether the path leads to `other` or through there.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.root == other.root && self.steps.starts_with(&other.steps)
    }

    /// The last key, or the variable's name where there is no step; none where it ends at elements.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        match self.steps.last() {
            None => Some(self.root),
            Some(Step::Key(name)) => Some(name),
            Some(Step::Element) => None,
        }
    }

    /// The path without its last step.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, steps) = self.steps.split_last()?;
        Some(Self { root: self.root, steps: steps.to_vec() })
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root)?;
        for step in &self.steps {
            match step {
                Step::Element => f.write_str("[]")?,
                Step::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can stand after a dot.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// How much of a value a template looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// Only whether it is there.
    Presence,
    /// How many elements or keys it has.
    Shape,
    /// All of it.
    Whole,
}

impl Depth {
    /// Whether taking away `taken` could make a difference to who looks at so much of `path`.
    #[must_use]
    pub fn is_touched(self, path: &Path<'_>, taken: &Path<'_>) -> bool {
        if path.is_within(taken) {
            return true;
        }
        let below = taken.steps.len() - path.steps.len().min(taken.steps.len());
        match self {
            Self::Presence => false,
            // An object's keys count as elements.
            Self::Shape => below == 1 && matches!(taken.steps.last(), Some(Step::Key(_))) && taken.is_within(path),
            Self::Whole => taken.is_within(path),
        }
    }
}

/// A place that something depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dependency<'a> {
    /// The place.
    pub path: Path<'a>,
    /// How much of what stands there.
    pub depth: Depth,
}

impl Dependency<'_> {
    /// Whether taking away `path` could make a difference.
    #[must_use]
    pub fn is_touched_by(&self, path: &Path<'_>) -> bool {
        self.depth.is_touched(&self.path, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path<'_> {
        let mut words = text.split('.');
        let root = words.next().unwrap_or_default();
        let steps = words.map(|word| if word == "[]" { Step::Element } else { Step::Key(word) }).collect();
        Path { root, steps }
    }

    #[test]
    fn what_touches_what() {
        for (depends_on, depth, taken, expected) in [
            ("t.a", Depth::Presence, "t.a", true),
            ("t.a", Depth::Presence, "t", true),
            ("t.a", Depth::Presence, "t.a.b", false),
            ("t.a", Depth::Presence, "t.b", false),
            ("t.a", Depth::Shape, "t.a.b", true),
            ("t.a", Depth::Shape, "t.a.b.c", false),
            ("t.a", Depth::Shape, "t.a.[].b", false),
            ("t.a", Depth::Whole, "t.a.[].b", true),
            ("t.a", Depth::Whole, "u.a", false),
        ] {
            let dependency = Dependency { path: path(depends_on), depth };
            assert_eq!(dependency.is_touched_by(&path(taken)), expected, "{depends_on} {depth:?} {taken}");
        }
    }

    #[test]
    fn paths_are_written_as_people_write_them() {
        for (written, expected) in [("t", "t"), ("t.items.[].name", "t.items[].name"), ("t.a b", "t[\"a b\"]")] {
            assert_eq!(path(written).to_string(), expected);
        }
    }
}
