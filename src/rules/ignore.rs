//! Ignores: rules that a template switches off for itself, in its settings or in a comment, or for one of its lines.

use std::collections::HashSet;
use std::ops::Range;

use super::rule;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Edit, Fix, Source, did_you_mean};
use crate::liquid::syntax::dialect::Reading;
use crate::liquid::syntax::lexer::{Token, TokenKind, tokenize, tokenize_lines};
use crate::liquid::{Arena, Span};
use crate::message::{RenderOptions, Setting, Template};
use crate::project::{Case, Project, UnchangedMessages};

const UNUSED_IGNORE: Code = Code::new("unused-ignore");
const UNKNOWN_RULE: Code = Code::new("unknown-rule");

/// The start of an ignore in a comment: `{% comment %}inkproof-ignore: rule, rule{% endcomment %}`.
const MARK: &str = "inkproof-ignore";
/// What follows the mark if the ignore is only for the line after the comment.
const NEXT_LINE: &str = "-next-line";

/// The rules that a template ignores.
#[derive(Debug)]
pub(super) struct Ignores<'t> {
    template: &'t Template,
    rules: Vec<Ignore>,
    /// Those that are ignored in the whole template, for lookups.
    codes: HashSet<String>,
    /// Comments that look like an ignore but ignore nothing.
    ineffective: Vec<Ineffective>,
}

/// A rule that a template ignores.
#[derive(Clone, Debug)]
struct Ignore {
    code: String,
    /// Where the file names the rule.
    span: Range<usize>,
    /// The line in which it is ignored; `None` for the whole template.
    line: Option<usize>,
}

/// A comment that looks like an ignore but ignores nothing.
#[derive(Debug)]
struct Ineffective {
    span: Range<usize>,
    trouble: String,
    help: String,
}

impl Ineffective {
    fn new(span: Range<usize>, trouble: &str) -> Self {
        let help = format!("name the rules to ignore: `{MARK}: RULE, RULE`");
        Self { span, trouble: trouble.to_owned(), help }
    }

    /// A mark with more letters than it has.
    fn unknown(span: Range<usize>, written: &str) -> Self {
        let next_line = format!("{MARK}{NEXT_LINE}");
        let meant = did_you_mean(written, [next_line.as_str(), MARK]).unwrap_or(&next_line);
        let trouble = format!("there is no `{written}`: this ignores nothing");
        Self { span, trouble, help: format!("did you mean `{meant}`?") }
    }
}

/// A comment of a content.
#[derive(Clone, Copy)]
struct Comment {
    /// What is inside.
    inside: Span,
    /// Where its last tag ends.
    end: usize,
}

impl Ignore {
    /// Whether it is about findings like this one.
    fn covers(&self, finding: &Diagnostic) -> bool {
        let starts_in = |line: usize| finding.location().is_some_and(|location| location.start().line == line);
        finding.code.as_str() == self.code && self.line.is_none_or(starts_in)
    }
}

impl<'t> Ignores<'t> {
    /// Reads the ignores in the template's settings and in the comments of its content.
    pub(super) fn from_template(template: &'t Template, reading: Reading) -> Self {
        let settings = template.settings().ignore.iter();
        let of_template =
            |setting: &Setting<String>| Ignore { code: setting.value.clone(), span: setting.span.clone(), line: None };
        let rules = settings.map(of_template).collect();
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
        let of_template = ignores.rules.iter().filter(|ignore| ignore.line.is_none());
        ignores.codes = of_template.map(|ignore| ignore.code.clone()).collect();
        ignores
    }

    /// Reads the ignores in a comment.
    fn read(&mut self, comment: Comment) {
        let Comment { inside, end } = comment;
        let next_line = self.template.source().line_column(self.template.content_start() + end).line + 1;
        let marks: Vec<_> = inside.of(self.template.content()).match_indices(MARK).map(|(at, _)| at).collect();
        let ends = marks.iter().skip(1).copied().chain([inside.end - inside.start]);
        for (start, end) in marks.iter().zip(ends) {
            self.read_mark(Span::new(inside.start + start, inside.start + end), next_line);
        }
    }

