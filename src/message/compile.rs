//! Compiling: the Liquid of a template is parsed once, to be rendered any number of times.

use super::failure::{LiquidText, Place, of_parsing};
use super::scope::SnippetNames;
use super::settings::{Setting, has_liquid};
use super::{Template, Workspace};
use crate::diagnostics::Diagnostics;
use crate::liquid::syntax::variables::read_by;
use crate::liquid::{self, Arena, Language, Limits, Value};

/// A template whose Liquid has been parsed: its content, and the settings that have any.
#[derive(Debug)]
pub struct CompiledTemplate<'a> {
    pub(super) workspace: &'a Workspace<'a>,
    pub(super) template: &'a Template,
    /// The snippets that it reads.
    pub(super) snippets: SnippetNames<'a>,
    pub(super) content: liquid::Template<'a>,
    arena: &'a Arena,
    pub(super) kind: Option<CompiledSetting<'a>>,
    pub(super) topics: Vec<CompiledSetting<'a>>,
    pub(super) expiration: Option<CompiledSetting<'a>>,
}

/// A setting that may have Liquid.
#[derive(Debug)]
pub(super) struct CompiledSetting<'a> {
    pub(super) setting: &'a Setting<String>,
    /// None where the setting is a plain string.
    pub(super) liquid: Option<liquid::Template<'a>>,
}

/// A text of a template that has been parsed.
#[derive(Clone, Copy, Debug)]
pub struct CompiledText<'a> {
    /// Its tree.
    pub liquid: liquid::Template<'a>,
    /// Where it is in the template's file.
    pub place: Place<'a>,
    /// Whether it is the content, not a setting.
    pub is_content: bool,
}

impl Template {
    /// Parses the template's Liquid, to render it any number of times.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn compile<'a>(
        &'a self,
        workspace: &'a Workspace<'a>,
        arena: &'a Arena,
    ) -> Result<CompiledTemplate<'a>, Diagnostics> {
        let mut parsing = Parsing {
            template: self,
            workspace,
            arena,
            problems: Diagnostics::new(),
            snippets: SnippetNames::default(),
        };
        let content = parsing.liquid(self.content(), Place::From(self.content_start()));
        let settings = self.settings();
        let kind = settings.kind.as_ref().map(|kind| parsing.setting(kind));
        let topics = settings.topics.iter().map(|topic| parsing.setting(topic)).collect();
        let expiration = settings.expiration.as_ref().map(|expiration| parsing.setting(expiration));
        let Parsing { mut problems, snippets, .. } = parsing;
        match content {
            Some(content) if problems.is_empty() => {
                Ok(CompiledTemplate { workspace, template: self, snippets, content, arena, kind, topics, expiration })
            }
            _ => {
                problems.tidy();
                Err(problems)
            }
        }
    }
}

/// The parsing of one template's Liquid.
struct Parsing<'a> {
    template: &'a Template,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
    problems: Diagnostics,
    snippets: SnippetNames<'a>,
}

impl<'a> Parsing<'a> {
    fn setting(&mut self, setting: &'a Setting<String>) -> CompiledSetting<'a> {
        let liquid = has_liquid(&setting.value).then(|| self.liquid(&setting.value, Place::Within(&setting.span)));
        CompiledSetting { setting, liquid: liquid.flatten() }
    }

    fn liquid(&mut self, source: &'a str, place: Place<'_>) -> Option<liquid::Template<'a>> {
        let language = self.workspace.language(self.template.settings());
        let text = LiquidText { source: self.template.source(), place, language, data: Value::Undefined };
        match liquid::Template::parse_limited(source, language, self.arena, Limits::default().parse_length) {
            Ok(template) => {
                self.snippets.add(SnippetNames::read_by(&read_by(template.nodes)));
                Some(template)
            }
            Err(errors) => {
                self.problems.extend(of_parsing(&errors, source, &text));
                None
            }
        }
    }
}

impl<'a> CompiledTemplate<'a> {
    /// The template.
    #[must_use]
    pub const fn template(&self) -> &'a Template {
        self.template
    }

    /// The language that it is written in.
    #[must_use]
    pub fn language(&self) -> &'static Language {
        self.workspace.language(self.template.settings())
    }

    /// Its texts that have Liquid: the content, and then those settings that do.
    #[must_use]
    pub fn texts(&self) -> Vec<CompiledText<'a>> {
        let content =
            CompiledText { liquid: self.content, place: Place::From(self.template.content_start()), is_content: true };
        let settings = self.kind.iter().chain(&self.topics).chain(&self.expiration);
        let settings = settings.filter_map(|setting| {
            let place = Place::Within(&setting.setting.span);
            Some(CompiledText { liquid: setting.liquid?, place, is_content: false })
        });
        std::iter::once(content).chain(settings).collect()
    }

    /// The texts of a snippet; none where it is not there or cannot be read.
    #[must_use]
    pub fn snippet_texts(&self, name: &str) -> Vec<liquid::Template<'a>> {
        let snippet = self.workspace.snippets.iter().find(|snippet| snippet.name() == name);
        let texts = snippet.map(|snippet| snippet.texts(self.arena)).unwrap_or_default();
        let language = self.language();
        let parse = |text| liquid::Template::parse(text, language, self.arena).ok();
        texts.into_iter().filter_map(parse).collect()
    }
}
