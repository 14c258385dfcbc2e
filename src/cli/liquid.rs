//! `inkproof liquid`: bare Liquid, for trying things out and for comparing with LiquidJS.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Global, Outcome};
use crate::customerio::CUSTOMERIO;
use crate::liquid::{self, Arena, LIQUIDJS, Language, Mode, Options, Output, Template, Value, json};

#[derive(Debug, Args)]
pub(super) struct Liquid {
    /// The template; standard input if it is not given, or `-`
    file: Option<PathBuf>,
    /// A JSON object whose keys are the variables
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Which Liquid
    #[arg(long, value_enum, default_value_t)]
    dialect: Dialect,
    /// Read `{"template", "context", "lax"?}` lines and answer each with `{"output"}` or `{"error": {"name", "message"}}`
    #[arg(long, conflicts_with_all = ["data"])]
    jsonl: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Dialect {
    /// Customer.io's: LiquidJS with Customer.io's own tags and filters
    #[default]
    Customerio,
    /// LiquidJS as it comes
    Liquidjs,
}

impl Dialect {
    fn language(self) -> &'static Language {
        match self {
            Self::Customerio => &CUSTOMERIO,
            Self::Liquidjs => &LIQUIDJS,
        }
    }
}

impl Liquid {
    pub(super) fn run(self, global: &Global) -> io::Result<Outcome> {
        self.answer_lines(global)
    }

    /// Answers each line of standard input with a line of its own.
    fn answer_lines(&self, global: &Global) -> io::Result<Outcome> {
        let mut input = BufReader::new(io::stdin());
        let mut out = BufWriter::new(io::stdout().lock());
        let mut arena = Arena::new();
        let (mut line, mut answer) = (Vec::new(), String::new());
        let mut outcome = Outcome::Fine;
        while input.read_until(b'\n', &mut line)? > 0 {
            if !line.trim_ascii().is_empty() {
                let rendered = Case::read(&line, &arena).map(|case| case.render(self.dialect.language(), global, &arena));
                match rendered {
                    Ok(Ok(text)) => write_answer("output", &text, &mut answer),
                    Ok(Err(error)) => write_error(error.name(), &error.to_string(), &mut answer),
                    Err(problem) => {
                        outcome = Outcome::Trouble;
                        write_error("InputError", &problem, &mut answer);
                    }
                }
                answer.push('\n');
                out.write_all(answer.as_bytes())?;
                answer.clear();
            }
            // Whoever waits for an answer gets it before the next question.
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

/// A line of input.
struct Case<'a> {
    template: &'a str,
    context: Value<'a>,
    is_lax: bool,
}

impl<'a> Case<'a> {
    fn read(line: &'a [u8], arena: &'a Arena) -> Result<Self, String> {
        let line = str::from_utf8(line).map_err(|error| format!("expected UTF-8: {error}"))?;
        let line = json::read(line, arena).map_err(|error| format!("expected a JSON object: {error}"))?;
        let Value::Object(fields) = line else { return Err("expected a JSON object".to_owned()) };
        let Some(Value::String(template)) = fields.get("template") else {
            return Err("expected a text under `template`".to_owned());
        };
        Ok(Self {
            template,
            context: fields.get("context").unwrap_or(Value::Undefined),
            is_lax: matches!(fields.get("lax"), Some(Value::Bool(true))),
        })
    }

    fn render(&self, language: &'static Language, global: &Global, arena: &'a Arena) -> liquid::Result<String> {
        let mode = if self.is_lax { Mode::Lax } else { global.mode() };
        let options = Options { mode, ..Options::default() };
        let template = Template::parse_limited(self.template, language, arena, options.limits.parse_length);
        let template = template.map_err(|mut errors| errors.swap_remove(0))?;
        let mut out = Output::new();
        template.render(self.context, &options, arena, &mut out)?;
        Ok(out.into_text())
    }
}

fn write_answer(key: &str, text: &str, answer: &mut String) {
    json::write_string(key, { answer.push('{'); answer });
    answer.push(':');
    json::write_string(text, answer);
    answer.push('}');
}

/// LiquidJS puts an excerpt below the first line of some messages; the first line is what counts.
fn write_error(name: &str, message: &str, answer: &mut String) {
    answer.push_str("{\"error\":{\"name\":");
    json::write_string(name, answer);
    answer.push_str(",\"message\":");
    json::write_string(message.split('\n').next().unwrap_or_default(), answer);
    answer.push_str("}}");
}
