//! Mistakes in values: conditional expressions, alternatives and arithmetic.

use super::expression::{is_operand, operand_end, position, replace};
use super::scan::{ConstructKind, Token, TokenKind};
use super::words::ROOTS;
use super::{Mistake, Site, calls, condition, extent};
use crate::liquid::Span;

/// The mistakes in a printed or assigned value. The first that applies is reported.
pub(super) fn find(site: Site<'_>, tokens: &[Token], assigned: Option<Token>) -> Option<Mistake> {
    let place = Place { site, tokens, assigned };
    let rows: [fn(Place<'_>) -> Option<Mistake>; 19] = [
        nothing,
        trailing_semicolon,
        increment,
        list_literal,
        object_literal,
        assigned_in_output,
        negation,
        negative,
        if_then,
        calculated_index,
        equals_sign,
        question_mark,
        python_conditional,
        alternative,
        conjunction,
        calls::call,
        calls::helper,
        arithmetic,
        ignored,
    ];
    rows.iter().find_map(|row| row(place))
}

/// A value in its output or tag.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) site: Site<'s>,
    pub(super) tokens: &'s [Token],
    /// The name of the variable that it is assigned to.
    assigned: Option<Token>,
}

impl Place<'_> {
    /// A tag or output that prints or assigns the value here.
    fn sets(self, value: &str) -> Option<String> {
        let (left, right) = self.site.construct.trim_marks(self.site.text);
        let is_marked = !left.is_empty() || !right.is_empty();
        match (self.site.construct.kind, self.assigned) {
            (ConstructKind::Output, _) => {
                Some(literal_text(value).map_or_else(|| format!("{{{{ {value} }}}}"), str::to_owned))
            }
            (ConstructKind::Tag, Some(name)) if !is_marked => {
                Some(format!("{{% assign {} = {value} %}}", self.site.slice(name.span)))
            }
            _ => None,
        }
    }

    /// The edit that chooses between two values.
    pub(super) fn choice(self, condition: &str, yes: &str, no: Option<&str>) -> Option<Vec<(Span, String)>> {
        let (left, right) = self.site.construct.trim_marks(self.site.text);
        let mut text = format!("{{%{left} if {condition} %}}{}", self.sets(yes)?);
        if let Some(no) = no {
            text.push_str("{% else %}");
            text.push_str(&self.sets(no)?);
        }
        text.push_str("{% endif ");
        text.push_str(right);
        text.push_str("%}");
        Some(vec![(self.site.construct.span, text)])
    }

    pub(super) fn finish(self, mistake: Mistake, edits: Option<Vec<(Span, String)>>, help: &str) -> Mistake {
        let mistake = mistake.breaking(self.site.fails());
        match edits {
            Some(edits) => {
                let shown =
                    self.site.shown_with(&edits).map_or_else(|| help.to_owned(), |shown| format!("write `{shown}`"));
                mistake.help(shown).fix(edits)
            }
            None if self.site.construct.kind == ConstructKind::Output => {
                mistake.help(help).without_fix(self.site.neutral())
            }
            // Without the assignment, what reads the variable is not reported.
            None => mistake.help(help).without_fix(self.site.neutral()),
        }
    }
}

/// The text of a string literal that can be written without Liquid.
fn literal_text(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(['\\', '"', '{', '}', quote])).then_some(inner)
}

fn nothing(place: Place<'_>) -> Option<Mistake> {
    let is_empty = place.tokens.is_empty() && place.site.construct.kind == ConstructKind::Output;
    let mistake = Mistake::new(place.site.construct.span, "there is nothing between the braces");
    is_empty.then(|| mistake.help("write a value, such as `{{ trigger.name }}`").without_fix(place.site.neutral()))
}

fn trailing_semicolon(place: Place<'_>) -> Option<Mistake> {
    let [.., before, last] = place.tokens else { return None };
    if !place.site.is(Some(last), ";") {
        return None;
    }
    let mistake = Mistake::new(last.span, "Liquid has no `;`");
    let edit = (Span::new(before.span.end, last.span.end), String::new());
    Some(mistake.help("remove it").fix(vec![edit]).breaking(place.site.fails()))
}

