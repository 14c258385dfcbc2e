//! Scopes: variables by name.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use crate::value::Value;
use crate::value::name::{self, NameMask};

/// The number of variables from which lookups use a hash index.
const INDEXED_FROM: usize = 16;

/// Variables by name.
#[derive(Debug, Default)]
pub struct Scope<'a> {
    variables: SmallVec<[(&'a str, Value<'a>); 4]>,
    /// A mask of their names.
    mask: NameMask,
    /// Position of each variable, once there are many.
    index: Option<HashMap<&'a str, usize, RandomState>>,
}

impl<'a> Scope<'a> {
    /// The value of `name`, which may be null or undefined.
    #[must_use]
    #[inline]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.position(name).map(|place| &self.variables[place].1)
    }

    /// A mask of their names.
    #[inline]
    pub(crate) const fn mask(&self) -> NameMask {
        self.mask
    }

    /// Sets `name` to a value.
    pub fn set(&mut self, name: &'a str, value: Value<'a>) {
        let mask = NameMask::of(name);
        if self.mask.may_have(mask)
            && let Some(place) = self.position(name)
        {
            self.variables[place].1 = value;
            return;
        }
        self.variables.push((name, value));
        self.mask = self.mask.with(mask);
        if let Some(index) = &mut self.index {
            index.insert(name, self.variables.len() - 1);
        } else if self.variables.len() == INDEXED_FROM {
            self.index = Some(self.variables.iter().enumerate().map(|(place, (name, _))| (*name, place)).collect());
        }
    }

    #[inline]
    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.variables.iter().position(|(known, _)| name::is_same(known, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_variables_with_and_without_an_index() {
        let names: Vec<String> = (0..40).map(|number| format!("v{number}")).collect();
        let mut scope = Scope::default();
        for round in 0..2 {
            for name in &names {
                scope.set(name, Value::Bool(round == 1));
            }
        }
        for name in &names {
            assert!(matches!(scope.get(name), Some(Value::Bool(true))), "{name}");
            assert!(scope.mask().may_have(NameMask::of(name)), "{name}");
        }
        assert!(scope.get("v40").is_none());
        assert_eq!(scope.variables.len(), 40);
    }
}
