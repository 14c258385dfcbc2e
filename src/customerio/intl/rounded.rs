//! A number rounded to a number of decimals, in plain digits, as Intl rounds it.

/// A rounded number: ASCII digits without separators.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rounded {
    /// NaN, which has no sign.
    NotANumber,
    /// An infinity.
    Infinite { negative: bool },
    /// Any other number. Zero has a sign too: Intl writes the minus of `-0` and of numbers that round to it.
    Finite { negative: bool, whole: String, fraction: String },
}

impl Rounded {
    /// Rounds `value` to at most `most` decimals, halves away from zero, and writes at least `least` of them.
    ///
    /// As in ECMA-402, it rounds the shortest decimal that parses back to `value`, so 1.005 becomes 1.01 although the
    /// double is slightly less.
    pub(super) fn new(value: f64, least: usize, most: usize) -> Self {
        let negative = value.is_sign_negative();
        if value.is_nan() {
            return Self::NotANumber;
        }
        if value.is_infinite() {
            return Self::Infinite { negative };
        }
        let (mut digits, mut point) = shortest(value.abs());
        round(&mut digits, &mut point, most);
        let (whole, fraction) = lay_out(&digits, point, least);
        Self::Finite { negative, whole, fraction }
    }
}

/// The shortest digits that parse back to `value`, which are those that JavaScript prints, and the number of digits
/// before the decimal point (negative if zeros follow the point first).
fn shortest(value: f64) -> (Vec<u8>, i64) {
    let mut buffer = ryu_js::Buffer::new();
    let written = buffer.format_finite(value);
    let (mantissa, exponent) = written.split_once('e').unwrap_or((written, "0"));
    let whole = mantissa.find('.').unwrap_or(mantissa.len());
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let exponent: i64 = exponent.parse().unwrap_or(0);
    (digits, exponent.saturating_add_unsigned(whole as u64))
}

fn round(digits: &mut Vec<u8>, point: &mut i64, decimals: usize) {
    let kept = *point + i64::try_from(decimals).unwrap_or(i64::MAX);
    let Ok(kept) = usize::try_from(kept) else {
        digits.clear();
        return;
    };
    let up = digits.get(kept).is_some_and(|&next| next >= b'5');
    digits.truncate(kept);
    if !up {
        return;
    }
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    *point += 1;
}

/// The digits before and after the point, with only the zeros that are needed there.
fn lay_out(digits: &[u8], point: i64, least: usize) -> (String, String) {
    let before = usize::try_from(point).unwrap_or(0);
    let zeros = usize::try_from(-point).unwrap_or(0);
    let text = |digits: &[u8]| digits.iter().map(|&digit| char::from(digit)).collect::<String>();
    let (whole, fraction) = digits.split_at(before.min(digits.len()));
    let whole = match text(whole) {
        none if none.is_empty() => "0".to_owned(),
        some => format!("{some:0<before$}"),
    };
    let fraction = if fraction.is_empty() { String::new() } else { "0".repeat(zeros) + &text(fraction) };
    let fraction = fraction.trim_end_matches('0');
    (whole, format!("{fraction:0<least$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `new Intl.NumberFormat("en", {useGrouping: false, minimumFractionDigits, maximumFractionDigits}).format(value)`
    const ROUNDED: [(f64, usize, usize, &str); 27] = [
        (0.0, 0, 3, "0"),
        (-0.0, 0, 3, "-0"),
        (-0.0001, 0, 3, "-0"),
        (0.0, 2, 2, "0.00"),
        (2.5, 0, 0, "3"),
        (-2.5, 0, 0, "-3"),
        (0.5, 0, 0, "1"),
        (0.4999, 0, 0, "0"),
        (1.005, 2, 2, "1.01"),
        (0.125, 2, 2, "0.13"),
        (0.005, 2, 2, "0.01"),
        (0.0049, 2, 2, "0.00"),
        (0.0005, 0, 3, "0.001"),
        (0.05, 0, 3, "0.05"),
        (1.0005, 0, 3, "1.001"),
        (9.9995, 0, 3, "10"),
        (999.999, 2, 2, "1000.00"),
        (1234.5, 0, 3, "1234.5"),
        (100.0, 0, 3, "100"),
        (1e21, 2, 2, "1000000000000000000000.00"),
        (123_456_789_012_345_680_000.0, 0, 3, "123456789012345680000"),
        (5e-324, 0, 3, "0"),
        (9_007_199_254_740_993.0, 0, 0, "9007199254740992"),
        (2_466_468_725_184_345.0 / 4.0, 2, 2, "616617181296086.20"),
        (2_466_468_725_184_347.0 / 4.0, 2, 2, "616617181296086.80"),
        (9_007_199_254_740_992.0, 0, 0, "9007199254740992"),
        (1.7e-3, 4, 4, "0.0017"),
    ];

    #[test]
    fn rounds_the_shortest_decimal_half_away_from_zero() {
        for (value, least, most, expected) in ROUNDED {
            let Rounded::Finite { negative, whole, fraction } = Rounded::new(value, least, most) else {
                panic!("{value} is finite")
            };
            let point = if fraction.is_empty() { "" } else { "." };
            let sign = if negative { "-" } else { "" };
            assert_eq!(format!("{sign}{whole}{point}{fraction}"), expected, "{value} {least}..{most}");
        }
    }

    #[test]
    fn keeps_nan_and_infinity() {
        assert_eq!(Rounded::new(-f64::NAN, 0, 3), Rounded::NotANumber);
        assert_eq!(Rounded::new(f64::NEG_INFINITY, 0, 3), Rounded::Infinite { negative: true });
    }

    #[test]
    fn writes_the_largest_double_in_full() {
        let Rounded::Finite { whole, .. } = Rounded::new(f64::MAX, 0, 3) else { panic!("finite") };
        assert_eq!(whole.len(), 309);
        assert!(whole.starts_with("179769313486231570000"), "{whole}");
    }
}