/// `x++`
fn increment(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let [value @ .., operator] = tokens else { return None };
    let filter = if site.is(Some(operator), "++") { "plus" } else { "minus" };
    if !site.is_any(Some(operator), &["++", "--"]) || !is_operand(site, value) {
        return None;
    }
    let written = site.slice(operator.span);
    let mistake = Mistake::new(operator.span, format!("Liquid has no `{written}`: it has the filter `{filter}`"));
    let edits = vec![replace(tokens, format!("{} | {filter}: 1", site.tokens_text(value)))];
    Some(place.finish(mistake, Some(edits), "write a filter"))
}

/// `[1, 2]`
fn list_literal(place: Place<'_>) -> Option<Mistake> {
    let end = position(place.site, place.tokens, &["|"]).unwrap_or(place.tokens.len());
    let list = &place.tokens[..end];
    let [open, inner @ .., close] = list else { return None };
    if !place.site.is(Some(open), "[") || !place.site.is(Some(close), "]") {
        return None;
    }
    let parts: Vec<_> = inner.split(|token| place.site.is(Some(token), ",")).collect();
    let texts: Option<Vec<_>> = parts
        .iter()
        .map(|part| match part {
            [only] if only.kind == TokenKind::Quoted => literal_text(place.site.slice(only.span)),
            _ => None,
        })
        .collect();
    let texts = texts.filter(|texts| texts.iter().all(|text| !text.contains([',', '\'']) && !text.is_empty()));
    let edits = texts.map(|texts| vec![replace(list, format!("'{}' | split: ','", texts.join(",")))]);
    let mistake = Mistake::new(open.span, "Liquid has no lists in brackets: it splits a string");
    Some(place.finish(mistake, edits, "write `'a,b' | split: ','`"))
}

/// `{a: 1}`
fn object_literal(place: Place<'_>) -> Option<Mistake> {
    let open = place.tokens.first().filter(|open| place.site.is(Some(open), "{"))?;
    let mistake = Mistake::new(open.span, "Liquid has no objects in braces");
    Some(place.finish(mistake, None, "send the object in `message_data`, or assign each value to a variable"))
}

/// `{{ y = x }}`
fn assigned_in_output(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, assigned } = place;
    let [name, equals, value @ ..] = tokens else { return None };
    let is_assignment = name.kind == TokenKind::Word && site.is(Some(equals), "=") && !value.is_empty();
    if !is_assignment || assigned.is_some() || site.construct.kind != ConstructKind::Output {
        return None;
    }
    let (left, right) = site.construct.trim_marks(site.text);
    let (name, value) = (site.slice(name.span), site.tokens_text(value));
    let edits = vec![(site.construct.span, format!("{{%{left} assign {name} = {value} {right}%}}"))];
    let mistake = Mistake::new(equals.span, "an assignment is a tag");
    Some(place.finish(mistake, Some(edits), "write `{% assign name = value %}`"))
}

/// `a, b` and `'a' 'b'`: only the first is printed.
fn ignored(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let end = operand_end(site, tokens, 0).filter(|_| !site.is(tokens.first(), "not"))?;
    let next = tokens.get(end)?;
    let root = site.slice(next.span);
    let is_value = matches!(next.kind, TokenKind::Quoted | TokenKind::Number)
        || (next.kind == TokenKind::Word && ROOTS.contains(&root) && site.is(tokens.get(end + 1), "."));
    let ignored = if site.is(Some(next), ",") { end + 1 } else { end };
    if !(is_value || site.is(Some(next), ",")) || operand_end(site, tokens, ignored).is_none() {
        return None;
    }
    let ignored = &tokens[ignored..operand_end(site, tokens, ignored)?];
    let message = format!("`{}` is ignored: an output has one value", site.tokens_text(ignored));
    let mistake = Mistake::new(extent(ignored), message);
    let help = if place.assigned.is_some() {
        "join the values with `append`"
    } else {
        "write an output for each value, or join them with `append`"
    };
    Some(place.finish(mistake, None, help))
}

