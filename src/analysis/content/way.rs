//! Ways: by which decisions a render comes to a place of the content.

use std::fmt;
use std::rc::Rc;

use crate::liquid::Span;

/// What a render decides by its data. The texts are those of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question<'a> {
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
pub struct Decision<'a> {
    /// The question.
    pub question: Question<'a>,
    /// The answer.
    pub answer: bool,
    /// Where in the content it is asked.
    pub span: Span,
    /// What the question's own names mean.
    pub(super) around: Rc<Around<'a>>,
}

/// What stands around a question and gives meaning to its names; nothing where it only has those of the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Around<'a> {
    /// The tags that assign, as they are written.
    pub(super) assigns: Vec<&'a str>,
    /// The loops, outermost first: the element's name, and the collection as it is written.
    pub(super) loops: Vec<(&'a str, &'a str)>,
}

impl Decision<'_> {
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.question == other.question && self.around == other.around
    }
}

/// As people say it: `` `trigger.x` is false ``.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An expression may go over several lines.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.question {
            Question::Holds(condition) => write!(f, "`{}` is {}", line(condition), self.answer),
            Question::IsOneOf(head, values) => {
                write!(f, "`{}` is {}`{}`", line(head), if self.answer { "" } else { "not " }, line(values))
            }
            Question::HasAny(list) => {
                write!(f, "`{}` is {}empty", line(list), if self.answer { "not " } else { "" })
            }
            Question::HasSeveral(list) => {
                write!(f, "`{}` has {}one element", line(list), if self.answer { "more than " } else { "" })
            }
        }
    }
}

/// The decisions of a way, those left out that make no difference.
#[derive(Clone, Debug, Default)]
pub(super) struct Way<'a>(pub(super) Vec<Decision<'a>>);

/// How many decisions of a way are followed.
const MAX_DECISIONS: usize = 12;

impl<'a> Way<'a> {
    /// The way with one decision more; none where it was decided otherwise before, or too much has been decided.
    fn then(&self, decision: &Decision<'a>) -> Option<Self> {
        match self.0.iter().find(|known| known.is_about_the_same(decision)) {
            Some(known) => (known.answer == decision.answer).then(|| self.clone()),
            None if self.0.len() == MAX_DECISIONS => None,
            None => Some(Self(self.0.iter().chain([decision]).cloned().collect())),
        }
    }

    fn answer(&self, decision: &Decision<'a>) -> Option<bool> {
        self.0.iter().find(|known| known.is_about_the_same(decision)).map(|known| known.answer)
    }

    /// Whether all of these decisions are among the way's.
    pub(super) fn is_within(&self, decisions: &[Decision<'a>]) -> bool {
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
pub(super) struct Ways<'a>(pub(super) Vec<Way<'a>>);

/// How many ways to the same place are kept.
const MAX_WAYS: usize = 6;

impl<'a> Ways<'a> {
    /// The beginning, where nothing has been decided.
    pub(super) fn start() -> Self {
        Self(vec![Way::default()])
    }

    pub(super) fn then(&self, decision: &Decision<'a>) -> Self {
        Self(self.0.iter().filter_map(|way| way.then(decision)).collect())
    }

    /// Adds others, and leaves out what makes no difference.
    pub(super) fn add(&mut self, others: Self) {
        for way in others.0 {
            self.add_way(way);
        }
        self.0.sort_by_key(|way| way.0.len());
        self.0.truncate(MAX_WAYS);
    }

    fn add_way(&mut self, way: Way<'a>) {
        let mut way = way;
        // A joined way may be joined again; it is shorter each time.
        while let Some((at, joined)) = self.0.iter().enumerate().find_map(|(at, known)| Some((at, known.joined(&way)?)))
        {
            self.0.swap_remove(at);
            way = joined;
        }
        if self.0.iter().any(|known| way.is_within(&known.0)) {
            return;
        }
        self.0.retain(|known| !known.is_within(&way.0));
        self.0.push(way);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(texts: &[&'static [(&'static str, bool)]]) -> Ways<'static> {
        let decision = |&(text, answer): &(&'static str, bool)| Decision {
            question: Question::Holds(text),
            answer,
            span: Span::default(),
            around: Rc::default(),
        };
        let mut ways = Ways::default();
        for decisions in texts {
            ways.add(Ways(vec![Way(decisions.iter().map(decision).collect())]));
        }
        ways
    }

    fn shown(ways: &Ways<'_>) -> Vec<String> {
        let way = |way: &Way<'_>| way.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        ways.0.iter().map(way).collect()
    }

    #[test]
    fn decisions_that_make_no_difference_are_left_out() {
        assert_eq!(shown(&ways(&[&[("a", true)], &[("a", false)]])), [""]);
        assert_eq!(shown(&ways(&[&[("a", true)], &[("a", false), ("b", true)], &[("a", false), ("b", false)]])), [""]);
        assert_eq!(shown(&ways(&[&[("a", true), ("b", true)], &[("a", true)]])), ["`a` is true"]);
    }

    #[test]
    fn nobody_decides_both_ways() {
        let known = ways(&[&[("a", true)]]);
        let decision = Decision { answer: false, ..known.0[0].0[0].clone() };
        assert!(known.then(&decision).0.is_empty());
    }
}
