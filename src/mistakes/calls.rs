//! Calls of methods and functions in values: `x.trim()`, `x.split(" ")[0]`, `upper(x)`, `IF(a, b, c)`, and the helpers of
//! Handlebars and Go, which are written without parentheses.

use super::expression::{before, is_operand, operand_end, replace, variable_name};
use super::scan::{ConstructKind, Token, TokenKind};
use super::value::Place;
use super::words::{FilterMeant, NOW, ROOTS, TRANSLATE, filter_meant};
use super::{Mistake, Site, condition, extent};

/// Deepest nesting of calls.
const MAX_DEPTH: usize = 8;
/// Objects whose methods are functions of their arguments.
const FUNCTION_OBJECTS: [&str; 7] = ["Math", "JSON", "Number", "String", "Object", "Array", "Date"];
/// Functions that return the current time.
const CLOCKS: [&str; 7] = ["now", "today", "date", "time", "Date", "currentdate", "getdate"];
/// Functions that choose by a condition.
const CHOICES: [&str; 3] = ["if", "iif", "ifelse"];
/// Functions whose second argument takes the place of a missing first one.
const DEFAULTS: [&str; 8] = ["coalesce", "nvl", "ifnull", "isnull", "iferror", "ifempty", "default", "firstnonempty"];
/// Functions that join strings.
const JOINS: [&str; 3] = ["concatenate", "concat", "textjoin"];
/// Functions that translate.
const TRANSLATIONS: [&str; 7] = ["_", "__", "t", "gettext", "trans", "translate", "i18n"];
/// Helpers of Handlebars, functions of Go, and operators of JavaScript, that have no filter of the same meaning.
const HELPERS: [(&str, &str); 9] = [
    ("insert", "write the value and a default: `{{ trigger.name | default: \"…\" }}`"),
    ("lookup", "write an element in brackets: `{{ trigger.items[0] }}`"),
    ("printf", "join strings with `append`, and round numbers with `round: 2`"),
    ("sprintf", "join strings with `append`, and round numbers with `round: 2`"),
    ("typeof", "Liquid has no types of values: compare the value"),
    ("new", NOW),
    ("index", "write an element in brackets: `{{ trigger.items[0] }}`"),
    ("call", "Liquid has no functions: write the value with filters"),
    ("include", "a snippet is a variable: `{{ snippets.name }}`"),
];
const WRITE_FILTER: &str = "write a filter, such as `{{ trigger.name | upcase }}`";

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A call, with the calls of methods that follow it.
pub(super) fn call(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let is_new = site.is(tokens.first(), "new");
    let tokens = if is_new { &tokens[1..] } else { tokens };
    let path_end = operand_end(site, tokens, 0)?;
    // The arguments of a filter in parentheses are another mistake.
    let open = tokens.get(path_end).filter(|open| site.is(Some(open), "("))?;
    if open.span.start != tokens[path_end - 1].span.end {
        return None;
    }
    let name = &tokens[path_end - 1];
    let method = site.slice(name.span);
    let is_function = path_end == 1 || FUNCTION_OBJECTS.contains(&site.slice(tokens[0].span));
    let what = if is_function { "functions" } else { "methods" };
    let mistake = Mistake::new(name.span, format!("`{method}(…)`: Liquid has no {what}, only filters"));
    let close = closing(site, tokens, path_end)?;
    let arguments = split(site, &tokens[path_end + 1..close]);
    let known = letters(method);
    if arguments.is_empty() && !is_function && matches!(method, "first" | "last" | "size") {
        let message = format!("`{method}(…)`: Liquid has no methods; `.{method}` has no parentheses");
        let edits = vec![(extent(&tokens[path_end..=close]), String::new())];
        return Some(place.finish(Mistake::new(name.span, message), Some(edits), "remove the parentheses"));
    }
    if arguments.is_empty() && is_function && CLOCKS.iter().any(|clock| letters(clock) == known) {
        let is_formatted = site.is(tokens.get(close + 1), "|") && site.is(tokens.get(close + 2), "date");
        let edits = is_formatted.then(|| vec![replace(&place.tokens[..=close + usize::from(is_new)], "'now'")]);
        return Some(place.finish(mistake, edits, NOW));
    }
    if is_function && TRANSLATIONS.contains(&method) {
        return Some(place.finish(mistake, None, TRANSLATE));
    }
    if path_end == 1 && CHOICES.contains(&known.as_str()) && close + 1 == tokens.len() {
        let edits = match arguments[..] {
            [chosen, yes, no] => condition::in_liquid(site, chosen).and_then(|chosen| {
                let is_value = |tokens: &[Token]| is_operand(site, tokens);
                (is_value(yes) && is_value(no))
                    .then(|| place.choice(&chosen, site.tokens_text(yes), Some(site.tokens_text(no))))?
            }),
            _ => None,
        };
        let mistake = Mistake::new(name.span, format!("`{method}(…)`: Liquid has no functions, but a tag `if`"));
        return Some(place.finish(mistake, edits, "write `{% if … %}…{% else %}…{% endif %}`"));
    }
    let Some((text, end)) = chain(site, tokens, 0) else {
        return Some(place.finish(mistake, None, WRITE_FILTER));
    };
    let is_whole = end == tokens.len() || site.is(tokens.get(end), "|");
    if is_whole {
        return Some(place.finish(mistake, Some(vec![replace(&tokens[..end], text)]), WRITE_FILTER));
    }
    // `x.split(" ")[0]`
    if site.is_any(tokens.get(end), &["[", "."]) && site.construct.kind != ConstructKind::Line && !is_new {
        let variable = variable_name(site, &tokens[..path_end.saturating_sub(2).max(1)], "part");
        let (left, _) = site.construct.trim_marks(site.text);
        let assign = format!("{{%{left} assign {variable} = {text} %}}");
        let edits = vec![before(site, assign), replace(&tokens[..end], variable)];
        return Some(place.finish(mistake, Some(edits), "assign the result first"));
    }
    Some(place.finish(mistake, None, WRITE_FILTER))
}

