//! User tokens: how an inbox client says whose inbox it is.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Takes padding or leaves it.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// How a client writes characters before it encodes them as Base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    /// Browsers: `btoa` takes one byte a character, Latin-1.
    Web,
    /// The mobile libraries: UTF-8.
    Mobile,
}

impl Platform {
    /// The platform by the value of `X-CIO-Client-Platform`: `web`, or such as `reactnative-android`.
    pub(super) fn of(header: Option<&str>) -> Self {
        match header {
            Some(name) if name != "web" => Self::Mobile,
            _ => Self::Web,
        }
    }
}

/// The user that a token means; none where it is no token.
pub(super) fn decode(token: &str, platform: Platform) -> Option<String> {
    // A `+` that was not escaped in a URL has become a space.
    let token = token.trim_end_matches(['\r', '\n']).replace(' ', "+");
    let bytes = STANDARD.decode(&token).or_else(|_| URL_SAFE.decode(&token)).ok()?;
    let user = match platform {
        Platform::Web => bytes.iter().copied().map(char::from).collect(),
        Platform::Mobile => String::from_utf8(bytes).ok()?,
    };
    Some(user).filter(|user: &String| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_is_latin_1_and_mobile_utf_8() {
        use Platform::{Mobile, Web};
        for (token, platform, user) in [
            ("dXNlcl8xMjM=", Web, Some("user_123")),
            ("dXNlcl8xMjM", Web, Some("user_123")),
            ("dXPpcg==", Web, Some("usér")),
            ("dXPDqXI=", Mobile, Some("usér")),
            ("dXPpcg==", Mobile, None),
            ("55So5oi3", Mobile, Some("用户")),
            // `+` as a space
            (" 8=", Web, Some("\u{fb}")),
            (" +8=", Web, Some("\u{fb}\u{ef}")),
            ("-_8=", Web, Some("\u{fb}\u{ff}")),
            ("", Web, None),
            ("%%%", Web, None),
        ] {
            assert_eq!(decode(token, platform).as_deref(), user, "{token} {platform:?}");
        }
        assert_eq!(Platform::of(Some("reactnative-android")), Mobile);
        assert_eq!(Platform::of(None), Web);
    }
}
