//! Ignores: rules that a template switches off for itself, in its settings or in a comment.

use std::collections::HashSet;
use std::ops::Range;

use super::rule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::liquid::syntax::dialect::Reading;
use crate::liquid::syntax::lexer::{Token, TokenKind, tokenize, tokenize_lines};
use crate::liquid::{Arena, Span};
use crate::message::Template;

const UNUSED_IGNORE: Code = Code::new("unused-ignore");
const UNKNOWN_RULE: Code = Code::new("unknown-rule");

/// The start of an ignore in a comment: `{% comment %}inkproof-ignore: rule, rule{% endcomment %}`.
const MARK: &str = "inkproof-ignore";

/// The rules that a template ignores.
#[derive(Debug)]
pub(super) struct Ignores<'t> {
    template: &'t Template,
    rules: Vec<Ignore>,
    /// Their names, for lookups.
    codes: HashSet<String>,
    /// Comments that look like an ignore but ignore nothing: where, and why.
    ineffective: Vec<(Range<usize>, &'static str)>,
}

/// A rule that a template ignores.
#[derive(Clone, Debug)]
struct Ignore {
    code: String,
    /// Where the file names the rule.
    span: Range<usize>,
}

impl<'t> Ignores<'t> {
    /// Reads the ignores in the template's settings and in the comments of its content.
    pub(super) fn from_template(template: &'t Template, reading: Reading) -> Self {
        let settings = template.settings().ignore.iter();
        let rules =
            settings.map(|setting| Ignore { code: setting.value.clone(), span: setting.span.clone() }).collect();
        let mut ignores = Self { template, rules, codes: HashSet::new(), ineffective: Vec::new() };
        let content = template.content();
        if content.contains(MARK) {
            let (tokens, _) = tokenize(content, reading, &Arena::new());
            let mut comments = Vec::new();
            add_comments(content, &tokens, &mut comments);
            for comment in comments {
                ignores.read(comment);
            }
        }
        ignores.codes = ignores.rules.iter().map(|ignore| ignore.code.clone()).collect();
        ignores
    }

    /// Reads the ignores in a comment.
    fn read(&mut self, comment: Span) {
        let marks: Vec<_> = comment.of(self.template.content()).match_indices(MARK).map(|(at, _)| at).collect();
        let ends = marks.iter().skip(1).copied().chain([comment.end - comment.start]);
        for (start, end) in marks.iter().zip(ends) {
            self.read_mark(Span::new(comment.start + start, comment.start + end));
        }
    }

    /// Reads the rules after a mark. They are on its line, or on the first line after it that names any; a line that
    /// ends with a comma continues on the next one.
    fn read_mark(&mut self, span: Span) {
        let offset = self.template.content_start();
        let mark = offset + span.start..offset + span.start + MARK.len();
        let after = &span.of(self.template.content())[MARK.len()..];
        let Some(list) = after.trim_start_matches([' ', '\t']).strip_prefix(':') else {
            self.ineffective.push((mark, "without a colon, this ignores nothing"));
            return;
        };
        let mut at = offset + span.end - list.len();
        let count = self.rules.len();
        for line in list.split_inclusive('\n') {
            let words = line.split_inclusive(|character: char| character == ',' || character.is_whitespace());
            for word in words {
                let code = word.trim_matches(|character: char| ",#".contains(character) || character.is_whitespace());
                if !code.is_empty() {
                    let from = at + word.find(code).unwrap_or(0);
                    self.rules.push(Ignore { code: code.to_owned(), span: from..from + code.len() });
                }
                at += word.len();
            }
            if self.rules.len() > count && !line.trim_end().ends_with(',') {
                break;
            }
        }
        if self.rules.len() == count {
            self.ineffective.push((mark, "this names no rule, and ignores nothing"));
        }
    }

    /// Whether the template ignores a finding.
    pub(super) fn hides(&self, finding: &Diagnostic) -> bool {
        let name = self.template.source().name();
        let is_here = finding.location().is_none_or(|location| location.source().name() == name);
        // A rule's finding about the template may point at a request.
        let is_about_it = || rule(finding.code.as_str()).is_some_and(|rule| rule.check.is_some());
        (is_here || is_about_it()) && self.codes.contains(finding.code.as_str())
    }

