//! `inkproof liquid`: renders plain Liquid, for experiments and for comparison with LiquidJS.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::command::RunCommand;
use super::{Failure, Global, Outcome, written};
use crate::customerio::{CUSTOMERIO, LEGACY};
use crate::diagnostics::{Diagnostics, Format, Source};
use crate::liquid::value::number::Numbers;
use crate::liquid::value::{json, utf16};
use crate::liquid::{self, Arena, LIQUIDJS, Language, Mode, Options, Output, Template, Value};
use crate::message::{LiquidText, TextPlace, parse_diagnostics};

/// Render plain Liquid from a file or standard input
///
/// Renders one template with the variables of a JSON object. The template has no settings and its output need not be JSON.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof liquid '{{ 1 | plus: 2 }}'
  inkproof liquid '{{ x | upcase }}' --data '{\"x\": \"hi\"}'
  echo '{{ trigger.n | plus: 1 }}' | inkproof liquid --data variables.json")]
pub(super) struct Liquid {
    /// Template: a file, or Liquid with braces itself; standard input if omitted or `-`
    #[arg(value_name = "FILE|LIQUID")]
    file: Option<PathBuf>,
    /// Read the variables from this JSON object: a file, or the object itself
    #[arg(long, value_name = "FILE|-|JSON")]
    data: Option<PathBuf>,
    /// Set the Liquid dialect
    #[arg(long, value_enum, default_value_t, env = "INKPROOF_DIALECT")]
    dialect: Dialect,
    /// Read `{"template", "context", "lax"?}` lines and print `{"output"}` or `{"error": {"name", "message"}}` for each
    #[arg(long, conflicts_with_all = ["data"])]
    jsonl: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Dialect {
    /// Customer.io's: LiquidJS with Customer.io's own tags and filters
    #[default]
    Customerio,
    /// LiquidJS with its default options
    Liquidjs,
    /// Customer.io's legacy Liquid, for accounts created before 28 November 2023: Ruby's Liquid
    Legacy,
}

impl Dialect {
    fn language(self) -> &'static Language {
        match self {
            Self::Customerio => &CUSTOMERIO,
            Self::Liquidjs => &LIQUIDJS,
            Self::Legacy => &LEGACY,
        }
    }
}

impl RunCommand for Liquid {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        if self.jsonl { Ok(self.answer_lines(global)?) } else { self.render(global) }
    }
}

