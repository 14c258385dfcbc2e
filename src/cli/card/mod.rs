//! The card: one message, drawn like an entry of an inbox.

mod brief;
mod chip;
mod expression_colors;
mod frame;
mod json;
mod line;
mod link;
mod moment;
mod palette;
mod property;
mod side_by_side;
mod source;

use std::fmt;

use anstyle::Style;
use serde_json::Value;

use super::terminal::TerminalCapabilities;
use crate::diagnostics::{Count, Diagnostics, did_you_mean};
use crate::message::Message;
use crate::project::{Case, SendStatus};
pub(super) use brief::brief;
pub(super) use expression_colors::ExpressionColors;
use frame::Frame;
use json::Printer;
pub(super) use line::{Paragraph, StyledLine, Wrapped};
use palette::{BOLD, DIM, EXPECTED, EXPECTED_FRAME, FAILED, FAILED_FRAME, LINK, PLAIN, UNREAD};
use property::Part;
pub(super) use side_by_side::side_by_side;
pub(super) use source::source;

/// The widest card, in columns; longer lines are hard to read.
const MAX_WIDTH: usize = 100;
/// The narrowest card.
const MIN_WIDTH: usize = 24;

/// Lines of a title; a longer one is cut.
const MAX_TITLE_LINES: usize = 4;
/// Lines of a body; a longer one is cut.
const MAX_BODY_LINES: usize = 30;
/// Buttons and images shown.
const MAX_PARTS: usize = 20;
/// Lines of the other properties, as JSON.
const MAX_DATA_LINES: usize = 40;
/// Lines of a URL; a longer one is cut.
const MAX_ADDRESS_LINES: usize = 3;
/// Columns of a button's label; a longer one is cut.
const MAX_LABEL_WIDTH: usize = 40;

/// Properties that people write instead of `title`.
const TITLES: [&str; 4] = ["heading", "headline", "subject", "header"];

/// Where to see what a card omits.
const SHOW_ALL: &str = "`inkproof render` prints everything";

/// The card of a message, or of a message that failed, with its heading. `Display` writes its lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card<'a> {
    template: &'a str,
    request: &'a str,
    /// The language of the template that was rendered; `None` for the template itself.
    language: Option<&'a str>,
    /// The customer's name, if it has one.
    name: Option<&'a str>,
    identifier: &'a str,
    /// `None` if the message fails.
    message: Option<&'a Message>,
    send_status: SendStatus,
    problems: &'a Diagnostics,
    expression_colors: Option<&'a ExpressionColors>,
    capabilities: TerminalCapabilities,
}

impl<'a> Card<'a> {
    /// The card of a case's message. Without a message, the card counts the problems.
    pub(super) fn new(
        case: &Case<'a>,
        message: Option<&'a Message>,
        problems: &'a Diagnostics,
        capabilities: TerminalCapabilities,
    ) -> Self {
        Self {
            template: case.template.name(),
            request: case.request.name(),
            language: case.template.language(),
            name: case.customer.display_name(),
            identifier: case.customer.main_identifier(),
            message,
            send_status: SendStatus::default(),
            problems,
            expression_colors: None,
            capabilities,
        }
    }

    /// Shows whether a failure is expected.
    pub(super) const fn with_send_status(self, send_status: SendStatus) -> Self {
        Self { send_status, ..self }
    }

    /// Shows the output of each expression in the expression's colour.
    pub(super) const fn with_expression_colors(self, expression_colors: &'a ExpressionColors) -> Self {
        Self { expression_colors: Some(expression_colors), ..self }
    }

    /// The lines of the card: the heading, and the box, whose lines have the same width.
    pub(super) fn lines(&self) -> Vec<StyledLine> {
        let width = self.capabilities.theme.width.clamp(MIN_WIDTH, MAX_WIDTH) - 1;
        let frame = Frame::new(width, self.capabilities.theme.unicode);
        let mut contents = Contents { card: self, width: frame.inner_width(), lines: Vec::new() };
        let style = if let Some(message) = self.message {
            contents.message(message);
            DIM
        } else {
            contents.failure();
            self.failure_styles().1
        };
        let mut lines = self.heading(width - 3);
        lines.extend(frame.enclose(contents.lines, style));
        lines
    }

