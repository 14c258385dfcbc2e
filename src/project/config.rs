//! Configuration: the contents of `inkproof.toml`. The file and each of its keys are optional.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::{self, Expectations};
use super::folder::Folder;
use super::table::{Entry, INVALID_CONFIG, Table, read_file};
use super::{CONFIG_FILE, CheckSettings, Overlay, TestSettings};
use crate::customerio::{Escape, Switches, TimezoneOffsets, Version};
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::message::Identity;

/// The configuration of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The project's folders.
    pub paths: Paths,
    /// JSON Schemas of data that belongs to no single template.
    pub schemas: SchemaPaths,
    /// How Customer.io's Liquid is assumed to behave where that is uncertain.
    pub liquid: Switches,
    /// The numbers and names by which Customer.io knows messages.
    pub message: Identity,
    /// Severity of each rule's findings, by code.
    pub rules: BTreeMap<String, Level>,
    /// How templates are checked.
    pub check: CheckSettings,
    /// How messages are rendered and compared in tests.
    pub test: TestSettings,
    /// What is expected of messages.
    pub expect: Expectations,
}

/// The configured severity of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Findings are not reported.
    Off,
    /// Worth knowing.
    Info,
    /// The message is sent, but probably not as intended.
    Warning,
    /// The message is lost.
    Error,
}

/// The folders of a project, relative to its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// Templates, `*.liquid`.
    pub templates: PathBuf,
    /// Customers, one per `*.json` file.
    pub customers: PathBuf,
    /// Requests, one per `*.json` file.
    pub requests: PathBuf,
    /// Snippets: texts `*.liquid`, objects and lists `*.json`.
    pub snippets: PathBuf,
}

/// JSON Schemas, by their paths relative to the project's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SchemaPaths {
    /// The schema of customers' attributes, such as `schemas/customer.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("default" = null))]
    pub customers: Option<String>,
}

/// A configuration file: its values, and the problems in it.
#[derive(Clone, Debug, Default)]
pub(super) struct ConfigFile {
    /// The values, with defaults for everything else.
    pub(super) config: Config,
    /// The rules that it names, with their locations.
    pub(super) rules: BTreeMap<String, Location>,
    /// The folders that it names, with their locations, except those that are created when something is written.
    pub(super) folders: Vec<(PathBuf, Location)>,
    /// Where it names the schema of customers.
    pub(super) customer_schema: Option<Location>,
    /// The messages that it expects to be lost, with their locations.
    pub(super) expected_losses: Vec<(String, Location)>,
    pub(super) problems: Diagnostics,
}

impl Level {
    const NAMES: [(&str, Self); 4] =
        [("off", Self::Off), ("info", Self::Info), ("warning", Self::Warning), ("error", Self::Error)];
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            templates: "templates".into(),
            customers: "fixtures/customers".into(),
            requests: "fixtures/requests".into(),
            snippets: "snippets".into(),
        }
    }
}

impl Paths {
    fn read(table: &mut Table<'_>, named: &mut Vec<(PathBuf, Location)>) -> Self {
        let defaults = Self::default();
        let mut folder =
            |key, default: PathBuf| match table.take(key, |entry| Ok((inner_folder(entry)?, entry.place()))) {
                Some((folder, place)) if folder != default => {
                    named.push((folder.clone(), place));
                    folder
                }
                _ => default,
            };
        Self {
            templates: folder("templates", defaults.templates),
            customers: folder("customers", defaults.customers),
            requests: folder("requests", defaults.requests),
            snippets: folder("snippets", defaults.snippets),
        }
    }
}

impl Config {
    /// The configuration in the folder `root`; invalid parts are replaced by defaults.
    #[must_use]
    pub fn in_folder(root: &Path) -> Self {
        ConfigFile::read(root, &Overlay::default()).config
    }

    /// The folders with input files, relative to the project.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        let paths = &self.paths;
        let folders = [&paths.templates, &paths.customers, &paths.requests, &paths.snippets];
        folders.into_iter().chain(&self.test.requests).map(PathBuf::as_path)
    }
}

