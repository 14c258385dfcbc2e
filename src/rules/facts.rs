//! Facts: all that rules judge a template by, gathered once.

use std::collections::HashSet;

use crate::analysis::{ContentProof, Coverage, Needs, Path, Presence, places};
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Severity, Source, did_you_mean};
use crate::liquid::syntax::tree::NodeKind;
use crate::liquid::{Arena, Span, Trace, Value};
use crate::message::{
    CompiledTemplate, CompiledText, Customer, RenderOptions, Rendering, SENT_NAMES, Template, Trigger,
};
use crate::project::{Case, Project};

/// A template, and what came of it.
#[derive(Debug)]
pub struct TemplateFacts<'f> {
    /// The template.
    pub template: &'f Template,
    /// Its texts with Liquid; the content comes first.
    pub texts: Vec<CompiledText<'f>>,
    /// What it looks at.
    pub needs: Needs<'f>,
    /// What is known of its content as JSON.
    pub content: ContentProof<'f>,
    /// What it was rendered with.
    pub cases: Vec<CaseFacts>,
    /// What is wrong with data that cannot be read.
    pub problems: Diagnostics,
}

/// What came of a template with some data.
#[derive(Debug)]
pub struct CaseFacts {
    /// What people call the data: the request's name, or that of a file.
    pub name: String,
    /// For each of [`Needs::reads`], what there is.
    pub presence: Vec<Presence>,
    /// The nodes that were come to, in the way of a test send.
    pub trace: Trace,
    /// The message as it would be sent; none where no request was given.
    pub rendering: Option<Rendering>,
    /// The places of `trigger` that nothing looks at, outermost ones only.
    pub unused: Vec<String>,
    /// Every place of the data, where it lacks any that is looked at: one of them may have been meant.
    pub places: Vec<String>,
}

impl<'f> TemplateFacts<'f> {
    /// Gathers what there is to know of a template that has been parsed, with `cases` of it.
    #[must_use]
    pub fn gather(
        compiled: &'f CompiledTemplate<'f>,
        cases: &[Case<'_>],
        options: &RenderOptions,
        arena: &'f Arena,
    ) -> Self {
        let mut facts = Self::of(compiled, arena);
        for case in cases {
            let rendering = compiled.render(case.customer, case.request, options);
            let trigger = Trigger::Request(case.request);
            match facts.explore(compiled, Some(case.customer), trigger, options, case.request.name()) {
                Ok(found) => facts.cases.push(CaseFacts { rendering: Some(rendering), ..found }),
                Err(problem) => facts.problems.push(problem),
            }
        }
        facts
    }

    /// Gathers what there is to know of a template with one JSON object as its `trigger`. Whose message it is does not
    /// matter: the customer is one without attributes, or each of the project's.
    #[must_use]
    pub fn gather_data(
        compiled: &'f CompiledTemplate<'f>,
        data: &str,
        name: &str,
        project: &'f Project,
        options: &RenderOptions,
        arena: &'f Arena,
    ) -> Self {
        let mut facts = Self::of(compiled, arena);
        let customers = project.customers().iter().take(MAX_CUSTOMERS).map(Some);
        let customers: Vec<_> = std::iter::once(None).chain(customers).collect();
        let source = Source::new(name, data);
        let mut found: Option<CaseFacts> = None;
        for customer in customers {
            match (facts.explore(compiled, customer, Trigger::Json(&source), options, name), &mut found) {
                (Ok(next), Some(found)) => found.trace.add(&next.trace),
                (Ok(next), None) => found = Some(next),
                (Err(problem), _) => facts.problems.push(problem),
            }
        }
        facts.cases.extend(found);
        facts
    }

    fn of(compiled: &'f CompiledTemplate<'f>, arena: &'f Arena) -> Self {
        let texts = compiled.texts();
        let trees: Vec<_> = texts.iter().map(|text| text.liquid).collect();
        let language = compiled.language();
        let needs = Needs::of(&trees, language, &|name| compiled.snippet_texts(name), arena);
        let content = ContentProof::of(trees[0]);
        Self { template: compiled.template(), texts, needs, content, cases: Vec::new(), problems: Diagnostics::new() }
    }

    fn explore(
        &self,
        compiled: &CompiledTemplate<'f>,
        customer: Option<&Customer>,
        trigger: Trigger<'_>,
        options: &RenderOptions,
        name: &str,
    ) -> Result<CaseFacts, Diagnostic> {
        compiled.explore(customer, trigger, options, |data, trace| {
            let presence: Vec<_> = self.needs.reads.iter().map(|read| read.presence(data)).collect();
            let lacks_any = presence.iter().any(|presence| presence.missing > 0);
            let all_places = if lacks_any { places("", data) } else { Vec::new() };
            let trigger = match data {
                Value::Object(names) => names.get("trigger").unwrap_or(Value::Undefined),
                _ => Value::Undefined,
            };
            let all = places("trigger", trigger);
            // Outer places come before those within them.
            let mut useless: HashSet<Path<'_>> = HashSet::new();
            let mut unused = Vec::new();
            for path in &all {
                let is_told = ancestors(path).any(|outer| useless.contains(&outer));
                if !is_told && !self.needs.has_use_for(path) {
                    useless.insert(path.clone());
                    unused.push(path.to_string());
                }
            }
            CaseFacts {
                name: name.to_owned(),
                presence,
                trace: trace.clone(),
                rendering: None,
                unused,
                places: all_places.iter().map(|path| path.to_string()[1..].to_owned()).collect(),
            }
        })
    }

    /// Which of Customer.io's two kinds of Liquid it is written in.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        version_of(self.texts[0].liquid.language)
    }

