//! `inkproof` alone: where you are, and what you can do.

use std::io::Write;

use super::pending::Waiting;
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Count, sanitize};
use crate::project::{CONFIG_FILE, OpenError, Project};

/// What there is to do, in the order in which people come to it.
const COMMANDS: &[(&str, &str)] = &[
    ("inkproof preview", "shows every message as the inbox would"),
    ("inkproof check", "says what will go wrong before anything is sent"),
    ("inkproof test", "compares messages with what was accepted"),
    #[cfg(feature = "serve")]
    ("inkproof serve", "stands in for Customer.io on this machine"),
    ("inkproof new NAME", "makes a template, and a request for it"),
    ("inkproof help", "lists all commands"),
];

/// Says which project this is and what is in it; where there is none, how to begin.
pub(super) fn run(global: &Global) -> Result<Outcome, Failure> {
    let mut out = anstream::stdout().lock();
    match Project::open(global.directory()) {
        Ok(project) => {
            tell(&project, &mut out)?;
            let is_broken = project.problems().has_errors();
            Ok(if is_broken { Outcome::Broken } else { Outcome::Fine })
        }
        Err(error @ OpenError::NoProject(_)) => {
            writeln!(out, "{}", sanitize::line(&error.to_string()))?;
            writeln!(out, "\n`inkproof init` makes one here; `inkproof help` lists all commands")?;
            Ok(Outcome::Fine)
        }
        Err(error) => Err(error.into()),
    }
}

fn tell(project: &Project, out: &mut impl Write) -> Result<(), Failure> {
    let root = project.root().display().to_string();
    let configured = if project.root().join(CONFIG_FILE).is_file() { "" } else { ", without configuration" };
    writeln!(out, "{}{configured}", sanitize::line(&root))?;
    let counts = [
        Count("template", project.templates().len()),
        Count("request", project.requests().len()),
        Count("customer", project.customers().len()),
        Count("snippet", project.snippets().len()),
    ];
    writeln!(out, "{}", counts.map(|count| count.to_string()).join(", "))?;
    let pending = Waiting::new(project, &[])?.pending.len();
    if pending > 0 {
        writeln!(out, "{pending} waiting for `inkproof review`")?;
    }
    let problems = project.problems().counts();
    if !project.problems().is_empty() {
        writeln!(out, "{problems}: `inkproof check` tells more")?;
    }
    writeln!(out)?;
    for (command, does) in COMMANDS {
        writeln!(out, "  {command:18} {does}")?;
    }
    Ok(())
}
