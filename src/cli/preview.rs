//! `inkproof preview`: messages as the inbox would show them.

use std::io::Write;

use clap::Args;

use super::card::Card;
use super::{Failure, Global, Outcome, terminal};

/// Said of a message that fails where a test send would not.
const TEST_SEND: &str = "Customer.io's test send would look fine: it prints nothing for what is missing, where a real \
    send fails and the message is lost";

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// Templates, requests or patterns; all if none is given
    names: Vec<String>,
}

impl Preview {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let (project, mut outcome) = global.open_project()?;
        let cases = project.select(&self.names)?;
        let look = terminal::look();
        let problems = global.format().renderer(look);
        let mut out = anstream::stdout().lock();
        project.render(&cases, &global.circumstances(), |case, rendering| {
            let card = Card { case, message: rendering.message.as_ref(), look };
            writeln!(out, "{card}")?;
            problems.render(&rendering.problems, &mut out)?;
            if rendering.test_send_looks_fine {
                writeln!(out, "\nnote: {TEST_SEND}")?;
            }
            writeln!(out)?;
            if rendering.message.is_none() {
                outcome = outcome.and(Outcome::Findings);
            }
            std::io::Result::Ok(())
        })?;
        Ok(outcome)
    }
}
