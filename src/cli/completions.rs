//! `inkproof completions`: shell completion of commands, flags, and the names of templates, requests and rules.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap_complete::CompleteEnv;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use clap_complete::env::Shells;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, command};
use crate::customerio::reference;
use crate::message::{Customer, Request, Template};
use crate::project::Project;
use crate::rules;

/// The environment variable with which the shell asks for completions.
const VARIABLE: &str = "COMPLETE";

/// The supported shells.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Print the completion script of a shell
///
/// The script asks inkproof for each completion, so new templates are completed at once.
#[derive(Debug, Args)]
#[command(after_help = "\
bash:        echo 'source <(inkproof completions bash)' >> ~/.bashrc
zsh:         echo 'source <(inkproof completions zsh)' >> ~/.zshrc
fish:        inkproof completions fish > ~/.config/fish/completions/inkproof.fish
PowerShell:  inkproof completions powershell | Out-String | Invoke-Expression    (in $PROFILE)
elvish:      eval (inkproof completions elvish | slurp)  (in rc.elv)")]
pub(super) struct Completions {
    /// Shell to complete in
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(SHELLS))]
    shell: String,
}

impl RunCommand for Completions {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        let shells = Shells::builtins();
        let shell = shells.completer(&self.shell).ok_or_else(|| format!("there is no shell `{}`", self.shell))?;
        let mut script = Vec::new();
        shell.write_registration(VARIABLE, "inkproof", "inkproof", "inkproof", &mut script)?;
        anstream::stdout().lock().write_all(&script)?;
        Ok(Outcome::Fine)
    }
}

/// Prints completions and exits if the shell asks for them; otherwise does nothing.
pub(super) fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// The names of the project's templates and requests, and paths.
pub(super) fn names(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = project().map_or_else(Vec::new, |project| {
        let templates = project.templates().iter().map(Template::name);
        let requests = project.requests().iter().map(Request::name);
        candidates(templates.chain(requests), current)
    });
    found.extend(PathCompleter::any().complete(current));
    found
}

/// The identifiers of the project's customers, and files.
pub(super) fn customers(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = project().map_or_else(Vec::new, |project| {
        candidates(project.customers().iter().map(Customer::main_identifier), current)
    });
    found.extend(PathCompleter::any().complete(current));
    found
}

/// The names of the project's templates, and paths.
pub(super) fn templates(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found =
        project().map_or_else(Vec::new, |project| candidates(project.templates().iter().map(Template::name), current));
    found.extend(PathCompleter::any().complete(current));
    found
}

/// The diagnostic codes, then the names of filters and tags, each with its summary.
pub(super) fn explained(current: &OsStr) -> Vec<CompletionCandidate> {
    let begins = current.to_string_lossy();
    let codes = rules::codes().into_iter().map(|code| (code, rules::page(code).map(rules::summary)));
    let names = reference::names().into_iter().map(|name| (name, reference::summary(name)));
    codes
        .chain(names)
        .filter(|(name, _)| name.starts_with(begins.as_ref()))
        .map(|(name, about)| CompletionCandidate::new(name).help(about.map(|about| about.to_owned().into())))
        .collect()
}

fn candidates<'n>(names: impl Iterator<Item = &'n str>, current: &OsStr) -> Vec<CompletionCandidate> {
    let begins = current.to_string_lossy();
    names.filter(|name| name.starts_with(begins.as_ref())).map(CompletionCandidate::new).collect()
}

/// The project of the incomplete command line; its problems are ignored.
fn project() -> Option<Project> {
    let words: Vec<_> = env::args_os().skip_while(|word| word != "--").collect();
    let flagged = words.iter().zip(words.iter().skip(1)).find_map(|(flag, value)| {
        if flag == "-C" || flag == "--directory" {
            return Some(PathBuf::from(value));
        }
        flag.to_str()?.strip_prefix("--directory=").map(PathBuf::from)
    });
    let named = || env::var_os("INKPROOF_DIRECTORY").map(PathBuf::from);
    Project::open(&flagged.or_else(named).unwrap_or_else(|| ".".into())).ok()
}
