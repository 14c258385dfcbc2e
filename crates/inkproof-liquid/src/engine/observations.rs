//! Observations: what traced renders show of comparisons, conditions and dates, so that those whose result does not depend
//! on the data, or on how they are meant, can be found.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::syntax::tree::{FilterCall, Operand, Step};
use crate::value::Value;
use crate::value::operators::Operator;

/// From which number of seconds on a date is hardly meant: the year 5138. The same number of milliseconds is in 1973.
const MILLISECONDS: f64 = 1e11;
/// How many elements of a list are looked at.
const MAX_ELEMENTS: usize = 50;

/// Identity of a part of the tree, unique among the parts of its sort that are alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartId(usize);

impl PartId {
    /// The identity of a step: a comparison, or an operand that decides.
    #[must_use]
    pub fn of_step(step: &Step<'_>) -> Self {
        Self(std::ptr::from_ref(step).addr())
    }

    /// The identity of a value of `when`, which is compared with the value of its `case`.
    #[must_use]
    pub fn of_operand(operand: &Operand<'_>) -> Self {
        Self(std::ptr::from_ref(operand).addr())
    }

    /// The identity of a filter.
    #[must_use]
    pub fn of_filter(filter: &FilterCall<'_>) -> Self {
        Self(std::ptr::from_ref(filter).addr())
    }
}

/// A set of sorts of value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sorts(u16);

impl Sorts {
    /// Nothing, null, `nil`, `empty` and `blank`.
    pub const NOTHING: Self = Self(1);
    /// `true` and `false`.
    pub const BOOLEAN: Self = Self(2);
    /// Numbers.
    pub const NUMBER: Self = Self(4);
    /// Strings such as `12` and `-3.50`.
    pub const NUMERIC: Self = Self(8);
    /// The string `true`.
    pub const TRUE: Self = Self(16);
    /// The string `false`.
    pub const FALSE: Self = Self(32);
    /// All other strings.
    pub const TEXT: Self = Self(64);
    /// Lists.
    pub const LIST: Self = Self(128);
    /// Objects.
    pub const OBJECT: Self = Self(256);
    /// What is not one of these, or several of them.
    pub const OTHER: Self = Self(512);
    /// All strings.
    pub const STRING: Self = Self(Self::NUMERIC.0 | Self::TRUE.0 | Self::FALSE.0 | Self::TEXT.0);

    /// The sort of a value.
    #[must_use]
    pub fn of(value: Value<'_>) -> Self {
        match value {
            Value::Undefined | Value::Null | Value::Nil | Value::Empty | Value::Blank => Self::NOTHING,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) | Value::Float(_) => Self::NUMBER,
            Value::String("true") => Self::TRUE,
            Value::String("false") => Self::FALSE,
            Value::String(text) if number_of(text).is_some() => Self::NUMERIC,
            Value::String(_) => Self::TEXT,
            Value::Array(_) => Self::LIST,
            Value::Object(_) => Self::OBJECT,
            Value::Loop(_) | Value::Block => Self::OTHER,
        }
    }

    /// The sorts in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The sorts that are not in the other set.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any sort is in both sets.
    #[must_use]
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it has no sort but those of the other set.
    #[must_use]
    pub const fn are_within(self, other: Self) -> bool {
        self.without(other).0 == 0
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The number that a string is, as decimals.
fn number_of(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_decimal { text.parse().ok() } else { None }
}

/// What was compared by one comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// The sorts of its left operand; for `contains`, of the elements of the list.
    pub left: Sorts,
    /// The sorts of its right operand.
    pub right: Sorts,
    /// Whether it was ever true.
    pub was_true: bool,
    /// Whether it was ever false.
    pub was_false: bool,
    /// Two strings that are numbers, and whose order as strings is not that of the numbers.
    pub misordered: Option<(String, String)>,
}

impl Compared {
    /// Whether both operands had values, and never any of the same kind, so that they are never equal.
    #[must_use]
    pub const fn never_alike(&self) -> bool {
        let (left, right) = (kinds(self.left.without(Sorts::NOTHING)), kinds(self.right.without(Sorts::NOTHING)));
        !left.is_empty() && !right.is_empty() && !left.has_any(right) && !left.or(right).has_any(Sorts::OTHER)
    }

