//! Names of templates and requests, which become names of files.

use std::fmt;

use thiserror::Error;

/// The longest name, in bytes; file systems take no longer parts, and people read no longer ones.
const MAX_LENGTH: usize = 100;

/// A name that can be that of a file below a folder of the project: parts between slashes.
///
/// ```
/// use inkproof::scaffold::Name;
/// assert_eq!(Name::new("orders/shipped").unwrap().title(), "Shipped");
/// assert!(Name::new("../shipped").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a name cannot be that of a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{name}` cannot be a name: {reason}")]
pub struct InvalidName {
    name: String,
    reason: &'static str,
}

impl Name {
    /// The name, where it is one.
    ///
    /// # Errors
    /// It is empty or too long, leads out of its folder, is hidden, or holds what file systems or shells do not take.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        let is_reserved = |character: char| character.is_control() || r#"\:*?"<>|{}[]"#.contains(character);
        let reason = if name.is_empty() || name.split('/').any(str::is_empty) {
            "expected letters, digits, `_` or `-`"
        } else if name.len() > MAX_LENGTH {
            "it is longer than 100 bytes"
        } else if name.split('/').any(|part| part.starts_with('.')) {
            "no part of it may begin with a dot"
        } else if name.split('/').any(|part| part.starts_with('-')) {
            "no part of it may begin with a hyphen, as options do"
        } else if name.contains(is_reserved) {
            "file systems and patterns have other uses for some of its characters"
        } else if name.starts_with(' ') || name.ends_with(' ') {
            "it begins or ends with a blank"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(InvalidName { name: name.to_owned(), reason })
    }

    /// The name, where it is one; otherwise what can be made of it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::new(text).unwrap_or_else(|_| Self::out_of(text))
    }

    /// What can be a name of some text: whatever else is in it becomes `_`.
    #[must_use]
    pub fn out_of(text: &str) -> Self {
        let is_plain = |character: char| character.is_alphanumeric() || "-_.@+".contains(character);
        let mut name: String =
            text.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
        while name.len() > MAX_LENGTH {
            name.pop();
        }
        let name = name.trim_start_matches(['.', '-']);
        Self(if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last part, which requests call a template by.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// What people call it: its last part in words.
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
    fn names_stay_below_their_folder() {
        for name in ["order_shipped", "orders/shipped", "Bestellung verschickt", "ünïcode"] {
            assert_eq!(Name::new(name).unwrap().as_str(), name);
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
        ] {
            assert!(Name::new(name).is_err(), "{name:?}");
        }
        assert!(Name::new(&"a".repeat(101)).is_err());
    }

    #[test]
    fn any_text_gives_a_name() {
        for (text, name) in [
            ("user_123", "user_123"),
            ("ada@example.com", "ada@example.com"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("", "unnamed"),
            ("...", "unnamed"),
            ("-rf", "rf"),
        ] {
            assert_eq!(Name::out_of(text).as_str(), name);
            assert!(Name::new(Name::out_of(text).as_str()).is_ok(), "{text}");
        }
        assert_eq!((Name::of("a b/c").as_str(), Name::of("a*b").as_str()), ("a b/c", "a_b"));
    }
}
