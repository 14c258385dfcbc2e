//! Ways: by which decisions a render comes to a place of the content.

use std::fmt;
use std::rc::Rc;

use crate::liquid::Span;

/// What a render decides by its data. The texts are those of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchCondition<'a> {
    /// Whether a condition is true.
    Holds(&'a str),
    /// Whether a value equals one of others.
    IsOneOf(&'a str, &'a str),
    /// Whether a collection has an element.
    HasAny(&'a str),
    /// Whether a collection has more than one.
    HasSeveral(&'a str),
}

/// A question, and how it is answered on some way.
#[derive(Clone, Debug)]
pub struct BranchDecision<'a> {
    /// The question.
    pub question: BranchCondition<'a>,
    /// The answer.
    pub answer: bool,
    /// Where in the content it is asked.
    pub span: Span,
    /// What the question's own names mean.
    pub(super) scope: Rc<Scope<'a>>,
}

/// What stands around a question and gives meaning to its names; nothing where it only has those of the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scope<'a> {
    /// The tags that assign, as they are written.
    pub(super) assigns: Vec<&'a str>,
    /// The loops, outermost first: the element's name, and the collection as it is written.
    pub(super) loops: Vec<(&'a str, &'a str)>,
}

impl BranchDecision<'_> {
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.question == other.question && self.scope == other.scope
    }
}

/// As people say it: `` `trigger.x` is false ``.
impl fmt::Display for BranchDecision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An expression may go over several lines.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.question {
            BranchCondition::Holds(condition) => write!(f, "`{}` is {}", line(condition), self.answer),
            BranchCondition::IsOneOf(head, values) => {
                write!(f, "`{}` is {}`{}`", line(head), if self.answer { "" } else { "not " }, line(values))
            }
            BranchCondition::HasAny(list) => {
                write!(f, "`{}` is {}empty", line(list), if self.answer { "not " } else { "" })
            }
            BranchCondition::HasSeveral(list) => {
                write!(f, "`{}` has {}one element", line(list), if self.answer { "more than " } else { "" })
            }
        }
    }
}

/// The decisions of a way, those left out that make no difference.
#[derive(Clone, Debug, Default)]
pub(super) struct PathCondition<'a>(pub(super) Vec<BranchDecision<'a>>);

/// How many decisions of a way are followed.
const MAX_DECISIONS: usize = 12;

impl<'a> PathCondition<'a> {
    /// The way with one decision more; none where it was decided otherwise before, or too much has been decided.
    fn then(&self, decision: &BranchDecision<'a>) -> Option<Self> {
        match self.0.iter().find(|known| known.is_about_the_same(decision)) {
            Some(known) => (known.answer == decision.answer).then(|| self.clone()),
            None if self.0.len() == MAX_DECISIONS => None,
            None => Some(Self(self.0.iter().chain([decision]).cloned().collect())),
        }
    }

    fn answer(&self, decision: &BranchDecision<'a>) -> Option<bool> {
        self.0.iter().find(|known| known.is_about_the_same(decision)).map(|known| known.answer)
    }

    /// Whether all of these decisions are among the way's.
    pub(super) fn is_within(&self, decisions: &[BranchDecision<'a>]) -> bool {
        decisions.iter().all(|decision| self.answer(decision) == Some(decision.answer))
    }

    /// The one way that both are together, where they part at a single question.
    fn joined(&self, other: &Self) -> Option<Self> {
        let mut parting = self.0.iter().filter(|decision| other.answer(decision) != Some(decision.answer));
        let only = parting.next().filter(|_| parting.next().is_none())?;
        let is_other_answer = self.0.len() == other.0.len() && other.answer(only) == Some(!only.answer);
        let rest = self.0.iter().filter(|decision| !decision.is_about_the_same(only));
        is_other_answer.then(|| Self(rest.cloned().collect()))
    }
}

/// Ways to the same place, some of them; none where nobody knows any.
#[derive(Clone, Debug, Default)]
pub(super) struct PathSet<'a>(pub(super) Vec<PathCondition<'a>>);

/// How many ways to the same place are kept.
const MAX_WAYS: usize = 6;

impl<'a> PathSet<'a> {
    /// The beginning, where nothing has been decided.
    pub(super) fn start() -> Self {
        Self(vec![PathCondition::default()])
    }

    pub(super) fn then(&self, decision: &BranchDecision<'a>) -> Self {
        Self(self.0.iter().filter_map(|path_condition| path_condition.then(decision)).collect())
    }

    /// Adds others, and leaves out what makes no difference.
    pub(super) fn add(&mut self, others: Self) {
        for path_condition in others.0 {
            self.add_way(path_condition);
        }
        self.0.sort_by_key(|path_condition| path_condition.0.len());
        self.0.truncate(MAX_WAYS);
    }

    fn add_way(&mut self, path_condition: PathCondition<'a>) {
        let mut path_condition = path_condition;
        // A joined way may be joined again; it is shorter each time.
        while let Some((at, joined)) =
            self.0.iter().enumerate().find_map(|(at, known)| Some((at, known.joined(&path_condition)?)))
        {
            self.0.swap_remove(at);
            path_condition = joined;
        }
        if self.0.iter().any(|known| path_condition.is_within(&known.0)) {
            return;
        }
        self.0.retain(|known| !known.is_within(&path_condition.0));
        self.0.push(path_condition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(texts: &[&'static [(&'static str, bool)]]) -> PathSet<'static> {
        let decision = |&(text, answer): &(&'static str, bool)| BranchDecision {
            question: BranchCondition::Holds(text),
            answer,
            span: Span::default(),
            scope: Rc::default(),
        };
        let mut paths = PathSet::default();
        for decisions in texts {
            paths.add(PathSet(vec![PathCondition(decisions.iter().map(decision).collect())]));
        }
        paths
    }

    fn shown(paths: &PathSet<'_>) -> Vec<String> {
        let path_condition = |path_condition: &PathCondition<'_>| {
            path_condition.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        paths.0.iter().map(path_condition).collect()
    }

    #[test]
    fn decisions_that_make_no_difference_are_left_out() {
        assert_eq!(shown(&paths(&[&[("a", true)], &[("a", false)]])), [""]);
        assert_eq!(shown(&paths(&[&[("a", true)], &[("a", false), ("b", true)], &[("a", false), ("b", false)]])), [""]);
        assert_eq!(shown(&paths(&[&[("a", true), ("b", true)], &[("a", true)]])), ["`a` is true"]);
    }

    #[test]
    fn nobody_decides_both_ways() {
        let known = paths(&[&[("a", true)]]);
        let decision = BranchDecision { answer: false, ..known.0[0].0[0].clone() };
        assert!(known.then(&decision).0.is_empty());
    }
}
