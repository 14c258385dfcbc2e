//! Filters that encode and decode parts of URLs.

use std::borrow::Cow;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::string::{lower_case, value};
use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Argument, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::{Value, coerce, utf16};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    url(
        "cgi_escape",
        cgi_escape,
        "Percent-encodes everything except ASCII letters, digits and `-_.`; a space becomes `+`.",
    )
    .prints(Prints::Plain)
    .since("10.13.0")
    .examples(&[Example::new("{{ 'foo, bar; baz?' | cgi_escape }}", "foo%2C+bar%3B+baz%3F")]),
    url("slugify", slugify, "Converts a string to a URL slug: lower case, with hyphens between words.")
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
    url(
        "uri_escape",
        uri_escape,
        "Percent-encodes characters that are not allowed in a URI; delimiters such as `/` and `?` are kept.",
    )
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

/// A row for a filter from a string to a string.
const fn url(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Url).input(Kind::String).output(Kind::String).summary(summary)
}

/// The input as a string. Its length counts as work, but not against the memory limit.
fn counted_string<'a>(runtime: &Runtime<'a>, input: Value<'a>) -> Result<&'a str> {
    let text = coerce::to_liquid_string(input, runtime.arena())?;
    runtime.work(text.len())?;
    runtime.arena().reserve(text.len() * 2)?;
    Ok(text)
}

/// JavaScript's error for a `%` that cannot be decoded, and for a lone surrogate that cannot be encoded.
const MALFORMED: &str = "URI malformed";

/// Names of methods that every JavaScript object has. Given such a name as the mode of `slugify`, LiquidJS looks up the
/// method and replaces the source of its function instead of a pattern.
const OBJECT_METHODS: [(&str, &str); 11] = [
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

/// Percent-encodes everything that is not allowed in a query, including quotes, parentheses, `!` and `*`. A space
/// becomes `+`.
fn cgi_escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = counted_string(runtime, input)?;
    value(runtime, percent_encode(text, "+", |byte| matches!(byte, b'-' | b'_' | b'.' | b'~'))?)
}

/// Percent-encodes everything that is not allowed in a URL.
fn uri_escape<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = counted_string(runtime, input)?;
    value(runtime, percent_encode(text, "%20", |byte| b"-_.!~*'();/?:@&=+$,#[]".contains(&byte))?)
}

/// Percent-encodes everything that is not allowed in a query. A space becomes `+`.
fn url_encode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = counted_string(runtime, input)?;
    value(runtime, percent_encode(text, "+", |byte| b"-_.!~*'()".contains(&byte))?)
}

/// Percent-encodes all bytes except letters, digits and those for which `keeps` is true. A space becomes `space`.
fn percent_encode<'t>(text: &'t str, space: &str, keeps: fn(u8) -> bool) -> Result<Cow<'t, str>> {
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
            b' ' => encoded.push_str(space),
            byte if is_kept(byte) => encoded.push(char::from(byte)),
            byte => encoded.extend(['%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
        }
        coerce::check_length(encoded.len())?;
    }
    Ok(Cow::Owned(encoded))
}

/// Decodes `%XX` and `+`.
fn url_decode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = counted_string(runtime, input)?;
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
    // All bytes of a character must be encoded alike, which they are if the whole is valid UTF-8: no character of the
    // input ends or begins with a byte that could complete another.
    value(runtime, String::from_utf8(decoded).map_err(|_| Error::new(MALFORMED))?)
}

fn hex_digit(byte: Option<u8>) -> Result<u8> {
    let digit = byte.and_then(|byte| char::from(byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    digit.ok_or_else(|| Error::new(MALFORMED))
}

/// Converts the string to a URL slug: everything except letters and digits becomes a hyphen, and upper case becomes
/// lower case. The first argument selects other rules (`raw`, `pretty`, `ascii`, `latin`, `none`), the second keeps
/// upper case.
fn slugify<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = counted_string(runtime, input)?;
    let mode = argument_or(arguments, 0, Value::String("default"));
    let replaced = match &*coerce::js_string(mode, runtime.arena())? {
        "raw" => hyphenate(runtime, text, |character| !utf16::is_space(character))?,
        // Accents are only removed if the mode is a string, not an array of one.
        "latin" if matches!(mode, Value::String(_)) => hyphenate(runtime, &without_accents(text), is_letter_or_digit)?,
        "default" | "latin" => hyphenate(runtime, text, is_letter_or_digit)?,
        "pretty" => {
            let is_kept = |character| "._~!$&'()+,;=@".contains(character) || is_letter_or_digit(character);
            hyphenate(runtime, text, is_kept)?
        }
        "ascii" => hyphenate(runtime, text, |character| character.is_ascii_alphanumeric())?,
        "__proto__" => text.replacen("[object Object]", "-", 1),
        name => match OBJECT_METHODS.iter().find(|(known, _)| *known == name) {
            Some((_, function)) => text.replacen(&format!("function {function}() {{ [native code] }}"), "-", 1),
            None => return with_case(runtime, Cow::Borrowed(text), arguments),
        },
    };
    let slug = replaced.strip_prefix('-').unwrap_or(&replaced);
    let slug = slug.strip_suffix('-').unwrap_or(slug);
    with_case(runtime, Cow::Owned(slug.to_owned()), arguments)
}

/// The slug unchanged if the second argument is true, in lower case otherwise.
fn with_case<'a>(runtime: &Runtime<'a>, slug: Cow<'a, str>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    value(runtime, if coerce::js_truthy(argument(arguments, 1)) { slug } else { lower_case(slug) })
}

/// Replaces each run of characters for which `keeps` is false with one hyphen.
fn hyphenate(runtime: &Runtime<'_>, text: &str, keeps: impl Fn(char) -> bool) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut is_between = false;
    for (count, character) in text.chars().enumerate() {
        if count % 1024 == 0 {
            runtime.work(1024 * 4)?;
        }
        if keeps(character) {
            out.push(character);
            is_between = false;
        } else if !is_between {
            out.push('-');
            is_between = true;
        }
    }
    Ok(out)
}

/// Whether a character is a letter, a decimal digit, or a combining mark.
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

/// Removes the accents of western letters: of all lower-case ones, but only of a few upper-case ones.
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
    fn renders_like_liquidjs() {
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
    fn fails_like_liquidjs() {
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
    fn counts_memory_like_liquidjs() {
        assert_charges(DATA, &[("{{ 'é x' | url_encode | url_decode | slugify }}{{ 'b' | strip }}", 1)]);
    }
}