impl ConfigFile {
    /// Reads the configuration in the folder `root`. Invalid parts are ignored.
    pub(super) fn read(root: &Path, overlay: &Overlay) -> Self {
        let mut file = Self::default();
        let path = root.join(CONFIG_FILE);
        if path.symlink_metadata().is_err() && overlay.text(&path).is_none() {
            return file;
        }
        match Folder::new(root, Path::new(""), &["toml"]).with_overlay(overlay).read(&path) {
            Ok(source) => {
                let mut problems = Diagnostics::new();
                file.config = read_file(&source, &mut problems, |table| file.read_tables(table));
                file.problems = problems;
            }
            Err(problem) => file.problems.push(problem),
        }
        file
    }

    fn read_tables(&mut self, table: &mut Table<'_>) -> Config {
        let paths = table.table("paths", |table| Paths::read(table, &mut self.folders));
        let customers = table.table("schemas", |table| {
            table.take("customers", |entry| Ok((entry.text("the path of a JSON Schema")?.to_owned(), entry.place())))
        });
        let (customers, place) = customers.unzip();
        self.customer_schema = place;
        let liquid = table.table("liquid", read_switches);
        let rules = table.named("rules", |rule, place, entry| Ok((rule.to_owned(), place, entry.word(&Level::NAMES)?)));
        self.rules = rules.iter().map(|(rule, place, _)| (rule.clone(), place.clone())).collect();
        let rules = rules.into_iter().map(|(rule, _, level)| (rule, level)).collect();
        let message = table.table("message", read_identity);
        let check = table.table("check", CheckSettings::read);
        let test = table.table("test", |table| TestSettings::read(table, &mut self.folders));
        self.expected_losses = table.table("expect", expectations::read);
        let expect = Expectations { lost: self.expected_losses.iter().map(|(name, _)| name.clone()).collect() };
        Config { paths, schemas: SchemaPaths { customers }, liquid, message, rules, check, test, expect }
    }

    /// Problems with the folders that it names.
    pub(super) fn missing_folders(&self, root: &Path) -> impl Iterator<Item = Diagnostic> {
        let missing = self.folders.iter().filter(|(folder, _)| !root.join(folder).is_dir());
        missing.map(|(folder, place)| {
            Diagnostic::error(INVALID_CONFIG, format!("there is no folder `{}`", folder.display()))
                .at(place.clone())
                .help("correct the name, or make the folder")
        })
    }
}

fn read_switches(table: &mut Table<'_>) -> Switches {
    Switches {
        version: table.take("version", |entry| entry.word(&Version::NAMES)).unwrap_or_default(),
        escape: table.take("escape", |entry| entry.word(&Escape::NAMES)).unwrap_or_default(),
        timezone_offsets: table
            .take("timezone_offsets", |entry| entry.word(&TimezoneOffsets::NAMES))
            .unwrap_or_default(),
    }
}

fn read_identity(table: &mut Table<'_>) -> Identity {
    let text = |entry: &Entry<'_>| entry.text("a string").map(str::to_owned);
    Identity {
        campaign_id: table.take("campaign_id", Entry::number),
        campaign_name: table.take("campaign_name", text),
        message_id: table.take("message_id", Entry::number),
        message_name: table.take("message_name", text),
        delivery_id: table.take("delivery_id", text),
    }
}

