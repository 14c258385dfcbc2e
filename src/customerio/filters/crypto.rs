//! Digest and encoding filters: `md5`, `sha1`, `hmac_sha1`, `hex_base64` and URL-safe base64.
//!
//! Digests are written in hexadecimal, like those of LiquidJS. Strings are processed as UTF-8.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::{Digest, Sha1};

use super::required;
use crate::liquid::engine::filter::{Filter, RunFilter};
use crate::liquid::engine::row::{Absent, Argument, Example, Family, Kind, Prints};
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};
use crate::liquid::filters::crypto::in_pieces;
use crate::liquid::value::{Value, coerce, utf16};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    encoding("base64_url_safe_decode", base64_url_safe_decode, "Decodes base64 with the alphabet for URLs.")
        .examples(&[Example::new("{{ 'YT9iPg' | base64_url_safe_decode }}", "a?b>")]),
    encoding(
        "base64_url_safe_encode",
        base64_url_safe_encode,
        "Encodes a string as base64 with the alphabet for URLs.",
    )
    .prints(Prints::Plain)
    .examples(&[Example::new("{{ 'a?b>' | base64_url_safe_encode }}", "YT9iPg==")]),
    encoding("hex_base64", hex_base64, "Converts hexadecimal digits, such as a digest, to base64.")
        .prints(Prints::Plain)
        .examples(&[Example::new("{{ '48692e' | hex_base64 }}", "SGku")]),
    encoding("hmac_sha1", hmac_sha1, "Returns the HMAC-SHA-1 digest of a string in hexadecimal.")
        .prints(Prints::Plain)
        .arguments(&[Argument::required("key", Kind::String)])
        .absent(Absent::Prints("9ccad9184d941469b4e96cb84794e9bb488414d2"))
        .examples(&[Example::new("{{ 'hey' | hmac_sha1: 'secret_key' }}", "2a3969bed25bfeefb00aca4063eb9590b4df8f0e")]),
    encoding("md5", md5, "Returns the MD5 digest of a string in hexadecimal.")
        .prints(Prints::Plain)
        .absent(Absent::Prints("d41d8cd98f00b204e9800998ecf8427e"))
        .examples(&[Example::new("{{ 'hey' | md5 }}", "6057f13c496ecf7fd777ceb9e79ae285")]),
    encoding("sha1", sha1, "Returns the SHA-1 digest of a string in hexadecimal.")
        .prints(Prints::Plain)
        .absent(Absent::Prints("da39a3ee5e6b4b0d3255bfef95601890afd80709"))
        .examples(&[Example::new("{{ 'hey' | sha1 }}", "7f550a9f4c44173a37664d938f1355f0f92a47a7")]),
];

/// A row for a filter from a string to a string.
const fn encoding(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Encoding).input(Kind::String).output(Kind::String).summary(summary)
}

/// Base64 with `-` and `_`: padded when encoding, padding optional when decoding.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The UTF-8 bytes of a value's string, counted against the memory limit.
fn bytes<'a>(runtime: &mut Runtime<'a>, value: Value<'a>) -> Result<Vec<u8>> {
    let text = coerce::to_liquid_string(value, runtime.arena())?;
    runtime.charge_string(text)?;
    runtime.arena().reserve(text.len() * 3)?;
    Ok(utf16::to_utf8(text).into_owned().into_bytes())
}

/// The bytes in hexadecimal.
fn hex<'a>(runtime: &Runtime<'a>, bytes: &[u8]) -> Result<Value<'a>> {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    let text: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    runtime.string(&text)
}

/// The MD5 digest in hexadecimal.
fn md5<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let bytes = bytes(runtime, input)?;
    let mut digest = Md5::new();
    in_pieces(runtime, &bytes, |piece| digest.update(piece))?;
    hex(runtime, &digest.finalize())
}

/// The SHA-1 digest in hexadecimal.
fn sha1<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let bytes = bytes(runtime, input)?;
    let mut digest = Sha1::new();
    in_pieces(runtime, &bytes, |piece| digest.update(piece))?;
    hex(runtime, &digest.finalize())
}

/// The HMAC-SHA-1 digest in hexadecimal, with the argument as the key.
fn hmac_sha1<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let key = required("hmac_sha1", arguments, 0, "a key, such as `hmac_sha1: \"some_key\"`")?;
    let (message, key) = (bytes(runtime, input)?, bytes(runtime, key)?);
    // HMAC accepts keys of any length.
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).map_err(|error| Error::new(error.to_string()))?;
    in_pieces(runtime, &message, |piece| mac.update(piece))?;
    hex(runtime, &mac.finalize().into_bytes())
}

/// Converts hexadecimal digits to base64.
fn hex_base64<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let digits = bytes(runtime, input)?;
    let invalid = || Error::new("`hex_base64` expected hexadecimal digits, such as a digest's: two for each byte");
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = digits.as_chunks::<2>() else { return Err(invalid()) };
    let pair = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let bytes: Vec<u8> = pairs.iter().map(pair).collect::<Option<_>>().ok_or_else(invalid)?;
    runtime.string(&STANDARD.encode(bytes))
}

/// The string encoded as URL-safe base64, padded.
fn base64_url_safe_encode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let bytes = bytes(runtime, input)?;
    runtime.string(&URL_SAFE.encode(bytes))
}

/// The string decoded from URL-safe base64, padded or not. Invalid UTF-8 becomes U+FFFD.
fn base64_url_safe_decode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = bytes(runtime, input)?;
    // The wording of LiquidJS's error for `base64_decode`.
    let invalid = |_| Error::new("invalid base64 provided to base64_url_safe_decode");
    let bytes = URL_SAFE.decode(text.trim_ascii()).map_err(invalid)?;
    runtime.string(&String::from_utf8_lossy(&bytes))
}
