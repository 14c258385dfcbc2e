//! Filters on strings. The input and the arguments are converted to strings first; null and missing values become the
//! empty string.

use std::borrow::Cow;

use foldhash::HashSet;

use crate::engine::filter::{Filter, RunFilter, argument, argument_or};
use crate::engine::row::{Absent, Argument, Example, Family, Kind, Prints};
use crate::engine::runtime::Runtime;
use crate::error::{Error, Result};
use crate::value::utf16::{self, is_space};
use crate::value::{Arena, Value, coerce, count};

/// The rows of this family.
pub const FILTERS: &[Filter] = &[
    string("append", append, "Appends a string.")
        .arguments(&[Argument::required("suffix", Kind::String)])
        .absent(Absent::Prints(".html"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a' | append: '.html' }}", "a.html")]),
    string("array_to_sentence_string", array_to_sentence_string, "Joins an array as in a sentence: `a, b, and c`.")
        .input(Kind::Array)
        .arguments(&[Argument::optional("connector", Kind::String).or("'and'")])
        .since("10.13.0")
        .examples(&[
            Example::with(FRUIT, "{{ fruit | array_to_sentence_string }}", "figs, plums, and pears"),
            Example::with(FRUIT, "{{ fruit | array_to_sentence_string: 'or' }}", "figs, plums, or pears"),
        ]),
    string("capitalize", capitalize, "Converts the first letter to upper case and all others to lower case.")
        .since("1.9.1")
        .examples(&[Example::new("{{ 'my GREAT title' | capitalize }}", "My great title")]),
    string("downcase", downcase, "Converts all letters to lower case.")
        .since("1.9.1")
        .examples(&[Example::new("{{ 'ΧΡΌΝΟΣ' | downcase }}", "χρόνος")]),
    string("lstrip", lstrip, "Removes white space, or other characters, from the start.")
        .arguments(&[Argument::optional("characters", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ ' a ' | lstrip }}|", "a |"), Example::new("{{ '--a' | lstrip: '-' }}", "a")]),
    string("normalize_whitespace", normalize_whitespace, "Replaces each run of white space with one space.")
        .since("10.13.0")
        .examples(&[Example::with(r#"{"a": "x \n y "}"#, "{{ a | normalize_whitespace }}|", "x y |")]),
    string("number_of_words", number_of_words, "Counts the words.")
        .output(Kind::Number)
        .prints(Prints::Digits)
        .arguments(&[Argument::optional("mode", Kind::String).accepts(&["cjk", "auto"])])
        .absent(Absent::Prints("0"))
        .since("10.13.0")
        .examples(&[
            Example::new("{{ 'hello 你好' | number_of_words }}", "2"),
            // Each Chinese, Japanese or Korean character counts as a word.
            Example::new("{{ 'hello 你好' | number_of_words: 'cjk' }}", "3"),
        ]),
    string("prepend", prepend, "Prepends a string.")
        .arguments(&[Argument::required("prefix", Kind::String)])
        .absent(Absent::Prints("a"))
        .since("1.9.1")
        .examples(&[Example::new("{{ 'b' | prepend: 'a' }}", "ab")]),
    string("remove", remove, "Removes every occurrence of a string.")
        .arguments(&[Argument::required("search", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a-b-c' | remove: '-' }}", "abc")]),
    string("remove_first", remove_first, "Removes the first occurrence of a string.")
        .arguments(&[Argument::required("search", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a-b-c' | remove_first: '-' }}", "ab-c")]),
    string("remove_last", remove_last, "Removes the last occurrence of a string.")
        .arguments(&[Argument::required("search", Kind::String)])
        .since("10.2.0")
        .examples(&[Example::new("{{ 'a-b-c' | remove_last: '-' }}", "a-bc")]),
    string("replace", replace, "Replaces every occurrence of a string with another.")
        .arguments(REPLACEMENT)
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a-b-c' | replace: '-', '+' }}", "a+b+c")]),
    string("replace_first", replace_first, "Replaces the first occurrence of a string with another.")
        .arguments(REPLACEMENT)
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a-b-c' | replace_first: '-', '+' }}", "a+b-c")]),
    string("replace_last", replace_last, "Replaces the last occurrence of a string with another.")
        .arguments(REPLACEMENT)
        .since("10.2.0")
        .examples(&[Example::new("{{ 'a-b-c' | replace_last: '-', '+' }}", "a-b+c")]),
    string("rstrip", rstrip, "Removes white space, or other characters, from the end.")
        .arguments(&[Argument::optional("characters", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ ' a ' | rstrip }}|", " a|"), Example::new("{{ 'a!?' | rstrip: '?!' }}", "a")]),
    string("split", split, "Splits a string at each occurrence of another; empty strings at the end are dropped.")
        .output(Kind::Array)
        .arguments(&[Argument::required("separator", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ 'a,b,,c,,' | split: ',' | json }}", r#"["a","b","","c"]"#)]),
    string("squish", squish, "Replaces each run of white space with one space, and strips both ends.")
        .since("10.29.0")
        .examples(&[Example::with(r#"{"a": " x \n y "}"#, "{{ a | squish }}|", "x y|")]),
    string("strip", strip, "Removes white space, or other characters, from both ends.")
        .arguments(&[Argument::optional("characters", Kind::String)])
        .since("1.9.1")
        .examples(&[Example::new("{{ ' a ' | strip }}|", "a|"), Example::new("{{ '-a=' | strip: '-=' }}", "a")]),
    string("strip_newlines", strip_newlines, "Removes all line breaks.").since("1.9.1").examples(&[Example::with(
        r#"{"a": "x\r\ny\n"}"#,
        "{{ a | strip_newlines }}",
        "xy",
    )]),
    string("truncate", truncate, "Shortens a string to a number of characters, the ellipsis included.")
        .arguments(&[
            Argument::optional("length", Kind::Number).or("50"),
            Argument::optional("ellipsis", Kind::String).or("'...'"),
        ])
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 'Ground control' | truncate: 9 }}", "Ground..."),
            Example::new("{{ 'Ground control' | truncate: 7, '…' }}", "Ground…"),
        ]),
    string("truncatewords", truncatewords, "Shortens a string to a number of words, and appends the ellipsis.")
        .arguments(&[
            Argument::optional("words", Kind::Number).or("15"),
            Argument::optional("ellipsis", Kind::String).or("'...'"),
        ])
        .since("1.9.1")
        .examples(&[
            Example::new("{{ 'Ground control to' | truncatewords: 2 }}", "Ground control..."),
            Example::new("{{ 'one two' | truncatewords: 2, '!' }}", "one two!"),
        ]),
    string("upcase", upcase, "Converts all letters to upper case.")
        .since("1.9.1")
        .examples(&[Example::new("{{ 'straße' | upcase }}", "STRASSE")]),
];

/// The arguments of the replace filters.
const REPLACEMENT: &[Argument] =
    &[Argument::required("search", Kind::String), Argument::required("replacement", Kind::String)];

const FRUIT: &str = r#"{"fruit": ["figs", "plums", "pears"]}"#;

/// A row for a filter from a string to a string.
const fn string(name: &'static str, run: RunFilter, summary: &'static str) -> Filter {
    Filter::new(name, run).family(Family::String).input(Kind::String).output(Kind::String).summary(summary)
}

/// Maximum number of pieces into which a string is split.
const MAX_PIECES: usize = 1 << 24;

/// The input as a string, counted against the memory limit.
pub(super) fn charged_string<'a>(runtime: &mut Runtime<'a>, input: Value<'a>) -> Result<&'a str> {
    let text = coerce::to_liquid_string(input, runtime.arena())?;
    runtime.charge_string(text)?;
    // For a filter's working copy, and its result.
    runtime.arena().reserve(text.len() * 2)?;
    Ok(text)
}

/// A string as a value, borrowed if possible. Adjacent lone surrogates are joined into pairs.
///
/// # Errors
/// The string is too long.
pub(super) fn value<'a>(runtime: &Runtime<'a>, text: impl Into<Cow<'a, str>>) -> Result<Value<'a>> {
    let text = text.into();
    coerce::check_length(text.len())?;
    match text {
        Cow::Borrowed(text) => match utf16::join_surrogates(text) {
            Cow::Borrowed(text) => Ok(Value::String(text)),
            Cow::Owned(joined) => runtime.string(&joined),
        },
        Cow::Owned(text) => runtime.string(&utf16::join_surrogates(&text)),
    }
}

/// What `write` writes as a value. Adjacent lone surrogates are joined into pairs.
///
/// # Errors
/// As `write`, or the string is too long.
pub(super) fn written<'a>(runtime: &Runtime<'a>, write: impl FnOnce(&mut String) -> Result<()>) -> Result<Value<'a>> {
    let text = runtime.arena().write(|out| {
        write(out)?;
        coerce::check_length(out.len())?;
        if let Cow::Owned(joined) = utf16::join_surrogates(out) {
            *out = joined;
        }
        Ok(())
    })?;
    Ok(Value::String(text))
}

/// A copy of an ASCII string, changed in place; `None` if the string has other characters.
fn changed_ascii<'a>(runtime: &Runtime<'a>, text: &str, change: impl FnOnce(&mut str)) -> Result<Option<Value<'a>>> {
    if !text.is_ascii() {
        return Ok(None);
    }
    coerce::check_length(text.len())?;
    runtime.arena().reserve(text.len())?;
    let copy = runtime.arena().alloc_str(text);
    change(copy);
    Ok(Some(Value::String(copy)))
}

/// Concatenates strings; borrows if at most one of them is not empty.
fn concat<'a>(runtime: &Runtime<'a>, parts: &[&'a str]) -> Result<Value<'a>> {
    let length = parts.iter().map(|part| part.len()).sum();
    coerce::check_length(length)?;
    runtime.arena().reserve(length * 2)?;
    let mut filled = parts.iter().filter(|part| !part.is_empty());
    match (filled.next(), filled.next()) {
        (Some(only), None) => value(runtime, *only),
        _ => written(runtime, |out| {
            out.extend(parts.iter().copied());
            Ok(())
        }),
    }
}

/// A string and a pattern to search for.
struct Search<'a> {
    text: &'a str,
    pattern: &'a str,
}

impl<'a> Search<'a> {
    /// JavaScript searches code units, so a lone surrogate is found inside a pair, and the empty pattern between any
    /// two units. If the pattern can match like that, the pairs of both strings are split, and must be joined again in
    /// the result.
    fn new(text: &'a str, pattern: &'a str, arena: &'a Arena) -> Self {
        if pattern.is_empty() || utf16::has_lone_surrogate_at_either_end(pattern) {
            Self { text: with_split_pairs(text, arena), pattern: with_split_pairs(pattern, arena) }
        } else {
            Self { text, pattern }
        }
    }

    /// The result of JavaScript's `split`: the parts between the matches, or each code unit if the pattern is empty.
    fn pieces(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (split, split_surrogates) =
            if self.pattern.is_empty() { (None, Some(self.text)) } else { (Some(self.text), None) };
        let pattern = self.pattern;
        let units = split_surrogates.into_iter().flat_map(|text| text.split_inclusive(|_| true));
        split.into_iter().flat_map(move |text| text.split(pattern)).chain(units)
    }
}

/// The string with every surrogate pair split.
fn with_split_pairs<'a>(text: &'a str, arena: &'a Arena) -> &'a str {
    match utf16::split_surrogates(text) {
        Cow::Borrowed(text) => text,
        Cow::Owned(halves) => arena.alloc_str(&halves),
    }
}

/// Appends the argument. There must be exactly one.
fn append<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let (text, added) = input_and_argument(runtime, "append", input, arguments)?;
    concat(runtime, &[text, added])
}

/// Prepends the argument. There must be exactly one.
fn prepend<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let (text, added) = input_and_argument(runtime, "prepend", input, arguments)?;
    concat(runtime, &[added, text])
}

fn input_and_argument<'a>(
    runtime: &mut Runtime<'a>,
    name: &str,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<(&'a str, &'a str)> {
    let [added] = *arguments else {
        // The message counts the input as an argument.
        return Err(Error::new(format!("{name} expect 2 arguments")));
    };
    Ok((charged_string(runtime, input)?, charged_string(runtime, added)?))
}

/// Joins an array as in a sentence: `a, b, and c`. The argument is the word before the last element.
fn array_to_sentence_string<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    arguments: &[Value<'a>],
) -> Result<Value<'a>> {
    let items = input.listed(runtime.arena());
    let connector = charged_string(runtime, argument_or(arguments, 0, Value::String("and")))?;
    runtime.charge(items.len() * 2)?;
    let mut text = String::new();
    for item in items {
        text.clear();
        coerce::write_liquid_string(*item, runtime.arena(), &mut text)?;
        runtime.charge_string(&text)?;
    }
    let [firsts @ .., last] = items else { return Ok(Value::String("")) };
    let firsts = match firsts {
        [] => return Ok(*last),
        [first] => coerce::js_string(*first, runtime.arena())?.into_owned() + " ",
        firsts => coerce::join(firsts, ", ", runtime.arena())? + ", ",
    };
    let last = coerce::js_string(*last, runtime.arena())?;
    value(runtime, [&firsts, connector, " ", &last].concat())
}

/// The first letter in upper case, all others in lower case.
fn capitalize<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let capitalize = |text: &mut str| {
        text.make_ascii_lowercase();
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
    };
    if let Some(capitalized) = changed_ascii(runtime, text, capitalize)? {
        return Ok(capitalized);
    }
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return Ok(Value::String("")) };
    let mut capitalized = String::with_capacity(text.len());
    if first.len_utf16() == 1 {
        capitalized.extend(first.to_uppercase());
    } else {
        // Only the first code unit is changed, and a lone surrogate has no case.
        capitalized.push(first);
    }
    capitalized.push_str(&characters.as_str().to_lowercase());
    value(runtime, capitalized)
}

/// The string in lower case.
fn downcase<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    match changed_ascii(runtime, text, str::make_ascii_lowercase)? {
        Some(lower) => Ok(lower),
        None => value(runtime, text.to_lowercase()),
    }
}

/// The string in lower case, borrowed if it already is.
pub(super) fn lower_case(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { text } else { Cow::Owned(text.to_lowercase()) }
}

/// The string in upper case.
fn upcase<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    match changed_ascii(runtime, text, str::make_ascii_uppercase)? {
        Some(upper) => Ok(upper),
        None => value(runtime, text.to_uppercase()),
    }
}

/// The characters to strip, if the argument gives any; `None` for white space if it is empty, false or missing.
fn stripped_characters<'a>(runtime: &Runtime<'a>, arguments: &[Value<'a>]) -> Result<Option<&'a str>> {
    let given = argument(arguments, 0);
    if coerce::js_truthy(given) { coerce::to_liquid_string(given, runtime.arena()).map(Some) } else { Ok(None) }
}

/// Strips white space, or the characters in the argument, from the start.
fn lstrip<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let Some(characters) = stripped_characters(runtime, arguments)? else {
        return Ok(Value::String(text.trim_start_matches(is_space)));
    };
    runtime.charge_string(characters)?;
    let stripped: HashSet<char> = characters.chars().collect();
    Ok(Value::String(text.trim_start_matches(|character| stripped.contains(&character))))
}

/// Strips white space, or the characters in the argument, from the end.
fn rstrip<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let Some(characters) = stripped_characters(runtime, arguments)? else {
        return Ok(Value::String(text.trim_end_matches(is_space)));
    };
    runtime.charge_string(characters)?;
    let stripped: HashSet<char> = characters.chars().collect();
    Ok(Value::String(text.trim_end_matches(|character| stripped.contains(&character))))
}

/// Strips white space, or the characters in the argument, from both ends.
fn strip<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let Some(characters) = stripped_characters(runtime, arguments)? else {
        return Ok(Value::String(text.trim_matches(is_space)));
    };
    let stripped: HashSet<char> = characters.chars().collect();
    runtime.charge(stripped.len())?;
    Ok(Value::String(text.trim_matches(|character| stripped.contains(&character))))
}

