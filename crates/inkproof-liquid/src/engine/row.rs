//! The vocabulary of the rows that describe filters and tags.

/// A kind of value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any value.
    #[default]
    Anything,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date: a number of seconds since 1970, or a string that says a date.
    Date,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// What filters are documented under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Filters on strings.
    String,
    /// Filters for HTML.
    Html,
    /// Filters for URLs.
    Url,
    /// Filters on numbers.
    Number,
    /// Filters on arrays.
    Array,
    /// Filters on dates.
    Date,
    /// Encodings and digests.
    Encoding,
    /// Filters that fit every value.
    Value,
}

impl Family {
    /// All families, in the order of the reference page.
    pub const ALL: [Self; 8] =
        [Self::String, Self::Html, Self::Url, Self::Number, Self::Array, Self::Date, Self::Encoding, Self::Value];

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::String => "Strings",
            Self::Html => "HTML",
            Self::Url => "URLs",
            Self::Number => "Numbers",
            Self::Array => "Arrays",
            Self::Date => "Dates",
            Self::Encoding => "Encodings and digests",
            Self::Value => "Any value",
        }
    }
}

/// An argument of a filter or a tag.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name. Positional arguments have one only in the documentation.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it is given by its name: `name: value`.
    pub is_named: bool,
    /// What stands in for it where it is left out, as Liquid.
    pub default: Option<&'static str>,
    /// The strings that mean something, where only these do.
    pub accepts: &'static [&'static str],
}

impl Argument {
    /// A positional argument that must be given.
    #[must_use]
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: true, is_named: false, default: None, accepts: &[] }
    }

    /// A positional argument that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, is_named: false, default: None, accepts: &[] }
    }

    /// An argument that is given by its name and may be left out.
    #[must_use]
    pub const fn named(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, is_named: true, default: None, accepts: &[] }
    }

    /// Makes it one that must be given.
    #[must_use]
    pub const fn and_required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Sets what stands in for it where it is left out, as Liquid.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Sets the strings that mean something.
    #[must_use]
    pub const fn accepts(mut self, accepts: &'static [&'static str]) -> Self {
        self.accepts = accepts;
        self
    }
}

/// What becomes of an input that is null or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nothing is printed.
    Nothing,
    /// This is printed.
    Prints(&'static str),
    /// The render fails because the variable is undefined, in the wording of the dialect.
    Undefined,
    /// The render fails with this message.
    Fails(&'static str),
}

/// Which part of its input the result of a filter depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// All of it.
    Whole,
    /// The number and the order of its elements.
    Shape,
    /// A property of its elements, which the first argument names.
    Property(Lacking),
    /// The value of an expression for each element: the first argument names the element, the second is the expression.
    Expression(Lacking),
}

/// What happens in live mode where an element lacks the property that a filter reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The render fails where any element lacks it.
    Fails,
    /// The render fails where the element lacks it and no element before it was a match.
    MayFail,
    /// The render fails, in lax mode too, unless the first element lacks it as well.
    FailsInLax,
    /// The property counts as missing, and nothing fails.
    Ignored,
}

/// How the result of a filter is related to its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is something new.
    New,
    /// It is the input, unless that is absent.
    Input,
    /// It is an array of elements of the input, or nothing.
    Elements,
    /// It is an element of the input, or nothing.
    Element,
}

/// What the printed result of a filter is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prints {
    /// Any characters.
    Anything,
    /// Characters that need no escaping in a JSON string.
    Plain,
    /// Digits, unless the input is an object with a `length` of its own, which JavaScript takes for an array.
    Digits,
    /// A JSON value.
    Json,
}

/// How a row differs from the one of the same name that it replaces, in a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// It replaces none, or does the same.
    Not,
    /// For some inputs or arguments, as this sentence says.
    Sometimes(&'static str),
    /// Whatever the input, as this sentence says.
    Always(&'static str),
}

impl Differs {
    /// The sentence.
    #[must_use]
    pub const fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Not => None,
            Self::Sometimes(sentence) | Self::Always(sentence) => Some(sentence),
        }
    }
}

/// A template and what it prints.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The template.
    pub template: &'static str,
    /// Its data, as JSON.
    pub data: &'static str,
    /// What it prints.
    pub output: &'static str,
}

impl Example {
    /// An example that needs no data.
    #[must_use]
    pub const fn new(template: &'static str, output: &'static str) -> Self {
        Self { template, data: "{}", output }
    }

    /// An example with data.
    #[must_use]
    pub const fn with(data: &'static str, template: &'static str, output: &'static str) -> Self {
        Self { template, data, output }
    }
}