/// `!x`
fn negation(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let [mark, value @ ..] = tokens else { return None };
    if !site.is(Some(mark), "!") || !is_operand(site, value) {
        return None;
    }
    let mistake = Mistake::new(mark.span, "`!` is not an operator of Liquid: write `not`");
    let edit = (Span::new(mark.span.start, value[0].span.start), "not ".to_owned());
    Some(place.finish(mistake, Some(vec![edit]), "write `not`"))
}

/// `-x`
fn negative(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let [minus, value @ ..] = tokens else { return None };
    let end = position(site, value, &["|"]).unwrap_or(value.len());
    if !site.is(Some(minus), "-") || !is_operand(site, &value[..end]) {
        return None;
    }
    let mistake = Mistake::new(minus.span, "Liquid has no `-` before a variable: it has the filter `times`");
    let text = format!("{} | times: -1", site.tokens_text(&value[..end]));
    Some(place.finish(mistake, Some(vec![replace(&tokens[..=end], text)]), "write `| times: -1`"))
}

/// `if x then 'a' else 'b'`
fn if_then(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let then = position(site, tokens, &["then"]).filter(|_| site.is(tokens.first(), "if"))?;
    let mistake = Mistake::new(extent(tokens), "Liquid has no `if` as a value: it is a tag");
    let otherwise = position(site, &tokens[then..], &["else"]).map(|at| then + at);
    let condition = condition::in_liquid(site, &tokens[1..then]);
    let edits = condition.and_then(|condition| match otherwise {
        Some(otherwise) => conditional(place, &condition, &tokens[then + 1..otherwise], &tokens[otherwise + 1..]),
        None => place.choice(&condition, site.tokens_text(&tokens[then + 1..]), None),
    });
    Some(place.finish(mistake, edits, "write `{% if … %}…{% else %}…{% endif %}`"))
}

/// `list[list.size - 1]`
fn calculated_index(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let open = tokens.iter().position(|token| site.is(Some(token), "["))?;
    let close = open + tokens[open..].iter().position(|token| site.is(Some(token), "]"))?;
    let inner = &tokens[open + 1..close];
    let operator = inner.iter().skip(1).find(|token| {
        token.kind == TokenKind::Symbol && site.is_any(Some(token), &["+", "-", "*", "/", "%"])
            || token.kind == TokenKind::Number && site.slice(token.span).starts_with('-')
    })?;
    let mistake = Mistake::new(operator.span, "Liquid cannot calculate inside brackets");
    let list = site.tokens_text(&tokens[..open]);
    let written: String = site.tokens_text(inner).split_whitespace().collect();
    let is_last = [".size-1", ".length-1"].iter().any(|end| written == format!("{list}{end}"));
    let edits = is_last.then(|| vec![(extent(&tokens[open..=close]), ".last".to_owned())]);
    let help = "assign the index first: `{% assign at = trigger.n | minus: 1 %}{{ trigger.items[at] }}`";
    Some(place.finish(mistake, edits, help))
}

/// `= x`
fn equals_sign(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, assigned } = place;
    let [mark, value @ ..] = tokens else { return None };
    if !site.is_any(Some(mark), &["=", ":="]) || value.is_empty() || assigned.is_some() {
        return None;
    }
    let mistake = Mistake::new(mark.span, "an output begins with its value");
    let edit = (Span::new(mark.span.start, value[0].span.start), String::new());
    Some(place.finish(mistake, Some(vec![edit]), "remove the `=`"))
}

