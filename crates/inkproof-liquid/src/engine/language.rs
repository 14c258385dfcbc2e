//! A language: its tags, its filters and its dialect. More are added from outside the crate.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::engine::filter::Filter;
use crate::engine::tag::TagDefinition;
use crate::syntax::dialect::Dialect;

/// The tags and filters that a template may use.
#[derive(Debug)]
pub struct Language {
    name: &'static str,
    dialect: Dialect,
    filters: HashMap<&'static str, Filter, RandomState>,
    tags: HashMap<&'static str, TagDefinition, RandomState>,
}

impl Language {
    /// A language of this dialect, without tags and filters.
    #[must_use]
    pub fn new(name: &'static str, dialect: Dialect) -> Self {
        Self { name, dialect, filters: HashMap::default(), tags: HashMap::default() }
    }

    /// The same language under another name.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same language in another dialect.
    #[must_use]
    pub const fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The language without the filters and tags of these names.
    #[must_use]
    pub fn without(mut self, filters: &[&str], tags: &[&str]) -> Self {
        self.filters.retain(|name, _| !filters.contains(name));
        self.tags.retain(|name, _| !tags.contains(name));
        self
    }

    /// Adds filters; one with an existing name replaces it.
    #[must_use]
    pub fn with_filters(mut self, filters: &[Filter]) -> Self {
        self.filters.extend(filters.iter().map(|filter| (filter.name, *filter)));
        self
    }

    /// Adds tags; one with an existing name replaces it.
    #[must_use]
    pub fn with_tags(mut self, tags: &[TagDefinition]) -> Self {
        self.tags.extend(tags.iter().map(|tag| (tag.name, *tag)));
        self
    }

    /// The language's name, such as `liquidjs`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How it differs from LiquidJS.
    #[must_use]
    pub const fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The filter with this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&Filter> {
        self.filters.get(name)
    }

    /// The tag with this name.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&TagDefinition> {
        self.tags.get(name)
    }

    /// All filters, in no particular order.
    pub fn filters(&self) -> impl Iterator<Item = &Filter> + '_ {
        self.filters.values()
    }

    /// All tags, in no particular order.
    pub fn tags(&self) -> impl Iterator<Item = &TagDefinition> + '_ {
        self.tags.values()
    }

    /// The names of all filters, in no particular order.
    pub fn filter_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.filters.keys().copied()
    }

    /// The names of all tags, in no particular order.
    pub fn tag_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tags.keys().copied()
    }
}
