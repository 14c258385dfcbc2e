//! Path conditions: under which branch decisions a render reaches a position of the content.
//!
//! # Terms
//!
//! - A [`BranchCondition`] is a yes-or-no question that rendering asks of the data: the condition of an `if`, the arm
//!   of a `case`, whether a loop's collection has elements.
//! - A [`BranchDecision`] is a literal: a condition together with its answer.
//! - A [`PathCondition`] is a conjunction of literals: a render that takes this path has decided all of them so.
//! - A [`PathSet`] is a disjunction of path conditions, so a formula in disjunctive normal form: all known paths to one
//!   parser state.
//!
//! # How a path set stays small
//!
//! Every branch doubles the number of paths, and most branches do not matter for the state of the JSON parser. So paths
//! to the same state are minimized when they are added, as in the Quine–McCluskey algorithm:
//!
//! - **Merging**: two paths that differ only in the answer of one condition become one path without it:
//!   `a ∧ b` and `a ∧ ¬b` give `a`. The result is tried against the other paths again, until nothing more merges.
//! - **Absorption**: a path whose decisions include all decisions of another path adds nothing and is dropped:
//!   `a ∨ (a ∧ b)` is `a`.
//!
//! Neither changes what the formula says. Unlike in Quine–McCluskey, paths are merged in the order in which they are
//! added and no minimal cover is searched for, so the result is short but not always the shortest.
//!
//! # What the budgets give up
//!
//! A path with more than [`MAX_DECISIONS`] decisions is dropped, and only the [`MAX_PATHS`] shortest paths are kept: a
//! short path is easier to explain and to find data for. After that the set no longer contains every path. An empty set
//! means that no path is known, not that the state is unreachable. So a path may only be used to *find* a
//! counterexample, which is then rendered, and never to prove that there is none.
//!
//! # An example
//!
//! `{% if a %}1{% elsif b %}1{% else %}{% endif %}` reaches the state after a value by `a` and by `¬a ∧ b`, and the
//! state before a value by `¬a ∧ ¬b`. If the `else` printed a value as well, `¬a ∧ b` and `¬a ∧ ¬b` would merge to
//! `¬a`, and this with `a` to the empty conjunction: the state is reached whatever the data is.

use std::fmt;
use std::rc::Rc;

use crate::liquid::Span;

/// A question that rendering answers from the data. The strings are slices of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchCondition<'a> {
    /// Whether this condition is true.
    Holds(&'a str),
    /// Whether the first value equals one of the values in the second string.
    IsOneOf(&'a str, &'a str),
    /// Whether this collection has at least one element.
    HasAny(&'a str),
    /// Whether this collection has more than one element.
    HasSeveral(&'a str),
}

/// A condition and its answer on a path.
#[derive(Clone, Debug)]
pub struct BranchDecision<'a> {
    /// The condition.
    pub condition: BranchCondition<'a>,
    /// The answer.
    pub answer: bool,
    /// Where the condition is in the content.
    pub span: Span,
    /// What the template's own names mean in the condition.
    pub(super) bindings: Rc<Bindings<'a>>,
}

/// The tags that define the names of a condition. Empty if the condition only uses variables of the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bindings<'a> {
    /// The source of the tags that assign.
    pub(super) assigns: Vec<&'a str>,
    /// The loops around the condition, outermost first: the name of the element and the source of the collection.
    pub(super) loops: Vec<(&'a str, &'a str)>,
}

impl BranchDecision<'_> {
    /// Whether both answer the same condition, with the same meaning of its names.
    fn has_same_condition(&self, other: &Self) -> bool {
        self.condition == other.condition && self.bindings == other.bindings
    }
}

/// In words: `` `trigger.x` is false ``.
impl fmt::Display for BranchDecision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An expression may contain line breaks.
        let line = |source: &str| source.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.condition {
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

/// A conjunction of decisions, in the order in which they are made. Decisions that make no difference have been
/// removed.
#[derive(Clone, Debug, Default)]
pub(super) struct PathCondition<'a>(pub(super) Vec<BranchDecision<'a>>);