/// Removes all line breaks.
fn strip_newlines<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    value(runtime, replace_newlines(text, "")?)
}

/// The string with each line break replaced.
///
/// # Errors
/// The result is too long.
pub(super) fn replace_newlines<'t>(text: &'t str, replacement: &str) -> Result<Cow<'t, str>> {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        replaced.push_str(line.strip_suffix('\r').unwrap_or(line));
        replaced.push_str(replacement);
        coerce::check_length(replaced.len())?;
        rest = after;
    }
    if rest.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    replaced.push_str(rest);
    Ok(Cow::Owned(replaced))
}

/// Collapses each run of white space into one space, and strips both ends.
fn squish<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    value(runtime, with_single_spaces(text.trim_matches(is_space)))
}

/// Collapses each run of white space into one space.
fn normalize_whitespace<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, _: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    value(runtime, with_single_spaces(text))
}

/// The string with each run of white space collapsed into one space.
fn with_single_spaces(text: &str) -> Cow<'_, str> {
    let mut after_space = false;
    let is_single = text.chars().all(|character| {
        let space = is_space(character);
        let single = !space || (character == ' ' && !after_space);
        after_space = space;
        single
    });
    if is_single {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_space) {
        out.push_str(&rest[..start]);
        out.push(' ');
        rest = rest[start..].trim_start_matches(is_space);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The start of each run of white space.
fn spaces(text: &str) -> impl Iterator<Item = usize> {
    let mut after_space = false;
    text.char_indices().filter_map(move |(at, character)| {
        let starts = is_space(character) && !after_space;
        after_space = is_space(character);
        starts.then_some(at)
    })
}

/// Removes every occurrence of the argument.
fn remove<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let pattern = charged_string(runtime, argument(arguments, 0))?;
    let search = Search::new(text, pattern, runtime.arena());
    if search.pattern.is_empty() || !search.text.contains(search.pattern) {
        return Ok(Value::String(text));
    }
    value(runtime, search.pieces().collect::<String>())
}

