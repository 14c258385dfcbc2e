//! Colours that connect an expression of a template with the output it wrote.

use std::ops::Range;

use anstyle::{Color, Style};

use super::palette;
use crate::cli::terminal::Colors;
use crate::message::{RenderedText, SourceMap, SourceSpan};

/// One colour per expression of a template, used for the expression and for its output.
#[derive(Clone, Debug)]
pub(in crate::cli) struct ExpressionColors {
    /// The source ranges of expressions that wrote something, in order.
    expressions: Vec<Range<usize>>,
    /// The source ranges of literal text that was rendered, in order.
    pub(super) literals: Vec<Range<usize>>,
    source_map: SourceMap,
    colors: Colors,
}

/// The colour of an expression; `None` if the terminal has no colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExpressionColor(Option<Color>);

impl ExpressionColor {
    /// The style with this foreground colour.
    pub(super) fn apply_to(self, style: Style) -> Style {
        if self.0.is_some() { style.fg_color(self.0) } else { style }
    }
}

impl ExpressionColors {
    /// Reads the expressions and the source map of a rendered content.
    pub(in crate::cli) fn new(text: &RenderedText, colors: Colors) -> Self {
        Self { expressions: text.interpolations(), literals: text.literals(), source_map: text.source_map(), colors }
    }

    /// The expressions that wrote something, with their colours.
    pub(super) fn in_template(&self) -> impl Iterator<Item = (Range<usize>, ExpressionColor)> {
        self.expressions.iter().enumerate().map(|(index, range)| (range.clone(), self.color(index)))
    }

    fn color(&self, index: usize) -> ExpressionColor {
        ExpressionColor(palette::expression_color(index, self.colors))
    }

    fn color_of(&self, range: &Range<usize>) -> ExpressionColor {
        let by_position = |expression: &Range<usize>| (expression.start, expression.end).cmp(&(range.start, range.end));
        self.expressions.binary_search_by(by_position).map_or(ExpressionColor(None), |index| self.color(index))
    }

    /// The colour of a number, boolean or null, which a single expression wrote whole.
    pub(super) fn scalar_color(&self, path: &str) -> Option<ExpressionColor> {
        self.source_map.get(path).first().map(|span| self.color_of(&span.interpolation))
    }
}

/// Splits a string property into the parts that expressions wrote, with their colours, and the parts between them.
pub(super) fn split_by_expression<'t>(
    expression_colors: Option<&ExpressionColors>,
    path: &str,
    text: &'t str,
) -> Vec<(Option<ExpressionColor>, &'t str)> {
    let Some(expression_colors) = expression_colors else { return vec![(None, text)] };
    let mut parts = Vec::new();
    let mut start = 0;
    for SourceSpan { part, interpolation } in expression_colors.source_map.get(path) {
        let (Some(before), Some(own)) = (text.get(start..part.start), text.get(part.clone())) else { break };
        parts.push((None, before));
        parts.push((Some(expression_colors.color_of(interpolation)), own));
        start = part.end;
    }
    parts.push((None, &text[start..]));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}