    /// The styles of the words and the frame of a failure.
    const fn failure_styles(&self) -> (Style, Style) {
        match self.send_status {
            SendStatus::LostAsExpected => (EXPECTED, EXPECTED_FRAME),
            _ => (FAILED, FAILED_FRAME),
        }
    }

    /// The template, the request and the customer.
    fn heading(&self, width: usize) -> Vec<StyledLine> {
        let request = self.request.strip_prefix(self.template).and_then(|rest| rest.strip_prefix('/'));
        let mut title = StyledLine::default()
            .with(BOLD, self.template)
            .with(DIM, " / ")
            .with(BOLD, request.unwrap_or(self.request));
        if let Some(language) = self.language {
            title = title.with(DIM, self.separator()).with(DIM, language);
        }
        let mut recipient = StyledLine::default().with(DIM, "to ");
        if let Some(name) = self.name {
            recipient.append(&self.isolate(StyledLine::default().with(DIM, name)));
            recipient.push(DIM, self.separator());
        }
        recipient.append(&self.isolate(StyledLine::default().with(DIM, self.identifier)));
        let title = self.isolate(title);
        let lines = match StyledLine::justified(&title, &recipient, width) {
            Some(line) => vec![line],
            None => vec![title.cut(width, self.omission()), recipient.cut(width, self.omission())],
        };
        let margin = StyledLine::default().with(PLAIN, "  ");
        lines.into_iter().map(|line| margin.clone().with_line(&line)).collect()
    }

    /// Isolates a string of the message, so that right-to-left text does not reorder what is around it.
    fn isolate(&self, line: StyledLine) -> StyledLine {
        if self.capabilities.isolates { line.isolated() } else { line }
    }

    const fn omission(&self) -> &'static str {
        self.capabilities.theme.omission()
    }

    const fn separator(&self) -> &'static str {
        if self.capabilities.theme.unicode { " · " } else { ", " }
    }
}

impl fmt::Display for Card<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.lines().iter().enumerate() {
            write!(f, "{}{line}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

/// The left margin of everything except the title.
const INDENT: &str = "   ";

/// What stands where the title would be, with the property that is probably meant.
fn no_title(message: &Message) -> String {
    let keys = || message.properties.keys().map(String::as_str);
    let similar = did_you_mean("title", keys()).or_else(|| keys().find(|key| TITLES.contains(key)));
    similar.map_or_else(|| "no `title`".to_owned(), |key| format!("no `title`: did you mean `{key}`?"))
}

/// The lines inside the box.
struct Contents<'a> {
    card: &'a Card<'a>,
    width: usize,
    lines: Vec<StyledLine>,
}

impl Contents<'_> {
    fn failure(&mut self) {
        let cross = if self.card.capabilities.theme.unicode { "✗  " } else { "x  " };
        let words =
            if self.card.send_status == SendStatus::LostAsExpected { "not sent, as expected" } else { "not sent" };
        let (style, _) = self.card.failure_styles();
        let verdict = StyledLine::default().with(style, cross).with(style, words);
        let reason = StyledLine::default().with(DIM, &self.card.problems.counts().to_string());
        self.push_justified(verdict, &reason);
    }

    fn message(&mut self, message: &Message) {
        self.title(message);
        if let Some(body) = message.properties.get("body").and_then(Value::as_str) {
            let mut paragraph = Paragraph::default();
            self.push_string(&mut paragraph, PLAIN, "/body", body);
            self.paragraph(&paragraph, INDENT.len(), MAX_BODY_LINES);
        }
        self.properties(message);
        self.footer(message);
    }

    fn title(&mut self, message: &Message) {
        let dot = if self.card.capabilities.theme.unicode { "●  " } else { "*  " };
        let when = StyledLine::default().with(DIM, "just now");
        let mut title = Paragraph::default();
        // A title is one line: line breaks in it are shown as escapes.
        let text = message.properties.get("title").and_then(Value::as_str).unwrap_or_default();
        if message.properties.get("title").is_none() {
            title.push_line(DIM, &no_title(message));
        }
        for (expression_color, part) in
            expression_colors::split_by_expression(self.card.expression_colors, "/title", text)
        {
            title.push_line(expression_color.map_or(BOLD, |expression_color| expression_color.apply_to(BOLD)), part);
        }
        let room = self.width.saturating_sub(INDENT.len() + when.columns() + 2);
        let is_narrow = room < MIN_WIDTH / 2;
        let wrapped = title.wrap(if is_narrow { self.width - INDENT.len() } else { room }, MAX_TITLE_LINES);
        let mut lines = self.with_omission(wrapped).into_iter();
        let first = StyledLine::default().with(UNREAD, dot).with_line(&lines.next().unwrap_or_default());
        if is_narrow {
            self.lines.push(first);
        } else {
            self.push_justified(first, &when);
        }
        self.lines.extend(lines.map(|line| StyledLine::default().with(PLAIN, INDENT).with_line(&line)));
    }

