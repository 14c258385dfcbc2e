//! Mistakes in conditions: operators and words of other languages, parentheses, and filters.
//!
//! A condition is read as its author meant it, with the precedence of other languages. Where single words can be replaced,
//! the edits do that. Otherwise the condition is written again: Liquid evaluates `and` and `or` from right to left, so
//! `(a or b) and c` becomes `c and a or b`.

use super::expression::{before, operand_end, variable_name};
use super::scan::{ConstructKind, Token, TokenKind};
use super::words::{
    CONDITION_FUNCTIONS, ENGLISH_OPERATORS, English, LITERALS, MISSING_OPERATORS, OPERATORS, QUESTIONS, TESTS,
};
use super::{Mistake, Site, calls, extent};
use crate::liquid::Span;

/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 20;

/// Liquid's operators that compare.
const COMPARISONS: [&str; 7] = ["==", "!=", ">", "<", ">=", "<=", "contains"];

/// A condition as it was meant.
#[derive(Clone, Debug)]
enum Tree {
    /// A comparison or value in Liquid.
    Atom(Atom),
    Not(Box<Self>),
    /// `and` or `or` of several.
    Many(&'static str, Vec<Self>),
    /// In parentheses.
    Group(Box<Self>),
}

#[derive(Clone, Debug)]
struct Atom {
    text: String,
    /// The left side and the operator, if it is an equality or `contains`.
    equality: Option<String>,
    /// The tokens, if it is a literal alone.
    literal: Option<Span>,
}

/// Something that is not Liquid.
struct Mark {
    span: Span,
    message: String,
    help: Option<String>,
    /// Edits that repair it. `None` if the whole condition must be written again.
    edits: Option<Vec<(Span, String)>>,
}

struct Parser<'s> {
    site: Site<'s>,
    tokens: &'s [Token],
    at: usize,
    depth: usize,
    marks: Vec<Mark>,
    /// Assignments that must come before.
    assignments: Vec<String>,
    /// The left side of the last comparison.
    last_left: Option<String>,
    has_symbols: bool,
    is_mixed: bool,
    /// Whether Liquid cannot express an operator.
    is_unknown: bool,
}

/// The mistakes in a condition, as one.
pub(super) fn find(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let Some((mut parser, tree)) = parse(site, tokens).filter(|(parser, _)| !parser.marks.is_empty()) else {
        return dangling_operator(site, tokens);
    };
    if parser.has_symbols && parser.is_mixed {
        parser.marks.iter_mut().for_each(|mark| mark.edits = None);
    }
    parser.marks.sort_by_key(|mark| mark.span);
    // What Liquid cannot express is what has to be changed.
    let unknown = parser.marks.iter().find(|mark| mark.edits.is_none()).filter(|_| parser.is_unknown);
    let first = unknown.or(parser.marks.first())?;
    let mut mistake = Mistake::new(first.span, first.message.clone()).breaking(site.fails());
    let local: Option<Vec<_>> = parser.marks.iter().map(|mark| mark.edits.clone()).collect();
    let edits = match local {
        Some(edits) => Some(edits.concat()),
        None if parser.is_unknown => None,
        None => rewritten(site, tokens, &tree, &parser.assignments),
    };
    if let Some(edits) = edits {
        let shown = site.shown_with(&edits).map(|shown| format!("write `{shown}`"));
        mistake = mistake.help(shown.or_else(|| first.help.clone()).unwrap_or_default());
        return Some(mistake.fix(edits));
    }
    let nested = "nest two `if`, or assign a part of it first: Liquid evaluates `and` and `or` from right to left";
    let neutral = vec![(extent(tokens), "true".to_owned())];
    Some(mistake.help(first.help.clone().unwrap_or_else(|| nested.to_owned())).without_fix(neutral))
}

/// `x and`, `x >`, `or x`: an operator that lacks a value. Liquid takes it for one that is missing.
fn dangling_operator(site: Site<'_>, tokens: &[Token]) -> Option<Mistake> {
    let is_operator = |token: &Token| {
        let known = || site.language.dialect().operators.iter();
        token.kind != TokenKind::Quoted && known().any(|(known, _)| *known == site.slice(token.span))
    };
    let after_not = |at: usize| at + tokens[at..].iter().take_while(|token| site.is(Some(token), "not")).count();
    let mut before: Option<&Token> = None;
    let mut at = 0;
    loop {
        at = after_not(at);
        let (token, message) = match (tokens.get(at), before) {
            (Some(token), None) if is_operator(token) && tokens.len() > 1 => {
                (token, format!("`{}` has no value before it", site.slice(token.span)))
            }
            (Some(token), Some(before)) if is_operator(token) => {
                let (first, second) = (site.slice(before.span), site.slice(token.span));
                (token, format!("there is no value between `{first}` and `{second}`"))
            }
            (None, Some(before)) => (before, format!("`{}` has no value after it", site.slice(before.span))),
            _ => {
                // `x not contains y` is what it says.
                at = after_not(operand_end(site, tokens, at)?);
                before = Some(tokens.get(at).filter(|token| is_operator(token))?);
                at += 1;
                continue;
            }
        };
        let mistake = Mistake::new(token.span, message).breaking(site.fails());
        let neutral = vec![(extent(tokens), "true".to_owned())];
        return Some(mistake.help("write the value, or remove the operator").without_fix(neutral));
    }
}

