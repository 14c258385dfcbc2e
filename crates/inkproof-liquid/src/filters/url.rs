//! Filters that write and read parts of addresses.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::string::{lower_case, value};
use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Argument, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::{Value, coerce, utf16};

/// The filters of this family.
pub const FILTERS: &[Filter] = &[
    url(
        "cgi_escape",
        cgi_escape,
        "Percent-encodes everything but ASCII letters, digits and `-_.`; a space becomes `+`.",
    )
    .prints(Prints::Plain)
    .since("10.13.0")
    .examples(&[Example::new("{{ 'foo, bar; baz?' | cgi_escape }}", "foo%2C+bar%3B+baz%3F")]),
    url("slugify", slugify, "Makes a string fit for a URL: lower case, with hyphens between words.")
        .prints(Prints::Plain)
        .arguments(&[
            Argument::optional("mode", Kind::String)
                .or("'default'")
                .accepts(&["default", "raw", "pretty", "ascii", "latin", "none"]),
            Argument::optional("keeps_case", Kind::Boolean).or("false"),
        ])
        .since("10.13.0")
        .examples(&[
            Example::new("{{ 'The _config.yml' | slugify }}", "the-config-yml"),
            Example::new("{{ 'The _config.yml' | slugify: 'pretty' }}", "the-_config.yml"),
            Example::new("{{ 'Ça va, _Léa' | slugify: 'latin', true }}", "Ça-va-Lea"),
        ]),
    url("uri_escape", uri_escape, "Percent-encodes what may not stand in a URI; what separates its parts is kept.")
        .prints(Prints::Plain)
        .since("10.13.0")
        .examples(&[Example::new("{{ '/a b?q=é&r=[1]' | uri_escape }}", "/a%20b?q=%C3%A9&r=[1]")]),
    url("url_decode", url_decode, "Decodes `%XX`, and `+` as a space.")
        .since("6.1.0")
        .examples(&[Example::new("{{ 'a%40b.com+%C3%A9' | url_decode }}", "a@b.com é")]),
    url("url_encode", url_encode, "Percent-encodes a string for a URL; a space becomes `+`.")
        .prints(Prints::Plain)
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a@b.com 50%' | url_encode }}", "a%40b.com+50%25")]),
];

/// A row of this table: a string in, a string out.
const fn url(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).of(Family::Url).takes(Kind::String).gives(Kind::String).summary(summary)
}

/// What JavaScript says of a `%` that cannot be read, and of half a surrogate pair that cannot be written.
const MALFORMED: &str = "URI malformed";

/// The names that JavaScript finds on every object. As a mode of `slugify` such a name stands for a function, whose text
/// is then what is replaced.
const METHODS_OF_EVERY_OBJECT: [(&str, &str); 11] = [
    ("constructor", "Object"),
    ("__defineGetter__", "__defineGetter__"),
    ("__defineSetter__", "__defineSetter__"),
    ("__lookupGetter__", "__lookupGetter__"),
    ("__lookupSetter__", "__lookupSetter__"),
    ("hasOwnProperty", "hasOwnProperty"),
    ("isPrototypeOf", "isPrototypeOf"),
    ("propertyIsEnumerable", "propertyIsEnumerable"),
    ("toLocaleString", "toLocaleString"),
    ("toString", "toString"),
    ("valueOf", "valueOf"),
];

/// Writes what may not stand in a query as `%XX`, blanks as `+`; quotes, parentheses, `!` and `*` too.
fn cgi_escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::text(input, runtime.arena())?;
    value(runtime, percent_encode(text, "+", |byte| matches!(byte, b'-' | b'_' | b'.' | b'~'))?)
}

/// Writes what may not stand in an address at all as `%XX`.
fn uri_escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::text(input, runtime.arena())?;
    value(runtime, percent_encode(text, "%20", |byte| b"-_.!~*'();/?:@&=+$,#[]".contains(&byte))?)
}

/// Writes what may not stand in a query as `%XX`, blanks as `+`.
fn url_encode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::text(input, runtime.arena())?;
    value(runtime, percent_encode(text, "+", |byte| b"-_.!~*'()".contains(&byte))?)
}