/// Removes the first occurrence of the argument.
fn remove_first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    replace_one(runtime, input, argument(arguments, 0), Value::Undefined, |text, pattern| text.find(pattern))
}

/// Removes the last occurrence of the argument.
fn remove_last<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    replace_one(runtime, input, argument(arguments, 0), Value::Undefined, |text, pattern| text.rfind(pattern))
}

/// Replaces every occurrence of the first argument with the second. An empty pattern matches between any two code
/// units.
fn replace<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = coerce::to_liquid_string(input, runtime.arena())?;
    runtime.work(text.len())?;
    let pattern = coerce::to_liquid_string(argument(arguments, 0), runtime.arena())?;
    let replacement = coerce::to_liquid_string(argument(arguments, 1), runtime.arena())?;
    let search = Search::new(text, pattern, runtime.arena());
    let matches = search.pieces().count().saturating_sub(1);
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    let [length, matches_counted, removed, added] =
        [utf16::length(text), matches, utf16::length(pattern), utf16::length(replacement)].map(|length| length as f64);
    runtime.charge_number(length + matches_counted * (added - removed))?;
    if matches == 0 {
        return Ok(Value::String(text));
    }
    let length = search.text.len() - matches * search.pattern.len() + matches.saturating_mul(replacement.len());
    coerce::check_length(length)?;
    runtime.arena().reserve(length * 2)?;
    written(runtime, |out| {
        for (at, piece) in search.pieces().enumerate() {
            if at > 0 {
                out.push_str(replacement);
            }
            out.push_str(piece);
        }
        Ok(())
    })
}