/// The condition in Liquid, if it can be written without assignments.
pub(super) fn in_liquid(site: Site<'_>, tokens: &[Token]) -> Option<String> {
    let (parser, tree) = parse(site, tokens)?;
    if parser.marks.is_empty() {
        return Some(site.tokens_text(tokens).to_owned());
    }
    tree.in_liquid().filter(|_| parser.assignments.is_empty() && !parser.is_unknown)
}

fn parse<'s>(site: Site<'s>, tokens: &'s [Token]) -> Option<(Parser<'s>, Tree)> {
    let mut parser = Parser {
        site,
        tokens,
        at: 0,
        depth: 0,
        marks: Vec::new(),
        assignments: Vec::new(),
        last_left: None,
        has_symbols: false,
        is_mixed: false,
        is_unknown: false,
    };
    let tree = parser.or()?;
    parser.trailing();
    (parser.at == tokens.len()).then_some((parser, tree))
}

/// The edits that write the whole condition again.
fn rewritten(site: Site<'_>, tokens: &[Token], tree: &Tree, assignments: &[String]) -> Option<Vec<(Span, String)>> {
    let text = tree.in_liquid()?;
    let mut edits = Vec::new();
    if !assignments.is_empty() {
        // A branch or line cannot have an assignment before it.
        if site.meant_name() == "elsif" || site.construct.kind == ConstructKind::Line {
            return None;
        }
        let (left, _) = site.construct.trim_marks(site.text);
        let tags = assignments.iter().map(|assignment| format!("{{%{left} assign {assignment} %}}"));
        edits.push(before(site, tags.collect::<Vec<_>>().concat()));
    }
    edits.push((extent(tokens), text));
    Some(edits)
}

impl Tree {
    const fn atom(text: String) -> Self {
        Self::Atom(Atom { text, equality: None, literal: None })
    }

    /// The condition for Liquid, which evaluates `and` and `or` from right to left. `None` if that is impossible without
    /// parentheses.
    fn in_liquid(&self) -> Option<String> {
        match self {
            Self::Atom(atom) => Some(atom.text.clone()),
            Self::Group(inner) => inner.in_liquid(),
            Self::Not(inner) => inner.negated()?.in_liquid(),
            Self::Many(..) => {
                let Self::Many(operator, parts) = self.flat() else { return None };
                // Only the last part may have operators of its own.
                let (mut simple, complex): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.is_simple());
                if complex.len() > 1 {
                    return None;
                }
                simple.extend(complex);
                let texts: Option<Vec<_>> = simple.iter().map(|part| part.in_liquid()).collect();
                Some(texts?.join(&format!(" {operator} ")))
            }
        }
    }

    fn is_simple(&self) -> bool {
        match self {
            Self::Atom(_) => true,
            Self::Group(inner) | Self::Not(inner) => inner.is_simple(),
            Self::Many(..) => false,
        }
    }

    /// Without groups around the same operator.
    fn flat(&self) -> Self {
        let Self::Many(operator, parts) = self else { return self.clone() };
        let mut flat = Vec::new();
        for part in parts {
            let mut inner = part;
            while let Self::Group(group) = inner {
                inner = group;
            }
            match inner.flat() {
                Self::Many(same, parts) if same == *operator => flat.extend(parts),
                other => flat.push(other),
            }
        }
        Self::Many(operator, flat)
    }

    fn negated(&self) -> Option<Self> {
        Some(match self {
            Self::Atom(atom) => {
                let text = format!("not {}", atom.text);
                Self::Atom(Atom { text, equality: None, literal: None })
            }
            Self::Group(inner) => inner.negated()?,
            Self::Not(inner) => (**inner).clone(),
            Self::Many(operator, parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(Self::negated).collect();
                Self::Many(if *operator == "and" { "or" } else { "and" }, parts?)
            }
        })
    }
}

