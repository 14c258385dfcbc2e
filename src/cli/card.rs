//! The card: one message drawn as an inbox shows it.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use crate::diagnostics::{Look, sanitize};
use crate::message::Message;
use crate::project::Case;

/// The widest card, in columns; longer lines are hard to read.
const MAX_WIDTH: usize = 100;
/// The narrowest card.
const MIN_WIDTH: usize = 30;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CHIP: Style = AnsiColor::Cyan.on_default();
const FAILED: Style = AnsiColor::Red.on_default().bold();
const UNREAD: Style = AnsiColor::Blue.on_default();

/// A message, or the place where one should be, with its heading. Displays as lines.
pub(super) struct Card<'a> {
    pub(super) case: &'a Case<'a>,
    /// None where the message fails.
    pub(super) message: Option<&'a Message>,
    pub(super) look: Look,
}

impl fmt::Display for Card<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.look.width.clamp(MIN_WIDTH, MAX_WIDTH) - 6;
        let mut lines = Lines { inner, lines: Vec::new() };
        match self.message {
            Some(message) => lines.message(message, self.look.unicode),
            None => lines.both(&[(FAILED, "not sent")], &[]),
        }
        writeln!(f, "  {}", self.heading(inner + 2).text)?;
        let border = Border::new(self.look.unicode);
        let bar = border.horizontal.repeat(inner + 2);
        writeln!(f, " {DIM}{}{bar}{}{DIM:#}", border.corners[0], border.corners[1])?;
        for line in &lines.lines {
            write!(f, " {DIM}{}{DIM:#} ", border.vertical)?;
            line.write_padded(f, inner)?;
            writeln!(f, " {DIM}{}{DIM:#}", border.vertical)?;
        }
        write!(f, " {DIM}{}{bar}{}{DIM:#}", border.corners[2], border.corners[3])
    }
}

impl Card<'_> {
    /// Which request of which template, and for whom.
    fn heading(&self, width: usize) -> Line {
        let (template, request) = (self.case.template.name(), self.case.request.name());
        let request = request.strip_prefix(template).and_then(|rest| rest.strip_prefix('/')).unwrap_or(request);
        let customer = self.case.customer;
        let mut whom = format!("to {}", customer.display_name().unwrap_or(customer.main_identifier()));
        if customer.display_name().is_some() {
            let _ = write!(whom, " · {}", customer.main_identifier());
        }
        Line::of_two(&[(BOLD, template), (DIM, " / "), (BOLD, request)], &[(DIM, &whom)], width)
    }
}

/// The lines inside the box.
struct Lines {
    inner: usize,
    lines: Vec<Line>,
}

/// The left margin of all but the title.
const INDENT: &str = "   ";

impl Lines {
    fn message(&mut self, message: &Message, unicode: bool) {
        let dot = if unicode { "●  " } else { "*  " };
        let kind = if message.kind.is_empty() { String::new() } else { format!("{}   ", message.kind) };
        let title = text_of(&message.properties, "title").unwrap_or_default();
        let when = [(CHIP, kind.as_str()), (DIM, "just now")];
        let room = self.inner.saturating_sub(dot.width() + kind.width() + "   just now".width());
        let mut title = wrap(&title, room.max(MIN_WIDTH / 2)).into_iter();
        self.both(&[(UNREAD, dot), (BOLD, &title.next().unwrap_or_default())], &when);
        for more in title {
            self.both(&[(BOLD, INDENT), (BOLD, &more)], &[]);
        }
        if let Some(body) = text_of(&message.properties, "body") {
            self.paragraph(Style::new(), &body);
        }
        let others = message.properties.iter().filter(|(name, value)| !is_shown_already(name, value));
        let others: Map<String, Value> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        if !others.is_empty() {
            self.both(&[], &[]);
            let json = serde_json::to_string_pretty(&others).unwrap_or_default();
            // The outer braces say nothing.
            for line in json.lines().filter(|line| *line != "{" && *line != "}") {
                self.paragraph(DIM, line.strip_prefix("  ").unwrap_or(line));
            }
        }
        let topics = if message.topics.is_empty() { "default".to_owned() } else { message.topics.join(" · ") };
        let expires = expires(message.sent_at, message.expiry);
        self.both(&[], &[]);
        self.both(&[(CHIP, INDENT), (CHIP, &topics)], &[(DIM, &expires)]);
    }

    /// A text over as many lines as it needs.
    fn paragraph(&mut self, style: Style, text: &str) {
        for line in wrap(text, self.inner - INDENT.len()) {
            self.both(&[(style, INDENT), (style, &line)], &[]);
        }
    }

    /// A line with something at its left and right end, or two where both do not fit into one.
    fn both(&mut self, left: &[(Style, &str)], right: &[(Style, &str)]) {
        let line = Line::of_two(left, right, self.inner);
        if line.width <= self.inner || right.is_empty() {
            self.lines.push(line);
        } else {
            self.lines.push(Line::of_two(left, &[], self.inner));
            self.lines.push(Line::of_two(&[], right, self.inner));
        }
    }
}

/// Title and body, where they are texts, have places of their own.
fn is_shown_already(name: &str, value: &Value) -> bool {
    matches!(name, "title" | "body") && value.is_string()
}

fn text_of(properties: &Map<String, Value>, name: &str) -> Option<String> {
    properties.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Breaks a text into lines of at most `width` columns, with nothing in them that could move the cursor.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let text = sanitize::text(text).replace('\t', "    ");
    textwrap::wrap(&text, width).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// When a message expires, in words and as a date.
fn expires(sent: Timestamp, expiry: Timestamp) -> String {
    format!("expires in {} · {}", in_words(expiry.duration_since(sent)), expiry.strftime("%-d %b %Y %H:%M"))
}

/// A duration in its largest fitting unit.
fn in_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3_600, "hour"),
        120.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// A line with its styles, and the columns it takes.
struct Line {
    text: String,
    width: usize,
}

impl Line {
    /// Puts two sides at the ends of a line of `width` columns; farther apart than that where they do not fit.
    fn of_two(left: &[(Style, &str)], right: &[(Style, &str)], width: usize) -> Self {
        let columns =
            |parts: &[(Style, &str)]| parts.iter().map(|(_, text)| sanitize::line(text).width()).sum::<usize>();
        let (left_width, right_width) = (columns(left), columns(right));
        let gap = if right.is_empty() { 0 } else { width.saturating_sub(left_width + right_width).max(2) };
        let mut text = String::new();
        for (style, part) in left {
            let _ = write!(text, "{style}{}{style:#}", sanitize::line(part));
        }
        text.push_str(&" ".repeat(gap));
        for (style, part) in right {
            let _ = write!(text, "{style}{}{style:#}", sanitize::line(part));
        }
        Self { text, width: left_width + gap + right_width }
    }

    fn write_padded(&self, f: &mut fmt::Formatter<'_>, width: usize) -> fmt::Result {
        write!(f, "{}{}", self.text, " ".repeat(width.saturating_sub(self.width)))
    }
}

/// The characters of the box.
struct Border {
    horizontal: &'static str,
    vertical: &'static str,
    corners: [&'static str; 4],
}

impl Border {
    const fn new(unicode: bool) -> Self {
        if unicode {
            Self { horizontal: "─", vertical: "│", corners: ["╭", "╮", "╰", "╯"] }
        } else {
            Self { horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"] }
        }
    }
}
