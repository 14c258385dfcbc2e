//! Needs: what one revision of a template demands of its data and another one does not.

use crate::contract::{JsonKind, Kinds};
use crate::schema::{DataModel, Demand, Fault, Step};

/// A demand that only one of two revisions has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedChange {
    /// The place: `items[].name`, or `customer.first_name`.
    pub path: String,
    /// What is demanded of it, in words.
    pub what: String,
    /// The number of the place in the model that demands it.
    pub(super) place: usize,
    /// What loses the message.
    pub(super) fault: Fault,
}

/// What `receiver` demands and `sender` does not.
pub(super) fn unmet(receiver: &DataModel, sender: &DataModel) -> Vec<NeedChange> {
    let mut found: Vec<NeedChange> = Vec::new();
    for demand in &receiver.demands {
        if !is_met(demand, receiver, sender) {
            found.push(change(receiver, demand.place, demand.fault, &in_words(demand, receiver)));
        }
    }
    for place in 2..receiver.places.0.len() {
        let Some(other) = sender.place_of(&receiver.places.0[place].pattern) else { continue };
        let more: Kinds = sender.kinds[other].iter().filter(|kind| !receiver.kinds[place].has(*kind)).collect();
        for kind in more.iter() {
            // Where it is allowed to be absent, null is a way to be.
            let is_said = kind == JsonKind::Null && found.iter().any(|change| change.place == place);
            if !is_said {
                found.push(change(
                    receiver,
                    place,
                    Fault::Kind(kind),
                    &format!("must not be of type {}", kind.as_str()),
                ));
            }
        }
    }
    found.sort_by_key(|change| (change.place, change.fault));
    found
}

fn change(model: &DataModel, place: usize, fault: Fault, what: &str) -> NeedChange {
    NeedChange { path: path(model, place), what: what.to_owned(), place, fault }
}

/// A place as people write it; attributes begin with `customer`.
fn path(model: &DataModel, place: usize) -> String {
    let path = model.places.path(place);
    match model.places.0[place].pattern.first() {
        Some(Step::Member(root)) if root == "customer" => format!("customer.{path}"),
        _ => path,
    }
}

fn in_words(demand: &Demand, model: &DataModel) -> String {
    let what = match demand.fault {
        Fault::Absent => "is required".to_owned(),
        Fault::AbsentInAll => "is required in one of the elements".to_owned(),
        Fault::Kind(kind) => format!("must not be of type {}", kind.as_str()),
        Fault::Fewer(1) => "must have elements".to_owned(),
        Fault::Fewer(count) => format!("must have at least {count} elements"),
    };
    if demand.is_always() { what } else { format!("{what} if {}", model.conditions_in_words(demand)) }
}

/// Whether all data that a template needs meets a demand of another one.
fn is_met(demand: &Demand, receiver: &DataModel, sender: &DataModel) -> bool {
    let Some(place) = sender.place_of(&receiver.places.0[demand.place].pattern) else { return false };
    let conditions = |model: &DataModel, demand: &Demand| -> Vec<String> {
        demand.conditions.iter().map(|condition| model.condition_in_words(condition)).collect()
    };
    let wanted = conditions(receiver, demand);
    let meets = |known: &Demand| {
        let own = conditions(sender, known);
        known.is_always() || (!demand.is_always() && wanted.iter().all(|condition| own.contains(condition)))
    };
    let is_same = |known: &&Demand| match (known.fault, demand.fault) {
        (Fault::Fewer(known), Fault::Fewer(wanted)) => known >= wanted,
        (Fault::Absent, Fault::AbsentInAll) => true,
        (known, wanted) => known == wanted,
    };
    if let Fault::Kind(kind) = demand.fault
        && !sender.may_be(place, kind)
    {
        return true;
    }
    sender.demands.iter().filter(|known| known.place == place).filter(is_same).any(meets)
}
