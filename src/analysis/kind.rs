//! Kinds: what a value must be, judging by what a template does with it.

use crate::liquid::Filter;
use crate::liquid::row::{self, Answer, Lacking, Reads};

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

impl From<row::Kind> for Kind {
    fn from(kind: row::Kind) -> Self {
        match kind {
            row::Kind::Anything => Self::Anything,
            row::Kind::String => Self::Text,
            row::Kind::Number => Self::Number,
            row::Kind::Boolean => Self::Flag,
            row::Kind::Date => Self::Date,
            row::Kind::Array => Self::List,
            row::Kind::Object => Self::Object,
        }
    }
}

/// What a filter does with its input, as far as the analysis distinguishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Gives the value itself, or something else where there is none.
    Keeps,
    /// Gives some elements of an array, by their order or number alone.
    Selects,
    /// Reads a property of elements; whether an element may lack it.
    SelectsBy(PropertyUse),
    /// Gives one element of an array.
    Takes,
    /// Gives the number of elements.
    Counts,
    /// Evaluates an expression for each element.
    Asks,
    /// Makes something new.
    Makes,
}

/// What a filter does with a property of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PropertyUse {
    /// It fails where any element lacks it.
    Needs,
    /// It fails where some elements lack it.
    MayNeed,
    /// The property counts as missing where an element lacks it.
    Likes,
}

/// What the row of a filter says of its input. A filter without a row is passed over.
pub(super) fn treatment(filter: Option<&Filter>) -> (Kind, Treatment) {
    let Some(row) = filter else { return (Kind::Anything, Treatment::Keeps) };
    let treatment = match (row.reads, row.answer) {
        (_, Answer::Input) => Treatment::Keeps,
        (Reads::Property(lacking), _) => Treatment::SelectsBy(match lacking {
            Lacking::Fails => PropertyUse::Needs,
            Lacking::MayFail | Lacking::FailsInLax => PropertyUse::MayNeed,
            Lacking::Ignored => PropertyUse::Likes,
        }),
        (Reads::Expression(_), _) => Treatment::Asks,
        (Reads::Shape, Answer::Elements) => Treatment::Selects,
        (Reads::Shape, Answer::Element) => Treatment::Takes,
        (Reads::Shape, Answer::New) => Treatment::Counts,
        (Reads::Whole, _) => Treatment::Makes,
    };
    (row.input.into(), treatment)
}

/// Whether the filter's result is its input, or a part of it, element by element.
pub(super) fn gives_elements(filter: Option<&Filter>) -> bool {
    filter.is_some_and(|row| row.answer == Answer::Elements)
}

/// Whether the filter's result is an element of its input.
pub(super) fn gives_an_element(filter: Option<&Filter>) -> bool {
    filter.is_some_and(|row| row.answer == Answer::Element)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::{CUSTOMERIO, LEGACY};

    #[test]
    fn rows_say_how_filters_treat_their_input() {
        let cases = [
            ("default", Kind::Anything, Treatment::Keeps),
            ("limit", Kind::List, Treatment::Selects),
            ("where", Kind::List, Treatment::SelectsBy(PropertyUse::Needs)),
            ("find", Kind::List, Treatment::SelectsBy(PropertyUse::MayNeed)),
            ("sort", Kind::List, Treatment::SelectsBy(PropertyUse::Likes)),
            ("first", Kind::List, Treatment::Takes),
            ("size", Kind::Anything, Treatment::Counts),
            ("where_exp", Kind::List, Treatment::Asks),
            // Which elements are the same depends on all of them.
            ("uniq", Kind::List, Treatment::Makes),
            ("add_day", Kind::Number, Treatment::Makes),
            ("upcase", Kind::Text, Treatment::Makes),
        ];
        for (name, kind, expected) in cases {
            assert_eq!(treatment(CUSTOMERIO.filter(name)), (kind, expected), "{name}");
        }
        assert_eq!(treatment(LEGACY.filter("default")), (Kind::Anything, Treatment::Keeps));
        assert_eq!(treatment(LEGACY.filter("sort")).1, Treatment::SelectsBy(PropertyUse::MayNeed));
    }
}
