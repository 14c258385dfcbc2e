//! Proofs: that no data within the contract loses a message. What cannot be proved with a few plain arguments is not.

use std::collections::BTreeSet;

use crate::analysis::{
    ContentProof, Depth, Interpolation, JsonPosition, MissingBehavior, Needs, Path, PathStep, Property, Read,
    SyntaxIssue,
};
use crate::contract::{Contract, JsonKind, Kinds, Shape, Source};
use crate::liquid::row::Family;
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::{
    FilterCall, FilteredValue, Node, NodeKind, Nodes, Operand, OperandKind, Segment, SegmentKey, Step,
};
use crate::liquid::syntax::visit::{all_nodes, each_operand, each_part};
use crate::liquid::value::json;
use crate::liquid::{Arena, Filter, Value};
use crate::message::{CompiledTemplate, SENT_NAMES};

/// Filters that never fail, whatever they are given.
#[rustfmt::skip]
const TOTAL_FILTERS: [&str; 40] = [
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "compact", "default", "divided_by", "downcase", "escape",
    "floor", "join", "json", "lstrip", "md5", "minus", "modulo", "newline_to_br", "plus", "prepend", "remove", "replace",
    "reverse", "round", "rstrip", "sha1", "sha256", "size", "strip", "strip_html", "strip_newlines", "times", "titlecase",
    "to_json", "truncate", "truncatewords", "uniq", "upcase", "url_encode",
];
/// Tags that only fail if something that they are given does.
const TOTAL_TAGS: [&str; 10] = ["if", "unless", "case", "for", "assign", "capture", "comment", "raw", "echo", "#"];

/// The name of a loop's state, and what that has.
const LOOP: &str = "forloop";
const LOOP_PROPERTIES: [&str; 8] = ["first", "last", "index", "index0", "rindex", "rindex0", "length", "name"];

/// Whether no data within the contract loses the message, as the text of the template shows.
pub(super) fn is_proved(
    compiled: &CompiledTemplate<'_>,
    contract: &Contract,
    needs: &Needs<'_>,
    content: &ContentProof<'_>,
) -> bool {
    if needs.reads_anything {
        return false;
    }
    let texts = compiled.texts();
    // An expiration with Liquid depends on the data and on the moment of sending.
    let has_expiration = compiled
        .template()
        .settings()
        .expiration
        .as_ref()
        .is_some_and(|text| text.value.contains("{{") || text.value.contains("{%"));
    if has_expiration || !texts.iter().all(|text| is_total(text.liquid.nodes)) {
        return false;
    }
    let takes_elements = needs.reads.iter().any(|read| read.property == Some(Property::Element));
    if !needs.reads.iter().all(|read| is_always_there(read, contract, takes_elements)) {
        return false;
    }
    if !is_object(texts[0].liquid.nodes) {
        return false;
    }
    content.is_complete
        && content.issues.iter().all(|issue| matches!(issue, SyntaxIssue::TrailingComma(_)))
        && content.interpolations.iter().all(|interpolation| is_safe(interpolation, contract, needs))
}

/// Whether nothing in these nodes fails but for a variable that is missing in the data.
fn is_total(nodes: Nodes<'_>) -> bool {
    let is_known = |node: &&Node<'_>| match node.kind {
        NodeKind::Tag { name, .. } => TOTAL_TAGS.contains(&name),
        NodeKind::Text(_) | NodeKind::Output(_) => true,
    };
    if !all_nodes(nodes).iter().all(is_known) {
        return false;
    }
    let mut assigned: BTreeSet<&str> = BTreeSet::new();
    let mut is_total = true;
    each_part(nodes, &mut |_, part| {
        assigned.extend(part.target().map(|target| target.name));
        is_total &= !matches!(part, Part::Template(_));
    });
    // Loops must run over values of the data, so that the contract describes their elements.
    each_part(nodes, &mut |_, part| {
        if let Part::Loop(of) = part {
            is_total &= root_of(of.collection).is_some_and(|root| !assigned.contains(root)) && of.element != LOOP;
        }
    });
    is_total &= !assigned.contains(LOOP);
    each_operand(nodes, &mut |operand| {
        is_total &= match operand.kind {
            OperandKind::Literal(_) => true,
            OperandKind::Range { .. } | OperandKind::Path { base: Some(_), .. } => false,
            OperandKind::Path { base: None, segments } => {
                let names: Option<Vec<&str>> = segments.iter().map(name_of).collect();
                names.is_some_and(|names| is_total_path(&names, &assigned))
            }
        };
    });
    is_total && filters(nodes).iter().all(|filter| is_total_filter(filter))
}

