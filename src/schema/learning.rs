//! Learning: under which conditions a fault loses the message, found by changing the rest of a payload that is lost until it
//! is sent.

use serde_json::{Value as Json, json};

use super::condition::{Condition, Question, Test, holds};
use super::derivation::{Derivation, Failure};
use super::location::{aligned, member_of, put, value_at};
use super::place::kind_of;
use super::values::{NUMBER_STRINGS, WORDS};
use crate::contract::JsonKind;

/// How many alternatives a condition may have; with more, the fault is never allowed.
const MAX_CONDITIONS: usize = 8;
/// How many tests a condition may have.
const MAX_TESTS: usize = 4;

/// The conditions under which a fault of a place loses the message; none if it does so always, or nobody knows when.
pub(super) fn learn(derivation: &mut Derivation<'_>, place: usize, failures: &[Failure]) -> Option<Vec<Condition>> {
    let mut conditions: Vec<Condition> = Vec::new();
    // Where several conditions are true, none of them can be seen alone: these failures are looked at last.
    let mut unclear: Vec<&Failure> = Vec::new();
    let is_covered = |derivation: &Derivation<'_>, conditions: &[Condition], failure: &Failure| {
        let places = &derivation.model.places;
        conditions.iter().any(|condition| holds(condition, places, &failure.data, place, &failure.at))
    };
    for failure in failures {
        if is_covered(derivation, &conditions, failure) {
            continue;
        }
        let condition = condition_of(derivation, place, failure);
        if condition.is_empty() || condition.len() > MAX_TESTS {
            unclear.push(failure);
            continue;
        }
        conditions.push(condition);
        if conditions.len() > MAX_CONDITIONS {
            return None;
        }
    }
    let is_explained = unclear.into_iter().all(|failure| is_covered(derivation, &conditions, failure));
    (is_explained && !conditions.is_empty()).then_some(conditions)
}

/// What has to stay as it is in a payload for it to stay lost.
fn condition_of(derivation: &mut Derivation<'_>, place: usize, failure: &Failure) -> Condition {
    let mut condition = Condition::new();
    for other in 2..derivation.model.places.0.len() {
        let places = &derivation.model.places;
        let is_beside = places.have_same_root(other, place)
            && !places.is_within(other, place)
            && !places.is_within(place, other)
            && member_of(&places.0[other].pattern).is_some();
        // A list around the place has elements, or the place would not be there.
        if !is_beside || places.0[other].reads.is_empty() {
            continue;
        }
        let Some(at) = aligned(&places.0[other].pattern, &places.0[place].pattern, &failure.at) else { continue };
        condition.extend(tests_of(derivation, other, failure, &at));
    }
    condition
}

/// What has to be true of one other place for a payload to stay lost; nothing if that place does not matter.
fn tests_of(
    derivation: &mut Derivation<'_>,
    other: usize,
    failure: &Failure,
    at: &[crate::contract::Key],
) -> Vec<Test> {
    let current = value_at(&failure.data, at).cloned();
    let (mut lost, mut sent) = (vec![current.clone()], Vec::new());
    for state in states(derivation, other) {
        if state == current {
            continue;
        }
        let mut data = failure.data.clone();
        if !put(&mut data, at, state.clone()) {
            continue;
        }
        match derivation.tester.run(&data) {
            None => sent.push(state),
            Some(reason) if reason == failure.loss => lost.push(state),
            // That the message is lost for another reason says nothing about this one.
            Some(_) => {}
        }
    }
    let questions = questions(&lost, &sent);
    let mut tests = Vec::new();
    // Some values are told apart by two questions: neither absent nor `"paid"`.
    while !sent.is_empty() && tests.len() < 2 {
        let Some(test) = best_test(&questions, other, &lost, &sent) else { break };
        sent.retain(|state| test.passes(state.as_ref()));
        tests.push(test);
    }
    tests
}

/// The test that all values pass with which the message is lost, and the fewest of those with which it is sent.
fn best_test(questions: &[Question], place: usize, lost: &[Option<Json>], sent: &[Option<Json>]) -> Option<Test> {
    let mut best: Option<(usize, Test)> = None;
    for question in questions {
        for is_negated in [false, true] {
            let test = Test { place, question: question.clone(), is_negated };
            if !lost.iter().all(|state| test.passes(state.as_ref())) {
                continue;
            }
            let excluded = sent.iter().filter(|state| !test.passes(state.as_ref())).count();
            if excluded > best.as_ref().map_or(0, |(count, _)| *count) {
                best = Some((excluded, test));
            }
        }
    }
    best.map(|(_, test)| test)
}

/// The values that are tried at another place.
fn states(derivation: &Derivation<'_>, other: usize) -> Vec<Option<Json>> {
    let model = &derivation.model;
    let of = &model.places.0[other];
    let mut states: Vec<Option<Json>> = vec![None, Some(Json::Null)];
    let mut add = |value: Json| {
        if !states.contains(&Some(value.clone())) {
            states.push(Some(value));
        }
    };
    for kind in model.kinds[other].iter() {
        match kind {
            JsonKind::Array => {
                let full = model.places.of_kind(other, kind).swap_remove(0);
                let items = full.as_array().cloned().unwrap_or_default();
                (0..=items.len()).for_each(|count| add(json!(items[..count])));
            }
            JsonKind::String => {
                derivation.written.few_strings().for_each(&mut add);
                model.places.of_kind(other, kind).into_iter().for_each(&mut add);
            }
            JsonKind::Number => {
                derivation.written.near_numbers().for_each(&mut add);
                model.places.of_kind(other, kind).into_iter().for_each(&mut add);
            }
            _ => model.places.of_kind(other, kind).into_iter().for_each(&mut add),
        }
    }
    of.examples.iter().cloned().for_each(add);
    states
}

/// What may tell the values that lose the message from those that do not, what says most first.
fn questions(lost: &[Option<Json>], sent: &[Option<Json>]) -> Vec<Question> {
    let mut questions = vec![Question::IsTruthy, Question::IsPresent];
    let all = || lost.iter().chain(sent).flatten();
    let longest = all().filter_map(Json::as_array).map(Vec::len).max().unwrap_or_default();
    questions.extend((1..=longest).map(Question::HasAtLeast));
    let mut kinds: Vec<JsonKind> = all().map(kind_of).collect();
    kinds.sort_unstable();
    kinds.dedup();
    questions.extend(kinds.into_iter().map(Question::IsKind));
    let mut numbers: Vec<f64> = all().filter_map(Json::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    questions.extend(numbers.iter().flat_map(|bound| [Question::IsAbove(*bound), Question::IsBelow(*bound)]));
    let scalars = |states: &[Option<Json>]| -> Vec<Json> {
        states.iter().flatten().filter(|value| !value.is_array() && !value.is_object()).cloned().collect()
    };
    // Any other word would lose the message as well as those that are tried in place of all words.
    let is_any = |value: &Json| match value {
        Json::String(text) => WORDS.iter().chain(&NUMBER_STRINGS).any(|word| word == text),
        Json::Number(_) => value == &json!(1) || value == &json!(2.5),
        _ => false,
    };
    for values in [scalars(lost), scalars(sent)] {
        if !values.is_empty() && !values.iter().any(is_any) {
            questions.push(Question::IsOneOf(values));
        }
    }
    questions
}
