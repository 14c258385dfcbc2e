//! The cursor in a Liquid text that is being written, and usually cannot be parsed: where it is, found by the text before it.

use std::collections::HashMap;

use crate::analysis::PathStep;
use crate::customerio::{CUSTOMERIO, LEGACY};
use crate::liquid::row::Derivation;

/// How many variables are followed to the data, so that definitions that refer to each other end.
const MAX_LINKS: usize = 8;

/// A cursor inside `{{ … }}` or `{% … %}`.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    /// The text before the opening delimiter.
    before: &'t str,
    /// From after the delimiter to the cursor.
    inside: &'t str,
    is_tag: bool,
}

/// What is being written at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place<'t> {
    /// The name of a tag, with what is written of it.
    TagName(&'t str),
    /// The name of a filter, with what is written of it, and the filter before it.
    FilterName { written: &'t str, input: &'t str },
    /// A variable.
    Variable(&'t str),
    /// The name of a member, after a path.
    Member { path: &'t str, written: &'t str },
    /// An argument of a filter, counted from 0, where nothing is written yet or something that is no name.
    Argument { filter: &'t str, number: usize },
    /// Inside a string.
    String,
}

impl<'t> Cursor<'t> {
    /// The cursor at an offset; `None` if it is not inside Liquid.
    pub(super) fn new(text: &'t str, offset: usize) -> Option<Self> {
        let upto = text.get(..offset)?;
        let (output, tag) = (upto.rfind("{{"), upto.rfind("{%"));
        let is_tag = tag > output;
        let open = output.max(tag)?;
        let inside = &upto[open + 2..];
        if inside.contains(if is_tag { "%}" } else { "}}" }) {
            return None;
        }
        let inside = inside.strip_prefix('-').unwrap_or(inside);
        Some(Self { before: &upto[..open], inside, is_tag })
    }

    /// What is being written.
    pub(super) fn place(&self) -> Place<'t> {
        if is_in_string(self.inside) {
            return match self.argument() {
                // A string is an argument as well.
                Some(argument) => argument,
                None => Place::String,
            };
        }
        let word = written_word(self.inside);
        let path = &self.inside[written_path_start(self.inside)..];
        let rest = self.inside[..self.inside.len() - word.len()].trim_end();
        if self.is_tag && rest.is_empty() {
            return Place::TagName(word);
        }
        if let Some(input) = rest.strip_suffix('|') {
            return Place::FilterName { written: word, input: input.trim() };
        }
        if let Some(dot) = path.rfind('.')
            && path[dot + 1..] == *word
        {
            return Place::Member { path: &path[..dot], written: word };
        }
        match self.argument() {
            Some(argument) if word.is_empty() => argument,
            _ => Place::Variable(word),
        }
    }

    /// The filter in whose arguments the cursor is.
    fn argument(&self) -> Option<Place<'t>> {
        let call = split_outside_strings(self.inside, '|').pop().filter(|call| call.len() < self.inside.len())?;
        let (name, arguments) = call.split_once(':')?;
        let number = split_outside_strings(arguments, ',').len() - 1;
        Some(Place::Argument { filter: name.trim(), number })
    }

    /// The variables that are defined before the cursor: assigned ones, and those of the loops around it.
    pub(super) fn locals(&self) -> Vec<&'t str> {
        let mut locals: Vec<_> = self.definitions().into_keys().collect();
        locals.sort_unstable();
        locals
    }

    /// The path of the data that a written path means: `item.price` is `trigger.items[].price` in a loop over them. `None` if
    /// it cannot be known.
    pub(super) fn resolve(&self, path: &'t str) -> Option<(&'t str, Vec<PathStep<'t>>)> {
        let definitions = self.definitions();
        let (mut root, mut steps) = parse_path(path)?;
        for _ in 0..MAX_LINKS {
            let Some(definition) = definitions.get(root) else { return Some((root, steps)) };
            let (base, mut from) = definition.path()?;
            from.append(&mut steps);
            (root, steps) = (base, from);
        }
        None
    }

    /// The definitions before the cursor, the latest of each name.
    fn definitions(&self) -> HashMap<&'t str, Definition<'t>> {
        let mut known: HashMap<&str, Definition<'_>> = HashMap::new();
        let mut loops: Vec<&str> = Vec::new();
        for tag in tags(self.before) {
            let (name, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            match name {
                "assign" => {
                    if let Some((target, value)) = rest.split_once('=') {
                        known.insert(target.trim(), Definition { value, takes_element: false });
                    }
                }
                "capture" | "increment" | "decrement" => {
                    known.insert(rest.trim().trim_matches(['"', '\'']), Definition { value: "", takes_element: false });
                }
                "for" | "tablerow" => {
                    let (element, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest, ""));
                    let value = rest.trim().strip_prefix("in").unwrap_or_default();
                    let value = value.trim().split(char::is_whitespace).next().unwrap_or_default();
                    known.insert(element, Definition { value, takes_element: true });
                    loops.push(element);
                }
                "endfor" | "endtablerow" => {
                    if let Some(element) = loops.pop() {
                        known.remove(element);
                    }
                }
                _ => {}
            }
        }
        known
    }
}

