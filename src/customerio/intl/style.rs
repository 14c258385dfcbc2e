//! How a locale writes a number: separators, groups, the sign's place and the currency's.

use super::rounded::Rounded;
use super::table::{Table, unescape};
use std::borrow::Cow;

const STYLES: Table = Table::new(include_str!("data/styles.tsv"));
const ABUTTING: Table = Table::new(include_str!("data/abutting.tsv"));
const DIGITS: Table = Table::new(include_str!("data/digits.tsv"));

/// The gap between a number and a currency that ends in a letter (CLDR's `currencySpacing`, the same in every locale).
const GAP: char = '\u{a0}';

/// One row of `data/styles.tsv`.
#[derive(Debug)]
pub(super) struct Style {
    decimal: Cow<'static, str>,
    group: Cow<'static, str>,
    /// Digits in the group nearest the decimal point; 0 if the locale does not group.
    last_group: usize,
    other_groups: usize,
    /// Minimum number of digits before the last group for grouping to apply.
    least_before: usize,
    not_a_number: Cow<'static, str>,
    infinity: Cow<'static, str>,
    /// Patterns: `#` is the number, `¤` the currency. The rest (sign, marks, spaces) is written as is.
    positive: Cow<'static, str>,
    negative: Cow<'static, str>,
}

impl Style {
    /// The style with this number in `data/styles.tsv`.
    pub(super) fn numbered(number: &str) -> Option<Self> {
        let mut cells = STYLES.find(number)?.split('\t');
        let mut text = || cells.next().map(unescape);
        Some(Self {
            decimal: text()?,
            group: text()?,
            last_group: text()?.parse().ok()?,
            other_groups: text()?.parse().ok()?,
            least_before: text()?.parse().ok()?,
            not_a_number: text()?,
            infinity: text()?,
            positive: text()?,
            negative: text()?,
        })
    }

    /// Writes `number` in this style and `digits`, with `symbol` where the pattern has a currency.
    pub(super) fn write(&self, number: &Rounded, digits: Digits, symbol: &str) -> String {
        let (negative, body) = match number {
            Rounded::NotANumber => (false, self.not_a_number.to_string()),
            Rounded::Infinite { negative } => (*negative, self.infinity.to_string()),
            Rounded::Finite { negative, whole, fraction } => {
                (*negative, digits.spell(&self.separated(whole, fraction)))
            }
        };
        let apart = digits.are_decimal && matches!(number, Rounded::Finite { .. });
        let pattern = if negative { &self.negative } else { &self.positive };
        let mut out = String::with_capacity(pattern.len() + body.len() + symbol.len());
        let mut before = None;
        for c in pattern.chars() {
            let gap = match (before, c) {
                (Some('¤'), '#') => apart && !symbol.ends_with(abuts),
                (Some('#'), '¤') => apart && !symbol.starts_with(abuts),
                _ => false,
            };
            if gap {
                out.push(GAP);
            }
            match c {
                '#' => out.push_str(&body),
                '¤' => out.push_str(symbol),
                other => out.push(other),
            }
            before = Some(c);
        }
        out
    }

    fn separated(&self, whole: &str, fraction: &str) -> String {
        let grouped = self.last_group > 0 && whole.len() >= self.last_group + self.least_before;
        let mut out = String::with_capacity(whole.len() * 2 + fraction.len());
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len() - at;
            if grouped
                && at > 0
                && left >= self.last_group
                && (left - self.last_group).is_multiple_of(self.other_groups)
            {
                out.push_str(&self.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push_str(&self.decimal);
            out.push_str(fraction);
        }
        out
    }
}

/// The ten digits of a numbering system: one row of `data/digits.tsv`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    from_zero: &'static str,
    /// Whether they are decimal digits in Unicode. Only those are separated from a currency in letters.
    are_decimal: bool,
}

impl Digits {
    /// The digits of the numbering system with this name; `None` if Intl does not support it (roman numerals, for
    /// example).
    pub(super) fn find(numbering: &str) -> Option<Self> {
        let (from_zero, kind) = DIGITS.find(numbering)?.split_once('\t')?;
        Some(Self { from_zero, are_decimal: kind == "decimal" })
    }

    #[cfg(test)]
    pub(super) fn zero(self) -> &'static str {
        self.from_zero.split_inclusive(|_| true).next().unwrap_or("")
    }

    /// `ascii` with its digits replaced.
    fn spell(self, ascii: &str) -> String {
        let digits: Vec<char> = self.from_zero.chars().collect();
        let spell = |c: char| c.to_digit(10).and_then(|digit| digits.get(digit as usize).copied()).unwrap_or(c);
        ascii.chars().map(spell).collect()
    }
}

/// Whether a currency symbol that ends in `c` is adjacent to the digits, without a gap.
fn abuts(c: char) -> bool {
    ABUTTING.find(c.encode_utf8(&mut [0; 4])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_parses() {
        for number in STYLES.keys() {
            let style = Style::numbered(number).unwrap_or_else(|| panic!("style {number}"));
            assert!(style.positive.contains('#') && style.negative.contains('#'), "{number}");
            assert!(style.last_group == 0 || (style.other_groups > 0 && style.least_before > 0), "{number}");
        }
    }

    #[test]
    fn every_numbering_system_has_ten_digits() {
        for numbering in DIGITS.keys() {
            let digits = Digits::find(numbering).unwrap_or_else(|| panic!("{numbering}"));
            assert_eq!(digits.from_zero.chars().count(), 10, "{numbering}");
            assert_eq!(digits.spell("-1."), format!("-{}.", digits.from_zero.chars().nth(1).expect("ten")));
        }
    }
}
