//! From text to a [tree]: the [lexer], the [parser], and the [expression parser](expression_parser) for what is inside
//! delimiters.

pub mod character;
pub mod dialect;
mod excerpt;
pub mod expression_parser;
pub mod lexer;
pub mod parser;
pub mod part;
pub mod tree;
pub mod variables;
pub mod visit;
