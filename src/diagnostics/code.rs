//! The stable name of a kind of finding, such as `trailing-comma`.

use std::fmt;

use serde::{Serialize, Serializer};

/// The stable, kebab-case name of a kind of finding: what `inkproof explain` takes, what a configuration
/// switches off, what a script looks for. A released code keeps its meaning.
///
/// ```
/// use inkproof::diagnostics::Code;
///
/// const TRAILING_COMMA: Code = Code::new("trailing-comma");
/// assert_eq!(TRAILING_COMMA.to_string(), "trailing-comma");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Names a kind of finding. Meant for constants, where a malformed name does not compile.
    ///
    /// # Panics
    ///
    /// When `name` is not made of lower-case ASCII words (letters and digits) joined by single hyphens.
    ///
    /// ```compile_fail
    /// const WRONG: inkproof::diagnostics::Code = inkproof::diagnostics::Code::new("Trailing_Comma");
    /// ```
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_kebab_case(name.as_bytes()), "a code is lower-case words joined by hyphens");
        Self(name)
    }

    /// The name itself.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

const fn is_kebab_case(name: &[u8]) -> bool {
    let mut inside_word = false;
    let mut at = 0;
    while at < name.len() {
        match name[at] {
            b'a'..=b'z' | b'0'..=b'9' => inside_word = true,
            b'-' if inside_word => inside_word = false,
            _ => return false,
        }
        at += 1;
    }
    inside_word
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::is_kebab_case;

    #[test]
    fn accepts_only_kebab_case() {
        for (name, expected) in [
            ("trailing-comma", true),
            ("invalid-json", true),
            ("utf8", true),
            ("", false),
            ("-x", false),
            ("x-", false),
            ("a--b", false),
            ("Trailing-comma", false),
            ("trailing_comma", false),
            ("é", false),
        ] {
            assert_eq!(is_kebab_case(name.as_bytes()), expected, "{name:?}");
        }
    }
}
