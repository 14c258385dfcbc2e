//! Observing: what each expression of a message does, also behind those that fail.

use super::failure::Place;
use super::scope::SnippetNames;
use super::sent_data::{SentData, Trigger};
use super::{CompiledTemplate, Customer, RenderOptions, Request, SnippetKind};
use crate::diagnostics::{Diagnostic, Location, Source};
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::{all_nodes, each_part, parts};
use crate::liquid::{self, Arena, Error, NodeId, Options, Output, Span, Subject, Trace, Value, Writer};

/// What was seen while a text was rendered: a template's content, or that of a snippet.
#[derive(Clone, Debug)]
pub struct ObservedText {
    /// The file.
    pub source: Source,
    /// Where the text begins in the file; none where it stands there with escapes.
    start: Option<usize>,
    /// The text.
    pub text: String,
    /// The nodes that were come to.
    pub visited: Vec<Span>,
    /// What expressions wrote, in order.
    pub written: Vec<(Span, String)>,
    /// What failed, in order.
    pub failures: Vec<Failure>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// An output or tag that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// All of it.
    pub node: Span,
    /// The part that is to blame.
    pub span: Span,
    /// Why.
    pub message: String,
    /// The variable that is missing, where one is, without its path.
    pub missing: Option<String>,
    /// The name that has no value now because of it.
    pub unset: Option<String>,
}

/// A condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The tag it stands in.
    pub tag: Span,
    /// The condition itself.
    pub span: Span,
    /// The nodes that it lets through.
    pub inner: Vec<Span>,
}

impl CompiledTemplate<'_> {
    /// Renders the content for `customer`, and the snippets that it needs, and reports what each expression did.
    ///
    /// # Errors
    /// The data cannot be read.
    pub fn observe(
        &self,
        customer: &Customer,
        request: &Request,
        options: &RenderOptions,
    ) -> Result<Vec<ObservedText>, Diagnostic> {
        let (arena, language) = (Arena::new(), self.language());
        let options = options.for_liquid();
        let sent = SentData::read(Some(customer), Trigger::Request(request), language, &arena)?;
        let snippets = self.snippets.with_their_own(self.workspace, language);
        let needed = SnippetNames::of_all(&snippets);
        let scope = self.scope(&sent, &needed, &options, &arena);
        let place = (self.template.source(), Place::From(self.template.content_start()));
        let mut observed = vec![ObservedText::of(self.content, place, scope.data, &options, &arena)];
        for snippet in snippets {
            let whole = 0..snippet.source().text().len();
            let place = match snippet.kind() {
                SnippetKind::Text => Place::From(0),
                SnippetKind::Json => Place::Within(&whole),
            };
            for text in snippet.texts(&arena) {
                let place = (snippet.source(), place);
                observed.push(match liquid::Template::parse(text, language, &arena) {
                    Ok(parsed) => ObservedText::of(parsed, place, scope.data, &options, &arena),
                    Err(errors) => ObservedText::unreadable(place, text, &errors),
                });
            }
        }
        Ok(observed)
    }
}

impl ObservedText {
    /// Renders a text with `data`, past all that fails.
    pub(super) fn of<'a>(
        template: liquid::Template<'a>,
        (source, place): (&Source, Place<'_>),
        data: Value<'a>,
        options: &Options,
        arena: &'a Arena,
    ) -> Self {
        let (mut trace, mut out) = (Trace::default(), Output::with_marks());
        let failures = template.render_past_failures(data, options, arena, &mut out, &mut trace);
        let visited = all_nodes(template.nodes).into_iter().filter(|node| trace.has(NodeId::of(node)));
        let written = out.marks().iter().filter(|mark| mark.writer == Writer::Liquid);
        Self {
            visited: visited.map(|node| node.span).collect(),
            written: written.map(|mark| (mark.span, out.text()[mark.written.clone()].to_owned())).collect(),
            failures: failures.iter().map(|(node, error)| Failure::of(*node, error, template.nodes)).collect(),
            conditions: conditions(template.nodes),
            ..Self::nothing(source, place, template.source)
        }
    }

    /// A text that could not be parsed.
    pub(super) fn unreadable((source, place): (&Source, Place<'_>), text: &str, errors: &[Error]) -> Self {
        let failure = |error: &Error| Failure::of(error.span().unwrap_or_default(), error, &[]);
        Self { failures: errors.iter().map(failure).collect(), ..Self::nothing(source, place, text) }
    }

    fn nothing(source: &Source, place: Place<'_>, text: &str) -> Self {
        let start = match place {
            Place::From(start) => Some(start),
            Place::Within(_) => None,
        };
        Self {
            source: source.clone(),
            start,
            text: text.to_owned(),
            visited: Vec::new(),
            written: Vec::new(),
            failures: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Whether it stands where the other does: it is that text, or what can be read of it.
    #[must_use]
    pub fn is_at_the_place_of(&self, other: &Self) -> bool {
        match (self.start, other.start) {
            (None, None) => self.text == other.text,
            (own, others) => own == others,
        }
    }

    /// Where in the file a span of the text stands; the beginning of the file where that cannot be told.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        self.source.at(self.start.map_or(0..0, |start| start + span.start..start + span.end))
    }
}

impl Failure {
    fn of(node: Span, error: &Error, nodes: Nodes<'_>) -> Self {
        let missing = match error.subject() {
            Some(Subject::MissingVariable(path)) => path.split(['.', '[']).next().map(str::to_owned),
            _ => None,
        };
        let tags = all_nodes(nodes).into_iter().filter(|tag| tag.span == node);
        let unset = tags.flat_map(parts).find_map(|part| Some(part.target()?.name.to_owned()));
        Self { node, span: error.span().unwrap_or(node), message: error.message().to_owned(), missing, unset }
    }
}

fn conditions(nodes: Nodes<'_>) -> Vec<Condition> {
    let mut found = Vec::new();
    each_part(nodes, &mut |node, part| {
        let Part::Branches { branches, .. } = part else { return };
        for branch in branches {
            let inner = branch.body.iter().map(|node| node.span).collect();
            found.push(Condition { tag: node.span, span: branch.condition.span, inner });
        }
    });
    found
}
