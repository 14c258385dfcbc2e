//! Compares the filters with recorded answers of Node's `Intl.NumberFormat`.

use super::*;

/// Locale, number, currency code (empty for `format_number`), and the output of Node 20 with CLDR 48; one row per rule.
#[rustfmt::skip]
const ANSWERS: [(&str, f64, &str, &str); 36] = [
    ("en", 1_234_567.896, "", "1,234,567.896"), // at most three decimals
    ("en", -0.0, "", "-0"), // negative zero
    ("en", f64::NAN, "", "NaN"), // no sign, no digits
    ("en", f64::NEG_INFINITY, "", "-∞"), // a sign, no digits
    ("en", 1e21, "", "1,000,000,000,000,000,000,000"), // no exponent
    ("fr", 123_456.78, "", "123\u{202f}456,78"), // narrow no-break space
    ("hi-IN", 123_456_789.0, "", "12,34,56,789"), // groups of two
    ("es", 1_000.0, "", "1000"), // a single digit is not a group
    ("es", 10_000.0, "", "10.000"), // two digits are
    ("ar-EG", -1_234.5, "", "\u{61c}-١٬٢٣٤٫٥"), // its own digits and marks
    ("ar-EG-u-nu-latn", -1_234.5, "", "\u{200e}-1,234.5"), // requested digits
    ("th-u-nu-thai", 1_234.5, "", "๑,๒๓๔.๕"), // requested digits, everything else unchanged
    ("dz", f64::INFINITY, "", "གྲངས་མེད"), // infinity in words
    ("en-US-posix", 1_234_567.5, "", "1234567.5"), // no groups
    ("de-AT", 1_234.5, "", "1\u{a0}234,5"), // another group separator than for money
    ("sv-SE", -1.0, "", "−1"), // minus sign U+2212
    ("en", 2.5, "USD", "$2.50"), // symbol first
    ("en", -2.5, "USD", "-$2.50"), // sign before symbol
    ("de", 2.5, "EUR", "2,50\u{a0}€"), // symbol last
    ("nl", -2.5, "EUR", "€\u{a0}-2,50"), // sign after symbol
    ("en", 2.5, "CHF", "CHF\u{a0}2.50"), // gap before letters
    ("en", f64::INFINITY, "CHF", "CHF∞"), // no gap without a digit
    ("en-u-nu-hanidec", 2.5, "CHF", "CHF二.五〇"), // no gap before a digit that is not decimal
    ("lu", 2.5, "CHF", "2,50\u{a0}CHF"), // gap before letters, after the number
    ("lu", 2.5, "EUR", "2,50€"), // no gap before a symbol
    ("de-AT", 1_234.5, "EUR", "€\u{a0}1.234,50"), // another group separator than for numbers
    ("en-CA", 2.5, "USD", "US$2.50"), // the locale's symbol
    ("en-AU", 2.5, "AUD", "$2.50"), // the region's symbol
    ("ar-AE", 2.5, "AED", "\u{200f}2.50\u{a0}د.إ.\u{200f}"), // marks within a symbol
    ("en-CH", 1_234.5, "EUR", "€1,234.50"), // a special style for one currency
    ("pt-PT", 1_234.5, "PTE", "1234$50\u{a0}\u{200b}"), // the currency sign replaces the decimal point
    ("en", 2.5, "JPY", "¥3"), // no decimals
    ("en", 2.0005, "BHD", "BHD\u{a0}2.001"), // three decimals
    ("en", 1.0, "ZZZ", "ZZZ\u{a0}1.00"), // any three letters
    ("zh-Hant-MO", 2.5, "MOP", "MOP$2.50"), // a locale with script and region
    ("en", 1.005, "usd", "$1.01"), // a code in any letter case
];

#[test]
fn formats_like_intl() {
    for (locale, value, code, expected) in ANSWERS {
        let printed = if code.is_empty() {
            format_number(value, locale).map_err(MoneyError::from)
        } else {
            currency(value, locale, Some(code))
        };
        assert_eq!(printed.as_deref(), Ok(expected), "{locale} {value} {code}");
    }
}

