//! Tags that do not exist, and tags that do not belong together: end tags, branches, and blocks that are not closed.

use std::collections::HashMap;

use strsim::osa_distance;

use super::expression::is_operand;
use super::scan::{Construct, ConstructKind, Ending, Token, TokenKind};
use super::tags::{arguments, as_tag, meant_name};
use super::words::{ROOTS, TAGS, TagMeant};
use super::{MAX_MISTAKES, Mistake, MistakeKind, Site};
use crate::diagnostics::did_you_mean;
use crate::liquid::syntax::dialect::{Reading, Surroundings};
use crate::liquid::{Error, Language, Span};

/// Tags that Braze, Shopify and others use for shared content.
const SNIPPET_TAGS: [&str; 6] = ["snippet", "partial", "component", "content_block", "sections", "template"];
/// The most characters that a name and the one that was probably meant differ by.
const MAX_TYPOS: usize = 2;

/// The mistakes in the tags of a text.
pub(super) fn find(text: &str, language: &Language, constructs: &[Construct]) -> (Vec<Mistake>, Ends) {
    let mut reader = Reader {
        text,
        language,
        constructs,
        open: Vec::new(),
        unknown: Vec::new(),
        skipped: Vec::new(),
        found: Vec::new(),
        ends: Ends::new(),
    };
    for at in 0..constructs.len() {
        if reader.found.len() >= MAX_MISTAKES {
            return (reader.found, reader.ends);
        }
        reader.read(at);
    }
    reader.end();
    (reader.found, reader.ends)
}

struct Open<'s> {
    name: &'s str,
    at: usize,
    has_else: bool,
    /// The mistake in its name.
    mistake: Option<usize>,
}

struct Reader<'s> {
    text: &'s str,
    language: &'s Language,
    constructs: &'s [Construct],
    open: Vec<Open<'s>>,
    /// Tags that do not exist, with the position of their mistake.
    unknown: Vec<(&'s str, usize)>,
    /// End tags that have been dealt with.
    skipped: Vec<usize>,
    found: Vec<Mistake>,
    ends: Ends,
}

/// The edits of outputs such as `{{ end }}` that end a block which begins in an output as well.
type Ends = HashMap<Span, Vec<(Span, String)>>;

/// Whether a tag has an end tag.
fn is_block(language: &Language, name: &str) -> bool {
    language.tag(name).is_some_and(|tag| tag.syntax.contains("{% end"))
}