/// `a ? b : c`
fn question_mark(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let question = position(site, tokens, &["?"])?;
    let mistake = Mistake::new(tokens[question].span, "Liquid has no `? :`");
    let colon = position(site, &tokens[question..], &[":"]).map(|at| question + at);
    // `a ?: b`
    if colon == Some(question + 1) && is_operand(site, &tokens[..question]) && is_operand(site, &tokens[question + 2..])
    {
        let (value, other) = (site.tokens_text(&tokens[..question]), site.tokens_text(&tokens[question + 2..]));
        let mistake = Mistake::new(tokens[question].span, "Liquid has no `?:`: it has the filter `default`");
        let edits = vec![replace(tokens, format!("{value} | default: {other}"))];
        return Some(place.finish(mistake, Some(edits), "write the filter `default`"));
    }
    let edits = colon.and_then(|colon| {
        let (yes, no) = (&tokens[question + 1..colon], &tokens[colon + 1..]);
        let condition = condition::in_liquid(site, &tokens[..question])?;
        conditional(place, &condition, yes, no)
    });
    Some(place.finish(mistake, edits, "write `{% if … %}…{% else %}…{% endif %}`"))
}

/// `a if b else c`
fn python_conditional(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let word = position(site, tokens, &["if"]).filter(|at| *at > 0)?;
    let before = &tokens[word - 1];
    if site.is_any(Some(before), &[".", "|"]) {
        return None;
    }
    let mistake = Mistake::new(tokens[word].span, "Liquid has no `if` after a value");
    let otherwise = position(site, &tokens[word..], &["else"]).map(|at| word + at);
    let condition = condition::in_liquid(site, &tokens[word + 1..otherwise.unwrap_or(tokens.len())]);
    let edits = condition.and_then(|condition| {
        let value = &tokens[..word];
        if let Some(otherwise) = otherwise {
            return conditional(place, &condition, value, &tokens[otherwise + 1..]);
        }
        if site.is_invalid(value) { None } else { place.choice(&condition, site.tokens_text(value), None) }
    });
    Some(place.finish(mistake, edits, "write `{% if … %}…{% else %}…{% endif %}`"))
}

fn conditional(place: Place<'_>, condition: &str, yes: &[Token], no: &[Token]) -> Option<Vec<(Span, String)>> {
    let site = place.site;
    let is_value = |tokens: &[Token]| {
        !tokens.is_empty()
            && operand_end(site, tokens, 0).is_some_and(|end| end == tokens.len() || site.is(tokens.get(end), "|"))
            && !site.is_invalid(tokens)
    };
    if !is_value(yes) || !is_value(no) {
        return None;
    }
    place.choice(condition, site.tokens_text(yes), Some(site.tokens_text(no)))
}

/// `a || b`, `a ?? b`, `a or 'b'`
fn alternative(place: Place<'_>) -> Option<Mistake> {
    const SYMBOLS: [&str; 3] = ["||", "??", "or"];
    let Place { site, tokens, .. } = place;
    let first = position(site, tokens, &SYMBOLS)?;
    let parts: Vec<&[Token]> = tokens.split(|token| site.is_any(Some(token), &SYMBOLS)).collect();
    let written = site.slice(tokens[first].span);
    let are_values = parts.iter().all(|part| is_operand(site, part));
    let ends_in_literal = parts.last().is_some_and(|part| matches!(part, [Token { kind: TokenKind::Quoted, .. }]));
    // `or` is an operator that returns true or false, which is rarely meant to be printed.
    let is_printed = place.assigned.is_none() && site.construct.kind == ConstructKind::Output;
    if written == "or" && !(are_values && (ends_in_literal || is_printed)) {
        return None;
    }
    let message = match written {
        "or" => "`or` does not choose a value: it is true or false".to_owned(),
        _ => format!("`{written}` is not an operator of Liquid: write the filter `default`"),
    };
    let mistake = Mistake::new(tokens[first].span, message);
    if let [_, [filter]] = parts[..]
        && written == "||"
        && filter.kind == TokenKind::Word
        && site.language.filter(site.slice(filter.span)).is_some()
    {
        let span = Span::new(tokens[first].span.start, tokens[first].span.start + 1);
        let message = format!("one `|` before the filter `{}`, not two", site.slice(filter.span));
        let mistake = Mistake::new(tokens[first].span, message);
        return Some(place.finish(mistake, Some(vec![(span, String::new())]), "remove one `|`"));
    }
    let has_default = site.language.filter("default").is_some();
    let edits = (are_values && has_default).then(|| {
        let values = parts.iter().map(|part| site.tokens_text(part));
        vec![replace(tokens, values.collect::<Vec<_>>().join(" | default: "))]
    });
    Some(place.finish(mistake, edits, "write the filter `default`, such as `{{ trigger.name | default: \"…\" }}`"))
}

