//! `inkproof types`: types of the data that templates need, in the language of a backend.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::models::models;
use super::{Failure, Global, Outcome, completions, written};
use crate::diagnostics::sanitize;
use crate::types::{TypeLanguage, TypeModel};

/// Print types of the data that templates need, for a backend
///
/// A compiler or type checker then finds missing keys and wrong types before anything is sent. The types are derived like the
/// schemas of `inkproof schema`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof types --lang typescript -o src/inkproof.ts          the types of all templates
  inkproof types --lang typescript --check src/inkproof.ts     in CI: fail if they are out of date")]
pub(super) struct Types {
    /// Names, patterns or paths of templates; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::templates))]
    names: Vec<String>,
    /// Print the types in this language
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    lang: Language,
    /// Name the Go package or the Ruby module [default: inkproof, `InkproofTemplates`]
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compare with this file, and fail if it is out of date
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    check: Option<PathBuf>,
}

/// The languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// TypeScript: interfaces
    #[value(name = "typescript", alias = "ts")]
    TypeScript,
    /// Python: `TypedDict`s
    #[value(alias = "py")]
    Python,
    /// Go: structs with JSON tags
    Go,
    /// Ruby: RBS
    #[value(alias = "rbs")]
    Ruby,
}

impl RunCommand for Types {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        self.check_package()?;
        let (project, outcome) = global.open_project()?;
        let (models, parsed) = models(&project, &self.names, global)?;
        let text = self.language().print(&TypeModel::new(&models), self.package.as_deref());
        let text: String = text.lines().flat_map(|line| [sanitize::text(line), "\n".into()]).collect();
        let outcome = outcome.and(parsed);
        match (&self.check, &self.output) {
            (Some(path), _) => return Ok(outcome.and(self.compare(path, &text, global)?)),
            (None, Some(path)) => written::replace(path, &text, global)?,
            (None, None) => anstream::stdout().lock().write_all(text.as_bytes())?,
        }
        Ok(outcome)
    }
}

impl Types {
    const fn language(&self) -> TypeLanguage {
        match self.lang {
            Language::TypeScript => TypeLanguage::TypeScript,
            Language::Python => TypeLanguage::Python,
            Language::Go => TypeLanguage::Go,
            Language::Ruby => TypeLanguage::Ruby,
        }
    }

    /// Rejects a package name that the language does not allow.
    fn check_package(&self) -> Result<(), Failure> {
        let Some(name) = &self.package else { return Ok(()) };
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let begins = |is_first: fn(&char) -> bool| name.chars().next().is_some_and(|first| is_first(&first));
        let (is_fine, expected) = match self.lang {
            Language::Go => (is_word && begins(char::is_ascii_lowercase), "lower-case letters, such as `inkproof`"),
            Language::Ruby => (is_word && begins(char::is_ascii_uppercase), "a constant, such as `InkproofTemplates`"),
            Language::TypeScript | Language::Python => {
                let problem = "`--package` is for Go and Ruby: in the other languages, the file has the name";
                return Err(problem.to_owned().into());
            }
        };
        if is_fine { Ok(()) } else { Err(format!("`{name}` cannot be the `--package`: expected {expected}").into()) }
    }

    /// Reports whether a file has these types.
    fn compare(&self, path: &Path, text: &str, global: &Global) -> Result<Outcome, Failure> {
        let name = sanitize::line(&path.display().to_string()).into_owned();
        let shown = global.path(path);
        let known = if shown.try_exists().unwrap_or(true) { written::read(path, global)? } else { String::new() };
        // Git may have changed the ends of lines.
        if known.replace("\r\n", "\n") == text {
            return Ok(Outcome::Fine);
        }
        let state = if known.is_empty() { "is not there" } else { "is out of date" };
        let names: String =
            self.names.iter().map(|name| format!(" {}", written::quoted(name))).collect::<Vec<_>>().concat();
        let package = self.package.as_ref().map(|name| format!(" --package {name}")).unwrap_or_default();
        let lang = self.language().as_str();
        let file = written::quoted(&name);
        writeln!(
            anstream::stderr().lock(),
            "`{name}` {state}: update it with `inkproof types{names} --lang {lang}{package} --output {file}`"
        )?;
        Ok(Outcome::Findings)
    }
}