/// Replaces the first occurrence of the first argument with the second.
fn replace_first<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    replace_one(runtime, input, argument(arguments, 0), argument(arguments, 1), |text, pattern| text.find(pattern))
}

/// Replaces the last occurrence of the first argument with the second.
fn replace_last<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    replace_one(runtime, input, argument(arguments, 0), argument(arguments, 1), |text, pattern| text.rfind(pattern))
}

/// Replaces the occurrence of `pattern` that `find` returns.
fn replace_one<'a>(
    runtime: &mut Runtime<'a>,
    input: Value<'a>,
    pattern: Value<'a>,
    replacement: Value<'a>,
    find: fn(&str, &str) -> Option<usize>,
) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let pattern = charged_string(runtime, pattern)?;
    let replacement = charged_string(runtime, replacement)?;
    let search = Search::new(text, pattern, runtime.arena());
    let Some(at) = find(search.text, search.pattern) else { return Ok(Value::String(text)) };
    concat(runtime, &[&search.text[..at], replacement, &search.text[at + search.pattern.len()..]])
}

/// Splits the string at the argument, or into code units if that is empty. Empty pieces at the end are dropped.
fn split<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let separator = coerce::to_liquid_string(argument(arguments, 0), runtime.arena())?;
    let search = Search::new(text, separator, runtime.arena());
    let has_halves = utf16::may_contain_lone_surrogates(search.text);
    let mut pieces = Vec::new();
    for piece in search.pieces() {
        if pieces.len() == MAX_PIECES {
            return Err(Error::new("Invalid array length"));
        }
        if pieces.len() == pieces.capacity() {
            // For the list, the larger one that replaces it, and the result.
            runtime.arena().reserve((pieces.len() + 1) * 4 * size_of::<Value<'_>>())?;
        }
        pieces.push(if has_halves { value(runtime, piece)? } else { Value::String(piece) });
    }
    while let Some(Value::String("")) = pieces.last() {
        pieces.pop();
    }
    runtime.array(&pieces)
}