/// Writes all bytes as `%XX` but letters, digits and what `keeps` names, and a blank as `blank`.
fn percent_encode<'t>(text: &'t str, blank: &str, keeps: fn(u8) -> bool) -> Result<Cow<'t, str>> {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || (byte.is_ascii() && keeps(byte));
    let Some(start) = text.bytes().position(|byte| !is_kept(byte)) else { return Ok(Cow::Borrowed(text)) };
    if utf16::may_contain_lone_surrogates(text)
        && text.chars().any(|character| utf16::surrogate_of(character).is_some())
    {
        return Err(Error::new(MALFORMED));
    }
    let mut encoded = text[..start].to_owned();
    for byte in text.bytes().skip(start) {
        match byte {
            b' ' => encoded.push_str(blank),
            byte if is_kept(byte) => encoded.push(char::from(byte)),
            byte => encoded.extend(['%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
        }
        coerce::check_length(encoded.len())?;
    }
    Ok(Cow::Owned(encoded))
}

/// Reads `%XX` and `+`.
fn url_decode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::text(input, runtime.arena())?;
    let Some(start) = memchr::memchr2(b'%', b'+', text.as_bytes()) else { return Ok(Value::String(text)) };
    let mut decoded = text.as_bytes()[..start].to_owned();
    let mut rest = text[start..].bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(rest.next())? << 4 | hex_digit(rest.next())?,
            other => other,
        });
    }
    // All bytes of a character must be written alike, which they are where the whole is UTF-8: no character of the
    // input ends or begins with a byte that could complete another.
    value(runtime, String::from_utf8(decoded).map_err(|_| Error::new(MALFORMED))?)
}

fn hex_digit(byte: Option<u8>) -> Result<u8> {
    let digit = byte.and_then(|byte| char::from(byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    digit.ok_or_else(|| Error::new(MALFORMED))
}

/// Makes the text fit for an address: all but letters and digits becomes a hyphen, and upper case lower. The first
/// argument names other rules (`raw`, `pretty`, `ascii`, `latin`, `none`), the second keeps upper case.
fn slugify<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::text(input, runtime.arena())?;
    let mode = argument_or(arguments, 0, Value::String("default"));
    let replaced = match &*coerce::js_string(mode, runtime.arena())? {
        "raw" => hyphenate(text, |character| !utf16::is_space(character)),
        // Accents are only removed where the mode is a text, not where it is a list of one.
        "latin" if matches!(mode, Value::String(_)) => hyphenate(&without_accents(text), is_letter_or_digit),
        "default" | "latin" => hyphenate(text, is_letter_or_digit),
        "pretty" => hyphenate(text, |character| "._~!$&'()+,;=@".contains(character) || is_letter_or_digit(character)),
        "ascii" => hyphenate(text, |character| character.is_ascii_alphanumeric()),
        "__proto__" => text.replacen("[object Object]", "-", 1),
        name => match METHODS_OF_EVERY_OBJECT.iter().find(|(known, _)| *known == name) {
            Some((_, function)) => text.replacen(&format!("function {function}() {{ [native code] }}"), "-", 1),
            None => return with_case(runtime, Cow::Borrowed(text), arguments),
        },
    };
    let slug = replaced.strip_prefix('-').unwrap_or(&replaced);
    let slug = slug.strip_suffix('-').unwrap_or(slug);
    with_case(runtime, Cow::Owned(slug.to_owned()), arguments)
}

/// The slug as it is where the second argument is true, else in lower case.
fn with_case<'a>(runtime: &Runtime<'a>, slug: Cow<'a, str>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    value(runtime, if coerce::js_truthy(argument(arguments, 1)) { slug } else { lower_case(slug) })
}

/// Puts one hyphen in the place of each run of characters that `keeps` does not name.
fn hyphenate(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character| !keeps(character)) {
        out.push_str(&rest[..start]);
        out.push('-');
        rest = rest[start..].trim_start_matches(|character| !keeps(character));
    }
    out.push_str(rest);
    out
}

/// Whether a character is a letter, a decimal digit, or a mark on one.
fn is_letter_or_digit(character: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, EnclosingMark, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
        TitlecaseLetter, UppercaseLetter,
    };
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    matches!(
        character.general_category(),
        DecimalNumber
            | EnclosingMark
            | LowercaseLetter
            | ModifierLetter
            | NonspacingMark
            | OtherLetter
            | SpacingMark
            | TitlecaseLetter
            | UppercaseLetter
    )
}

