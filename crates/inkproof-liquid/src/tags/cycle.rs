//! `{% cycle a, b, c %}` and `{% cycle group: a, b, c %}`

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use crate::engine::output::Output;
use crate::engine::row::{Absent, Example};
use crate::engine::runtime::Runtime;
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::{Error, Result};
use crate::syntax::lexer::Token;
use crate::syntax::parser::Parser;
use crate::syntax::part::Part;
use crate::syntax::tree::{FilteredValue, Operand};
use crate::value::coerce;

/// Prints its values in turn, one each time. Tags with the same group and the same source share their position.
pub const CYCLE: TagDefinition = TagDefinition::new("cycle", parse)
    .summary(
        "Prints its values in turn, one each time. Tags with the same group and the same values share their position.",
    )
    .syntax("{% cycle group: value, value %}")
    .input("[{% cycle input, 'b' %}]", Absent::Prints("[]"), Absent::Undefined)
    .since("1.9.1")
    .examples(&[Example::new("{% for i in (1..3) %}{% cycle 'odd', 'even' %} {% endfor %}", "odd even odd ")]);

/// A parsed `cycle`.
#[derive(Debug)]
pub struct Cycle<'a> {
    /// Distinguishes it from other cycles with the same values.
    pub group: Option<Operand<'a>>,
    /// The values to print in turn. An unknown filter fails only when its value is printed.
    pub candidates: &'a [FilteredValue<'a>],
    /// The source of the candidates.
    sources: &'a str,
    /// The name of its position without a group: that of the group `undefined`.
    ungrouped: &'a str,
}

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    let mut markup = parser.markup(&token);
    let start = markup.position();
    let mut group = markup.operand()?;
    markup.skip_blanks();
    if group.is_some() && !markup.take(':') {
        group = None;
        markup.set_position(start);
    }
    let mut candidates = bumpalo::collections::Vec::new_in(parser.arena());
    let mut sources: Vec<&str> = Vec::new();
    while !markup.is_at_end() {
        let candidate = markup.candidate()?;
        sources.push(markup.text(candidate.span));
        candidates.push(candidate);
        markup.skip_past(",");
    }
    if candidates.is_empty() {
        return Err(markup.error(format!("empty candidates: \"{}\"", parser.text(token.span))));
    }
    let sources = &*parser.arena().alloc_str(&sources.join(","));
    let ungrouped = parser.arena().alloc_str(&format!("undefined:{sources}"));
    Ok(parser.arena().alloc(Cycle { group, candidates: candidates.into_bump_slice(), sources, ungrouped }))
}

impl Tag for Cycle<'_> {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        let key = match &self.group {
            Some(group) => {
                let group = coerce::js_string(runtime.operand(group, false)?, runtime.arena())?;
                Cow::Owned(format!("{group}:{}", self.sources))
            }
            None => Cow::Borrowed(self.ungrouped),
        };
        let (arena, length) = (runtime.arena(), key.len());
        runtime.work(length)?;
        let turn = match runtime.cycles.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                arena.reserve(length)?;
                arena.hold(length);
                free.insert(0)
            }
        };
        let candidate = &self.candidates[*turn % self.candidates.len()];
        *turn = (*turn + 1) % self.candidates.len();
        if let Some(unknown) = candidate.filters.iter().find(|filter| filter.filter.is_none()) {
            return Err(Error::unknown_filter(unknown.name));
        }
        let value = runtime.value(candidate, false)?.plain(runtime.arena());
        // LiquidJS returns the value to its renderer, which skips values that are falsy in JavaScript.
        if coerce::js_truthy(value) { out.write_value(value, runtime.arena()) } else { Ok(()) }
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Cycle { group: self.group.as_ref(), candidates: self.candidates }]
    }
}
