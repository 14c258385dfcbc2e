//! `inkproof fmt`: formats templates.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use clap_complete::ArgValueCompleter;
use similar::TextDiff;

use super::check::selected;
use super::command::RunCommand;
use super::format::HumanFormat;
use super::global::refuse_to_write;
use super::{Failure, Global, Outcome, completions, written};
use crate::atomic_file::Root;
use crate::customerio::language;
use crate::diagnostics::{Count, Source, sanitize};
use crate::formatter::{format_content, format_template};
use crate::message::{Switches, Template};
use crate::project::Project;

/// The name for standard input.
const STDIN: &str = "-";

/// Format templates: the layout of the JSON and the spacing of the Liquid
///
/// Changes whitespace only, and no message: every request is rendered before and after. A template that cannot be formatted is
/// left as it is, with the reason. Line breaks are kept where a value does not fit into a line of 100 characters.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof fmt                          every template
  inkproof fmt --check                  fail if one is not formatted, for CI
  inkproof fmt - < order.liquid         standard input to standard output")]
pub(super) struct Fmt {
    /// Names, patterns or paths of templates or requests; all if omitted; `-` is a template on standard input
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    /// Write nothing, and exit with 1 if a template is not formatted
    #[arg(long)]
    check: bool,
    /// Show what would change, without writing (dry run)
    #[arg(long)]
    diff: bool,
}

impl RunCommand for Fmt {
    type Format = HumanFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if self.names == [STDIN] {
            return self.format_stdin(global);
        }
        let project = global.read_project()?;
        if !self.check && !self.diff {
            refuse_to_write(&project)?;
        }
        self.format_project(&project, global)
    }
}

impl Fmt {
    fn format_project(&self, project: &Project, global: &Global) -> Result<Outcome, Failure> {
        let (templates, cases) = selected(project, &self.names, global)?;
        let mut err = anstream::stderr().lock();
        let (mut changed, mut skipped) = (0, 0);
        for template in &templates {
            let name = template.source().name();
            let own: Vec<_> = cases.iter().filter(|case| std::ptr::eq(case.template, *template)).copied().collect();
            match format_template(project, template, &own, &global.render_options()) {
                Ok(text) if text == template.source().text() => {}
                Ok(text) => {
                    changed += 1;
                    self.apply(project, template, &text)?;
                }
                Err(reason) => {
                    skipped += 1;
                    writeln!(err, "{}: left as it is: {reason}", sanitize::line(name))?;
                }
            }
        }
        let unchanged = templates.len() - changed - skipped;
        let verb = if self.check || self.diff { "to format" } else { "formatted" };
        writeln!(err, "{} {verb}, {unchanged} unchanged, {skipped} left as they are", Count("template", changed))?;
        Ok(if self.check && changed > 0 { Outcome::Findings } else { Outcome::Fine })
    }

    /// Writes a formatted template, or shows what would be written.
    fn apply(&self, project: &Project, template: &Template, text: &str) -> Result<(), Failure> {
        let source = template.source();
        if self.diff {
            show_diff(source, text)?;
        } else if self.check {
            writeln!(anstream::stdout().lock(), "{}", sanitize::line(source.name()))?;
        } else {
            let name = source.name();
            let written = Root::open(project.root()).and_then(|root| root.replace(Path::new(name), text.as_bytes()));
            written.map_err(|error| format!("cannot write `{name}`: {error}"))?;
            writeln!(anstream::stdout().lock(), "{}", sanitize::line(source.name()))?;
        }
        Ok(())
    }

    /// Formats a template from standard input, which has no requests to render.
    fn format_stdin(&self, global: &Global) -> Result<Outcome, Failure> {
        let bytes = written::read_bytes(Path::new(STDIN), global)?;
        let text = String::from_utf8(bytes).map_err(|error| format!("standard input is not valid UTF-8: {error}"))?;
        let source = Source::new("<stdin>", text);
        let template = match Template::read("stdin", source.clone()) {
            Ok(template) => template,
            Err(problems) => {
                global.report(&problems)?;
                return Ok(Outcome::Broken);
            }
        };
        let version = template.settings().liquid.as_ref().map(|version| version.value).unwrap_or_default();
        let reading = language(Switches { version, ..Switches::default() }).dialect().reading;
        let content = format_content(template.content(), reading)
            .map_err(|reason| format!("standard input cannot be formatted: {reason}"))?;
        let formatted = format!("{}{content}", &source.text()[..template.content_start()]);
        let is_changed = formatted != source.text();
        if self.diff {
            show_diff(&source, &formatted)?;
        } else if !self.check {
            io::stdout().lock().write_all(formatted.as_bytes())?;
        }
        Ok(if self.check && is_changed { Outcome::Findings } else { Outcome::Fine })
    }
}

fn show_diff(source: &Source, text: &str) -> io::Result<()> {
    let diff = TextDiff::from_lines(source.text(), text);
    let diff = diff.unified_diff().header(source.name(), source.name()).to_string();
    write!(anstream::stdout().lock(), "{}", sanitize::text(&diff))
}
