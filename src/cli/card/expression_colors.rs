//! Holes: the expressions of a template, each with a colour that what it wrote has too.

use std::ops::Range;

use anstyle::{Color, Style};

use super::palette;
use crate::cli::terminal::Colors;
use crate::message::{RenderedText, SourceMap, SourceSpan};

/// The colours of a template's expressions and of what they wrote.
#[derive(Clone, Debug)]
pub(in crate::cli) struct ExpressionColors {
    /// The expressions that wrote something, in order.
    expressions: Vec<Range<usize>>,
    /// The parts of the template's own text that were come to, in order.
    pub(super) texts: Vec<Range<usize>>,
    source_map: SourceMap,
    colors: Colors,
}

/// The colour of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExpressionColor(Option<Color>);

impl ExpressionColor {
    /// A style in this colour.
    pub(super) fn over(self, style: Style) -> Style {
        if self.0.is_some() { style.fg_color(self.0) } else { style }
    }
}

impl ExpressionColors {
    /// The holes of a rendered content.
    pub(in crate::cli) fn new(text: &RenderedText, colors: Colors) -> Self {
        Self { expressions: text.interpolations(), texts: text.literals(), source_map: text.source_map(), colors }
    }

    /// The expressions that wrote something, with their colours.
    pub(super) fn in_template(&self) -> impl Iterator<Item = (Range<usize>, ExpressionColor)> {
        self.expressions.iter().enumerate().map(|(place, range)| (range.clone(), self.color(place)))
    }

    fn color(&self, place: usize) -> ExpressionColor {
        ExpressionColor(palette::expression_color(place, self.colors))
    }

    fn color_of(&self, range: &Range<usize>) -> ExpressionColor {
        let by_start = |expression_color: &Range<usize>| {
            (expression_color.start, expression_color.end).cmp(&(range.start, range.end))
        };
        self.expressions.binary_search_by(by_start).map_or(ExpressionColor(None), |place| self.color(place))
    }

    /// The colour of a value that is no text.
    pub(super) fn of_scalar(&self, path: &str) -> Option<ExpressionColor> {
        self.source_map.get(path).first().map(|span| self.color_of(&span.interpolation))
    }
}

/// The parts of a text, those that expressions wrote with their colours.
pub(super) fn parts_of<'t>(
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