/// Whether nothing after the variable of a path fails that the contract knows nothing of.
fn is_total_path(names: &[&str], assigned: &BTreeSet<&str>) -> bool {
    match names {
        [LOOP, rest @ ..] => rest.len() < 2 && rest.iter().all(|name| LOOP_PROPERTIES.contains(name)),
        [own, _, ..] if assigned.contains(own) => false,
        // A number has no properties.
        [_, inner @ .., _] => !inner.iter().any(|name| matches!(*name, "size" | "length")),
        _ => true,
    }
}

fn name_of<'a>(segment: &Segment<'a>) -> Option<&'a str> {
    match segment.key {
        SegmentKey::Name(name) => Some(name),
        SegmentKey::Computed(_) => None,
    }
}

fn root_of<'a>(operand: &Operand<'a>) -> Option<&'a str> {
    match operand.kind {
        OperandKind::Path { base: None, segments: [first, ..] } => name_of(first),
        _ => None,
    }
}

fn filters(nodes: Nodes<'_>) -> Vec<&FilterCall<'_>> {
    let mut found = Vec::new();
    crate::analysis::each_value(nodes, &mut |_, value, _| found.extend(value.filters));
    found
}

fn is_total_filter(filter: &FilterCall<'_>) -> bool {
    let is_known = TOTAL_FILTERS.contains(&filter.name);
    // A filter may fail where it is given fewer or more arguments than it takes.
    let is_plain = filter.arguments.iter().all(|argument| argument.key.is_none() && argument.value.is_some());
    let (least, most) = filter.filter.map_or((0, 0), Filter::positional);
    is_known && is_plain && (least..=most).contains(&filter.arguments.len())
}

/// Whether what is read is there in all data, or does no harm where it is not.
fn is_always_there(read: &Read<'_>, contract: &Contract, takes_elements: bool) -> bool {
    if read.snippet.is_some() || read.path.root == "snippets" || may_lack_property(read, contract) {
        return false;
    }
    // That one element has it says nothing of the one that is taken.
    let is_of_taken = takes_elements && read.path.steps.contains(&PathStep::Element);
    match read.missing_behavior {
        MissingBehavior::Decides | MissingBehavior::Rescued => true,
        MissingBehavior::Guarded => !is_of_taken,
        MissingBehavior::Nothing => !is_of_taken && SENT_NAMES.contains(&read.path.root),
        MissingBehavior::MayFail | MissingBehavior::Fails => {
            !is_of_taken && shapes_in_all_data(&read.path, contract).is_some()
        }
    }
}

/// Whether what is read may have no such property, and that does harm.
fn may_lack_property(read: &Read<'_>, contract: &Contract) -> bool {
    let is_harmful = match read.missing_behavior {
        MissingBehavior::Decides | MissingBehavior::Rescued => false,
        // An element is there, whatever it is.
        MissingBehavior::Nothing => read.path.steps.last() == Some(&PathStep::Element),
        MissingBehavior::Guarded | MissingBehavior::MayFail | MissingBehavior::Fails => true,
    };
    let has = |property| shapes_at(&read.path, contract).iter().all(|shape| has_property(shape, property));
    is_harmful && read.property.is_some_and(|property| !has(property))
}

/// The shapes that a path leads to; none if some data has nothing there.
fn shapes_in_all_data<'c>(path: &Path<'_>, contract: &'c Contract) -> Option<Vec<&'c Shape>> {
    let mut shapes = contract.root(path.root)?.choices();
    for step in &path.steps {
        let mut inner = Vec::new();
        for shape in shapes {
            match step {
                PathStep::Key(name) => match shape.members.get(*name) {
                    Some(member) if !member.is_optional && shape.kinds == Kinds::only(JsonKind::Object) => {
                        inner.extend(member.shape.choices());
                    }
                    _ => return None,
                },
                // Without elements, nothing of them is read.
                PathStep::Element => match &shape.element {
                    Some(element) if shape.kinds == Kinds::only(JsonKind::Array) => inner.extend(element.choices()),
                    _ => return None,
                },
            }
        }
        shapes = inner;
    }
    Some(shapes)
}

/// The shapes that a path leads to where something is there.
fn shapes_at<'c>(path: &Path<'_>, contract: &'c Contract) -> Vec<&'c Shape> {
    let start = contract.root(path.root).map(Shape::choices).unwrap_or_default();
    path.steps.iter().fold(start, |shapes, step| all_after(&shapes, step))
}

/// Whether reading a property of any value of a shape gives something. A property of null is null.
fn has_property(shape: &Shape, property: Property) -> bool {
    let has_length = || shape.members.get("length").is_some_and(|member| !member.is_optional);
    shape.kinds.iter().all(|kind| match (kind, property) {
        // The read of the element itself decides.
        (_, Property::Element)
        | (JsonKind::Array | JsonKind::String | JsonKind::Null, _)
        | (JsonKind::Object, Property::Size) => true,
        (JsonKind::Object, Property::Length) => has_length(),
        (JsonKind::Number | JsonKind::Boolean, _) => false,
    })
}

/// Whether the content begins with an object, whatever comes before it prints nothing.
fn is_object(nodes: Nodes<'_>) -> bool {
    for node in nodes {
        match node.kind {
            NodeKind::Text(text) if text.trim().is_empty() => {}
            NodeKind::Text(text) => return text.trim_start().starts_with('{'),
            NodeKind::Tag { name: "assign" | "capture" | "comment" | "#", .. } => {}
            _ => return false,
        }
    }
    false
}

/// Whether nothing that an expression prints breaks the JSON.
fn is_safe(interpolation: &Interpolation<'_>, contract: &Contract, needs: &Needs<'_>) -> bool {
    if interpolation.is_safe {
        return true;
    }
    let [Step::Operand(operand)] = interpolation.value.expression.steps else { return false };
    if !interpolation.value.filters.iter().all(|filter| is_safe_default(filter, interpolation.position)) {
        return false;
    }
    let is_rescued = !interpolation.value.filters.is_empty();
    let is_it = |read: &&Read<'_>| {
        let is_whole = read.is_printed || (is_rescued && read.missing_behavior == MissingBehavior::Rescued);
        read.text == 0 && read.span == operand.span && is_whole
    };
    let reads: Vec<_> = needs.reads.iter().filter(is_it).collect();
    !reads.is_empty()
        && reads.iter().all(|read| match read.property {
            Some(Property::Size | Property::Length) => prints_size(&read.path, interpolation.position, contract),
            Some(Property::Element) | None => prints_safely(&read.path, interpolation.position, is_rescued, contract),
        })
}