/// `a && b`
fn conjunction(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let at = position(site, tokens, &["&&"])?;
    let mistake = Mistake::new(tokens[at].span, "`&&` is not an operator of Liquid: write `if`");
    let value = &tokens[at + 1..];
    let edits = if place.assigned.is_some() {
        condition::in_liquid(site, tokens).map(|condition| vec![replace(tokens, condition)])
    } else {
        let condition = condition::in_liquid(site, &tokens[..at]);
        condition
            .filter(|_| is_operand(site, value))
            .and_then(|condition| place.choice(&condition, site.tokens_text(value), None))
    };
    Some(place.finish(mistake, edits, "write `{% if … %}{{ … }}{% endif %}`"))
}

/// An arithmetic expression.
enum Arithmetic<'s> {
    Value(&'s [Token]),
    Operation(Box<Self>, char, Box<Self>),
}

/// `x + 1`, `a * b + c`, `'a' + x`
fn arithmetic(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let end = position(site, tokens, &["|"]).unwrap_or(tokens.len());
    let head = &tokens[..end];
    let operator = head.iter().enumerate().skip(1).find(|(at, token)| {
        let is_symbol = token.kind == TokenKind::Symbol
            && (matches!(site.slice(token.span), "+" | "-" | "*" | "/" | "%" | "~" | "&")
                || is_joining_dot(site, head, *at));
        // `x -1`
        let is_negative = token.kind == TokenKind::Number
            && site.slice(token.span).starts_with('-')
            && matches!(head[at - 1].kind, TokenKind::Word | TokenKind::Number);
        is_symbol || is_negative
    });
    let (_, operator) = operator?;
    let written = site.slice(operator.span).chars().next()?;
    let mut reader = ArithmeticReader { site, tokens: head, at: 0, depth: 0 };
    let tree = reader.sum().filter(|_| reader.at == head.len());
    let span = Span::new(operator.span.start, operator.span.start + 1);
    let (strings, numbers) = (has_kind(head, TokenKind::Quoted), has_kind(head, TokenKind::Number));
    let is_text = strings || matches!(written, '~' | '&' | '.');
    let name = |operator: char| match operator {
        '+' | '~' | '&' | '.' if is_text => "append",
        '+' => "plus",
        '-' => "minus",
        '*' => "times",
        '/' => "divided_by",
        _ => "modulo",
    };
    let message = match written {
        '+' if !is_text && !numbers => {
            "Liquid has no `+`: it has the filters `plus` for numbers and `append` for strings".to_owned()
        }
        written => format!("Liquid has no `{written}`: it has the filter `{}`", name(written)),
    };
    let mistake = Mistake::new(span, message);
    let chain = tree.as_ref().and_then(|tree| tree.as_filters(site, &name, is_text));
    // Without a literal, `+` may add numbers or join strings.
    let is_certain = is_text || numbers || !head.iter().any(|token| site.is(Some(token), "+"));
    let help = "assign the inner part first, then apply the next filter to it";
    match chain {
        Some(chain) if is_certain => Some(place.finish(mistake, Some(vec![replace(head, chain)]), help)),
        Some(chain) => {
            let help = format!("write `{chain}` for numbers, `{}` for strings", chain.replace("| plus:", "| append:"));
            Some(mistake.breaking(site.fails()).help(help).without_fix(vec![replace(head, chain)]))
        }
        None => Some(place.finish(mistake, None, help)),
    }
}

