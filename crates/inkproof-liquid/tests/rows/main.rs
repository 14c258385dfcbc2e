//! Checks that the rows of LiquidJS's filters and tags describe their behavior.

mod check;

use std::collections::HashSet;

use inkproof_liquid::{LIQUIDJS, filters, render, tags};

#[test]
fn every_filter_row_describes_its_filter() {
    let rows: Vec<_> = filters::FAMILIES.into_iter().flatten().collect();
    assert_eq!(rows.len(), 88);
    let wrong: Vec<_> = rows.iter().flat_map(|row| check::filter(&LIQUIDJS, row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_tag_row_describes_its_tag() {
    let wrong: Vec<_> = tags::ALL.iter().flat_map(|row| check::tag(&LIQUIDJS, row)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_has_a_unique_name_and_a_release() {
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

/// Behavior that examples do not show, because templates should not use it.
#[test]
fn tags_that_refer_to_files_fail() {
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
