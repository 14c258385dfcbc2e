//! Meanings: what is known of a value while a template is read, and of the names that stand for values.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::path::{Dependency, Path, Step};

/// What is known of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AbstractValue<'a> {
    /// Where in the data it may be from.
    pub(super) paths: Vec<Path<'a>>,
    /// Whether it is exactly what stands at the one path, or null where nothing does.
    pub(super) is_exact: bool,
    /// Whether it is null where nothing stands there.
    pub(super) is_lenient: bool,
    /// How many names at the beginning of its paths lead to null, and not to nothing, where what they name is missing: as
    /// many as `assign` has read. What is below null is null.
    pub(super) null_names: usize,
    /// Whether the name may have no value at all.
    pub(super) may_be_unset: bool,
    /// All that it depends on.
    pub(super) dependencies: Vec<Dependency<'a>>,
}

impl<'a> AbstractValue<'a> {
    /// Something new, made of what these places hold.
    pub(super) fn made_of(dependencies: Vec<Dependency<'a>>) -> Self {
        let mut made = Self { dependencies, ..Self::default() };
        made.tidy();
        made
    }

    /// The path, where there is exactly one.
    pub(super) fn exact_path(&self) -> Option<&Path<'a>> {
        if self.is_exact && !self.may_be_unset { self.paths.first() } else { None }
    }

    /// An element of it, where it is a list.
    pub(super) fn element(&self) -> Self {
        Self {
            paths: self.paths.iter().map(|path| path.then(Step::Element)).collect(),
            is_exact: self.exact_path().is_some(),
            is_lenient: false,
            null_names: self.null_names,
            may_be_unset: false,
            dependencies: self.dependencies.clone(),
        }
    }

    /// What is known where it is either this or the other.
    fn or(mut self, other: &Self) -> Self {
        self.is_exact = self.is_exact && other.is_exact && self.paths == other.paths;
        self.is_lenient |= other.is_lenient;
        self.null_names = self.null_names.max(other.null_names);
        self.may_be_unset |= other.may_be_unset;
        self.paths.extend(other.paths.iter().cloned());
        self.dependencies.extend(other.dependencies.iter().cloned());
        self.tidy();
        self
    }

    pub(super) fn tidy(&mut self) {
        self.paths.sort();
        self.paths.dedup();
        self.dependencies.sort();
        self.dependencies.dedup();
    }
}

/// The names that the template itself has given meanings. They are copied for every branch and loop, and mostly stay what
/// they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names<'a>(Rc<BTreeMap<&'a str, Rc<AbstractValue<'a>>>>);

impl<'a> Names<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&AbstractValue<'a>> {
        self.0.get(name).map(Rc::as_ref)
    }

    pub(super) fn set(&mut self, name: &'a str, abstract_value: AbstractValue<'a>) {
        Rc::make_mut(&mut self.0).insert(name, Rc::new(abstract_value));
    }

    /// What is known where either these or the others are the names.
    pub(super) fn or(mut self, other: &Self) -> Self {
        if Rc::ptr_eq(&self.0, &other.0) {
            return self;
        }
        let names = Rc::make_mut(&mut self.0);
        for (name, abstract_value) in &mut *names {
            match other.0.get(name) {
                Some(others) if Rc::ptr_eq(abstract_value, others) => {}
                Some(others) => *abstract_value = Rc::new(AbstractValue::clone(abstract_value).or(others)),
                None => Rc::make_mut(abstract_value).may_be_unset = true,
            }
        }
        for (name, abstract_value) in &*other.0 {
            names.entry(name).or_insert_with(|| {
                let may_be_unset = true;
                Rc::new(AbstractValue { may_be_unset, ..AbstractValue::clone(abstract_value) })
            });
        }
        self
    }
}
