//! `inkproof explain`: the pages about what may be found.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::did_you_mean;
use crate::rules::{codes, page, summary};

/// Print the page about a code; without one, list all codes
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof explain json-unsafe")]
pub(super) struct Explain {
    /// The code of a finding; all are listed if none is given
    #[arg(add = ArgValueCompleter::new(completions::codes))]
    code: Option<String>,
}

impl RunCommand for Explain {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        let mut out = anstream::stdout().lock();
        let Some(code) = &self.code else {
            let codes = codes();
            let width = codes.iter().map(|code| code.len()).max().unwrap_or_default();
            for code in codes {
                let about = page(code).map(summary).unwrap_or_default();
                writeln!(out, "{code:width$}  {}", about.replace('\n', " "))?;
            }
            return Ok(Outcome::Fine);
        };
        let Some(page) = page(code) else {
            let near = did_you_mean(code, codes());
            let meant = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no code `{code}`{meant}").into());
        };
        // A section of a page becomes one.
        let title = if page.starts_with('#') { "" } else { "# " };
        writeln!(out, "{title}{}", page.trim_end())?;
        Ok(Outcome::Fine)
    }
}
