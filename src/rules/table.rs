//! The table of a template: its variables down, its requests across.

use serde::{Serialize, Serializer};

use super::TemplateFacts;
use crate::analysis::{Kind, MissingBehavior};

/// A template's variables and what its requests have for them.
#[derive(Clone, Debug)]
pub struct Table {
    /// The template.
    pub template: String,
    /// The language that it is a variant in, where it is one.
    pub language: Option<String>,
    /// The requests.
    pub columns: Vec<String>,
    /// The variables.
    pub rows: Vec<Row>,
}

/// A variable. Serializes to its path, kind and cells.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its path.
    pub path: String,
    /// What it must be.
    pub kind: Kind,
    /// The gravest of what happens where it is missing.
    #[serde(skip)]
    pub outcome: MissingBehavior,
    /// What each request has for it.
    pub cells: Vec<Cell>,
}

/// What a request has for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It is there.
    Present,
    /// It is missing, and the template knows what to do.
    Guarded,
    /// It is missing or empty, and prints nothing.
    Blank,
    /// It is missing, and the message fails.
    Fails,
    /// Rendering never comes to it.
    Unread,
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Table {
    /// What a template's data has for its variables: those that requests and customers bring.
    #[must_use]
    pub fn of(facts: &TemplateFacts<'_>) -> Self {
        let needs = facts.needs.by_path();
        let needs = needs.into_iter().filter(|need| {
            matches!(need.path.root, "trigger" | "customer")
                && !need.path.steps.is_empty()
                && need.path.name().is_some()
        });
        let rows = needs.map(|need| {
            let cell = |case: &super::CaseFacts| {
                let reads = need.reads.iter().map(|&at| (&facts.needs.reads[at], case.presence[at]));
                let cells = reads.map(|(read, presence)| {
                    if !case.trace.has(read.node) {
                        Cell::Unread
                    } else if presence.missing == 0 && presence.present > 0 {
                        Cell::Present
                    } else if presence.missing == 0 && presence.blank == 0 {
                        // A list without elements.
                        Cell::Unread
                    } else {
                        match read.missing_behavior {
                            MissingBehavior::Fails | MissingBehavior::MayFail if presence.missing > 0 => Cell::Fails,
                            MissingBehavior::Fails | MissingBehavior::MayFail | MissingBehavior::Nothing => Cell::Blank,
                            MissingBehavior::Guarded | MissingBehavior::Decides | MissingBehavior::Rescued => {
                                Cell::Guarded
                            }
                        }
                    }
                });
                cells.max_by_key(|cell| cell.weight()).unwrap_or(Cell::Unread)
            };
            Row {
                path: need.path.to_string(),
                kind: need.kind,
                outcome: need.missing_behavior,
                cells: facts.cases.iter().map(cell).collect(),
            }
        });
        Self {
            template: facts.template.name().to_owned(),
            language: facts.template.language().map(str::to_owned),
            columns: facts.cases.iter().map(|case| case.name.clone()).collect(),
            rows: rows.collect(),
        }
    }
}

impl Cell {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Present, Self::Guarded, Self::Blank, Self::Fails, Self::Unread];

    /// The word that tables show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "there",
            Self::Guarded => "guarded",
            Self::Blank => "blank",
            Self::Fails => "fails",
            Self::Unread => "not read",
        }
    }

    /// Which of several cells stands for them all.
    const fn weight(self) -> u8 {
        match self {
            Self::Unread => 0,
            Self::Present => 1,
            Self::Guarded => 2,
            Self::Blank => 3,
            Self::Fails => 4,
        }
    }
}
