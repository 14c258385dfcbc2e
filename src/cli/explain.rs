//! `inkproof explain`: the pages of the rules.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::did_you_mean;
use crate::rules::{RULES, rule};

/// Print the page of a rule; without one, list all rules
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof explain json-unsafe")]
pub(super) struct Explain {
    /// The rule; all are listed if none is given
    #[arg(add = ArgValueCompleter::new(completions::rules))]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(&self, _: &Global) -> Result<Outcome, Failure> {
        let mut out = anstream::stdout().lock();
        let Some(code) = &self.code else {
            let width = RULES.iter().map(|rule| rule.code.as_str().len()).max().unwrap_or_default();
            for rule in RULES.iter() {
                writeln!(out, "{:width$}  {}", rule.code, rule.summary().replace('\n', " "))?;
            }
            return Ok(Outcome::Fine);
        };
        let Some(rule) = rule(code) else {
            let near = did_you_mean(code, RULES.iter().map(|rule| rule.code.as_str()));
            let meant = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no rule `{code}`{meant}").into());
        };
        out.write_all(rule.page.as_bytes())?;
        Ok(Outcome::Fine)
    }
}
