//! Findings: the diagnostics of a captured message, either new or loaded from a file.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Format, Severity, Theme};

/// The diagnostics of a captured message. Serializes to `diagnostics` for programs and an `explanation` for people.
#[derive(Clone, Debug)]
pub enum Findings {
    /// New diagnostics.
    Found(Diagnostics),
    /// Loaded from a file. The templates that they refer to may have changed since.
    Stored(FindingJson),
}

/// Serialized diagnostics, as they were when the message was captured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingJson {
    diagnostics: Vec<Value>,
    explanation: String,
}

impl Findings {
    /// The first error with its location.
    pub(super) fn failure(&self) -> String {
        match self {
            Self::Found(diagnostics) => {
                let error = diagnostics.iter().find(|finding| finding.severity == Severity::Error);
                error.map_or(String::new(), |error| match error.location() {
                    Some(place) => format!("{place}: {}", error.message),
                    None => error.message.clone(),
                })
            }
            Self::Stored(stored) => {
                let error = stored.diagnostics.iter().find(|finding| finding["severity"] == "error");
                let message = error.and_then(|error| error["message"].as_str());
                message.unwrap_or_default().to_owned()
            }
        }
    }

    /// The diagnostics; `None` if they were loaded from a file.
    #[must_use]
    pub const fn found(&self) -> Option<&Diagnostics> {
        match self {
            Self::Found(diagnostics) => Some(diagnostics),
            Self::Stored(_) => None,
        }
    }

    /// The approximate memory use, in bytes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Found(diagnostics) => 2048 * diagnostics.len(),
            Self::Stored(stored) => 2048 * stored.diagnostics.len() + stored.explanation.len(),
        }
    }
}

impl From<Diagnostics> for Findings {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Found(diagnostics)
    }
}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Found<'a> {
            diagnostics: &'a Diagnostics,
            explanation: String,
        }
        match self {
            Self::Found(diagnostics) => {
                Found { diagnostics, explanation: explanation(diagnostics) }.serialize(serializer)
            }
            Self::Stored(stored) => stored.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FindingJson::deserialize(deserializer).map(Self::Stored)
    }
}

/// The diagnostics in the full terminal format, with source excerpts.
pub(super) fn explanation(diagnostics: &Diagnostics) -> String {
    let mut text = Vec::new();
    let look = Theme { color: false, unicode: true, width: 100 };
    // Writing to a vector cannot fail.
    let _ = Format::Full.renderer(look).render(diagnostics, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
