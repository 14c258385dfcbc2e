//! The table of a template: one row for each variable, one column for each request.

use serde::{Serialize, Serializer};

use super::TemplateFacts;
use crate::analysis::{Kind, MissingBehavior};

/// The variables of a template, and whether its requests have values for them.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of the template.
    pub template: String,
    /// The language, if it is a language variant of a template.
    pub language: Option<String>,
    /// The names of the requests.
    pub columns: Vec<String>,
    /// The variables.
    pub rows: Vec<Row>,
}

/// A variable. Serializes to its path, kind and cells.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its path.
    pub path: String,
    /// The kind of value that the template expects.
    pub kind: Kind,
    /// The most severe thing that happens if it is missing.
    #[serde(skip)]
    pub missing_behavior: MissingBehavior,
    /// One cell for each request.
    pub cells: Vec<Cell>,
}

/// Whether a request has a value for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It has a value.
    Present,
    /// It is missing, and the template handles that.
    Guarded,
    /// It is missing or empty, and prints nothing.
    Blank,
    /// It is missing, and the message fails.
    Fails,
    /// Rendering never reads it.
    Unread,
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Table {
    /// The table of the variables that come from requests and customers.
    #[must_use]
    pub fn from_facts(facts: &TemplateFacts<'_>) -> Self {
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
                        // The path leads through a list without elements.
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
                missing_behavior: need.missing_behavior,
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
    /// All cells, in the order of legends.
    pub const ALL: [Self; 5] = [Self::Present, Self::Guarded, Self::Blank, Self::Fails, Self::Unread];

    /// The word in tables and JSON output.
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

    /// The order of severity: of several reads, the cell with the highest weight is shown.
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
