//! The effects of a tag, described for code that analyses templates without rendering them.
//!
//! [`Tag::parts`](crate::engine::tag::Tag::parts) returns a list of [`Part`]s, which are executed in order. Each part
//! is self-contained: a branch holds its condition and its body, an assignment holds its name and its value. No part
//! changes the meaning of the parts around it, so the order of the list is only the order of execution.
//!
//! Code that needs the effect of a part matches on [`Part`]. Code that only visits everything inside it (all
//! expressions, all bodies) calls [`Part::pieces`] or [`Part::bodies`], so that only this file knows where they are.

use crate::span::Span;
use crate::syntax::tree::{FilteredValue, Nodes, Operand};

/// One effect of a tag.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// Evaluates these values from left to right. Fails if one of them is missing; the values after a failure are not
    /// evaluated.
    Arguments(Vec<&'a Operand<'a>>),
    /// Prints something.
    Print(Printed<'a>),
    /// Prints one of several values, a different one each time.
    Cycle {
        /// Distinguishes it from other cycles with the same candidates. Fails if it is missing.
        group: Option<&'a Operand<'a>>,
        /// The values. Only the current one is evaluated. Fails if it is missing.
        candidates: &'a [FilteredValue<'a>],
    },
    /// Sets a variable to the value of an expression, or to null if that is missing.
    Assign {
        /// The variable.
        target: Target<'a>,
        /// Its new value.
        value: &'a FilteredValue<'a>,
    },
    /// Renders a body into a variable instead of printing it.
    Capture {
        /// The variable.
        target: Target<'a>,
        /// The body to render.
        body: Nodes<'a>,
    },
    /// Prints a number, and increments or decrements it for the next time. It starts at the number that the data has
    /// under this name, or at 0.
    Count(Target<'a>),
    /// Always renders its body.
    Body {
        /// The body to render.
        body: Nodes<'a>,
        /// A name that is defined inside the body.
        name: Option<&'a str>,
    },
    /// Always renders these nodes, and decides afterwards whether to print the result.
    Withheld(Nodes<'a>),
    /// Renders the first branch whose condition holds.
    Branches {
        /// The branches, in order. Conditions after the first one that holds are not evaluated.
        branches: Vec<Branch<'a>>,
        /// Rendered if no condition holds; empty without an `else`.
        otherwise: Nodes<'a>,
    },
    /// Renders every arm that matches a value.
    Case {
        /// The value. It is null if it is missing.
        head: &'a FilteredValue<'a>,
        /// The arms, in order. Every one that matches is rendered, not only the first.
        arms: Vec<Arm<'a>>,
        /// Rendered if no arm matches; empty without an `else`.
        otherwise: Nodes<'a>,
    },
    /// Renders a body for each element of a collection.
    Loop(Loop<'a>),
    /// Evaluates this value (fails if it is missing), renders it as a template that can read every variable, and prints
    /// the result.
    Template(&'a Operand<'a>),
    /// Skips the rest of the enclosing nodes, up to and including the body of the innermost loop.
    Stop,
}

/// What a tag prints.
#[derive(Clone, Copy, Debug)]
pub enum Printed<'a> {
    /// The value of an expression. Fails if it is missing.
    Value(&'a FilteredValue<'a>),
    /// This string.
    Text(&'a str),
    /// A number.
    Number,
}

/// A variable that a tag sets, visible from there to the end of the template.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its name.
    pub name: &'a str,
    /// The span of the name.
    pub span: Span,
}

/// A branch of a [`Part::Branches`].
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// The condition. Missing variables in it are null.
    pub condition: &'a FilteredValue<'a>,
    /// The value of the condition for which the branch is rendered: true for `if`, false for `unless`.
    pub expected: bool,
    /// The body to render.
    pub body: Nodes<'a>,
}

/// An arm of a [`Part::Case`].
#[derive(Clone, Copy, Debug)]
pub struct Arm<'a> {
    /// It matches if the case value equals one of these. Missing variables in them are null.
    pub values: &'a [Operand<'a>],
    /// The body to render.
    pub body: Nodes<'a>,
}

