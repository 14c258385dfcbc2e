//! `inkproof` without a command: a summary of the project and the main commands.

use std::io::Write;

use super::pending::Waiting;
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Count, sanitize};
use crate::project::{CONFIG_FILE, OpenError, Project};

/// The main commands, in the order in which people usually need them.
const COMMANDS: &[(&str, &str)] = &[
    ("inkproof preview", "show every message as in the inbox"),
    ("inkproof check", "lint templates and validate requests"),
    ("inkproof test", "compare messages with their snapshots"),
    #[cfg(feature = "serve")]
    ("inkproof serve", "run a local mock of Customer.io's APIs"),
    ("inkproof new NAME", "create a template and a request for it"),
    ("inkproof help", "list all commands"),
];

/// Prints the project and its contents; without a project, how to create one.
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
            writeln!(out, "\n`inkproof help` lists all commands")?;
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
        writeln!(out, "{pending} pending: run `inkproof review`")?;
    }
    let problems = project.problems().counts();
    if !project.problems().is_empty() {
        writeln!(out, "{problems}: run `inkproof check` for details")?;
    }
    writeln!(out)?;
    for (command, does) in COMMANDS {
        writeln!(out, "  {command:18} {does}")?;
    }
    Ok(())
}
