//! Which snapshots a test run writes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Which snapshots a test run writes; the values of `--update`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// New and different messages are written as pending, and fail the run until they are accepted.
    New,
    /// Everything is accepted immediately, and obsolete snapshots are deleted.
    All,
    /// Nothing is written; new, different and obsolete snapshots fail the run.
    None,
    /// New and different messages are written as pending, and the run passes.
    Pending,
}

/// Not one of the values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` says nothing about updates: expected `new`, `all`, `none` or `pending`")]
pub struct UnknownUpdate(String);

impl Update {
    /// All values.
    pub const ALL: [Self; 4] = [Self::New, Self::All, Self::None, Self::Pending];

    /// The default: in CI, where nobody can review, nothing is written.
    #[must_use]
    pub const fn default_for(is_ci: bool) -> Self {
        if is_ci { Self::None } else { Self::New }
    }

    /// The value as written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::All => "all",
            Self::None => "none",
            Self::Pending => "pending",
        }
    }

    /// Its meaning, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::New => "What is new or different waits for review, and fails until it is accepted (default)",
            Self::All => "Everything is accepted at once, and what is obsolete is deleted",
            Self::None => "Nothing is written; what is new, different or obsolete fails (default where CI is set)",
            Self::Pending => "What is new or different waits for review, and does not fail",
        }
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Update {
    type Err = UnknownUpdate;

    fn from_str(word: &str) -> Result<Self, UnknownUpdate> {
        let found = Self::ALL.into_iter().find(|update| update.as_str() == word);
        found.ok_or_else(|| UnknownUpdate(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_its_own_names() {
        for update in Update::ALL {
            assert_eq!(update.as_str().parse(), Ok(update));
        }
        assert!("always".parse::<Update>().is_err());
        assert_eq!([Update::default_for(false), Update::default_for(true)], [Update::New, Update::None]);
    }
}