/// A [`Part::Loop`].
#[derive(Clone, Debug)]
pub struct Loop<'a> {
    /// The collection. Fails if it is missing.
    pub collection: &'a Operand<'a>,
    /// Further values that are evaluated before the first iteration. Fails if one of them is missing.
    pub arguments: Vec<&'a Operand<'a>>,
    /// The name of the element inside the body.
    pub element: &'a str,
    /// The span of that name.
    pub element_span: Span,
    /// The name of the loop object inside the body: `forloop` or `tablerowloop`.
    pub state: &'a str,
    /// Whether the tag itself prints something around the bodies.
    pub has_markup: bool,
    /// Rendered for each element.
    pub body: Nodes<'a>,
    /// Rendered if there is no element; empty without an `else`.
    pub otherwise: Nodes<'a>,
}

/// Something inside a part.
#[derive(Clone, Debug)]
pub enum Piece<'a> {
    /// An expression that is evaluated.
    Value(&'a FilteredValue<'a>, Purpose),
    /// A value that is evaluated.
    Operand(&'a Operand<'a>),
    /// Nodes that may be rendered.
    Body(Body<'a>),
    /// A variable that is set.
    Target(Target<'a>),
}

/// How the value of an expression is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is printed.
    Printed,
    /// It decides whether a branch is rendered.
    Condition,
    /// A variable is set to it.
    Assigned,
    /// Something else.
    Other,
}

/// Nodes that a part may render.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// The nodes.
    pub nodes: Nodes<'a>,
    /// The names that are defined inside them.
    pub names: Vec<&'a str>,
}

impl<'a> Part<'a> {
    /// The variable that the part sets.
    #[must_use]
    pub const fn target(&self) -> Option<Target<'a>> {
        match self {
            Self::Assign { target, .. } | Self::Capture { target, .. } | Self::Count(target) => Some(*target),
            Self::Arguments(_)
            | Self::Print(_)
            | Self::Cycle { .. }
            | Self::Body { .. }
            | Self::Withheld(_)
            | Self::Branches { .. }
            | Self::Case { .. }
            | Self::Loop(_)
            | Self::Template(_)
            | Self::Stop => None,
        }
    }

    /// The nodes that the part may render, in the order of the template.
    #[must_use]
    pub fn bodies(&self) -> Vec<Body<'a>> {
        let bodies = self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Body(body) => Some(body),
            Piece::Value(..) | Piece::Operand(_) | Piece::Target(_) => None,
        });
        bodies.collect()
    }

    /// Everything inside the part, in source order. A variable comes after the value that it is set to.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece<'a>> {
        match self {
            Self::Arguments(operands) => operands.iter().copied().map(Piece::Operand).collect(),
            Self::Print(Printed::Value(value)) => vec![Piece::Value(value, Purpose::Printed)],
            Self::Print(Printed::Text(_) | Printed::Number) | Self::Stop => Vec::new(),
            Self::Cycle { group, candidates } => {
                let candidates = candidates.iter().map(|value| Piece::Value(value, Purpose::Other));
                group.map(Piece::Operand).into_iter().chain(candidates).collect()
            }
            Self::Assign { target, value } => vec![Piece::Value(value, Purpose::Assigned), Piece::Target(*target)],
            Self::Capture { target, body } => vec![Piece::body(body), Piece::Target(*target)],
            Self::Count(target) => vec![Piece::Target(*target)],
            Self::Body { body, name } => vec![Piece::Body(Body { nodes: body, names: name.iter().copied().collect() })],
            Self::Withheld(body) => vec![Piece::body(body)],
            Self::Branches { branches, otherwise } => {
                branches.iter().flat_map(Branch::pieces).chain([Piece::body(otherwise)]).collect()
            }
            Self::Case { head, arms, otherwise } => {
                let arms = arms.iter().flat_map(Arm::pieces);
                std::iter::once(Piece::Value(head, Purpose::Other))
                    .chain(arms)
                    .chain([Piece::body(otherwise)])
                    .collect()
            }
            Self::Loop(of) => of.pieces(),
            Self::Template(operand) => vec![Piece::Operand(operand)],
        }
    }
}

impl<'a> Branch<'a> {
    fn pieces(&self) -> [Piece<'a>; 2] {
        [Piece::Value(self.condition, Purpose::Condition), Piece::body(self.body)]
    }
}