/// Whether a filter is `default` with something that fits into JSON.
fn is_safe_default(filter: &FilterCall<'_>, position: JsonPosition) -> bool {
    let [argument] = filter.arguments else { return false };
    let literal = match argument.value.map(|operand| operand.kind) {
        Some(OperandKind::Literal(Value::String(text))) => serde_json::Value::from(text),
        Some(OperandKind::Literal(Value::Number(number))) => serde_json::Value::from(number),
        Some(OperandKind::Literal(Value::Bool(flag))) => serde_json::Value::from(flag),
        _ => return false,
    };
    filter.name == "default" && argument.key.is_none() && value_fits(&literal, position)
}

/// Whether the size of every value that a path may have fits into JSON at that position.
fn prints_size(path: &Path<'_>, position: JsonPosition, contract: &Contract) -> bool {
    let is_in_string = matches!(position, JsonPosition::String | JsonPosition::Key);
    let fits = |kind| match kind {
        JsonKind::Array | JsonKind::String => position != JsonPosition::Elsewhere,
        JsonKind::Null => is_in_string,
        _ => false,
    };
    let shapes = shapes_in_all_data(path, contract);
    shapes.is_some_and(|shapes| shapes.iter().all(|shape| shape.kinds.iter().all(fits)))
}

/// Whether every value that a path may have fits into JSON at that position. If `is_rescued`, null and what is absent are
/// not printed.
fn prints_safely(path: &Path<'_>, position: JsonPosition, is_rescued: bool, contract: &Contract) -> bool {
    let Some(root) = contract.root(path.root) else { return false };
    let mut shapes: Vec<&Shape> = root.choices();
    for step in &path.steps {
        let mut inner = Vec::new();
        for shape in shapes {
            // A loop over an object has its keys and values as elements, and one over a string has the string.
            if *step == PathStep::Element && (shape.kinds.has(JsonKind::Object) || shape.kinds.has(JsonKind::String)) {
                return false;
            }
            match after(shape, step) {
                Some(known) => inner.extend(known.choices()),
                // Nothing is ever there.
                None if is_rescued && shape.kinds == Kinds::only(JsonKind::Object) => {}
                None => return false,
            }
        }
        shapes = inner;
    }
    let is_in_string = matches!(position, JsonPosition::String | JsonPosition::Key);
    shapes.into_iter().all(|shape| match &shape.only {
        Some(only) => only.iter().all(|value| (is_rescued && value.is_null()) || value_fits(value, position)),
        None => shape.kinds.iter().all(|kind| match kind {
            JsonKind::Number | JsonKind::Boolean => position != JsonPosition::Elsewhere,
            JsonKind::Null => is_rescued || is_in_string,
            JsonKind::String => is_in_string && shape.source == Source::Declared && shape.strings.are_plain(),
            JsonKind::Array | JsonKind::Object => false,
        }),
    })
}

