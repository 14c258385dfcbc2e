//! Paths: positions in the data, such as `trigger.items[].name`.

use std::fmt;

/// A position in the data: a variable and the steps from there. `[]` means every element of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path<'a> {
    /// The variable's name.
    pub root: &'a str,
    /// The steps from the variable.
    pub steps: Vec<PathStep<'a>>,
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep<'a> {
    /// To the value of a key of an object.
    Key(&'a str),
    /// To each element of a list.
    Element,
}

impl<'a> Path<'a> {
    /// The path of a variable.
    #[must_use]
    pub const fn new(root: &'a str) -> Self {
        Self { root, steps: Vec::new() }
    }

    /// The path extended by a step.
    #[must_use]
    pub fn then(&self, step: PathStep<'a>) -> Self {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }

    /// Whether the path is `other`, or below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.root == other.root && self.steps.starts_with(&other.steps)
    }

    /// Whether an element of this path may be an entry of an object that contains `other`: a loop over an object has its keys and
    /// values as elements.
    fn has_entry(&self, other: &Self) -> bool {
        let difference = self.steps.iter().zip(&other.steps).find(|(own, others)| own != others);
        self.root == other.root && matches!(difference, Some((PathStep::Element, PathStep::Key(_))))
    }

    /// The last key, or the variable if there are no steps. `None` if the path ends at elements.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        match self.steps.last() {
            None => Some(self.root),
            Some(PathStep::Key(name)) => Some(name),
            Some(PathStep::Element) => None,
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
                PathStep::Element => f.write_str("[]")?,
                PathStep::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                PathStep::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can be written after a dot.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}

/// How much of a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// Only whether there is a value.
    Presence,
    /// Also how many elements or keys it has.
    Shape,
    /// The whole value.
    Whole,
}

impl Depth {
    /// Whether a read of this depth at `path` could give another result if `removed` did not exist.
    #[must_use]
    pub fn is_affected(self, path: &Path<'_>, removed: &Path<'_>) -> bool {
        if path.is_within(removed) || path.has_entry(removed) {
            return true;
        }
        let below = removed.steps.len() - path.steps.len().min(removed.steps.len());
        match self {
            Self::Presence => false,
            // An object's keys count as elements.
            Self::Shape => {
                below == 1 && matches!(removed.steps.last(), Some(PathStep::Key(_))) && removed.is_within(path)
            }
            Self::Whole => removed.is_within(path),
        }
    }
}

/// A path that something depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dependency<'a> {
    /// The path.
    pub path: Path<'a>,
    /// How much of its value.
    pub depth: Depth,
}

impl Dependency<'_> {
    /// Whether the dependency could change if `path` did not exist.
    #[must_use]
    pub fn is_affected_by(&self, path: &Path<'_>) -> bool {
        self.depth.is_affected(&self.path, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path<'_> {
        let mut words = text.split('.');
        let root = words.next().unwrap_or_default();
        let steps = words.map(|word| if word == "[]" { PathStep::Element } else { PathStep::Key(word) }).collect();
        Path { root, steps }
    }

    #[test]
    fn a_removed_path_affects_what_reads_it() {
        for (depends_on, depth, removed, expected) in [
            ("t.a", Depth::Presence, "t.a", true),
            ("t.a", Depth::Presence, "t", true),
            ("t.a", Depth::Presence, "t.a.b", false),
            ("t.a", Depth::Presence, "t.b", false),
            ("t.a", Depth::Shape, "t.a.b", true),
            ("t.a", Depth::Shape, "t.a.b.c", false),
            ("t.a", Depth::Shape, "t.a.[].b", false),
            ("t.a", Depth::Whole, "t.a.[].b", true),
            ("t.a", Depth::Whole, "u.a", false),
            ("t.a.[].[].b", Depth::Presence, "t.a.x.b", true),
            ("t.a.[].b", Depth::Presence, "t.a.[].c", false),
            ("t.a.[].b", Depth::Presence, "t.c.x", false),
        ] {
            let dependency = Dependency { path: path(depends_on), depth };
            assert_eq!(dependency.is_affected_by(&path(removed)), expected, "{depends_on} {depth:?} {removed}");
        }
    }

    #[test]
    fn displays_paths_in_liquid_notation() {
        for (written, expected) in [("t", "t"), ("t.items.[].name", "t.items[].name"), ("t.a b", "t[\"a b\"]")] {
            assert_eq!(path(written).to_string(), expected);
        }
    }
}
