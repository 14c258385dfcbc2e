//! The reference of filters and tags, generated from their rows: the output of `explain`, and
//! `docs/liquid-reference.md`.

use std::fmt::Write as _;

use super::{CUSTOMERIO, LEGACY};
use crate::liquid::row::{Absent, Argument, Differs, Example, Family, Lacking, Reads};
use crate::liquid::{Filter, TagDefinition};

/// The beginning of the page.
const INTRODUCTION: &str = "\
# Filters and tags

All filters and tags of Customer.io's Liquid, which is LiquidJS with additions. `inkproof explain NAME` prints a single
entry. This page is generated from the tables that the program itself uses, and a test compares it with the behavior of
the filters and tags.

A missing variable fails a real send, unless an entry says otherwise. It does not fail in a *test send*, nor with `--lax`.
The results for null and missing input are those of the call in the first example.
";

/// The names of all filters and tags of both versions of Customer.io's Liquid, sorted.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let languages = [&*CUSTOMERIO, &*LEGACY];
    let mut names: Vec<_> =
        languages.into_iter().flat_map(|language| language.filter_names().chain(language.tag_names())).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The summary of the filter or tag with this name.
#[must_use]
pub fn summary(name: &str) -> Option<&'static str> {
    find_filter(name).map(|filter| filter.summary).or_else(|| find_tag(name).map(|tag| tag.summary))
}

/// The entries for a name, in Markdown: a filter, a tag, or both.
///
/// ```
/// use inkproof::customerio::reference;
/// assert!(reference::entry("truncate").unwrap().contains("truncate[: length, ellipsis]"));
/// assert!(reference::entry("random").unwrap().contains("{% random 100 %}"));
/// assert_eq!(reference::entry("add_days"), None);
/// ```
#[must_use]
pub fn entry(name: &str) -> Option<String> {
    let entries: Vec<_> =
        find_filter(name).map(filter_entry).into_iter().chain(find_tag(name).map(tag_entry)).collect();
    if entries.is_empty() { None } else { Some(entries.join("\n")) }
}

/// The page about all filters and tags, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for family in Family::ALL {
        let _ = writeln!(page, "\n## Filters: {}", family.title());
        let names = names();
        let filters = names.into_iter().filter_map(|name| CUSTOMERIO.filter(name));
        for filter in filters.filter(|filter| filter.family == family) {
            let _ = write!(page, "\n##{}", filter_entry(filter));
        }
    }
    for (title, is_liquidjs) in [("Tags of LiquidJS", true), ("Tags of Customer.io", false)] {
        let _ = writeln!(page, "\n## {title}");
        for tag in names().into_iter().filter_map(find_tag).filter(|tag| tag.since.is_some() == is_liquidjs) {
            let _ = write!(page, "\n##{}", tag_entry(tag));
        }
    }
    page
}

/// The row of a filter: that of the latest Liquid, if it has one.
fn find_filter(name: &str) -> Option<&'static Filter> {
    CUSTOMERIO.filter(name).or_else(|| LEGACY.filter(name))
}

fn find_tag(name: &str) -> Option<&'static TagDefinition> {
    CUSTOMERIO.tag(name).or_else(|| LEGACY.tag(name))
}

fn filter_entry(filter: &Filter) -> String {
    let mut entry = format!("# Filter `{}`\n\n{}\n", filter.name, filter.summary);
    let (input, output) = (filter.input.as_str(), filter.output.as_str());
    let _ = writeln!(entry, "\nInput: {input}. Call: `{}`. Result: {output}.", filter.signature());
    write_arguments(filter.arguments, &mut entry);
    let _ = writeln!(entry, "\n{}", behaviour(filter));
    if let Some(instead) = filter.deprecated {
        let _ = writeln!(entry, "\n**Deprecated:** use {instead}.");
    }
    let legacy = LEGACY.filter(filter.name).map(|row| row.differs);
    write_origin(filter.since, filter.differs, legacy, "the filter is ignored", &mut entry);
    write_examples(filter.examples, &mut entry);
    entry
}

