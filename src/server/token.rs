//! User tokens: the id of the user whose inbox a client requests, in Base64.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding is optional.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// The platform of a client, which decides how it encodes characters before Base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    /// Browsers: `btoa` encodes one byte per character, Latin-1.
    Web,
    /// The mobile libraries: UTF-8.
    Mobile,
}

impl Platform {
    /// The platform from the header `X-CIO-Client-Platform`: `web`, or for example `reactnative-android`.
    pub(super) fn from_header(header: Option<&str>) -> Self {
        match header {
            Some(name) if name != "web" => Self::Mobile,
            _ => Self::Web,
        }
    }
}

/// The user id in a token; `None` if the token is not valid.
pub(super) fn decode(token: &str, platform: Platform) -> Option<String> {
    // A `+` that was not escaped in a URL is decoded as a space.
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
    fn web_tokens_are_latin_1_and_mobile_tokens_utf_8() {
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
        assert_eq!(Platform::from_header(Some("reactnative-android")), Mobile);
        assert_eq!(Platform::from_header(None), Web);
    }
}