/// Truncates the string to a number of code points, 50 by default, including the ellipsis. An input that fits is
/// returned unchanged, without conversion to a string.
fn truncate<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let ellipsis = charged_string(runtime, argument_or(arguments, 1, Value::String("...")))?;
    let length = coerce::to_number(argument_or(arguments, 0, Value::Number(50.0)), runtime.arena())?;
    if first_code_points(text, length).len() == text.len() {
        return Ok(input);
    }
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    let kept = length - ellipsis.chars().count() as f64;
    concat(runtime, &[first_code_points(text, kept), ellipsis])
}

/// The first `count` code points of the string. A fraction is rounded up; NaN counts as 0.
fn first_code_points(text: &str, count: f64) -> &str {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN becomes 0")]
    let count = count.ceil() as usize;
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

/// Truncates the string to a number of words, 15 by default, separated by single spaces. The ellipsis is added even if
/// there are exactly as many words.
fn truncatewords<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?;
    let ellipsis = charged_string(runtime, argument_or(arguments, 1, Value::String("...")))?;
    let limit = coerce::to_number(argument_or(arguments, 0, Value::Number(15.0)), runtime.arena())?;
    let limit = if limit <= 0.0 { 1.0 } else { limit };

    let text = text.trim_start_matches(is_space);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN becomes 0")]
    let kept = match (limit as usize).checked_sub(1) {
        Some(spaces_within) => spaces(text).nth(spaces_within).map_or(text, |end| &text[..end]),
        None => "",
    };
    // White space at the end adds an empty word.
    #[expect(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    let words = (spaces(text).count() + 1) as f64;
    let kept = with_single_spaces(kept);
    value(runtime, if words >= limit && !ellipsis.is_empty() { Cow::Owned(kept.into_owned() + ellipsis) } else { kept })
}

