//! The vocabulary of the rows that describe filters and tags.

/// The kind of an input, an argument or a result.
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
    /// A date: seconds since 1970, or a string that can be parsed as a date.
    Date,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The name of the kind, as on the reference page.
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

/// A section of the reference page.
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
    /// Encodings and digests (hashes).
    Encoding,
    /// Filters for values of any kind.
    Value,
}

impl Family {
    /// All sections, in the order of the reference page.
    pub const ALL: [Self; 8] =
        [Self::String, Self::Html, Self::Url, Self::Number, Self::Array, Self::Date, Self::Encoding, Self::Value];

    /// The heading of the section.
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
    /// Its name. The name of a positional argument only appears in the documentation.
    pub name: &'static str,
    /// The kind of value it must be.
    pub kind: Kind,
    /// Whether it is required.
    pub is_required: bool,
    /// Whether it is passed by name: `name: value`.
    pub is_named: bool,
    /// The value that is used if it is left out, as Liquid source.
    pub default: Option<&'static str>,
    /// The strings that it accepts; empty if it accepts any value.
    pub accepts: &'static [&'static str],
}

impl Argument {
    /// A required positional argument.
    #[must_use]
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: true, is_named: false, default: None, accepts: &[] }
    }

    /// An optional positional argument.
    #[must_use]
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, is_named: false, default: None, accepts: &[] }
    }

    /// An optional argument that is passed by name.
    #[must_use]
    pub const fn named(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, is_named: true, default: None, accepts: &[] }
    }

    /// Makes it required.
    #[must_use]
    pub const fn and_required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Sets the value that is used if it is left out, as Liquid source.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Sets the strings that it accepts.
    #[must_use]
    pub const fn accepts(mut self, accepts: &'static [&'static str]) -> Self {
        self.accepts = accepts;
        self
    }
}

/// The result for an input that is null or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nothing is printed.
    Nothing,
    /// This string is printed.
    Prints(&'static str),
    /// The render fails because the variable is undefined, with the dialect's message.
    Undefined,
    /// The render fails with this message.
    Fails(&'static str),
}

/// Which part of its input the result of a filter depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// All of it.
    Whole,
    /// Only the number and the order of its elements.
    Shape,
    /// A property of its elements, named by the first argument.
    Property(Lacking),
    /// The value of an expression for each element. The first argument names the element, the second is the expression.
    Expression(Lacking),
}

/// What happens in live mode if an element lacks the property that a filter reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The render fails if any element lacks it.
    Fails,
    /// The render fails if an element lacks it before the first match.
    MayFail,
    /// The render fails, also in lax mode, unless the first element lacks it too.
    FailsInLax,
    /// The property is undefined, and nothing fails.
    Ignored,
}

/// How the result of a filter is derived from its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// It is a new value.
    New,
    /// It is the input itself, unless that is null or missing.
    Input,
    /// It is an array of elements of the input, or nothing.
    Elements,
    /// It is an element of the input, or nothing.
    Element,
}

/// Which characters the printed result of a filter can contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prints {
    /// Any characters.
    Anything,
    /// Only characters that need no escaping in a JSON string.
    Plain,
    /// Digits, unless the input is an object with a `length` property, which JavaScript treats as an array.
    Digits,
    /// A JSON value.
    Json,
}

/// How a row differs from the row with the same name that it replaces, in a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// It replaces no row, or behaves the same.
    Not,
    /// It differs for some inputs or arguments, described by this sentence.
    Sometimes(&'static str),
    /// It differs for every input, as described by this sentence.
    Always(&'static str),
}

impl Differs {
    /// The sentence that describes the difference.
    #[must_use]
    pub const fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Not => None,
            Self::Sometimes(sentence) | Self::Always(sentence) => Some(sentence),
        }
    }
}

/// A template and its output.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Source of the template.
    pub template: &'static str,
    /// The data, as a JSON object.
    pub data: &'static str,
    /// The expected output.
    pub output: &'static str,
}

impl Example {
    /// An example without data.
    #[must_use]
    pub const fn new(template: &'static str, output: &'static str) -> Self {
        Self { template, data: "{}", output }
    }

    /// An example with data, as a JSON object.
    #[must_use]
    pub const fn with(data: &'static str, template: &'static str, output: &'static str) -> Self {
        Self { template, data, output }
    }
}
