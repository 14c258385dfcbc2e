//! What the rows of LiquidJS's filters and tags say is what they do.

mod check;

use std::collections::HashSet;

use inkproof_liquid::{LIQUIDJS, filters, render, tags};

#[test]
fn every_filter_does_what_its_row_says() {
    let rows: Vec<_> = filters::FAMILIES.into_iter().flatten().collect();
    assert_eq!(rows.len(), 88);
    let wrong: Vec<_> = rows.iter().flat_map(|row| check::filter(&LIQUIDJS, row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_tag_does_what_its_row_says() {
    let wrong: Vec<_> = tags::ALL.iter().flat_map(|row| check::tag(&LIQUIDJS, row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_has_a_name_of_its_own_and_a_release() {
    let mut names = HashSet::new();
    for family in filters::FAMILIES {
        assert!(family.is_sorted_by_key(|row| row.name), "{:?}", family.iter().map(|row| row.name).collect::<Vec<_>>());
        for row in family {
            assert!(names.insert(row.name), "{}", row.name);
            assert!(row.since.is_some(), "{}", row.name);
        }
    }
    assert!(tags::ALL.iter().all(|row| row.since.is_some()));
}

/// What examples do not show, as nobody should use it.
#[test]
fn tags_without_files() {
    for (template, expected) in [
        ("{% block a %}{% for pair in block %}{{ pair[0] }}{% endfor %}{% endblock %}", Ok("superBlockRender")),
        ("{% layout 'page' %}x", Err(r#"ENOENT: Failed to lookup "page" in ".""#)),
        ("{% render 'x' %}", Err(r#"ENOENT: Failed to lookup "x" in ".""#)),
        ("{% include 'x' %}", Err(r#"ENOENT: Failed to lookup "x" in ".""#)),
    ] {
        let given = render(template, "{}");
        let given = given.as_deref().map_err(inkproof_liquid::Error::message);
        assert_eq!(given, expected, "{template}");
    }
}