impl Liquid {
    /// Renders one template.
    fn render(&self, global: &Global) -> Result<Outcome, Failure> {
        let is_liquid = |text: &str| text.contains("{{") || text.contains("{%");
        let source = read_source(self.file.as_deref(), is_liquid, "argument", global)?;
        let data = match &self.data {
            Some(_) => read_source(self.data.as_deref(), |text| text.trim_start().starts_with('{'), "--data", global)?,
            None => Source::new("{}", "{}"),
        };
        let arena = Arena::new();
        let language = self.dialect.language();
        let data = json::read_as(data.text(), language.dialect().numbers, &arena).map_err(|error| {
            let place = data.line_column(error.offset);
            format!("{}:{}:{}: the data is not valid JSON: {error}", data.name(), place.line, place.column)
        })?;
        let text = LiquidText { source: &source, place: TextPlace::Verbatim(0), language, data };
        let options = Options {
            mode: global.mode(),
            now: global.now_in_milliseconds(),
            seed: global.seed(),
            ..Options::default()
        };
        let mut out = Output::new();
        let rendered = Template::parse_limited(source.text(), language, &arena, options.limits.parse_length)
            .and_then(|template| template.render(data, &options, &arena, &mut out).map_err(|error| vec![error]));
        if let Err(errors) = rendered {
            let mut problems: Diagnostics =
                parse_diagnostics(&errors, source.text(), &text, false).into_iter().collect();
            problems.tidy();
            global.report(&problems)?;
            return Ok(Outcome::Findings);
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(utf16::to_utf8(out.text()).as_bytes())?;
        stdout.flush()?;
        Ok(Outcome::Fine)
    }

    /// Prints one result line for each line of standard input.
    fn answer_lines(&self, global: &Global) -> io::Result<Outcome> {
        let mut input = BufReader::new(io::stdin());
        let mut out = BufWriter::new(io::stdout().lock());
        let mut arena = Arena::new();
        let (mut line, mut answer) = (Vec::new(), String::new());
        let mut outcome = Outcome::Fine;
        while (&mut input).take(written::MAX_BYTES).read_until(b'\n', &mut line)? > 0 {
            if line.len() as u64 == written::MAX_BYTES {
                let message = format!("a line has more than {} MiB", written::MAX_BYTES >> 20);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
            if !line.trim_ascii().is_empty() {
                let language = self.dialect.language();
                let dialect = language.dialect();
                let case = Case::read(&line, dialect.numbers, &arena);
                let rendered = case.map(|case| case.render(language, global, &arena));
                match rendered {
                    Ok(Ok(text)) => write_answer("output", &text, &mut answer),
                    Ok(Err(error)) => {
                        write_error(dialect.error_name(&error), &dialect.error_text(&error), &mut answer);
                    }
                    Err(problem) => {
                        outcome = Outcome::Broken;
                        write_error("InputError", &problem, &mut answer);
                    }
                }
                answer.push('\n');
                out.write_all(answer.as_bytes())?;
                answer.clear();
            }
            // The peer may wait for this result before it sends the next line.
            if input.buffer().is_empty() {
                out.flush()?;
            }
            line.clear();
            arena.reset();
        }
        out.flush()?;
        Ok(outcome)
    }
}

/// Reads a file, or standard input if the path is missing or `-`. An argument that begins as `is_text` says is the text
/// itself, unless there is such a file.
fn read_source(
    path: Option<&Path>,
    is_text: impl Fn(&str) -> bool,
    name: &str,
    global: &Global,
) -> Result<Source, Failure> {
    if let Some(text) =
        path.and_then(Path::to_str).filter(|text| is_text(text) && !global.path(Path::new(text)).exists())
    {
        return Ok(Source::new(name, text));
    }
    let path = path.unwrap_or(Path::new("-"));
    let (name, bytes) = (written::shown(path), written::read_bytes(path, global)?);
    let text = String::from_utf8(bytes).map_err(|error| format!("`{name}` is not valid UTF-8: {error}"))?;
    Ok(Source::new(name, text))
}

/// A line of input.
struct Case<'a> {
    template: &'a str,
    context: Value<'a>,
    is_lax: bool,
}

impl<'a> Case<'a> {
    fn read(line: &'a [u8], numbers: Numbers, arena: &'a Arena) -> Result<Self, String> {
        let line = str::from_utf8(line).map_err(|error| format!("expected UTF-8: {error}"))?;
        let line = json::read_as(line, numbers, arena).map_err(|error| format!("expected a JSON object: {error}"))?;
        let Value::Object(fields) = line else { return Err("expected a JSON object".to_owned()) };
        let Some(Value::String(template)) = fields.get("template") else {
            return Err("expected a string in `template`".to_owned());
        };
        Ok(Self {
            template,
            context: fields.get("context").unwrap_or(Value::Undefined),
            is_lax: matches!(fields.get("lax"), Some(Value::Bool(true))),
        })
    }

    fn render(&self, language: &'static Language, global: &Global, arena: &'a Arena) -> liquid::Result<String> {
        let mode = if self.is_lax { Mode::Lax } else { global.mode() };
        let options = Options { mode, now: global.now_in_milliseconds(), seed: global.seed(), ..Options::default() };
        let template = Template::parse_limited(self.template, language, arena, options.limits.parse_length);
        let template = template.map_err(|mut errors| errors.swap_remove(0))?;
        let mut out = Output::new();
        template.render(self.context, &options, arena, &mut out)?;
        Ok(out.into_text())
    }
}

fn write_answer(key: &str, text: &str, answer: &mut String) {
    json::write_string(key, {
        answer.push('{');
        answer
    });
    answer.push(':');
    json::write_string(text, answer);
    answer.push('}');
}

/// Writes an error. Only the first line of the message is used: LiquidJS appends a source excerpt to some.
fn write_error(name: &str, message: &str, answer: &mut String) {
    answer.push_str("{\"error\":{\"name\":");
    json::write_string(name, answer);
    answer.push_str(",\"message\":");
    json::write_string(message.split('\n').next().unwrap_or_default(), answer);
    answer.push_str("}}");
}
