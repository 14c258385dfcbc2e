//! Customer.io's Liquid: LiquidJS and what Customer.io adds to it. What older accounts have instead is in [`legacy`].
//!
//! The additions are [`filters`] and [`tags`]. Where it is not known for certain how Customer.io behaves, there is one of the
//! [`Switches`]: a [`language`] is made for each setting of them.

mod chance;
pub mod filters;
pub mod intl;
pub mod legacy;
pub mod reference;
pub mod switches;
pub mod tags;
mod zones;

use std::sync::LazyLock;

pub use switches::{Escape, Switches, TimezoneOffsets, Version};

use crate::liquid::{Language, Options, Result};

/// Customer.io's current Liquid with the [`Switches`] as they come, made once.
pub static CUSTOMERIO: LazyLock<Language> = LazyLock::new(|| build(Switches::default()));

/// Customer.io's legacy Liquid, made once.
pub static LEGACY: LazyLock<Language> = LazyLock::new(|| legacy::from_latest(build(Switches::default())));

/// Customer.io's Liquid with these switches. Each is made once, when it is first asked for. The legacy Liquid is known well
/// enough to have no other switches.
///
/// ```
/// use inkproof::customerio::{Escape, Switches, language};
/// use inkproof::liquid::Options;
/// let percent = language(Switches { escape: Escape::Percent, ..Switches::default() });
/// assert_eq!(percent.render("{{ 'a&b' | escape }}", "{}", &Options::default()).unwrap(), "a%26b");
/// ```
#[must_use]
pub fn language(switches: Switches) -> &'static Language {
    static PERCENT: LazyLock<Language> =
        LazyLock::new(|| build(Switches { escape: Escape::Percent, ..Switches::default() }));
    static EAST: LazyLock<Language> =
        LazyLock::new(|| build(Switches { timezone_offsets: TimezoneOffsets::MinutesEast, ..Switches::default() }));
    static PERCENT_EAST: LazyLock<Language> = LazyLock::new(|| {
        build(Switches {
            escape: Escape::Percent,
            timezone_offsets: TimezoneOffsets::MinutesEast,
            ..Switches::default()
        })
    });
    match (switches.version, switches.escape, switches.timezone_offsets) {
        (Version::Legacy, ..) => &LEGACY,
        (Version::Latest, Escape::Html, TimezoneOffsets::MinutesWest) => &CUSTOMERIO,
        (Version::Latest, Escape::Percent, TimezoneOffsets::MinutesWest) => &PERCENT,
        (Version::Latest, Escape::Html, TimezoneOffsets::MinutesEast) => &EAST,
        (Version::Latest, Escape::Percent, TimezoneOffsets::MinutesEast) => &PERCENT_EAST,
    }
}

/// Which version of Customer.io's Liquid a language is; none where it is neither.
#[must_use]
pub fn version_of(language: &Language) -> Option<Version> {
    match language.name() {
        "customerio" => Some(Version::Latest),
        "legacy" => Some(Version::Legacy),
        _ => None,
    }
}

fn build(switches: Switches) -> Language {
    let platform = tags::PLATFORM.each_ref().map(|tag| tag.definition);
    let mut language = Language::liquidjs().named("customerio").with_tags(tags::ALL).with_tags(&platform);
    for family in filters::FAMILIES {
        language = language.with_filters(family);
    }
    language
        .with_filters(filters::ALIASES)
        .with_filters(&filters::date::zoned(switches.timezone_offsets))
        .with_filters(filters::string::escaping(switches.escape).as_slice())
}

/// Renders a template once, in live mode, with the variables of a JSON object.
///
/// ```
/// assert_eq!(inkproof::customerio::render("{{ 10 | currency: 'en-us' }}", "{}").unwrap(), "$10.00");
/// ```
///
/// # Errors
/// `data` is no JSON, or whatever is wrong with the template first.
pub fn render(template: &str, data: &str) -> Result<String> {
    CUSTOMERIO.render(template, data, &Options::default())
}

#[cfg(test)]
mod tests;