/// The position of the parenthesis that closes another.
fn closing(site: Site<'_>, tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let at = tokens[open..].iter().position(|token| {
        depth += usize::from(site.is(Some(token), "("));
        depth -= usize::from(site.is(Some(token), ")") && depth > 0);
        depth == 0
    })?;
    Some(open + at)
}

/// Arguments between commas.
fn split<'t>(site: Site<'_>, tokens: &'t [Token]) -> Vec<&'t [Token]> {
    let mut depth = 0_i32;
    let arguments = tokens.split(|token| {
        depth += i32::from(site.is_any(Some(token), &["(", "["]));
        depth -= i32::from(site.is_any(Some(token), &[")", "]"]));
        depth == 0 && site.is(Some(token), ",")
    });
    arguments.filter(|argument| !argument.is_empty()).collect()
}

/// A value with calls as a value with filters, and where it ends. `None` if there is no filter for a call.
pub(super) fn chain(site: Site<'_>, tokens: &[Token], depth: usize) -> Option<(String, usize)> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut end = operand_end(site, tokens, 0)?;
    if !site.is(tokens.get(end), "(") {
        return Some((site.tokens_text(&tokens[..end]).to_owned(), end));
    }
    let path = &tokens[..end];
    let close = closing(site, tokens, end)?;
    let arguments = split(site, &tokens[end + 1..close]);
    let method = site.slice(path[end - 1].span);
    let is_function = path.len() == 1 || FUNCTION_OBJECTS.contains(&site.slice(path[0].span));
    let mut text = if is_function {
        let (input, arguments) = arguments.split_first()?;
        let (input, _) = chain(site, input, depth + 1).filter(|(_, end)| *end == input.len())?;
        function(site, method, &input, arguments)?
    } else {
        let input = site.tokens_text(path.get(..end.checked_sub(2)?)?);
        format!("{input}{}", filter(site, method, &arguments)?)
    };
    end = close + 1;
    // `.join(", ")`
    while let [dot, name, open, ..] = tokens.get(end..)?
        && site.is(Some(dot), ".")
        && name.kind == TokenKind::Word
        && site.is(Some(open), "(")
    {
        let close = closing(site, tokens, end + 2)?;
        let arguments = split(site, &tokens[end + 3..close]);
        text.push_str(&filter(site, site.slice(name.span), &arguments)?);
        end = close + 1;
    }
    Some((text, end))
}

/// A function of an input and arguments.
fn function(site: Site<'_>, name: &str, input: &str, arguments: &[&[Token]]) -> Option<String> {
    let known = letters(name);
    let are_simple = arguments.iter().all(|argument| is_operand(site, argument));
    let each = |filter: &str| {
        let filters = arguments.iter().map(|argument| format!(" | {filter}: {}", site.tokens_text(argument)));
        are_simple.then(|| format!("{input}{}", filters.collect::<String>()))
    };
    if JOINS.contains(&known.as_str()) {
        return each("append");
    }
    if DEFAULTS.contains(&known.as_str()) && !arguments.is_empty() {
        return each("default");
    }
    if known == "sum"
        && arguments.is_empty()
        && let Some((list, property)) = input.rsplit_once('.').filter(|(list, _)| list.contains('.'))
    {
        return Some(format!("{list} | sum: '{property}'"));
    }
    Some(format!("{input}{}", filter(site, name, arguments)?))
}