/// The examples in Customer.io's documentation of the three filters.
#[test]
fn formats_the_documented_examples() {
    assert_eq!(format_number(10_000.0, "en").as_deref(), Ok("10,000"));
    for (value, locale, code, expected) in [
        (1_234_567.896, "en", None, "$1,234,567.90"),
        (1_234_567.896, "en-GB", None, "£1,234,567.90"),
        (1_234_567.896, "en", Some("EUR"), "€1,234,567.90"),
        (10.0, "en-us", None, "$10.00"),
    ] {
        assert_eq!(currency(value, locale, code).as_deref(), Ok(expected), "{locale} {code:?}");
    }
    assert_eq!(rounded_currency(1_234_567.896, "en", Some("EUR")).as_deref(), Ok("€1,234,568"));
}

#[test]
fn reports_unknown_locales_and_currencies() {
    for (locale, code, expected) in [
        (
            "en_US",
            None,
            "unknown locale `en_US`: expected a language tag such as `en` or `fr-CA`; did you mean `en-US`?",
        ),
        ("xx", Some("EUR"), "unknown locale `xx`: expected a language tag such as `en` or `fr-CA`"),
        ("es-419", None, "no currency is implied by the locale `es-419`: name one after it, such as `EUR`"),
        ("en", Some("EURO"), "invalid currency code `EURO`: expected three letters such as `EUR`"),
        ("en", Some("€"), "invalid currency code `€`: expected three letters such as `EUR`"),
        ("en", Some(""), "invalid currency code ``: expected three letters such as `EUR`"),
    ] {
        let error = currency(1.0, locale, code).expect_err(locale);
        assert_eq!(error.to_string(), expected);
        assert_eq!(rounded_currency(1.0, locale, code), Err(error));
    }
    assert!(format_number(1.0, "es-419").is_ok());
}

/// Recorded by `tools/cldr-numbers/record.mjs`: a header, then one answer per line.
const RECORDED: &str = include_str!("answers.jsonl");
const SHOWN: usize = 20;

#[derive(serde::Deserialize)]
struct Header<'a> {
    answers: usize,
    seed: u64,
    recorder: &'a str,
    cldr: &'a str,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded<'a> {
    filter: &'a str,
    locale: &'a str,
    code: Option<&'a str>,
    /// Whether `code` is the currency that the locale implies.
    #[serde(default)]
    implied: bool,
    /// A string, because JSON has no `NaN`.
    input: &'a str,
    output: String,
}

impl Recorded<'_> {
    fn answer(&self, code: Option<&str>) -> Result<String, MoneyError> {
        let value = self.input.parse().expect("a number in `input`");
        match self.filter {
            "format_number" => Ok(format_number(value, self.locale)?),
            "currency" => currency(value, self.locale, code),
            "rounded_currency" => rounded_currency(value, self.locale, code),
            other => panic!("unknown filter {other:?}"),
        }
    }
}

#[test]
fn formats_like_every_recorded_answer() {
    let mut wrong = Vec::new();
    for line in RECORDED.lines().skip(1) {
        let recorded: Recorded<'_> = serde_json::from_str(line).expect(line);
        let codes = [Some(recorded.code), recorded.implied.then_some(None)];
        for code in codes.into_iter().flatten() {
            let printed = recorded.answer(code);
            if printed.as_ref() != Ok(&recorded.output) {
                wrong.push(format!("{line}\n  with the code {code:?} gives {printed:?}"));
            }
        }
    }
    let count = RECORDED.lines().count() - 1;
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(SHOWN)].join("\n"));
    println!("{count} recorded answers of Intl agree");
}

#[test]
fn the_answers_were_recorded_with_the_release_of_the_tables() {
    let header: Header<'_> = serde_json::from_str(RECORDED.lines().next().expect("a header")).expect("a header");
    assert_eq!((header.recorder, header.seed), ("tools/cldr-numbers/record.mjs", 1));
    assert_eq!(header.answers, RECORDED.lines().count() - 1, "answers announced and found");
    assert!(header.answers >= 8_000, "{}", header.answers);
    let release = format!("from CLDR {} ", header.cldr);
    assert!(include_str!("data/locales.tsv").contains(&release), "{}", header.cldr);
}
