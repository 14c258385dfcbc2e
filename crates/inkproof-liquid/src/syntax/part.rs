//! What a tag does, described for code that reads templates without rendering them.
//!
//! [`Tag::parts`](crate::engine::tag::Tag::parts) returns a list of [`Part`]s, which are executed one after the other. Each
//! part describes itself completely: a branch holds its condition and its body, an assignment holds the name and the value.
//! No part changes the meaning of the parts around it, so the order of the list is nothing but the order of execution.
//!
//! Code that needs to know what a part does matches on [`Part`]. Code that only wants to see everything inside it (all
//! expressions, all bodies) uses [`Part::pieces`] or [`Part::bodies`], so that only this file has to know where they are.

use crate::span::Span;
use crate::syntax::tree::{FilteredValue, Nodes, Operand};

/// One thing that a tag does.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// Evaluates these values from left to right. Fails if one of them is missing; a failure keeps the later ones from being
    /// evaluated.
    Arguments(Vec<&'a Operand<'a>>),
    /// Prints something.
    Print(Printed<'a>),
    /// Prints one of several values, another one each time.
    Cycle {
        /// Distinguishes it from other cycles with the same candidates. Fails if it is missing.
        group: Option<&'a Operand<'a>>,
        /// The values. Only the one whose turn it is is evaluated, and fails if it is missing.
        candidates: &'a [FilteredValue<'a>],
    },
    /// Sets a variable to the value of an expression, which is null if it is missing.
    Assign {
        /// The variable.
        target: Target<'a>,
        /// What it is set to.
        value: &'a FilteredValue<'a>,
    },
    /// Renders a body, and sets a variable to what that printed instead of printing it.
    Capture {
        /// The variable.
        target: Target<'a>,
        /// What is rendered.
        body: Nodes<'a>,
    },
    /// Prints a number and counts it up or down for the next time. It starts with the number that the data has under the
    /// name, if there is one.
    Count(Target<'a>),
    /// Always renders its body.
    Body {
        /// What is rendered.
        body: Nodes<'a>,
        /// A name that has a meaning of its own inside the body.
        name: Option<&'a str>,
    },
    /// Always renders these nodes, but decides only then whether to print the result.
    Withheld(Nodes<'a>),
    /// Renders the first branch whose condition holds.
    Branches {
        /// The branches, in order. The conditions after the first that holds are not evaluated.
        branches: Vec<Branch<'a>>,
        /// What is rendered if no condition holds; empty without an `else`.
        otherwise: Nodes<'a>,
    },
    /// Renders every arm that matches a value.
    Case {
        /// The value. It is null if it is missing.
        head: &'a FilteredValue<'a>,
        /// The arms, in order. Every one that matches is rendered, not only the first.
        arms: Vec<Arm<'a>>,
        /// What is rendered if no arm matches; empty without an `else`.
        otherwise: Nodes<'a>,
    },
    /// Renders a body for each element of a collection.
    Loop(Loop<'a>),
    /// Evaluates this value, which fails if it is missing, then renders it as a template that can read every variable, and
    /// prints the result.
    Template(&'a Operand<'a>),
    /// Skips the rest of the nodes around it, up to and including the body of the innermost loop.
    Stop,
}

/// What a tag prints.
#[derive(Clone, Copy, Debug)]
pub enum Printed<'a> {
    /// The value of an expression. Fails if it is missing.
    Value(&'a FilteredValue<'a>),
    /// This text.
    Text(&'a str),
    /// A number.
    Number,
}

/// A variable that a tag sets, from there to the end of the template.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name is written.
    pub span: Span,
}

/// A branch of a [`Part::Branches`].
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// The condition. What is missing in it is null.
    pub condition: &'a FilteredValue<'a>,
    /// What the condition has to be for the branch to be rendered: true for `if`, false for `unless`.
    pub expected: bool,
    /// What is rendered.
    pub body: Nodes<'a>,
}

/// An arm of a [`Part::Case`].
#[derive(Clone, Copy, Debug)]
pub struct Arm<'a> {
    /// It matches if the head equals one of these. What is missing in them is null.
    pub values: &'a [Operand<'a>],
    /// What is rendered.
    pub body: Nodes<'a>,
}

/// A [`Part::Loop`].
#[derive(Clone, Debug)]
pub struct Loop<'a> {
    /// What it goes over. Fails if it is missing.
    pub collection: &'a Operand<'a>,
    /// Further values that are evaluated before the first round. Fails if one of them is missing.
    pub arguments: Vec<&'a Operand<'a>>,
    /// The name of the element inside the body.
    pub element: &'a str,
    /// The name of the state of the loop inside the body: `forloop` or `tablerowloop`.
    pub state: &'a str,
    /// Whether the tag prints something of its own around the bodies.
    pub has_markup: bool,
    /// What is rendered for each element.
    pub body: Nodes<'a>,
    /// What is rendered if there is no element; empty without an `else`.
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

/// What an expression is for.
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
    /// The names that have a meaning of their own inside them.
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

    /// Everything inside the part, in the order in which it is written; a variable comes after what it is set to.
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
    /// Nodes in which every name means what it means outside.
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
    fn tags_say_what_they_evaluate_render_and_set() {
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