    /// Removes the findings that the template ignores, and adds findings about the ignores themselves. An ignore is
    /// only reported as unused if `findings` are complete, because another case may need it.
    pub(super) fn apply(&self, findings: Diagnostics, is_complete: bool) -> Diagnostics {
        let (hidden, kept): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| self.hides(finding));
        let mut kept: Diagnostics = kept.into_iter().collect();
        let found: HashSet<_> = hidden.iter().map(|finding| finding.code.as_str()).collect();
        let source = self.template.source();
        for ignore in &self.rules {
            let location = source.at(ignore.span.clone());
            if rule(&ignore.code).is_none() {
                let message = format!("there is no rule `{}`", ignore.code);
                let finding = Diagnostic::error(UNKNOWN_RULE, message).at(location);
                kept.push(finding.suggest(&ignore.code, super::RULES.iter().map(|rule| rule.code.as_str())));
            } else if is_complete && !found.contains(ignore.code.as_str()) {
                let message = format!("`{}` is ignored, but finds nothing here", ignore.code);
                kept.push(
                    Diagnostic::warning(UNUSED_IGNORE, message).primary(location, "ignores nothing").help("remove it"),
                );
            }
        }
        for (span, trouble) in &self.ineffective {
            let finding = Diagnostic::warning(UNUSED_IGNORE, *trouble).at(source.at(span.clone()));
            kept.push(finding.help(format!("name the rules to ignore: `{MARK}: RULE, RULE`")));
        }
        kept
    }
}

/// Adds the spans of comments of every kind: `comment`, `#`, and both inside `liquid`.
fn add_comments(content: &str, tokens: &[Token<'_>], comments: &mut Vec<Span>) {
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        let TokenKind::Tag { name, arguments } = token.kind else { continue };
        let inside = Span::new(arguments.min(token.content.end), token.content.end);
        match name {
            "#" => comments.push(inside),
            "comment" => {
                let end = tokens.find(|token| token.tag_name() == "endcomment");
                let end = end.map_or(content.len(), |end| end.span.start);
                comments.push(Span::new(token.span.end, end));
            }
            "liquid" => add_comments(content, &tokenize_lines(content, inside).0, comments),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Source;

    /// The rules that a content ignores, and why other comments ignore nothing.
    fn read(content: &str) -> Vec<String> {
        let source = Source::new("t.liquid", format!("---\n---\n{content}"));
        let template = Template::read("t", source).unwrap();
        let ignores = Ignores::from_template(&template, Reading::Exact);
        for ignore in &ignores.rules {
            assert_eq!(&template.source().text()[ignore.span.clone()], ignore.code);
        }
        let ineffective = ignores.ineffective.iter().map(|(span, trouble)| {
            assert_eq!(&template.source().text()[span.clone()], MARK);
            format!("! {trouble}")
        });
        ignores.rules.iter().map(|ignore| ignore.code.clone()).chain(ineffective).collect()
    }

    #[test]
    fn reads_ignores_only_in_comments() {
        let (no_colon, no_rule) =
            ("! without a colon, this ignores nothing", "! this names no rule, and ignores nothing");
        let cases: [(&str, &[&str]); 18] = [
            ("{% comment %}inkproof-ignore: a{% endcomment %}", &["a"]),
            ("{%- comment -%} inkproof-ignore:a,b c {%- endcomment -%}", &["a", "b", "c"]),
            ("{% comment %}\n  inkproof-ignore:\n    a\n{% endcomment %}", &["a"]),
            ("{% comment %}inkproof-ignore:\n\n a,\n b\nsince it is so{% endcomment %}", &["a", "b"]),
            ("{% comment %}inkproof-ignore: a\ninkproof-ignore: b{% endcomment %}", &["a", "b"]),
            ("{% comment %}why: {{ x }} inkproof-ignore : a\n{% endcomment %}", &["a"]),
            ("{% # inkproof-ignore: a %}", &["a"]),
            ("{%- # inkproof-ignore: a, b -%}", &["a", "b"]),
            ("{% # inkproof-ignore:\n # a,\n # b\n # since it is so %}", &["a", "b"]),
            ("{% liquid\n # inkproof-ignore: a\n echo x\n comment\n inkproof-ignore: b\n endcomment %}", &["a", "b"]),
            ("{% if x %}{% comment %}inkproof-ignore: a{% endcomment %}", &["a"]),
            ("{% comment %}inkproof-ignore: a", &["a"]),
            ("{\"title\": \"inkproof-ignore: a {{ x }}\"}", &[]),
            ("{% raw %}{% comment %}inkproof-ignore: a{% endcomment %}{% endraw %}", &[]),
            ("{{ 'inkproof-ignore: a' }}{% assign x = 'inkproof-ignore: a' %}", &[]),
            ("{% comment %}inkproof-ignore a{% endcomment %}", &[no_colon]),
            ("{% comment %}inkproof-ignore:{% endcomment %}", &[no_rule]),
            ("{% # inkproof-ignore: , %}", &[no_rule]),
        ];
        for (content, expected) in cases {
            assert_eq!(read(content), expected, "{content}");
        }
    }
}
