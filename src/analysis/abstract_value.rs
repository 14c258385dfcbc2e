//! Abstract values: what the [walk](super::walk) knows of a value, and of the names that the template has assigned.
//!
//! # The lattice
//!
//! An [`AbstractValue`] describes all values that an expression may have. One value is below another if it describes no
//! more: `a ⊑ b` if `a.join(b)` is `b`. [`AbstractValue::join`] is the least upper bound, field by field:
//!
//! | field | lattice | join |
//! |---|---|---|
//! | `paths`, `dependencies` | sets, ordered by inclusion | union |
//! | `is_exact` | `true` is below `false` | both are exact, with the same paths |
//! | `is_lenient`, `may_be_unset` | `false` is below `true` | or |
//! | `null_segments` | numbers | maximum |
//!
//! Join is commutative, associative and idempotent, and never loses a path or a dependency. The sets only grow, and the
//! walk limits the length of paths and the number of loop rounds, so a fixpoint over a loop's body ends.
//!
//! [`Names::join`] joins name by name. A name that only one side has set gets that side's value with `may_be_unset`:
//! reading it may read the data instead.
//!
//! # An example
//!
//! After `{% if trigger.a %}{% assign x = trigger.a %}{% endif %}`, the names `{x: trigger.a}` of the branch are joined
//! with the names `{}` from before the tag. The result is `{x: trigger.a, may be unset}`, so `{{ x }}` reads
//! `trigger.a` and also the variable `x` of the data.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::path::{Dependency, Depth, Path, PathStep};

/// How many paths a value may depend on one by one.
const MAX_DEPENDENCIES: usize = 200;

/// What is known of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AbstractValue<'a> {
    /// The paths of the data that the value may come from.
    pub(super) paths: Vec<Path<'a>>,
    /// Whether the value is exactly what the data has at the only path, or null if the data has nothing there.
    pub(super) is_exact: bool,
    /// Whether the value is null if the data has nothing at its path, so that using it does not fail.
    pub(super) is_lenient: bool,
    /// The number of leading path segments, including the variable, that evaluate to null instead of undefined if they
    /// are missing, because `assign` has read them. A property of null is null.
    pub(super) null_segments: usize,
    /// Whether the name may be unset, and is looked up in the data then.
    pub(super) may_be_unset: bool,
    /// Everything in the data that the value depends on.
    pub(super) dependencies: Vec<Dependency<'a>>,
}

impl<'a> AbstractValue<'a> {
    /// A new value that is computed from these dependencies, and comes from no path.
    pub(super) fn from_dependencies(dependencies: Vec<Dependency<'a>>) -> Self {
        let mut computed = Self { dependencies, ..Self::default() };
        computed.normalize();
        computed
    }

    /// The path whose value it is. `None` if there may be several, or it may be another value.
    pub(super) fn exact_path(&self) -> Option<&Path<'a>> {
        if self.is_exact && !self.may_be_unset { self.paths.first() } else { None }
    }

    /// An element of the value, if that is a list.
    pub(super) fn element(&self) -> Self {
        Self {
            paths: self.paths.iter().map(|path| path.then(PathStep::Element)).collect(),
            is_exact: self.exact_path().is_some(),
            is_lenient: false,
            null_segments: self.null_segments,
            may_be_unset: false,
            dependencies: self.dependencies.clone(),
        }
    }

    /// The least upper bound: what is known if the value is one of the two.
    fn join(mut self, other: &Self) -> Self {
        self.is_exact = self.is_exact && other.is_exact && self.paths == other.paths;
        self.is_lenient |= other.is_lenient;
        self.null_segments = self.null_segments.max(other.null_segments);
        self.may_be_unset |= other.may_be_unset;
        self.paths.extend(other.paths.iter().cloned());
        self.dependencies.extend(other.dependencies.iter().cloned());
        self.normalize();
        self
    }

    /// Sorts the sets and removes duplicates, so that equal values compare as equal. A value that depends on very many
    /// paths depends on their variables as a whole.
    pub(super) fn normalize(&mut self) {
        self.paths.sort();
        self.paths.dedup();
        self.dependencies.sort();
        self.dependencies.dedup();
        if self.dependencies.len() > MAX_DEPENDENCIES {
            let whole =
                |dependency: &Dependency<'a>| Dependency { path: Path::new(dependency.path.root), depth: Depth::Whole };
            self.dependencies = self.dependencies.iter().map(whole).collect();
            self.dependencies.sort();
            self.dependencies.dedup();
        }
    }
}

/// The values of the names that the template has assigned. Branches and loops copy them and mostly leave them
/// unchanged, so the map and its values are shared until they change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names<'a>(Rc<BTreeMap<&'a str, Rc<AbstractValue<'a>>>>);

impl<'a> Names<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&AbstractValue<'a>> {
        self.0.get(name).map(Rc::as_ref)
    }

    pub(super) fn set(&mut self, name: &'a str, value: AbstractValue<'a>) {
        Rc::make_mut(&mut self.0).insert(name, Rc::new(value));
    }

    /// The least upper bound: what is known of every name if either of the two is the case.
    pub(super) fn join(mut self, other: &Self) -> Self {
        if Rc::ptr_eq(&self.0, &other.0) {
            return self;
        }
        let names = Rc::make_mut(&mut self.0);
        for (name, value) in &mut *names {
            match other.0.get(name) {
                Some(others) if Rc::ptr_eq(value, others) => {}
                Some(others) => *value = Rc::new(AbstractValue::clone(value).join(others)),
                None => Rc::make_mut(value).may_be_unset = true,
            }
        }
        for (name, value) in &*other.0 {
            names.entry(name).or_insert_with(|| {
                let may_be_unset = true;
                Rc::new(AbstractValue { may_be_unset, ..AbstractValue::clone(value) })
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(root: &'static str) -> AbstractValue<'static> {
        AbstractValue { paths: vec![Path::new(root)], is_exact: true, ..AbstractValue::default() }
    }

    #[test]
    fn join_is_commutative_and_idempotent() {
        let (a, b) = (exact("a"), AbstractValue { null_segments: 2, is_lenient: true, ..exact("b") });
        assert_eq!(a.clone().join(&a), a);
        assert_eq!(a.clone().join(&b), b.clone().join(&a));
        let joined = a.join(&b);
        assert_eq!(joined.paths, [Path::new("a"), Path::new("b")]);
        assert_eq!((joined.is_exact, joined.is_lenient, joined.null_segments), (false, true, 2));
    }

    #[test]
    fn a_name_that_one_side_has_not_set_may_be_unset() {
        let (mut left, right) = (Names::default(), Names::default());
        left.set("x", exact("a"));
        let expected = AbstractValue { may_be_unset: true, ..exact("a") };
        assert_eq!(left.clone().join(&right).get("x"), Some(&expected));
        assert_eq!(right.join(&left).get("x"), Some(&expected));
        assert_eq!(left.clone().join(&left).get("x"), Some(&exact("a")));
    }
}
