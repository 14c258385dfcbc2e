//! Holes: the expressions of a template, each with a colour that what it wrote has too.

use std::collections::HashMap;
use std::ops::Range;

use anstyle::{Color, Style};

use super::palette;
use crate::cli::terminal::Colors;
use crate::message::{Origin, Written};

/// The colours of a template's expressions and of what they wrote.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Holes {
    /// The expressions that wrote something, in order.
    expressions: Vec<Range<usize>>,
    /// The parts of the template's own text that were come to, in order.
    pub(super) texts: Vec<Range<usize>>,
    origins: HashMap<String, Vec<Origin>>,
    colors: Colors,
}

/// The colour of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole(Option<Color>);

impl Hole {
    /// A style in this colour.
    pub(super) fn over(self, style: Style) -> Style {
        if self.0.is_some() { style.fg_color(self.0) } else { style }
    }
}

impl Holes {
    /// The holes of a rendered content.
    pub(in crate::cli) fn new(written: &Written, colors: Colors) -> Self {
        Self { expressions: written.holes(), texts: written.texts(), origins: written.origins(), colors }
    }

    /// The expressions that wrote something, with their colours.
    pub(super) fn in_template(&self) -> impl Iterator<Item = (Range<usize>, Hole)> {
        self.expressions.iter().enumerate().map(|(place, range)| (range.clone(), self.color(place)))
    }

    fn color(&self, place: usize) -> Hole {
        Hole(palette::hole(place, self.colors))
    }

    fn color_of(&self, range: &Range<usize>) -> Hole {
        let by_start = |hole: &Range<usize>| (hole.start, hole.end).cmp(&(range.start, range.end));
        self.expressions.binary_search_by(by_start).map_or(Hole(None), |place| self.color(place))
    }

    /// The colour of a value that is no text.
    pub(super) fn of_scalar(&self, path: &str) -> Option<Hole> {
        self.origins.get(path)?.first().map(|origin| self.color_of(&origin.hole))
    }
}

/// The parts of a text, those that expressions wrote with their colours.
pub(super) fn parts_of<'t>(holes: Option<&Holes>, path: &str, text: &'t str) -> Vec<(Option<Hole>, &'t str)> {
    let found = holes.and_then(|holes| Some((holes, holes.origins.get(path)?)));
    let Some((holes, origins)) = found else { return vec![(None, text)] };
    let mut parts = Vec::new();
    let mut start = 0;
    for Origin { part, hole } in origins {
        let (Some(before), Some(own)) = (text.get(start..part.start), text.get(part.clone())) else { break };
        parts.push((None, before));
        parts.push((Some(holes.color_of(hole)), own));
        start = part.end;
    }
    parts.push((None, &text[start..]));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}
