//! Which snapshots a test run writes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Which snapshots a test run writes. The one place where the four words are defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// What is new or different waits for review, and fails the run until it is accepted.
    New,
    /// Everything is accepted at once, and what is obsolete is deleted.
    All,
    /// Nothing is written; what is new, different or obsolete fails the run.
    None,
    /// What is new or different waits for review, and the run does not fail for it.
    Pending,
}

/// No such word.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` says nothing about updates: expected `new`, `all`, `none` or `pending`")]
pub struct UnknownUpdate(String);

impl Update {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::New, Self::All, Self::None, Self::Pending];

    /// What holds where nobody says otherwise: where nobody could review, nothing is written.
    #[must_use]
    pub const fn default_for(is_ci: bool) -> Self {
        if is_ci { Self::None } else { Self::New }
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::All => "all",
            Self::None => "none",
            Self::Pending => "pending",
        }
    }

    /// What it means, in a sentence.
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
    fn words() {
        for update in Update::ALL {
            assert_eq!(update.as_str().parse(), Ok(update));
        }
        assert!("always".parse::<Update>().is_err());
        assert_eq!([Update::default_for(false), Update::default_for(true)], [Update::New, Update::None]);
    }
}
