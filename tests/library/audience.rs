//! The published JSON Schema of audience reports is up to date.

use std::fs;
use std::path::Path;

use inkproof::audience::Report;

/// To bring the file up to date, run this test with `UPDATE_SCHEMA=1`.
#[test]
fn the_published_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("audience.schema.json");
    let schema = format!("{:#}\n", Report::schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(published == schema, "audience.schema.json is out of date: run this test with UPDATE_SCHEMA=1");
}
