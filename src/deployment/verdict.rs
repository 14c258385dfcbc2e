//! Verdicts: which side has to be deployed first, and how that is known.

use serde_json::Value as Json;

use crate::diagnostics::Diagnostic;

/// Which side has to be deployed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not matter.
    AnyOrder,
    /// The backend.
    BackendFirst,
    /// The template.
    TemplateFirst,
    /// Messages are lost in between, whichever is first.
    Unsafe,
}

impl Verdict {
    /// The verdict for two orders of which each is safe or not.
    #[must_use]
    pub const fn from_orders(is_template_first_safe: bool, is_backend_first_safe: bool) -> Self {
        match (is_template_first_safe, is_backend_first_safe) {
            (true, true) => Self::AnyOrder,
            (false, true) => Self::BackendFirst,
            (true, false) => Self::TemplateFirst,
            (false, false) => Self::Unsafe,
        }
    }

    /// The name that machines read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnyOrder => "any-order",
            Self::BackendFirst => "backend-first",
            Self::TemplateFirst => "template-first",
            Self::Unsafe => "unsafe",
        }
    }

    /// In words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::AnyOrder => "safe in any order",
            Self::BackendFirst => "backend first",
            Self::TemplateFirst => "template first",
            Self::Unsafe => "unsafe in either order",
        }
    }
}

/// One of the two orders: the template or the backend is deployed first, so that for a while data of one revision is rendered
/// with the template of the other.
#[derive(Clone, Debug)]
pub struct Order {
    /// How it is known whether that is safe.
    pub evidence: Evidence,
}

impl Order {
    /// Whether no message is lost for want of a key, or for a value of a wrong type.
    #[must_use]
    pub const fn is_safe(&self) -> bool {
        matches!(self.evidence, Evidence::Proved | Evidence::Searched(_))
    }
}

/// How it is known whether an order is safe.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// The template needs nothing that is not needed by the one that the data is for.
    Proved,
    /// It may need more, but none of so many payloads is lost.
    Searched(usize),
    /// This payload is lost.
    Lost(Box<Witness>),
    /// The template does not exist there, so that nothing can be sent.
    NoTemplate,
    /// There is no data with which the template's message is sent.
    NeverSent,
}

/// A payload whose message is sent by the template that it is for, and lost with the other one.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Its `message_data`.
    pub data: Json,
    /// The customer's attributes.
    pub customer: Json,
    /// What loses the message.
    pub problem: Diagnostic,
}
