//! Completion inside Liquid: variables, members, filters, tags and arguments.

use gen_lsp_types::CompletionItemKind;

use super::{Candidate, Candidates, data};
use crate::customerio::reference;
use crate::liquid::row::Kind;
use crate::liquid::{Language, TagDefinition};
use crate::lsp::expression::{Cursor, Place};
use crate::lsp::snapshot::{FileKind, FileView};
use crate::lsp::value;
use crate::message::NAMES;

pub(super) fn candidates(file: &FileView<'_>, offset: usize) -> Option<Candidates> {
    let cursor = Cursor::new(&file.text, offset)?;
    let language = language(file);
    let (written, all) = match cursor.place() {
        Place::TagName(written) => (written, tags(language)),
        Place::FilterName { written, input } => (written, filters(language, kind_of(file, &cursor, input))),
        Place::Variable(written) => (written, variables(&cursor)),
        Place::Member { path, written } => (written, members(file, &cursor, path)),
        Place::Argument { filter, number } => ("", arguments(language, filter, number)),
        Place::String => return None,
    };
    Some(Candidates { range: offset - written.len()..offset, all })
}

fn language(file: &FileView<'_>) -> &'static Language {
    match file.kind {
        FileKind::Template(template) => file.project.workspace().language(template.settings()),
        _ => crate::customerio::language(file.project.config().liquid),
    }
}

fn variables(cursor: &Cursor<'_>) -> Vec<Candidate> {
    let locals = cursor.locals().into_iter();
    let locals = locals.map(|name| Candidate::new(name, CompletionItemKind::Variable).detail("set in this template"));
    let names = NAMES.iter().map(|name| Candidate::new(*name, CompletionItemKind::Module));
    let words = ["true", "false", "nil", "blank", "empty"];
    let words = words.into_iter().map(|word| Candidate::new(word, CompletionItemKind::Keyword));
    locals.chain(names).chain(words).collect()
}

fn members(file: &FileView<'_>, cursor: &Cursor<'_>, path: &str) -> Vec<Candidate> {
    if path == "snippets" {
        let snippets = file.project.snippets().iter();
        return snippets
            .map(|snippet| {
                Candidate::new(snippet.name(), CompletionItemKind::File).detail(value::shorten(snippet.source().text()))
            })
            .collect();
    }
    if path == "forloop" {
        return LOOP_MEMBERS
            .iter()
            .map(|(name, about)| Candidate::new(*name, CompletionItemKind::Property).detail(*about))
            .collect();
    }
    match cursor.resolve(path) {
        Some((root, steps)) => data::members(file, root, &steps),
        None => Vec::new(),
    }
}

/// The members of `forloop`.
const LOOP_MEMBERS: [(&str, &str); 7] = [
    ("index", "the number of this iteration, from 1"),
    ("index0", "the number of this iteration, from 0"),
    ("first", "whether this is the first iteration"),
    ("last", "whether this is the last iteration"),
    ("length", "the number of iterations"),
    ("rindex", "the number of iterations that are left, including this one"),
    ("rindex0", "the number of iterations that are left after this one"),
];

/// The kind of a value as it is written, if the requests show it.
fn kind_of(file: &FileView<'_>, cursor: &Cursor<'_>, written: &str) -> Option<Kind> {
    let (_, last) = written.rsplit_once('|').unwrap_or(("", written));
    if written.contains('|') {
        let name = last.split(':').next().unwrap_or_default().trim();
        return language(file).filter(name).map(|filter| filter.output);
    }
    let path = last.trim();
    let (parent, name) = path.rsplit_once('.')?;
    let members = members(file, cursor, parent);
    let member = members.iter().find(|member| member.label == name)?;
    match member.detail.as_deref()?.split(" · ").next()? {
        "string" => Some(Kind::String),
        "number" => Some(Kind::Number),
        "array" => Some(Kind::Array),
        "object" => Some(Kind::Object),
        "boolean" => Some(Kind::Boolean),
        _ => None,
    }
}

/// The filters, those that fit the input first, deprecated ones last.
fn filters(language: &Language, input: Option<Kind>) -> Vec<Candidate> {
    let mut filters: Vec<_> = language.filter_names().filter_map(|name| language.filter(name)).collect();
    let fits = |kind: Kind| match input {
        None => true,
        // A date may be a string or a number.
        Some(Kind::String | Kind::Number) if kind == Kind::Date => true,
        Some(input) => kind == input,
    };
    filters.sort_by_key(|filter| {
        (filter.deprecated.is_some(), !fits(filter.input), filter.input != Kind::Anything, filter.name)
    });
    let candidate = |filter: &crate::liquid::Filter| {
        let required: Vec<_> = filter.arguments.iter().filter(|argument| argument.is_required).collect();
        let stops = required.iter().enumerate().map(|(at, argument)| {
            let key = if argument.is_named { format!("{}: ", argument.name) } else { String::new() };
            format!("{key}${{{}:{}}}", at + 1, argument.name)
        });
        let mut candidate = Candidate::new(filter.name, CompletionItemKind::Function).detail(filter.signature());
        if !required.is_empty() {
            candidate = candidate.text(format!("{}: {}", filter.name, stops.collect::<Vec<_>>().join(", ")));
            candidate.has_tab_stops = true;
        }
        candidate.is_deprecated = filter.deprecated.is_some();
        candidate.documentation = reference::entry(filter.name);
        candidate
    };
    filters.into_iter().map(candidate).collect()
}

/// The tags, with their end tags.
fn tags(language: &Language) -> Vec<Candidate> {
    let mut tags: Vec<_> = language.tag_names().filter_map(|name| language.tag(name)).collect();
    tags.sort_by_key(|tag| tag.name);
    let candidate = |tag: &TagDefinition| {
        let mut candidate = Candidate::new(tag.name, CompletionItemKind::Keyword).detail(tag.summary);
        candidate.documentation = reference::entry(tag.name);
        if let Some(text) = block(tag) {
            candidate = candidate.text(text);
            candidate.has_tab_stops = true;
        }
        candidate
    };
    let middle = ["else", "elsif", "when", "endif", "endunless", "endfor", "endcase", "endcapture"];
    let middle = middle.into_iter().map(|name| Candidate::new(name, CompletionItemKind::Keyword));
    tags.into_iter().map(candidate).chain(middle).collect()
}

/// A tag with its end tag, from its name on; `None` if it has none.
fn block(tag: &TagDefinition) -> Option<String> {
    let name = tag.name;
    if !tag.syntax.contains(&format!("{{% end{name}")) {
        return None;
    }
    let head = match name {
        "for" | "tablerow" => " ${1:item} in ${2:trigger.items}",
        "if" | "unless" => " ${1:condition}",
        "case" => " ${1:value} %}{% when ${2:value}",
        "capture" | "block" => " ${1:name}",
        _ => "",
    };
    Some(format!("{name}{head} %}}$0{{% end{name} %}}"))
}

/// The strings that an argument accepts.
fn arguments(language: &Language, filter: &str, number: usize) -> Vec<Candidate> {
    let argument = language.filter(filter).and_then(|filter| filter.arguments.get(number));
    let accepted = argument.map(|argument| argument.accepts).unwrap_or_default();
    accepted.iter().map(|text| Candidate::new(format!("\"{text}\""), CompletionItemKind::Value)).collect()
}