/// The shape of what a step leads to; none if nothing is ever there.
fn after<'c>(shape: &'c Shape, step: &PathStep<'_>) -> Option<&'c Shape> {
    match step {
        PathStep::Key(name) => shape.members.get(*name).map(|member| &member.shape).or(shape.others.as_deref()),
        PathStep::Element => shape.element.as_deref(),
    }
}

/// The shapes of what a step leads to from any of these.
fn all_after<'c>(shapes: &[&'c Shape], step: &PathStep<'_>) -> Vec<&'c Shape> {
    shapes.iter().filter_map(|shape| after(shape, step)).flat_map(Shape::choices).collect()
}

fn value_fits(value: &serde_json::Value, position: JsonPosition) -> bool {
    let printed = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
        serde_json::Value::Null => String::new(),
        _ => return false,
    };
    let arena = Arena::new();
    match position {
        JsonPosition::String | JsonPosition::Key => {
            matches!(json::read(&format!("\"{printed}\""), &arena), Ok(Value::String(_)))
        }
        JsonPosition::Value => json::read(&printed, &arena).is_ok(),
        JsonPosition::Elsewhere => false,
    }
}

/// Whether what a template renders to depends on its data alone, and not on chance or on the moment of sending.
pub(super) fn depends_on_data_alone(compiled: &CompiledTemplate<'_>) -> bool {
    compiled.texts().iter().all(|text| {
        let mut is_alone = all_nodes(text.liquid.nodes)
            .iter()
            .all(|node| !matches!(node.kind, NodeKind::Tag { name: "random" | "generate_uuid" | "render_liquid", .. }));
        is_alone &=
            filters(text.liquid.nodes).iter().all(|filter| !matches!(filter.name, "random" | "sample" | "shuffle"));
        // What filters of dates are given may be `now`.
        crate::analysis::each_value(text.liquid.nodes, &mut |_, value, _| {
            let is_dated =
                value.filters.iter().any(|call| call.filter.is_some_and(|filter| filter.family == Family::Date));
            is_alone &= !is_dated || is_fixed_date(value);
        });
        is_alone
    })
}

/// Whether an expression is a literal that does not mean the moment of sending, given to one filter.
fn is_fixed_date(value: &FilteredValue<'_>) -> bool {
    let [Step::Operand(operand)] = value.expression.steps else { return false };
    let is_fixed =
        matches!(operand.kind, OperandKind::Literal(literal) if !matches!(literal, Value::String("now" | "today")));
    is_fixed && value.filters.len() == 1
}

/// Whether the template reads something of keys that the contract does not name: it reads whole objects, or loops over them.
pub(super) fn reads_other_keys(needs: &Needs<'_>, contract: &Contract) -> bool {
    let has_others = |shape: &&Shape| shape.kinds.has(JsonKind::Object) && shape.others.is_some();
    needs.reads.iter().any(|read| {
        let Some(root) = contract.root(read.path.root) else { return false };
        let mut shapes: Vec<&Shape> = root.choices();
        for step in &read.path.steps {
            if *step == PathStep::Element && shapes.iter().any(has_others) {
                return true;
            }
            shapes = all_after(&shapes, step);
        }
        read.depth > Depth::Presence && shapes.iter().any(has_others)
    })
}
