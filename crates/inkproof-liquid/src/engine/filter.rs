//! The definition of a filter: the function that computes it, and the row that describes it.
//!
//! The engine, the analysis, the rules, `explain` and the reference page all read that row. Tests compare each of its
//! claims with the behavior of the function. To add a filter, add one row and one function.

use crate::engine::row::{Absent, Argument, Derivation, Differs, Example, Family, Kind, Prints, Reads};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::Value;

/// Computes a filter from its input and its evaluated arguments. A `key: value` argument is an array of the two.
pub type RunFilter = for<'a> fn(&mut Runtime<'a>, Value<'a>, &[Value<'a>]) -> Result<Value<'a>>;

/// A filter that templates can use, described by a row.
///
/// ```
/// use inkproof_liquid::{Filter, LIQUIDJS, row::{Absent, Argument, Example, Family, Kind}, value::Value};
///
/// const SHOUT: Filter = Filter::new("shout", |runtime, input, _| {
///     let text = inkproof_liquid::value::coerce::to_liquid_string(input, runtime.arena())?;
///     runtime.string(&format!("{text}!"))
/// })
/// .family(Family::String)
/// .summary("Appends an exclamation mark.")
/// .input(Kind::String)
/// .output(Kind::String)
/// .absent(Absent::Prints("!"))
/// .examples(&[Example::new("{{ 'hi' | shout }}", "hi!")]);
///
/// let language = inkproof_liquid::Language::liquidjs().with_filters(&[SHOUT]);
/// let example = SHOUT.examples[0];
/// assert_eq!(language.render(example.template, example.data, &Default::default()).unwrap(), example.output);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Name in templates.
    pub name: &'static str,
    /// The function that computes it.
    pub run: RunFilter,
    /// The section of the reference page in which it is documented.
    pub family: Family,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The kind of input it is meant for.
    pub input: Kind,
    /// The kind of its result, for an input of kind [`input`](Self::input).
    pub output: Kind,
    /// Its arguments: first the positional ones, then the named ones.
    pub arguments: &'static [Argument],
    /// What it returns for null, called as in its first example.
    pub null: Absent,
    /// What it returns for a missing variable in lax mode, called as in its first example. In live mode a missing
    /// variable fails before the filter runs, unless the filter [accepts it](Self::rescues_missing).
    pub missing: Absent,
    /// Whether the input may be a missing variable if this is the first filter.
    pub rescues_missing: bool,
    /// Which part of its input the result depends on.
    pub reads: Reads,
    /// How its result is derived from its input.
    pub derivation: Derivation,
    /// Which characters the printed result can contain, called with only the required arguments.
    pub prints: Prints,
    /// The first LiquidJS release that has it; `None` if LiquidJS does not have it.
    pub since: Option<&'static str>,
    /// What to use instead, if it is deprecated.
    pub deprecated: Option<&'static str>,
    /// How it differs from the row with the same name that it replaces, in a dialect.
    pub differs: Differs,
    /// Calls with their output. The first one passes every required argument.
    pub examples: &'static [Example],
}

impl Filter {
    /// A row with only the name and the function.
    #[must_use]
    pub const fn new(name: &'static str, run: RunFilter) -> Self {
        Self {
            name,
            run,
            family: Family::Value,
            summary: "",
            input: Kind::Anything,
            output: Kind::Anything,
            arguments: &[],
            null: Absent::Nothing,
            missing: Absent::Nothing,
            rescues_missing: false,
            reads: Reads::Whole,
            derivation: Derivation::New,
            prints: Prints::Anything,
            since: None,
            deprecated: None,
            differs: Differs::Not,
            examples: &[],
        }
    }

    /// The row called `name` in a table, as the base of a modified row.
    ///
    /// # Panics
    /// There is no such row. Rows are constants, so it fails to compile.
    #[must_use]
    pub const fn row(table: &[Self], name: &str) -> Self {
        let mut at = 0;
        while at < table.len() {
            if is_same(table[at].name, name) {
                return table[at];
            }
            at += 1;
        }
        panic!("no row has that name");
    }

    /// Replaces the function.
    #[must_use]
    pub const fn computed_by(mut self, run: RunFilter) -> Self {
        self.run = run;
        self
    }

