//! Shrinking: the fewest changes of the nearest seed that still lose the message for the same reason.

use super::change::{Edit, edited, edits_between, value_at};
use super::tester::Tester;
use crate::liquid::value::list;
use crate::liquid::{Arena, Value};
use crate::message::Loss;

/// A lost message as a seed and what was changed in it.
#[derive(Clone, Debug)]
pub(super) struct Shrunk<'s> {
    /// The number of the seed.
    pub(super) seed: usize,
    pub(super) edits: Vec<Edit<'s>>,
}

/// How many renders are taken to leave changes out.
const MAX_TRIES: usize = 400;
/// How many changes are made simpler.
const MAX_SIMPLIFIED: usize = 16;
/// How many elements of arrays are tried to be left out.
const MAX_ELEMENTS: usize = 12;

/// Finds the fewest changes of any seed that lead to the same loss as `data` does. None of them is less likely than before.
pub(super) fn shrink<'s>(
    tester: &mut Tester<'_>,
    seeds: &[Value<'s>],
    data: Value<'s>,
    loss: Loss,
    is_likely: &dyn Fn(&Edit<'s>) -> bool,
    arena: &'s Arena,
) -> Shrunk<'s> {
    let mut nearest: Option<(usize, Vec<Edit<'s>>)> = None;
    for (at, seed) in seeds.iter().enumerate() {
        let edits = edits_between(*seed, data);
        if nearest.as_ref().is_none_or(|(_, known)| edits.len() < known.len()) {
            nearest = Some((at, edits));
        }
    }
    let (seed, mut edits) = nearest.unwrap_or_default();
    let Some(base) = seeds.get(seed).copied() else { return Shrunk { seed, edits } };
    let mut scratch = Arena::new();
    let mut is_lost = |edits: &[Edit<'s>]| {
        let is_lost = tester.run(edited(base, edits, &scratch)).loss == Some(loss);
        scratch.reset();
        is_lost
    };
    let mut tries = MAX_TRIES;
    let mut run = edits.len().div_ceil(2);
    // Many changes are left out at once first.
    while run > 0 && tries > 0 {
        let mut at = 0;
        while at < edits.len() && tries > 0 {
            let mut fewer = edits.clone();
            fewer.drain(at..(at + run).min(edits.len()));
            tries -= 1;
            if is_lost(&fewer) {
                edits = fewer;
            } else {
                at += run;
            }
        }
        run = if run == 1 { 0 } else { run.div_ceil(2) };
    }
    for at in 0..edits.len().min(MAX_SIMPLIFIED) {
        shrink_string(&mut edits, at, base, is_likely, &mut is_lost);
        shrink_array(&mut edits, at, base, &mut is_lost, arena);
    }
    Shrunk { seed, edits }
}

/// Takes a simpler string for one that was changed: the first word of the seed's, or any word.
fn shrink_string<'s>(
    edits: &mut [Edit<'s>],
    at: usize,
    base: Value<'s>,
    is_likely: &dyn Fn(&Edit<'s>) -> bool,
    is_lost: &mut impl FnMut(&[Edit<'s>]) -> bool,
) {
    let Some(Value::String(_)) = edits[at].to else { return };
    let was_likely = is_likely(&edits[at]);
    let before = match value_at(base, &edits[at].path) {
        Some(Value::String(text)) => text,
        _ => "",
    };
    let first_word = before.split_whitespace().next().filter(|word| *word != before);
    for simpler in first_word.into_iter().chain(["word"]) {
        let mut trial = edits.to_vec();
        trial[at].to = Some(Value::String(simpler));
        if (!was_likely || is_likely(&trial[at])) && is_lost(&trial) {
            edits[at].to = Some(Value::String(simpler));
            return;
        }
    }
}

/// Leaves out elements of an array that was changed, and takes elements of the seed for those that are left.
fn shrink_array<'s>(
    edits: &mut [Edit<'s>],
    at: usize,
    base: Value<'s>,
    is_lost: &mut impl FnMut(&[Edit<'s>]) -> bool,
    arena: &'s Arena,
) {
    let Some(Value::Array(items)) = edits[at].to else { return };
    let mut items = items.to_vec();
    let mut place = 0;
    while place < items.len() && items.len() <= MAX_ELEMENTS {
        let mut fewer = items.clone();
        fewer.remove(place);
        let mut trial = edits.to_vec();
        trial[at].to = Some(list(&fewer, arena));
        if is_lost(&trial) {
            items = fewer;
        } else {
            place += 1;
        }
    }
    edits[at].to = Some(list(&items, arena));
    let Some(Value::Array(before)) = value_at(base, &edits[at].path) else { return };
    for place in 0..items.len().min(before.len()) {
        let mut nearer = items.clone();
        nearer[place] = before[place];
        let mut trial = edits.to_vec();
        trial[at].to = Some(list(&nearer, arena));
        if is_lost(&trial) {
            items = nearer;
        }
    }
    edits[at].to = Some(list(&items, arena));
}
