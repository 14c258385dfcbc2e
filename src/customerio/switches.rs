//! Switches: behavior that Customer.io's documentation leaves open, or that contradicts its deliveries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Assumptions about uncertain behavior of Customer.io. The default is the likeliest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// The version of Customer.io's Liquid that renders messages, unless a template specifies another.
    pub version: Version,
    /// What the filter `escape` does.
    pub escape: Escape,
    /// The sign of a numeric time zone.
    pub timezone_offsets: TimezoneOffsets,
}

/// A version of Customer.io's Liquid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// LiquidJS: all messages of accounts created since 28 November 2023, and upgraded messages of others.
    #[default]
    Latest,
    /// Ruby's Liquid: messages of older accounts that were not upgraded.
    Legacy,
}

impl Version {
    /// Both, with their names in settings.
    pub const NAMES: [(&str, Self); 2] = [("latest", Self::Latest), ("legacy", Self::Legacy)];

    /// Its name in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Legacy => "legacy",
        }
    }

    /// The other version.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Latest => Self::Legacy,
            Self::Legacy => Self::Latest,
        }
    }
}

/// What the filter `escape` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Escape {
    /// Writes `&`, `<`, `>` and quotes as HTML entities. This is LiquidJS's behavior, and Customer.io's list of changes
    /// in its current Liquid says that `escape` no longer encodes for URLs.
    #[default]
    Html,
    /// Percent-encodes like JavaScript's `encodeURIComponent`. This was observed in deliveries of 2026, although those
    /// were rendered by the current Liquid.
    Percent,
}

impl Escape {
    /// Both, with their names in the configuration.
    pub const NAMES: [(&str, Self); 2] = [("html", Self::Html), ("percent", Self::Percent)];
}

/// The sign of a numeric time zone: `{{ t | date: "%H:%M", -480 }}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimezoneOffsets {
    /// Minutes west of UTC: 480 is UTC-8, and -480 is UTC+8. This is LiquidJS's behavior (the sign of JavaScript's
    /// `getTimezoneOffset`), and agrees with one place in Customer.io's documentation, where 360 is UTC-6.
    #[default]
    MinutesWest,
    /// Minutes east of UTC: -480 is UTC-8. This agrees with another place in Customer.io's documentation, which
    /// converts the hours of its legacy Liquid: `-8` becomes `-480`.
    MinutesEast,
}

impl TimezoneOffsets {
    /// Both, with their names in the configuration.
    pub const NAMES: [(&str, Self); 2] = [("minutes-west", Self::MinutesWest), ("minutes-east", Self::MinutesEast)];
}
