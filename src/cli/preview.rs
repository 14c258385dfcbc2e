//! `inkproof preview`: messages as the inbox would show them.

mod screen;
mod watch;

use std::borrow::Cow;
use std::io::{self, Write};

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::card::{Card, ExpressionColors, StyledLine, brief, side_by_side, source};
use super::command::RunCommand;
use super::given::{Given, GivenArguments};
use super::lacking::Lacking;
use super::output_options::OutputOptions;
use super::screen::is_available as is_screen_available;
use super::terminal::TerminalCapabilities;
use super::watch::WatchArguments;
use super::{Failure, Global, Outcome, completions};
use crate::diagnostics::{Diagnostics, Format};
use crate::message::{RenderOptions, Rendering};
use crate::project::{Case, Project, SendStatus};
use screen::ScreenJob;
use watch::PlainJob;

/// The note for a message that fails, although a test send would succeed.
const TEST_SEND: &str = "Customer.io's test send would succeed: it renders missing variables as empty, but a real \
    send fails and the message is lost";

/// The minimum width of a card in a row with others.
const COLUMN: usize = 48;
/// The minimum terminal width for a template beside its card.
const WIDE: usize = 100;
/// The maximum width of a card beside its template.
const BESIDE_SOURCE: usize = 72;

/// Preview messages as in the inbox
///
/// Draws each message as the inbox shows it, with its problems below. Exits with 1 if a message would be lost.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof preview                    every message
  inkproof preview 'order_*' --watch  those of some templates, again whenever a file is saved
  inkproof preview body.json          a request that a backend has sent
  inkproof preview order_shipped --data '{\"order_number\": \"1042\"}'
  inkproof preview --source           each beside its template
  inkproof preview --lax              as Customer.io's test send would show them")]
pub(super) struct Preview {
    /// Names, patterns or paths of templates or requests; `-` is a request on standard input; all if omitted
    #[arg(add = ArgValueCompleter::new(completions::names))]
    names: Vec<String>,
    #[command(flatten)]
    given: GivenArguments,
    #[command(flatten)]
    view: View,
    #[command(flatten)]
    watch: WatchArguments,
}

/// The formats of the problems below each card, named like those of other commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PreviewFormat {
    /// Problems with the source around them
    Full,
    /// One line per problem
    Concise,
    /// One JSON array
    Json,
    /// One JSON object per line
    #[value(name = "jsonl")]
    JsonLines,
    /// Annotations for GitHub Actions
    Github,
}

impl PreviewFormat {
    const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

/// How messages are laid out.
#[derive(Clone, Copy, Debug, Args)]
#[group(skip)]
struct View {
    /// Show as many messages side by side as fit, with problems on one line each
    #[arg(long, env = "INKPROOF_COLUMNS", value_parser = FalseyValueParser::new(), conflicts_with = "source")]
    columns: bool,
    /// Show the template beside each message, with each expression in the colour of its output
    #[arg(long, env = "INKPROOF_SOURCE", value_parser = FalseyValueParser::new())]
    source: bool,
}

impl RunCommand for Preview {
    type Format = PreviewFormat;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if self.watch.is_wanted() {
            return self.watch(format, global);
        }
        let project = global.read_project()?;
        let given = Given::read(&self.names, &self.given, &project, global)?;
        let cases = given.cases(global)?;
        let mut outcome = global.report_about(&project, given.names())?;
        let lacking = Lacking::of(&project, outcome);
        let mut sheet = Sheet::new(self.view, global.capabilities(), global.output_options());
        let mut out = anstream::stdout().lock();
        let options = global.preview_options();
        project.render(&cases, &options, |case, rendering| {
            let shown = Shown::new(case, rendering, &project, &options);
            if !shown.send_status.is_fine() {
                outcome = outcome.and(Outcome::Findings);
            }
            sheet.add(&shown, &mut out)
        })?;
        sheet.finish(&mut out)?;
        if cases.is_empty() && self.names.is_empty() && format.is_for_people() {
            let mut err = anstream::stderr().lock();
            match lacking {
                Some(Lacking::Template) => {
                    writeln!(
                        err,
                        "note: there are no templates; `inkproof new NAME` creates one, and a request for it"
                    )?;
                }
                Some(Lacking::Request) => {
                    writeln!(err, "note: there are no requests; `inkproof request NAME` writes one for a template")?;
                }
                None => {}
            }
        }
        Ok(outcome)
    }
}

impl Preview {
    /// Draws messages, and again those that a change affects: on a screen where people can see one.
    fn watch(&self, format: PreviewFormat, global: &Global) -> Result<Outcome, Failure> {
        if format.is_for_people() && is_screen_available() {
            self.watch.run(ScreenJob::new(&self.names, self.view, global), global)
        } else {
            self.watch.run(PlainJob::new(&self.names, self.view, global), global)
        }
    }
}