/// A definition of a variable.
#[derive(Clone, Copy, Debug)]
struct Definition<'t> {
    /// The expression.
    value: &'t str,
    /// Whether the variable is each element of it.
    takes_element: bool,
}

impl<'t> Definition<'t> {
    /// The path of its value, if it still is a part of the data after its filters.
    fn path(&self) -> Option<(&'t str, Vec<PathStep<'t>>)> {
        let mut parts = split_outside_strings(self.value, '|').into_iter();
        let (root, mut steps) = parse_path(parts.next()?.trim())?;
        for call in parts {
            let name = call.split(':').next().unwrap_or_default().trim();
            match CUSTOMERIO.filter(name).or_else(|| LEGACY.filter(name))?.derivation {
                Derivation::Input | Derivation::Elements => {}
                Derivation::Element => steps.push(PathStep::Element),
                Derivation::New => return None,
            }
        }
        if self.takes_element {
            steps.push(PathStep::Element);
        }
        Some((root, steps))
    }
}

/// A path as written: names, `["names"]` and numbers in brackets, which mean elements.
fn parse_path(path: &str) -> Option<(&str, Vec<PathStep<'_>>)> {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (root, mut rest) = path.split_at(end);
    if root.is_empty() || !root.chars().all(is_name_part) {
        return None;
    }
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            steps.push(match name {
                "first" | "last" => PathStep::Element,
                name if !name.is_empty() && name.chars().all(is_name_part) => PathStep::Key(name),
                _ => return None,
            });
            rest = after;
        } else {
            let (key, after) = rest.strip_prefix('[')?.split_once(']')?;
            let key = key.trim();
            steps.push(match key.strip_prefix(['"', '\'']).and_then(|key| key.strip_suffix(['"', '\''])) {
                Some(key) => PathStep::Key(key),
                None if key.parse::<i64>().is_ok() => PathStep::Element,
                None => return None,
            });
            rest = after;
        }
    }
    Some((root, steps))
}

/// The contents of the complete tags in a text, without delimiters.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.split("{%").skip(1);
    let tags = starts.filter_map(|rest| rest.split_once("%}").map(|(tag, _)| tag.trim_matches('-').trim()));
    // The lines of a `liquid` tag are tags as well.
    tags.flat_map(|tag| match tag.strip_prefix("liquid") {
        Some(lines) if lines.starts_with(char::is_whitespace) => lines.lines().map(str::trim).collect(),
        _ => vec![tag],
    })
}

const fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'')
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

/// The name that ends at the cursor.
fn written_word(text: &str) -> &str {
    &text[text.trim_end_matches(is_name_part).len()..]
}

/// Where the path that ends at the cursor starts.
fn written_path_start(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut start = text.len();
    for (at, character) in text.char_indices().rev() {
        match character {
            ']' => depth += 1,
            '[' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '.' => {}
            character if is_name_part(character) => {}
            _ => break,
        }
        start = at;
    }
    start
}