    /// Whether all values that were compared are numbers as strings.
    #[must_use]
    pub const fn is_of_numeric_strings(&self) -> bool {
        let (left, right) = (self.left.without(Sorts::NOTHING), self.right.without(Sorts::NOTHING));
        !left.is_empty() && !right.is_empty() && left.are_within(Sorts::NUMERIC) && right.are_within(Sorts::NUMERIC)
    }

    fn add(&mut self, other: &Self) {
        self.left = self.left.or(other.left);
        self.right = self.right.or(other.right);
        self.was_true |= other.was_true;
        self.was_false |= other.was_false;
        if self.misordered.is_none() {
            self.misordered.clone_from(&other.misordered);
        }
    }
}

/// The same sorts with all strings as one.
const fn kinds(sorts: Sorts) -> Sorts {
    if sorts.has_any(Sorts::STRING) { sorts.or(Sorts::STRING) } else { sorts }
}

/// What was observed. It is on the heap, since most renders observe nothing.
#[derive(Clone, Debug, Default)]
pub struct Observations(Option<Box<Parts>>);

/// What was observed of each part of the tree.
#[derive(Clone, Debug, Default)]
struct Parts {
    comparisons: HashMap<PartId, Compared, RandomState>,
    /// The sorts of the values that decided as operands of `and`, `or` and `not`, or alone.
    deciding: HashMap<PartId, Sorts, RandomState>,
    /// The first steps of conditions whose result differed from that by the usual precedence of `and` and `or`.
    regrouped: HashSet<PartId, RandomState>,
    /// The numbers that filters took for dates although they are hardly meant as seconds.
    milliseconds: HashMap<PartId, f64, RandomState>,
}

impl Observations {
    /// What was compared by this comparison; `None` if it was never evaluated.
    #[must_use]
    pub fn compared(&self, part: PartId) -> Option<&Compared> {
        self.0.as_ref()?.comparisons.get(&part)
    }

    /// The sorts of the values of this operand, which decided whether a condition holds.
    #[must_use]
    pub fn deciding(&self, operand: PartId) -> Option<Sorts> {
        self.0.as_ref()?.deciding.get(&operand).copied()
    }

    /// Whether the result of the condition with this first step ever differed from that by the usual precedence.
    #[must_use]
    pub fn is_regrouped(&self, condition: PartId) -> bool {
        self.0.as_ref().is_some_and(|parts| parts.regrouped.contains(&condition))
    }

    /// A number of milliseconds that this filter took for seconds.
    #[must_use]
    pub fn milliseconds(&self, filter: PartId) -> Option<f64> {
        self.0.as_ref()?.milliseconds.get(&filter).copied()
    }

    /// Every comparison, in no particular order.
    pub fn comparisons(&self) -> impl Iterator<Item = (PartId, &Compared)> {
        self.0.iter().flat_map(|parts| &parts.comparisons).map(|(part, compared)| (*part, compared))
    }

    /// Every operand that decided, in no particular order.
    pub fn all_deciding(&self) -> impl Iterator<Item = (PartId, Sorts)> {
        self.0.iter().flat_map(|parts| &parts.deciding).map(|(part, sorts)| (*part, *sorts))
    }

    /// Adds what another render of the same tree showed of the parts that `is_known` accepts.
    pub fn add(&mut self, other: &Self, is_known: impl Fn(PartId) -> bool) {
        let Some(other) = &other.0 else { return };
        let parts = self.parts();
        for (part, compared) in other.comparisons.iter().filter(|(part, _)| is_known(**part)) {
            parts.comparisons.entry(*part).or_default().add(compared);
        }
        for (part, sorts) in other.deciding.iter().filter(|(part, _)| is_known(**part)) {
            let known = parts.deciding.entry(*part).or_default();
            *known = known.or(*sorts);
        }
        parts.regrouped.extend(other.regrouped.iter().filter(|part| is_known(**part)));
        parts.milliseconds.extend(other.milliseconds.iter().filter(|(part, _)| is_known(**part)));
    }

    /// Forgets everything; the memory is kept.
    pub(super) fn clear(&mut self) {
        if let Some(parts) = &mut self.0 {
            parts.comparisons.clear();
            parts.deciding.clear();
            parts.regrouped.clear();
            parts.milliseconds.clear();
        }
    }

    fn parts(&mut self) -> &mut Parts {
        self.0.get_or_insert_default()
    }

