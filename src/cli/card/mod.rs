//! The card: one message drawn as an inbox shows it.

mod beside;
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
mod source;

use std::fmt;

use anstyle::Style;
use serde_json::Value;

use super::terminal::TerminalCapabilities;
use crate::diagnostics::{Count, Diagnostics};
use crate::message::Message;
use crate::project::Case;
pub(super) use beside::beside;
pub(super) use brief::brief;
pub(super) use expression_colors::ExpressionColors;
use frame::Frame;
use json::Printer;
pub(super) use line::Line;
use line::{Paragraph, Wrapped};
use palette::{BOLD, DIM, FAILED, FAILED_FRAME, LINK, PLAIN, UNREAD};
use property::Part;
pub(super) use source::source;

/// The widest card, in columns; longer lines are hard to read.
const MAX_WIDTH: usize = 100;
/// The narrowest card.
const MIN_WIDTH: usize = 24;

/// The most lines of a title.
const TITLE_LINES: usize = 4;
/// The most lines of a body.
const BODY_LINES: usize = 30;
/// The most buttons and images.
const MOST_PARTS: usize = 20;
/// The most lines of other properties.
const DATA_LINES: usize = 40;
/// The most lines of an address.
const ADDRESS_LINES: usize = 3;
/// The columns of a button's label.
const LABEL_WIDTH: usize = 40;

/// Where all that was left away can be seen.
const ALL: &str = "`inkproof render` has all";

/// A message, or the place where one should be, with its heading. Displays as lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card<'a> {
    template: &'a str,
    request: &'a str,
    /// The name of the customer, where there is one.
    name: Option<&'a str>,
    identifier: &'a str,
    /// None where the message fails.
    message: Option<&'a Message>,
    problems: &'a Diagnostics,
    expression_colors: Option<&'a ExpressionColors>,
    capabilities: TerminalCapabilities,
}

impl<'a> Card<'a> {
    /// The card of a case's message; without one, it is said how many problems are in its way.
    pub(super) fn new(
        case: &Case<'a>,
        message: Option<&'a Message>,
        problems: &'a Diagnostics,
        capabilities: TerminalCapabilities,
    ) -> Self {
        Self {
            template: case.template.name(),
            request: case.request.name(),
            name: case.customer.display_name(),
            identifier: case.customer.main_identifier(),
            message,
            problems,
            expression_colors: None,
            capabilities,
        }
    }

    /// The card with what each hole of the template wrote in the hole's colour.
    pub(super) const fn with_holes(self, expression_colors: &'a ExpressionColors) -> Self {
        Self { expression_colors: Some(expression_colors), ..self }
    }

    /// The lines of the card: its heading, and then the box, whose lines are equally wide.
    pub(super) fn lines(&self) -> Vec<Line> {
        let width = self.capabilities.theme.width.clamp(MIN_WIDTH, MAX_WIDTH) - 1;
        let frame = Frame::new(width, self.capabilities.theme.unicode);
        let mut contents = Contents { card: self, width: frame.inner(), lines: Vec::new() };
        let style = if let Some(message) = self.message {
            contents.message(message);
            DIM
        } else {
            contents.failure();
            FAILED_FRAME
        };
        let mut lines = self.heading(width - 3);
        lines.extend(frame.around(contents.lines, style));
        lines
    }

    /// Which request of which template, and for whom.
    fn heading(&self, width: usize) -> Vec<Line> {
        let request = self.request.strip_prefix(self.template).and_then(|rest| rest.strip_prefix('/'));
        let what =
            Line::default().with(BOLD, self.template).with(DIM, " / ").with(BOLD, request.unwrap_or(self.request));
        let mut whom = Line::default().with(DIM, "to ");
        if let Some(name) = self.name {
            whom.append(&self.data(Line::default().with(DIM, name)));
            whom.push(DIM, self.separator());
        }
        whom.append(&self.data(Line::default().with(DIM, self.identifier)));
        let what = self.data(what);
        let lines = match Line::of_two(&what, &whom, width) {
            Some(line) => vec![line],
            None => vec![what.cut(width, self.omission()), whom.cut(width, self.omission())],
        };
        let margin = Line::default().with(PLAIN, "  ");
        lines.into_iter().map(|line| margin.clone().and(&line)).collect()
    }

