//! Counts as people read them: with thousands separators, and with their noun in the plural where it belongs.

use std::fmt;

/// So many of something, such as `3 messages`. The plural of the noun ends in `s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count<'a>(pub(crate) &'a str, pub(crate) usize);

/// A number with a comma before each group of three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thousands(pub(crate) usize);

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(noun, count) = *self;
        write!(f, "{} {noun}{}", Thousands(count), if count == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let (first, rest) = digits.split_at((digits.len() - 1) % 3 + 1);
        f.write_str(first)?;
        for group in rest.as_bytes().chunks(3) {
            f.write_str(",")?;
            group.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        for (count, expected) in [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1001, "1,001 rows")] {
            assert_eq!(Count("row", count).to_string(), expected);
        }
    }

    #[test]
    fn groups_of_three_digits() {
        for (number, expected) in [
            (0, "0"),
            (12, "12"),
            (123, "123"),
            (1_234, "1,234"),
            (12_345, "12,345"),
            (123_456, "123,456"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(Thousands(number).to_string(), expected);
        }
    }
}
