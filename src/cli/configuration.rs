//! `inkproof --print-config`: the configuration as it is in force.

use std::io::Write;

use super::{Failure, Global, Outcome};
use crate::diagnostics::sanitize;
use crate::project::CONFIG_FILE;

/// Prints the configuration as TOML, every key of it, after a comment that says where it comes from.
pub(super) fn run(global: &Global) -> Result<Outcome, Failure> {
    let (project, outcome) = global.open_project()?;
    let file = project.root().join(CONFIG_FILE);
    let origin = match (file.is_file(), project.is_config_valid()) {
        (true, true) => format!("{} and defaults", file.display()),
        (true, false) => format!("{} without its mistakes, and defaults", file.display()),
        (false, _) => "defaults".to_owned(),
    };
    let text = toml::to_string(project.config()).map_err(|error| error.to_string())?;
    write!(anstream::stdout().lock(), "# {}\n\n{}", sanitize::line(&origin), sanitize::text(&text))?;
    Ok(outcome)
}