    /// What of the content the cases come to.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let traces: Vec<_> = self.cases.iter().map(|case| &case.trace).collect();
        Coverage::of(&self.texts[0], self.template.source(), &traces)
    }

    /// Whether a comma of the content is the last thing on every way that it may be rendered: it stands in no loop and in
    /// no branch.
    #[must_use]
    pub fn is_last_on_every_way(&self, comma: Span) -> bool {
        self.content.is_complete
            && self.texts[0].liquid.nodes.iter().any(|node| {
                let is_text = matches!(node.kind, NodeKind::Text(_));
                is_text && node.span.start <= comma.start && comma.end <= node.span.end
            })
            && self.template.content()[comma.end..].trim_start().starts_with(['}', ']'])
    }

    /// Where in the template's file a span of a text stands.
    #[must_use]
    pub fn location(&self, text: usize, span: Span) -> Location {
        let range = self.texts.get(text).map_or(0..0, |text| text.place.range(Some(span)));
        self.template.source().at(range)
    }

    /// Where in the template's file a span of the content stands.
    #[must_use]
    pub fn in_content(&self, span: Span) -> Location {
        self.location(0, span)
    }

    /// The beginning of the content.
    #[must_use]
    pub fn content_start(&self) -> Location {
        let start = self.template.content_start();
        self.template.source().at(start..start)
    }
}

impl CaseFacts {
    /// Whether what is missing at `path` can be told from the data: a payload without a request says nothing of customers.
    #[must_use]
    pub fn can_judge(&self, path: &Path<'_>) -> bool {
        self.rendering.is_some() || path.root == "trigger"
    }

    /// The place of the data that is most like a path which it lacks: beside it, or of the same name elsewhere.
    #[must_use]
    pub fn near(&self, path: &Path<'_>) -> Option<String> {
        let name = path.name()?;
        let parent = path.parent().map(|parent| format!("{parent}.")).unwrap_or_default();
        let siblings = self.places.iter().filter_map(|place| place.strip_prefix(&parent));
        let sibling = did_you_mean(name, siblings.filter(|place| !place.contains('.') && !place.contains('[')));
        // What every message has is hardly what was meant by a name that something else has.
        let elsewhere = || SENT_NAMES.iter().find_map(|root| self.named(name, root).next()).map(str::to_owned);
        sibling.map(|sibling| format!("{parent}{sibling}")).or_else(elsewhere)
    }

    /// The places of that name within one variable.
    pub fn named<'s>(&'s self, name: &str, root: &str) -> impl Iterator<Item = &'s str> {
        let (start, ending) = (format!("{root}."), format!(".{name}"));
        let places = self.places.iter().map(String::as_str);
        places.filter(move |place| place.starts_with(&start) && place.ends_with(&ending))
    }
}

/// The places that a path leads through, inner ones first.
fn ancestors<'a>(path: &Path<'a>) -> impl Iterator<Item = Path<'a>> {
    std::iter::successors(path.parent(), Path::parent)
}

/// How many customers a JSON object is tried with.
const MAX_CUSTOMERS: usize = 20;

/// A judgement under way: what a rule finds goes here, as grave as the rule has it.
#[derive(Debug)]
pub struct Findings {
    code: Code,
    severity: Severity,
    found: Diagnostics,
}

impl Findings {
    pub(super) const fn new(code: Code, severity: Severity) -> Self {
        Self { code, severity, found: Diagnostics::new() }
    }

    /// Adds what `refine` makes of a finding with this message at this place.
    pub fn add(
        &mut self,
        location: Location,
        label: &str,
        message: impl Into<String>,
        refine: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let finding = Diagnostic::new(self.code, self.severity, message).primary(location, label);
        self.found.push(refine(finding));
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.found
    }
}
