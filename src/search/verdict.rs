//! Verdicts: how sure it is that no data within its contract loses a template's message.

/// How sure it is that the message of a template is never lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// There is data within the contract that loses it.
    Loses,
    /// The search has found none, but there is more than it has tried.
    Searched,
    /// There is none.
    Proved,
}

impl serde::Serialize for Verdict {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Verdict {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Proved, Self::Searched, Self::Loses];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loses => "loses",
            Self::Searched => "searched",
            Self::Proved => "proved",
        }
    }
}
