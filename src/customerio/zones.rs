//! Zones: the labels that Customer.io takes for time zones beside the names of the tz database.
//!
//! The documentation calls them the detailed format: `(GMT-05:00) Eastern Time (US & Canada)`. They are the texts that Rails
//! shows for its zones, so the names are Rails's. The hours in front do not count: they leave out summer time, and the one
//! example in the documentation, `(GMT-11:00) Hawaii`, has them wrong.

const ZONES: &str = include_str!("data/zones.tsv");

/// The zone of the tz database that a label such as `(GMT-11:00) Hawaii` means; `None` for what is no such label.
pub(super) fn of_label(label: &str) -> Option<&'static str> {
    let (_, name) = label.strip_prefix("(GMT")?.split_once(") ")?;
    rows().find(|(known, _)| *known == name).map(|(_, zone)| zone)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    ZONES.lines().filter_map(|row| row.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquid::date::Zone;

    #[test]
    fn every_zone_exists() {
        assert!(rows().count() > 150);
        for (name, zone) in rows() {
            assert!(Zone::named(zone).is_ok(), "{name}: {zone}");
        }
    }

    #[test]
    fn labels() {
        for (label, zone) in [
            ("(GMT-11:00) Hawaii", Some("Pacific/Honolulu")),
            ("(GMT-10:00) Hawaii", Some("Pacific/Honolulu")),
            ("(GMT-05:00) Indiana (East)", Some("America/Indiana/Indianapolis")),
            ("(GMT) London", Some("Europe/London")),
            ("(GMT+00:00) UTC", Some("Etc/UTC")),
            ("(GMT+13:00) Nuku'alofa", Some("Pacific/Tongatapu")),
            // The documentation knows of labels and of zones, not of bare names.
            ("Hawaii", None),
            ("(GMT-10:00) hawaii", None),
            ("(GMT-10:00) ", None),
            ("(GMT-10:00)", None),
            ("(GMT-10:00) # name in Rails, zone of the tz database", None),
            ("", None),
        ] {
            assert_eq!(of_label(label), zone, "{label}");
        }
    }
}
