//! `inkproof explain`: the page of a finding, and the reference of filters and tags.

use std::io::Write;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::command::RunCommand;
use super::format::HumanFormat;
use super::{Failure, Global, Outcome, completions};
use crate::customerio::reference;
use crate::diagnostics::did_you_mean;
use crate::rules::{codes, page, summary};

/// Explain a diagnostic code, filter or tag; without one, list all codes
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof explain json-unsafe
  inkproof explain truncate")]
pub(super) struct Explain {
    /// Diagnostic code, or name of a filter or tag; all codes if omitted
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
            // A section of a page needs a title to be a page of its own.
            let title = if page.starts_with('#') { "" } else { "# " };
            writeln!(out, "{title}{}", page.trim_end())?;
        } else if let Some(entry) = reference::entry(name) {
            writeln!(out, "{}", entry.trim_end())?;
        } else {
            let near = did_you_mean(name, codes().into_iter().chain(reference::names()));
            let advice = near.map_or_else(
                || "`inkproof explain` lists the codes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(format!("there is no code, filter or tag `{name}`: {advice}").into());
        }
        Ok(Outcome::Fine)
    }
}
