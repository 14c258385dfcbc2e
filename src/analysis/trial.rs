//! Trials: what an expression prints for a value of its variable, found by rendering it.

use crate::liquid::syntax::tree::{Expression, OperandKind, SegmentKey, Step};
use crate::liquid::value::{json, utf16};
use crate::liquid::{Arena, Language, Options, Output, Template};

/// Values as JSON, one of each sort that some filter treats differently.
pub const VALUES: [&str; 19] = [
    r#""""#,
    r#"" ""#,
    r#""a word""#,
    r#"" A Word ""#,
    r#""two\nlines""#,
    r#""<b>&\"'""#,
    r#""12.50""#,
    r#""2026-01-02""#,
    "null",
    "false",
    "true",
    "0",
    "7",
    "-2.5",
    "1767312000",
    "[]",
    r#"["b", "a"]"#,
    "{}",
    r#"{"a": 1}"#,
];

/// What an expression prints if the variable at `path` has `value`, which is JSON. With `None`, the variable is
/// missing. All other variables are missing as well. Returns `None` if the expression fails.
///
/// ```
/// use inkproof::{analysis::prints, customerio::CUSTOMERIO};
/// let prints = |value| prints(&CUSTOMERIO, "trigger.name | upcase", &["trigger", "name"], value);
/// assert_eq!(prints(Some(r#""Ada""#)).as_deref(), Some("ADA"));
/// assert_eq!(prints(None), None);
/// ```
#[must_use]
pub fn prints(language: &Language, expression: &str, path: &[&str], value: Option<&str>) -> Option<String> {
    let template = format!("{{{{ {} }}}}", expression.trim());
    let mut data = value.unwrap_or("{}").to_owned();
    // If the variable is missing, the objects around it still exist.
    let holders = if value.is_some() { path } else { &path[..path.len().saturating_sub(1)] };
    for name in holders.iter().rev() {
        let mut key = String::new();
        json::write_string(name, &mut key);
        data = format!("{{{key}: {data}}}");
    }
    let arena = Arena::new();
    let template = Template::parse(&template, language, &arena).ok()?;
    let data = json::read(&data, &arena).ok()?;
    let mut out = Output::new();
    let options = Options { now: Some(0.0), seed: Some(0), ..Options::default() };
    template.render(data, &options, &arena, &mut out).ok()?;
    Some(utf16::to_utf8(out.text()).into_owned())
}

/// The names of a path, if the expression is a single operand that consists of plain names.
#[must_use]
pub fn variable_of<'a>(expression: &Expression<'a>) -> Option<Vec<&'a str>> {
    let [Step::Operand(operand)] = expression.steps else { return None };
    let OperandKind::Path { base: None, segments } = operand.kind else { return None };
    let names = segments.iter().map(|segment| match segment.key {
        SegmentKey::Name("first" | "last" | "size" | "length") | SegmentKey::Computed(_) => None,
        SegmentKey::Name(name) => Some(name),
    });
    names.collect()
}
