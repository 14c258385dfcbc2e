//! `{% for item in collection %} … {% else %} … {% endfor %}`

use crate::engine::output::Output;
use crate::engine::row::{Absent, Argument, Example, Kind};
use crate::engine::runtime::{Interrupt, Runtime};
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::{Error, Result};
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{self, Part};
use crate::syntax::tree::{NamedArgument, Nodes, Operand};
use crate::value::coerce::{add, js_truthy, slice_index};
use crate::value::{Arena, Loop, Object, Value, count};

/// Renders its body for each element of an array, for each `[key, value]` of an object, or once for a string; renders
/// `else` if there are none. `offset` and `limit` select a part, `reversed` reverses it, and `offset: continue`
/// continues where the last loop over the same collection stopped.
pub const FOR: TagDefinition = TagDefinition::new("for", parse)
    .summary(
        "Renders its body for each element of an array, or each `[key, value]` of an object; `else` if there are none.",
    )
    .syntax("{% for name in array limit: 2 offset: 1 reversed %}…{% else %}…{% endfor %}")
    .arguments(&[
        Argument::named("limit", Kind::Number),
        // `offset: continue` continues where the last loop over the same array stopped.
        Argument::named("offset", Kind::Number).or("0"),
        Argument::named("reversed", Kind::Boolean),
    ])
    .input("{% for i in input %}{{ i }}{% else %}none{% endfor %}", Absent::Prints("none"), Absent::Undefined)
    .since("1.9.1")
    .examples(&[
        Example::new("{% for i in (1..5) reversed limit: 3 %}{{ forloop.index }}:{{ i }} {% endfor %}", "1:3 2:2 3:1 "),
        Example::with(r#"{"a": []}"#, "{% for i in a %}{{ i }}{% else %}none{% endfor %}", "none"),
        Example::with(r#"{"o": {"k": 1}}"#, "{% for pair in o %}{{ pair[0] }}={{ pair[1] }}{% endfor %}", "k=1"),
    ]);

/// How many steps a turn of a loop takes. Without nodes in its body, nothing else counts any.
pub(super) const TURN: usize = 8;

/// A parsed `for`.
#[derive(Debug)]
pub struct For<'a> {
    /// The name of the element.
    pub variable: &'a str,
    /// The span of that name.
    pub variable_span: Span,
    /// The collection to iterate over.
    pub collection: Operand<'a>,
    /// Identifies loops over the same collection with the same variable: `variable-collection`.
    pub name: &'a str,
    /// `limit`, `offset` and `reversed`. Other arguments are evaluated and ignored.
    pub arguments: &'a [NamedArgument<'a>],
    /// Rendered for each element.
    pub body: Nodes<'a>,
    /// Rendered if there are no elements.
    pub otherwise: Nodes<'a>,
}

/// The variable, the collection and the arguments of a loop; `None` if the syntax is invalid.
pub(super) fn parse_head<'a>(parser: &Parser<'a>, token: &Token<'a>) -> Result<Option<Head<'a>>> {
    let mut markup = parser.markup(token);
    let variable = markup.identifier();
    let word = markup.identifier();
    let Some(collection) = markup.operand()? else { return Ok(None) };
    if markup.text(word) != "in" {
        return Ok(None);
    }
    Ok(Some(Head { variable, collection, arguments: markup.named_arguments()? }))
}

/// LiquidJS's name for a loop.
pub(super) fn loop_name<'a>(parser: &Parser<'a>, variable: Span, collection: Span) -> &'a str {
    parser.arena().alloc_str(&[parser.text(variable), parser.text(collection)].join("-"))
}

/// The parts of a loop's opening tag.
pub(super) struct Head<'a> {
    pub(super) variable: Span,
    pub(super) collection: Operand<'a>,
    pub(super) arguments: &'a [NamedArgument<'a>],
}

