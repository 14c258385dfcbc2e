//! `{% countdown point:64 fg:000000 bg:f2f6f9 time:"2022-07-04 12:00:00 (GMT)" %}`, an animated image by Customer.io that
//! counts down to a time. Only the arguments are checked here.

use jiff::civil::DateTime;

use super::raw_argument::{self, RawArgument};
use crate::liquid::engine::row::{Argument, Kind};
use crate::liquid::error::{Error, Result};
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;

/// The values that an argument accepts.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A positive integer.
    Count,
    /// An integer from 1 to this one.
    CountTo(u32),
    /// A colour: six hexadecimal digits, or three.
    Colour,
    /// A moment: `YYYY-MM-DD hh:mm:ss (GMT)`.
    Moment,
    /// `true` or `false`.
    Flag,
    /// One of these words; any word if the list is empty.
    Word(&'static [&'static str]),
}

/// Its arguments.
pub(super) static ARGUMENTS: [Argument; 11] = [
    Argument::named("point", Kind::Number).and_required(),
    Argument::named("time", Kind::Date).and_required(),
    Argument::named("fg", Kind::String).and_required(),
    Argument::named("bg", Kind::String).and_required(),
    Argument::named("apng", Kind::Boolean).or("false"),
    Argument::named("font", Kind::String).accepts(&["inter", "roboto"]),
    // The documentation does not list all weights: it has `normal`, and `light` in an example.
    Argument::named("weight", Kind::String).or("normal"),
    Argument::named("locale", Kind::String).accepts(&["en", "ru", "jp", "zh", "pt", "es", "fr"]),
    Argument::named("looping", Kind::Boolean),
    Argument::named("resolution", Kind::String).accepts(&["S", "M", "H", "D"]),
    Argument::named("frames", Kind::Number),
];

impl Expected {
    /// The values that this argument accepts.
    fn for_argument(argument: &Argument) -> Self {
        match (argument.name, argument.kind) {
            ("fg" | "bg", _) => Self::Colour,
            ("frames", _) => Self::CountTo(60),
            (_, Kind::Number) => Self::Count,
            (_, Kind::Date) => Self::Moment,
            (_, Kind::Boolean) => Self::Flag,
            _ => Self::Word(argument.accepts),
        }
    }

    fn check(self, argument: &RawArgument<'_>) -> Result<()> {
        let value = argument.value;
        match self {
            Self::Count if is_count(value, u32::MAX) => Ok(()),
            Self::Count => Err(argument.unexpected("a whole number, such as `64`")),
            Self::CountTo(most) if is_count(value, most) => Ok(()),
            Self::CountTo(most) => Err(argument.unexpected(&format!("a whole number from 1 to {most}"))),
            Self::Colour if matches!(value.len(), 3 | 6) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(())
            }
            Self::Colour => Err(argument.unexpected("a colour in hexadecimal, such as `f2f6f9`")),
            Self::Moment if is_moment(value) => Ok(()),
            Self::Moment => {
                Err(argument
                    .unexpected("a time such as `\"2022-07-04 12:00:00 (GMT)\"`, in which there can be no Liquid"))
            }
            Self::Flag => argument.flag().map(drop),
            Self::Word(words) if words.is_empty() || words.contains(&value) => Ok(()),
            Self::Word(words) => Err(argument.unexpected(&format!("one of `{}`", words.join("`, `")))),
        }
    }
}

fn is_count(text: &str, most: u32) -> bool {
    text.parse().is_ok_and(|number| (1..=most).contains(&number))
}

fn is_moment(text: &str) -> bool {
    let moment = text.strip_suffix(" (GMT)").filter(|moment| moment.len() == "YYYY-MM-DD hh:mm:ss".len());
    moment.is_some_and(|moment| DateTime::strptime("%Y-%m-%d %H:%M:%S", moment).is_ok())
}

/// Checks the arguments, and reports all errors in them.
pub(super) fn check<'a>(parser: &mut Parser<'a>, token: &Token<'a>) -> Result<()> {
    let names = ARGUMENTS.each_ref().map(|argument| argument.name);
    let arguments = raw_argument::arguments(parser, token, ':', &names)?;
    for expected in &ARGUMENTS {
        let name = expected.name;
        match arguments.iter().find(|argument| argument.name == name) {
            Some(argument) => {
                let checked = Expected::for_argument(expected).check(argument);
                parser.or_report(checked, token);
            }
            None if expected.is_required => parser.report(Error::new(format!("`countdown` needs `{name}`")), token),
            None => {}
        }
    }
    Ok(())
}