/// A folder inside the project: nothing is read or written elsewhere.
pub(super) fn inner_folder(entry: &Entry<'_>) -> Result<PathBuf, Diagnostic> {
    let path = Path::new(entry.text("a folder")?);
    let is_inner = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        && path.components().any(|part| matches!(part, Component::Normal(_)));
    if is_inner {
        return Ok(path.to_owned());
    }
    Err(entry.problem(format!("`{}` is not inside the project: expected a folder below it", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems in a configuration, each with its location, message and help.
    fn problems(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), text).unwrap();
        let mut problems = ConfigFile::read(folder.path(), &Overlay::default()).problems;
        problems.tidy();
        let shown = problems.iter().map(|problem| {
            let place = problem.location().unwrap().start();
            format!("{place} {} ({})", problem.message, problem.help.join(", "))
        });
        shown.collect()
    }

    #[test]
    fn reports_every_mistake_with_its_location() {
        let text = r#"
path = 1
[paths]
template = "t"
requests = 3
customers = "/etc"
snippets = "a/../../b"
[liquid]
escape = "htm"
version = 1
[rules]
json-unsafe = "eror"
unused-data = 5
[test]
sed = 3
seed = -1
now = 1
requests = ["fine", ".."]
redactions = { "a..b" = "x", "a.b" = 1 }
filters = [{ pattern = "(", text = 1, x = 2 }, { text = "" }, 5]
"#;
        assert_eq!(
            problems(text),
            [
                "2:1 there is no key `path` in the configuration (did you mean `paths`?)",
                "4:1 there is no key `template` in `[paths]` (did you mean `templates`?)",
                "5:12 expected a folder under `paths.requests`, found a number ()",
                "6:13 `/etc` is not inside the project: expected a folder below it ()",
                "7:12 `a/../../b` is not inside the project: expected a folder below it ()",
                "9:10 expected `html` or `percent` under `liquid.escape`, found `htm` (did you mean `html`?)",
                "10:11 expected `latest` or `legacy` under `liquid.version`, found a number ()",
                "12:15 expected one of `off`, `info`, `warning`, `error` under `rules.json-unsafe`, found `eror` (did you mean `error`?)",
                "13:15 expected one of `off`, `info`, `warning`, `error` under `rules.unused-data`, found a number ()",
                "15:1 there is no key `sed` in `[test]` (did you mean `seed`?)",
                "16:8 expected a whole number of at least 0 under `test.seed`, found `-1` ()",
                "17:7 expected a timestamp under `test.now`, found a number ()",
                "18:21 `..` is not inside the project: expected a folder below it ()",
                "19:16 `a..b` leads to no value: expected names and places, such as `properties.link` or `properties.posts[].author` ()",
                "19:38 expected a string under `test.redactions.a.b`, found a number ()",
                "20:24 `(` is not a valid regular expression: unclosed group ()",
                "20:36 expected a string under `test.filters.text`, found a number ()",
                "20:39 there is no key `x` in `[test.filters]` (the keys are `pattern`, `text`)",
                "20:48 expected a key `pattern` in `[test.filters]` ()",
                "20:63 expected a table under `test.filters`, found a number ()",
            ]
        );
    }

    #[test]
    fn invalid_toml_does_not_hide_other_mistakes() {
        for (text, expected) in [
            (
                "[paths\ntemplates = 3\n[test]\nseed = 'x'\n",
                vec![
                    "1:7 unclosed table, expected `]`",
                    "4:8 expected a whole number of at least 0 under `test.seed`, found a string",
                ],
            ),
            (
                "[test]\nsnapshots = a/b\nsed = 3\n",
                vec![
                    "2:13 string values must be quoted, expected literal string",
                    "3:1 there is no key `sed` in `[test]`",
                ],
            ),
            (
                "[test]\nseed = 4\nseed = 3\nnow = \"2026\n",
                vec!["3:1 duplicate key", "4:12 invalid basic string, expected `\"`"],
            ),
            ("[paths]\n[paths]\n", vec!["2:2 duplicate key"]),
            ("\u{feff}[test]\nsed = 3\n", vec!["2:1 there is no key `sed` in `[test]`"]),
        ] {
            let found = problems(text).into_iter().map(|problem| {
                let problem = problem.replace("the configuration is not valid TOML: ", "");
                problem.split(" (").next().unwrap_or_default().to_owned()
            });
            assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn ignores_invalid_values() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[test]\nsed = 3\nseed = 4\nredactions = { 'properties.link' = 'x', 'a..b' = 'y' }\n\
                    requests = ['more', '..']\n[paths]\ntemplates = 5\nrequests = 'asks'";
        std::fs::write(folder.path().join(CONFIG_FILE), text).unwrap();
        let config = Config::in_folder(folder.path());
        assert_eq!((config.test.seed, config.test.redactions.len()), (4, 1));
        assert_eq!(config.test.requests, [Path::new("more")]);
        assert_eq!((config.paths.templates, config.paths.requests), ("templates".into(), "asks".into()));
    }

    #[test]
    fn printed_configuration_reads_back_equal() {
        let folder = tempfile::tempdir().unwrap();
        let rules = Level::NAMES.into_iter().map(|(name, level)| (name.to_owned(), level)).collect();
        let mut config = Config { rules, ..Config::default() };
        for switches in [
            Switches {
                version: Version::Legacy,
                escape: Escape::Percent,
                timezone_offsets: TimezoneOffsets::MinutesEast,
            },
            Switches::default(),
        ] {
            config.liquid = switches;
            std::fs::write(folder.path().join(CONFIG_FILE), toml::to_string(&config).unwrap()).unwrap();
            let file = ConfigFile::read(folder.path(), &Overlay::default());
            assert_eq!((file.config, file.problems), (config.clone(), Diagnostics::new()));
        }
    }
}
