//! JavaScript's numbers, to and from strings.

use std::fmt::Write as _;

/// The kind of numbers of a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Numbers {
    /// JavaScript's: all are doubles, and `5.0` is 5.
    JavaScript,
    /// Ruby's: `5.0` is a float rather than an integer.
    Ruby,
}

use crate::value::utf16::is_space;

/// Largest whole number that is written without an exponent and that `i64` holds exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Below this many hundredths, a number has at most 15 digits, which identify one double.
const SHORT_HUNDREDTHS: u64 = 1_000_000_000_000_000;

/// Appends the number as JavaScript's `String(number)` writes it.
///
/// ```
/// let mut text = String::new();
/// inkproof_liquid::value::number::write(1.0, &mut text);
/// inkproof_liquid::value::number::write(1e21, &mut text);
/// assert_eq!(text, "11e+21");
/// ```
#[inline]
pub fn write(number: f64, out: &mut String) {
    match exact_integer(number) {
        // Most numbers in messages have one digit.
        Some(digit @ 0..10) => out.push(char::from(b'0' + digit.to_le_bytes()[0])),
        whole => write_longer(number, whole, out),
    }
}

/// Appends a number that has more than one digit, and its value if it is whole.
fn write_longer(number: f64, whole: Option<i64>, out: &mut String) {
    if let Some(whole) = whole {
        out.push_str(itoa::Buffer::new().format(whole));
    } else if let Some(hundredths) = hundredths(number) {
        write_hundredths(hundredths, out);
    } else {
        out.push_str(ryu_js::Buffer::new().format(number));
    }
}

/// Appends the number as Ruby writes a float: always with a point, with an exponent if it is very large or small.
///
/// ```
/// let mut text = String::new();
/// for number in [5.0, 0.25, 1e16, 0.00001] {
///     inkproof_liquid::value::number::write_float(number, &mut text);
///     text.push(' ');
/// }
/// assert_eq!(text, "5.0 0.25 1.0e+16 1.0e-05 ");
/// ```
pub fn write_float(number: f64, out: &mut String) {
    let magnitude = number.abs();
    if !number.is_finite() {
        out.push_str(ryu_js::Buffer::new().format(number));
    } else if magnitude == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let _ = write!(out, "{number:?}");
    } else {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        let point = if digits.contains('.') { "" } else { ".0" };
        let _ = write!(out, "{digits}{point}e{sign}{exponent:0>2}");
    }
}

/// The number in hundredths, if its decimal notation has at most two decimals and at most 15 digits. So few digits identify one
/// double.
fn hundredths(number: f64) -> Option<i64> {
    // Half of one is added, as the product need not be whole; the comparison below decides.
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is compared below")]
    let hundredths = (number * 100.0 + 0.5_f64.copysign(number)) as i64;
    (hundredths.unsigned_abs() < SHORT_HUNDREDTHS && integer(hundredths) / 100.0 == number).then_some(hundredths)
}

/// Moves the decimal point in the decimal notation of a number that is not negative, so that 1.005 becomes 100.5 and not
/// 100.49999999999999.
///
/// ```
/// use inkproof_liquid::value::number::shift_decimal;
/// assert_eq!(shift_decimal(1.005, 2.0), 100.5);
/// assert_eq!(shift_decimal(3.0, -1.0), 0.3);
/// ```
#[must_use]
pub fn shift_decimal(value: f64, places: f64) -> f64 {
    // Most numbers have few digits. Both these integers and these powers are exact, so that the result is the nearest double.
    if let Some(hundredths) = hundredths(value)
        && let Some(whole_places) = exact_integer(places)
        && let Ok(distance) = usize::try_from(whole_places.abs_diff(2))
        && let Some(power) = POWERS_OF_TEN.get(distance)
    {
        return if whole_places < 2 { integer(hundredths) / power } else { integer(hundredths) * power };
    }
    shift_text(value, places)
}

/// The same by way of the text.
fn shift_text(value: f64, places: f64) -> f64 {
    let text = to_js_string(value);
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    parse(&format!("{mantissa}e{}", to_js_string(parse(power) + places)))
}

/// The powers of ten that doubles hold exactly.
pub(crate) const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Appends a number given in hundredths that is not whole, as most prices and percentages are.
///
/// So few digits identify one double each, so they are the shortest representation.
fn write_hundredths(hundredths: i64, out: &mut String) {
    if hundredths < 0 {
        out.push('-');
    }
    out.push_str(itoa::Buffer::new().format(hundredths.unsigned_abs() / 100));
    out.push('.');
    let fraction = (hundredths.unsigned_abs() % 100).to_le_bytes()[0];
    out.push(char::from(b'0' + fraction / 10));
    if !fraction.is_multiple_of(10) {
        out.push(char::from(b'0' + fraction % 10));
    }
}