    /// Reads the rules after a mark. They are on its line, or on the first line after it that names any; a line that
    /// ends with a comma continues on the next one.
    fn read_mark(&mut self, span: Span, next_line: usize) {
        let offset = self.template.content_start();
        let mark = offset + span.start..offset + span.start + MARK.len();
        let after = &span.of(self.template.content())[MARK.len()..];
        let is_of_word = |next: char| next.is_alphanumeric() || matches!(next, '-' | '_');
        let (ending, after) = after.split_at(after.find(|next| !is_of_word(next)).unwrap_or(after.len()));
        let only_in = match ending {
            "" => None,
            NEXT_LINE => Some(next_line),
            _ => {
                let written = mark.start..mark.end + ending.len();
                self.ineffective.push(Ineffective::unknown(written, &format!("{MARK}{ending}")));
                return;
            }
        };
        let Some(list) = after.trim_start_matches([' ', '\t']).strip_prefix(':') else {
            self.ineffective.push(Ineffective::new(mark, "without a colon, this ignores nothing"));
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
                    self.rules.push(Ignore { code: code.to_owned(), span: from..from + code.len(), line: only_in });
                }
                at += word.len();
            }
            if self.rules.len() > count && !line.trim_end().ends_with(',') {
                break;
            }
        }
        if self.rules.len() == count {
            self.ineffective.push(Ineffective::new(mark, "this names no rule, and ignores nothing"));
        }
    }

    /// Whether the template ignores a finding.
    pub(super) fn hides(&self, finding: &Diagnostic) -> bool {
        let name = self.template.source().name();
        let is_here = finding.location().is_none_or(|location| location.source().name() == name);
        // A rule's finding about the template may point at a request.
        let is_about_it = || rule(finding.code.as_str()).is_some_and(|rule| rule.check.is_some());
        if (is_here || is_about_it()) && self.codes.contains(finding.code.as_str()) {
            return true;
        }
        is_here && self.rules.iter().any(|ignore| ignore.line.is_some() && ignore.covers(finding))
    }

    /// Removes the findings that the template ignores, and adds findings about the ignores themselves. An ignore is
    /// only reported as unused if `findings` are complete, because another case may need it.
    pub(super) fn apply(&self, findings: Diagnostics, is_complete: bool) -> Diagnostics {
        let (hidden, kept): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| self.hides(finding));
        let mut kept: Diagnostics = kept.into_iter().collect();
        let source = self.template.source();
        for ignore in &self.rules {
            let location = source.at(ignore.span.clone());
            if rule(&ignore.code).is_none() {
                let message = format!("there is no rule `{}`", ignore.code);
                let finding = Diagnostic::error(UNKNOWN_RULE, message).at(location);
                kept.push(finding.suggest(&ignore.code, super::RULES.iter().map(|rule| rule.code.as_str())));
            } else if is_complete && !hidden.iter().any(|finding| ignore.covers(finding)) {
                let message = format!("`{}` is ignored, but finds nothing here", ignore.code);
                kept.push(
                    Diagnostic::warning(UNUSED_IGNORE, message).primary(location, "ignores nothing").help("remove it"),
                );
            }
        }
        for Ineffective { span, trouble, help } in &self.ineffective {
            kept.push(Diagnostic::warning(UNUSED_IGNORE, trouble).at(source.at(span.clone())).help(help));
        }
        kept
    }
}

