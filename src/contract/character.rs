//! Characters of strings: what the strings at a place look like, so that it can be said whether another one is like them.

/// What a string looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Character {
    /// Nothing in it.
    Empty,
    /// `12`, `-3.50`
    Number,
    /// `2026-01-02`, `2026-01-02T10:00:00Z`
    Date,
    /// `A-17`, `ada@example.com`, `Europe/London`: ASCII letters, digits and signs that mean nothing elsewhere.
    Identifier,
    /// `https://example.com/?a=b`
    Url,
    /// Anything else, above all what has spaces or letters outside ASCII.
    FreeText,
}

impl Character {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Empty, Self::Number, Self::Date, Self::Identifier, Self::Url, Self::FreeText];

    /// What a string looks like.
    ///
    /// ```
    /// use inkproof::contract::Character;
    /// for (text, expected) in [
    ///     ("", Character::Empty),
    ///     ("-3.50", Character::Number),
    ///     ("2026-01-02T10:00:00Z", Character::Date),
    ///     ("Europe/London", Character::Identifier),
    ///     ("https://example.com/?a=b&c=d", Character::Url),
    ///     ("Tea for two", Character::FreeText),
    ///     ("Zoë", Character::FreeText),
    ///     ("a\"b", Character::FreeText),
    /// ] {
    ///     assert_eq!(Character::of(text), expected, "{text}");
    /// }
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else if is_number(text) {
            Self::Number
        } else if is_date(text) {
            Self::Date
        } else if is_url(text) {
            Self::Url
        } else if text.bytes().all(is_of_identifier) {
            Self::Identifier
        } else {
            Self::FreeText
        }
    }
}

/// A set of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Characters(u8);

impl Characters {
    /// Adds one.
    pub const fn add(&mut self, character: Character) {
        self.0 |= 1 << character as u8;
    }

    /// Whether one is in the set.
    #[must_use]
    pub const fn has(self, character: Character) -> bool {
        self.0 & (1 << character as u8) != 0
    }

    /// Whether a string is like those whose characters these are: free text can be anything, an identifier may consist of
    /// digits only, and all else stays what it is.
    #[must_use]
    pub fn allow(self, text: &str) -> bool {
        let character = Character::of(text);
        self.has(Character::FreeText)
            || self.has(character)
            || (self.has(Character::Identifier) && matches!(character, Character::Number | Character::Date))
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && bytes[10..].iter().all(|byte| byte.is_ascii_digit() || b"T:.+-Z".contains(byte))
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().all(|byte| is_of_identifier(byte) || b"?&=%~!*'(),;$[]".contains(&byte))
}

const fn is_of_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b':' | b'/' | b'+' | b'#' | b'-')
}
