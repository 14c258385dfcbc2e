//! Facts: everything that the rules need to know about a template, gathered once.

use std::collections::HashSet;

use super::Misspelling;
use crate::analysis::{ContentProof, Coverage, Needs, Path, PathStep, Presence, Read, places};
use crate::customerio::{Version, version_of};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Location, Severity, did_you_mean};
use crate::liquid::syntax::tree::NodeKind;
use crate::liquid::value::json::KeyStep;
use crate::liquid::{Arena, Observations, Span, Trace, Value};
use crate::message::{
    CompiledTemplate, CompiledText, Customer, NULL_NAMESPACES, RenderOptions, Rendering, SENT_NAMES, Template, Trigger,
};
use crate::mistakes::{self, Effect, Mistake};
use crate::project::Case;

/// A template, the results of its analysis, and of rendering it.
#[derive(Debug)]
pub struct TemplateFacts<'f> {
    /// The template.
    pub template: &'f Template,
    /// Its content and settings with Liquid. The content comes first.
    pub texts: Vec<CompiledText<'f>>,
    /// What it reads.
    pub needs: Needs<'f>,
    /// Whether its content is valid JSON.
    pub content: ContentProof<'f>,
    /// What Liquid ignores or prints as it is although it was probably meant as code, with the index of its text.
    pub ignored: Vec<(usize, Mistake)>,
    /// The data that it was rendered with.
    pub cases: Vec<CaseFacts>,
    /// What renders of its content showed of comparisons and conditions: those of the cases, and those of the search.
    pub observed: Observations,
    /// Names that are probably misspelled.
    pub misspellings: Vec<Misspelling>,
    /// Whether the data is a payload, which is not one of the project's requests.
    pub is_payload: bool,
    /// Errors in data that cannot be read.
    pub problems: Diagnostics,
}

/// The result of rendering a template with some data.
#[derive(Debug)]
pub struct CaseFacts {
    /// The name of the request, or of the file with the data.
    pub name: String,
    /// For each of [`Needs::reads`], whether the data has a value.
    pub presence: Vec<Presence>,
    /// The nodes that are rendered in a test send, which does not stop at missing variables.
    pub trace: Trace,
    /// The message as it would be sent. `None` if the data cannot be read.
    pub rendering: Option<Rendering>,
    /// The paths of `trigger` that are never read. Only the outermost ones.
    pub unused: Vec<UnusedPath>,
    /// Those that the template does not read in any of its languages either.
    pub unused_in_every_language: Vec<UnusedPath>,
    /// Whether a string that is sent contains what an object is printed as.
    pub sends_object_text: bool,
    /// Whether anything that is read is missing or always null.
    pub lacks_any: bool,
    /// If a path that is read is missing or always null: all paths of the data, because one of them may have been meant.
    pub places: Vec<String>,
}

/// A path of `trigger` that is never read.
#[derive(Clone, Debug)]
pub struct UnusedPath {
    /// The path.
    pub path: String,
    /// The key in the request's file; `None` if the data is not from a request.
    pub key: Option<Location>,
}