impl<'s> Reader<'s> {
    fn site(&self, at: usize) -> Site<'s> {
        Site { text: self.text, language: self.language, construct: &self.constructs[at] }
    }

    fn span(&self, at: usize) -> Span {
        self.constructs[at].span
    }

    fn read(&mut self, at: usize) {
        let construct = &self.constructs[at];
        if construct.kind == ConstructKind::Text || self.skipped.contains(&at) {
            return;
        }
        let name = meant_name(self.text, construct);
        if name.is_empty() {
            if construct.kind == ConstructKind::Tag {
                self.found.extend(self.nameless(at));
            }
            return;
        }
        let written = construct.name(self.text);
        let renamed = construct.kind != ConstructKind::Output && name != written;
        if renamed && let Some(mistake) = self.renamed_opener(name) {
            let (span, edit) = (self.span(at), (self.name_span(at), name.to_owned()));
            self.found[mistake].edits.push(edit);
            self.found[mistake].others.push((span, "and this"));
        } else if renamed {
            self.found.push(self.renamed(at, name));
        }
        match name {
            "else" | "elsif" | "when" => return self.branch(at, name),
            "end" => return self.plain_end(at),
            _ => {}
        }
        if let Some(block) = name.strip_prefix("end") {
            if is_block(self.language, block) {
                return self.end_tag(at, block);
            }
            if let Some((_, mistake)) = self.unknown.iter().find(|(unknown, _)| *unknown == block) {
                let span = self.span(at);
                self.found[*mistake].edits.push((span, String::new()));
                return;
            }
        }
        if name == "case"
            && let Some(top) = self.open.last().filter(|top| top.name == "case")
            && let [Token { kind: TokenKind::Quoted | TokenKind::Number, .. }, ..] = arguments(self.text, construct)
        {
            // `{% switch x %}{% case 'a' %}`
            let (span, edit) = (self.name_span(at), (self.name_span(at), "when".to_owned()));
            let opener = self.span(top.at);
            if let Some(mistake) = top.mistake {
                self.found[mistake].edits.push(edit);
                self.found[mistake].others.push((span, "and this"));
            } else {
                let mistake =
                    Mistake::new(span, "a branch of `case` begins with `when`").other(opener, "it is in this");
                self.found.push(mistake.help("write `when`").fix(vec![edit]));
            }
            return;
        }
        if name == "capture" && self.site(at).is(construct.tokens.get(2), "=") {
            let span = self.name_span(at);
            let mistake = Mistake::new(span, "`capture` has no value: its body is the value");
            self.found.push(mistake.help("write `assign`").fix(vec![(span, "assign".to_owned())]));
            return;
        }
        let arguments_count = arguments(self.text, construct).len();
        if name == "assign" && arguments_count == 1 && construct.kind == ConstructKind::Tag {
            // `{% assign name %}…{% endassign %}`
            let is_end = |next: &Construct| next.name(self.text) == "endassign";
            if let Some(end) = self.constructs[at..].iter().position(is_end).map(|end| at + end) {
                let (span, end_span) = (self.name_span(at), self.name_span(end));
                let edits = vec![(span, "capture".to_owned()), (end_span, "endcapture".to_owned())];
                let mistake = Mistake::new(span, "`assign` has no body: a block whose text is assigned is a `capture`");
                self.found.push(mistake.other(self.span(end), "it ends here").help("write `capture`").fix(edits));
                self.skipped.push(end);
                return;
            }
        }
        if is_block(self.language, name) {
            let mistake = renamed.then(|| self.found.len() - 1);
            self.open.push(Open { name, at, has_else: false, mistake });
            return;
        }
        if self.language.tag(name).is_none() && construct.kind != ConstructKind::Output {
            if let Some(mistake) = self.needless_end(at, name) {
                self.found.push(mistake);
                return;
            }
            let mistake = self.unknown_tag(at);
            // A misspelled end tag ends its block.
            let ended =
                mistake.edits.first().filter(|_| mistake.is_fix).and_then(|(_, meant)| meant.strip_prefix("end"));
            if ended.is_some_and(|ended| self.open.last().is_some_and(|top| top.name == ended)) {
                self.open.pop();
                self.found.push(mistake);
                return;
            }
            let meant =
                mistake.edits.first().filter(|_| mistake.is_fix).and_then(|(_, meant)| self.language.tag(meant));
            if let Some(block) = meant.filter(|meant| is_block(self.language, meant.name)) {
                self.open.push(Open { name: block.name, at, has_else: false, mistake: Some(self.found.len()) });
            }
            self.unknown.push((name, self.found.len()));
            self.found.push(mistake);
        }
    }

    /// The end tag of something that has none, such as `else`.
    fn needless_end(&self, at: usize, name: &str) -> Option<Mistake> {
        let of = name.strip_prefix("end").filter(|of| {
            matches!(
                *of,
                "else" | "elsif" | "elseif" | "when" | "assign" | "echo" | "break" | "continue" | "render" | "include"
            )
        })?;
        let span = self.span(at);
        let mistake = Mistake::new(span, format!("`{of}` has no end tag")).of_kind(MistakeKind::UnknownTag);
        let help = if of == "assign" {
            "remove it; a block whose text is assigned is `{% capture name %}…{% endcapture %}`"
        } else {
            "remove it"
        };
        Some(mistake.help(help).fix(vec![(span, String::new())]))
    }

    /// The next end tag of a block at the same depth.
    fn next_end(&self, after: usize, block: &str) -> Option<usize> {
        let mut depth = 0_usize;
        for at in after + 1..self.constructs.len() {
            let name = meant_name(self.text, &self.constructs[at]);
            if let Some(ended) = name.strip_prefix("end").filter(|ended| is_block(self.language, ended)) {
                if depth == 0 {
                    return (ended == block).then_some(at);
                }
                depth -= 1;
            } else if is_block(self.language, name) {
                depth += 1;
            }
        }
        None
    }

    fn end_tag(&mut self, at: usize, block: &'s str) {
        while let Some(top) = self.open.last() {
            if top.name == block {
                self.open.pop();
                self.bare(at);
                return;
            }
            let (name, opener) = (top.name, top.at);
            let written = meant_name(self.text, &self.constructs[at]);
            let is_open = self.open.iter().any(|open| open.name == block);
            let other = self.next_end(at, name);
            let name_span = self.name_span(at);
            if is_open && let Some(other) = other {
                // `{% for %}{% if %}{% endfor %}{% endif %}`
                let message = format!("`{written}` comes before `end{name}`: blocks must not overlap");
                let edits = vec![(name_span, format!("end{name}")), (self.name_span(other), written.to_owned())];
                self.found.push(
                    Mistake::new(self.span(at), message)
                        .other(self.span(opener), "this is still open")
                        .help(format!("swap the two end tags: end the inner `{name}` first"))
                        .fix(edits),
                );
                self.skipped.push(other);
                self.open.pop();
                if let Some(outer) = self.open.iter().rposition(|open| open.name == block) {
                    self.open.remove(outer);
                }
                return;
            }
            if is_open {
                let message = format!("`{name}` is not closed: `{written}` comes before an `end{name}`");
                let start = self.span(at).start;
                let edits = vec![(Span::new(start, start), format!("{{% end{name} %}}"))];
                self.found.push(
                    Mistake::new(self.span(opener), message)
                        .other(self.span(at), "the block around it ends here")
                        .help(format!("add `{{% end{name} %}}` before it"))
                        .without_fix(edits),
                );
                self.open.pop();
                continue;
            }
            if other.is_none() {
                let message = format!("`{written}` does not close `{name}`");
                self.found.push(
                    Mistake::new(self.span(at), message)
                        .other(self.span(opener), "this is still open")
                        .help(format!("write `{{% end{name} %}}`"))
                        .fix(vec![(name_span, format!("end{name}"))]),
                );
                self.open.pop();
                return;
            }
            break;
        }
        let written = meant_name(self.text, &self.constructs[at]);
        let mistake = Mistake::new(self.span(at), format!("there is no open `{block}` that `{written}` could close"));
        let edits = vec![(self.span(at), String::new())];
        self.found.push(mistake.help("remove it, or add the opening tag").without_fix(edits));
    }

    /// `{% end %}`
    fn plain_end(&mut self, at: usize) {
        let span = self.span(at);
        let Some(top) = self.open.pop() else {
            let written = self.name_span(at).of(self.text);
            // `{% items.forEach(…) %}…{% }) %}`
            if let Some((_, mistake)) = self.unknown.last().filter(|_| written.starts_with('}')) {
                self.found[*mistake].edits.push((span, String::new()));
                self.found[*mistake].others.push((span, "and this"));
                return;
            }
            let mistake = Mistake::new(span, format!("there is no open block that `{written}` could close"));
            self.found.push(mistake.help("remove it").without_fix(vec![(span, String::new())]));
            return;
        };
        let written = self.name_span(at).of(self.text);
        let message = format!("`{written}` is not a tag of Liquid: write `end{}`", top.name);
        let mut edits = as_tag(&self.constructs[at]);
        edits.push((self.name_span(at), format!("end{}", top.name)));
        if self.constructs[at].kind == ConstructKind::Output && self.constructs[top.at].kind == ConstructKind::Output {
            // It is a part of the mistake of the opening tag.
            self.ends.insert(self.span(at), edits);
            return;
        }
        self.found.push(
            Mistake::new(span, message)
                .of_kind(MistakeKind::UnknownTag)
                .other(self.span(top.at), "it closes this")
                .help(format!("write `{{% end{} %}}`", top.name))
                .fix(edits),
        );
    }

    fn branch(&mut self, at: usize, name: &'s str) {
        let span = self.span(at);
        let site = self.site(at);
        let arguments = arguments(self.text, &self.constructs[at]);
        // `unless` ignores what comes after `else`.
        if self.open.last().is_some_and(|top| top.name == "unless")
            && self.constructs[at].name(self.text) == "else"
            && let Some(last) =
                self.found.last_mut().filter(|last| last.span.start == self.constructs[at].tokens[0].span.start)
        {
            last.effect = super::Effect::Ignored;
        }
        let Some(top) = self.open.last_mut() else {
            let block = if name == "when" { "case" } else { "if" };
            let mistake = Mistake::new(span, format!("`{name}` is not in a block: it belongs to an open `{block}`"));
            // What follows is its body if there is an end tag.
            let is_opening = name == "elsif" && self.next_end(at, block).is_some();
            if !is_opening {
                let edits = vec![(span, String::new())];
                self.found.push(mistake.help("remove it, or add the opening tag").without_fix(edits));
                return;
            }
            let edit = (self.name_span(at), "if".to_owned());
            let renamed = self.found.last().is_some_and(|last| last.span == edit.0);
            if renamed {
                self.found.pop();
            }
            self.found.push(mistake.help("the first branch begins with `if`: write `if`").fix(vec![edit]));
            self.open.push(Open { name: "if", at, has_else: false, mistake: None });
            return;
        };
        let takes = match name {
            "when" => top.name == "case",
            "elsif" => matches!(top.name, "if" | "unless"),
            _ => matches!(top.name, "if" | "unless" | "case" | "for" | "tablerow" | "ifchanged"),
        };
        let (block, opener) = (top.name, top.at);
        let had_else = top.has_else;
        if name == "else" {
            top.has_else = true;
        }
        if !takes {
            let mistake =
                Mistake::new(span, format!("`{block}` has no `{name}`")).other(self.span(opener), "it is in this");
            let help = format!("close the `{block}` before it, or remove it");
            self.found.push(mistake.help(help).without_fix(vec![(span, String::new())]));
            return;
        }
        let has_arguments = name == "else" && !arguments.is_empty();
        if has_arguments && matches!(block, "if" | "unless" | "for" | "tablerow") && site.fails_in_else() {
            let is_condition = matches!(block, "if" | "unless") && !is_only_symbols(site);
            let message =
                if is_condition { "`else` has no condition: write `elsif`" } else { "`else` has no arguments" };
            let mistake = Mistake::new(super::extent(arguments), message);
            self.found.push(if is_condition {
                mistake
                    .help("write `elsif`, or remove the condition")
                    .fix(vec![(self.name_span(at), "elsif".to_owned())])
            } else {
                let name_end = self.name_span(at).end;
                let edit = (Span::new(name_end, super::extent(arguments).end), String::new());
                mistake.help("remove them").fix(vec![edit])
            });
            return;
        }
        if had_else && block == "case" && name == "when" {
            let mistake =
                Mistake::new(span, "`when` after `else`: Liquid prints both").other(self.span(opener), "of this");
            self.found.push(mistake.help("move `else` to the end").without_fix(Vec::new()).breaking(false));
            return;
        }
        if had_else && matches!(block, "if" | "unless") {
            let what = if name == "else" { "a second `else`" } else { "`elsif` after `else`" };
            let mistake =
                Mistake::new(span, format!("{what}: `else` is the last branch")).other(self.span(opener), "of this");
            self.found
                .push(mistake.help("move it before `else`, or remove it").without_fix(vec![(span, String::new())]));
        }
    }

    /// An end tag with arguments.
    fn bare(&mut self, at: usize) {
        let construct = &self.constructs[at];
        let arguments = arguments(self.text, construct);
        let is_own = construct.kind != ConstructKind::Output && construct.name(self.text).starts_with("end");
        if arguments.is_empty() || !is_own || construct.name(self.text) == "end" {
            return;
        }
        let site = self.site(at);
        if !site.fails_in_else()
            || !matches!(construct.name(self.text), "endif" | "endunless" | "endfor" | "endtablerow")
        {
            return;
        }
        let name = construct.name(self.text);
        let edit = (Span::new(self.name_span(at).end, super::extent(arguments).end), String::new());
        let mistake = Mistake::new(super::extent(arguments), format!("`{name}` has no arguments"));
        self.found.push(mistake.help("remove them").fix(vec![edit]));
    }

    /// The name of a tag, and the words that belong to it.
    fn name_span(&self, at: usize) -> Span {
        let tokens = &self.constructs[at].tokens;
        let text = |at: usize| tokens.get(at).map_or("", |token| token.span.of(self.text));
        let is_two = matches!((text(0), text(1)), ("else", "if") | ("/", _)) || (text(0) == "end" && tokens.len() == 2);
        match (tokens.first(), tokens.get(1)) {
            (Some(first), _) if first.span.of(self.text) == "}" => super::extent(tokens),
            (Some(first), Some(second)) if is_two => Span::new(first.span.start, second.span.end),
            (Some(first), _) => first.span,
            _ => self.constructs[at].span,
        }
    }

    /// The mistake of the opening tag to which a branch or end tag belongs, if that has the name of another language as
    /// well.
    fn renamed_opener(&self, name: &str) -> Option<usize> {
        let top = self.open.last()?;
        let is_own = name.strip_prefix("end") == Some(top.name) || matches!(name, "else" | "elsif" | "when");
        top.mistake.filter(|_| is_own)
    }

    /// A tag whose name in Liquid is known.
    fn renamed(&self, at: usize, meant: &str) -> Mistake {
        let span = self.name_span(at);
        let written = span.of(self.text);
        let known = if written.starts_with("else") && written != "elseif" {
            MistakeKind::Syntax
        } else {
            MistakeKind::UnknownTag
        };
        Mistake::new(span, format!("`{written}` is not a tag of Liquid: write `{meant}`"))
            .of_kind(known)
            .help(format!("write `{meant}`"))
            .fix(vec![(span, meant.to_owned())])
    }

    /// A tag that begins with a symbol.
    fn nameless(&self, at: usize) -> Option<Mistake> {
        let construct = &self.constructs[at];
        let first = construct.tokens.first();
        if matches!(construct.ending, Ending::Wrong(_)) || first.is_some_and(|token| token.span.of(self.text) == "#") {
            return None;
        }
        let is_printed = first.is_some_and(|token| matches!(token.span.of(self.text), "=" | "-"));
        let mistake = Mistake::new(construct.span, "a tag begins with its name");
        if let [slash, second, ..] = &construct.tokens[..]
            && slash.span.of(self.text) == "/"
            && matches!(second.span.of(self.text), "/" | "*")
        {
            let span = Span::new(slash.span.start, second.span.end);
            let mistake = Mistake::new(span, "a comment of Liquid begins with `#`");
            let shown =
                construct.inner.of(self.text).trim_start_matches(['/', '*']).trim_end_matches(['/', '*']).trim();
            let help = format!("write `{{% # {shown} %}}`");
            return Some(mistake.help(help).fix(vec![(construct.inner, format!("# {shown}"))]));
        }
        if is_printed
            && let [_, value @ ..] = &construct.tokens[..]
            && !value.is_empty()
        {
            let value = super::extent(value).of(self.text);
            let edit = (construct.span, format!("{{{{ {value} }}}}"));
            return Some(mistake.help(format!("print a value with `{{{{ {value} }}}}`")).fix(vec![edit]));
        }
        Some(
            mistake
                .help("write a tag such as `{% if … %}`, or `{{ … }}` to print a value")
                .without_fix(self.site(at).neutral()),
        )
    }

    fn unknown_tag(&self, at: usize) -> Mistake {
        let construct = &self.constructs[at];
        let site = self.site(at);
        let name = construct.name(self.text);
        let tokens = &construct.tokens[..];
        let span = self.name_span(at);
        let mistake = |message: String| Mistake::new(span, message).of_kind(MistakeKind::UnknownTag);
        let block = self.open.last().map_or("", |open| open.name);
        let not_found = || {
            let error = self.language.dialect().worded(Error::unknown_tag(name), Surroundings { tag: name, block });
            mistake(error.message().to_owned())
        };
        if let Some((_, TagMeant::Advice(advice))) = TAGS.iter().find(|(known, _)| *known == name) {
            return mistake(format!("`{name}` is not a tag of Liquid")).help(*advice).without_fix(site.neutral());
        }
        if SNIPPET_TAGS.contains(&name)
            && let Some(quoted) = tokens[1..]
                .iter()
                .find(|token| matches!(token.kind, TokenKind::Quoted | TokenKind::Escaped | TokenKind::Word))
        {
            let snippet = site.slice(quoted.span).trim_matches(['\\', '"', '\'']);
            let text = format!("{{{{ snippets.{snippet} }}}}");
            let is_whole = tokens.len() == 2 && snippet.chars().all(|next| next.is_alphanumeric() || next == '_');
            let found = mistake(format!("`{name}` is not a tag of Liquid: a snippet is a variable"));
            let found = found.help(format!("write `{text}`"));
            let edit = vec![(construct.span, text)];
            return if is_whole && construct.kind == ConstructKind::Tag {
                found.fix(edit)
            } else {
                found.without_fix(edit)
            };
        }
        if site.is(tokens.get(1), "=") {
            let found = mistake("an assignment begins with `assign`".to_owned());
            let edits = vec![(Span::new(span.start, span.start), "assign ".to_owned())];
            return found.help(format!("write `{{% assign {name} = … %}}`")).fix(edits);
        }
        let end = super::expression::operand_end(site, tokens, 0).unwrap_or(1);
        let is_value = (is_operand(site, tokens) && tokens.len() > 1) || site.is(tokens.get(end), "|");
        if is_value && construct.kind == ConstructKind::Tag && !site.is_invalid(tokens) {
            let value = site.tokens_text(tokens);
            let found = mistake(format!("`{name}` is not a tag: a value is printed with `{{{{ }}}}`"));
            return found
                .help(format!("write `{{{{ {value} }}}}`"))
                .fix(vec![(construct.span, format!("{{{{ {value} }}}}"))]);
        }
        if ROOTS.contains(&name) {
            let found = mistake(format!("`{name}` is not a tag: a value is printed with `{{{{ }}}}`"));
            let help = "print a value with `{{ … }}`, and go through a list with `{% for item in trigger.items %}`";
            return found.help(help).without_fix(site.neutral());
        }
        let ends = name.strip_prefix("end");
        let names: Vec<&str> = self.language.tag_names().chain(["else", "elsif", "when"]).collect();
        let near = did_you_mean(ends.unwrap_or(name), names.iter().copied());
        let Some(near) = near else {
            let help = "remove it, or write a tag of Liquid";
            return not_found().help(help).without_fix(site.neutral());
        };
        let meant = format!("{}{near}", if ends.is_some() { "end" } else { "" });
        let found = not_found().help(format!("did you mean `{meant}`?"));
        // A block is only meant if it ends.
        let is_likely = !is_block(self.language, near) || ends.is_some() || self.next_end(at, near).is_some();
        let is_typo = osa_distance(name, &meant) <= MAX_TYPOS;
        let edit = vec![(span, meant)];
        if is_typo && is_likely { found.fix(edit) } else { found.without_fix(site.neutral()) }
    }

    /// Blocks that are still open at the end of the text.
    fn end(&mut self) {
        while let Some(open) = self.open.pop().filter(|_| self.found.len() < MAX_MISTAKES) {
            let span = self.span(open.at);
            let end = self.string_end(open.at).unwrap_or(self.text.len());
            let tag = format!("{{% end{} %}}", open.name);
            let mistake = Mistake::new(span, format!("`{}` is not closed: `end{}` is missing", open.name, open.name));
            let edits = vec![(Span::new(end, end), tag.clone())];
            self.found.push(mistake.help(format!("add `{tag}` where it ends")).without_fix(edits));
        }
    }

    /// Where the JSON string ends in which a tag is written.
    fn string_end(&self, at: usize) -> Option<usize> {
        self.constructs[at + 1..].iter().filter(|construct| construct.kind == ConstructKind::Text).find_map(|text| {
            let written = text.span.of(self.text);
            let ends = |quote: &usize| written[quote + 1..].trim_start().starts_with([',', '}', ']']);
            written.match_indices('"').map(|(at, _)| at).find(ends).map(|quote| text.span.start + quote)
        })
    }
}

impl Site<'_> {
    /// Whether arguments of `else` and end tags are errors.
    fn fails_in_else(self) -> bool {
        self.language.dialect().reading == Reading::Exact
    }
}

fn is_only_symbols(site: Site<'_>) -> bool {
    arguments(site.text, site.construct).iter().all(|token| token.kind == TokenKind::Symbol)
}