    /// Observes a comparison.
    pub(crate) fn compare(
        &mut self,
        part: PartId,
        operator: Operator,
        left: Value<'_>,
        right: Value<'_>,
        result: bool,
    ) {
        let left_sorts = match (operator, left) {
            // What is compared is each element.
            (Operator::Contains, Value::Array(items)) => {
                let looked_at = items.iter().take(MAX_ELEMENTS).map(|item| Sorts::of(*item));
                let all = looked_at.fold(Sorts::default(), Sorts::or);
                if items.len() > MAX_ELEMENTS { all.or(Sorts::OTHER) } else { all }
            }
            // Anything is converted to a string.
            (Operator::Contains, Value::String(_)) => Sorts::OTHER,
            _ => Sorts::of(left),
        };
        let seen = self.parts().comparisons.entry(part).or_default();
        seen.left = seen.left.or(left_sorts);
        seen.right = seen.right.or(Sorts::of(right));
        seen.was_true |= result;
        seen.was_false |= !result;
        if seen.misordered.is_none()
            && let (Value::String(left), Value::String(right)) = (left, right)
            && let (Some(left_number), Some(right_number)) = (number_of(left), number_of(right))
        {
            let meant = match operator {
                Operator::Less => left_number < right_number,
                Operator::LessOrEqual => left_number <= right_number,
                Operator::Greater => left_number > right_number,
                Operator::GreaterOrEqual => left_number >= right_number,
                _ => result,
            };
            if meant != result {
                seen.misordered = Some((left.to_owned(), right.to_owned()));
            }
        }
    }

    /// Observes an operand that decides.
    pub(crate) fn decide(&mut self, operand: &Step<'_>, value: Value<'_>) {
        let known = self.parts().deciding.entry(PartId::of_step(operand)).or_default();
        *known = known.or(Sorts::of(value));
    }

    /// Observes the last steps of a condition, which are all `and` or `or`, with the values that they combine.
    pub(crate) fn combine(&mut self, condition: &Step<'_>, operators: &[Step<'_>], terms: &[Value<'_>]) {
        if operators.len() + 1 != terms.len() {
            return;
        }
        let (mut usual, mut group) = (false, true);
        let mut actual = false;
        // In postfix order, the last operator comes first.
        for (at, term) in terms.iter().enumerate() {
            group &= term.is_truthy();
            if operators.len().checked_sub(at + 1).is_none_or(|at| is_or(&operators[at])) {
                usual |= group;
                group = true;
            }
        }
        for (at, term) in terms.iter().rev().enumerate() {
            actual = match at.checked_sub(1) {
                None => term.is_truthy(),
                Some(at) if is_or(&operators[at]) => term.is_truthy() || actual,
                Some(_) => term.is_truthy() && actual,
            };
        }
        if usual != actual {
            self.parts().regrouped.insert(PartId::of_step(condition));
        }
    }

