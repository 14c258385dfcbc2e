//! A parsed template, and the ways to render it.

use crate::engine::language::Language;
use crate::engine::output::Output;
use crate::engine::runtime::{Options, Runtime};
use crate::engine::trace::Trace;
use crate::error::{Error, Result};
use crate::span::Span;
use crate::syntax::parser;
use crate::syntax::tree::Nodes;
use crate::value::{Arena, Value};

/// A parsed template. It can be rendered any number of times, from several threads at once.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    /// The source text.
    pub source: &'a str,
    /// The root nodes.
    pub nodes: Nodes<'a>,
    /// The language it was parsed with.
    pub language: &'a Language,
}

impl<'a> Template<'a> {
    /// Parses a template.
    ///
    /// ```
    /// use inkproof_liquid::{Arena, Language, Template};
    /// let (arena, language) = (Arena::new(), Language::liquidjs());
    /// let errors = Template::parse("{% if %}{{ x | nope }}", &language, &arena).unwrap_err();
    /// let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    /// assert_eq!(errors, [
    ///     "invalid value expression: \"\", line:1, col:6",
    ///     "undefined filter: nope, line:1, col:9",
    ///     "tag {% if %} not closed, line:1, col:1",
    /// ]);
    /// ```
    ///
    /// # Errors
    /// Every error in the template; the first is the one that LiquidJS reports.
    pub fn parse(source: &'a str, language: &'a Language, arena: &'a Arena) -> Result<Self, Vec<Error>> {
        Self::parse_limited(source, language, arena, usize::MAX)
    }

    /// Parses a template of at most `limit` UTF-16 code units. The names of files that tags have count as well.
    ///
    /// # Errors
    /// As [`Template::parse`], or the template is too long.
    pub fn parse_limited(
        source: &'a str,
        language: &'a Language,
        arena: &'a Arena,
        limit: usize,
    ) -> Result<Self, Vec<Error>> {
        let nodes = parser::parse(source, language, arena, limit)?;
        Ok(Self { source, nodes, language })
    }

    /// Renders the template with `data`, whose keys are the variables. Intermediate values are allocated in `arena`.
    ///
    /// ```
    /// use inkproof_liquid::{Arena, Language, Options, Output, Template, json};
    /// let (arena, language) = (Arena::new(), Language::liquidjs());
    /// let template = Template::parse("Hi {{ name | upcase }}!", &language, &arena).unwrap();
    /// let data = json::read(r#"{"name": "Ada"}"#, &arena).unwrap();
    /// let mut out = Output::new();
    /// template.render(data, &Options::default(), &arena, &mut out).unwrap();
    /// assert_eq!(out.text(), "Hi ADA!");
    /// ```
    ///
    /// # Errors
    /// The first failure; the text written until then stays in `out`.
    pub fn render(self, data: Value<'a>, options: &Options, arena: &'a Arena, out: &mut Output) -> Result<()> {
        out.set_limit(options.limits.output);
        let mut runtime = Runtime::new(self, data, options, arena);
        arena.limited(options.limits.render_time, options.limits.arena, || runtime.nodes(self.nodes, out))
    }

    /// Like [`Template::render`], and adds the reached nodes to `trace`, also if the render fails.
    ///
    /// # Errors
    /// The first failure.
    pub fn render_traced(
        self,
        data: Value<'a>,
        options: &Options,
        arena: &'a Arena,
        out: &mut Output,
        trace: &mut Trace,
    ) -> Result<()> {
        self.render_by(Runtime::new(self, data, options, arena), options, out, trace).0
    }

    /// Like [`Template::render_traced`], but skips outputs and tags that fail and continues. Returns the span and the error
    /// of each.
    pub fn render_past_failures(
        self,
        data: Value<'a>,
        options: &Options,
        arena: &'a Arena,
        out: &mut Output,
        trace: &mut Trace,
    ) -> Vec<(Span, Error)> {
        let mut runtime = Runtime::new(self, data, options, arena);
        runtime.failures = Some(Vec::new());
        let (result, mut failures) = self.render_by(runtime, options, out, trace);
        failures.extend(result.err().map(|error| (error.span().unwrap_or_default(), error)));
        failures
    }

    /// Renders with this runtime, and adds to `trace`. Also returns the failures that were skipped.
    fn render_by(
        self,
        mut runtime: Runtime<'a>,
        options: &Options,
        out: &mut Output,
        trace: &mut Trace,
    ) -> (Result<()>, Vec<(Span, Error)>) {
        out.set_limit(options.limits.output);
        runtime.trace = Some(std::mem::take(trace));
        let limits = &options.limits;
        let arena = runtime.arena();
        let result = arena.limited(limits.render_time, limits.arena, || runtime.nodes(self.nodes, out));
        *trace = runtime.trace.unwrap_or_default();
        (result, runtime.failures.unwrap_or_default())
    }
}
