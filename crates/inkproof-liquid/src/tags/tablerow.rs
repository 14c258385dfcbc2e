//! `{% tablerow item in collection cols: n %} … {% endtablerow %}`

use std::fmt::Write as _;

use super::r#for::{Head, TURN, invalid_syntax, loop_name, parse_head};
use crate::engine::output::Output;
use crate::engine::row::{Absent, Argument, Example, Kind};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{NoopTag, Tag, TagDefinition};
use crate::error::Result;
use crate::span::Span;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::{self, Part};
use crate::syntax::tree::{NamedArgument, Nodes, Operand};
use crate::value::coerce::{add, js_truthy, slice_index};
use crate::value::{Loop, Value, count, number};

/// Renders its body for each element as a cell of an HTML table with `cols` columns. `limit` and `offset` select
/// elements.
pub const TABLEROW: TagDefinition = TagDefinition::new("tablerow", parse)
    .summary("Renders its body for each element, as cells of an HTML table.")
    .syntax("{% tablerow name in array cols: 2 limit: 4 offset: 1 %}…{% endtablerow %}")
    .arguments(&[
        Argument::named("cols", Kind::Number),
        Argument::named("limit", Kind::Number),
        Argument::named("offset", Kind::Number).or("0"),
    ])
    .input("[{% tablerow i in input %}{{ i }}{% endtablerow %}]", Absent::Prints("[]"), Absent::Undefined)
    .since("1.9.1")
    .examples(&[Example::new(
        "{% tablerow i in (1..2) cols: 2 %}{{ i }}{% endtablerow %}",
        r#"<tr class="row1"><td class="col1">1</td><td class="col2">2</td></tr>"#,
    )]);

/// A parsed `tablerow`.
#[derive(Debug)]
pub struct Tablerow<'a> {
    /// The name of the element.
    pub variable: &'a str,
    /// The span of that name.
    pub variable_span: Span,
    /// The collection to iterate over.
    pub collection: Operand<'a>,
    /// LiquidJS's name for the loop: `variable-collection`.
    pub name: &'a str,
    /// `cols`, `limit`, `offset`.
    pub arguments: &'a [NamedArgument<'a>],
    /// Rendered in each cell.
    pub body: Nodes<'a>,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let head = parse_head(parser, &token).and_then(|head| head.ok_or_else(|| invalid_syntax(parser, &token)));
    let head = head.map_err(|error| parser.report(error, &token)).ok();
    let (body, end) = parser.nodes_until(&["endtablerow"]);
    if end.is_none() {
        parser.report_not_closed(&token);
    }
    let Some(Head { variable, collection, arguments }) = head else { return Ok(&NoopTag) };
    Ok(parser.arena().alloc(Tablerow {
        variable: parser.text(variable),
        variable_span: variable,
        collection,
        name: loop_name(parser, variable, collection.span),
        arguments,
        body,
    }))
}

impl Tag for Tablerow<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let arena = runtime.arena();
        let items = runtime.operand(&self.collection, false)?.enumerable(arena)?;
        let arguments = runtime.named_arguments(self.arguments)?;
        let argument = |name| arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let offset = argument("offset").filter(|value| js_truthy(*value)).unwrap_or(Value::Number(0.0));
        let limit = argument("limit").filter(|value| !matches!(value, Value::Undefined)).unwrap_or(count(items.len()));
        let end = slice_index(add(offset, limit, arena)?, items.len(), arena)?;
        let items = items.get(slice_index(offset, items.len(), arena)?..end).unwrap_or_default();
        let columns = argument("cols").filter(|value| js_truthy(*value)).unwrap_or(count(items.len()));
        let state = Loop::new(items.len(), self.name).with_columns(columns, arena);
        let state = &*arena.alloc(state);
        let frame = [("tablerowloop", Value::Loop(state)), (self.variable, Value::Undefined)];
        runtime.with_variables(&frame, |runtime| {
            for item in items {
                runtime.work(TURN * 4)?;
                runtime.set_innermost(*item);
                out.write_str(&opening(state))?;
                runtime.nodes(self.body, out)?;
                out.write_str("</td>")?;
                state.advance();
            }
            if items.is_empty() { Ok(()) } else { out.write_str("</tr>") }
        })
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Loop(part::Loop {
            collection: &self.collection,
            arguments: self.arguments.iter().filter_map(|argument| argument.value.as_ref()).collect(),
            element: self.variable,
            element_span: self.variable_span,
            state: "tablerowloop",
            has_markup: true,
            body: self.body,
            otherwise: &[],
        })]
    }
}

/// The opening tags of a cell, and of its row if it is the first cell.
fn opening(state: &Loop<'_>) -> String {
    let mut html = String::new();
    if state.column0() == 0.0 {
        let row = state.row();
        if row != 1.0 {
            html.push_str("</tr>");
        }
        let _ = write!(html, r#"<tr class="row{}">"#, number::to_js_string(row));
    }
    let _ = write!(html, r#"<td class="col{}">"#, number::to_js_string(state.column0() + 1.0));
    html
}
