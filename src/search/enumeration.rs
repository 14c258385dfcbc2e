//! Enumeration: all data within a contract, if there is little enough of it to be rendered.

use super::candidate::value_of;
use super::place::Place;
use crate::contract::{Contract, JsonKind, Kinds, Shape};
use crate::liquid::value::{Object, list};
use crate::liquid::{Arena, Value};

/// How much data is gone through to prove that none of it loses the message.
const MAX_ENUMERATED: usize = 1_500;

/// All data within the contract, as far as it makes a difference; none if there is too much of it. `base` has what makes
/// none.
pub(super) fn all_data<'s>(
    root: &Place<'s>,
    base: Value<'s>,
    contract: &Contract,
    arena: &'s Arena,
) -> Option<Vec<Value<'s>>> {
    let Value::Object(names) = base else { return None };
    let mut all = vec![Vec::new()];
    for member in &root.members {
        let value = names.get(member.key)?;
        let values = all_values(&member.place, Some(value), contract.root(member.key)?, arena)?;
        all = product(&all, member.key, &values.into_iter().map(Some).collect::<Vec<_>>())?;
    }
    Some(all.into_iter().map(|entries| Value::Object(Object::new(&entries, arena))).collect())
}

type Entries<'s> = Vec<(&'s str, Value<'s>)>;

/// Each of these objects with each of these values.
fn product<'s>(objects: &[Entries<'s>], key: &'s str, values: &[Option<Value<'s>>]) -> Option<Vec<Entries<'s>>> {
    if objects.len() * values.len() > MAX_ENUMERATED {
        return None;
    }
    let mut product = Vec::with_capacity(objects.len() * values.len());
    for object in objects {
        for value in values {
            let mut object = object.clone();
            object.extend(value.map(|value| (key, value)));
            product.push(object);
        }
    }
    Some(product)
}

fn all_values<'s>(
    place: &Place<'s>,
    seen: Option<Value<'s>>,
    shape: &Shape,
    arena: &'s Arena,
) -> Option<Vec<Value<'s>>> {
    if !place.is_read {
        return Some(vec![seen.unwrap_or(Value::Null)]);
    }
    let choices = shape.choices();
    let mut values = Vec::new();
    for choice in &choices {
        let kinds = choice.only.as_ref().map_or(choice.kinds, |_| Kinds::NONE);
        if let Some(only) = &choice.only {
            values.extend(only.iter().map(|value| value_of(value, arena)));
        }
        for kind in kinds.iter() {
            match kind {
                JsonKind::Null => values.push(Value::Null),
                JsonKind::Boolean => values.extend([true, false].map(Value::Bool)),
                JsonKind::Array if choice.length.maximum == Some(0) => values.push(list(&[], arena)),
                JsonKind::Object if choices.len() == 1 => values.extend(all_objects(place, seen, choice, arena)?),
                _ => return None,
            }
        }
    }
    Some(values)
}

fn all_objects<'s>(
    place: &Place<'s>,
    seen: Option<Value<'s>>,
    shape: &Shape,
    arena: &'s Arena,
) -> Option<Vec<Value<'s>>> {
    let seen = match seen {
        Some(Value::Object(object)) => object.entries(),
        _ => &[],
    };
    let is_place = |key: &str| place.members.iter().any(|member| member.key == key);
    let mut all: Vec<Entries<'s>> = vec![seen.iter().filter(|(key, _)| !is_place(key)).copied().collect()];
    for member in &place.members {
        let known = seen.iter().find(|(key, _)| *key == member.key).map(|(_, value)| *value);
        if !member.place.is_read {
            all = product(&all, member.key, &[known])?;
            continue;
        }
        let inner = &shape.members.get(member.key)?.shape;
        let mut values: Vec<_> = all_values(&member.place, known, inner, arena)?.into_iter().map(Some).collect();
        if member.is_optional {
            values.push(None);
        }
        all = product(&all, member.key, &values)?;
    }
    Some(all.into_iter().map(|entries| Value::Object(Object::new(&entries, arena))).collect())
}