fn tag_entry(tag: &TagDefinition) -> String {
    let mut entry = format!("# Tag `{}`\n\n{}\n\n```liquid\n{}\n```\n", tag.name, tag.summary, tag.syntax);
    write_arguments(tag.arguments, &mut entry);
    if let Some(input) = tag.input {
        let (null, missing) = (absent_result(input.null), absent_result(input.missing));
        let _ = writeln!(entry, "\n`{}` {null} if `input` is null, and {missing} if it is missing.", input.template);
    }
    if CUSTOMERIO.tag(tag.name).is_none() {
        entry.push_str("\nOnly the legacy Liquid has it.\n");
    } else {
        let legacy = LEGACY.tag(tag.name).map(|row| row.differs);
        write_origin(tag.since, tag.differs, legacy, "there is no such tag", &mut entry);
    }
    write_examples(tag.examples, &mut entry);
    entry
}

fn write_arguments(arguments: &[Argument], entry: &mut String) {
    if arguments.is_empty() {
        return;
    }
    entry.push_str("\n| argument | kind | if left out |\n|---|---|---|\n");
    for argument in arguments {
        let mut kind = argument.kind.as_str().to_owned();
        if !argument.accepts.is_empty() {
            let _ = write!(kind, ": `{}`", argument.accepts.join("`, `"));
        }
        let absent = match argument.default {
            _ if argument.is_required => "required".to_owned(),
            Some(default) => format!("`{default}`"),
            None => String::new(),
        };
        let colon = if argument.is_named { ":" } else { "" };
        let _ = writeln!(entry, "| `{}{colon}` | {kind} | {absent} |", argument.name);
    }
}

/// How a filter handles null, a missing variable, and elements without a property.
fn behaviour(filter: &Filter) -> String {
    let mut text = format!("Null {}. ", absent_result(filter.null));
    if filter.rescues_missing {
        text.push_str("As the first filter it replaces a missing variable too, which fails after any other filter.");
    } else {
        let _ = write!(text, "A missing variable fails; in a test send it {}.", absent_result(filter.missing));
    }
    let lacking = match filter.reads {
        Reads::Property(lacking) | Reads::Expression(lacking) => lacking,
        Reads::Whole | Reads::Shape => return text,
    };
    text.push_str(match lacking {
        Lacking::Fails => " An element that lacks the property fails.",
        Lacking::MayFail => " An element that lacks the property fails, unless an element before it matches.",
        Lacking::FailsInLax => " An element that lacks the property fails, in a test send too.",
        Lacking::Ignored => " Elements may lack the property.",
    });
    text
}

fn absent_result(absent: Absent) -> String {
    match absent {
        Absent::Nothing => "prints nothing".to_owned(),
        Absent::Prints(text) => format!("prints `{text}`"),
        Absent::Undefined => "fails".to_owned(),
        Absent::Fails(message) => format!("fails: {message}"),
    }
}

/// Which releases have it, and how it differs elsewhere.
fn write_origin(
    since: Option<&str>,
    differs: Differs,
    legacy: Option<Differs>,
    not_in_legacy: &'static str,
    entry: &mut String,
) {
    let origin = since.map_or_else(|| "Customer.io's own.".to_owned(), |since| format!("LiquidJS {since} and later."));
    let _ = write!(entry, "\n{origin}");
    if let Some(sentence) = differs.sentence() {
        let _ = write!(entry, " Unlike in LiquidJS: {sentence}.");
    }
    let _ = match legacy {
        None => write!(entry, " In the legacy Liquid: {not_in_legacy}."),
        Some(legacy) if legacy == differs => Ok(()),
        Some(Differs::Not) => Ok(()),
        Some(Differs::Sometimes(sentence)) => write!(entry, " In the legacy Liquid: {sentence}."),
        Some(Differs::Always(sentence)) => write!(entry, " {sentence}."),
    };
    entry.push('\n');
}

fn write_examples(examples: &[Example], entry: &mut String) {
    if examples.is_empty() {
        return;
    }
    entry.push_str("\n```text\n");
    for (at, example) in examples.iter().enumerate() {
        entry.push_str(if at > 0 { "\n" } else { "" });
        if example.data != "{}" {
            let _ = writeln!(entry, "data:     {}", example.data);
        }
        let _ = writeln!(entry, "template: {}", example.template.replace('\n', "\n          "));
        let prints = format!("prints:   {}", example.output.replace('\n', "\n          "));
        let _ = writeln!(entry, "{}", prints.trim_end());
    }
    entry.push_str("```\n");
}
