//! `{% render "file" %}` and `{% include "file" %}`
//!
//! The engine is given no other templates to refer to, so looking one up always fails.

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::engine::template::Template;
use crate::error::{Error, Result};
use crate::syntax::expression_parser::ExpressionParser;
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::{NamedArgument, NodeKind, Operand, OperandKind};
use crate::value::Value;
use crate::value::coerce::{js_string, js_truthy};

/// Renders another template in its own scope. For an empty array (`for`) it prints nothing; otherwise it fails.
pub const RENDER: TagDefinition = TagDefinition::new("render", parse_render)
    .summary("Renders another file in its own scope; as there are no files, it fails, except for an empty array.")
    .syntax("{% render 'file' for array as name, key: value %}")
    .input("[{% render 'x' for input %}]", Absent::Prints("[]"), Absent::Undefined)
    .since("9.2.0")
    .examples(&[Example::with(r#"{"list": []}"#, "{% render 'x' for list %}", "")]);

/// Renders another template in the current scope, so it always fails.
pub const INCLUDE: TagDefinition = TagDefinition::new("include", parse_include)
    .summary("Renders another file in the current scope; as there are no files, it fails.")
    .syntax("{% include 'file' %}")
    .input("{% include input %}", Absent::Fails("illegal file path \"null\""), Absent::Undefined)
    .since("1.9.1");

/// The path of a file in a tag.
#[derive(Clone, Copy, Debug)]
pub enum FilePath<'a> {
    /// The word `none`.
    None,
    /// A plain name.
    Name(&'a str),
    /// A quoted string that contains Liquid.
    Template(Template<'a>),
    /// A value that is evaluated during the render.
    Value(Operand<'a>),
}

impl<'a> FilePath<'a> {
    pub(super) fn parse(parser: &mut Parser<'a>, markup: &mut ExpressionParser<'a>) -> Result<Self> {
        let Some(operand) = markup.operand()? else { return Err(markup.error("illegal file path")) };
        if markup.text(operand.span) == "none" {
            return Ok(Self::None);
        }
        let OperandKind::Literal(Value::String(text)) = operand.kind else { return Ok(Self::Value(operand)) };
        let nodes = parser.inner_template(text).map_err(|errors| {
            let first = errors.into_iter().next();
            first.map_or_else(|| Error::new("illegal file path"), |error| error.without_span().within(operand.span))
        })?;
        Ok(match nodes {
            [node] if matches!(node.kind, NodeKind::Text(_)) => Self::Name(text),
            _ => Self::Template(Template { source: text, nodes, language: parser.language() }),
        })
    }

    /// The operand, if the path is one.
    pub(super) const fn operand(&self) -> Option<&Operand<'a>> {
        match self {
            Self::Value(operand) => Some(operand),
            _ => None,
        }
    }

    /// Evaluates the path, which must not be empty.
    pub(super) fn render(&'a self, runtime: &mut Runtime<'a>) -> Result<Value<'a>> {
        let path = match self {
            Self::None => Value::Undefined,
            Self::Name(name) => Value::String(name),
            Self::Template(template) => {
                let nodes = template.nodes;
                let path = runtime.within_source(template.source, |runtime| runtime.capture(nodes));
                // LiquidJS uses the failure as the path, and then reports that it is not a string.
                path.map_or(Value::Block, Value::String)
            }
            Self::Value(operand) => runtime.operand(operand, false)?,
        };
        if js_truthy(path) {
            return Ok(path);
        }
        Err(Error::new(format!("illegal file path \"{}\"", js_string(path, runtime.arena())?)))
    }
}

/// The error for a file that does not exist.
pub(super) fn not_found(path: Value<'_>) -> Error {
    match path {
        Value::String(name) => Error::new(format!("ENOENT: Failed to lookup \"{name}\" in \".\"")),
        _ => Error::new("referencedFile.startsWith is not a function"),
    }
}

/// A parsed `render` or `include`.
#[derive(Debug)]
pub struct Partial<'a> {
    /// The path of the file.
    pub path: FilePath<'a>,
    /// The value passed under the file's name or an alias (`with`).
    pub with: Option<Operand<'a>>,
    /// The collection for whose elements the file is rendered (`for`).
    pub collection: Option<Operand<'a>>,
    /// The other arguments.
    pub arguments: &'a [NamedArgument<'a>],
}

fn parse_render<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let path = FilePath::parse(parser, &mut markup)?;
    let (mut with, mut collection) = (None, None);
    while !markup.is_at_end() {
        markup.skip_blanks();
        let start = markup.position();
        let keyword = markup.identifier();
        let keyword = markup.text(keyword);
        markup.skip_blanks();
        let may_bind = matches!(keyword, "with" | "for") && markup.peek() != Some(':');
        let Some(value) = (if may_bind { markup.operand()? } else { None }) else {
            markup.set_position(start);
            break;
        };
        let before_alias = markup.position();
        let word = markup.identifier();
        if markup.text(word) == "as" {
            markup.identifier();
        } else {
            markup.set_position(before_alias);
        }
        *(if keyword == "with" { &mut with } else { &mut collection }) = Some(value);
        markup.skip_blanks();
        markup.take(',');
    }
    let arguments = markup.named_arguments()?;
    Ok(parser.arena().alloc(Partial { path, with, collection, arguments }))
}

fn parse_include<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let path = FilePath::parse(parser, &mut markup)?;
    let start = markup.position();
    let keyword = markup.identifier();
    let is_with = markup.text(keyword) == "with";
    if is_with {
        markup.skip_blanks();
    }
    let with = if is_with && markup.peek() != Some(':') {
        markup.operand()?
    } else {
        markup.set_position(start);
        None
    };
    let arguments = markup.named_arguments()?;
    Ok(parser.arena().alloc(Partial { path, with, collection: None, arguments }))
}

impl Tag for Partial<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        let path = self.path.render(runtime)?;
        runtime.named_arguments(self.arguments)?;
        if let Some(with) = &self.with {
            runtime.operand(with, false)?;
        }
        if let Some(collection) = &self.collection
            && runtime.operand(collection, false)?.enumerable(runtime.arena())?.is_empty()
        {
            return Ok(());
        }
        Err(not_found(path))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        let arguments = self.arguments.iter().filter_map(|argument| argument.value.as_ref());
        let operands = self.path.operand().into_iter().chain(arguments).chain(&self.with).chain(&self.collection);
        vec![Part::Arguments(operands.collect())]
    }
}
