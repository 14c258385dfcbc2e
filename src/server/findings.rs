//! Findings: what is wrong or doubtful about a captured message, whether it was found just now or kept in a file.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Format, Theme};

/// The diagnostics of a captured message. Serializes to the `diagnostics` for programs and their `explanation` for people.
#[derive(Clone, Debug)]
pub enum Findings {
    /// As they were found.
    Found(Diagnostics),
    /// As they came out of a file. The files that they are about may be others by now.
    Kept(FindingJson),
}

/// Diagnostics in the words they were told in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingJson {
    diagnostics: Vec<Value>,
    explanation: String,
}

impl Findings {
    /// The diagnostics as they were found; none where they came out of a file.
    #[must_use]
    pub const fn found(&self) -> Option<&Diagnostics> {
        match self {
            Self::Found(diagnostics) => Some(diagnostics),
            Self::Kept(_) => None,
        }
    }

    /// Roughly how many bytes they take in memory.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Found(diagnostics) => 2048 * diagnostics.len(),
            Self::Kept(told) => 2048 * told.diagnostics.len() + told.explanation.len(),
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
            Self::Kept(told) => told.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FindingJson::deserialize(deserializer).map(Self::Kept)
    }
}

/// Diagnostics as a terminal would show them, with the lines they are about.
pub(super) fn explanation(diagnostics: &Diagnostics) -> String {
    let mut text = Vec::new();
    let look = Theme { color: false, unicode: true, width: 100 };
    // A vector takes whatever is written.
    let _ = Format::Full.renderer(look).render(diagnostics, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