    /// Renames it.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the section of the reference page.
    #[must_use]
    pub const fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// Sets the one-sentence summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets the kind of its input.
    #[must_use]
    pub const fn input(mut self, kind: Kind) -> Self {
        self.input = kind;
        self
    }

    /// Sets the kind of its result.
    #[must_use]
    pub const fn output(mut self, kind: Kind) -> Self {
        self.output = kind;
        self
    }

    /// Sets the arguments: first the positional ones, then the named ones.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Sets the result for null, and for a missing variable in lax mode.
    #[must_use]
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.null = absent;
        self.missing = absent;
        self
    }

    /// Sets the result for a missing variable in lax mode, if it differs from the result for null.
    #[must_use]
    pub const fn missing(mut self, missing: Absent) -> Self {
        self.missing = missing;
        self
    }

    /// Accepts a missing variable as input if this is the first filter.
    #[must_use]
    pub const fn rescues_missing(mut self) -> Self {
        self.rescues_missing = true;
        self
    }

    /// Sets which part of the input the result depends on.
    #[must_use]
    pub const fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// Sets how the result is derived from the input.
    #[must_use]
    pub const fn derivation(mut self, derivation: Derivation) -> Self {
        self.derivation = derivation;
        self
    }

    /// Sets which characters the printed result can contain.
    #[must_use]
    pub const fn prints(mut self, prints: Prints) -> Self {
        self.prints = prints;
        self
    }

    /// Sets the first LiquidJS release that has it.
    #[must_use]
    pub const fn since(mut self, release: &'static str) -> Self {
        self.since = Some(release);
        self
    }

    /// Marks it as missing from LiquidJS.
    #[must_use]
    pub const fn not_liquidjs(mut self) -> Self {
        self.since = None;
        self
    }

    /// Marks it as deprecated; `instead` is its replacement.
    #[must_use]
    pub const fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self
    }

    /// Sets how it differs from the row that it replaces.
    #[must_use]
    pub const fn differs(mut self, differs: Differs) -> Self {
        self.differs = differs;
        self
    }

    /// Sets the examples. The first one must pass every required argument.
    #[must_use]
    pub const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// How it is called, with optional arguments in brackets.
    ///
    /// ```
    /// use inkproof_liquid::LIQUIDJS;
    /// assert_eq!(LIQUIDJS.filter("replace").unwrap().signature(), "replace: search, replacement");
    /// assert_eq!(LIQUIDJS.filter("default").unwrap().signature(), "default: replacement[, allow_false: boolean]");
    /// assert_eq!(LIQUIDJS.filter("truncate").unwrap().signature(), "truncate[: length, ellipsis]");
    /// ```
    #[must_use]
    pub fn signature(&self) -> String {
        let mut signature = self.name.to_owned();
        let optional = self.arguments.iter().position(|argument| !argument.is_required);
        for (at, argument) in self.arguments.iter().enumerate() {
            signature.push_str(if optional == Some(at) { "[" } else { "" });
            signature.push_str(if at == 0 { ": " } else { ", " });
            signature.push_str(argument.name);
            if argument.is_named {
                signature.push_str(": ");
                signature.push_str(argument.kind.as_str());
            }
        }
        signature.push_str(if optional.is_some() { "]" } else { "" });
        signature
    }

    /// The minimum and maximum number of positional arguments.
    #[must_use]
    pub fn positional(&self) -> (usize, usize) {
        let positional = self.arguments.iter().filter(|argument| !argument.is_named);
        (positional.clone().filter(|argument| argument.is_required).count(), positional.count())
    }
}

const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// The argument at `index`; undefined if there is none.
#[must_use]
pub fn argument<'a>(arguments: &[Value<'a>], index: usize) -> Value<'a> {
    arguments.get(index).copied().unwrap_or(Value::Undefined)
}

/// The argument at `index`, or `default` if it is missing or undefined.
#[must_use]
pub fn argument_or<'a>(arguments: &[Value<'a>], index: usize, default: Value<'a>) -> Value<'a> {
    match argument(arguments, index) {
        Value::Undefined => default,
        given => given,
    }
}
