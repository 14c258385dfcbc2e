//! `inkproof preview`: messages as the inbox would show them.

use std::io::{self, Write};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::card::Card;
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions, terminal};
use crate::diagnostics::{Format, Look};
use crate::message::Rendering;
use crate::project::Case;

/// Said of a message that fails where a test send would not.
const TEST_SEND: &str = "Customer.io's test send would look fine: it prints nothing for what is missing, where a real \
    send fails and the message is lost";

/// Show messages as the inbox would
///
/// Draws each message as the inbox would show it, with everything that is wrong beneath it, at its line. Exits with 1
/// if a message would be lost.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof preview                    every message
  inkproof preview 'order_*' --watch  those of some templates, again whenever a file is saved
  inkproof preview --lax              as Customer.io's test send would show them")]
pub(super) struct Preview {
    /// Templates, requests or patterns; all if none is given
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    #[command(flatten)]
    watch: WatchArguments,
}

impl Preview {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        if self.watch.is_wanted() {
            return self.watch.preview(&self.names, global);
        }
        let (project, mut outcome) = global.open_project()?;
        let cases = project.select(&self.names)?;
        let look = terminal::look();
        let mut out = anstream::stdout().lock();
        project.render(&cases, &global.circumstances(), |case, rendering| {
            write_message(case, &rendering, look, global.format(), &mut out)?;
            if rendering.message.is_none() {
                outcome = outcome.and(Outcome::Findings);
            }
            std::io::Result::Ok(())
        })?;
        Ok(outcome)
    }
}

/// Draws what came of a case, and beneath it what is wrong.
pub(super) fn write_message(
    case: &Case<'_>,
    rendering: &Rendering,
    look: Look,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let card = Card { case, message: rendering.message.as_ref(), look };
    writeln!(out, "{card}")?;
    format.renderer(look).render(&rendering.problems, out)?;
    if rendering.test_send_looks_fine {
        writeln!(out, "\nnote: {TEST_SEND}")?;
    }
    writeln!(out)
}