/// The filter for a method, with its arguments.
fn filter(site: Site<'_>, method: &str, arguments: &[&[Token]]) -> Option<String> {
    let filter = match filter_meant(method, site.language) {
        Some(FilterMeant::Filters(filter)) => filter,
        _ => site.language.filter(method)?.name,
    };
    let arguments: Option<Vec<_>> = arguments.iter().map(|argument| self::argument(site, argument)).collect();
    let arguments = arguments?.join(", ");
    match (arguments.is_empty(), filter.contains(':')) {
        (true, _) => Some(format!(" | {filter}")),
        (false, false) => Some(format!(" | {filter}: {arguments}")),
        (false, true) => None,
    }
}

/// An argument of a filter; a function of a property is its name.
fn argument(site: Site<'_>, tokens: &[Token]) -> Option<String> {
    if is_operand(site, tokens) {
        return Some(site.tokens_text(tokens).to_owned());
    }
    property(site, tokens).map(|name| format!("'{name}'"))
}

/// `i => i.name`, `&:name`
pub(super) fn property<'s>(site: Site<'s>, tokens: &[Token]) -> Option<&'s str> {
    let name = |token: &Token| (token.kind == TokenKind::Word).then(|| site.slice(token.span));
    match tokens {
        [ampersand, colon, word] if site.is(Some(ampersand), "&") && site.is(Some(colon), ":") => name(word),
        [item, arrow, again, dot, word]
            if site.is(Some(arrow), "=>") && site.is(Some(dot), ".") && name(item)? == name(again)? =>
        {
            name(word)
        }
        [open, item, close, arrow, again, dot, word]
            if site.is(Some(open), "(")
                && site.is(Some(close), ")")
                && site.is(Some(arrow), "=>")
                && site.is(Some(dot), ".")
                && name(item)? == name(again)? =>
        {
            name(word)
        }
        _ => None,
    }
}

/// `formatDate trigger.date "YYYY"`, `printf "%d" trigger.n`: a helper before its values.
pub(super) fn helper(place: Place<'_>) -> Option<Mistake> {
    let Place { site, tokens, .. } = place;
    let [name, values @ ..] = tokens else { return None };
    let written = site.slice(name.span);
    if name.kind != TokenKind::Word || ROOTS.contains(&written) || written == "not" {
        return None;
    }
    let first_end = operand_end(site, values, 0)?;
    let first = site.slice(values[0].span);
    let known = letters(written);
    let advice = HELPERS.iter().find(|(helper, _)| *helper == known);
    let meant = match filter_meant(written, site.language) {
        Some(FilterMeant::Filters(filter)) => Some(filter),
        _ => site.language.filter(written).map(|filter| filter.name),
    };
    let is_value = match values[0].kind {
        TokenKind::Quoted | TokenKind::Number => true,
        TokenKind::Word => ROOTS.contains(&first),
        _ => false,
    };
    if !(is_value || advice.is_some()) || values[0].span.start == name.span.end {
        return None;
    }
    // The span covers the values, which are a part of the mistake.
    let mistake = Mistake::new(
        extent(tokens),
        format!("`{written} …` is a call of a function: Liquid has filters, which come after the value"),
    );
    if known == "lookup"
        && let (Some(end), true) = (operand_end(site, values, first_end), is_value)
        && end == values.len()
    {
        let (list, key) = (site.tokens_text(&values[..first_end]), site.tokens_text(&values[first_end..]));
        return Some(place.finish(mistake, Some(vec![replace(tokens, format!("{list}[{key}]"))]), "write brackets"));
    }
    if let Some((_, advice)) = advice {
        return Some(place.finish(mistake, None, advice));
    }
    let edits = meant
        .filter(|_| first_end == values.len() && is_value)
        .map(|filter| vec![replace(tokens, format!("{} | {filter}", site.tokens_text(values)))]);
    let help = match meant {
        Some(filter) => {
            let value = site.tokens_text(&values[..first_end]);
            format!("write the filter `{filter}` after the value: `{{{{ {value} | {filter}: … }}}}`")
        }
        None => WRITE_FILTER.to_owned(),
    };
    Some(place.finish(mistake, edits, &help))
}
