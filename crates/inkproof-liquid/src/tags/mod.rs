//! LiquidJS's tags, one file each. A tag is a row that describes it, with a `parse` function that returns its renderer,
//! and an entry in the table below.

pub mod assign;
pub mod block;
pub mod capture;
pub mod case;
pub mod comment;
pub mod counter;
pub mod cycle;
pub mod echo;
pub mod r#for;
pub mod r#if;
pub mod inline_comment;
pub mod interrupt;
pub mod layout;
pub mod lines;
pub mod partial;
pub mod raw;
pub mod tablerow;
pub mod unless;

use crate::engine::tag::TagDefinition;

/// All tags of LiquidJS.
pub const ALL: &[TagDefinition] = &[
    assign::ASSIGN,
    block::BLOCK,
    capture::CAPTURE,
    case::CASE,
    comment::COMMENT,
    counter::DECREMENT,
    counter::INCREMENT,
    cycle::CYCLE,
    echo::ECHO,
    r#for::FOR,
    r#if::IF,
    inline_comment::INLINE_COMMENT,
    interrupt::BREAK,
    interrupt::CONTINUE,
    layout::LAYOUT,
    lines::LIQUID,
    partial::INCLUDE,
    partial::RENDER,
    raw::RAW,
    tablerow::TABLEROW,
    unless::UNLESS,
];