impl<'a> Arm<'a> {
    fn pieces(&self) -> impl Iterator<Item = Piece<'a>> + use<'a> {
        self.values.iter().map(Piece::Operand).chain([Piece::body(self.body)])
    }
}

impl<'a> Loop<'a> {
    fn pieces(&self) -> Vec<Piece<'a>> {
        let operands = std::iter::once(self.collection).chain(self.arguments.iter().copied());
        let body = Body { nodes: self.body, names: vec![self.element, self.state] };
        operands.map(Piece::Operand).chain([Piece::Body(body), Piece::body(self.otherwise)]).collect()
    }
}

impl<'a> Piece<'a> {
    /// Nodes that define no names.
    const fn body(nodes: Nodes<'a>) -> Self {
        Self::Body(Body { nodes, names: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::visit::parts;
    use crate::{Arena, LIQUIDJS, Template};

    /// The pieces of the parts of the first node, in order.
    fn pieces(source: &str) -> Vec<String> {
        let arena = Arena::new();
        let template = Template::parse(source, &LIQUIDJS, &arena).unwrap();
        let pieces = parts(&template.nodes[0]).iter().flat_map(Part::pieces).collect::<Vec<_>>();
        let written = |nodes: Nodes<'_>| nodes.iter().map(|node| node.span.of(source)).collect::<String>();
        let described = pieces.iter().map(|piece| match piece {
            Piece::Value(value, purpose) => format!("{purpose:?} {}", value.span.of(source).trim()),
            Piece::Operand(operand) => format!("operand {}", operand.span.of(source)),
            Piece::Body(body) => format!("body {:?} {}", body.names, written(body.nodes)),
            Piece::Target(target) => format!("target {}", target.span.of(source)),
        });
        described.collect()
    }

    #[test]
    fn parts_contain_everything_that_tags_evaluate_render_and_set() {
        for (source, expected) in [
            ("{% assign x = a | plus: 1 %}", &["Assigned a | plus: 1", "target x"][..]),
            ("{% capture x %}b{% endcapture %}", &["body [] b", "target x"]),
            ("{% increment x %}", &["target x"]),
            ("{% echo a %}", &["Printed a"]),
            ("{% cycle g: a, b %}", &["operand g", "Other a", "Other b"]),
            ("{% block x %}b{% endblock %}", &["body [\"block\"] b"]),
            ("{% layout f, k: v %}b", &["operand f", "operand v", "body [] b"]),
            ("{% render 'f', k: v %}", &["operand v"]),
            ("{% include f with w %}", &["operand f", "operand w"]),
            (
                "{% if a %}1{% elsif b %}2{% else %}3{% endif %}",
                &["Condition a", "body [] 1", "Condition b", "body [] 2", "body [] 3"],
            ),
            ("{% unless a %}1{% endunless %}", &["Condition a", "body [] 1", "body [] "]),
            (
                "{% case a %}{% when b, c %}1{% when d %}2{% else %}3{% endcase %}",
                &["Other a", "operand b", "operand c", "body [] 1", "operand d", "body [] 2", "body [] 3"],
            ),
            (
                "{% for i in a limit: b offset: continue %}1{% else %}2{% endfor %}",
                &["operand a", "operand b", "body [\"i\", \"forloop\"] 1", "body [] 2"],
            ),
            (
                "{% tablerow i in a cols: b %}1{% endtablerow %}",
                &["operand a", "operand b", "body [\"i\", \"tablerowloop\"] 1", "body [] "],
            ),
            ("{% raw %}{{ a }}{% endraw %}", &[]),
            ("{% comment %}{{ a }}{% endcomment %}", &[]),
        ] {
            assert_eq!(pieces(source), expected, "{source}");
        }
    }

    #[test]
    fn an_unless_renders_its_first_branch_if_the_condition_is_false() {
        let arena = Arena::new();
        let source = "{% unless a %}1{% elsif b %}2{% endunless %}";
        let template = Template::parse(source, &LIQUIDJS, &arena).unwrap();
        let parts = parts(&template.nodes[0]);
        let [Part::Branches { branches, .. }] = &*parts else { panic!("{parts:?}") };
        assert_eq!(branches.iter().map(|branch| branch.expected).collect::<Vec<_>>(), [false, true]);
    }
}
