//! Kinds: what a value must be, told by what a template does with it.

/// What a value must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing is known.
    #[default]
    Anything,
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A moment: a number of seconds or a text that says one.
    Date,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Kind {
    /// What people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "true or false",
            Self::Date => "date",
            Self::List => "list",
            Self::Object => "object",
        }
    }
}

impl serde::Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a filter takes, and what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Gives the value itself, or something else where there is none.
    Keeps,
    /// Gives some elements of a list, by their order or number alone.
    Selects,
    /// Gives some elements of a list, by a property of theirs; whether an element may lack it.
    SelectsBy(PropertyUse),
    /// Gives one element of a list.
    Takes,
    /// Gives the number of elements.
    Counts,
    /// Asks an expression of each element.
    Asks,
    /// Makes something new.
    Makes,
}

/// What a filter does with a property of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PropertyUse {
    /// It fails where any element lacks it.
    Needs,
    /// It fails where an element lacks it that it comes to.
    MayNeed,
    /// It counts as nothing where an element lacks it.
    Likes,
}

use PropertyUse::{Likes, MayNeed, Needs};
use Treatment::{Asks, Counts, Keeps, Makes, Selects, SelectsBy, Takes};

/// Filters, what they take and how they treat it. Of all others nothing is known.
const FILTERS: &[(&str, Kind, Treatment)] = &[
    ("abs", Kind::Number, Makes),
    ("add_days", Kind::Date, Makes),
    ("append", Kind::Text, Makes),
    ("at_least", Kind::Number, Makes),
    ("at_most", Kind::Number, Makes),
    ("capitalize", Kind::Text, Makes),
    ("ceil", Kind::Number, Makes),
    ("compact", Kind::List, Selects),
    ("concat", Kind::List, Makes),
    ("currency", Kind::Number, Makes),
    ("date", Kind::Date, Makes),
    ("default", Kind::Anything, Keeps),
    ("divided_by", Kind::Number, Makes),
    ("downcase", Kind::Text, Makes),
    ("escape", Kind::Text, Makes),
    ("find", Kind::List, SelectsBy(MayNeed)),
    ("find_exp", Kind::List, Asks),
    ("find_index", Kind::List, SelectsBy(MayNeed)),
    ("find_index_exp", Kind::List, Asks),
    ("first", Kind::List, Takes),
    ("floor", Kind::Number, Makes),
    ("format_number", Kind::Number, Makes),
    ("group_by", Kind::List, SelectsBy(Needs)),
    ("group_by_exp", Kind::List, Asks),
    ("has", Kind::List, SelectsBy(MayNeed)),
    ("has_exp", Kind::List, Asks),
    ("join", Kind::List, Makes),
    ("last", Kind::List, Takes),
    ("limit", Kind::List, Selects),
    ("map", Kind::List, SelectsBy(Likes)),
    ("minus", Kind::Number, Makes),
    ("modulo", Kind::Number, Makes),
    ("plus", Kind::Number, Makes),
    ("prepend", Kind::Text, Makes),
    ("reject", Kind::List, SelectsBy(Needs)),
    ("reject_exp", Kind::List, Asks),
    ("replace", Kind::Text, Makes),
    ("reverse", Kind::List, Selects),
    ("round", Kind::Number, Makes),
    ("rounded_currency", Kind::Number, Makes),
    ("size", Kind::Anything, Counts),
    ("sort", Kind::List, SelectsBy(Likes)),
    ("sort_natural", Kind::List, SelectsBy(Likes)),
    ("split", Kind::Text, Makes),
    ("strip", Kind::Text, Makes),
    ("sum", Kind::List, SelectsBy(Likes)),
    ("times", Kind::Number, Makes),
    ("truncate", Kind::Text, Makes),
    ("upcase", Kind::Text, Makes),
    ("where", Kind::List, SelectsBy(Needs)),
    ("where_exp", Kind::List, Asks),
    ("where_not", Kind::List, SelectsBy(Needs)),
];

/// What is known of a filter.
pub(super) fn treatment(filter: &str) -> (Kind, Treatment) {
    let row = FILTERS.iter().find(|(name, ..)| *name == filter);
    row.map_or((Kind::Anything, Makes), |&(_, kind, treatment)| (kind, treatment))
}

/// Whether the filter's answer is its list, or a part of it, element by element.
pub(super) fn gives_elements(filter: &str) -> bool {
    matches!(filter, "where" | "where_not" | "reject" | "sort" | "sort_natural" | "where_exp" | "reject_exp")
}

/// Whether the filter's answer is an element of its list.
pub(super) fn gives_an_element(filter: &str) -> bool {
    matches!(filter, "first" | "last" | "find" | "find_exp")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::CUSTOMERIO;

    #[test]
    fn every_filter_of_the_table_exists() {
        for (name, ..) in FILTERS.iter().filter(|(name, ..)| *name != "add_days") {
            assert!(CUSTOMERIO.filter(name).is_some(), "{name}");
        }
    }
}
