//! Checks that the rows of Customer.io's filters and tags describe their behavior, in both versions of its Liquid.

#[path = "../../crates/inkproof-liquid/tests/rows/check.rs"]
mod check;

use std::fs;
use std::path::Path;

use inkproof::customerio::{CUSTOMERIO, Escape, LEGACY, Switches, TimezoneOffsets, Version, language, reference};
use inkproof::liquid::{LIQUIDJS, Language};

/// Each language with rows that LiquidJS's own test does not check.
fn languages() -> Vec<&'static Language> {
    let with = |switches: Switches| language(switches);
    vec![
        &CUSTOMERIO,
        &LEGACY,
        with(Switches { escape: Escape::Percent, ..Switches::default() }),
        with(Switches { timezone_offsets: TimezoneOffsets::MinutesEast, ..Switches::default() }),
    ]
}

#[test]
fn every_filter_row_describes_its_filter() {
    let mut wrong = Vec::new();
    for language in languages() {
        assert!(language.filters().count() > 110);
        wrong.extend(language.filters().flat_map(|row| check::filter(language, row)));
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_tag_row_describes_its_tag() {
    let mut wrong = Vec::new();
    for language in languages() {
        wrong.extend(language.tags().flat_map(|row| check::tag(language, row)));
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rows of LiquidJS's filters and tags have its release, and others have none.
#[test]
fn releases_are_those_of_liquidjs() {
    let legacy = language(Switches { version: Version::Legacy, ..Switches::default() });
    for language in [&*CUSTOMERIO, legacy] {
        for row in language.filters() {
            assert_eq!(row.since, LIQUIDJS.filter(row.name).and_then(|row| row.since), "{}", row.name);
        }
        for row in language.tags() {
            assert_eq!(row.since, LIQUIDJS.tag(row.name).and_then(|row| row.since), "{}", row.name);
        }
    }
}

/// To update the page, run this test with `UPDATE_REFERENCE=1`.
#[test]
fn the_reference_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/liquid-reference.md");
    let page = reference::page();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(published == page, "docs/liquid-reference.md is out of date: run this test with UPDATE_REFERENCE=1");
}

/// Each filter and each tag has an entry on the page.
#[test]
fn the_reference_page_is_complete() {
    let page = reference::page();
    for name in CUSTOMERIO.filter_names() {
        assert_eq!(page.matches(&format!("### Filter `{name}`\n")).count(), 1, "{name}");
    }
    for name in CUSTOMERIO.tag_names().chain(LEGACY.tag_names()) {
        assert_eq!(page.matches(&format!("### Tag `{name}`\n")).count(), 1, "{name}");
    }
}

/// A row of the legacy Liquid is marked as different from the latest if and only if it behaves differently.
#[test]
fn legacy_rows_are_marked_where_they_differ() {
    let mut wrong = Vec::new();
    for row in LEGACY.filters() {
        let Some(latest) = CUSTOMERIO.filter(row.name) else { continue };
        let differences = check::differences(&CUSTOMERIO, &LEGACY, row.name);
        if differences.is_empty() != (row.differs == latest.differs) {
            wrong.push(format!("`{}` claims {:?}, but differs for {differences:?}", row.name, row.differs));
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
