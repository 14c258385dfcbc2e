//! Coverage: what renders reached, so that data which reaches something new is searched around.

use std::hash::{BuildHasher, Hash, Hasher};

// Looked up for each node of each render, so that the time that a hash takes shows.
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use crate::analysis::{each_value, mixed_condition};
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::visit::{all_nodes, each_part};
use crate::liquid::{Compared, NodeId, PartId, Sorts, Span, Template, Trace, Writer};
use crate::message::TrialOutput;

/// Everything that renders did so far.
#[derive(Debug)]
pub(super) struct SeenFeatures {
    /// The hashes of all features of each render. Most renders do the same as an earlier one.
    renders: HashSet<u64>,
    hasher: DefaultHashBuilder,
    /// How often each node of the template was reached, if at all, roughly: a bit for each answer of [`roughly`]. The nodes of
    /// strings that are rendered on the way come and go, and would make the search find something else each time.
    nodes: HashMap<NodeId, u16>,
    /// Whether an expression has printed something, and whether it has printed nothing.
    printed: HashMap<Span, [bool; 2]>,
    /// The parts of the template that are observed.
    parts: HashSet<PartId>,
    /// Its conditions in which the order of `and` and `or` matters.
    mixed: Vec<PartId>,
    /// Every node that was reached, and what was observed.
    pub(super) trace: Trace,
}

impl SeenFeatures {
    /// Nothing of these templates has been reached.
    pub(super) fn new(templates: &[Template<'_>]) -> Self {
        let nodes = templates
            .iter()
            .flat_map(|template| all_nodes(template.nodes))
            .map(|node| (NodeId::new(node), 0))
            .collect();
        let (mut parts, mut mixed) = (HashSet::new(), Vec::new());
        for template in templates {
            each_value(template.nodes, &mut |_, value, _| {
                parts.extend(value.expression.steps.iter().map(PartId::of_step));
                parts.extend(value.filters.iter().map(PartId::of_filter));
                mixed.extend(mixed_condition(value.expression.steps));
            });
            each_part(template.nodes, &mut |_, part| {
                if let Part::Case { arms, .. } = part {
                    parts.extend(arms.iter().flat_map(|arm| arm.values).map(PartId::of_operand));
                }
            });
        }
        Self {
            renders: HashSet::new(),
            hasher: DefaultHashBuilder::default(),
            nodes,
            printed: HashMap::new(),
            parts,
            mixed,
            trace: Trace::default(),
        }
    }

    /// Adds what a render observed. What would be evidence of a mistake only counts if the data `is_valid`.
    pub(super) fn observe(&mut self, out: &TrialOutput, is_valid: impl FnOnce() -> bool) {
        let (known, new) = (&self.trace.observations, &out.trace.observations);
        let is_evidence = |(part, compared): (PartId, &Compared)| {
            compared.misordered.is_some() && known.compared(part).is_none_or(|known| known.misordered.is_none())
        };
        let is_false = |(part, sorts): (PartId, Sorts)| {
            let has_false = |sorts: Sorts| sorts.has_any(Sorts::FALSE);
            has_false(sorts) && !known.deciding(part).is_some_and(has_false)
        };
        let is_regrouped = |part: &PartId| new.is_regrouped(*part) && !known.is_regrouped(*part);
        let has_evidence = new.comparisons().any(is_evidence)
            || new.all_deciding().any(is_false)
            || self.mixed.iter().any(is_regrouped);
        if !has_evidence || is_valid() {
            let parts = &self.parts;
            self.trace.observations.add(new, |part| parts.contains(&part));
        }
    }

    /// Whether anything that was observed so far would be a mistake if no other data shows the contrary.
    pub(super) fn has_suspects(&self) -> bool {
        let observations = &self.trace.observations;
        let is_suspicious =
            |(_, compared): (PartId, &Compared)| compared.never_alike() || compared.is_of_numeric_strings();
        let is_flag = |(_, sorts): (PartId, Sorts)| sorts.are_within(Sorts::TRUE.or(Sorts::FALSE));
        observations.comparisons().any(is_suspicious)
            || observations.all_deciding().any(is_flag)
            || !self.mixed.is_empty()
    }

    /// Adds what a render did; whether any of it is new.
    pub(super) fn add(&mut self, out: &TrialOutput) -> bool {
        if !self.renders.insert(self.hash(out)) {
            return false;
        }
        let mut is_new = false;
        for (node, count) in out.trace.counts() {
            let Some(known) = self.nodes.get_mut(&node) else { continue };
            let bit = 1 << roughly(count);
            is_new |= *known & bit == 0;
            *known |= bit;
        }
        // A condition that does not hold for once may reach nothing else.
        for (node, known) in &mut self.nodes {
            if !out.trace.has(*node) {
                let bit = 1 << roughly(0);
                is_new |= *known & bit == 0;
                *known |= bit;
            }
        }
        for mark in out.content.marks().iter().filter(|mark| mark.writer == Writer::Liquid) {
            let known = &mut self.printed.entry(mark.span).or_default()[usize::from(mark.written.is_empty())];
            is_new |= !std::mem::replace(known, true);
        }
        if is_new {
            self.trace.add(&out.trace);
        }
        is_new
    }

    /// A hash of everything that a render did.
    fn hash(&self, out: &TrialOutput) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for (node, count) in out.trace.counts() {
            (node, roughly(count)).hash(&mut hasher);
        }
        for mark in out.content.marks() {
            (mark.span.start, mark.written.is_empty()).hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// How often something was done, so that loops over a few elements more do the same.
fn roughly(count: u32) -> u8 {
    match count {
        0..=3 => count.to_le_bytes()[0],
        4..=7 => 4,
        _ => 8,
    }
}
