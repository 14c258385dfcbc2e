//! The published JSON Schema of the configuration is up to date, accepts what the program accepts, and is documented.

use std::fs;
use std::path::Path;

use inkproof::project::{CONFIG_FILE, Config, Project};
use inkproof::rules::RULES;

/// To bring the file up to date, run this test with `UPDATE_SCHEMA=1`.
#[test]
fn the_published_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inkproof.schema.json");
    let rules = RULES.iter().map(|rule| (rule.code.as_str(), rule.summary()));
    let schema = format!("{:#}\n", Config::schema(rules));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(published == schema, "inkproof.schema.json is out of date: run this test with UPDATE_SCHEMA=1");
}

/// Every key of the schema, as `section.key`.
fn keys() -> Vec<String> {
    let schema = Config::schema([]);
    let mut keys = Vec::new();
    for (section, value) in schema["properties"].as_object().unwrap() {
        let name = value["allOf"][0]["$ref"].as_str().or(value["$ref"].as_str());
        let definition = name.map(|name| &schema["definitions"][name.rsplit('/').next().unwrap()]);
        match definition.and_then(|definition| definition["properties"].as_object()) {
            Some(properties) => keys.extend(properties.keys().map(|key| format!("{section}.{key}"))),
            None => keys.push(section.clone()),
        }
    }
    keys
}

#[test]
fn every_key_of_the_schema_is_documented() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let keys = keys();
    assert!(keys.len() >= 13, "{keys:?}");
    for key in keys {
        let (section, key) = key.split_once('.').unwrap_or((&key, ""));
        let (_, rest) = page.split_once(&format!("## `[{section}]`")).unwrap_or_else(|| panic!("`[{section}]`"));
        let rest = rest.split("\n## ").next().unwrap();
        assert!(key.is_empty() || rest.contains(&format!("`{key}`")), "`{key}` of `[{section}]` is not documented");
    }
}

#[test]
fn the_schema_and_the_program_accept_the_same_files() {
    let schema = Config::schema(RULES.iter().map(|rule| (rule.code.as_str(), rule.summary())));
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["templates", "messages", "more"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    for (file, is_valid) in [
        ("", true),
        ("[paths]\ntemplates = 'messages'\n", true),
        ("[paths]\ntemplate = 'messages'\n", false),
        ("[liquid]\nescape = 'percent'\ntimezone_offsets = 'minutes-east'\n", true),
        ("[liquid]\nescape = 'url'\n", false),
        ("[rules]\ntrailing-comma = 'off'\n", true),
        ("[rules]\ntrailing-comma = 'never'\n", false),
        ("[test]\nnow = '2026-01-01T00:00:00Z'\nseed = 3\nsnapshots = 'snaps'\nrequests = ['more']\n", true),
        ("[test]\nseed = 'x'\n", false),
        ("[test.redactions]\n'properties.link' = '[link]'\n", true),
        ("[test.redactions]\n'properties.link' = 1\n", false),
        ("[[test.filters]]\npattern = 'v\\d+'\ntext = '[version]'\n", true),
        ("[[test.filters]]\npattern = 'v\\d+'\n", false),
        ("unknown = 1\n", false),
    ] {
        let json: serde_json::Value = toml::from_str(file).unwrap();
        fs::write(folder.path().join(CONFIG_FILE), file).unwrap();
        let has_errors = Project::open(folder.path()).unwrap().problems().has_errors();
        assert_eq!((validator.is_valid(&json), !has_errors), (is_valid, is_valid), "{file}");
    }
}
