//! The contract of a filter: the function that computes it, and the row that says everything else about it.
//!
//! The engine, the analysis, the rules, `explain` and the reference page all read that row, and tests compare each of its
//! claims with what the function does. A filter is added with one row and one function.

use crate::engine::row::{Absent, Answer, Argument, Differs, Example, Family, Kind, Prints, Reads};
use crate::engine::runtime::Runtime;
use crate::error::Result;
use crate::value::Value;

/// What a filter does: to a value, with its evaluated arguments. `key: value` arrives as an array of two.
pub type RunFilter = for<'a> fn(&mut Runtime<'a>, Value<'a>, &[Value<'a>]) -> Result<Value<'a>>;

/// A filter that templates can use.
///
/// ```
/// use inkproof_liquid::{Filter, LIQUIDJS, row::{Absent, Argument, Example, Family, Kind}, value::Value};
///
/// const SHOUT: Filter = Filter::new("shout", |runtime, input, _| {
///     let text = inkproof_liquid::value::coerce::text(input, runtime.arena())?;
///     Ok(runtime.string(&format!("{text}!")))
/// })
/// .of(Family::String)
/// .summary("Appends an exclamation mark.")
/// .takes(Kind::String)
/// .gives(Kind::String)
/// .absent(Absent::Prints("!"))
/// .examples(&[Example::new("{{ 'hi' | shout }}", "hi!")]);
///
/// let language = inkproof_liquid::Language::liquidjs().with_filters(&[SHOUT]);
/// let example = SHOUT.examples[0];
/// assert_eq!(language.render(example.template, example.data, &Default::default()).unwrap(), example.output);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// The function that computes it.
    pub run: RunFilter,
    /// The family it is documented with.
    pub family: Family,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The kind of value it is meant for.
    pub input: Kind,
    /// The kind of its result, for an input of that kind.
    pub output: Kind,
    /// Its arguments, in order: the positional ones, then the named ones.
    pub arguments: &'static [Argument],
    /// What it makes of null, called as in its first example.
    pub null: Absent,
    /// What it makes of a missing variable in lax mode, called as in its first example. In live mode a missing variable
    /// fails before the filter runs, unless the filter [rescues](Self::rescues_missing) it.
    pub missing: Absent,
    /// Whether a missing variable is allowed where this is the first filter.
    pub rescues_missing: bool,
    /// Which part of its input the result depends on.
    pub reads: Reads,
    /// How its result is related to its input.
    pub answer: Answer,
    /// What the printed result is made of, when called with the required arguments only.
    pub prints: Prints,
    /// The first LiquidJS release that has it; none where LiquidJS does not have it.
    pub since: Option<&'static str>,
    /// What to use instead, if it is deprecated.
    pub deprecated: Option<&'static str>,
    /// How it differs from the row of the same name that it replaces, in a dialect.
    pub differs: Differs,
    /// Calls and what they print. The first one passes every required argument.
    pub examples: &'static [Example],
}

impl Filter {
    /// A row about which nothing but its name and its function is known yet.
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
            answer: Answer::New,
            prints: Prints::Anything,
            since: None,
            deprecated: None,
            differs: Differs::Not,
            examples: &[],
        }
    }

    /// The row of that name in a table, for a row that differs from it.
    ///
    /// # Panics
    /// There is no such row. Rows are constants, so this fails to compile.
    #[must_use]
    pub const fn row(table: &[Self], name: &str) -> Self {
        let mut at = 0;
        while at < table.len() {
            if is_same(table[at].name, name) {
                return table[at];
            }
            at += 1;
        }
        panic!("there is no row of that name");
    }

    /// Sets the function.
    #[must_use]
    pub const fn computed_by(mut self, run: RunFilter) -> Self {
        self.run = run;
        self
    }

    /// Sets the name.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the family.
    #[must_use]
    pub const fn of(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// Sets the summary.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets the kind of the input.
    #[must_use]
    pub const fn takes(mut self, kind: Kind) -> Self {
        self.input = kind;
        self
    }

    /// Sets the kind of the result.
    #[must_use]
    pub const fn gives(mut self, kind: Kind) -> Self {
        self.output = kind;
        self
    }

    /// Sets the arguments.
    #[must_use]
    pub const fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Sets what it makes of null, and of a missing variable in lax mode.
    #[must_use]
    pub const fn absent(mut self, absent: Absent) -> Self {
        self.null = absent;
        self.missing = absent;
        self
    }

    /// Sets what it makes of a missing variable in lax mode, where that is not what it makes of null.
    #[must_use]
    pub const fn missing(mut self, missing: Absent) -> Self {
        self.missing = missing;
        self
    }

    /// Allows a missing variable where this is the first filter.
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

    /// Sets how the result is related to the input.
    #[must_use]
    pub const fn answers(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }

    /// Sets what the printed result is made of.
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

    /// Marks it as not being LiquidJS's.
    #[must_use]
    pub const fn not_liquidjs(mut self) -> Self {
        self.since = None;
        self
    }

    /// Deprecates it, in favour of something else.
    #[must_use]
    pub const fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self
    }

    /// Sets how it differs from the row it replaces.
    #[must_use]
    pub const fn differs(mut self, differs: Differs) -> Self {
        self.differs = differs;
        self
    }

    /// Sets the examples.
    #[must_use]
    pub const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// How it is called, with what may be left out in brackets.
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

    /// How many positional arguments it takes, at least and at most.
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

/// The argument at `index`; undefined where there is none.
#[must_use]
pub fn argument<'a>(arguments: &[Value<'a>], index: usize) -> Value<'a> {
    arguments.get(index).copied().unwrap_or(Value::Undefined)
}

/// The argument at `index`, or `default` where it is missing or undefined.
#[must_use]
pub fn argument_or<'a>(arguments: &[Value<'a>], index: usize, default: Value<'a>) -> Value<'a> {
    match argument(arguments, index) {
        Value::Undefined => default,
        given => given,
    }
}