/// Writes the accented letters of western languages in plain ones: all in lower case, in upper case only a few.
fn without_accents(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        out.push_str(match character {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
            'æ' => "ae",
            'ç' => "c",
            'è' | 'é' | 'ê' | 'ë' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ð' => "d",
            'ñ' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
            'ù' | 'ú' | 'û' | 'ü' => "u",
            'ý' | 'ÿ' => "y",
            'ß' => "ss",
            'œ' => "oe",
            'þ' => "th",
            'ẞ' => "SS",
            'Œ' => "OE",
            'Þ' => "TH",
            other => {
                out.push(other);
                continue;
            }
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::string::tests::assert_charges;
    use crate::render;

    const DATA: &str = r#"{
        "hi": "\ud83d",
        "lo": "\ude00",
        "e": "😀",
        "l": ["a",null,[1,"b"]],
        "n": null,
        "u": "aZ0-_.!~*'()é 😀;/?:@&=+$,#[]%20\"<\\^",
        "t": " Ça_Va ~ ÆŒ ß!-É",
        "latin": ["latin"]
    }"#;

    #[test]
    fn results() {
        for (template, expected) in [
            (
                "{{ u | url_encode }}",
                "aZ0-_.!~*'()%C3%A9+%F0%9F%98%80%3B%2F%3F%3A%40%26%3D%2B%24%2C%23%5B%5D%2520%22%3C%5C%5E",
            ),
            (
                "{{ u | cgi_escape }}",
                "aZ0-_.%21~%2A%27%28%29%C3%A9+%F0%9F%98%80%3B%2F%3F%3A%40%26%3D%2B%24%2C%23%5B%5D%2520%22%3C%5C%5E",
            ),
            ("{{ u | uri_escape }}", "aZ0-_.!~*'()%C3%A9%20%F0%9F%98%80;/?:@&=+$,#[]%2520%22%3C%5C%5E"),
            ("{{ u | url_encode | url_decode }}", r#"aZ0-_.!~*'()é 😀;/?:@&=+$,#[]%20"<\^"#),
            ("{{ 'a%2Bb+c%20%C3%A9%f0%9f%98%80' | url_decode }}", "a+b c é😀"),
            ("{{ l | url_encode }}|{{ n | url_encode }}", "a1b|"),
            ("{{ hi | url_decode | append: lo }}", "😀"),
            (
                "{{ t | slugify }}|{{ t | slugify: 'raw' }}|{{ t | slugify: 'pretty' }}|{{ t | slugify: 'ascii' }}|{{ t | slugify: 'latin' }}|{{ t | slugify: 'none' }}",
                "ça-va-æœ-ß-é|ça_va-~-æœ-ß!-é|ça_va-~-æœ-ß!-é|a-va|ça-va-æoe-ss-é| ça_va ~ æœ ß!-é",
            ),
            (
                "{{ t | slugify: nil, 1 }}|{{ t | slugify: 'latin', true }}|{{ t | slugify: latin, true }}",
                " Ça_Va ~ ÆŒ ß!-É|Ça-Va-ÆOE-ss-É|Ça-Va-ÆŒ-ß-É",
            ),
            (
                "{{ '--a--' | slugify: 'raw' }}|{{ '-' | slugify: 'raw' }}|{{ '-A-' | slugify: 'x' }}|{{ '-A-' | slugify: 'toString' }}|{{ '-A-' | slugify: '__proto__' }}",
                "-a-||-a-|a|a",
            ),
            ("{{ e | slugify }}|{{ n | slugify }}|{{ '٣² ะ' | slugify }}", "||٣-ะ"),
        ] {
            assert_eq!(render(template, DATA).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn failures() {
        for (template, expected) in [
            ("{{ hi | url_encode }}", "URI malformed"),
            ("{{ lo | uri_escape }}", "URI malformed"),
            ("{{ hi | cgi_escape }}", "URI malformed"),
            ("{{ '%' | url_decode }}", "URI malformed"),
            ("{{ '%4' | url_decode }}", "URI malformed"),
            ("{{ '%g0' | url_decode }}", "URI malformed"),
            ("{{ '%C3' | url_decode }}", "URI malformed"),
            ("{{ '%C3é' | url_decode }}", "URI malformed"),
            ("{{ 'é%A9' | url_decode }}", "URI malformed"),
            ("{{ '%C0%80' | url_decode }}", "URI malformed"),
            ("{{ '%ED%A0%80' | url_decode }}", "URI malformed"),
            ("{{ '%é1' | url_decode }}", "URI malformed"),
        ] {
            assert_eq!(render(template, DATA).unwrap_err().message(), expected, "{template}");
        }
    }

    #[test]
    fn charges() {
        assert_charges(DATA, &[("{{ 'é x' | url_encode | url_decode | slugify }}{{ 'b' | strip }}", 1)]);
    }
}
