//! Settings of `inkproof check`, from `[check]` in the configuration.

use schemars::JsonSchema;
use serde::Serialize;

use super::table::Table;

/// How templates are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// How hard data that loses a message is searched for.
    pub effort: Effort,
}

/// How hard data that loses a message is searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// As long as an editor may take between two keys.
    Quick,
    /// As long as a run in CI may take.
    #[default]
    Normal,
    /// As long as it takes.
    Thorough,
}

impl Effort {
    /// All efforts with their names, the least first.
    pub const NAMES: [(&str, Self); 3] =
        [("quick", Self::Quick), ("normal", Self::Normal), ("thorough", Self::Thorough)];
}

impl CheckSettings {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Self { effort: table.take("effort", |entry| entry.word(&Effort::NAMES)).unwrap_or_default() }
    }
}
