//! The runtime: the state of one render, and the walk over the tree.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use crate::engine::language::Language;
use crate::engine::limits::{Budget, Limits, NODE};
use crate::engine::observations::{Observations, PartId};
use crate::engine::output::{Output, Writer};
use crate::engine::row::Kind;
use crate::engine::scope::Scope;
use crate::engine::template::Template;
use crate::engine::trace::Trace;
use crate::error::{Error, ErrorKind, Result};
use crate::span::Span;
use crate::syntax::dialect::{ReadProperty, Surroundings, UnknownFilters};
use crate::syntax::tree::{
    Argument, Expression, FilterCall, FilteredValue, NamedArgument, NodeKind, Nodes, Operand, OperandKind, Segment,
    SegmentKey, Step, terms,
};
use crate::value::name::{NameMask, is_same, is_same_short};
use crate::value::operators::Operator;
use crate::value::{self, Arena, Value, array_index, coerce, count, utf16};

/// Deepest nesting at which a string that turns up during the render may itself be rendered. Its own tags, nested as
/// deep as the parser allows, come on top.
const MAX_STRING_DEPTH: usize = 100;
/// Longest string that is rendered when it turns up during a render, in UTF-16 code units: as long as a request may be.
pub(crate) const MAX_STRING_LENGTH: usize = 1 << 21;

/// How missing variables are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As a real send does: a missing variable fails the render, except in conditions, in `assign` and before
    /// `default`.
    #[default]
    Live,
    /// As a test send does: a missing variable prints nothing.
    Lax,
    /// As a real send does, except that the render goes on where a missing variable fails it: the variable is undefined
    /// there. This finds out what else a real send would reach.
    Explore,
}

/// Options of a render.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How missing variables are treated.
    pub mode: Mode,
    /// The value of `now`, in milliseconds since 1970; the system clock if `None`.
    pub now: Option<f64>,
    /// Seed of the random filters; a different one for each render if `None`.
    pub seed: Option<u64>,
    /// Limits on time, memory and output.
    pub limits: Limits,
}

/// How many failures are recorded before the render stops.
const MAX_FAILURES: usize = 1_000;
/// From which length an argument of a filter counts as work.
const LONG_ARGUMENT: usize = 64;
/// From which length an output counts against the memory limit.
const LONG_OUTPUT: usize = 1 << 16;
/// How many steps a filter counts as, beside those that it counts itself.
const FILTER: usize = 16;
/// Paths up to this length count no steps of their own.
const SHORT_PATH: usize = 16;
/// Deepest nesting of expressions that filters receive as strings.
const MAX_NESTED_SOURCES: usize = 100;

/// What ends a run of nodes early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// `{% break %}`
    Break,
    /// `{% continue %}`
    Continue,
}

/// The state of one render.
#[derive(Debug)]
pub struct Runtime<'a> {
    arena: &'a Arena,
    language: &'a Language,
    /// The text that spans refer to: the template, or an expression that a filter received as a string.
    source: &'a str,
    /// Current nesting of such expressions.
    source_depth: usize,
    mode: Mode,
    /// The longest path that [`Runtime::find`] follows; 0 if the dialect reads properties in its own way.
    longest_found: usize,
    now: OnceCell<f64>,
    environment: Value<'a>,
    /// The numbers of `increment` and `decrement`, which hide the environment's variables.
    counters: Scope<'a>,
    /// Variables set by `assign` and `capture`.
    assigned: Scope<'a>,
    /// Variables of the enclosing loops and filters, innermost last.
    pushed: SmallVec<[(&'a str, Value<'a>); 4]>,
    /// The names that those may have.
    pushed_mask: NameMask,
    /// Current nesting of runs of nodes.
    depth: usize,
    budget: Budget,
    limits: Limits,
    random: fastrand::Rng,
    /// The nodes that were reached, if the caller wants a trace.
    pub(super) trace: Option<Trace>,
    /// Failures so far, if the render continues after them.
    pub(super) failures: Option<Vec<(Span, Error)>>,
    /// Set by `break` and `continue`, cleared by the loop they belong to.
    pub(crate) interrupt: Option<Interrupt>,
    /// Position of each `cycle`.
    pub(crate) cycles: HashMap<Cow<'a, str>, usize, RandomState>,
    /// Where each loop stopped, by its name, for `offset: continue`.
    loop_ends: Scope<'a>,
}

