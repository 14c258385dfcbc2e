//! Needs: all that a template looks at in its data, place by place.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::path::Path;
use super::read::{MissingBehavior, Read};
use super::walk::{SnippetTexts, Walk};
use crate::liquid::{Arena, Language, Template};

/// All that a template looks at.
#[derive(Clone, Debug)]
pub struct Needs<'a> {
    /// Every look, in the order of rendering.
    pub reads: Vec<Read<'a>>,
    /// Whether it may look at more than that, because what it looks at is only known when rendering.
    pub reads_anything: bool,
}

/// A place that a template looks at.
#[derive(Clone, Debug)]
pub struct Need<'a> {
    /// The place.
    pub path: Path<'a>,
    /// The gravest of what happens where nothing is there.
    pub missing_behavior: MissingBehavior,
    /// What all uses together say of the value.
    pub kind: Kind,
    /// Every look at it, by its place among [`Needs::reads`].
    pub reads: Vec<usize>,
}

impl<'a> Needs<'a> {
    /// What `texts`, each rendered on its own, look at.
    ///
    /// ```
    /// use inkproof::analysis::{Needs, MissingBehavior};
    /// use inkproof::customerio::CUSTOMERIO;
    /// use inkproof::liquid::{Arena, Template};
    /// let arena = Arena::new();
    /// let source = "{{ trigger.a }}{% if trigger.b %}{{ trigger.b }}{% endif %}{{ trigger.c | default: 1 }}";
    /// let template = Template::parse(source, &CUSTOMERIO, &arena).unwrap();
    /// let needs = Needs::of(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
    /// let list: Vec<_> = needs.by_path().into_iter().map(|need| (need.path.to_string(), need.missing_behavior)).collect();
    /// assert_eq!(list, [
    ///     ("trigger.a".to_owned(), MissingBehavior::Fails),
    ///     ("trigger.b".to_owned(), MissingBehavior::Decides),
    ///     ("trigger.c".to_owned(), MissingBehavior::Rescued),
    /// ]);
    /// ```
    #[must_use]
    pub fn of(
        texts: &[Template<'a>],
        language: &'a Language,
        snippets: SnippetTexts<'_, 'a>,
        arena: &'a Arena,
    ) -> Self {
        let mut walk = Walk::new(language, snippets, arena);
        for (at, text) in texts.iter().enumerate() {
            walk.text(at, text.nodes);
        }
        Self { reads: walk.reads, reads_anything: walk.reads_anything }
    }

    /// Whether taking away `path` could change what is rendered.
    #[must_use]
    pub fn has_use_for(&self, path: &Path<'_>) -> bool {
        self.reads_anything || self.reads.iter().any(|read| read.depth.is_touched(&read.path, path))
    }

    /// The places, each once.
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