    /// Everything except title and body.
    fn properties(&mut self, message: &Message) {
        let parts = property::parts(&message.properties);
        let (mut links, mut data) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Data(name, value) => data.push((name, value)),
                part => links.push(part),
            }
        }
        if !links.is_empty() {
            self.lines.push(StyledLine::default());
        }
        for part in links.iter().take(MAX_PARTS) {
            self.part(part);
        }
        if links.len() > MAX_PARTS {
            self.push_omitted(links.len() - MAX_PARTS, "more link");
        }
        if !data.is_empty() {
            self.lines.push(StyledLine::default());
            let total: usize = data.iter().map(|(_, value)| json::count(value)).sum();
            let width = self.width - INDENT.len();
            let mut printer = Printer::new(width, MAX_DATA_LINES, self.card.omission(), self.card.expression_colors);
            printer.members(data.into_iter());
            let margin = StyledLine::default().with(PLAIN, INDENT);
            self.lines
                .extend(printer.lines.iter().map(|line| margin.clone().with_line(&self.card.isolate(line.clone()))));
            if total > printer.shown {
                self.push_omitted(total - printer.shown, "more value");
            }
        }
    }

    /// A button or an image.
    fn part(&mut self, part: &Part<'_>) {
        let colors = self.card.capabilities.colors;
        let omission = self.card.omission();
        let (mut head, address, path) = match part {
            Part::Button { name, label, address, path } => {
                let text =
                    self.card.isolate(StyledLine::default().with(palette::button(colors), label.unwrap_or(name)));
                let mut head = chip::label(
                    &text.cut(MAX_LABEL_WIDTH.min(self.width / 2), omission),
                    palette::button(colors),
                    colors,
                );
                if label.is_some() {
                    head.push(PLAIN, "  ");
                    head.append(&self.card.isolate(StyledLine::default().with(DIM, name)));
                }
                (head, address, path)
            }
            Part::Image { name, alt, address, path } => {
                let mut head = self.card.isolate(StyledLine::default().with(DIM, name));
                for text in [*alt, property::file_name(address).filter(|name| name != address)].into_iter().flatten() {
                    head.push(PLAIN, "  ");
                    head.append(
                        &self.card.isolate(StyledLine::default().with(BOLD, text).cut(MAX_LABEL_WIDTH, omission)),
                    );
                }
                (head, address, path)
            }
            Part::Data(..) => return,
        };
        head = head.cut(self.width - INDENT.len(), omission);
        let link = link::target(address).filter(|_| self.card.capabilities.hyperlinks);
        let mut paragraph = Paragraph::default();
        for (expression_color, part) in
            expression_colors::split_by_expression(self.card.expression_colors, path, address)
        {
            paragraph.push_linked(
                expression_color.map_or(LINK, |expression_color| expression_color.apply_to(LINK)),
                part,
                link.as_ref(),
            );
        }
        let margin = StyledLine::default().with(PLAIN, INDENT);
        let room = (self.width - INDENT.len()).saturating_sub(head.columns() + 2);
        if paragraph.columns() <= room && paragraph.is_one_line() {
            let address = paragraph.wrap(room, 1).lines.pop().unwrap_or_default();
            self.lines.push(margin.with_line(&head).with(PLAIN, "  ").with_line(&self.card.isolate(address)));
            return;
        }
        self.lines.push(margin.with_line(&head));
        let wrapped = paragraph.wrap(self.width - 2 * INDENT.len(), MAX_ADDRESS_LINES);
        let lines = self.with_omission(wrapped);
        let margin = StyledLine::default().with(PLAIN, INDENT).with(PLAIN, INDENT);
        self.lines.extend(lines.iter().map(|line| margin.clone().with_line(line)));
    }

    /// Type and topics, and when the message was sent and expires.
    fn footer(&mut self, message: &Message) {
        self.lines.push(StyledLine::default());
        let capabilities = self.card.capabilities;
        let expires = format!("expires in {}", moment::in_words(message.expiry.duration_since(message.sent_at)));
        let expires = StyledLine::default().with(PLAIN, &expires);
        let width = self.width - INDENT.len();
        let chips = chip::chips(message, width, capabilities, |line| self.card.isolate(line));
        let margin = StyledLine::default().with(PLAIN, INDENT);
        let mut chips: Vec<_> = chips.iter().map(|line| margin.clone().with_line(line)).collect();
        let last = chips.pop().unwrap_or_default();
        self.lines.extend(chips);
        self.push_justified(last, &expires);
        let sent =
            StyledLine::default().with(DIM, INDENT).with(DIM, &format!("sent {}", moment::date_time(message.sent_at)));
        let expiry = StyledLine::default().with(DIM, &moment::date_time(message.expiry));
        self.push_justified(sent, &expiry);
    }

    /// Appends a paragraph with a margin, up to `max_lines` lines.
    fn paragraph(&mut self, paragraph: &Paragraph, margin: usize, max_lines: usize) {
        let Wrapped { lines, omitted } = paragraph.wrap(self.width - margin, max_lines);
        let margin = StyledLine::default().with(PLAIN, &" ".repeat(margin));
        self.lines.extend(lines.into_iter().map(|line| margin.clone().with_line(&self.card.isolate(line))));
        if omitted > 0 {
            self.push_omitted(omitted, "more character");
        }
    }

    /// Appends a note with the number of omitted things.
    fn push_omitted(&mut self, count: usize, what: &str) {
        let text = format!("{} {}; {SHOW_ALL}", self.card.omission(), Count(what, count));
        let mut paragraph = Paragraph::default();
        paragraph.push(DIM, &text);
        let margin = StyledLine::default().with(PLAIN, INDENT);
        let wrapped = paragraph.wrap(self.width - INDENT.len(), usize::MAX);
        self.lines.extend(wrapped.lines.into_iter().map(|line| margin.clone().with_line(&line)));
    }

    /// The lines of a wrapped paragraph; the last one ends with an ellipsis if something was omitted.
    fn with_omission(&self, wrapped: Wrapped) -> Vec<StyledLine> {
        let Wrapped { mut lines, omitted } = wrapped;
        if omitted > 0
            && let Some(last) = lines.pop()
        {
            let width = last.columns().saturating_sub(self.card.omission().len());
            lines.push(last.cut(width, "").with(DIM, self.card.omission()));
        }
        lines.into_iter().map(|line| self.card.isolate(line)).collect()
    }

    /// Appends a line with one part at each end, or two lines if they do not fit into one.
    fn push_justified(&mut self, left: StyledLine, right: &StyledLine) {
        if let Some(line) = StyledLine::justified(&left, right, self.width) {
            self.lines.push(line);
        } else {
            self.lines.push(left.cut(self.width, self.card.omission()));
            let margin = self.width.saturating_sub(right.columns()).min(INDENT.len());
            let right = StyledLine::default().with(PLAIN, &INDENT[..margin]).with_line(right);
            self.lines.push(right.cut(self.width, self.card.omission()));
        }
    }

    /// Appends a string property, with the output of expressions in their colours and URLs as links.
    fn push_string(&self, paragraph: &mut Paragraph, style: Style, path: &str, text: &str) {
        let (kept, _) = line::split_at_most(text, line::MAX_BYTES);
        let addresses = link::find_urls(kept);
        let mut start = 0;
        for (expression_color, part) in expression_colors::split_by_expression(self.card.expression_colors, path, text)
        {
            let style = expression_color.map_or(style, |expression_color| expression_color.apply_to(style));
            let range = start..start + part.len();
            let mut from = 0;
            for address in addresses.iter().filter(|address| address.start < range.end && range.start < address.end) {
                // A URL may start or end within an expression's output.
                let (first, end) = (address.start.max(range.start) - start, address.end.min(range.end) - start);
                paragraph.push(style, &part[from..first]);
                let link = link::target(&text[address.clone()]).filter(|_| self.card.capabilities.hyperlinks);
                paragraph.push_linked(style.underline(), &part[first..end], link.as_ref());
                from = end;
            }
            paragraph.push(style, &part[from..]);
            start = range.end;
        }
    }
}

#[cfg(test)]
mod tests;
