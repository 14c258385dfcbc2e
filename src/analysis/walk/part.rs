//! The parts of tags: one method for each variant of [`Part`].

use std::rc::Rc;

use super::value::is_single;
use super::{MAX_ROUNDS, ReadContext, Walk};
use crate::analysis::abstract_value::{AbstractValue, Names};
use crate::analysis::guard::Guard;
use crate::analysis::kind::Kind;
use crate::analysis::path::{Dependency, Depth, Path};
use crate::analysis::read::{Choice, MissingBehavior};
use crate::liquid::Span;
use crate::liquid::syntax::part::{Arm, Branch, Loop, Part, Printed, Target};
use crate::liquid::syntax::tree::{FilteredValue, Nodes, Operand};

impl<'a> Walk<'_, 'a> {
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
            Part::Loop(of) => self.loop_over(of),
            Part::Template(operand) => self.template(operand),
            Part::Stop => self.stop(),
        }
    }

    /// Values of which the first is certain to be evaluated.
    fn arguments(&mut self, operands: &[&'a Operand<'a>]) {
        for (at, operand) in operands.iter().enumerate() {
            self.operand(operand, ReadContext { is_certain: at == 0, ..ReadContext::STRICT });
        }
    }

    fn cycle(&mut self, group: Option<&'a Operand<'a>>, candidates: &'a [FilteredValue<'a>]) {
        if let Some(group) = group {
            self.operand(group, ReadContext::STRICT);
        }
        for candidate in candidates {
            self.value(candidate, ReadContext { is_certain: false, ..ReadContext::STRICT });
        }
    }

    fn assign(&mut self, name: &'a str, value: &'a FilteredValue<'a>) {
        let mut abstract_value = self.value(
            value,
            ReadContext { missing: MissingBehavior::Nothing, depth: Depth::Presence, ..ReadContext::STRICT },
        );
        abstract_value.is_lenient = true;
        if is_single(value) {
            let names = abstract_value.paths.iter().map(|path| path.steps.len() + 1).max();
            abstract_value.null_names = names.unwrap_or_default();
        }
        abstract_value.may_be_unset = false;
        self.depend_on_guards(&mut abstract_value);
        self.assigned.set(name, abstract_value);
    }

    fn capture(&mut self, name: &'a str, body: Nodes<'a>) {
        self.nodes(body);
        self.make(name);
    }

    fn count(&mut self, target: Target<'a>) {
        // It begins where the data says.
        let context = ReadContext { missing: MissingBehavior::Nothing, kind: Kind::Number, ..ReadContext::STRICT };
        self.read(&Path::of(target.name), target.span, context);
        self.make(target.name);
    }

    /// Sets a name to something that a tag makes itself: a captured string, a counter.
    fn make(&mut self, name: &'a str) {
        let mut abstract_value = AbstractValue::made_of(self.all_so_far());
        self.depend_on_guards(&mut abstract_value);
        self.assigned.set(name, abstract_value);
    }

    fn body(&mut self, body: Nodes<'a>, name: Option<&'a str>) {
        let outer = self.pushed.len();
        self.pushed.extend(name.map(|name| (name, AbstractValue::default())));
        self.nodes(body);
        self.pushed.truncate(outer);
    }

    /// Branches of which one at most is rendered, so that each starts with the names from before the tag.
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
            self.branch(body, guards, Some((condition.span, Choice::Holds(expected))));
            failed.push(Rc::new(Guard::Holds(guard, !expected)));
            let inside = std::mem::replace(&mut self.assigned, outer.clone());
            after = Some(after.map_or(inside.clone(), |after| after.or(&inside)));
        }
        let choice = branches.last().map(|last| (last.condition.span, Choice::Otherwise(!last.expected)));
        self.branch(otherwise, failed, choice);
        if let Some(after) = after {
            self.assigned = after.or(&self.assigned);
        }
    }

    /// Arms of which any number may be rendered, one after the other, and `else` if none was.
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
            self.branch(arm.body, vec![own], arm.values.first().map(|value| (value.span, Choice::Equals)));
            failed.push(Rc::new(Guard::Equals(head, values, false)));
            self.assigned = std::mem::take(&mut self.assigned).or(&before);
        }
        let before = self.assigned.clone();
        self.branch(otherwise, failed, arms.last().map(|_| (head.span, Choice::EqualsNone)));
        if !arms.is_empty() {
            self.assigned = std::mem::take(&mut self.assigned).or(&before);
        }
    }

    fn loop_over(&mut self, of: &Loop<'a>) {
        self.operand(of.collection, ReadContext { depth: Depth::Shape, kind: Kind::List, ..ReadContext::STRICT });
        for argument in &of.arguments {
            self.operand(argument, ReadContext { is_certain: false, ..ReadContext::STRICT });
        }
        let over = self.rounds(of);
        let before = self.assigned.clone();
        self.branch(of.otherwise, vec![Rc::new(Guard::Unclear(over))], Some((of.collection.span, Choice::IsEmpty)));
        self.assigned = std::mem::take(&mut self.assigned).or(&before);
    }

    /// Goes through a loop's body until nothing more is learnt; gives what it depends on whether there is a round at all.
    fn rounds(&mut self, of: &Loop<'a>) -> Vec<Dependency<'a>> {
        let list = self.silently(|walk| {
            walk.operand(
                of.collection,
                ReadContext { missing: MissingBehavior::Decides, depth: Depth::Shape, ..ReadContext::STRICT },
            )
        });
        let element = list.element();
        let over = list.dependencies;
        let (reads, guards, pushed) = (self.reads.len(), self.guards.len(), self.pushed.len());
        let outer_stops = std::mem::take(&mut self.stops);
        let mut stopped = Vec::new();
        for round in 1.. {
            let before = self.assigned.clone();
            self.reads.truncate(reads);
            self.guards.push(Rc::new(Guard::Unclear(over.clone())));
            self.guards.push(Rc::new(Guard::Unclear(stopped.clone())));
            self.pushed.push((of.state, AbstractValue::made_of(over.clone())));
            self.pushed.push((of.element, element.clone()));
            self.nodes(of.body);
            self.pushed.truncate(pushed);
            self.guards.truncate(guards);
            let stops = std::mem::take(&mut self.stops).concat();
            let inside = std::mem::take(&mut self.assigned);
            self.assigned = before.clone().or(&inside);
            let has_learnt = self.assigned != before || stops.iter().any(|stop| !stopped.contains(stop));
            if !has_learnt || self.reads_anything {
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

    fn template(&mut self, operand: &'a Operand<'a>) {
        self.operand(operand, ReadContext::STRICT);
        self.reads_anything = true;
    }

    fn stop(&mut self) {
        let scope = self.guards.iter().flat_map(|guard| guard.dependencies()).collect();
        self.stops.push(scope);
    }

    /// Goes through nodes that are rendered under further conditions. The names that they set stay set.
    fn branch(&mut self, nodes: Nodes<'a>, guards: Vec<Rc<Guard<'a>>>, choice: Option<(Span, Choice)>) {
        let outer_guards = self.guards.len();
        let outer_branches = self.branches.clone();
        self.guards.extend(guards);
        self.branches = outer_branches.iter().copied().chain(choice).collect();
        self.nodes(nodes);
        self.branches = outer_branches;
        self.guards.truncate(outer_guards);
    }

    fn depend_on_guards(&self, abstract_value: &mut AbstractValue<'a>) {
        abstract_value.dependencies.extend(self.guards.iter().flat_map(|guard| guard.dependencies()));
        abstract_value.tidy();
    }
}