/// The number of words. In mode `"cjk"`, each Chinese, Japanese or Korean character counts as a word. Mode `"auto"`
/// differs from that only for strings without such characters.
fn number_of_words<'a>(runtime: &mut Runtime<'a>, input: Value<'a>, arguments: &[Value<'a>]) -> Result<Value<'a>> {
    let text = charged_string(runtime, input)?.trim_matches(is_space);
    let counts_characters = match argument(arguments, 0) {
        Value::String("cjk") => true,
        Value::String("auto") => text.chars().any(is_cjk),
        _ => false,
    };
    Ok(count(if text.is_empty() {
        0
    } else if counts_characters {
        let others = text.split(|character| is_cjk(character) || is_space(character)).filter(|word| !word.is_empty());
        text.chars().filter(|character| is_cjk(*character)).count() + others.count()
    } else {
        spaces(text).count() + 1
    }))
}

/// Whether a character counts as a word of its own.
fn is_cjk(character: char) -> bool {
    matches!(character,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
pub(super) mod tests {
    use crate::value::{Arena, json};
    use crate::{LIQUIDJS, Limits, Options, Output, Template, render};

    const DATA: &str = r#"{
        "hi": "\ud83d",
        "lo": "\ude00",
        "e": "😀",
        "s": "x😀y😁",
        "l": ["a",null,[1,"b"]],
        "n": null,
        "o": {},
        "nl": "a\r\nb\nc\r",
        "sp": "\ufeff a \n\t b\u0085 ",
        "g": "ΑΣ ΌΣ",
        "many": ["a","b","c","d"],
        "two": ["a",null]
    }"#;

    #[test]
    fn renders_like_liquidjs() {
        for (template, expected) in [
            ("{{ s | append: n }}", "x😀y😁"),
            ("{{ lo | prepend: hi }}|{{ hi | append: lo }}", "😀|😀"),
            ("{{ l | append: 1.0 }}", "a1b1"),
            ("{{ o | append: nil }}", "[object Object]"),
            ("{{ l | array_to_sentence_string: 'or' }}", "a, , or 1,b"),
            ("{{ many | array_to_sentence_string }}", "a, b, c, and d"),
            ("{{ n | array_to_sentence_string }}", ""),
            ("{{ nil | array_to_sentence_string }}", ""),
            ("{{ 5 | array_to_sentence_string | json }}", "5"),
            ("{{ '' | split: ',' | array_to_sentence_string }}", ""),
            ("{{ g | capitalize }}|{{ 'ßA' | capitalize }}|{{ '𐐨𐐀' | capitalize }}", "Ασ ός|SSa|𐐨𐐨"),
            ("{{ g | downcase }}|{{ 'İ' | downcase }}", "ας ός|i̇"),
            ("{{ 'ŉﬁß' | upcase }}", "ʼNFISS"),
            ("{{ sp | strip | json }}", "\"a \\n\\t b\u{85}\""),
            ("{{ sp | lstrip | json }}", "\"a \\n\\t b\u{85} \""),
            ("{{ sp | rstrip | json }}", "\"\u{feff} a \\n\\t b\u{85}\""),
            ("{{ 'abcab' | strip: 'ba' }}|{{ 'abcab' | lstrip: 'ba' }}|{{ 'abcab' | rstrip: 'ba' }}", "c|cab|abc"),
            (
                "{{ ' a ' | strip: empty | json }}{{ ' a ' | strip: '' | json }}{{ ' a ' | strip: 0 | json }}",
                r#"" a ""a""a""#,
            ),
            ("{{ e | strip: hi | json }}", r#""😀""#),
            ("{{ nl | strip_newlines | json }}", r#""abc\r""#),
            ("{{ sp | squish | json }}", "\"a b\u{85}\""),
            ("{{ sp | normalize_whitespace | json }}", "\" a b\u{85} \""),
            ("{{ s | remove: hi | json }}", r#""x\ude00y\ude01""#),
            ("{{ s | remove: lo | json }}", r#""x\ud83dy😁""#),
            ("{{ s | remove: '' }}", "x😀y😁"),
            ("{{ 'aaa' | remove: 'aa' }}", "a"),
            ("{{ 'a1b1' | remove_first: 1 }}|{{ 'a1b1' | remove_last: 1 }}", "ab1|a1b"),
            ("{{ s | remove_first: hi | json }}", r#""x\ude00y😁""#),
            ("{{ s | remove_last: hi | json }}", r#""x😀y\ude01""#),
            ("{{ 'a' | remove_first }}", "a"),
            ("{{ e | replace: '', '-' | json }}", r#""\ud83d-\ude00""#),
            ("{{ e | replace: '', '' }}", "😀"),
            ("{{ '' | replace: '', 'x' }}|", "|"),
            ("{{ 'a.b' | replace: '.', '$&$1' }}", "a$&$1b"),
            ("{{ 'a.b' | replace: '.' }}", "ab"),
            ("{{ s | replace: hi, hi }}", "x😀y😁"),
            ("{{ s | replace: hi, '😀' | json }}", r#""x😀\ude00y😀\ude01""#),
            (
                "{{ 'ab' | replace_first: '', 'x' }}|{{ 'ab' | replace_last: '', 'x' }}|{{ 'ab' | replace_first: 'z', 'x' }}",
                "xab|abx|ab",
            ),
            ("{{ 'a.b.' | replace_first: '.', '$&' }}|{{ 'a.b.' | replace_last: '.', '$&' }}", "a$&b.|a.b$&"),
            ("{{ s | split: '' | json }}", r#"["x","\ud83d","\ude00","y","\ud83d","\ude01"]"#),
            ("{{ s | split: lo | json }}", r#"["x\ud83d","y😁"]"#),
            ("{{ 'a b  c ' | split: ' ' | json }}", r#"["a","b","","c"]"#),
            ("{{ ',,' | split: ',' | json }}", "[]"),
            ("{{ '' | split: '' | json }}", "[]"),
            ("{{ 1.5 | split: '.' | json }}", r#"["1","5"]"#),
            ("{{ 'a1b' | split: 1 | json }}", r#"["a","b"]"#),
            (
                "{{ 5 | truncate | json }}|{{ n | truncate | json }}|{{ l | truncate: 9 | json }}",
                r#"5|null|["a",null,[1,"b"]]"#,
            ),
            (
                "{{ s | truncate: 3, '' }}|{{ s | truncate: 4 }}|{{ s | truncate: 3 }}|{{ s | truncate: 3, '😀' }}",
                "x😀y|x😀y😁|...|x😀😀",
            ),
            (
                "{{ 'abcdef' | truncate: 4.5, '' }}|{{ 'abcdef' | truncate: '5' }}|{{ 'abcdef' | truncate: -1 }}|{{ 'abcdef' | truncate: o }}|{{ '' | truncate: o }}|{{ 'abcdef' | truncate: nil, 1 }}",
                "abcde|ab...|...|...||1",
            ),
            ("{{ 'abcdef' | truncate: 5, n }}", "abcde"),
            (
                "{{ ' a  b c ' | truncatewords: 2 }}|{{ ' a  b c ' | truncatewords: 3 }}|{{ ' a  b c ' | truncatewords: 4 }}|{{ ' a  b c ' | truncatewords: 5 }}",
                "a b...|a b c...|a b c ...|a b c ",
            ),
            (
                "{{ 'a b' | truncatewords: 0 }}|{{ 'a b' | truncatewords: -2 }}|{{ 'a b' | truncatewords: 0.5 }}|{{ 'a b' | truncatewords: o }}|{{ 'a b' | truncatewords: '1', '' }}|{{ 'a b' | truncatewords: 1.9 }}",
                "a...|a...|...||a|a...",
            ),
            ("{{ n | truncatewords }}|{{ n | truncatewords: 1 }}", "|..."),
            (
                "{{ ' a b ' | number_of_words | json }}|{{ ' ' | number_of_words }}|{{ 'ab cd你好か' | number_of_words: 'cjk' }}|{{ 'a b你' | number_of_words: 'auto' }}|{{ 'a-b c' | number_of_words: 'auto' }}|{{ 'a你b' | number_of_words: 'x' }}",
                "2|0|5|3|2|1",
            ),
            ("{{ two | array_to_sentence_string }}", "a and null"),
        ] {
            assert_eq!(render(template, DATA).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn fails_like_liquidjs() {
        for (template, expected) in [
            ("{{ 1 | append }}", "append expect 2 arguments"),
            ("{{ 1 | append: 1, 2 }}", "append expect 2 arguments"),
            ("{{ 1 | prepend }}", "prepend expect 2 arguments"),
        ] {
            assert_eq!(render(template, DATA).unwrap_err().message(), expected, "{template}");
        }
    }

    #[test]
    fn counts_memory_like_liquidjs() {
        assert_charges(
            DATA,
            &[
                ("{{ s | append: 'ab' }}", 8),
                ("{{ s | lstrip: 'aab' }}", 9),
                ("{{ s | rstrip: 'aab' }}", 9),
                ("{{ s | strip: 'aab' }}", 8),
                ("{{ s | replace: 'x', 'abc' }}", 8),
                ("{{ 'aaaa' | replace: 'aa', '' }}{{ 'b' | strip }}", 1),
                ("{{ 'abc' | replace: '', '--' }}", 7),
                ("{{ '' | replace: '', '--' }}{{ 'b' | strip }}", 1),
                ("{{ s | replace_first: 'z', 'abc' }}", 10),
                ("{{ s | remove_last: 'z' }}", 7),
                ("{{ s | split: 'zzz' }}", 6),
                ("{{ s | truncate: 3, '…' }}", 7),
                ("{{ s | truncatewords }}", 9),
                ("{{ l | array_to_sentence_string }}", 12),
                ("{{ 'ß' | upcase }}", 1),
                ("{{ s | number_of_words: 'cjk' }}", 6),
            ],
        );
    }

    /// Asserts that each template needs exactly this much of the memory limit.
    pub(in crate::filters) fn assert_charges(data: &str, rows: &[(&str, u32)]) {
        for (template, charge) in rows {
            let renders_within = |memory: f64| {
                let arena = Arena::new();
                let options = Options { limits: Limits { memory, ..Limits::default() }, ..Options::default() };
                let parsed = Template::parse(template, &LIQUIDJS, &arena).unwrap();
                parsed.render(json::read(data, &arena).unwrap(), &options, &arena, &mut Output::new()).is_ok()
            };
            assert!(renders_within(f64::from(*charge)), "{template}");
            assert!(!renders_within(f64::from(*charge) - 1.0), "{template}");
        }
    }
}
