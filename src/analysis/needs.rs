//! Needs: everything that a template reads of its data.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::path::Path;
use super::read::{MissingBehavior, Read};
use super::walk::{SnippetLookup, Walk};
use crate::liquid::{Arena, Language, Template};

/// Everything that templates read.
#[derive(Clone, Debug)]
pub struct Needs<'a> {
    /// Every read, in the order of rendering.
    pub reads: Vec<Read<'a>>,
    /// Whether more than `reads` may be read, because it is only known at run time, or the analysis has reached a
    /// limit.
    pub reads_anything: bool,
}

/// A path that a template reads, with all reads of it.
#[derive(Clone, Debug)]
pub struct Need<'a> {
    /// The path.
    pub path: Path<'a>,
    /// The most severe thing that happens if the path is missing.
    pub missing_behavior: MissingBehavior,
    /// The most specific kind that its uses expect.
    pub kind: Kind,
    /// The indexes of its reads in [`Needs::reads`].
    pub reads: Vec<usize>,
}

impl<'a> Needs<'a> {
    /// Analyzes `texts`, which are rendered one by one, without sharing assigned names.
    ///
    /// ```
    /// use inkproof::analysis::{Needs, MissingBehavior};
    /// use inkproof::customerio::CUSTOMERIO;
    /// use inkproof::liquid::{Arena, Template};
    /// let arena = Arena::new();
    /// let source = "{{ trigger.a }}{% if trigger.b %}{{ trigger.b }}{% endif %}{{ trigger.c | default: 1 }}";
    /// let template = Template::parse(source, &CUSTOMERIO, &arena).unwrap();
    /// let needs = Needs::from_templates(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
    /// let list: Vec<_> = needs.by_path().into_iter().map(|need| (need.path.to_string(), need.missing_behavior)).collect();
    /// assert_eq!(list, [
    ///     ("trigger.a".to_owned(), MissingBehavior::Fails),
    ///     ("trigger.b".to_owned(), MissingBehavior::Decides),
    ///     ("trigger.c".to_owned(), MissingBehavior::Rescued),
    /// ]);
    /// ```
    #[must_use]
    pub fn from_templates(
        texts: &[Template<'a>],
        language: &'a Language,
        snippets: SnippetLookup<'_, 'a>,
        arena: &'a Arena,
    ) -> Self {
        let mut walk = Walk::new(language, snippets, arena);
        for (at, text) in texts.iter().enumerate() {
            walk.text(at, text.nodes);
        }
        Self { reads: walk.reads, reads_anything: walk.reads_anything }
    }

    /// Whether the value at `path` may be read, so that removing it could change the output.
    #[must_use]
    pub fn may_read(&self, path: &Path<'_>) -> bool {
        self.reads_anything || self.reads.iter().any(|read| read.notices(path))
    }

    /// The paths in order, each once.
    #[must_use]
    pub fn by_path(&self) -> Vec<Need<'a>> {
        let mut places: BTreeMap<&Path<'a>, Need<'a>> = BTreeMap::new();
        for (at, read) in self.reads.iter().enumerate() {
            let need = places.entry(&read.path).or_insert_with(|| Need {
                path: read.path.clone(),
                missing_behavior: read.missing_behavior,
                kind: read.kind,
                reads: Vec::new(),
            });
            need.missing_behavior = need.missing_behavior.max(read.missing_behavior);
            need.kind = need.kind.max(read.kind);
            need.reads.push(at);
        }
        places.into_values().collect()
    }
}
