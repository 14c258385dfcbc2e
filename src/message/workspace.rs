//! The workspace: what all templates of a project share.

use super::scope::SNIPPETS;
use super::{Identity, Settings, Snippet, Template};
use crate::customerio::{self, Switches};
use crate::liquid::{Arena, Language};

/// What all templates of a project share. The default has no snippets, and Customer.io's latest Liquid.
#[derive(Clone, Copy, Debug, Default)]
pub struct Workspace<'p> {
    /// The snippets.
    pub snippets: &'p [Snippet],
    /// Which version of Liquid the templates are written in.
    pub liquid: Switches,
    /// Whether there are templates in both versions of Liquid.
    pub is_mixed: bool,
    /// The numbers and names by which Customer.io knows messages; those of the templates if it is not set.
    pub identity: Option<&'p Identity>,
}

impl<'p> Workspace<'p> {
    /// The language of a template with these settings, and of the snippets that it reads.
    #[must_use]
    pub fn language(&self, settings: &Settings) -> &'static Language {
        let version = settings.liquid.as_ref().map_or(self.liquid.version, |version| version.value);
        customerio::language(Switches { version, ..self.liquid })
    }

    /// The snippets that rendering a template reads, including those that these read in turn. If the template cannot be
    /// parsed, all snippets.
    #[must_use]
    pub fn snippets_of(&self, template: &Template) -> Vec<&'p Snippet> {
        // Most templates read no snippets. That is known without parsing them.
        if !template.source().text().contains(SNIPPETS) {
            return Vec::new();
        }
        let arena = Arena::new();
        match template.compile(self, &arena) {
            Ok(compiled) => compiled.snippets.with_dependencies(self, self.language(template.settings())),
            Err(_) => self.snippets.iter().collect(),
        }
    }
}
