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

impl Verdict {
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