impl<'f> TemplateFacts<'f> {
    /// Gathers the facts about a compiled template with its `cases`; `variants` are the same template in its other
    /// languages, `None` if they cannot all be parsed.
    #[must_use]
    pub fn gather(
        compiled: &'f CompiledTemplate<'f>,
        variants: Option<&[CompiledTemplate<'f>]>,
        cases: &[Case<'_>],
        options: &RenderOptions,
        arena: &'f Arena,
    ) -> Self {
        let mut facts = Self::new(compiled, arena);
        let of_variants = variants.map(|all| all.iter().map(|variant| needs_of(variant, arena)).collect::<Vec<_>>());
        for case in cases {
            let rendering = compiled.render(case.customer, case.request, options);
            let trigger = Trigger::Request(case.request);
            match facts.explore(
                compiled,
                of_variants.as_deref(),
                Some(case.customer),
                trigger,
                options,
                case.request.name(),
            ) {
                Ok(found) => {
                    let mut sent = [case.request.source(), case.customer.source()].into_iter();
                    let sends_object_text = sent.any(|source| source.text().contains("[object Object]"));
                    facts.cases.push(CaseFacts { rendering: Some(rendering), sends_object_text, ..found });
                }
                Err(problem) => facts.problems.push(problem),
            }
        }
        facts
    }

    /// Takes notice of what a search has observed, and of what the cases show.
    pub(super) fn observe(&mut self, search: &Trace) {
        for trace in self.cases.iter().map(|case| &case.trace).chain([search]) {
            self.observed.add(&trace.observations, |_| true);
        }
    }

    fn new(compiled: &'f CompiledTemplate<'f>, arena: &'f Arena) -> Self {
        let texts = compiled.texts();
        let language = compiled.language();
        let needs = needs_of(compiled, arena);
        let content = ContentProof::prove(texts[0].liquid);
        let ignored = texts.iter().enumerate().flat_map(|(at, text)| {
            let found = mistakes::find(text.liquid.source, language);
            found.into_iter().filter(|mistake| mistake.effect != Effect::Fails).map(move |mistake| (at, mistake))
        });
        Self {
            template: compiled.template(),
            ignored: ignored.collect(),
            texts,
            needs,
            content,
            cases: Vec::new(),
            observed: Observations::default(),
            misspellings: Vec::new(),
            is_payload: false,
            problems: Diagnostics::new(),
        }
    }

    /// Renders a test send of some data, and compares the data with what the template reads.
    fn explore(
        &self,
        compiled: &CompiledTemplate<'f>,
        of_variants: Option<&[Needs<'f>]>,
        customer: Option<&Customer>,
        trigger: Trigger<'_>,
        options: &RenderOptions,
        name: &str,
    ) -> Result<CaseFacts, Diagnostic> {
        compiled.explore(customer, trigger, options, |data, trace| {
            let presence: Vec<_> = self.needs.reads.iter().map(|read| read.presence(data)).collect();
            let lacks_any = presence.iter().any(|presence| presence.present == 0 || presence.missing > 0);
            let may_mean_trigger = self.needs.reads.iter().any(|read| NULL_NAMESPACES.contains(&read.path.root));
            let all_places = if lacks_any || may_mean_trigger { places("", data) } else { Vec::new() };
            let trigger_data = match data {
                Value::Object(names) => names.get("trigger").unwrap_or(Value::Undefined),
                _ => Value::Undefined,
            };
            let all = places("trigger", trigger_data);
            let unused = unused(&all, trigger, |path| self.needs.may_read(path));
            let unused_in_every_language = match of_variants {
                None => Vec::new(),
                Some([]) => unused.clone(),
                Some(others) => self::unused(&all, trigger, |path| {
                    std::iter::once(&self.needs).chain(others).any(|needs| needs.may_read(path))
                }),
            };
            CaseFacts {
                name: name.to_owned(),
                presence,
                trace: trace.clone(),
                rendering: None,
                unused,
                unused_in_every_language,
                sends_object_text: false,
                lacks_any,
                places: all_places.iter().map(|path| path.to_string()[1..].to_owned()).collect(),
            }
        })
    }

    /// The expression of a read, as the template writes it; the path itself where it is read in a snippet. `None` if nothing
    /// can be written instead.
    #[must_use]
    pub fn expression(&self, read: &Read<'_>) -> Option<String> {
        if read.snippet.is_some() {
            return Some(read.path.to_string()).filter(|path| !path.contains("[]"));
        }
        self.texts.get(read.text)?.liquid.source.get(read.span.range()).map(str::to_owned)
    }

    /// Whether a read is that of a property which a filter names in a string, such as `map: "name"`.
    #[must_use]
    pub fn is_property_name(&self, read: &Read<'_>) -> bool {
        read.snippet.is_none() && self.expression(read).is_some_and(|written| written.starts_with(['"', '\'']))
    }

    /// Whether a path contains a name that is probably misspelled, which is reported as such.
    #[must_use]
    pub fn is_misspelled(&self, path: &Path<'_>) -> bool {
        let path = path.to_string();
        let is_within = |name: &Misspelling| {
            path.strip_prefix(&name.written).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.misspellings.iter().any(is_within)
    }

    /// Which of Customer.io's two Liquid versions it is written in.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        version_of(self.texts[0].liquid.language)
    }

    /// Which branches and lines of the content the cases render.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let traces: Vec<_> = self.cases.iter().map(|case| &case.trace).collect();
        Coverage::from_traces(&self.texts[0], self.template.source(), &traces)
    }

    /// Whether a comma of the content is a trailing comma on every path: it is not in a loop or branch, and a closing
    /// bracket follows.
    #[must_use]
    pub fn is_always_trailing(&self, comma: Span) -> bool {
        self.content.is_complete
            && self.texts[0].liquid.nodes.iter().any(|node| {
                let is_text = matches!(node.kind, NodeKind::Text(_));
                is_text && node.span.start <= comma.start && comma.end <= node.span.end
            })
            && self.template.content()[comma.end..].trim_start().starts_with(['}', ']'])
    }

    /// The location of a span of one of the texts in the template's file.
    #[must_use]
    pub fn location(&self, text: usize, span: Span) -> Location {
        let range = self.texts.get(text).map_or(0..0, |text| text.place.range(Some(span)));
        self.template.source().at(range)
    }

    /// The location of a span of the content in the template's file.
    #[must_use]
    pub fn in_content(&self, span: Span) -> Location {
        self.location(0, span)
    }

    /// The location of the start of the content.
    #[must_use]
    pub fn content_start(&self) -> Location {
        let start = self.template.content_start();
        self.template.source().at(start..start)
    }
}

impl CaseFacts {
    /// The path of the data that is most similar to a missing one: a sibling, or one with the same name elsewhere.
    #[must_use]
    pub fn near(&self, path: &Path<'_>) -> Option<String> {
        let name = path.name()?;
        let parent = path.parent().map(|parent| format!("{parent}.")).unwrap_or_default();
        let siblings = self.places.iter().filter_map(|place| place.strip_prefix(&parent));
        let sibling = did_you_mean(name, siblings.filter(|place| !place.contains('.') && !place.contains('[')));
        // Only what is sent: variables that every message has are hardly meant.
        let elsewhere = || SENT_NAMES.iter().find_map(|root| self.named(name, root).next()).map(str::to_owned);
        sibling.map(|sibling| format!("{parent}{sibling}")).or_else(elsewhere)
    }

    /// Whether the data has this path. Only known if a path that is read is missing, or always null.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.places.iter().any(|place| place == path)
    }

    /// Whether the data has this path, which is one that the template reads or a part of one.
    #[must_use]
    pub fn has_read(&self, path: &str) -> bool {
        !self.lacks_any || self.has(path)
    }

    /// The paths that end in this name, within one variable.
    pub fn named<'s>(&'s self, name: &str, root: &str) -> impl Iterator<Item = &'s str> {
        let (start, ending) = (format!("{root}."), format!(".{name}"));
        let places = self.places.iter().map(String::as_str);
        places.filter(move |place| place.starts_with(&start) && place.ends_with(&ending))
    }
}