/// The number as an integer, if it is whole and is written without an exponent.
#[inline]
fn exact_integer(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is compared with the number")]
    let whole = number as i64;
    (integer(whole) == number && number.abs() < EXACT).then_some(whole)
}

/// A whole number as JavaScript has it.
const fn integer(whole: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "callers stay below 2^53 or compare the result")]
    let number = whole as f64;
    number
}

/// The number as JavaScript's `String(number)` writes it.
#[must_use]
pub fn to_js_string(number: f64) -> String {
    let mut text = String::new();
    write(number, &mut text);
    text
}

/// JavaScript's `Number(text)`: NaN if the string is not a number, 0 if it is blank.
///
/// ```
/// use inkproof_liquid::value::number::parse;
/// assert_eq!(parse(" 0x10 "), 16.0);
/// assert!(parse("5a").is_nan());
/// ```
#[must_use]
pub fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    let bytes = text.as_bytes();
    if let [b'0', radix, ..] = bytes {
        let radix = match radix {
            b'x' | b'X' => 16,
            b'o' | b'O' => 8,
            b'b' | b'B' => 2,
            _ => 10,
        };
        if radix != 10 {
            return parse_radix(&text[2..], radix);
        }
    }
    match text.trim_start_matches(['+', '-']) {
        "Infinity" if text.len() <= "-Infinity".len() => {
            return if bytes[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        _ => {}
    }
    // Rust accepts words that JavaScript does not (`inf`, `nan`); both accept the same decimal forms.
    let decimal = bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if decimal { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// The digits of a whole number in base 2, 8 or 16, to the nearest double.
fn parse_radix(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    let bits_per_digit = radix.trailing_zeros();
    // The top 64 bits are exact; below them, one sticky bit decides how ties round.
    let (mut value, mut shift, mut sticky) = (0_u128, 0_i32, false);
    for digit in digits.chars() {
        let Some(digit) = digit.to_digit(radix) else { return f64::NAN };
        if value >> 100 == 0 {
            value = (value << bits_per_digit) | u128::from(digit);
        } else {
            shift = shift.saturating_add(bits_per_digit.cast_signed());
            sticky |= digit != 0;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "rounding to the nearest double is intended")]
    let nearest = (value | u128::from(sticky)) as f64;
    nearest * 2_f64.powi(shift.min(2000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_as_javascript_does() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-5.5, "-5.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1e-7, "1e-7"),
            (12_345_678_901_234_567_890.0, "12345678901234567000"),
            (39.95, "39.95"),
            (-0.5, "-0.5"),
            (0.07, "0.07"),
            (1.005, "1.005"),
            (1_234_567_890_123.25, "1234567890123.25"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(to_js_string(number), expected);
        }
    }

    #[test]
    fn writes_hundredths_with_the_shortest_digits() {
        for hundredths in (-250_i32..250).chain([1_999_999_999, 2_147_483_647, -2_147_483_601]) {
            for neighbour in [-1_i64, 0, 1] {
                let bits = (f64::from(hundredths) / 100.0).to_bits().wrapping_add_signed(neighbour);
                let number = f64::from_bits(bits);
                assert_eq!(to_js_string(number), ryu_js::Buffer::new().format(number), "{number:?}");
            }
        }
    }

    #[test]
    fn moves_the_point_in_the_decimal_notation() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut numbers =
            vec![0.0, 0.07, 1.005, 39.95, 9_999_999_999_999.99, 1e15, 1e21, 5e-324, f64::INFINITY, f64::NAN];
        for _ in 0..2_000 {
            let digits = random.u32(1..17);
            let hundredths = random.i64(0..i64::pow(10, digits));
            numbers.push(integer(hundredths) / 100.0);
            numbers.push((integer(hundredths) / 100.0).next_up());
        }
        let places = (-30..=30).map(f64::from).chain([0.5, -1.5, f64::NAN, f64::INFINITY, 1e300]);
        for places in places {
            for number in &numbers {
                let (expected, shifted) = (shift_text(*number, places), shift_decimal(*number, places));
                assert!(
                    shifted == expected || shifted.is_nan() && expected.is_nan(),
                    "{number:?} {places} {shifted} {expected}"
                );
            }
        }
    }

    #[test]
    fn parses_numbers_as_javascript_does() {
        for (given, expected) in [
            ("", 0.0),
            (" \u{a0}5\n", 5.0),
            ("0x1F", 31.0),
            ("0b11", 3.0),
            ("0o17", 15.0),
            ("1e2", 100.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+3", 3.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("007", 7.0),
            ("0x20000000000001", 9_007_199_254_740_993.0),
        ] {
            assert!((parse(given) - expected).abs() < f64::EPSILON || parse(given) == expected, "{given:?}");
        }
        for given in ["5a", "inf", "nan", "infinity", "1_0", "--1", "0x", "1e", ".", "-0x1", "+-Infinity", "1 2"] {
            assert!(parse(given).is_nan(), "{given:?}");
        }
    }
}