/// The longest path that is kept, in decisions.
const MAX_DECISIONS: usize = 12;

impl<'a> PathCondition<'a> {
    /// The path extended by a decision. `None` if it contradicts an earlier decision, or the path gets too long.
    fn and(&self, decision: &BranchDecision<'a>) -> Option<Self> {
        match self.answer(decision) {
            Some(answer) => (answer == decision.answer).then(|| self.clone()),
            None if self.0.len() == MAX_DECISIONS => None,
            None => Some(Self(self.0.iter().chain([decision]).cloned().collect())),
        }
    }

    /// How the path answers the condition of a decision. `None` if it does not.
    fn answer(&self, decision: &BranchDecision<'a>) -> Option<bool> {
        self.0.iter().find(|known| known.has_same_condition(decision)).map(|known| known.answer)
    }

    /// Whether the path makes all of these decisions, so that every render on this path is also on theirs.
    pub(super) fn implies(&self, decisions: &[BranchDecision<'a>]) -> bool {
        decisions.iter().all(|decision| self.answer(decision) == Some(decision.answer))
    }

    /// Merges `a ∧ b` and `a ∧ ¬b` to `a`. `None` if the paths do not differ in exactly one answer.
    fn merge(&self, other: &Self) -> Option<Self> {
        let mut differing = self.0.iter().filter(|decision| other.answer(decision) != Some(decision.answer));
        let only = differing.next().filter(|_| differing.next().is_none())?;
        let is_negated = self.0.len() == other.0.len() && other.answer(only) == Some(!only.answer);
        let rest = self.0.iter().filter(|decision| !decision.has_same_condition(only));
        is_negated.then(|| Self(rest.cloned().collect()))
    }
}

/// The known paths to one parser state. Empty if none is known.
#[derive(Clone, Debug, Default)]
pub(super) struct PathSet<'a>(pub(super) Vec<PathCondition<'a>>);

/// How many paths to one parser state are kept.
const MAX_PATHS: usize = 6;

impl<'a> PathSet<'a> {
    /// The start of the content: one path without decisions.
    pub(super) fn start() -> Self {
        Self(vec![PathCondition::default()])
    }

    /// The paths on which the decision can be made, extended by it.
    pub(super) fn and(&self, decision: &BranchDecision<'a>) -> Self {
        Self(self.0.iter().filter_map(|path| path.and(decision)).collect())
    }

    /// Adds paths to the same parser state, minimizes the set, and keeps the shortest paths.
    pub(super) fn join(&mut self, others: Self) {
        for path in others.0 {
            self.insert(path);
        }
        self.0.sort_by_key(|path| path.0.len());
        self.0.truncate(MAX_PATHS);
    }

