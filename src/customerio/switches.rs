//! Switches: what Customer.io's documentation and its deliveries do not agree on, or leave open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How Customer.io is taken to behave where that is uncertain. The default is the likeliest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// Which of Customer.io's two kinds of Liquid messages are rendered with, unless a template says otherwise.
    pub version: Version,
    /// What the filter `escape` does.
    pub escape: Escape,
    /// Which way a time zone that is a number points.
    pub timezone_offsets: TimezoneOffsets,
}

/// One of Customer.io's two kinds of Liquid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// LiquidJS: all messages of accounts made since 28 November 2023, and upgraded ones of others.
    #[default]
    Latest,
    /// Ruby's Liquid: messages of older accounts that were not upgraded.
    Legacy,
}

impl Version {
    /// Both, by the name that settings call them.
    pub const NAMES: [(&str, Self); 2] = [("latest", Self::Latest), ("legacy", Self::Legacy)];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Legacy => "legacy",
        }
    }

    /// The other one.
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
    /// Writes `&`, `<`, `>` and quotes as HTML entities. So LiquidJS does, and Customer.io's list of what changed with its
    /// current Liquid says that `escape` no longer encodes for URLs.
    #[default]
    Html,
    /// Percent-encodes as JavaScript's `encodeURIComponent` does. So it was seen in deliveries of 2026, although
    /// those were rendered by the current Liquid.
    Percent,
}

impl Escape {
    /// Both, by the name that the configuration calls them.
    pub const NAMES: [(&str, Self); 2] = [("html", Self::Html), ("percent", Self::Percent)];
}

/// Which way a time zone that is a number points: `{{ t | date: "%H:%M", -480 }}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimezoneOffsets {
    /// Minutes west of UTC: 480 is UTC-8, and -480 is UTC+8. So LiquidJS does (it is the sign of JavaScript's
    /// `getTimezoneOffset`), and so Customer.io's documentation has it in one place: 360 is UTC-6 there.
    #[default]
    MinutesWest,
    /// Minutes east of UTC: -480 is UTC-8. So Customer.io's documentation has it in another place, where it translates the
    /// hours of its old Liquid: `-8` becomes `-480`.
    MinutesEast,
}

impl TimezoneOffsets {
    /// Both, by the name that the configuration calls them.
    pub const NAMES: [(&str, Self); 2] = [("minutes-west", Self::MinutesWest), ("minutes-east", Self::MinutesEast)];
}
