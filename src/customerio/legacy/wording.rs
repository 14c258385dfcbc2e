//! The error messages of the legacy Liquid, as Customer.io's composer lists them.

use crate::liquid::syntax::dialect::{Surroundings, Wording};
use crate::liquid::{Error, ErrorKind, Subject};

/// The wording of the legacy Liquid's errors.
pub const WORDING: Wording = Wording { name, message };

/// Ruby's name for a kind of error.
const fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UndefinedVariable => "Liquid::VariableNotFound",
        ErrorKind::Parse | ErrorKind::Tokenization => "Liquid::SyntaxError",
        ErrorKind::Assertion | ErrorKind::Render => "Liquid::Error",
    }
}

/// The messages for tags with invalid arguments.
const SYNTAX: [(&str, &str); 8] = [
    ("if", "Syntax Error in tag 'if' - Valid syntax: if [expression]"),
    ("elsif", "Syntax Error in tag 'if' - Valid syntax: if [expression]"),
    ("unless", "Syntax Error in tag 'if' - Valid syntax: if [expression]"),
    ("assign", "Syntax Error in tag 'assign' - Valid syntax: assign [var] = [source]"),
    ("capture", "Syntax Error in tag 'capture' - Valid syntax: capture [var]"),
    ("case", "Syntax Error in 'case' - Valid syntax: case [condition]"),
    ("cycle", "Syntax Error in 'cycle' - Valid syntax: cycle [name :] var [, var2, var3 ...]"),
    ("for", "Syntax Error in 'for loop' - Valid syntax: for [item] in [collection]"),
];

fn message(error: &Error, Surroundings { tag, block }: Surroundings<'_>) -> Option<String> {
    Some(match error.subject() {
        Some(Subject::MissingVariable(path)) if path == "event" || path.starts_with("event.") => {
            format!("event or {path} is missing")
        }
        Some(Subject::MissingVariable(path)) => format!("Variable '{path}' is missing"),
        Some(Subject::UnknownTag(name)) if !block.is_empty() && name == "else" => {
            format!("{block} tag does not expect else tag")
        }
        Some(Subject::UnknownTag(name)) if !block.is_empty() && name == "end" => {
            format!("'end' is not a valid delimiter for {block} tags. use end{block}")
        }
        Some(Subject::UnknownTag(name)) => format!("Unknown tag '{name}'"),
        Some(Subject::NotClosed(name)) => format!("{name} tag was never closed"),
        Some(Subject::UnterminatedOutput(text)) => {
            format!("Variable {text} was not properly terminated with regexp: /}}}}/")
        }
        Some(Subject::UnterminatedTag(text)) => {
            format!("Tag '{text}' was not properly terminated with regexp: /\\%}}/")
        }
        Some(Subject::UnknownOperator(operator)) => format!("Unknown operator {operator}"),
        Some(Subject::ElseArguments) => {
            "Syntax Error in tag 'case' - Valid else condition: {% else %} (no parameters)".to_owned()
        }
        Some(Subject::UnknownFilter(_) | Subject::Nesting) => return None,
        None => (*SYNTAX.iter().find(|(name, _)| *name == tag).map(|(_, text)| text)?).to_owned(),
    })
}
