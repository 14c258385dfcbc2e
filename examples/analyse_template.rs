//! Parses a template without data, and lists the variables that it reads, with their lines, or its syntax errors.
//!
//! ```console
//! $ cargo run --example analyse_template -- templates/order_shipped.liquid
//! ```

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs, io};

use inkproof::diagnostics::{Diagnostics, Format, Source, Theme};
use inkproof::liquid::{Arena, variables};
use inkproof::message::{Template, Workspace};

/// Analysed if no file is named.
const SAMPLE: &str = r#"---
topics: ["{{ trigger.topic }}"]
---
{"title": "{% if customer.vip %}Dear {{ customer.first_name }}{% endif %}"}"#;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let source = match env::args().nth(1) {
        Some(file) => Source::new(file.as_str(), fs::read_to_string(&file)?),
        None => Source::new("sample.liquid", SAMPLE),
    };
    match variables_of(source) {
        Ok(variables) => {
            for (line, variable) in variables {
                println!("line {line}: {variable}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            Format::Full.renderer(Theme::default()).render(&problems, &mut io::stderr())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The variables that a template reads, each with its line, or everything that is wrong with the template.
fn variables_of(source: Source) -> Result<Vec<(usize, String)>, Diagnostics> {
    let template = Template::read("template", source)?;
    let (workspace, arena) = (Workspace::default(), Arena::new());
    let mut found = Vec::new();
    for part in template.compile(&workspace, &arena)?.texts() {
        for variable in variables::read_by(part.liquid.nodes) {
            let place = part.place.range(Some(variable.span));
            let line = template.source().line_column(place.start).line;
            found.push((line, variable.span.of(part.liquid.source).to_owned()));
        }
    }
    Ok(found)
}
