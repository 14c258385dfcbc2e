//! Customer.io's Liquid: LiquidJS and Customer.io's additions. [`legacy`] is the Liquid of older accounts.
//!
//! The additions are [`filters`] and [`tags`]. Where Customer.io's behavior is uncertain, there is a field of
//! [`Switches`], and a [`language`] for each combination of them.

pub mod filters;
pub mod intl;
pub mod legacy;
mod random_integer;
pub mod reference;
pub mod switches;
pub mod tags;
mod zones;

use std::sync::LazyLock;

pub use switches::{Escape, Switches, TimezoneOffsets, Version};

use crate::liquid::{Language, Options, Result};

/// Customer.io's current Liquid with the default [`Switches`], built once.
pub static CUSTOMERIO: LazyLock<Language> = LazyLock::new(|| build(Switches::default()));

/// Customer.io's legacy Liquid, built once.
pub static LEGACY: LazyLock<Language> = LazyLock::new(|| legacy::from_latest(build(Switches::default())));

/// Customer.io's Liquid with these switches. Each is built once, on first use. The legacy Liquid ignores all other
/// switches, because its behavior is known.
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

/// The version of Customer.io's Liquid that a language is; `None` for other languages.
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
/// `data` is not valid JSON, or the first error of the template.
pub fn render(template: &str, data: &str) -> Result<String> {
    CUSTOMERIO.render(template, data, &Options::default())
}

#[cfg(test)]
mod tests;
