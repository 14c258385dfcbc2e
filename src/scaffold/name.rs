//! Names of templates and requests, which are used as file names.

use std::fmt;
use std::path::Path;

use thiserror::Error;

use crate::project::is_reserved;

/// The longest name, in bytes. File systems limit the length of file names.
const MAX_LENGTH: usize = 100;

/// A name that is safe to use as a relative path below a folder of the project: parts separated by slashes.
///
/// ```
/// use inkproof::scaffold::Name;
/// assert_eq!(Name::parse("orders/shipped").unwrap().title(), "Shipped");
/// assert!(Name::parse("../shipped").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a name cannot be used as a file name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{name}` cannot be a name: {reason}")]
pub struct InvalidName {
    name: String,
    reason: &'static str,
}

impl Name {
    /// Validates a name.
    ///
    /// # Errors
    /// It is empty, too long, hidden or outside of its folder, or contains characters that file systems or shells reserve.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        let is_special = |character: char| character.is_control() || r#"\:*?"<>|{}[]"#.contains(character);
        let reason = if name.is_empty() || name.split('/').any(str::is_empty) {
            "expected letters, digits, `_` or `-`"
        } else if name.len() > MAX_LENGTH {
            "it is longer than 100 bytes"
        } else if name.split('/').any(|part| part.starts_with('.')) {
            "no part of it may begin with a dot"
        } else if name.split('/').any(|part| part.starts_with('-')) {
            "no part of it may begin with a hyphen, as options do"
        } else if name.contains(is_special) {
            "some of its characters are reserved by file systems or glob patterns"
        } else if name.split('/').any(|part| part.starts_with(' ') || part.ends_with([' ', '.'])) {
            "a part of it begins or ends with a space, or ends with a dot"
        } else if is_reserved(name) {
            "Windows reserves it for a device"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(InvalidName { name: name.to_owned(), reason })
    }

    /// Validates a name that may also be written as the name of its file, or as the file's path in a folder of the project.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use inkproof::scaffold::Name;
    /// for written in ["orders/shipped", "orders/shipped.liquid", "templates/orders/shipped.liquid"] {
    ///     assert_eq!(Name::parse_path(written, Path::new("templates"), ".liquid").unwrap().as_str(), "orders/shipped");
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_path(written: &str, folder: &Path, ending: &str) -> Result<Self, InvalidName> {
        let Some(path) = written.strip_suffix(ending) else { return Self::parse(written) };
        let inside = Path::new(path).strip_prefix(folder).ok().and_then(Path::to_str);
        Self::parse(inside.unwrap_or(path))
    }

    /// The unchanged name if it is valid, otherwise the [sanitized](Self::sanitize) name.
    #[must_use]
    pub fn parse_or_sanitize(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::sanitize(text))
    }

    /// Turns any string into a valid name. Characters that are not allowed become `_`.
    #[must_use]
    pub fn sanitize(text: &str) -> Self {
        let is_plain = |character: char| character.is_alphanumeric() || "-_.@+".contains(character);
        let mut name: String =
            text.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
        while name.len() > MAX_LENGTH {
            name.pop();
        }
        let name = name.trim_start_matches(['.', '-']);
        let name = name.trim_end_matches('.');
        Self(match name {
            "" => "unnamed".to_owned(),
            name if is_reserved(name) => format!("_{name}"),
            name => name.to_owned(),
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part, which requests use as the name of a template.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The display name: the last part in words.
    #[must_use]
    pub fn title(&self) -> String {
        let words = self.stem().replace(['_', '-'], " ");
        let mut characters = words.trim().chars();
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_rejects_unsafe_names() {
        for name in ["order_shipped", "orders/shipped", "Bestellung verschickt", "ünïcode"] {
            assert_eq!(Name::parse(name).unwrap().as_str(), name);
        }
        for name in [
            "",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "a/../b",
            ".hidden",
            "a\nb",
            "c:\\x",
            "a*",
            " a",
            "a ",
            "-x",
            "a/-x",
            "a /b",
            "a.",
            "orders/aux",
            "Con.old",
        ] {
            assert!(Name::parse(name).is_err(), "{name:?}");
        }
        assert!(Name::parse(&"a".repeat(101)).is_err());
    }

    #[test]
    fn sanitize_turns_any_string_into_a_valid_name() {
        for (text, name) in [
            ("user_123", "user_123"),
            ("ada@example.com", "ada@example.com"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("", "unnamed"),
            ("...", "unnamed"),
            ("-rf", "rf"),
            ("nul", "_nul"),
            ("v1.", "v1"),
        ] {
            assert_eq!(Name::sanitize(text).as_str(), name);
            assert!(Name::parse(Name::sanitize(text).as_str()).is_ok(), "{text}");
        }
        assert_eq!(
            (Name::parse_or_sanitize("a b/c").as_str(), Name::parse_or_sanitize("a*b").as_str()),
            ("a b/c", "a_b")
        );
    }
}
