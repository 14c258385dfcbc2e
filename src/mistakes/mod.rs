//! Mistakes: what people write in Liquid because another language, an editor or a hurry suggests it, and what they mean.
//!
//! The table is in three parts: `CONSTRUCT_ROWS` recognise a mistake in one output or tag, `blocks` recognises tags that
//! do not belong together, and `literal` what is printed as it is although it was meant as code. The words of other
//! languages are tables as well: `words`. A row describes the mistake and knows the edits that write what was meant.
//! `repair` applies the edits, so that the rest of the text can be checked as well.

mod blocks;
mod braze;
mod calls;
mod condition;
mod delimiters;
mod expression;
mod filters;
mod handlebars;
mod literal;
mod paths;
mod repair;
mod scan;
mod tags;
mod value;
mod words;

pub use repair::{Repaired, repair};
pub use words::{FilterMeant, filter_meant};

use crate::liquid::syntax::expression_parser::ExpressionParser;
use crate::liquid::{Arena, Language, Span};
use scan::{Construct, ConstructKind, Scanned, Token, TokenKind};

/// The most mistakes that are reported for one text.
const MAX_MISTAKES: usize = 100;

/// A mistake in a Liquid text.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The kind of finding.
    pub kind: MistakeKind,
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// Other places that belong to it, and what is there.
    pub others: Vec<(Span, &'static str)>,
    /// Edits after which the text can be parsed.
    pub edits: Vec<(Span, String)>,
    /// Whether the edits write what was meant. Otherwise they only allow to check the rest of the text.
    pub is_fix: bool,
    /// What Liquid does with it.
    pub effect: Effect,
    /// Variables without a value because of it.
    pub undefined: Vec<String>,
}

/// What Liquid does with a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The text cannot be parsed because of it.
    Fails,
    /// Liquid ignores it, prints it as it is, or reads it as something else.
    Ignored,
    /// It is ignored, but other tags may be wrong because of it.
    IgnoredTag,
}

/// The kind of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// The syntax is not Liquid's.
    Syntax,
    /// There is no such tag.
    UnknownTag,
    /// There is no such filter.
    UnknownFilter,
}

impl Mistake {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            kind: MistakeKind::Syntax,
            span,
            message: message.into(),
            help: String::new(),
            others: Vec::new(),
            edits: Vec::new(),
            is_fix: false,
            effect: Effect::Fails,
            undefined: Vec::new(),
        }
    }

    fn of_kind(self, kind: MistakeKind) -> Self {
        Self { kind, ..self }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    fn other(mut self, span: Span, label: &'static str) -> Self {
        self.others.push((span, label));
        self
    }

    /// Adds a variable that has no value because of it.
    fn undefines(mut self, name: &str) -> Self {
        self.undefined.push(name.to_owned());
        self
    }

    /// Sets the edits that write what was meant.
    fn fix(self, edits: Vec<(Span, String)>) -> Self {
        Self { edits, is_fix: true, ..self }
    }

    /// Sets edits that only allow to check the rest.
    fn without_fix(self, edits: Vec<(Span, String)>) -> Self {
        Self { edits, is_fix: false, ..self }
    }

    /// Whether it is only the name of a tag.
    fn is_renaming(&self) -> bool {
        self.kind == MistakeKind::UnknownTag && self.is_fix && self.edits.iter().any(|(span, _)| *span == self.span)
    }

    /// Sets whether the text cannot be parsed because of it; otherwise it is ignored.
    fn breaking(self, breaks: bool) -> Self {
        Self { effect: if breaks { Effect::Fails } else { Effect::Ignored }, ..self }
    }
}

/// An output or tag and its surroundings.
#[derive(Clone, Copy, Debug)]
struct Site<'s> {
    text: &'s str,
    language: &'s Language,
    construct: &'s Construct,
}