fn is_in_string(text: &str) -> bool {
    let mut open = None;
    for character in text.chars().filter(|character| is_quote(*character)) {
        match open {
            None => open = Some(character),
            Some(quote) if quote == character => open = None,
            Some(_) => {}
        }
    }
    open.is_some()
}

/// The parts of a text between separators that are not in strings.
fn split_outside_strings(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut open) = (0, None);
    for (at, character) in text.char_indices() {
        match (open, character) {
            (Some(quote), character) if quote == character => open = None,
            (None, character) if is_quote(character) => open = Some(character),
            (None, character) if character == separator => {
                parts.push(&text[start..at]);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place at the end of a text.
    fn place(text: &str) -> Option<Place<'_>> {
        Cursor::new(text, text.len()).map(|cursor| cursor.place())
    }

    #[test]
    fn finds_what_is_being_written() {
        for (text, expected) in [
            ("{\"a\": \"", None),
            ("{{ a }} ", None),
            ("{{ ", Some(Place::Variable(""))),
            ("{{- tri", Some(Place::Variable("tri"))),
            ("{{ trigger.", Some(Place::Member { path: "trigger", written: "" })),
            ("{{ trigger.items[0].na", Some(Place::Member { path: "trigger.items[0]", written: "na" })),
            ("{{ trigger[\"a b\"].c", Some(Place::Member { path: "trigger[\"a b\"]", written: "c" })),
            ("{{ a | ", Some(Place::FilterName { written: "", input: "a" })),
            ("{{ a | upcase | tr", Some(Place::FilterName { written: "tr", input: "a | upcase" })),
            ("{{ a | truncate: ", Some(Place::Argument { filter: "truncate", number: 0 })),
            ("{{ a | truncate: 5, ", Some(Place::Argument { filter: "truncate", number: 1 })),
            ("{{ a | truncate: 5, \"x,", Some(Place::Argument { filter: "truncate", number: 1 })),
            ("{{ a | append: trigger.", Some(Place::Member { path: "trigger", written: "" })),
            ("{{ a | append: t", Some(Place::Variable("t"))),
            ("{{ \"a | b", Some(Place::String)),
            ("{% ", Some(Place::TagName(""))),
            ("{%- fo", Some(Place::TagName("fo"))),
            ("{% if ", Some(Place::Variable(""))),
            ("{% if a == tri", Some(Place::Variable("tri"))),
            ("{% for i in trigger.", Some(Place::Member { path: "trigger", written: "" })),
        ] {
            assert_eq!(place(text), expected, "{text}");
        }
    }

    #[test]
    fn follows_variables_to_the_data() {
        let key = |name| PathStep::Key(name);
        for (before, path, expected) in [
            ("", "trigger.a.b", Some(("trigger", vec![key("a"), key("b")]))),
            ("", "trigger.a[0].b", Some(("trigger", vec![key("a"), PathStep::Element, key("b")]))),
            ("", "trigger[\"a b\"].first", Some(("trigger", vec![key("a b"), PathStep::Element]))),
            ("", "trigger[x]", None),
            ("{% for i in trigger.l %}", "i.a", Some(("trigger", vec![key("l"), PathStep::Element, key("a")]))),
            ("{% for i in trigger.l %}{% endfor %}", "i.a", Some(("i", vec![key("a")]))),
            (
                "{% assign x = trigger.l | where: \"a\", \"|\" | first %}",
                "x",
                Some(("trigger", vec![key("l"), PathStep::Element])),
            ),
            ("{% assign x = trigger.l | size %}", "x", None),
            (
                "{% assign x = trigger.a %}{% assign y = x.b %}",
                "y.c",
                Some(("trigger", vec![key("a"), key("b"), key("c")])),
            ),
            ("{% assign x = y %}{% assign y = x %}", "y", None),
            ("{% liquid\n assign x = trigger.a\n%}", "x.b", Some(("trigger", vec![key("a"), key("b")]))),
            ("{% capture x %}{% endcapture %}", "x", None),
        ] {
            let text = format!("{before}{{{{ ");
            let cursor = Cursor::new(&text, text.len()).unwrap();
            assert_eq!(cursor.resolve(path), expected, "{before} {path}");
        }
    }
}