    /// Adds one path by merging and absorption.
    fn insert(&mut self, mut path: PathCondition<'a>) {
        // A merged path may merge again. It gets shorter each time, so this ends.
        while let Some((at, merged)) = self.0.iter().enumerate().find_map(|(at, known)| Some((at, known.merge(&path)?)))
        {
            self.0.swap_remove(at);
            path = merged;
        }
        if self.0.iter().any(|known| path.implies(&known.0)) {
            return;
        }
        self.0.retain(|known| !known.implies(&path.0));
        self.0.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(condition: &'static str, answer: bool) -> BranchDecision<'static> {
        let condition = BranchCondition::Holds(condition);
        BranchDecision { condition, answer, span: Span::default(), bindings: Rc::default() }
    }

    fn path(decisions: &[(&'static str, bool)]) -> PathCondition<'static> {
        PathCondition(decisions.iter().map(|&(condition, answer)| decision(condition, answer)).collect())
    }

    /// The set after adding paths one by one.
    fn set(paths: &[&[(&'static str, bool)]]) -> PathSet<'static> {
        let mut set = PathSet::default();
        for decisions in paths {
            set.join(PathSet(vec![path(decisions)]));
        }
        set
    }

    fn shown(set: &PathSet<'_>) -> Vec<String> {
        let path = |path: &PathCondition<'_>| path.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        set.0.iter().map(path).collect()
    }

    #[test]
    fn merges_paths_that_differ_in_one_answer() {
        assert_eq!(shown(&set(&[&[("a", true)], &[("a", false)]])), [""]);
        assert_eq!(shown(&set(&[&[("a", true)], &[("a", false), ("b", true)], &[("a", false), ("b", false)]])), [""]);
    }

    #[test]
    fn keeps_paths_that_differ_in_two_answers() {
        let both = [[("a", true), ("b", true)], [("a", false), ("b", false)]];
        assert_eq!(shown(&set(&[&both[0], &both[1]])), ["`a` is true, `b` is true", "`a` is false, `b` is false"]);
    }

    #[test]
    fn absorbs_a_path_in_a_shorter_one_whichever_comes_first() {
        let (long, short): (&[_], &[_]) = (&[("a", true), ("b", true)], &[("a", true)]);
        assert_eq!(shown(&set(&[long, short])), ["`a` is true"]);
        assert_eq!(shown(&set(&[short, long])), ["`a` is true"]);
    }

    #[test]
    fn drops_a_path_that_contradicts_a_decision() {
        let known = set(&[&[("a", true)]]);
        assert!(known.and(&decision("a", false)).0.is_empty());
        assert_eq!(shown(&known.and(&decision("a", true))), ["`a` is true"]);
    }

    #[test]
    fn drops_a_path_with_too_many_decisions() {
        const NAMES: [&str; MAX_DECISIONS + 1] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"];
        let mut paths = PathSet::start();
        for name in &NAMES[..MAX_DECISIONS] {
            paths = paths.and(&decision(name, true));
        }
        assert_eq!(paths.0.len(), 1);
        assert_eq!(paths.0[0].0.len(), MAX_DECISIONS);
        assert!(paths.and(&decision(NAMES[MAX_DECISIONS], true)).0.is_empty());
        // A decision that the path has made already does not lengthen it.
        assert_eq!(paths.and(&decision("a", true)).0.len(), 1);
    }

    /// Paths of two decisions that neither merge with nor absorb each other.
    const LONG: [[(&str, bool); 2]; MAX_PATHS] = [
        [("a", true), ("b", true)],
        [("c", true), ("d", true)],
        [("e", true), ("f", true)],
        [("g", true), ("h", true)],
        [("i", true), ("j", true)],
        [("k", true), ("l", true)],
    ];

    #[test]
    fn keeps_the_shortest_paths_if_there_are_too_many() {
        let mut paths = PathSet(LONG.iter().map(|decisions| path(decisions)).collect());
        paths.join(PathSet(vec![path(&[("x", true)])]));
        assert_eq!(paths.0.len(), MAX_PATHS);
        let expected = [
            "`x` is true",
            "`a` is true, `b` is true",
            "`c` is true, `d` is true",
            "`e` is true, `f` is true",
            "`g` is true, `h` is true",
            "`i` is true, `j` is true",
        ];
        assert_eq!(shown(&paths), expected);
    }

    #[test]
    fn sorts_before_it_truncates_paths_that_are_added_together() {
        let mut paths = PathSet::default();
        let short = path(&[("x", true)]);
        paths.join(PathSet(LONG.iter().map(|decisions| path(decisions)).chain([short]).collect()));
        assert_eq!(paths.0.len(), MAX_PATHS);
        assert_eq!(paths.0[0].0.len(), 1);
        assert!(!shown(&paths).contains(&"`k` is true, `l` is true".to_owned()), "{paths:?}");
    }
}
