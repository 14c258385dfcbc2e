//! The time zone labels that Customer.io accepts in addition to the names of the tz database.
//!
//! The documentation calls them the detailed format: `(GMT-05:00) Eastern Time (US & Canada)`. They are the labels that
//! Rails displays for its zones, so the names are those of Rails. The offset is ignored: it does not include daylight
//! saving time, and it is wrong in the only example of the documentation, `(GMT-11:00) Hawaii`.

const ZONES: &str = include_str!("data/zones.tsv");

/// The tz database zone for a label such as `(GMT-11:00) Hawaii`; `None` if it is not a known label.
pub(super) fn from_label(label: &str) -> Option<&'static str> {
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
    fn finds_the_zones_of_labels() {
        for (label, zone) in [
            ("(GMT-11:00) Hawaii", Some("Pacific/Honolulu")),
            ("(GMT-10:00) Hawaii", Some("Pacific/Honolulu")),
            ("(GMT-05:00) Indiana (East)", Some("America/Indiana/Indianapolis")),
            ("(GMT) London", Some("Europe/London")),
            ("(GMT+00:00) UTC", Some("Etc/UTC")),
            ("(GMT+13:00) Nuku'alofa", Some("Pacific/Tongatapu")),
            // The documentation mentions labels and zones, but not names without an offset.
            ("Hawaii", None),
            ("(GMT-10:00) hawaii", None),
            ("(GMT-10:00) ", None),
            ("(GMT-10:00)", None),
            ("(GMT-10:00) # name in Rails, zone of the tz database", None),
            ("", None),
        ] {
            assert_eq!(from_label(label), zone, "{label}");
        }
    }
}