impl<'a> Runtime<'a> {
    pub(super) fn new(template: Template<'a>, environment: Value<'a>, options: &Options, arena: &'a Arena) -> Self {
        Self {
            arena,
            language: template.language,
            source: template.source,
            source_depth: 0,
            mode: options.mode,
            longest_found: if template.language.dialect().property.is_none() { SHORT_PATH } else { 0 },
            now: options.now.map_or_else(OnceCell::new, OnceCell::from),
            environment,
            counters: Scope::default(),
            assigned: Scope::default(),
            pushed: SmallVec::new(),
            pushed_mask: NameMask::default(),
            depth: 0,
            budget: Budget::new(&options.limits),
            limits: options.limits,
            random: options.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed),
            trace: None,
            failures: None,
            interrupt: None,
            cycles: HashMap::default(),
            loop_ends: Scope::default(),
        }
    }

    /// The arena that holds the values this render creates.
    #[must_use]
    pub const fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The language, for expressions that are parsed while rendering.
    #[must_use]
    pub const fn language(&self) -> &'a Language {
        self.language
    }

    /// The value of `now`, in milliseconds since 1970; constant during a render.
    #[must_use]
    pub fn now(&self) -> f64 {
        *self.now.get_or_init(clock)
    }

    /// The random number generator; reproducible if a seed was given.
    pub const fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }

    /// Copies a string into the arena.
    ///
    /// # Errors
    /// The render may not use that much memory.
    pub fn string(&self, text: &str) -> Result<Value<'a>> {
        Ok(Value::String(self.arena.copy(text)?))
    }

    /// Copies elements into the arena as an array.
    ///
    /// # Errors
    /// The render may not use that much memory.
    pub fn array(&self, items: &[Value<'a>]) -> Result<Value<'a>> {
        self.arena.reserve(size_of_val(items))?;
        Ok(value::list(items, self.arena))
    }

    /// Collects exactly `length` elements into the arena as an array.
    ///
    /// # Errors
    /// The render may not use that much memory.
    pub(crate) fn collect(&self, length: usize, items: impl Iterator<Item = Value<'a>>) -> Result<Value<'a>> {
        if length == 0 {
            return self.array(&[]);
        }
        self.arena.reserve(length.saturating_mul(size_of::<Value<'_>>()))?;
        let mut collected = bumpalo::collections::Vec::with_capacity_in(length, self.arena);
        collected.extend(items);
        Ok(Value::Array(collected.into_bump_slice()))
    }

    /// Counts steps of work, and checks the limits from time to time.
    ///
    /// # Errors
    /// A limit is exceeded.
    #[inline]
    pub fn work(&self, steps: usize) -> Result<()> {
        self.arena.work(steps)
    }

    /// Counts `units` against the memory limit, and as many steps.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn charge(&mut self, units: usize) -> Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
        self.budget.use_memory(units as f64)?;
        self.arena.work(units)
    }

    /// Like [`Runtime::charge`], for a number as JavaScript computed it; NaN and negative numbers do not count.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn charge_number(&mut self, units: f64) -> Result<()> {
        self.budget.use_memory(units)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; NaN becomes 0")]
        self.arena.work(units as usize)
    }

    /// Counts the length of `text` against the memory limit.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn charge_string(&mut self, text: &str) -> Result<()> {
        self.charge(utf16::length(text))
    }

    /// Renders nodes into `out`, up to an interrupt.
    ///
    /// # Errors
    /// The first thing that fails, placed at the innermost node.
    pub fn nodes(&mut self, nodes: Nodes<'a>, out: &mut Output) -> Result<()> {
        self.depth += 1;
        let result = if self.trace.is_some() || out.has_marks() {
            self.nodes_in_order::<true>(nodes, out)
        } else {
            self.nodes_in_order::<false>(nodes, out)
        };
        self.depth -= 1;
        result
    }

    /// Counts a long output against the memory limit.
    #[inline]
    fn note_written(&self, out: &Output) {
        let bytes = out.memory();
        if bytes > LONG_OUTPUT {
            self.arena.set_written(bytes);
        }
    }

    /// Renders nodes, with a trace and a source map if they are `RECORDED`.
    fn nodes_in_order<const RECORDED: bool>(&mut self, nodes: Nodes<'a>, out: &mut Output) -> Result<()> {
        for node in nodes {
            if RECORDED && let Some(trace) = &mut self.trace {
                trace.push(node);
            }
            let (start, marks) = if RECORDED { (out.len(), out.mark_count()) } else { (0, 0) };
            let result = match &node.kind {
                NodeKind::Text(text) => out.write_str(text),
                NodeKind::Output(value) => self.output(value, out),
                NodeKind::Tag { tag, .. } => {
                    self.note_written(out);
                    tag.render(self, out)
                }
            };
            if RECORDED {
                match node.kind {
                    NodeKind::Text(_) => out.mark(Writer::Text, node.span, start),
                    // One that fails is not marked, even if it has written something.
                    NodeKind::Output(_) if result.is_err() => {}
                    NodeKind::Output(_) => out.mark(Writer::Liquid, node.span, start),
                    // The nodes inside the tag have marks of their own.
                    NodeKind::Tag { .. } if out.len() > start && out.mark_count() == marks => {
                        out.mark(Writer::Liquid, node.span, start);
                    }
                    NodeKind::Tag { .. } => {}
                }
            }
            if let Err(error) = result.and_then(|()| self.arena.work(NODE)) {
                self.fail(error, node.span)?;
            }
            if self.interrupt.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Places the error of a node. If the caller requested that and the limits allow it, records it and continues.
    #[cold]
    fn fail(&mut self, error: Error, node: Span) -> Result<()> {
        let error = error.placed(ErrorKind::Render, self.source, node).within(node);
        // Inside a string that turned up during the render, spans refer to that string: let the enclosing node fail.
        match &mut self.failures {
            Some(failures) if failures.len() < MAX_FAILURES && self.source_depth == 0 => failures.push((node, error)),
            _ => return Err(error),
        }
        self.arena.check_limits()
    }

    /// Renders nodes into a new string.
    ///
    /// # Errors
    /// As [`Runtime::nodes`].
    pub fn capture(&mut self, nodes: Nodes<'a>) -> Result<&'a str> {
        let mut captured = Output::with_buffer(self.arena.take_buffer());
        captured.set_limit(self.limits.output);
        let outer = self.arena.written();
        self.arena.hold(outer);
        self.arena.set_written(0);
        let result = self.nodes(nodes, &mut captured).and_then(|()| {
            self.arena.reserve(captured.len())?;
            self.arena.copy(captured.text())
        });
        self.arena.keep_buffer(captured.into_text());
        self.arena.release(outer);
        self.arena.set_written(outer);
        result
    }

    /// Renders a string that turned up during the render, with the current variables; its assignments persist. A
    /// `break` or `continue` outside a loop ends only this string.
    ///
    /// # Errors
    /// As [`Runtime::nodes`]; or the string is not valid Liquid, too long, or renders itself without end.
    pub fn render_string(&mut self, text: &'a str) -> Result<&'a str> {
        if self.depth > MAX_STRING_DEPTH {
            let problem = format!("texts that render texts are nested deeper than {MAX_STRING_DEPTH} levels");
            return Err(Error::new(format!("{problem}: make sure that none renders itself")));
        }
        self.charge_string(text)?;
        let longest = self.limits.parse_length.min(MAX_STRING_LENGTH);
        let template = Template::parse_limited(text, self.language, self.arena, longest)
            .map_err(|errors| Error::first_of(errors).without_span())?;
        self.arena.check_limits()?;
        let outer = self.interrupt.take();
        let result = self.within_source(text, |runtime| runtime.capture(template.nodes));
        self.interrupt = outer;
        result
    }

    #[inline]
    fn output(&mut self, value: &FilteredValue<'a>, out: &mut Output) -> Result<()> {
        // Most values are a path, and are printed from where they are.
        if let ([Step::Operand(Operand { kind: OperandKind::Path { base: None, segments }, .. })], []) =
            (value.expression.steps, value.filters)
            && let Some(found) = self.find(segments)
        {
            return self.print(found, out);
        }
        let value = self.value(value, false)?;
        self.print(&value, out)
    }

    /// Prints a value from where it is, as copying it takes longer than printing a short one.
    fn print(&self, value: &Value<'a>, out: &mut Output) -> Result<()> {
        match self.language.dialect().print {
            None => out.write_value(*value, self.arena)?,
            Some(print) => out.write_with(|text| print(*value, self.arena, text))?,
        }
        self.note_written(out);
        Ok(())
    }

    /// Evaluates an expression and its filters. If `lenient`, a missing variable is null.
    ///
    /// # Errors
    /// A variable is missing, or a filter fails.
    #[inline]
    pub fn value(&mut self, value: &FilteredValue<'a>, lenient: bool) -> Result<Value<'a>> {
        if value.filters.is_empty() {
            return self.expression(&value.expression, lenient);
        }
        self.filtered(value, lenient)
    }

    fn filtered(&mut self, value: &FilteredValue<'a>, lenient: bool) -> Result<Value<'a>> {
        let mut result = self.expression(&value.expression, lenient || value.has_default_first())?;
        self.arena.work(value.filters.len() * FILTER)?;
        if let Value::Loop(state) = result {
            // Its string has its name.
            self.arena.work(state.name().len() * value.filters.len())?;
        }
        for filter in value.filters {
            result = self.filter(filter, result)?;
        }
        Ok(result)
    }

    /// Applies a comparison operator.
    ///
    /// # Errors
    /// As [`Operator::apply`].
    pub fn compare(&self, operator: Operator, left: Value<'a>, right: Value<'a>) -> Result<bool> {
        match self.language.dialect().apply {
            None => operator.apply(left, right, self.arena),
            Some(apply) => apply(operator, left, right, self.arena),
        }
    }

    /// Evaluates a condition, or the value of `assign` or `case`, where a missing variable is null.
    ///
    /// # Errors
    /// A filter fails, or a variable is missing where leniency does not apply, such as in an argument.
    pub fn lenient_value(&mut self, value: &FilteredValue<'a>) -> Result<Value<'a>> {
        self.value(value, true)
    }

    fn filter(&mut self, call: &FilterCall<'a>, input: Value<'a>) -> Result<Value<'a>> {
        // Most calls have few arguments.
        match call.arguments {
            [] => self.run(call, input, &[]),
            [only] => {
                let arguments = [self.argument(only)?];
                self.run(call, input, &arguments)
            }
            [first, second] => {
                let arguments = [self.argument(first)?, self.argument(second)?];
                self.run(call, input, &arguments)
            }
            arguments => {
                let arguments: SmallVec<[Value<'a>; 8]> =
                    arguments.iter().map(|argument| self.argument(argument)).collect::<Result<_>>()?;
                self.run(call, input, &arguments)
            }
        }
    }

    /// Evaluates an argument of a filter. One with a key is an array of the two.
    fn argument(&mut self, argument: &Argument<'a>) -> Result<Value<'a>> {
        let value = match &argument.value {
            Some(operand) => self.operand(operand, false)?,
            None => Value::Undefined,
        };
        if let Value::String(text) = value
            && text.len() > LONG_ARGUMENT
        {
            self.arena.work(text.len() / 2)?;
        }
        match argument.key {
            Some(key) => self.array(&[Value::String(key), value]),
            None => Ok(value),
        }
    }

    /// Runs the filter of a call.
    #[inline]
    fn run(&mut self, call: &FilterCall<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
        let Some(filter) = call.filter else {
            return match self.language.dialect().unknown_filters {
                UnknownFilters::Fail => Err(Error::unknown_filter(call.name)),
                UnknownFilters::PassThrough => Ok(input),
            };
        };
        if filter.input == Kind::Date
            && let Some(observations) = self.observer()
        {
            observations.date(call, input);
        }
        (filter.run)(self, input, arguments)
    }

    /// Evaluates an expression without filters.
    ///
    /// # Errors
    /// A variable is missing.
    #[inline]
    pub fn expression(&mut self, expression: &Expression<'a>, lenient: bool) -> Result<Value<'a>> {
        if let [Step::Operand(operand)] = expression.steps {
            return self.operand(operand, lenient);
        }
        self.steps(expression.steps, lenient)
    }

    /// Evaluates an expression with operators.
    fn steps(&mut self, steps: &'a [Step<'a>], lenient: bool) -> Result<Value<'a>> {
        self.arena.work(steps.len())?;
        if let [Step::Operand(left), Step::Operand(right), Step::Operator(operator, _)] = steps
            && *operator != Operator::Not
            && self.trace.is_none()
        {
            let (left, right) = (self.operand(left, lenient)?, self.operand(right, lenient)?);
            return Ok(Value::Bool(self.compare(*operator, left, right)?));
        }
        let mut stack: SmallVec<[Value<'a>; 8]> = SmallVec::new();
        for (at, step) in steps.iter().enumerate() {
            let value = match step {
                Step::Operand(operand) => self.operand(operand, lenient)?,
                Step::Operator(operator, _) => {
                    // A missing operand is undefined.
                    let right = stack.pop().unwrap_or(Value::Undefined);
                    let left = match operator {
                        Operator::Not => Value::Undefined,
                        _ => stack.pop().unwrap_or(Value::Undefined),
                    };
                    let result = self.compare(*operator, left, right)?;
                    if self.observer().is_some() {
                        self.observe(steps, at, &stack, (left, right), result);
                    }
                    Value::Bool(result)
                }
            };
            stack.push(value);
        }
        // If several operands remain without an operator, the first is the result.
        Ok(stack.first().copied().unwrap_or(Value::Undefined))
    }

    /// What to record observations in, if that is wanted.
    fn observer(&mut self) -> Option<&mut Observations> {
        self.trace.as_mut().and_then(Trace::observer)
    }

    /// Observes the operator at a step, for the trace: `stack` is what remains below its operands.
    #[cold]
    fn observe(
        &mut self,
        steps: &'a [Step<'a>],
        at: usize,
        stack: &[Value<'a>],
        (left, right): (Value<'a>, Value<'a>),
        result: bool,
    ) {
        let (Some(observations), Step::Operator(operator, _)) = (self.observer(), &steps[at]) else { return };
        if !operator.is_logical() {
            return observations.compare(PartId::of_step(&steps[at]), *operator, left, right, result);
        }
        let Some(before) = at.checked_sub(1).map(|before| &steps[before]) else { return };
        if *operator == Operator::Not {
            if matches!(before, Step::Operand(_)) {
                observations.decide(before, right);
            }
            return;
        }
        // `and` and `or` come last, so that all their terms are on the stack when the first of them is evaluated.
        if !matches!(before, Step::Operator(Operator::And | Operator::Or, _)) {
            let mut values: SmallVec<[Value<'a>; 8]> = SmallVec::from_slice(stack);
            values.extend([left, right]);
            let terms = terms(&steps[..at]);
            if terms.len() == values.len() {
                for (term, value) in terms.iter().zip(&values) {
                    if let [only] = term {
                        observations.decide(only, *value);
                    }
                }
                observations.combine(&steps[0], &steps[at..], &values);
            }
        }
    }

    /// Evaluates the condition of a tag, in which a missing variable is null.
    ///
    /// # Errors
    /// As [`Runtime::lenient_value`].
    pub fn condition(&mut self, condition: &FilteredValue<'a>) -> Result<bool> {
        let value = self.lenient_value(condition)?;
        if let (Some(observations), [only], []) = (self.observer(), condition.expression.steps, condition.filters) {
            observations.decide(only, value);
        }
        Ok(value.is_truthy())
    }

    /// Compares the value of `case` with one of a `when`.
    ///
    /// # Errors
    /// The variable is missing, or the values are nested too deeply.
    pub fn matches(&mut self, head: Value<'a>, value: &'a Operand<'a>) -> Result<bool> {
        let right = self.operand(value, true)?;
        let result = self.compare(Operator::Equal, head, right)?;
        if let Some(observations) = self.observer() {
            observations.compare(PartId::of_operand(value), Operator::Equal, head, right, result);
        }
        Ok(result)
    }

    /// Evaluates an operand.
    ///
    /// # Errors
    /// A variable is missing, or a range too long.
    #[inline]
    pub fn operand(&mut self, operand: &Operand<'a>, lenient: bool) -> Result<Value<'a>> {
        match operand.kind {
            OperandKind::Literal(value) => Ok(value),
            OperandKind::Path { base: None, segments } => match self.find(segments) {
                Some(value) => Ok(*value),
                None => self.any_operand(operand, lenient),
            },
            _ => self.any_operand(operand, lenient),
        }
    }

    /// Follows a path that begins with the data or with a variable of a loop, and steps by name from object to object, if
    /// each name is short and where it was found last. Most paths are like that; `None` for any other.
    ///
    /// It calls no function, so that it needs few instructions.
    fn find(&self, segments: &'a [Segment<'a>]) -> Option<&Value<'a>> {
        let (first, rest) = segments.split_first()?;
        let SegmentKey::Name(name) = first.key else { return None };
        if segments.len() > self.longest_found || self.set_mask().may_have(first.mask) {
            return None;
        }
        let pushed = if self.pushed_mask.may_have(first.mask) { self.pushed.as_slice() } else { &[] };
        let mut value = match (pushed.iter().rfind(|(known, _)| is_same_short(known, name)), self.environment) {
            (Some((_, value)), _) => value,
            (None, Value::Object(object)) => object.find_again(name, &first.hint)?,
            _ => return None,
        };
        for segment in rest {
            let (SegmentKey::Name(name), Value::Object(object)) = (segment.key, value) else { return None };
            value = object.find_again(name, &segment.hint)?;
        }
        (!matches!(value, Value::Undefined)).then_some(value)
    }

    /// Evaluates any operand. A missing variable fails with its name, or is null if `lenient`.
    ///
    /// It is never inlined, nor are the rarer kinds of paths, so that frequent ones keep their values in registers.
    #[inline(never)]
    fn any_operand(&mut self, operand: &Operand<'a>, lenient: bool) -> Result<Value<'a>> {
        let (base, segments) = match operand.kind {
            OperandKind::Literal(value) => return Ok(value),
            OperandKind::Range { low, high } => return self.range(low, high),
            OperandKind::Path { base, segments } => (base, segments),
        };
        if segments.len() > SHORT_PATH {
            self.arena.work(segments.len())?;
        }
        if let Some(read) = self.language.dialect().property {
            return self.foreign_path(operand.span, base, segments, lenient, read);
        }
        if base.is_none() && segments.iter().all(|segment| matches!(segment.key, SegmentKey::Name(_))) {
            return self.names(segments, lenient).map_err(|error| error.while_reading(self.source, operand.span));
        }
        self.computed_path(operand.span, base, segments, lenient)
    }

    /// Reads a path of which every key is a name.
    fn names(&self, segments: &'a [Segment<'a>], lenient: bool) -> Result<Value<'a>> {
        let mut value = Value::Undefined;
        for (done, segment) in segments.iter().enumerate() {
            let SegmentKey::Name(name) = segment.key else { return Ok(Value::Undefined) };
            value = if done == 0 {
                match self.find_variable(name, segment) {
                    Some(found) => *found,
                    None => self.unscoped(name)?,
                }
            } else if let Value::Object(object) = value
                && let Some(found) = object.find_with(name, &segment.hint)
            {
                *found
            } else {
                value.named_property(name, self.arena)?
            };
            if matches!(value, Value::Undefined) {
                return match self.mode {
                    Mode::Live if !lenient => Err(missing(&segments[..=done])),
                    Mode::Live | Mode::Explore if lenient => Ok(Value::Null),
                    // A property of something undefined is undefined.
                    _ => Ok(Value::Undefined),
                };
            }
        }
        Ok(value)
    }

    /// Looks the variable up with which a path begins: in the enclosing loops and filters, the assignments, and the data if
    /// that is an object.
    #[inline]
    fn find_variable(&self, name: &str, segment: &'a Segment<'a>) -> Option<&Value<'a>> {
        match (self.local(name, segment.mask), self.environment) {
            (Some(value), _) => Some(value),
            (None, Value::Object(object)) => object.find_with(name, &segment.hint),
            _ => None,
        }
    }

    /// Reads a path with the property access of another dialect. A missing variable is named as written, unless its
    /// root is unknown. Properties of a root that is null or false are missing.
    #[inline(never)]
    fn foreign_path(
        &mut self,
        span: Span,
        base: Option<&Operand<'a>>,
        segments: &'a [Segment<'a>],
        lenient: bool,
        read: ReadProperty,
    ) -> Result<Value<'a>> {
        let is_missing = |path: &str, source: &str| {
            let error = Error::undefined_variable(path).placed(ErrorKind::UndefinedVariable, source, span);
            self.language.dialect().worded(error, Surroundings::default())
        };
        let mut keys: SmallVec<[(Value<'a>, bool); 8]> = SmallVec::new();
        for segment in segments {
            keys.push(match &segment.key {
                SegmentKey::Name(name) => {
                    let before = segment.span.start.wrapping_sub(1);
                    (Value::String(name), self.source.as_bytes().get(before) == Some(&b'['))
                }
                SegmentKey::Computed(operand) => (self.operand(operand, lenient)?.plain(self.arena), true),
            });
        }
        let mut keys = keys.into_iter();
        let mut value = if let Some(base) = base {
            self.operand(base, lenient)?
        } else {
            let name = keys.next().map_or(Value::Undefined, |(key, _)| key);
            let name = coerce::to_liquid_string(name, self.arena)?;
            match self.scoped(name).copied() {
                None | Some(Value::Undefined) if self.mode != Mode::Live || lenient => return Ok(Value::Null),
                None | Some(Value::Undefined) => return Err(is_missing(name, self.source)),
                Some(root) if !root.is_truthy() => return Ok(root),
                Some(root) => root,
            }
        };
        for (key, is_bracketed) in keys {
            value = read(value, key, is_bracketed, self.arena)?;
            if matches!(value, Value::Undefined) {
                return if self.mode != Mode::Live || lenient {
                    Ok(Value::Null)
                } else {
                    Err(is_missing(span.of(self.source), self.source))
                };
            }
        }
        Ok(value)
    }

    /// Reads a path that does not start from a variable, or has computed keys.
    #[inline(never)]
    fn computed_path(
        &mut self,
        span: Span,
        base: Option<&Operand<'a>>,
        segments: &'a [Segment<'a>],
        lenient: bool,
    ) -> Result<Value<'a>> {
        let key = |segment: &'a Segment<'a>| match &segment.key {
            SegmentKey::Name(name) => Ok(Value::String(name)),
            SegmentKey::Computed(operand) => Ok(self.operand(operand, false)?.plain(self.arena)),
        };
        let keys: SmallVec<[Value<'a>; 8]> = segments.iter().map(key).collect::<Result<_>>()?;
        match self.follow(base, &keys, lenient) {
            Err(error) if lenient && error.is_unplaced_undefined() => Ok(Value::Null),
            Err(error) => Err(error.while_reading(self.source, span)),
            Ok(Value::Undefined) if lenient && self.mode == Mode::Explore => Ok(Value::Null),
            value => value,
        }
    }

    fn follow(&mut self, base: Option<&Operand<'a>>, keys: &[Value<'a>], lenient: bool) -> Result<Value<'a>> {
        let (mut value, mut done) = match (base, keys.first()) {
            (Some(base), _) => (self.operand(base, lenient)?, 0),
            (None, Some(Value::String(name))) => (self.variable(name)?, 1),
            (None, Some(key)) => (self.variable(&coerce::js_string(*key, self.arena)?)?, 1),
            (None, None) => (Value::Undefined, 0),
        };
        loop {
            if done > 0 && matches!(value, Value::Undefined) && self.mode == Mode::Live {
                return Err(Error::undefined_variable(&coerce::join(&keys[..done], ".", self.arena)?));
            }
            let Some(key) = keys.get(done) else { return Ok(value) };
            value = value.property(*key, self.arena)?;
            done += 1;
        }
    }

    /// Looks a variable up in the enclosing loops and filters, the assignments, and the data if that is an object.
    fn scoped(&self, name: &str) -> Option<&Value<'a>> {
        self.local(name, NameMask::of(name)).or(match self.environment {
            Value::Object(object) => object.find(name),
            _ => None,
        })
    }

    /// Looks a variable up in the enclosing loops and filters, and the assignments.
    #[inline]
    fn local(&self, name: &str, mask: NameMask) -> Option<&Value<'a>> {
        if self.pushed_mask.may_have(mask)
            && let Some((_, value)) = self.pushed.iter().rfind(|(known, _)| is_same(known, name))
        {
            return Some(value);
        }
        if self.set_mask().may_have(mask) {
            return self.assigned.get(name).or_else(|| self.counters.get(name));
        }
        None
    }

    /// The names that the template may have set.
    #[inline]
    fn set_mask(&self) -> NameMask {
        self.assigned.mask().with(self.counters.mask())
    }

    /// Looks a variable up in the enclosing loops and filters, the assignments, and the data.
    fn variable(&self, name: &str) -> Result<Value<'a>> {
        if let Some(value) = self.scoped(name) { Ok(*value) } else { self.unscoped(name) }
    }

    /// The value of a variable that is not [in scope](Self::scoped): a property of data that is no object, or a built-in one.
    fn unscoped(&self, name: &str) -> Result<Value<'a>> {
        let found = match self.environment {
            Value::Array(_) | Value::String(_) if name == "length" || array_index(name).is_some() => {
                Some(self.environment.named_property(name, self.arena)?)
            }
            Value::Object(_) | Value::Array(_) | Value::String(_) => None,
            _ => Some(self.environment.named_property(name, self.arena)?),
        };
        Ok(match found {
            Some(value) if !matches!(value, Value::Undefined | Value::Null) => value,
            Some(Value::Null) if !matches!(self.environment, Value::Null) => Value::Null,
            // Last, LiquidJS reads from its globals, an empty object here, whose `size` is 0.
            _ if name == "size" => count(0),
            _ => Value::Undefined,
        })
    }

    /// Expands a range into an array of numbers.
    #[inline(never)]
    fn range(&mut self, low: &Operand<'a>, high: &Operand<'a>) -> Result<Value<'a>> {
        let low = self.operand(low, false)?;
        let high = self.operand(high, false)?;
        let (low, high) = (coerce::to_number(low, self.arena)?, coerce::to_number(high, self.arena)?);
        self.charge_number(high - low + 1.0)?;
        let stop = high + 1.0;
        let length = (stop - low).ceil();
        // NaN gives an empty array. A number so large that adding 1 does not change it would loop forever.
        if length > 0.0 && (length > 4e9 || low + 1.0 <= low) {
            return Err(Error::new("memory alloc limit exceeded"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above; NaN becomes 0")]
        let length = length as usize;
        if length == 0 {
            return self.array(&[]);
        }
        self.arena.reserve(length.saturating_mul(size_of::<Value<'_>>()))?;
        let mut numbers = bumpalo::collections::Vec::with_capacity_in(length, self.arena);
        let mut number = low;
        while number < stop {
            numbers.push(Value::Number(number));
            number += 1.0;
        }
        Ok(Value::Array(numbers.into_bump_slice()))
    }

    /// Evaluates the arguments of a tag. An argument without a value is true.
    ///
    /// # Errors
    /// A variable is missing.
    pub fn named_arguments(&mut self, arguments: &[NamedArgument<'a>]) -> Result<SmallVec<[(&'a str, Value<'a>); 4]>> {
        arguments
            .iter()
            .map(|argument| {
                let value = match &argument.value {
                    Some(operand) => self.operand(operand, false)?,
                    None => Value::Bool(true),
                };
                Ok((argument.name, value))
            })
            .collect()
    }

    /// The value assigned to a variable.
    #[must_use]
    pub fn assigned(&self, name: &str) -> Option<Value<'a>> {
        self.assigned.get(name).copied()
    }

    /// Assigns a variable for the rest of the template.
    pub fn assign(&mut self, name: &'a str, value: Value<'a>) {
        self.assigned.set(name, value);
    }

    /// The number that `increment` and `decrement` share under a name, initially 0.
    #[must_use]
    pub fn counter(&self, name: &str) -> f64 {
        let from_data = || match self.environment {
            Value::Object(object) => object.get(name),
            _ => None,
        };
        match self.counters.get(name).copied().or_else(from_data) {
            Some(Value::Number(number)) => number,
            _ => 0.0,
        }
    }

    /// Sets that number. It hides a variable of the same name in the data, and is hidden by an assigned one.
    pub fn set_counter(&mut self, name: &'a str, number: f64) {
        self.counters.set(name, Value::Number(number));
    }

    /// Where the last loop of this name stopped, for `offset: continue`; `None` before the first.
    pub(crate) fn loop_end(&self, name: &str) -> Option<Value<'a>> {
        self.loop_ends.get(name).copied().filter(|end| coerce::js_truthy(*end))
    }

    /// Records where a loop will stop.
    pub(crate) fn record_loop_end(&mut self, name: &'a str, end: Value<'a>) {
        self.loop_ends.set(name, end);
    }

    /// Runs `work` with `variables` in scope. They hide others of the same name, and later ones hide earlier ones.
    ///
    /// # Errors
    /// Any error of `work`.
    pub fn with_variables<T>(
        &mut self,
        variables: &[(&'a str, Value<'a>)],
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let before = (self.pushed.len(), self.pushed_mask);
        self.pushed.extend_from_slice(variables);
        for (name, _) in variables {
            self.pushed_mask = self.pushed_mask.with(NameMask::of(name));
        }
        let result = work(self);
        self.pushed.truncate(before.0);
        self.pushed_mask = before.1;
        result
    }

    /// Changes the value of the innermost variable of [`Runtime::with_variables`].
    pub(crate) fn set_innermost(&mut self, value: Value<'a>) {
        if let Some((_, innermost)) = self.pushed.last_mut() {
            *innermost = value;
        }
    }

    /// Runs `work` with `environment` as the only data and without assigned variables; spans refer to `source`.
    ///
    /// # Errors
    /// Any error of `work`, with its position within `source`.
    pub fn with_environment<T>(
        &mut self,
        environment: Value<'a>,
        source: &'a str,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let outer = (
            std::mem::replace(&mut self.environment, environment),
            std::mem::take(&mut self.counters),
            std::mem::take(&mut self.assigned),
            std::mem::take(&mut self.pushed),
            std::mem::take(&mut self.pushed_mask),
        );
        let result = self.within_source(source, work);
        (self.environment, self.counters, self.assigned, self.pushed, self.pushed_mask) = outer;
        result
    }

    /// Runs `work` while spans refer to `source`, an expression that a filter received as a string.
    ///
    /// # Errors
    /// Any error of `work`, with its position within `source`.
    pub fn within_source<T>(&mut self, source: &'a str, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        // Such a string can come from the data, and so refer to itself.
        if self.source_depth == MAX_NESTED_SOURCES {
            return Err(Error::new("Maximum call stack size exceeded"));
        }
        self.arena.work(NODE)?;
        self.source_depth += 1;
        let outer = std::mem::replace(&mut self.source, source);
        let result = work(self).map_err(Error::without_span);
        self.source = outer;
        self.source_depth -= 1;
        result
    }
}

/// The error for a missing path of names.
#[cold]
fn missing(path: &[Segment<'_>]) -> Error {
    let mut text = String::new();
    for (at, segment) in path.iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        if let SegmentKey::Name(name) = segment.key {
            text.push_str(name);
        }
    }
    Error::undefined_variable(&text)
}

/// The system clock's time in milliseconds since 1970.
fn clock() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    let milliseconds = since.as_millis() as f64;
    milliseconds
}

#[cfg(test)]
mod tests {
    use crate::value::json;
    use crate::{Arena, LIQUIDJS, Options, Output, Template};

    #[test]
    fn an_expression_string_that_refers_to_itself_ends() {
        for filter in ["where_exp", "find_exp", "group_by_exp"] {
            let data = format!(r#"{{"a": [1, 2], "e": "a | {filter}: 'x', e"}}"#);
            let error = crate::render(&format!("{{{{ a | {filter}: 'x', e }}}}"), &data).unwrap_err();
            assert_eq!(error.to_string(), "Maximum call stack size exceeded, line:1, col:1", "{filter}");
        }
    }

    const NAMES: [&str; 7] = ["i", "id", "name", "first_name", "sixteen_bytes_ab", "seventeen_bytes_c", "größe"];

    #[test]
    fn a_variable_hides_others_of_its_name_whatever_its_length() {
        for name in NAMES {
            let data = format!(r#"{{"{name}": "data", "list": [{{"{name}": "x"}}]}}"#);
            let read = format!("{{{{ {name}.{name} }}}}");
            let body = format!("{read}{{% assign {name} = 'assigned' %}}{read}");
            let template = format!("{{{{ {name} }}}}{{% for {name} in list %}}{body}{{% endfor %}}{{{{ {name} }}}}");
            assert_eq!(crate::render(&template, &data).unwrap(), "dataxxassigned", "{template}");
            let counted =
                format!("{{% increment {name} %}}{{{{ {name} }}}}{{% assign {name} = 'a' %}}{{{{ {name} }}}}");
            assert_eq!(crate::render(&counted, &data).unwrap(), "01a", "{counted}");
        }
    }

    #[test]
    fn a_template_reads_data_of_one_shape_after_another() {
        for name in NAMES {
            let (kept, source) = (Arena::new(), format!("{{{{ {name}.{name} }}}}"));
            let template = Template::parse(&source, &LIQUIDJS, &kept).unwrap();
            let many = (0..20).map(|at| format!(r#""key{at}": 0"#)).collect::<Vec<_>>().join(", ");
            for data in [
                format!(r#"{{"{name}": {{"{name}": "x"}}}}"#),
                format!(r#"{{"a": 1, "{name}": {{"b": 2, "c": 3, "{name}": "x"}}, "d": 4}}"#),
                format!(r#"{{{many}, "{name}": {{{many}, "{name}": "x"}}}}"#),
                format!(r#"{{"{name}": {{"{name}": "x"}}}}"#),
            ] {
                let (data, mut out) = (json::read(&data, &kept).unwrap(), Output::new());
                template.render(data, &Options::default(), &kept, &mut out).unwrap();
                assert_eq!(out.text(), "x", "{name}");
                let data = json::read(r#"{"a": 1}"#, &kept).unwrap();
                let error = template.render(data, &Options::default(), &kept, &mut out).unwrap_err();
                assert!(error.message().starts_with(&format!("undefined variable: {name}")), "{error}");
            }
        }
    }

    #[test]
    fn a_null_element_is_not_missing() {
        let rendered = crate::render("{{ a | group_by: '[0]' | json }}", r#"{"a": [[null]]}"#).unwrap();
        assert_eq!(rendered, r#"[{"name":null,"items":[[null]]}]"#);
    }
}