/// A row of the table: recognises one kind of mistake in an output or tag.
type Row = fn(Site<'_>) -> Option<Mistake>;

/// The mistakes in one output or tag. The first row that recognises one applies.
const CONSTRUCT_ROWS: [Row; 11] = [
    delimiters::wrong_delimiter,
    handlebars::stray,
    delimiters::template_string,
    braze::variable,
    delimiters::braces,
    delimiters::quotes,
    tags::tag_in_output,
    paths::path,
    tags::cycle,
    expression::expression,
    filters::filter,
];

/// Finds the mistakes in a Liquid text, in the order of the text.
#[must_use]
pub fn find(text: &str, language: &Language) -> Vec<Mistake> {
    let Scanned { constructs, is_complete } = scan::scan(text, language.dialect().reading);
    let mut found = Vec::new();
    let (handlebars, taken) = handlebars::blocks(text, &constructs);
    found.extend(handlebars);
    let constructs: Vec<Construct> =
        constructs.into_iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, it)| it).collect();
    // Without the rest of the text, it is unknown which blocks are closed.
    let (of_blocks, ends) = if is_complete { blocks::find(text, language, &constructs) } else { Default::default() };
    found.extend(of_blocks);
    let of_names = found.len();
    let mut block = None;
    for construct in &constructs {
        if found.len() >= MAX_MISTAKES {
            break;
        }
        let site = Site { text, language, construct };
        if construct.kind == ConstructKind::Text {
            found.extend(literal::find(site));
            continue;
        }
        let Some(mut mistake) = CONSTRUCT_ROWS.iter().find_map(|row| row(site)) else { continue };
        if let Some(edits) = ends.get(&construct.span) {
            mistake.edits.clone_from(edits);
        }
        // The name of another language and the arguments after it are one mistake.
        let renamed =
            found[..of_names].iter_mut().find(|named| is_within(named.span, construct.span) && named.is_renaming());
        if let Some(renamed) = renamed.filter(|_| mistake.is_fix && construct.kind == ConstructKind::Tag) {
            renamed.edits.append(&mut mistake.edits);
            let shown = site.shown_with(
                &renamed.edits.iter().filter(|(span, _)| is_within(*span, construct.span)).cloned().collect::<Vec<_>>(),
            );
            renamed.help = shown.map_or_else(|| renamed.help.clone(), |shown| format!("write `{shown}`"));
            continue;
        }
        // The branches and the end of a block belong to its opening tag.
        match (block, mistake.effect) {
            (Some(at), Effect::IgnoredTag) if !tags::opens_block(site) => {
                let opener: &mut Mistake = &mut found[at];
                opener.others.push((mistake.span, "and this"));
                opener.edits.extend(mistake.edits);
            }
            (_, effect) => {
                if effect == Effect::IgnoredTag {
                    block = Some(found.len());
                }
                found.push(mistake);
            }
        }
    }
    found.sort_by_key(|mistake| mistake.span);
    found
}

impl<'s> Site<'s> {
    fn tokens(self) -> &'s [Token] {
        &self.construct.tokens
    }

    fn slice(self, span: Span) -> &'s str {
        span.of(self.text)
    }

    /// The text from the start of the first token to the end of the last.
    fn tokens_text(self, tokens: &[Token]) -> &'s str {
        self.slice(extent(tokens))
    }

    fn is(self, token: Option<&Token>, text: &str) -> bool {
        token.is_some_and(|token| token.kind != TokenKind::Quoted && self.slice(token.span) == text)
    }

    fn is_any(self, token: Option<&Token>, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(token, text))
    }

    /// The name of the tag that is meant, where the written one is a tag of another language.
    fn meant_name(self) -> &'s str {
        tags::meant_name(self.text, self.construct)
    }

    /// Whether Liquid cannot parse these tokens as an expression with filters.
    fn is_invalid(self, tokens: &[Token]) -> bool {
        let arena = Arena::new();
        let mut parser = ExpressionParser::new(self.text, extent(tokens), &arena, self.language);
        parser.filtered_value().is_err()
    }

    /// An edit of the whole output, which prints a number, so that it is valid inside a string as well as outside. The
    /// whole tag becomes whitespace.
    fn neutral(self) -> Vec<(Span, String)> {
        let text = if self.construct.kind == ConstructKind::Output { "{{ 0 }}" } else { "" };
        vec![(self.construct.span, text.to_owned())]
    }
}

/// Whether a span is a part of another.
const fn is_within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// From the start of the first token to the end of the last.
fn extent(tokens: &[Token]) -> Span {
    match tokens {
        [first, .., last] => Span::new(first.span.start, last.span.end),
        [only] => only.span,
        [] => Span::default(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{find, repair};
    use crate::customerio::{CUSTOMERIO, LEGACY};

    /// Pieces of templates, in which mistakes are likely.
    const PIECES: [&str; 48] = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{",
        "}",
        "-",
        "if",
        "else",
        "elsif",
        "endif",
        "end",
        "for",
        "in",
        "endfor",
        "assign",
        "=",
        "==",
        "&&",
        "||",
        "!",
        "(",
        ")",
        "?",
        ":",
        "|",
        "+",
        "'",
        "\"",
        "\\\"",
        "“",
        "”",
        "‘",
        "é",
        "🎉",
        "\n",
        " ",
        " ",
        "x",
        "trigger.x",
        "[",
        "]",
        "..",
        "1",
        ",",
        "${",
        "#",
        "raw",
    ];

    proptest! {
        #[test]
        fn any_text_can_be_examined_and_repaired(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
            let text = pieces.concat();
            for language in [&*CUSTOMERIO, &*LEGACY] {
                for mistake in find(&text, language) {
                    prop_assert!(text.get(mistake.span.range()).is_some(), "{mistake:?}");
                }
                let diagnosis = repair(&text, language);
                for mistake in diagnosis.mistakes {
                    for (span, _) in mistake.edits.iter().chain(std::iter::once(&(mistake.span, String::new()))) {
                        prop_assert!(text.get(span.range()).is_some(), "{mistake:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn hostile_texts_are_examined_in_linear_time() {
        for piece in
            ["{{ ", "{% ", "{{ '", "{% if (", "{{ a + ", "{{#if x}}", "{{ x | f: ", "{{ \\\"", "${", "{% raw %}"]
        {
            let text = piece.repeat(8_000 / piece.len());
            assert!(find(&text, &CUSTOMERIO).len() <= 2 * super::MAX_MISTAKES);
            assert!(repair(&text, &CUSTOMERIO).mistakes.len() <= 2 * super::MAX_MISTAKES);
        }
    }
}
