//! `inkproof completions`: what makes a shell complete commands, flags, and the names of templates, requests and rules.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::Shells;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, command};
use crate::customerio::reference;
use crate::message::{Request, Template};
use crate::project::Project;
use crate::rules;

/// The variable by which the shell asks the program for what could come next.
const VARIABLE: &str = "COMPLETE";

/// The shells, by the names that they go by.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Print what makes a shell complete commands and names
///
/// The shell then asks the program each time, so new templates are known at once.
#[derive(Debug, Args)]
#[command(after_help = "\
bash:        echo 'source <(inkproof completions bash)' >> ~/.bashrc
zsh:         echo 'source <(inkproof completions zsh)' >> ~/.zshrc
fish:        inkproof completions fish > ~/.config/fish/completions/inkproof.fish
PowerShell:  inkproof completions powershell | Out-String | Invoke-Expression    (in $PROFILE)
elvish:      eval (inkproof completions elvish | slurp)  (in rc.elv)")]
pub(super) struct Completions {
    /// The shell
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

/// Answers a shell that asks what could come next, and ends the program; does nothing where none asks.
pub(super) fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// The names of the project's templates and requests.
pub(super) fn names(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let templates = project.templates().iter().map(Template::name);
    let requests = project.requests().iter().map(Request::name);
    candidates(templates.chain(requests), current)
}

/// The names of the project's templates.
pub(super) fn templates(current: &OsStr) -> Vec<CompletionCandidate> {
    project().map_or_else(Vec::new, |project| candidates(project.templates().iter().map(Template::name), current))
}

/// The codes of findings, then the names of filters and tags, each with its summary.
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

/// The project that the unfinished command line is about. What is wrong with it does not matter here.
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