/// What a compiled template reads.
fn needs_of<'f>(compiled: &CompiledTemplate<'f>, arena: &'f Arena) -> Needs<'f> {
    let trees: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
    Needs::from_templates(&trees, compiled.language(), &|name| compiled.snippet_texts(name, arena), arena)
}

/// The outermost of these paths that nothing reads. Outer paths come before those below them.
fn unused(all: &[Path<'_>], trigger: Trigger<'_>, may_read: impl Fn(&Path<'_>) -> bool) -> Vec<UnusedPath> {
    let mut useless: HashSet<&Path<'_>> = HashSet::new();
    let mut unused = Vec::new();
    for path in all {
        let is_covered = ancestors(path).any(|outer| useless.contains(&outer));
        if !is_covered && !may_read(path) {
            useless.insert(path);
            unused.push(UnusedPath { path: path.to_string(), key: key_of(path, trigger) });
        }
    }
    unused
}

/// The key of a path in the file of a request.
fn key_of(path: &Path<'_>, trigger: Trigger<'_>) -> Option<Location> {
    let Trigger::Request(request) = trigger else { return None };
    let steps = path.steps.iter().map(|step| match step {
        PathStep::Key(key) => KeyStep::Key(key),
        PathStep::Element => KeyStep::Element,
    });
    request.key(&steps.collect::<Vec<_>>())
}

/// The paths above a path, inner ones first.
fn ancestors<'a>(path: &Path<'a>) -> impl Iterator<Item = Path<'a>> {
    std::iter::successors(path.parent(), Path::parent)
}

/// The findings of one rule, with its code and severity.
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

    /// Adds a finding with this message and location, after `refine` has added notes and fixes.
    pub fn add(
        &mut self,
        location: Location,
        label: &str,
        message: impl Into<String>,
        refine: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.add_as(self.severity, location, label, message, refine);
    }

    /// Adds a finding with another severity than the rule has.
    pub fn add_as(
        &mut self,
        severity: Severity,
        location: Location,
        label: &str,
        message: impl Into<String>,
        refine: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let finding = Diagnostic::new(self.code, severity, message).primary(location, label);
        self.found.push(refine(finding));
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.found
    }
}
