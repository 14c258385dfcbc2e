//! `inkproof explain`: the pages about what may be found, and the reference of filters and tags.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, completions};
use crate::customerio::reference;
use crate::diagnostics::did_you_mean;
use crate::rules::{codes, page, summary};

/// Explain a code, filter or tag; without one, list all codes
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof explain json-unsafe
  inkproof explain truncate")]
pub(super) struct Explain {
    /// The code of a finding, or the name of a filter or tag; all codes are listed if none is given
    #[arg(add = ArgValueCompleter::new(completions::explained))]
    name: Option<String>,
}

impl RunCommand for Explain {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, _: &Global) -> Result<Outcome, Failure> {
        let mut out = anstream::stdout().lock();
        let Some(name) = &self.name else {
            let codes = codes();
            let width = codes.iter().map(|code| code.len()).max().unwrap_or_default();
            for code in codes {
                let about = page(code).map(summary).unwrap_or_default();
                writeln!(out, "{code:width$}  {}", about.replace('\n', " "))?;
            }
            return Ok(Outcome::Fine);
        };
        if let Some(page) = page(name) {
            // A section of a page becomes one.
            let title = if page.starts_with('#') { "" } else { "# " };
            writeln!(out, "{title}{}", page.trim_end())?;
        } else if let Some(entry) = reference::entry(name) {
            writeln!(out, "{}", entry.trim_end())?;
        } else {
            let near = did_you_mean(name, codes().into_iter().chain(reference::names()));
            let meant = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no code, filter or tag `{name}`{meant}").into());
        }
        Ok(Outcome::Fine)
    }
}