/// The error for a loop whose opening tag is invalid.
pub(super) fn invalid_syntax(parser: &Parser<'_>, token: &Token<'_>) -> Error {
    Error::new(format!("illegal tag: {}", parser.text(token.span)))
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let head = match parse_head(parser, &token) {
        Ok(Some(head)) if head.variable.start < head.variable.end => Ok(head),
        Ok(_) => Err(invalid_syntax(parser, &token)),
        Err(error) => Err(error),
    };
    let head = head.map_err(|error| parser.report(error, &token)).ok();
    let (body, mut stop) = parser.nodes_until(&["else", "endfor"]);
    let mut otherwise = bumpalo::collections::Vec::new_in(parser.arena());
    while let Some(tag) = stop {
        parser.expect_no_arguments(&tag, &token);
        if tag.tag_name() == "endfor" {
            break;
        }
        let (more, next) = parser.nodes_until(&["else", "endfor"]);
        otherwise.extend_from_slice(more);
        stop = next;
    }
    if stop.is_none() {
        parser.report_not_closed(&token);
    }
    let Some(Head { variable, collection, arguments }) = head else { return Ok(&crate::engine::tag::NoopTag) };
    Ok(parser.arena().alloc(For {
        variable: parser.text(variable),
        variable_span: variable,
        collection,
        name: loop_name(parser, variable, collection.span),
        arguments,
        body,
        otherwise: otherwise.into_bump_slice(),
    }))
}

impl Tag for For<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let items = runtime.operand(&self.collection, false)?.enumerable(runtime.arena())?;
        if items.is_empty() {
            return runtime.nodes(self.otherwise, out);
        }
        let (items, is_reversed) = if self.arguments.is_empty() {
            runtime.record_loop_end(self.name, count(items.len()));
            (items, false)
        } else {
            self.part(items, runtime)?
        };
        let arena = runtime.arena();
        let state = &*arena.alloc(Loop::new(items.len(), self.name));
        let frame = [("forloop", Value::Loop(state)), (self.variable, Value::Undefined)];
        runtime.with_variables(&frame, |runtime| {
            for at in 0..items.len() {
                if self.body.is_empty() {
                    runtime.work(TURN)?;
                }
                let item = items[if is_reversed { items.len() - 1 - at } else { at }];
                runtime.set_innermost(item);
                runtime.interrupt = None;
                runtime.nodes(self.body, out)?;
                if runtime.interrupt == Some(Interrupt::Break) {
                    break;
                }
                if self.variable == "forloop" {
                    advance_hidden(item)?;
                }
                state.advance();
            }
            Ok(())
        })?;
        runtime.interrupt = None;
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        // `offset: continue` reads no variable.
        let is_read = |operand: &&Operand<'_>| !operand.is_variable("continue");
        let arguments = self.arguments.iter().filter_map(|argument| argument.value.as_ref()).filter(is_read);
        vec![Part::Loop(part::Loop {
            collection: &self.collection,
            arguments: arguments.collect(),
            element: self.variable,
            element_span: self.variable_span,
            state: "forloop",
            has_markup: false,
            body: self.body,
            otherwise: self.otherwise,
        })]
    }
}

impl For<'_> {
    /// The elements selected by the arguments, and whether to reverse them.
    fn part<'a>(&'a self, items: &'a [Value<'a>], runtime: &mut Runtime<'a>) -> Result<(&'a [Value<'a>], bool)> {
        let arena = runtime.arena();
        let resumed = runtime.loop_end(self.name).unwrap_or_else(|| nothing(arena));
        let arguments =
            runtime.with_variables(&[("continue", resumed)], |runtime| runtime.named_arguments(self.arguments))?;
        let argument = |name| {
            let given = arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            given.filter(|value| !matches!(value, Value::Undefined))
        };
        let mut part = items;
        if let Some(offset) = argument("offset") {
            part = &part[slice_index(offset, part.len(), arena)?..];
        }
        if let Some(limit) = argument("limit") {
            part = &part[..slice_index(limit, part.len(), arena)?];
        }
        let start = argument("offset").filter(|offset| js_truthy(*offset)).unwrap_or(Value::Number(0.0));
        let end = add(start, count(part.len()), arena)?;
        runtime.record_loop_end(self.name, end);
        Ok((part, argument("reversed").is_some()))
    }
}

/// The end of a loop that has not run yet: an empty object, which is not a number, so `offset: continue` starts at 0.
fn nothing(arena: &Arena) -> Value<'_> {
    Value::Object(Object::new(&[], arena))
}

/// A variable called `forloop` hides the loop object, and LiquidJS then fails when it advances the loop.
fn advance_hidden(item: Value<'_>) -> Result<()> {
    Err(Error::new(match item {
        Value::Undefined => "Cannot read properties of undefined (reading 'next')",
        Value::Null => "Cannot read properties of null (reading 'next')",
        Value::Loop(state) => {
            state.advance();
            return Ok(());
        }
        _ => "scope.forloop.next is not a function",
    }))
}
