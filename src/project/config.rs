//! Configuration: what `inkproof.toml` may say. Every key has a default, and so has the whole file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CONFIG_FILE, TestSettings, whole_file};
use crate::customerio::Switches;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Source};

const INVALID_CONFIG: Code = Code::new("invalid-config");

/// The configuration of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where things are.
    pub paths: Paths,
    /// How Customer.io's Liquid is taken to behave where that is uncertain.
    pub liquid: Switches,
    /// How grave each rule's findings are, by its code.
    pub rules: BTreeMap<String, Level>,
    /// How messages are rendered and compared in tests.
    pub test: TestSettings,
}

/// How grave the findings of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// They are not told.
    Off,
    /// Worth knowing.
    Info,
    /// The message goes out, but probably not as it is meant.
    Warning,
    /// The message is lost.
    Error,
}

/// The folders of a project, below its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// Templates, `*.liquid`.
    pub templates: PathBuf,
    /// Customers, one a `*.json`.
    pub customers: PathBuf,
    /// Requests, one a `*.json`.
    pub requests: PathBuf,
    /// Snippets: texts `*.liquid`, objects and lists `*.json`.
    pub snippets: PathBuf,
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

impl Config {
    /// The configuration in the folder `root`, whatever is wrong with it.
    #[must_use]
    pub fn in_folder(root: &Path) -> Self {
        Self::read(root, &mut Diagnostics::new())
    }

    /// The folders that messages come from, below the project.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        let paths = &self.paths;
        let folders = [&paths.templates, &paths.customers, &paths.requests, &paths.snippets];
        folders.into_iter().chain(&self.test.requests).map(PathBuf::as_path)
    }

    /// Reads the configuration in the folder `root`; the defaults where there is none or it cannot be read.
    pub(super) fn read(root: &Path, problems: &mut Diagnostics) -> Self {
        let text = match std::fs::read_to_string(root.join(CONFIG_FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                let message = format!("cannot read the configuration: {error}");
                problems.push(Diagnostic::error(INVALID_CONFIG, message).at(whole_file(CONFIG_FILE)));
                return Self::default();
            }
        };
        toml::from_str(&text).unwrap_or_else(|error| {
            problems.push(invalid(&error, &Source::new(CONFIG_FILE, text.as_str())));
            Self::default()
        })
    }
}

fn invalid(error: &toml::de::Error, source: &Source) -> Diagnostic {
    let message = error.message().lines().next().unwrap_or_default();
    let problem = Diagnostic::error(INVALID_CONFIG, message).at(source.at(error.span().unwrap_or(0..0)));
    // Serde names the unknown key first, and then all that it knows.
    let names: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    match names[..] {
        [unknown, ref known @ ..] if message.starts_with("unknown field") => {
            problem.suggest(unknown, known.iter().copied())
        }
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_told_with_their_place() {
        let text = "[paths]\ntemplate = \"t\"\n";
        let error = toml::from_str::<Config>(text).unwrap_err();
        let problem = invalid(&error, &Source::new(CONFIG_FILE, text));
        assert_eq!(problem.location().unwrap().to_string(), "inkproof.toml:2:1");
        assert_eq!(
            problem.message,
            "unknown field `template`, expected one of `templates`, `customers`, `requests`, `snippets`"
        );
        assert_eq!(problem.help, ["did you mean `templates`?"]);
    }
}
