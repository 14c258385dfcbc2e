//! Observing: renders a message past its failures and records what each expression does.

use super::failure::TextPlace;
use super::scope::SnippetNames;
use super::sent_data::{SentData, Trigger};
use super::{CompiledTemplate, Customer, RenderOptions, Request, SnippetKind};
use crate::diagnostics::{Diagnostic, Location, Source};
use crate::liquid::syntax::part::Part;
use crate::liquid::syntax::tree::Nodes;
use crate::liquid::syntax::visit::{all_nodes, each_part, parts};
use crate::liquid::{self, Arena, Error, NodeId, Options, Output, Span, Subject, Trace, Value, Writer};

/// What was recorded while a Liquid text was rendered: the content of a template, or a snippet.
#[derive(Clone, Debug)]
pub struct ObservedText {
    /// The file.
    pub source: Source,
    /// The offset of the text in the file; `None` if the file contains it with escapes.
    start: Option<usize>,
    /// The text.
    pub text: String,
    /// The nodes that were reached.
    pub visited: Vec<Span>,
    /// What expressions wrote, in order.
    pub written: Vec<(Span, String)>,
    /// The outputs and tags that failed, in order.
    pub failures: Vec<ObservedFailure>,
    /// The conditions in the text.
    pub conditions: Vec<ObservedCondition>,
}

/// An output or tag that failed.
#[derive(Clone, Debug)]
pub struct ObservedFailure {
    /// The whole output or tag.
    pub node: Span,
    /// The part that is to blame.
    pub span: Span,
    /// The error message.
    pub message: String,
    /// The name of the missing variable, without its path, if that is the error.
    pub missing: Option<String>,
    /// The variable that remains unassigned because of the failure.
    pub unset: Option<String>,
}

/// A condition of a tag, such as `if` or `when`.
#[derive(Clone, Debug)]
pub struct ObservedCondition {
    /// The tag that it belongs to.
    pub tag: Span,
    /// The condition itself.
    pub span: Span,
    /// The nodes that are rendered if it holds.
    pub body: Vec<Span>,
}

impl CompiledTemplate<'_> {
    /// Renders the content for `customer`, and the snippets that it reads, and records what each expression does.
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
        let snippets = self.snippets.with_dependencies(self.workspace, language);
        let needed = SnippetNames::from_snippets(&snippets);
        let scope = self.scope(&sent, &needed, &options, &arena);
        let place = (self.template.source(), TextPlace::Verbatim(self.template.content_start()));
        let mut observed = vec![ObservedText::new(self.content, place, scope.data, &options, &arena)];
        for snippet in snippets {
            let whole = 0..snippet.source().text().len();
            let place = match snippet.kind() {
                SnippetKind::Text => TextPlace::Verbatim(0),
                SnippetKind::Json => TextPlace::Escaped(&whole),
            };
            for text in snippet.texts(&arena) {
                let place = (snippet.source(), place);
                observed.push(match liquid::Template::parse(text, language, &arena) {
                    Ok(parsed) => ObservedText::new(parsed, place, scope.data, &options, &arena),
                    Err(errors) => ObservedText::from_errors(place, text, &errors),
                });
            }
        }
        Ok(observed)
    }
}

impl ObservedText {
    /// Renders a text with `data` and continues after failures.
    pub(super) fn new<'a>(
        template: liquid::Template<'a>,
        (source, place): (&Source, TextPlace<'_>),
        data: Value<'a>,
        options: &Options,
        arena: &'a Arena,
    ) -> Self {
        let (mut trace, mut out) = (Trace::default(), Output::with_marks());
        let failures = template.render_past_failures(data, options, arena, &mut out, &mut trace);
        let visited = all_nodes(template.nodes).into_iter().filter(|node| trace.has(NodeId::new(node)));
        let written = out.marks().iter().filter(|mark| mark.writer == Writer::Liquid);
        Self {
            visited: visited.map(|node| node.span).collect(),
            written: written.map(|mark| (mark.span, out.text()[mark.written.clone()].to_owned())).collect(),
            failures: failures.iter().map(|(node, error)| ObservedFailure::new(*node, error, template.nodes)).collect(),
            conditions: conditions(template.nodes),
            ..Self::empty(source, place, template.source)
        }
    }

    /// A text that could not be parsed. Its syntax errors count as failures.
    pub(super) fn from_errors((source, place): (&Source, TextPlace<'_>), text: &str, errors: &[Error]) -> Self {
        let failure = |error: &Error| ObservedFailure::new(error.span().unwrap_or_default(), error, &[]);
        Self { failures: errors.iter().map(failure).collect(), ..Self::empty(source, place, text) }
    }

    fn empty(source: &Source, place: TextPlace<'_>, text: &str) -> Self {
        let start = match place {
            TextPlace::Verbatim(start) => Some(start),
            TextPlace::Escaped(_) => None,
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

    /// Whether both are about the same text of a file, which may differ where unparsable parts were removed.
    #[must_use]
    pub fn has_same_place(&self, other: &Self) -> bool {
        match (self.start, other.start) {
            (None, None) => self.text == other.text,
            (own, others) => own == others,
        }
    }

    /// The location of a span of the text; the beginning of the file if the offset is unknown.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        self.source.at(self.start.map_or(0..0, |start| start + span.start..start + span.end))
    }
}

impl ObservedFailure {
    fn new(node: Span, error: &Error, nodes: Nodes<'_>) -> Self {
        let missing = match error.subject() {
            Some(Subject::MissingVariable(path)) => path.split(['.', '[']).next().map(str::to_owned),
            _ => None,
        };
        let tags = all_nodes(nodes).into_iter().filter(|tag| tag.span == node);
        let unset = tags.flat_map(parts).find_map(|part| Some(part.target()?.name.to_owned()));
        Self { node, span: error.span().unwrap_or(node), message: error.message().to_owned(), missing, unset }
    }
}

fn conditions(nodes: Nodes<'_>) -> Vec<ObservedCondition> {
    let mut found = Vec::new();
    each_part(nodes, &mut |node, part| {
        let Part::Branches { branches, .. } = part else { return };
        for branch in branches {
            let body = branch.body.iter().map(|node| node.span).collect();
            found.push(ObservedCondition { tag: node.span, span: branch.condition.span, body });
        }
    });
    found
}
