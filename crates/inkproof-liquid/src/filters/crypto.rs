//! Base64 and digest filters. They process strings as UTF-8.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::string::{charged_string, value};
use crate::engine::filter::{Filter, RunFilter, argument};
use crate::engine::row::{Absent, Argument, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::{Value, utf16};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    encoding("base64_decode", base64_decode, "Decodes base64.")
        .since("10.24.0")
        .examples(&[Example::new("{{ '8J+YgA' | base64_decode }}", "😀")]),
    encoding("base64_encode", base64_encode, "Encodes a string as base64.")
        .prints(Prints::Plain)
        .since("10.24.0")
        .examples(&[Example::new("{{ 'one two' | base64_encode }}", "b25lIHR3bw==")]),
    encoding("hmac_sha256", hmac_sha256, "Returns the HMAC-SHA-256 digest of a string in hexadecimal.")
        .prints(Prints::Plain)
        .arguments(&[Argument::required("key", Kind::String)])
        .absent(Absent::Prints("f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169"))
        .since("10.26.0")
        .examples(&[Example::new(
            "{{ 'some text' | hmac_sha256: 'secret' }}",
            "ff07953176b901ed3c5e81a3bd7c9d8115e5a705633ae6ee29c8c4b772bbbab5",
        )]),
    encoding("sha256", sha256, "Returns the SHA-256 digest of a string in hexadecimal.")
        .prints(Prints::Plain)
        .absent(Absent::Prints("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        .since("10.26.0")
        .examples(&[Example::new(
            "{{ 'some text' | sha256 }}",
            "b94f6f125c79e3a5ffaa826f584c10d52ada669e6762051b826b55776d05aed2",
        )]),
];

/// A row for a filter from a string to a string.
const fn encoding(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::Encoding).input(Kind::String).output(Kind::String).summary(summary)
}

/// Decodes base64 without padding, and ignores trailing bits.
const UNPADDED: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64, ignoring white space and missing padding. Invalid UTF-8 becomes U+FFFD.
fn base64_decode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let mut digits: Vec<u8> = text.bytes().filter(|byte| !b"\t\n\x0c\r ".contains(byte)).collect();
    if digits.len().is_multiple_of(4) {
        let padding = digits.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
        digits.truncate(digits.len() - padding);
    }
    let decoded = UNPADDED.decode(digits).map_err(|_| Error::new("invalid base64 provided to base64_decode"))?;
    value(runtime, String::from_utf8_lossy(&decoded).into_owned())
}

/// The string encoded as base64.
fn base64_encode<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    value(runtime, STANDARD.encode(&*utf16::to_utf8(text)))
}

/// The HMAC-SHA-256 of the string in lower-case hexadecimal, with the argument as the key.
fn hmac_sha256<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let key = charged_string(runtime, argument(arguments, 0))?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(utf16::to_utf8(key).as_bytes())
        .map_err(|error| Error::new(error.to_string()))?;
    in_pieces(runtime, utf16::to_utf8(text).as_bytes(), |piece| hmac.update(piece))?;
    runtime.string(&hex(&hmac.finalize().into_bytes()))
}

/// The SHA-256 digest of the string in lower-case hexadecimal.
fn sha256<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let mut digest = Sha256::new();
    in_pieces(runtime, utf16::to_utf8(text).as_bytes(), |piece| digest.update(piece))?;
    runtime.string(&hex(&digest.finalize()))
}

/// Passes bytes to a digest in pieces, so that the limits are checked between them.
///
/// # Errors
/// A limit is exceeded.
pub fn in_pieces(runtime: &Runtime<'_>, bytes: &[u8], mut digest: impl FnMut(&[u8])) -> Result<()> {
    for piece in bytes.chunks(1 << 16) {
        runtime.work(piece.len())?;
        digest(piece);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::string::tests::assert_charges;
    use crate::render;

    const DATA: &str = r#"{
        "hi": "\ud83d",
        "e": "😀",
        "l": ["a",null,[1,"b"]],
        "n": null,
        "w": " Q\tU\nI=\r"
    }"#;

    #[test]
    fn renders_like_liquidjs() {
        for (template, expected) in [
            (
                "{{ e | base64_encode }}|{{ n | base64_encode }}|{{ l | base64_encode }}|{{ hi | base64_encode }}",
                "8J+YgA==||YTFi|77+9",
            ),
            (
                "{{ 'QUI=' | base64_decode }}|{{ 'QUI' | base64_decode }}|{{ 'QQ==' | base64_decode }}|{{ 'QR' | base64_decode }}|{{ n | base64_decode }}|{{ w | base64_decode }}",
                "AB|AB|A|A||AB",
            ),
            ("{{ '8J+Y' | base64_decode }}|{{ 'gICA' | base64_decode }}|{{ '7aCA' | base64_decode }}", "�|���|���"),
            ("{{ e | sha256 }}", "f0443a342c5ef54783a111b51ba56c938e474c32324d90c3a60c9c8e3a37e2d9"),
            ("{{ hi | sha256 }}", "83d544ccc223c057d2bf80d3f2a32982c32c3c0db8e2674820da5064783fb097"),
            ("{{ 'a' | hmac_sha256 }}", "9615a95d4a336118c435b9cd54c5e8644ab956b573aa2926274a1280b6674713"),
            ("{{ 5 | hmac_sha256: 'k' }}", "ade187c99dc4d0393326a4fe0446db6348e71eacf6d5a29d14a4154ac426324c"),
            ("{{ 'a' | hmac_sha256: e }}", "32d7eb6c1fff8a8212e44618c1f68d4c9a0cfa8d3e5be71c4cb0a90a87f557ed"),
        ] {
            assert_eq!(render(template, DATA).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn fails_like_liquidjs() {
        for (template, expected) in [
            ("{{ 'Q' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ 'QQ=' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ '====' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ 'Q===' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ 'QQ=Q' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ 'Q-__' | base64_decode }}", "invalid base64 provided to base64_decode"),
            ("{{ 'QUIé' | base64_decode }}", "invalid base64 provided to base64_decode"),
        ] {
            assert_eq!(render(template, DATA).unwrap_err().message(), expected, "{template}");
        }
    }

    #[test]
    fn counts_memory_like_liquidjs() {
        assert_charges(
            DATA,
            &[
                ("{{ e | base64_encode }}", 2),
                ("{{ 'QUI=' | base64_decode }}", 4),
                ("{{ e | sha256 }}", 2),
                ("{{ e | hmac_sha256: 'key' }}", 5),
            ],
        );
    }
}