impl<'s> Parser<'s> {
    fn next(&self) -> Option<&'s Token> {
        self.tokens.get(self.at)
    }

    fn next_text(&self) -> &'s str {
        self.next().filter(|token| token.kind != TokenKind::Quoted).map_or("", |token| self.site.slice(token.span))
    }

    fn mark(&mut self, span: Span, message: String, help: Option<String>, edits: Option<Vec<(Span, String)>>) {
        self.marks.push(Mark { span, message, help, edits });
    }

    /// Replaces a token by a word of Liquid.
    fn mark_word(&mut self, token: &Token, meant: &str) {
        let written = self.site.slice(token.span);
        let message = format!("`{written}` is not an operator of Liquid: write `{meant}`");
        let help = Some(format!("write `{meant}`"));
        self.mark(token.span, message, help, Some(vec![(token.span, meant.to_owned())]));
    }

    /// Takes a logical operator; its symbol or a word in another spelling is a mistake.
    fn logical(&mut self, meant: &'static str) -> bool {
        let Some(token) = self.next() else { return false };
        let written = self.next_text();
        if written == meant {
            self.at += 1;
            return true;
        }
        if OPERATORS.iter().any(|(known, liquid)| *known == written && *liquid == meant) {
            self.has_symbols |= token.kind == TokenKind::Symbol;
            self.mark_word(token, meant);
            self.at += 1;
            return true;
        }
        false
    }

    fn or(&mut self) -> Option<Tree> {
        let mut parts = vec![self.and()?];
        let mut equality = parts[0].equality();
        while self.logical("or") {
            let part = self.and()?;
            if let (Some(left), Tree::Atom(Atom { literal: Some(span), .. })) = (&equality, &part) {
                let written = self.site.slice(*span);
                let is_false = matches!(written, "nil" | "null");
                let always = if is_false { "never true" } else { "always true" };
                let message = format!("`{written}` alone is {always}: compare it as well");
                let edit = (Span::new(span.start, span.start), format!("{left} "));
                self.mark(*span, message, None, Some(vec![edit]));
                let text = format!("{left} {written}");
                parts.push(Tree::Atom(Atom { text, equality: Some(left.clone()), literal: None }));
                continue;
            }
            equality = part.equality();
            parts.push(part);
        }
        if parts.len() == 1 {
            return parts.pop();
        }
        self.is_mixed |= parts[..parts.len() - 1].iter().any(|part| matches!(part, Tree::Many("and", _)));
        Some(Tree::Many("or", parts))
    }

    fn and(&mut self) -> Option<Tree> {
        let mut parts = vec![self.not()?];
        while self.logical("and") {
            parts.push(self.not()?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Tree::Many("and", parts)) }
    }

    fn not(&mut self) -> Option<Tree> {
        let token = self.next()?;
        if self.depth > MAX_DEPTH {
            return None;
        }
        match self.next_text() {
            "!" => {
                self.at += 1;
                self.depth += 1;
                let start = self.at;
                let inner = self.not()?;
                self.depth -= 1;
                let message = "`!` is not an operator of Liquid: write `not`".to_owned();
                // In other languages, `!a == b` is `(!a) == b`.
                let is_value = operand_end(self.site, self.tokens, start) == Some(self.at);
                let space = Span::new(token.span.start, self.tokens[start].span.start);
                let edits = is_value.then(|| vec![(space, "not ".to_owned())]);
                if !is_value && !matches!(inner, Tree::Group(_) | Tree::Not(_)) {
                    return None;
                }
                self.mark(token.span, message, Some("write `not`".to_owned()), edits);
                Some(Tree::Not(Box::new(inner)))
            }
            "not" | "NOT" | "Not" => {
                if self.next_text() != "not" {
                    self.mark_word(token, "not");
                }
                self.at += 1;
                self.depth += 1;
                let inner = self.not()?;
                self.depth -= 1;
                Some(Tree::Not(Box::new(inner)))
            }
            "(" if operand_end(self.site, self.tokens, self.at).is_none() => self.group(token),
            _ => self.comparison(),
        }
    }

    fn group(&mut self, open: &Token) -> Option<Tree> {
        self.at += 1;
        self.depth += 1;
        let inner = self.or()?;
        self.depth -= 1;
        let close = self.next().filter(|token| self.site.is(Some(token), ")"))?;
        self.at += 1;
        let is_whole = open.span.start == self.tokens[0].span.start && self.at == self.tokens.len();
        let is_adjacent = self.site.text[..open.span.start].ends_with(char::is_alphanumeric);
        let removed = vec![(open.span, if is_adjacent { " " } else { "" }.to_owned()), (close.span, String::new())];
        let edits = (is_whole || inner.is_simple()).then_some(removed);
        let message = "Liquid has no parentheses in conditions".to_owned();
        self.mark(open.span, message, edits.is_some().then(|| "remove them".to_owned()), edits);
        Some(Tree::Group(Box::new(inner)))
    }

    fn comparison(&mut self) -> Option<Tree> {
        let start = self.at;
        if let Some(tree) = self.repeated(start) {
            return Some(tree);
        }
        let left = self.value()?;
        let is_literal = matches!(self.tokens[start].kind, TokenKind::Quoted | TokenKind::Number)
            || self.site.is_any(self.tokens.get(start), &["nil", "null", "blank", "empty"]);
        let literal = (is_literal && self.at == start + 1).then(|| self.tokens[start].span);
        let Some(token) = self.next() else {
            return Some(Tree::Atom(Atom { text: left, equality: None, literal }));
        };
        let written = self.next_text();
        let dialect = self.site.language.dialect();
        let is_known = dialect.operators.iter().any(|(known, _)| *known == written) && COMPARISONS.contains(&written);
        let operator = if is_known {
            self.at += 1;
            written
        } else if let Some(tree) = self.english(start, &left) {
            return Some(tree);
        } else if let Some((_, meant)) =
            OPERATORS.iter().find(|(known, meant)| *known == written && COMPARISONS.contains(meant))
        {
            self.mark_word(token, meant);
            self.at += 1;
            meant
        } else if let Some(tree) = self.missing_operator(start, &left) {
            return Some(tree);
        } else if written == "!" && self.word(1) == "contains" {
            return self.not_contains(start, &left);
        } else if matches!(written, "is" | "isnt") {
            return self.is(token, &left);
        } else if written == "in" || (written == "not" && self.site.is(self.tokens.get(self.at + 1), "in")) {
            return self.is_in(start, &left);
        } else {
            return Some(Tree::Atom(Atom { text: left, equality: None, literal }));
        };
        self.compared(start, &left, operator)
    }

    /// `x > 1 and < 5`: a comparison without its left side.
    fn repeated(&mut self, start: usize) -> Option<Tree> {
        let left = self.last_left.clone()?;
        let operator = self.next().filter(|_| COMPARISONS.contains(&self.next_text()))?;
        let written = self.next_text();
        self.at += 1;
        let message = format!("`{written}` has nothing before it to compare: repeat the value");
        // The edit covers the operator, so that it differs from other insertions.
        let edit = (operator.span, format!("{left} {written}"));
        self.mark(operator.span, message, None, Some(vec![edit]));
        self.compared(start, &left, written)
    }

    /// `x !contains 'a'`
    fn not_contains(&mut self, start: usize, left: &str) -> Option<Tree> {
        let span = extent(&self.tokens[self.at..self.at + 2]);
        self.at += 2;
        let right = self.value()?;
        let text = format!("not {left} contains {right}");
        let edit = (extent(&self.tokens[start..self.at]), text.clone());
        let written = self.site.slice(span);
        self.mark(
            span,
            format!("`{written}` is not an operator of Liquid: write `not … contains`"),
            None,
            Some(vec![edit]),
        );
        Some(Tree::atom(text))
    }

    /// What an operator compares with, and further comparisons of the same value: `x == 'a', 'b'`, `1 < x < 5`.
    fn compared(&mut self, start: usize, left: &str, operator: &str) -> Option<Tree> {
        let middle = self.at;
        let right = self.value()?;
        let right_tokens = &self.tokens[middle..self.at];
        self.last_left = Some(left.to_owned());
        let is_own = matches!(operator, "==" | "contains");
        let equality = is_own.then(|| format!("{left} {operator}"));
        let first = Atom { text: format!("{left} {operator} {right}"), equality, literal: None };
        let is_range = |operator: &str| matches!(operator, "<" | "<=" | ">" | ">=");
        if is_range(operator) && is_range(self.next_text()) {
            let token = self.next()?;
            let second = self.next_text();
            self.at += 1;
            let last = self.value()?;
            let text = self.site.tokens_text(right_tokens).to_owned();
            let edits = self
                .is_all(start)
                .then(|| vec![(Span::new(token.span.start, token.span.start), format!("and {text} "))]);
            let message = format!("`{second}` compares true or false here: a comparison has two sides");
            self.mark(token.span, message, Some("write two comparisons with `and`".to_owned()), edits);
            let parts = vec![Tree::Atom(first), Tree::atom(format!("{text} {second} {last}"))];
            return Some(Tree::Group(Box::new(Tree::Many("and", parts))));
        }
        if operator != "==" || !self.site.is(self.next(), ",") {
            return Some(Tree::Atom(first));
        }
        let comma = self.next()?.span;
        let mut parts = vec![Tree::Atom(first)];
        let mut edits = Vec::new();
        while self.site.is(self.next(), ",") {
            let between = self.next()?.span;
            self.at += 1;
            let value_start = self.next()?.span.start;
            let value = self.value()?;
            edits.push((Span::new(between.start, value_start), format!(" or {left} == ")));
            parts.push(Tree::atom(format!("{left} == {value}")));
        }
        let edits = self.is_all(start).then_some(edits);
        self.mark(comma, "what comes after the comma is ignored: compare it as well".to_owned(), None, edits);
        Some(Tree::Group(Box::new(Tree::Many("or", parts))))
    }

    /// Whether the condition is what has been read from here on.
    fn is_all(&self, start: usize) -> bool {
        start == 0 && self.at == self.tokens.len()
    }

    /// A word at a distance from the next one.
    fn word(&self, ahead: usize) -> &'s str {
        let token = self.tokens.get(self.at + ahead).filter(|token| token.kind == TokenKind::Word);
        token.map_or("", |token| self.site.slice(token.span))
    }

    /// An operator in English: `is greater than`, `does not contain`.
    fn english(&mut self, start: usize, left: &str) -> Option<Tree> {
        let matches =
            |words: &str| words.split(' ').enumerate().all(|(at, word)| self.word(at).eq_ignore_ascii_case(word));
        let (words, meant) = ENGLISH_OPERATORS.iter().find(|(words, _)| matches(words))?;
        let count = words.split(' ').count();
        let span = extent(&self.tokens[self.at..self.at + count]);
        let written = self.site.slice(span);
        let message = |meant: &str| format!("`{written}` is not an operator of Liquid: write `{meant}`");
        match *meant {
            English::Operator(operator) => {
                self.mark(
                    span,
                    message(operator),
                    Some(format!("write `{operator}`")),
                    Some(vec![(span, operator.to_owned())]),
                );
                self.at += count;
                self.compared(start, left, operator)
            }
            English::Test(test) => {
                self.at += count;
                self.mark(span, message(test), Some(format!("write `{test}`")), Some(vec![(span, test.to_owned())]));
                Some(Tree::atom(format!("{left} {test}")))
            }
            English::NotContains => {
                self.at += count;
                let right = self.value()?;
                let text = format!("not {left} contains {right}");
                let edit = (extent(&self.tokens[start..self.at]), text.clone());
                self.mark(span, message("not … contains"), None, Some(vec![edit]));
                Some(Tree::atom(text))
            }
            English::Missing(help) => {
                self.at = operand_end(self.site, self.tokens, self.at + count)?;
                self.mark(span, format!("`{written}` is not an operator of Liquid"), Some(help.to_owned()), None);
                self.is_unknown = true;
                Some(Tree::atom(left.to_owned()))
            }
            English::OneOf { is_negated } => {
                self.at += count;
                self.one_of(start, left, span, is_negated)
            }
        }
    }

    /// `'a', 'b'`, `['a', 'b']`, `('a', 'b')`
    fn one_of(&mut self, start: usize, left: &str, operator: Span, is_negated: bool) -> Option<Tree> {
        let closer = match self.next_text() {
            "[" => Some("]"),
            "(" => Some(")"),
            _ => None,
        };
        self.at += usize::from(closer.is_some());
        let (symbol, word) = if is_negated { ("!=", "and") } else { ("==", "or") };
        let mut parts = Vec::new();
        loop {
            let value = self.value()?;
            parts.push(Tree::atom(format!("{left} {symbol} {value}")));
            if !self.site.is(self.next(), ",") {
                break;
            }
            self.at += 1;
        }
        if let Some(closer) = closer {
            self.next().filter(|close| self.site.is(Some(close), closer))?;
            self.at += 1;
        }
        let tree = Tree::Many(word, parts);
        let text = tree.in_liquid()?;
        let edits = self.is_all(start).then(|| vec![(extent(&self.tokens[start..self.at]), text)]);
        let written = self.site.slice(operator);
        let message = format!("`{written}` is not an operator of Liquid: compare with each value");
        self.mark(operator, message, None, edits);
        Some(Tree::Group(Box::new(tree)))
    }

    /// `x startsWith 'a'`, `x between 1 and 3`
    fn missing_operator(&mut self, start: usize, left: &str) -> Option<Tree> {
        let token = self.next().filter(|token| token.kind == TokenKind::Word)?;
        let written = self.site.slice(token.span);
        let letters = written.to_ascii_lowercase().replace('_', "");
        let (_, help) = MISSING_OPERATORS.iter().find(|(known, _)| *known == letters)?;
        let low = operand_end(self.site, self.tokens, self.at + 1)?;
        let message = format!("`{written}` is not an operator of Liquid");
        if letters != "between" {
            self.mark(token.span, message, Some((*help).to_owned()), None);
            self.at = low;
            self.is_unknown = true;
            return Some(Tree::Atom(Atom { text: left.to_owned(), equality: None, literal: None }));
        }
        let high =
            operand_end(self.site, self.tokens, low + 1).filter(|_| self.site.is(self.tokens.get(low), "and"))?;
        let (from, to) = (&self.tokens[self.at + 1..low], &self.tokens[low + 1..high]);
        let (from, to) = (self.site.tokens_text(from), self.site.tokens_text(to));
        let text = format!("{left} >= {from} and {left} <= {to}");
        self.at = high;
        let edit = (extent(&self.tokens[start..high]), text.clone());
        self.mark(token.span, message, None, Some(vec![edit]));
        Some(Tree::Atom(Atom { text, equality: None, literal: None }))
    }

    /// `empty(x)`, `len(x)`
    fn function(&mut self, start: usize) -> Option<String> {
        let name = self.tokens[start];
        let written = self.site.slice(name.span);
        let letters = written.to_ascii_lowercase().replace('_', "");
        let (_, after) = CONDITION_FUNCTIONS.iter().find(|(known, _)| *known == letters)?;
        let end = operand_end(self.site, self.tokens, self.at + 1)?;
        let close = self.tokens.get(end).filter(|close| self.site.is(Some(close), ")"))?;
        let argument = self.site.tokens_text(&self.tokens[self.at + 1..end]);
        let text = format!("{argument}{after}");
        self.at = end + 1;
        let message = format!("`{written}(…)`: Liquid has no functions; write `{text}`");
        let edit = (Span::new(name.span.start, close.span.end), text.clone());
        self.mark(name.span, message, None, Some(vec![edit]));
        Some(text)
    }

    /// `x + 1`, which a condition cannot calculate.
    fn calculated(&mut self, start: usize) -> Option<String> {
        let operand = &self.tokens[start..self.at];
        let operator = self.next()?;
        let written = self.site.slice(operator.span);
        let filter = match written {
            "+" => "plus",
            "-" => "minus",
            "*" => "times",
            "/" => "divided_by",
            "%" => "modulo",
            _ => return None,
        };
        let end = operand_end(self.site, self.tokens, self.at + 1)?;
        let value = self.site.tokens_text(operand);
        let argument = self.site.tokens_text(&self.tokens[self.at + 1..end]);
        self.at = end;
        let variable = variable_name(self.site, operand, filter);
        let assignment = format!("{variable} = {value} | {filter}: {argument}");
        let help = format!("assign the value first: `{{% assign {assignment} %}}`");
        let message =
            format!("Liquid has no `{written}`: it has the filter `{filter}`, which a condition cannot apply");
        self.assignments.push(assignment);
        self.mark(operator.span, message, Some(help), None);
        Some(variable)
    }

    /// `x is null`, `x is not empty`, `x is defined`
    fn is(&mut self, token: &Token, left: &str) -> Option<Tree> {
        let mut is_negated = self.next_text() == "isnt";
        self.at += 1;
        let mut words = 1;
        if matches!(self.next_text(), "not" | "NOT") {
            is_negated = true;
            self.at += 1;
            words = 2;
        }
        let span = extent(&self.tokens[self.at - words..self.at]);
        let operator = |is_negated| if is_negated { "!=" } else { "==" };
        if let Some(defined) = self.next().filter(|_| matches!(self.next_text(), "defined" | "set" | "present")) {
            self.at += 1;
            let operator = operator(!is_negated);
            let edit = (Span::new(token.span.start, defined.span.end), format!("{operator} nil"));
            let message = format!("`{}` is not an operator of Liquid: write `{operator} nil`", self.site.slice(edit.0));
            self.mark(edit.0, message, None, Some(vec![edit]));
            return Some(Tree::Atom(Atom { text: format!("{left} {operator} nil"), equality: None, literal: None }));
        }
        if let Some((test, help)) = TESTS.iter().find(|(test, _)| self.word(0) == *test) {
            let message = format!("Liquid has no test `{} {test}`", self.site.slice(span));
            let start = token.span.start;
            self.at = self.tokens[self.at..]
                .iter()
                .position(|token| self.site.is_any(Some(token), &["and", "or"]))
                .map_or(self.tokens.len(), |at| self.at + at);
            // The words after the test are a part of it.
            let end = self.tokens[self.at - 1].span.end;
            self.mark(Span::new(start, end), message, Some((*help).to_owned()), None);
            self.is_unknown = true;
            return Some(Tree::atom(left.to_owned()));
        }
        let operator = operator(is_negated);
        let message = format!("`{}` is not an operator of Liquid: write `{operator}`", self.site.slice(span));
        self.mark(span, message, None, Some(vec![(span, operator.to_owned())]));
        let right = self.value()?;
        let equality = (operator == "==").then(|| format!("{left} =="));
        Some(Tree::Atom(Atom { text: format!("{left} {operator} {right}"), equality, literal: None }))
    }

    /// `'a' in x`
    fn is_in(&mut self, start: usize, left: &str) -> Option<Tree> {
        let word = self.at;
        let is_negated = self.next_text() == "not";
        self.at += if is_negated { 2 } else { 1 };
        let span = extent(&self.tokens[word..self.at]);
        if matches!(self.next_text(), "[" | "(") {
            return self.one_of(start, left, span, is_negated);
        }
        let right = self.value()?;
        let not = if is_negated { "not " } else { "" };
        let text = format!("{not}{right} contains {left}");
        let message = format!("`{}` is not an operator of Liquid: write `contains`", self.site.slice(span));
        let edit = (extent(&self.tokens[start..self.at]), text.clone());
        self.mark(span, message, None, Some(vec![edit]));
        Some(Tree::Atom(Atom { text, equality: None, literal: None }))
    }

    /// A value with filters, in Liquid.
    fn value(&mut self) -> Option<String> {
        let start = self.at;
        if let [colon, name, ..] = &self.tokens[start..]
            && self.site.is(Some(colon), ":")
            && name.kind == TokenKind::Word
            && colon.span.end == name.span.start
        {
            let text = format!("'{}'", self.site.slice(name.span));
            let span = Span::new(colon.span.start, name.span.end);
            self.mark(span, "Liquid has no symbols: write a string".to_owned(), None, Some(vec![(span, text.clone())]));
            self.at += 2;
            return Some(text);
        }
        self.at = operand_end(self.site, self.tokens, start)?;
        let operand = &self.tokens[start..self.at];
        let mut text = self.site.tokens_text(operand).to_owned();
        if let [word] = operand
            && let Some((_, meant)) = LITERALS.iter().find(|(known, _)| self.site.is(Some(word), known))
            && !self.site.text.contains(&format!("assign {text}"))
        {
            let message = format!("`{text}` is not a word of Liquid: write `{meant}`");
            self.mark(word.span, message, None, Some(vec![(word.span, (*meant).to_owned())]));
            (*meant).clone_into(&mut text);
        }
        if let [path @ .., dot, question] = operand
            && self.site.is(Some(dot), ".")
            && let Some((_, test)) = QUESTIONS.iter().find(|(known, _)| self.site.is(Some(question), known))
        {
            let written = self.site.slice(question.span);
            let message = format!("`.{written}` is Ruby, which is not Liquid");
            // The edit covers the path, which would be reported as missing.
            let text = format!("{}{test}", self.site.tokens_text(path));
            self.mark(question.span, message, None, Some(vec![(extent(operand), text.clone())]));
            return Some(text);
        }
        if self.site.is_any(self.next(), &["+", "-", "*", "/", "%"])
            && self.next().is_some_and(|operator| operator.kind == TokenKind::Symbol)
        {
            return self.calculated(start);
        }
        if self.site.is(self.next(), "(") && self.at == start + 1 {
            let at = self.at;
            return self.function(start).or_else(|| {
                self.at = at;
                self.called(start)
            });
        }
        if self.site.is(self.next(), "(") {
            let at = self.at;
            return self.method(start).or_else(|| {
                self.at = at;
                self.called(start)
            });
        }
        if self.site.is(self.next(), "|") { self.filtered(start) } else { Some(text) }
    }

    /// `x.includes("a")`
    fn method(&mut self, start: usize) -> Option<String> {
        let [path @ .., dot, name] = &self.tokens[start..self.at] else { return None };
        let method = self.site.slice(name.span);
        let argument = self.at + 1;
        let end = operand_end(self.site, self.tokens, argument)?;
        let is_known = matches!(method, "includes" | "contains" | "include" | "has" | "indexOf");
        if !is_known || method == "indexOf" || path.is_empty() || !self.site.is(self.tokens.get(end), ")") {
            return None;
        }
        self.at = end + 1;
        let value = self.site.tokens_text(&self.tokens[argument..end]);
        let message = format!("`{method}` is not a method: Liquid has none; write `contains`");
        let edits = vec![
            (Span::new(dot.span.start, self.tokens[argument].span.start), " contains ".to_owned()),
            (self.tokens[end].span, String::new()),
        ];
        self.mark(name.span, message, None, Some(edits));
        Some(format!("{} contains {value}", self.site.tokens_text(path)))
    }

    /// `x.toLowerCase()`, `lower(x)`: a call that a filter does, in an assignment before the condition.
    fn called(&mut self, start: usize) -> Option<String> {
        let name = &self.tokens[self.at - 1];
        let written = self.site.slice(name.span);
        let message = format!("`{written}(…)`: Liquid has no methods and functions, only filters");
        let letters = written.to_ascii_lowercase().replace('_', "");
        if let Some((_, help)) = MISSING_OPERATORS.iter().find(|(known, _)| *known == letters) {
            let close = self.tokens[self.at..].iter().position(|token| self.site.is(Some(token), ")"))?;
            let path = &self.tokens[start..self.at];
            self.at += close + 1;
            self.mark(name.span, message, Some((*help).to_owned()), None);
            self.is_unknown = true;
            return Some(self.site.tokens_text(path).to_owned());
        }
        let (text, end) = calls::chain(self.site, &self.tokens[start..], 0)?;
        self.at = start + end;
        if let Some(path) = text.strip_suffix(" | size").filter(|path| !path.contains('|')) {
            let meant = format!("{path}.size");
            let edit = (extent(&self.tokens[start..self.at]), meant.clone());
            self.mark(name.span, message, None, Some(vec![edit]));
            return Some(meant);
        }
        let filter = text.split("| ").nth(1)?.split(':').next()?.trim();
        let input = text.split(" |").next().unwrap_or_default();
        let base: String =
            input.rsplit('.').next()?.chars().filter(|next| next.is_alphanumeric() || *next == '_').collect();
        let mut variable = format!("{base}_{filter}");
        while self.site.text.contains(&variable) {
            variable.push('_');
        }
        let assignment = format!("{variable} = {text}");
        let help = format!("assign the value first: `{{% assign {assignment} %}}`");
        self.assignments.push(assignment);
        self.mark(name.span, message, Some(help), None);
        Some(variable)
    }

    /// A value with filters. Filters apply to the whole condition, so nothing may come before or after.
    fn filtered(&mut self, start: usize) -> Option<String> {
        let operand = &self.tokens[start..self.at];
        let bar = self.next()?;
        let filter = self.tokens.get(self.at + 1).filter(|name| name.kind == TokenKind::Word)?;
        while self.site.is(self.next(), "|") {
            self.at += 1;
            self.next().filter(|name| name.kind == TokenKind::Word)?;
            self.at += 1;
            while self.site.is_any(self.next(), &[":", ","]) {
                self.at += 1;
                self.at = operand_end(self.site, self.tokens, self.at)?;
            }
        }
        let value = &self.tokens[start..self.at];
        if start == 0 && self.at == self.tokens.len() {
            // The only value: its filters are valid.
            return Some(self.site.tokens_text(value).to_owned());
        }
        let name = self.site.slice(filter.span);
        self.site.language.filter(name)?;
        let message = "a filter cannot be a part of a condition: it applies to the whole".to_owned();
        if name == "size" && self.at == start + operand.len() + 2 && operand[0].kind == TokenKind::Word {
            let edit = (Span::new(operand[operand.len() - 1].span.end, filter.span.end), ".size".to_owned());
            self.mark(bar.span, message, None, Some(vec![edit]));
            return Some(format!("{}.size", self.site.tokens_text(operand)));
        }
        let variable = variable_name(self.site, operand, name);
        let help = format!("assign the value first: `{{% assign {variable} = {} %}}`", self.site.tokens_text(value));
        self.assignments.push(format!("{variable} = {}", self.site.tokens_text(value)));
        self.mark(bar.span, message, Some(help), None);
        Some(variable)
    }

    /// A colon or `then` after the condition.
    fn trailing(&mut self) {
        let is_last = self.at + 1 == self.tokens.len();
        let Some(token) = self.next().filter(|_| is_last) else { return };
        if matches!(self.next_text(), ":" | "then" | "do" | "{" | ";") {
            let start = self.tokens.get(self.at.wrapping_sub(1)).map_or(token.span.start, |before| before.span.end);
            let message = format!("`{}` does not belong here: the tag ends with `%}}`", self.next_text());
            let edit = (Span::new(start, token.span.end), String::new());
            self.mark(token.span, message, Some("remove it".to_owned()), Some(vec![edit]));
            self.at += 1;
        }
    }
}

impl Tree {
    fn equality(&self) -> Option<String> {
        match self {
            Self::Atom(atom) => atom.equality.clone(),
            _ => None,
        }
    }
}