/// A message to show, or the failure of one.
struct Shown<'a> {
    case: &'a Case<'a>,
    rendering: Rendering,
    send_status: SendStatus,
}

impl<'a> Shown<'a> {
    fn new(case: &'a Case<'a>, mut rendering: Rendering, project: &Project, options: &RenderOptions) -> Self {
        let send_status = project.send_status(case, &mut rendering, options);
        Self { case, rendering, send_status }
    }

    fn card(&self, capabilities: TerminalCapabilities) -> Card<'_> {
        let Rendering { message, problems, .. } = &self.rendering;
        Card::new(self.case, message.as_ref(), problems, capabilities).with_send_status(self.send_status)
    }

    /// Its problems in a format: people see those of an expected loss as what they are, programs as infos.
    fn problems(&self, format: Format) -> Cow<'_, Diagnostics> {
        let mut problems = Cow::Borrowed(&self.rendering.problems);
        if self.send_status == SendStatus::LostAsExpected && !format.is_for_people() {
            self.send_status.lower_errors(problems.to_mut());
        }
        problems
    }
}

/// Lays messages out, one under the other or side by side.
struct Sheet {
    view: View,
    capabilities: TerminalCapabilities,
    output_options: OutputOptions,
    /// How many cards a row has.
    columns: usize,
    /// The cards of the incomplete row.
    row: Vec<(Vec<StyledLine>, usize)>,
    /// Their problems, if these are written separately from the cards.
    problems: Diagnostics,
}

impl Sheet {
    fn new(view: View, capabilities: TerminalCapabilities, output_options: OutputOptions) -> Self {
        let columns = if view.columns { (capabilities.theme.width / COLUMN).max(1) } else { 1 };
        Self { view, capabilities, output_options, columns, row: Vec::new(), problems: Diagnostics::new() }
    }

    /// Draws a message with its problems below; in rows, as soon as a row is complete.
    fn add(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.columns > 1 {
            self.add_to_row(shown);
            return if self.row.len() == self.columns { self.finish(out) } else { Ok(()) };
        }
        write_message(shown, self.view, self.capabilities, &self.output_options, out)
    }

    /// Draws the row that is not yet full.
    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.row.is_empty() {
            return Ok(());
        }
        write_lines(&side_by_side(&std::mem::take(&mut self.row)), out)?;
        self.output_options.tell(&std::mem::take(&mut self.problems), self.capabilities.theme, out)?;
        writeln!(out)
    }

    fn add_to_row(&mut self, shown: &Shown<'_>) {
        let width = self.capabilities.theme.width / self.columns;
        let capabilities = self.capabilities.with_width(width);
        let mut lines = shown.card(capabilities).lines();
        let problems = shown.problems(self.output_options.format);
        if self.output_options.format == Format::Full {
            lines.extend(brief(&problems, width - 1, capabilities));
        } else {
            self.problems.extend(problems.into_owned());
        }
        self.row.push((lines, width));
    }
}

/// Draws a message, with its problems below.
fn write_message(
    shown: &Shown<'_>,
    view: View,
    capabilities: TerminalCapabilities,
    output_options: &OutputOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if view.source {
        write_lines(&with_source(shown, capabilities), out)?;
    } else {
        writeln!(out, "{}", shown.card(capabilities))?;
    }
    output_options.tell(&shown.problems(output_options.format), capabilities.theme, out)?;
    if shown.rendering.test_send_looks_fine {
        writeln!(out, "\nnote: {TEST_SEND}")?;
    }
    writeln!(out)
}

/// A card and its template: side by side if there is room, or else one below the other.
fn with_source(shown: &Shown<'_>, capabilities: TerminalCapabilities) -> Vec<StyledLine> {
    let template = shown.case.template;
    let expression_colors = ExpressionColors::new(&shown.rendering.text, capabilities.colors);
    let width = capabilities.theme.width;
    if width < WIDE {
        let mut lines = shown.card(capabilities).with_expression_colors(&expression_colors).lines();
        lines.extend(source(template, &expression_colors, width, capabilities));
        return lines;
    }
    let left = (width / 2).min(BESIDE_SOURCE);
    let card = shown.card(capabilities.with_width(left)).with_expression_colors(&expression_colors).lines();
    let right = width - left - 1;
    side_by_side(&[(card, left + 1), (source(template, &expression_colors, right, capabilities), right)])
}

fn write_lines(lines: &[StyledLine], out: &mut dyn Write) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}