/// A dot with spaces around it, which joins strings in PHP.
fn is_joining_dot(site: Site<'_>, tokens: &[Token], at: usize) -> bool {
    let Some([before, dot, after]) = at.checked_sub(1).and_then(|before| tokens.get(before..at + 2)) else {
        return false;
    };
    site.is(Some(dot), ".") && before.span.end < dot.span.start && dot.span.end < after.span.start
}

fn has_kind(tokens: &[Token], kind: TokenKind) -> bool {
    tokens.iter().any(|token| token.kind == kind)
}

impl Arithmetic<'_> {
    /// The expression as a chain of filters. `None` if an argument would need filters of its own.
    fn as_filters(&self, site: Site<'_>, name: &dyn Fn(char) -> &'static str, is_text: bool) -> Option<String> {
        match self {
            Self::Value(tokens) => Some(site.tokens_text(tokens).to_owned()),
            Self::Operation(left, operator, right) => {
                let filter = name(*operator);
                if let Self::Value(right) = &**right {
                    let left = left.as_filters(site, name, is_text)?;
                    return Some(format!("{left} | {filter}: {}", site.tokens_text(right)));
                }
                let is_commutative = matches!(operator, '+' | '*') && !is_text;
                match &**left {
                    Self::Value(left) if is_commutative => {
                        let right = right.as_filters(site, name, is_text)?;
                        Some(format!("{right} | {filter}: {}", site.tokens_text(left)))
                    }
                    _ => None,
                }
            }
        }
    }
}

struct ArithmeticReader<'s> {
    site: Site<'s>,
    tokens: &'s [Token],
    at: usize,
    depth: usize,
}

impl<'s> ArithmeticReader<'s> {
    fn operator(&mut self, operators: &str) -> Option<char> {
        let token = self.tokens.get(self.at)?;
        let text = self.site.slice(token.span);
        let first = text.chars().next().filter(|first| operators.contains(*first))?;
        let is_symbol = token.kind == TokenKind::Symbol && text.len() == 1;
        if is_symbol {
            self.at += 1;
        }
        (is_symbol || token.kind == TokenKind::Number).then_some(first)
    }

    fn sum(&mut self) -> Option<Arithmetic<'s>> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator("+-~&.") {
            let is_negative = self
                .tokens
                .get(self.at)
                .is_some_and(|token| token.kind == TokenKind::Number && self.site.slice(token.span).starts_with('-'));
            // `x -1`: adding the negative number is the same.
            let operator = if is_negative && operator == '-' && !self.is_after_symbol() { '+' } else { operator };
            left = Arithmetic::Operation(Box::new(left), operator, Box::new(self.product()?));
        }
        Some(left)
    }

    fn is_after_symbol(&self) -> bool {
        self.at.checked_sub(1).is_some_and(|before| self.tokens[before].kind == TokenKind::Symbol)
    }

    fn product(&mut self) -> Option<Arithmetic<'s>> {
        let mut left = self.value()?;
        while let Some(operator) = self.operator("*/%") {
            left = Arithmetic::Operation(Box::new(left), operator, Box::new(self.value()?));
        }
        Some(left)
    }

    fn value(&mut self) -> Option<Arithmetic<'s>> {
        if let Some(end) = operand_end(self.site, self.tokens, self.at) {
            let tokens = &self.tokens[self.at..end];
            self.at = end;
            return Some(Arithmetic::Value(tokens));
        }
        if !self.site.is(self.tokens.get(self.at), "(") || self.depth > 20 {
            return None;
        }
        self.depth += 1;
        self.at += 1;
        let inner = self.sum()?;
        let is_closed = self.site.is(self.tokens.get(self.at), ")");
        self.at += 1;
        self.depth -= 1;
        is_closed.then_some(inner)
    }
}
