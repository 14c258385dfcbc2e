//! The words of other languages, and Liquid's words for the same.

use super::MistakeKind;
use crate::liquid::Language;

/// Operators of other languages in conditions.
pub(super) const OPERATORS: [(&str, &str); 24] = [
    ("&&", "and"),
    ("||", "or"),
    ("AND", "and"),
    ("And", "and"),
    ("OR", "or"),
    ("Or", "or"),
    ("=", "=="),
    ("===", "=="),
    ("!==", "!="),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("=!", "!="),
    ("&", "and"),
    ("eq", "=="),
    ("equals", "=="),
    ("ne", "!="),
    ("neq", "!="),
    ("gt", ">"),
    ("gte", ">="),
    ("ge", ">="),
    ("lt", "<"),
    ("lte", "<="),
    ("le", "<="),
];

/// Operators of other languages for which Liquid has none, by their letters in lower case, and what to do.
pub(super) const MISSING_OPERATORS: [(&str, &str); 8] = [
    ("startswith", START),
    ("beginswith", START),
    ("endswith", START),
    ("like", PATTERN),
    ("matches", PATTERN),
    ("match", PATTERN),
    ("regex", PATTERN),
    ("between", "write `x >= 1 and x <= 3`"),
];

/// What an operator in English means.
#[derive(Clone, Copy, Debug)]
pub(super) enum English {
    /// An operator of Liquid.
    Operator(&'static str),
    /// A comparison with a fixed value.
    Test(&'static str),
    /// The opposite of `contains`.
    NotContains,
    /// A comparison with each of several values.
    OneOf {
        /// Whether the value is none of them.
        is_negated: bool,
    },
    /// Liquid has none; what to do.
    Missing(&'static str),
}

/// Operators in English, longer ones before their beginnings.
pub(super) const ENGLISH_OPERATORS: [(&str, English); 46] = [
    ("is greater than or equal to", English::Operator(">=")),
    ("greater than or equal to", English::Operator(">=")),
    ("is less than or equal to", English::Operator("<=")),
    ("less than or equal to", English::Operator("<=")),
    ("is greater than", English::Operator(">")),
    ("is more than", English::Operator(">")),
    ("is less than", English::Operator("<")),
    ("is above", English::Operator(">")),
    ("is below", English::Operator("<")),
    ("greater than", English::Operator(">")),
    ("more than", English::Operator(">")),
    ("less than", English::Operator("<")),
    ("is at least", English::Operator(">=")),
    ("is at most", English::Operator("<=")),
    ("at least", English::Operator(">=")),
    ("at most", English::Operator("<=")),
    ("is not equal to", English::Operator("!=")),
    ("not equal to", English::Operator("!=")),
    ("does not equal", English::Operator("!=")),
    ("is equal to", English::Operator("==")),
    ("equal to", English::Operator("==")),
    ("equals to", English::Operator("==")),
    ("equal", English::Operator("==")),
    ("is not one of", English::OneOf { is_negated: true }),
    ("is not in", English::OneOf { is_negated: true }),
    ("is none of", English::OneOf { is_negated: true }),
    ("is one of", English::OneOf { is_negated: false }),
    ("is any of", English::OneOf { is_negated: false }),
    ("is in", English::OneOf { is_negated: false }),
    ("one of", English::OneOf { is_negated: false }),
    ("does not contain", English::NotContains),
    ("does not include", English::NotContains),
    ("not contain", English::NotContains),
    ("contain", English::Operator("contains")),
    ("include", English::Operator("contains")),
    ("includes", English::Operator("contains")),
    ("has", English::Operator("contains")),
    ("does not exist", English::Test("== nil")),
    ("not exists", English::Test("== nil")),
    ("is missing", English::Test("== nil")),
    ("exists", English::Test("!= nil")),
    ("exist", English::Test("!= nil")),
    ("starts with", English::Missing(START)),
    ("begins with", English::Missing(START)),
    ("ends with", English::Missing(START)),
    ("is like", English::Missing(PATTERN)),
];

/// Tests of Jinja and Twig that Liquid cannot express in a condition, and what to do.
pub(super) const TESTS: [(&str, &str); 13] = [
    ("even", "assign the rest first: `{% assign rest = trigger.n | modulo: 2 %}`, then `{% if rest == 0 %}`"),
    ("odd", "assign the rest first: `{% assign rest = trigger.n | modulo: 2 %}`, then `{% if rest == 1 %}`"),
    ("divisible", "assign the rest first: `{% assign rest = trigger.n | modulo: 3 %}`, then `{% if rest == 0 %}`"),
    ("divisibleby", "assign the rest first: `{% assign rest = trigger.n | modulo: 3 %}`, then `{% if rest == 0 %}`"),
    ("iterable", NO_TYPES),
    ("string", NO_TYPES),
    ("number", NO_TYPES),
    ("mapping", NO_TYPES),
    ("sequence", NO_TYPES),
    ("array", NO_TYPES),
    ("object", NO_TYPES),
    ("same", "write `==`"),
    ("matching", PATTERN),
];
const NO_TYPES: &str = "Liquid has no tests of types: send a value in `message_data` that you can compare";

/// Methods of Ruby that answer a question, and the comparison that does in Liquid.
pub(super) const QUESTIONS: [(&str, &str); 9] = [
    ("nil?", " == nil"),
    ("empty?", " == empty"),
    ("blank?", " == blank"),
    ("present?", " != blank"),
    ("any?", ".size > 0"),
    ("none?", ".size == 0"),
    ("zero?", " == 0"),
    ("positive?", " > 0"),
    ("exists?", " != nil"),
];

const START: &str =
    "compare a part of the string: `{% assign start = trigger.name | slice: 0, 3 %}`, or use `contains`";
const PATTERN: &str = "Liquid has no patterns: `contains` looks for a part of a string";

/// Functions of other languages in conditions: what comes after their argument in Liquid.
pub(super) const CONDITION_FUNCTIONS: [(&str, &str); 12] = [
    ("empty", " == empty"),
    ("isempty", " == empty"),
    ("isblank", " == blank"),
    ("isnull", " == nil"),
    ("isnil", " == nil"),
    ("isset", " != nil"),
    ("defined", " != nil"),
    ("exists", " != nil"),
    ("len", ".size"),
    ("length", ".size"),
    ("count", ".size"),
    ("size", ".size"),
];

/// Words of other languages for values.
pub(super) const LITERALS: [(&str, &str); 10] = [
    ("None", "nil"),
    ("NULL", "nil"),
    ("Null", "nil"),
    ("Nil", "nil"),
    ("undefined", "nil"),
    ("none", "nil"),
    ("True", "true"),
    ("TRUE", "true"),
    ("False", "false"),
    ("FALSE", "false"),
];

/// What to write instead of a tag that does not exist.
#[derive(Clone, Copy, Debug)]
pub(super) enum TagMeant {
    /// Another tag with the same arguments.
    Tag(&'static str),
    /// Something else.
    Advice(&'static str),
}

/// Tags of other languages.
pub(super) const TAGS: [(&str, TagMeant); 70] = [
    ("elseif", TagMeant::Tag("elsif")),
    ("elif", TagMeant::Tag("elsif")),
    ("elsf", TagMeant::Tag("elsif")),
    ("elsefi", TagMeant::Tag("elsif")),
    ("else_if", TagMeant::Tag("elsif")),
    ("elsiff", TagMeant::Tag("elsif")),
    ("otherwise", TagMeant::Tag("else")),
    ("set", TagMeant::Tag("assign")),
    ("let", TagMeant::Tag("assign")),
    ("var", TagMeant::Tag("assign")),
    ("const", TagMeant::Tag("assign")),
    ("define", TagMeant::Tag("assign")),
    ("foreach", TagMeant::Tag("for")),
    ("endforeach", TagMeant::Tag("endfor")),
    ("each", TagMeant::Tag("for")),
    ("endeach", TagMeant::Tag("endfor")),
    ("loop", TagMeant::Tag("for")),
    ("endloop", TagMeant::Tag("endfor")),
    ("switch", TagMeant::Tag("case")),
    ("endswitch", TagMeant::Tag("endcase")),
    ("fi", TagMeant::Tag("endif")),
    ("done", TagMeant::Tag("endfor")),
    ("print", TagMeant::Tag("echo")),
    ("output", TagMeant::Tag("echo")),
    ("default", TagMeant::Tag("else")),
    ("empty", TagMeant::Tag("else")),
    ("next", TagMeant::Tag("continue")),
    ("end_if", TagMeant::Tag("endif")),
    ("end_for", TagMeant::Tag("endfor")),
    ("end_unless", TagMeant::Tag("endunless")),
    ("end_case", TagMeant::Tag("endcase")),
    ("end_capture", TagMeant::Tag("endcapture")),
    ("end_comment", TagMeant::Tag("endcomment")),
    ("verbatim", TagMeant::Tag("raw")),
    ("endverbatim", TagMeant::Tag("endraw")),
    ("abort_message", TagMeant::Advice(ABORT)),
    ("abort", TagMeant::Advice(ABORT)),
    ("cancel", TagMeant::Advice(ABORT)),
    ("cancel_message", TagMeant::Advice(ABORT)),
    ("exit", TagMeant::Advice(ABORT)),
    ("stop", TagMeant::Advice(ABORT)),
    ("return", TagMeant::Advice(ABORT)),
    ("raise", TagMeant::Advice(ABORT)),
    ("fail", TagMeant::Advice(ABORT)),
    ("connected_content", TagMeant::Advice("a message cannot fetch data: send it in the request's `message_data`")),
    ("range", TagMeant::Tag("for")),
    ("do", TagMeant::Advice("Liquid has no `do`: `{% assign name = value %}` assigns a value")),
    ("ifequal", TagMeant::Advice("write `{% if trigger.a == trigger.b %}` and `{% endif %}`")),
    ("ifnotequal", TagMeant::Advice("write `{% if trigger.a != trigger.b %}` and `{% endif %}`")),
    ("url", TagMeant::Advice("a message knows no routes: write the whole URL, or send it in `message_data`")),
    ("load", TagMeant::Advice("a message has nothing to load: all filters and tags are there")),
    ("autoescape", TagMeant::Advice("Customer.io escapes nothing: remove it and its end tag")),
    ("spaceless", TagMeant::Advice("remove whitespace with `-`: `{%- if … -%}`, `{{- … -}}`")),
    ("form", TagMeant::Advice(SHOP)),
    ("paginate", TagMeant::Advice(SHOP)),
    ("schema", TagMeant::Advice(SHOP)),
    ("style", TagMeant::Advice(SHOP)),
    ("stylesheet", TagMeant::Advice(SHOP)),
    ("javascript", TagMeant::Advice(SHOP)),
    ("while", TagMeant::Advice("Liquid has no `while`: loop over a range, such as `{% for i in (1..10) %}`")),
    ("macro", TagMeant::Advice("share content in a snippet: a file in `snippets/`, read as `{{ snippets.name }}`")),
    ("import", TagMeant::Advice("share content in a snippet: a file in `snippets/`, read as `{{ snippets.name }}`")),
    ("extends", TagMeant::Advice("share content in a snippet: a file in `snippets/`, read as `{{ snippets.name }}`")),
    ("section", TagMeant::Advice("share content in a snippet: a file in `snippets/`, read as `{{ snippets.name }}`")),
    (
        "filter",
        TagMeant::Advice("put the text into `{% capture text %}…{% endcapture %}`, then filter `{{ text | … }}`"),
    ),
    ("with", TagMeant::Advice("assign the value to a variable: `{% assign name = value %}`")),
    ("trans", TagMeant::Advice("translate with a variant of the template for each language")),
    ("now", TagMeant::Advice(NOW)),
    ("date", TagMeant::Advice(NOW)),
    ("csrf_token", TagMeant::Advice("a message has no forms: remove it")),
];

const SHOP: &str = "only shops have it: remove it and its end tag";
const ABORT: &str = "a template cannot stop its own message: decide in your backend whether to send the request";
/// How to print the current date.
pub(super) const NOW: &str = "print the current date with the filter `date`: `{{ 'now' | date: '%Y-%m-%d' }}`";

/// What to write instead of a filter that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterMeant {
    /// Other filters with the same input: the text after the bar.
    Filters(&'static str),
    /// Something else.
    Advice(&'static str),
}

/// Filters and methods of other languages, by their letters in lower case: `toUpperCase` is `touppercase`. The arguments
/// of a filter without arguments of its own are kept.
const FILTERS: [(&str, FilterMeant); 113] = [
    ("length", FilterMeant::Filters("size")),
    ("len", FilterMeant::Filters("size")),
    ("count", FilterMeant::Filters("size")),
    ("strlen", FilterMeant::Filters("size")),
    ("upper", FilterMeant::Filters("upcase")),
    ("uppercase", FilterMeant::Filters("upcase")),
    ("toupper", FilterMeant::Filters("upcase")),
    ("touppercase", FilterMeant::Filters("upcase")),
    ("ucase", FilterMeant::Filters("upcase")),
    ("lower", FilterMeant::Filters("downcase")),
    ("lowercase", FilterMeant::Filters("downcase")),
    ("tolower", FilterMeant::Filters("downcase")),
    ("tolowercase", FilterMeant::Filters("downcase")),
    ("lcase", FilterMeant::Filters("downcase")),
    ("title", FilterMeant::Filters("titlecase")),
    ("titleize", FilterMeant::Filters("titlecase")),
    ("capfirst", FilterMeant::Filters("capitalize")),
    ("ucfirst", FilterMeant::Filters("capitalize")),
    ("capitalise", FilterMeant::Filters("capitalize")),
    ("capitalizefirst", FilterMeant::Filters("capitalize")),
    ("trim", FilterMeant::Filters("strip")),
    ("trimstart", FilterMeant::Filters("lstrip")),
    ("ltrim", FilterMeant::Filters("lstrip")),
    ("trimend", FilterMeant::Filters("rstrip")),
    ("rtrim", FilterMeant::Filters("rstrip")),
    ("money", FilterMeant::Advice(MONEY)),
    ("moneywithcurrency", FilterMeant::Advice(MONEY)),
    ("moneywithoutcurrency", FilterMeant::Advice(MONEY)),
    ("moneywithouttrailingzeros", FilterMeant::Advice(MONEY)),
    ("formatmoney", FilterMeant::Advice(MONEY)),
    ("price", FilterMeant::Advice(MONEY)),
    ("formatcurrency", FilterMeant::Advice(MONEY)),
    ("flatten", FilterMeant::Advice(FLATTEN)),
    ("flat", FilterMeant::Advice(FLATTEN)),
    ("flatmap", FilterMeant::Advice(FLATTEN)),
    ("tojson", FilterMeant::Filters("json")),
    ("jsonencode", FilterMeant::Filters("json")),
    ("stringify", FilterMeant::Filters("json")),
    ("dump", FilterMeant::Filters("json")),
    ("jsonparse", FilterMeant::Filters("from_json")),
    ("parsejson", FilterMeant::Filters("from_json")),
    ("jsondecode", FilterMeant::Filters("from_json")),
    ("asjsonobject", FilterMeant::Filters("from_json")),
    ("unique", FilterMeant::Filters("uniq")),
    ("distinct", FilterMeant::Filters("uniq")),
    ("ordinal", FilterMeant::Advice("Liquid has no ordinal numbers: choose the ending with `case`")),
    ("add", FilterMeant::Filters("plus")),
    ("sub", FilterMeant::Filters("minus")),
    ("subtract", FilterMeant::Filters("minus")),
    ("mul", FilterMeant::Filters("times")),
    ("multiply", FilterMeant::Filters("times")),
    ("multipliedby", FilterMeant::Filters("times")),
    ("div", FilterMeant::Filters("divided_by")),
    ("divide", FilterMeant::Filters("divided_by")),
    ("divideby", FilterMeant::Filters("divided_by")),
    ("mod", FilterMeant::Filters("modulo")),
    ("ceiling", FilterMeant::Filters("ceil")),
    ("min", FilterMeant::Advice("the smaller of two numbers is `at_most`, the larger is `at_least`")),
    ("max", FilterMeant::Advice("the larger of two numbers is `at_least`, the smaller is `at_most`")),
    ("int", FilterMeant::Filters("to_integer")),
    ("toint", FilterMeant::Filters("to_integer")),
    ("parseint", FilterMeant::Filters("to_integer")),
    ("integer", FilterMeant::Filters("to_integer")),
    ("float", FilterMeant::Filters("plus: 0")),
    ("tonumber", FilterMeant::Filters("plus: 0")),
    ("number", FilterMeant::Filters("plus: 0")),
    ("tofloat", FilterMeant::Filters("plus: 0")),
    ("parsefloat", FilterMeant::Filters("plus: 0")),
    ("string", FilterMeant::Filters("append: ''")),
    ("tostring", FilterMeant::Filters("append: ''")),
    ("tos", FilterMeant::Filters("append: ''")),
    ("str", FilterMeant::Filters("append: ''")),
    ("tofixed", FilterMeant::Filters("round")),
    ("numberformat", FilterMeant::Filters("format_number")),
    ("numberwithdelimiter", FilterMeant::Filters("format_number")),
    ("numberwithcommas", FilterMeant::Filters("format_number")),
    ("formatdate", FilterMeant::Filters("date")),
    ("dateformat", FilterMeant::Filters("date")),
    ("strftime", FilterMeant::Filters("date")),
    ("timezoneconvert", FilterMeant::Filters("timezone")),
    ("intimezone", FilterMeant::Filters("timezone")),
    ("truncatechars", FilterMeant::Filters("truncate")),
    ("substring", FilterMeant::Advice("cut a string with `slice`: `slice: 0, 5` is its first five characters")),
    ("substr", FilterMeant::Filters("slice")),
    ("striptags", FilterMeant::Filters("strip_html")),
    ("nl2br", FilterMeant::Filters("newline_to_br")),
    ("urlencode", FilterMeant::Filters("url_encode")),
    ("encodeuricomponent", FilterMeant::Filters("url_encode")),
    ("replaceall", FilterMeant::Filters("replace")),
    ("safe", FilterMeant::Advice(ESCAPES)),
    ("implode", FilterMeant::Filters("join")),
    ("pluck", FilterMeant::Filters("map")),
    ("html", FilterMeant::Advice(ESCAPES)),
    ("e", FilterMeant::Advice(ESCAPES)),
    ("t", FilterMeant::Advice(TRANSLATE)),
    ("trans", FilterMeant::Advice(TRANSLATE)),
    ("translate", FilterMeant::Advice(TRANSLATE)),
    ("fallback", FilterMeant::Filters("default")),
    ("ifempty", FilterMeant::Filters("default")),
    ("escapejson", FilterMeant::Filters("json")),
    ("escapejs", FilterMeant::Filters("json")),
    ("floatformat", FilterMeant::Filters("round")),
    ("format", FilterMeant::Advice(FORMAT)),
    ("printf", FilterMeant::Advice(FORMAT)),
    ("sprintf", FilterMeant::Advice(FORMAT)),
    ("asseturl", FilterMeant::Advice(SHOP_URL)),
    ("imgurl", FilterMeant::Advice(SHOP_URL)),
    ("imageurl", FilterMeant::Advice(SHOP_URL)),
    ("fileurl", FilterMeant::Advice(SHOP_URL)),
    ("imagetag", FilterMeant::Advice(SHOP_URL)),
    ("lookup", FilterMeant::Advice("a property comes after a dot: `{{ customer.first_name }}`")),
    ("filter", FilterMeant::Advice("keep elements with `where: \"property\", value`")),
    ("orderby", FilterMeant::Filters("sort")),
];

const FORMAT: &str = "Liquid has no `printf`: join strings with `append`, and round numbers with `round: 2`";
const SHOP_URL: &str = "only shops have it: write the whole URL, or send it in `message_data`";
const ESCAPES: &str = "Customer.io escapes nothing: remove the filter";
pub(super) const TRANSLATE: &str = "translate with a variant of the template for each language";
const MONEY: &str = "format money with `currency`: `currency: \"en-US\", \"USD\"`";
const FLATTEN: &str = "Liquid cannot flatten a list: send a flat one in `message_data`, or use two loops";

/// What is meant by a filter that does not exist, if another language has it.
#[must_use]
pub fn filter_meant(name: &str, language: &Language) -> Option<FilterMeant> {
    let letters = letters(name);
    let meant = FILTERS.iter().find(|(known, _)| *known == letters).map(|(_, meant)| *meant);
    let exists = |meant: &FilterMeant| match meant {
        FilterMeant::Filters(filters) => language.filter(filters.split(':').next().unwrap_or_default()).is_some(),
        FilterMeant::Advice(_) => true,
    };
    // Another spelling of one of Liquid's own, such as `stripHtml`.
    let same = || language.filter_names().find(|known| self::letters(known) == letters).map(FilterMeant::Filters);
    same().or_else(|| meant.filter(exists))
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

impl MistakeKind {
    /// The name of the rule or code of its findings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Syntax => "liquid-syntax",
            Self::UnknownTag => "unknown-tag",
            Self::UnknownFilter => "unknown-filter",
        }
    }
}

/// The variables that every template can read, for text that looks like code.
pub(super) const ROOTS: [&str; 7] = ["trigger", "customer", "snippets", "objects", "campaign", "message", "event"];