/// The edit of a template that ignores a finding with a comment on the line before it, and changes no message of these cases.
/// `None` if there is no place for such a comment.
#[must_use]
pub fn ignore_next_line(
    project: &Project,
    template: &Template,
    cases: &[Case<'_>],
    finding: &Diagnostic,
    options: &RenderOptions,
) -> Option<Edit> {
    let (source, code) = (template.source(), finding.code.as_str());
    let location = finding.location().filter(|location| location.source().name() == source.name())?;
    let is_about_all = location.range() == (template.content_start()..template.content_start());
    if rule(code).is_none() || location.range().start < template.content_start() || is_about_all {
        return None;
    }
    let reading = project.workspace().language(template.settings()).dialect().reading;
    let messages = UnchangedMessages::new(project, template, cases.to_vec(), options);
    let ignores = Ignores::from_template(template, reading);
    let line = location.start().line;
    let works = |(edit, line): &(Edit, usize)| {
        let fix = Fix { title: String::new(), edits: vec![edit.clone()] };
        let edited = fix.apply(source.text()).map(|text| template.with_text(Source::new(source.name(), text)));
        let Some(Ok(edited)) = edited else { return false };
        let rules = Ignores::from_template(&edited, reading).rules;
        rules.iter().any(|ignore| ignore.code == code && ignore.line == Some(*line))
            && messages.as_ref().is_none_or(|messages| messages.first_changed(&edited).is_none())
    };
    if let Some(last) = ignores.rules.iter().rfind(|ignore| ignore.line == Some(line)) {
        let edit = (Edit { range: last.span.end..last.span.end, text: format!(", {code}") }, line);
        return Some(edit).filter(works).map(|(edit, _)| edit);
    }
    let start = source.line_range(line)?.start.max(template.content_start());
    let rest = &source.text()[start..];
    let indentation = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
    let newline = if source.text().contains("\r\n") { "\r\n" } else { "\n" };
    let (list, comment) =
        (format!("{MARK}{NEXT_LINE}: {code}"), |list: &str| format!("{{% comment %}}{list}{{% endcomment %}}"));
    let insert = |at: usize, text: String| Edit { range: at..at, text };
    let before = source.line_range(line - 1).map(|before| before.end).filter(|end| *end >= template.content_start());
    let places = [
        Some((insert(start, format!("{indentation}{}{newline}", comment(&list))), line + 1)),
        // Inside the tag `liquid`.
        Some((insert(start, format!("{indentation}# {list}{newline}")), line + 1)),
        // Where a line more would be a line more in a string.
        before.map(|end| (insert(end, comment(&list)), line)),
    ];
    places.into_iter().flatten().find(works).map(|(edit, _)| edit)
}

/// Adds the spans of comments of every kind: `comment`, `#`, and both inside `liquid`.
fn add_comments(content: &str, tokens: &[Token<'_>], comments: &mut Vec<Comment>) {
    // Inside `liquid`, a tag has its line break.
    let end_of = |token: &Token<'_>| token.span.start + token.span.of(content).trim_end().len();
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        let TokenKind::Tag { name, arguments } = token.kind else { continue };
        let inside = Span::new(arguments.min(token.content.end), token.content.end);
        match name {
            "#" => comments.push(Comment { inside, end: end_of(token) }),
            "comment" => {
                let last = tokens.find(|token| token.tag_name() == "endcomment");
                let (start, end) = last.map_or((content.len(), content.len()), |last| (last.span.start, end_of(last)));
                comments.push(Comment { inside: Span::new(token.span.end, start), end });
            }
            "liquid" => add_comments(content, &tokenize_lines(content, inside).0, comments),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules that a content ignores, and why other comments ignore nothing.
    fn read(content: &str) -> Vec<String> {
        let source = Source::new("t.liquid", format!("---\n---\n{content}"));
        let template = Template::read("t", source).unwrap();
        let ignores = Ignores::from_template(&template, Reading::Exact);
        for ignore in &ignores.rules {
            assert_eq!(&template.source().text()[ignore.span.clone()], ignore.code);
        }
        let ineffective = ignores.ineffective.iter().map(|Ineffective { span, trouble, help }| {
            let written = &template.source().text()[span.clone()];
            if written == MARK { format!("! {trouble}") } else { format!("! {written}: {help}") }
        });
        let named = ignores.rules.iter().map(|ignore| match ignore.line {
            Some(line) => format!("{} in {line}", ignore.code),
            None => ignore.code.clone(),
        });
        named.chain(ineffective).collect()
    }

    #[test]
    fn reads_ignores_only_in_comments() {
        let (no_colon, no_rule) =
            ("! without a colon, this ignores nothing", "! this names no rule, and ignores nothing");
        let cases: [(&str, &[&str]); 29] = [
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
            ("{% comment %}inkproof-ignore-next-line: a{% endcomment %}", &["a in 4"]),
            ("\n{%- # inkproof-ignore-next-line: a, b -%}\n", &["a in 5", "b in 5"]),
            ("{% comment %}\ninkproof-ignore-next-line: a\ninkproof-ignore: b\n{% endcomment %}", &["a in 7", "b"]),
            ("{% # inkproof-ignore-next-line: a\n # so\n %}{{ x }}\n", &["a in 6"]),
            ("{% liquid\n # inkproof-ignore-next-line: a\n echo x\n # inkproof-ignore: b %}", &["a in 5", "b"]),
            ("{% liquid\n comment\n inkproof-ignore-next-line: a\n endcomment\n echo x %}", &["a in 7"]),
            ("{% # inkproof-ignore-next-line a %}", &[no_colon]),
            ("{% # inkproof-ignore-next-line: %}", &[no_rule]),
            (
                "{% # inkproof-ignore-next-lines: a %}",
                &["! inkproof-ignore-next-lines: did you mean `inkproof-ignore-next-line`?"],
            ),
            (
                "{% comment %}inkproof-ignore-next: a{% endcomment %}",
                &["! inkproof-ignore-next: did you mean `inkproof-ignore-next-line`?"],
            ),
            ("{% # inkproof-ignores: a %}", &["! inkproof-ignores: did you mean `inkproof-ignore`?"]),
        ];
        for (content, expected) in cases {
            assert_eq!(read(content), expected, "{content}");
        }
    }
}