    /// A piece of data, kept from moving what stands beside it.
    fn data(&self, line: Line) -> Line {
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
        for (place, line) in self.lines().iter().enumerate() {
            write!(f, "{}{line}", if place > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

/// The left margin of all but the title.
const INDENT: &str = "   ";

/// The lines inside the box.
struct Contents<'a> {
    card: &'a Card<'a>,
    width: usize,
    lines: Vec<Line>,
}

impl Contents<'_> {
    fn failure(&mut self) {
        let cross = if self.card.capabilities.theme.unicode { "✗  " } else { "x  " };
        let what = Line::default().with(FAILED, cross).with(FAILED, "not sent");
        let why = Line::default().with(DIM, &self.card.problems.counts().to_string());
        self.both(what, &why);
    }

    fn message(&mut self, message: &Message) {
        self.title(message);
        if let Some(body) = message.properties.get("body").and_then(Value::as_str) {
            let mut paragraph = Paragraph::default();
            self.colored(&mut paragraph, PLAIN, "/body", body);
            self.paragraph(&paragraph, INDENT.len(), BODY_LINES);
        }
        self.properties(message);
        self.footer(message);
    }

    fn title(&mut self, message: &Message) {
        let dot = if self.card.capabilities.theme.unicode { "●  " } else { "*  " };
        let when = Line::default().with(DIM, "just now");
        let mut title = Paragraph::default();
        // A title is one line, whatever is in it.
        let text = message.properties.get("title").and_then(Value::as_str).unwrap_or_default();
        for (expression_color, part) in expression_colors::parts_of(self.card.expression_colors, "/title", text) {
            title.push_line(expression_color.map_or(BOLD, |expression_color| expression_color.over(BOLD)), part);
        }
        let beside = self.width.saturating_sub(INDENT.len() + when.columns() + 2);
        let is_narrow = beside < MIN_WIDTH / 2;
        let wrapped = title.wrap(if is_narrow { self.width - INDENT.len() } else { beside }, TITLE_LINES);
        let mut lines = self.with_omission(wrapped).into_iter();
        let first = Line::default().with(UNREAD, dot).and(&lines.next().unwrap_or_default());
        if is_narrow {
            self.lines.push(first);
        } else {
            self.both(first, &when);
        }
        self.lines.extend(lines.map(|line| Line::default().with(PLAIN, INDENT).and(&line)));
    }

    /// Everything but title and body.
    fn properties(&mut self, message: &Message) {
        let parts = property::parts(&message.properties);
        let (mut seen, mut data) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Data(name, value) => data.push((name, value)),
                part => seen.push(part),
            }
        }
        if !seen.is_empty() {
            self.lines.push(Line::default());
        }
        for part in seen.iter().take(MOST_PARTS) {
            self.part(part);
        }
        if seen.len() > MOST_PARTS {
            self.left_away(seen.len() - MOST_PARTS, "more link");
        }
        if !data.is_empty() {
            self.lines.push(Line::default());
            let total: usize = data.iter().map(|(_, value)| json::count(value)).sum();
            let width = self.width - INDENT.len();
            let mut printer = Printer::new(width, DATA_LINES, self.card.omission(), self.card.expression_colors);
            printer.members(data.into_iter());
            let margin = Line::default().with(PLAIN, INDENT);
            self.lines.extend(printer.lines.iter().map(|line| margin.clone().and(&self.card.data(line.clone()))));
            if total > printer.shown {
                self.left_away(total - printer.shown, "more value");
            }
        }
    }

    /// A button or an image.
    fn part(&mut self, part: &Part<'_>) {
        let colors = self.card.capabilities.colors;
        let omission = self.card.omission();
        let (mut head, address, path) = match part {
            Part::Button { name, label, address, path } => {
                let text = self.card.data(Line::default().with(palette::button(colors), label.unwrap_or(name)));
                let mut head =
                    chip::label(&text.cut(LABEL_WIDTH.min(self.width / 2), omission), palette::button(colors), colors);
                if label.is_some() {
                    head.push(PLAIN, "  ");
                    head.append(&self.card.data(Line::default().with(DIM, name)));
                }
                (head, address, path)
            }
            Part::Image { name, alt, address, path } => {
                let mut head = self.card.data(Line::default().with(DIM, name));
                for text in [*alt, property::file_name(address).filter(|name| name != address)].into_iter().flatten() {
                    head.push(PLAIN, "  ");
                    head.append(&self.card.data(Line::default().with(BOLD, text).cut(LABEL_WIDTH, omission)));
                }
                (head, address, path)
            }
            Part::Data(..) => return,
        };
        head = head.cut(self.width - INDENT.len(), omission);
        let link = link::target(address).filter(|_| self.card.capabilities.hyperlinks);
        let mut paragraph = Paragraph::default();
        for (expression_color, part) in expression_colors::parts_of(self.card.expression_colors, path, address) {
            paragraph.push_linked(
                expression_color.map_or(LINK, |expression_color| expression_color.over(LINK)),
                part,
                link.as_ref(),
            );
        }
        let margin = Line::default().with(PLAIN, INDENT);
        let room = (self.width - INDENT.len()).saturating_sub(head.columns() + 2);
        if paragraph.columns() <= room && paragraph.is_one_line() {
            let address = paragraph.wrap(room, 1).lines.pop().unwrap_or_default();
            self.lines.push(margin.and(&head).with(PLAIN, "  ").and(&self.card.data(address)));
            return;
        }
        self.lines.push(margin.and(&head));
        let wrapped = paragraph.wrap(self.width - 2 * INDENT.len(), ADDRESS_LINES);
        let lines = self.with_omission(wrapped);
        let margin = Line::default().with(PLAIN, INDENT).with(PLAIN, INDENT);
        self.lines.extend(lines.iter().map(|line| margin.clone().and(line)));
    }

