//! Numbers on the command line, and what is said about those that are none.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A parser of whole numbers in a range.
pub(super) fn within<T: FromStr + PartialOrd + Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    RangeInclusive<T>: Clone,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a whole number from {} to {}", range.start(), range.end()))
    }
}

/// A parser of whole numbers that are not less than another.
pub(super) fn at_least<T: FromStr + PartialOrd + Display + Clone>(
    least: T,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| *number >= least);
        number.ok_or_else(|| format!("expected a whole number of at least {least}"))
    }
}

/// Parses a whole number of percent: `80`, or `80%`.
pub(super) fn percent(text: &str) -> Result<u8, String> {
    within(0..=100)(text.trim_end_matches('%').trim_end())
        .map_err(|_| "expected a whole number of percent from 0 to 100, such as `80`".to_owned())
}
