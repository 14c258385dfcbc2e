//! Compiling: parses the Liquid of a template once, so that it can be rendered any number of times.

use super::failure::{LiquidText, TextPlace, parse_diagnostics};
use super::scope::{FixedNames, SnippetNames};
use super::settings::{Setting, has_liquid};
use super::{Template, Workspace};
use crate::diagnostics::Diagnostics;
use crate::liquid::syntax::variables::read_by;
use crate::liquid::{self, Arena, Language, Limits, Value};

/// A template whose Liquid has been parsed: its content, and those of its settings that contain Liquid.
#[derive(Debug)]
pub struct CompiledTemplate<'a> {
    pub(super) workspace: &'a Workspace<'a>,
    pub(super) template: &'a Template,
    pub(super) names: FixedNames<'a>,
    /// The names of the snippets that it reads.
    pub(super) snippets: SnippetNames<'a>,
    pub(super) content: liquid::Template<'a>,
    pub(super) kind: Option<CompiledSetting<'a>>,
    pub(super) topics: Vec<CompiledSetting<'a>>,
    pub(super) expiration: Option<CompiledSetting<'a>>,
}

/// A setting that may contain Liquid.
#[derive(Debug)]
pub(super) struct CompiledSetting<'a> {
    pub(super) setting: &'a Setting<String>,
    /// `None` if the setting is a plain string.
    pub(super) liquid: Option<liquid::Template<'a>>,
}

/// A parsed Liquid text of a template: its content or a setting.
#[derive(Clone, Copy, Debug)]
pub struct CompiledText<'a> {
    /// The syntax tree.
    pub liquid: liquid::Template<'a>,
    /// Its place in the template's file.
    pub place: TextPlace<'a>,
    /// Whether it is the content rather than a setting.
    pub is_content: bool,
}

impl Template {
    /// Parses the template's Liquid, so that it can be rendered any number of times.
    ///
    /// # Errors
    /// Every syntax error in it.
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
        let content = parsing.liquid(self.content(), TextPlace::Verbatim(self.content_start()));
        let settings = self.settings();
        let kind = settings.kind.as_ref().map(|kind| parsing.setting(kind));
        let topics = settings.topics.iter().map(|topic| parsing.setting(topic)).collect();
        let expiration = settings.expiration.as_ref().map(|expiration| parsing.setting(expiration));
        let Parsing { mut problems, snippets, .. } = parsing;
        match content {
            Some(content) if problems.is_empty() => {
                let names = FixedNames::new(workspace, self, arena);
                Ok(CompiledTemplate { workspace, template: self, names, snippets, content, kind, topics, expiration })
            }
            _ => {
                problems.tidy();
                Err(problems)
            }
        }
    }
}

/// Parses the Liquid of one template and collects the problems.
struct Parsing<'a> {
    template: &'a Template,
    workspace: &'a Workspace<'a>,
    arena: &'a Arena,
    problems: Diagnostics,
    snippets: SnippetNames<'a>,
}

impl<'a> Parsing<'a> {
    fn setting(&mut self, setting: &'a Setting<String>) -> CompiledSetting<'a> {
        let liquid = has_liquid(&setting.value).then(|| self.liquid(&setting.value, TextPlace::Escaped(&setting.span)));
        CompiledSetting { setting, liquid: liquid.flatten() }
    }

    fn liquid(&mut self, source: &'a str, place: TextPlace<'_>) -> Option<liquid::Template<'a>> {
        let language = self.workspace.language(self.template.settings());
        let text = LiquidText { source: self.template.source(), place, language, data: Value::Undefined };
        match liquid::Template::parse_limited(source, language, self.arena, Limits::default().parse_length) {
            Ok(template) => {
                self.snippets.add(SnippetNames::from_variables(&read_by(template.nodes)));
                Some(template)
            }
            Err(errors) => {
                self.problems.extend(parse_diagnostics(&errors, source, &text, self.workspace.is_mixed));
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

    /// Its Liquid texts: the content, then the settings that contain Liquid.
    #[must_use]
    pub fn texts(&self) -> Vec<CompiledText<'a>> {
        let content = CompiledText {
            liquid: self.content,
            place: TextPlace::Verbatim(self.template.content_start()),
            is_content: true,
        };
        let settings = self.kind.iter().chain(&self.topics).chain(&self.expiration);
        let settings = settings.filter_map(|setting| {
            let place = TextPlace::Escaped(&setting.setting.span);
            Some(CompiledText { liquid: setting.liquid?, place, is_content: false })
        });
        std::iter::once(content).chain(settings).collect()
    }

    /// The Liquid texts of a snippet, which are parsed into `arena`; empty if there is no such snippet or it cannot be parsed.
    #[must_use]
    pub fn snippet_texts<'s>(&self, name: &str, arena: &'s Arena) -> Vec<liquid::Template<'s>>
    where
        'a: 's,
    {
        let snippet = self.workspace.snippets.iter().find(|snippet| snippet.name() == name);
        let texts = snippet.map(|snippet| snippet.texts(arena)).unwrap_or_default();
        let language = self.language();
        let parse = |text| liquid::Template::parse(text, language, arena).ok();
        texts.into_iter().filter_map(parse).collect()
    }
}
