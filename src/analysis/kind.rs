//! Kinds: the type that a template expects of a value, inferred from its uses.

use crate::liquid::Filter;
use crate::liquid::row::{self, Derivation, Lacking, Reads};

/// The inferred type of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing is known.
    #[default]
    Anything,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A time: a number of seconds since 1970, or a string with a date.
    Date,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Kind {
    /// The name that tables and JSON output use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::String => "text",
            Self::Number => "number",
            Self::Boolean => "true or false",
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

impl From<row::Kind> for Kind {
    fn from(kind: row::Kind) -> Self {
        match kind {
            row::Kind::Anything => Self::Anything,
            row::Kind::String => Self::String,
            row::Kind::Number => Self::Number,
            row::Kind::Boolean => Self::Boolean,
            row::Kind::Date => Self::Date,
            row::Kind::Array => Self::List,
            row::Kind::Object => Self::Object,
        }
    }
}

/// What a filter does with its input, as far as it matters for what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Returns the input, or something else if it is missing (`default`).
    Keeps,
    /// Returns elements of an array, chosen without reading them (`limit`).
    Selects,
    /// Reads a property of each element (`where`).
    SelectsBy(PropertyUse),
    /// Returns one element of an array (`first`).
    Takes,
    /// Returns the number of elements (`size`).
    Counts,
    /// Evaluates an expression for each element (`where_exp`).
    Evaluates,
    /// Computes something new from the whole input (`upcase`).
    Creates,
}

/// Whether elements may lack the property that a filter reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PropertyUse {
    /// The filter fails if any element lacks it.
    Required,
    /// The filter may fail, depending on which elements lack it.
    MaybeRequired,
    /// The filter treats it as null if an element lacks it.
    Optional,
}

/// The kind that a filter expects and what it does, from its row. Liquid ignores an unknown filter, so it keeps its
/// input.
pub(super) fn treatment(filter: Option<&Filter>) -> (Kind, Treatment) {
    let Some(row) = filter else { return (Kind::Anything, Treatment::Keeps) };
    let treatment = match (row.reads, row.derivation) {
        (_, Derivation::Input) => Treatment::Keeps,
        (Reads::Property(lacking), _) => Treatment::SelectsBy(match lacking {
            Lacking::Fails => PropertyUse::Required,
            Lacking::MayFail | Lacking::FailsInLax => PropertyUse::MaybeRequired,
            Lacking::Ignored => PropertyUse::Optional,
        }),
        (Reads::Expression(_), _) => Treatment::Evaluates,
        (Reads::Shape, Derivation::Elements) => Treatment::Selects,
        (Reads::Shape, Derivation::Element) => Treatment::Takes,
        (Reads::Shape, Derivation::New) => Treatment::Counts,
        (Reads::Whole, _) => Treatment::Creates,
    };
    (row.input.into(), treatment)
}

/// Whether a filter returns elements of its input.
pub(super) fn gives_elements(filter: Option<&Filter>) -> bool {
    filter.is_some_and(|row| row.derivation == Derivation::Elements)
}

/// Whether a filter returns one element of its input.
pub(super) fn gives_an_element(filter: Option<&Filter>) -> bool {
    filter.is_some_and(|row| row.derivation == Derivation::Element)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::{CUSTOMERIO, LEGACY};

    #[test]
    fn treatment_follows_the_filter_row() {
        let cases = [
            ("default", Kind::Anything, Treatment::Keeps),
            ("limit", Kind::List, Treatment::Selects),
            ("where", Kind::List, Treatment::SelectsBy(PropertyUse::Required)),
            ("find", Kind::List, Treatment::SelectsBy(PropertyUse::MaybeRequired)),
            ("sort", Kind::List, Treatment::SelectsBy(PropertyUse::Optional)),
            ("first", Kind::List, Treatment::Takes),
            ("size", Kind::Anything, Treatment::Counts),
            ("where_exp", Kind::List, Treatment::Evaluates),
            // Which elements are duplicates depends on all of them.
            ("uniq", Kind::List, Treatment::Creates),
            ("add_day", Kind::Number, Treatment::Creates),
            ("upcase", Kind::String, Treatment::Creates),
        ];
        for (name, kind, expected) in cases {
            assert_eq!(treatment(CUSTOMERIO.filter(name)), (kind, expected), "{name}");
        }
        assert_eq!(treatment(LEGACY.filter("default")), (Kind::Anything, Treatment::Keeps));
        assert_eq!(treatment(LEGACY.filter("sort")).1, Treatment::SelectsBy(PropertyUse::MaybeRequired));
    }
}
