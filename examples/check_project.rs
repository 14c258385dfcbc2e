//! Renders every request of a project, and lists the messages that would not be sent, with the reasons.
//!
//! ```console
//! $ cargo run --example check_project -- path/to/project
//! ```

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::{env, io};

use inkproof::diagnostics::{Format, Theme};
use inkproof::project::Project;
use inkproof::snapshot;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let project = Project::open_for_tests(folder.as_ref())?;
    let mut out = io::stdout().lock();
    let renderer = Format::Full.renderer(Theme::default());

    renderer.render(project.problems(), &mut out)?;
    let mut lost = 0;
    let (cases, options) = (project.cases(), snapshot::render_options(&project));
    let renderings = project.render_on_all_cores(&cases, &options, |_, rendering| rendering);
    for (case, rendering) in cases.iter().zip(renderings) {
        if rendering.message.is_none() {
            lost += 1;
            writeln!(out, "{} would not be sent:", case.request.name())?;
            renderer.render(&rendering.problems, &mut out)?;
        }
    }
    writeln!(out, "{} messages, {lost} would not be sent", cases.len())?;
    let is_fine = lost == 0 && !project.problems().has_errors();
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