    /// Observes the input of a filter that expects a date.
    pub(crate) fn date(&mut self, filter: &FilterCall<'_>, input: Value<'_>) {
        let number = match input {
            Value::Number(number) | Value::Float(number) => Some(number),
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        if let Some(number) = number.filter(|number| *number > MILLISECONDS) {
            self.parts().milliseconds.insert(PartId::of_filter(filter), number);
        }
    }
}

fn is_or(step: &Step<'_>) -> bool {
    matches!(step, Step::Operator(Operator::Or, _))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trace::Trace;
    use crate::syntax::tree::{NodeKind, Nodes};
    use crate::{Arena, LIQUIDJS, Options, Output, Template, json};

    /// Renders a template with each of these data, and passes what was observed to `check`.
    fn observe(source: &str, data: &[&str], check: impl FnOnce(&Observations, Nodes<'_>)) {
        let arena = Arena::new();
        let template = Template::parse(source, &LIQUIDJS, &arena).unwrap();
        let mut all = Observations::default();
        for data in data {
            let (mut out, mut trace) = (Output::new(), Trace::observing());
            let data = json::read(data, &arena).unwrap();
            template.render_traced(data, &Options::default(), &arena, &mut out, &mut trace).unwrap();
            all.add(&trace.observations, |_| true);
        }
        check(&all, template.nodes);
    }

    #[test]
    fn comparisons_are_observed_with_their_sorts() {
        for (condition, data, never_alike, misordered) in [
            ("x == 5", &[r#"{"x": "5"}"#, "{}"][..], true, None),
            ("x == 5", &[r#"{"x": "5"}"#, r#"{"x": 5}"#], false, None),
            ("x == 5", &["{}", r#"{"x": null}"#], false, None),
            ("x == nil", &[r#"{"x": "5"}"#], false, None),
            ("x contains 5", &[r#"{"x": ["5", "6"]}"#], true, None),
            ("x contains 5", &[r#"{"x": "56"}"#], false, None),
            ("x contains 5", &[r#"{"x": []}"#], false, None),
            ("x == true", &[r#"{"x": "true"}"#], true, None),
            ("x == \"paid\"", &[r#"{"x": "12"}"#, r#"{"x": "open"}"#], false, None),
            ("x > \"18\"", &[r#"{"x": "19"}"#, r#"{"x": "9"}"#], false, Some(("9", "18"))),
            ("x > \"18\"", &[r#"{"x": "19"}"#, r#"{"x": "20"}"#], false, None),
            ("x > 18", &[r#"{"x": "9"}"#], true, None),
        ] {
            observe(&format!("{{% if {condition} %}}{{% endif %}}"), data, |observations, _| {
                let all: Vec<_> = observations.comparisons().collect();
                let [(_, compared)] = all[..] else { panic!("{condition}: {all:?}") };
                assert_eq!(compared.never_alike(), never_alike, "{condition} {data:?}: {compared:?}");
                let found = compared.misordered.as_ref().map(|(left, right)| (left.as_str(), right.as_str()));
                assert_eq!(found, misordered, "{condition} {data:?}");
            });
        }
        observe("{% case x %}{% when 1, 2 %}{% endcase %}", &[r#"{"x": "2"}"#], |observations, _| {
            assert_eq!(observations.comparisons().filter(|(_, compared)| compared.never_alike()).count(), 2);
        });
    }

    #[test]
    fn a_condition_whose_usual_meaning_differs_is_observed() {
        for (condition, data, expected) in [
            ("a and b or c", r#"{"a": false, "b": true, "c": true}"#, true),
            ("a and b or c", r#"{"a": true, "b": true, "c": true}"#, false),
            ("c or a and b", r#"{"a": false, "b": true, "c": true}"#, false),
            ("not a and b or c == 1", r#"{"a": true, "b": false, "c": 1}"#, true),
            ("a == 1 and b or a == 2 and c", r#"{"a": 2, "b": false, "c": true}"#, true),
            ("a or b or c", r#"{"c": true}"#, false),
        ] {
            observe(&format!("{{% if {condition} %}}{{% endif %}}"), &[data], |observations, _| {
                let regrouped = observations.0.as_ref().map_or(0, |parts| parts.regrouped.len());
                assert_eq!(regrouped == 1, expected, "{condition} {data}");
            });
        }
    }

    #[test]
    fn operands_that_decide_are_observed() {
        for (condition, expected) in [
            ("a", vec![Sorts::FALSE]),
            ("not a", vec![Sorts::FALSE]),
            ("a and b == 1", vec![Sorts::FALSE]),
            ("b == 1 or a and c", vec![Sorts::FALSE, Sorts::NOTHING]),
            ("a == \"false\"", vec![]),
        ] {
            let source = format!("{{% unless {condition} %}}{{% endunless %}}");
            observe(&source, &[r#"{"a": "false", "b": 2}"#], |observations, _| {
                let mut found: Vec<_> = observations.all_deciding().map(|(_, sorts)| sorts).collect();
                found.sort_by_key(|sorts| std::cmp::Reverse(sorts.0));
                assert_eq!(found, expected, "{condition}");
            });
        }
    }

    #[test]
    fn milliseconds_are_observed_where_a_date_is_expected() {
        for (source, data, expected) in [
            ("{{ x | date: '%Y' }}", r#"{"x": 1767312000000}"#, Some(1_767_312_000_000.0)),
            ("{{ x | date: '%Y' }}", r#"{"x": "1767312000000"}"#, Some(1_767_312_000_000.0)),
            ("{{ x | date: '%Y' }}", r#"{"x": 1767312000}"#, None),
            ("{{ x | divided_by: 1000 | date: '%Y' }}", r#"{"x": 1767312000000}"#, None),
            ("{{ x | plus: 1 }}", r#"{"x": 1767312000000}"#, None),
        ] {
            observe(source, &[data], |observations, nodes| {
                let NodeKind::Output(value) = nodes[0].kind else { panic!("{source}") };
                let last = value.filters.last().unwrap();
                assert_eq!(observations.milliseconds(PartId::of_filter(last)), expected, "{source} {data}");
            });
        }
    }
}
