//! The parts of tags: one method for each variant of [`Part`].

use std::rc::Rc;

use super::value::is_single;
use super::{MAX_ROUNDS, ReadContext, Walk};
use crate::analysis::abstract_value::{AbstractValue, Names};
use crate::analysis::guard::Guard;
use crate::analysis::kind::Kind;
use crate::analysis::path::{Dependency, Depth, Path};
use crate::analysis::read::{BranchReason, MissingBehavior};
use crate::liquid::Span;
use crate::liquid::syntax::part::{Arm, Branch, Loop, Part, Printed, Target};
use crate::liquid::syntax::tree::{FilteredValue, Nodes, Operand};

impl<'a> Walk<'_, 'a> {
    /// Visits a part of a tag.
    pub(super) fn part(&mut self, part: &Part<'a>) {
        match part {
            Part::Arguments(operands) => self.arguments(operands),
            Part::Print(Printed::Value(value)) => self.printed(value),
            Part::Print(Printed::Text(_) | Printed::Number) => {}
            Part::Cycle { group, candidates } => self.cycle(*group, candidates),
            Part::Assign { target, value } => self.assign(target.name, value),
            Part::Capture { target, body } => self.capture(target.name, body),
            Part::Count(target) => self.count(*target),
            Part::Body { body, name } => self.body(body, *name),
            Part::Withheld(body) => self.nodes(body),
            Part::Branches { branches, otherwise } => self.conditional(branches, otherwise),
            Part::Case { head, arms, otherwise } => self.case(head, arms, otherwise),
            Part::Loop(each) => self.loop_over(each),
            Part::Template(operand) => self.template(operand),
            Part::Stop => self.stop(),
        }
    }

    /// Arguments of a tag. Only the first is evaluated for certain, because the tag may fail at it.
    fn arguments(&mut self, operands: &[&'a Operand<'a>]) {
        for (at, operand) in operands.iter().enumerate() {
            self.operand(operand, ReadContext { is_certain: at == 0, ..ReadContext::STRICT });
        }
    }

    /// One of the candidates is printed, and it is not known which.
    fn cycle(&mut self, group: Option<&'a Operand<'a>>, candidates: &'a [FilteredValue<'a>]) {
        if let Some(group) = group {
            self.operand(group, ReadContext::STRICT);
        }
        for candidate in candidates {
            self.value(candidate, ReadContext { is_certain: false, ..ReadContext::STRICT });
        }
    }

    /// Sets a name. If the value is a plain path, the name is an alias of it that is null if the path is missing.
    fn assign(&mut self, name: &'a str, value: &'a FilteredValue<'a>) {
        let mut assigned = self.value(
            value,
            ReadContext { missing: MissingBehavior::Nothing, depth: Depth::Presence, ..ReadContext::STRICT },
        );
        assigned.is_lenient = true;
        if is_single(value) {
            let names = assigned.paths.iter().map(|path| path.steps.len() + 1).max();
            assigned.null_segments = names.unwrap_or_default();
        }
        assigned.may_be_unset = false;
        self.depend_on_guards(&mut assigned);
        self.assigned.set(name, assigned);
    }

    /// Sets a name to the string that nodes print, which may depend on everything that has been read.
    fn capture(&mut self, name: &'a str, body: Nodes<'a>) {
        self.nodes(body);
        self.set_made(name, self.all_so_far());
    }

    /// Sets a counter to a new value.
    fn count(&mut self, target: Target<'a>) {
        // `increment` and `decrement` start from the variable of the data.
        let context = ReadContext { missing: MissingBehavior::Nothing, kind: Kind::Number, ..ReadContext::STRICT };
        self.read(&Path::new(target.name), target.span, context);
        // It depends on where it starts, and on how often this and the tags before it were rendered.
        let mut dependencies =
            self.assigned.get(target.name).map_or_else(Vec::new, |before| before.dependencies.clone());
        dependencies.push(Dependency { path: Path::new(target.name), depth: Depth::Whole });
        self.set_made(target.name, dependencies);
    }

    /// Sets a name to something that a tag makes itself: a captured string, a counter.
    fn set_made(&mut self, name: &'a str, dependencies: Vec<Dependency<'a>>) {
        let mut assigned = AbstractValue::from_dependencies(dependencies);
        self.depend_on_guards(&mut assigned);
        self.assigned.set(name, assigned);
    }

    /// Visits nodes with a name that exists only there.
    fn body(&mut self, body: Nodes<'a>, name: Option<&'a str>) {
        let outer = self.scoped.len();
        self.scoped.extend(name.map(|name| (name, AbstractValue::default())));
        self.nodes(body);
        self.scoped.truncate(outer);
    }

    /// Branches of which at most one is rendered. Each starts with the names from before the tag, and the names after
    /// the tag are the join of all ends. A branch is guarded by its own condition and by the negation of those before
    /// it.
    fn conditional(&mut self, branches: &[Branch<'a>], otherwise: Nodes<'a>) {
        let outer = self.assigned.clone();
        let mut failed = Vec::new();
        let mut after: Option<Names<'a>> = None;
        for (at, branch) in branches.iter().enumerate() {
            let Branch { condition, expected, body } = *branch;
            let depth = if is_single(condition) { Depth::Presence } else { Depth::Whole };
            self.value(
                condition,
                ReadContext { missing: MissingBehavior::Decides, depth, is_certain: at == 0, ..ReadContext::STRICT },
            );
            let guard = self.condition(condition);
            let own = Rc::new(Guard::Holds(guard.clone(), expected));
            let guards = failed.iter().cloned().chain([own]).collect();
            self.branch(body, guards, Some((condition.span, BranchReason::Holds(expected))));
            failed.push(Rc::new(Guard::Holds(guard, !expected)));
            let inside = std::mem::replace(&mut self.assigned, outer.clone());
            after = Some(after.map_or(inside.clone(), |after| after.join(&inside)));
        }
        let reason = branches.last().map(|last| (last.condition.span, BranchReason::Otherwise(!last.expected)));
        self.branch(otherwise, failed, reason);
        if let Some(after) = after {
            self.assigned = after.join(&self.assigned);
        }
    }

    /// Arms of which any number may be rendered, one after the other, and `else` if none was. After each, its names are
    /// joined with those from before it.
    fn case(&mut self, head: &'a FilteredValue<'a>, arms: &[Arm<'a>], otherwise: Nodes<'a>) {
        let depth = if is_single(head) { Depth::Presence } else { Depth::Whole };
        self.value(head, ReadContext { missing: MissingBehavior::Decides, depth, ..ReadContext::STRICT });
        let mut failed = Vec::new();
        for arm in arms {
            for value in arm.values {
                self.operand(
                    value,
                    ReadContext { missing: MissingBehavior::Decides, is_certain: false, ..ReadContext::STRICT },
                );
            }
            let (head, values) = self.equality(head, arm.values);
            let before = self.assigned.clone();
            let own = Rc::new(Guard::Equals(head.clone(), values.clone(), true));
            self.branch(arm.body, vec![own], arm.values.first().map(|value| (value.span, BranchReason::Equals)));
            failed.push(Rc::new(Guard::Equals(head, values, false)));
            self.assigned = std::mem::take(&mut self.assigned).join(&before);
        }
        let before = self.assigned.clone();
        self.branch(otherwise, failed, arms.last().map(|_| (head.span, BranchReason::EqualsNone)));
        if !arms.is_empty() {
            self.assigned = std::mem::take(&mut self.assigned).join(&before);
        }
    }

    /// A loop: its collection and arguments, its iterations, and its `else`.
    fn loop_over(&mut self, each: &Loop<'a>) {
        self.operand(each.collection, ReadContext { depth: Depth::Shape, kind: Kind::List, ..ReadContext::STRICT });
        for argument in &each.arguments {
            self.operand(argument, ReadContext { is_certain: false, ..ReadContext::STRICT });
        }
        let over = self.rounds(each);
        let before = self.assigned.clone();
        self.branch(
            each.otherwise,
            vec![Rc::new(Guard::Unknown(over))],
            Some((each.collection.span, BranchReason::IsEmpty)),
        );
        self.assigned = std::mem::take(&mut self.assigned).join(&before);
    }

    /// Visits a loop's body until a fixpoint is reached: until the names from before an iteration, joined with those
    /// after it, stay the same, and no new `break` is found. Only the reads of the last visit are kept. Returns what
    /// the number of iterations depends on.
    fn rounds(&mut self, each: &Loop<'a>) -> Vec<Dependency<'a>> {
        let list = self.silently(|walk| {
            walk.operand(
                each.collection,
                ReadContext { missing: MissingBehavior::Decides, depth: Depth::Shape, ..ReadContext::STRICT },
            )
        });
        let element = list.element();
        let over = list.dependencies;
        let (reads, guards, scoped) = (self.reads.len(), self.guards.len(), self.scoped.len());
        let outer_stops = std::mem::take(&mut self.stops);
        let mut stopped = Vec::new();
        for round in 1.. {
            let before = self.assigned.clone();
            self.reads.truncate(reads);
            self.guards.push(Rc::new(Guard::Unknown(over.clone())));
            self.guards.push(Rc::new(Guard::Unknown(stopped.clone())));
            self.scoped.push((each.state, AbstractValue::from_dependencies(over.clone())));
            self.scoped.push((each.element, element.clone()));
            self.nodes(each.body);
            self.scoped.truncate(scoped);
            self.guards.truncate(guards);
            let stops = std::mem::take(&mut self.stops).concat();
            let inside = std::mem::take(&mut self.assigned);
            self.assigned = before.clone().join(&inside);
            let has_changed = self.assigned != before || stops.iter().any(|stop| !stopped.contains(stop));
            if !has_changed || self.reads_anything {
                break;
            }
            if round == MAX_ROUNDS {
                self.reads_anything = true;
                break;
            }
            stopped = stops;
            stopped.sort();
            stopped.dedup();
        }
        self.stops = outer_stops;
        over
    }

    /// A string that is rendered as a template: it may read anything.
    fn template(&mut self, operand: &'a Operand<'a>) {
        self.operand(operand, ReadContext::STRICT);
        self.reads_anything = true;
    }

    /// A `break` or `continue`: whether it happens depends on the guards around it.
    fn stop(&mut self) {
        let dependencies = self.guards.iter().flat_map(|guard| guard.dependencies()).collect();
        self.stops.push(dependencies);
    }

    /// Visits nodes under further guards. The names that they set stay set.
    fn branch(&mut self, nodes: Nodes<'a>, guards: Vec<Rc<Guard<'a>>>, reason: Option<(Span, BranchReason)>) {
        let outer_guards = self.guards.len();
        let outer_branches = self.branches.clone();
        self.guards.extend(guards);
        self.branches = outer_branches.iter().copied().chain(reason).collect();
        self.nodes(nodes);
        self.branches = outer_branches;
        self.guards.truncate(outer_guards);
    }

    /// A value that is set inside a branch depends on what decides the branch.
    fn depend_on_guards(&self, value: &mut AbstractValue<'a>) {
        value.dependencies.extend(self.guards.iter().flat_map(|guard| guard.dependencies()));
        self.arena.count(value.dependencies.len());
        value.normalize();
    }
}