    /// Type and topics, and when the message comes and goes.
    fn footer(&mut self, message: &Message) {
        self.lines.push(Line::default());
        let capabilities = self.card.capabilities;
        let expires = format!("expires in {}", moment::in_words(message.expiry.duration_since(message.sent_at)));
        let expires = Line::default().with(PLAIN, &expires);
        let width = self.width - INDENT.len();
        let chips = chip::chips(message, width, capabilities, |line| self.card.data(line));
        let margin = Line::default().with(PLAIN, INDENT);
        let mut chips: Vec<_> = chips.iter().map(|line| margin.clone().and(line)).collect();
        let last = chips.pop().unwrap_or_default();
        self.lines.extend(chips);
        self.both(last, &expires);
        let sent = Line::default().with(DIM, INDENT).with(DIM, &format!("sent {}", moment::exactly(message.sent_at)));
        let expiry = Line::default().with(DIM, &moment::exactly(message.expiry));
        self.both(sent, &expiry);
    }

    /// A paragraph with a margin, up to `most` lines.
    fn paragraph(&mut self, paragraph: &Paragraph, margin: usize, most: usize) {
        let Wrapped { lines, left_away } = paragraph.wrap(self.width - margin, most);
        let margin = Line::default().with(PLAIN, &" ".repeat(margin));
        self.lines.extend(lines.into_iter().map(|line| margin.clone().and(&self.card.data(line))));
        if left_away > 0 {
            self.left_away(left_away, "more character");
        }
    }

    /// Says how much was left away.
    fn left_away(&mut self, count: usize, what: &str) {
        let text = format!("{} {}; {ALL}", self.card.omission(), Count(what, count));
        let mut paragraph = Paragraph::default();
        paragraph.push(DIM, &text);
        let margin = Line::default().with(PLAIN, INDENT);
        let wrapped = paragraph.wrap(self.width - INDENT.len(), usize::MAX);
        self.lines.extend(wrapped.lines.into_iter().map(|line| margin.clone().and(&line)));
    }

    /// The lines of a wrapped paragraph; where there is more, the last one says so.
    fn with_omission(&self, wrapped: Wrapped) -> Vec<Line> {
        let Wrapped { mut lines, left_away } = wrapped;
        if left_away > 0
            && let Some(last) = lines.pop()
        {
            let width = last.columns().saturating_sub(self.card.omission().len());
            lines.push(last.cut(width, "").with(DIM, self.card.omission()));
        }
        lines.into_iter().map(|line| self.card.data(line)).collect()
    }

    /// A line with something at its left and right end, or two where both do not fit into one.
    fn both(&mut self, left: Line, right: &Line) {
        if let Some(line) = Line::of_two(&left, right, self.width) {
            self.lines.push(line);
        } else {
            self.lines.push(left.cut(self.width, self.card.omission()));
            let margin = self.width.saturating_sub(right.columns()).min(INDENT.len());
            let right = Line::default().with(PLAIN, &INDENT[..margin]).and(right);
            self.lines.push(right.cut(self.width, self.card.omission()));
        }
    }

    /// Appends the text of a property, what holes wrote in their colours, and addresses as links.
    fn colored(&self, paragraph: &mut Paragraph, style: Style, path: &str, text: &str) {
        let (looked_at, _) = line::split(text, line::MAX_BYTES);
        let addresses = link::addresses(looked_at);
        let mut start = 0;
        for (expression_color, part) in expression_colors::parts_of(self.card.expression_colors, path, text) {
            let style = expression_color.map_or(style, |expression_color| expression_color.over(style));
            let range = start..start + part.len();
            let mut from = 0;
            for address in addresses.iter().filter(|address| address.start < range.end && range.start < address.end) {
                // An address may begin or end within what a hole wrote.
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
