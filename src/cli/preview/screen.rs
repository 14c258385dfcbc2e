//! `preview --watch` on a terminal: full-screen cards.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::{Shown, View, write_message};
use crate::cli::card::Card;
use crate::cli::difference::{Drawing, Layout};
use crate::cli::test::accept_one;
use crate::cli::watch::{Job, ScreenAction};
use crate::cli::{Failure, Global};
use crate::diagnostics::{Diagnostics, Theme, sanitize};
use crate::liquid::Mode;
use crate::message::{Customer, Message, RenderOptions, Rendering, Request, Template};
use crate::project::{Case, DependencyTracker, LiveProject, Project, SendStatus};
use crate::snapshot::Difference;
use crate::watch::WatchEvent;

const DIM: Style = Style::new().dimmed();
const STALE: Style = AnsiColor::Yellow.on_default();

/// The heading of the last successful card, shown while the message fails or its files are broken.
const LAST_GOOD: &str = "last successful render:";

/// The cards of all selected messages, drawn from the current one on.
pub(super) struct ScreenJob<'a> {
    names: &'a [String],
    view: View,
    global: &'a Global,
    mode: Mode,
    tracker: DependencyTracker,
    /// The messages by request name.
    shown: HashMap<String, ShownMessage>,
    /// The request names in display order.
    order: Vec<String>,
    /// The request name of the message at the top.
    current: String,
    filter: String,
    shows_differences: bool,
}

/// A message and its previous state. It is kept while its files are broken.
struct ShownMessage {
    template: Template,
    request: Request,
    customer: Customer,
    /// `None` if the files are so broken that nothing can be rendered.
    rendering: Option<Rendering>,
    send_status: SendStatus,
    /// The last message that rendered without failing.
    last_good: Option<Message>,
    /// How `last_good` differs from the one before.
    difference: Option<Difference>,
}

impl<'a> ScreenJob<'a> {
    pub(super) fn new(names: &'a [String], view: View, global: &'a Global) -> Self {
        Self {
            names,
            view,
            global,
            mode: global.mode(),
            tracker: DependencyTracker::default(),
            shown: HashMap::new(),
            order: Vec::new(),
            current: String::new(),
            filter: String::new(),
            shows_differences: true,
        }
    }

    /// The request names that match the filter.
    fn visible(&self) -> Vec<&str> {
        let pattern = self.filter.to_lowercase();
        let is_visible = |name: &&str| {
            let template = || self.shown.get(*name).map(|shown| shown.template.name().to_lowercase());
            pattern.is_empty()
                || name.to_lowercase().contains(&pattern)
                || template().is_some_and(|name| name.contains(&pattern))
        };
        self.order.iter().map(String::as_str).filter(is_visible).collect()
    }

    /// The index of the current message among the visible ones.
    fn current_index(&self, visible: &[&str]) -> usize {
        visible.iter().position(|name| *name == self.current).unwrap_or(0)
    }

    fn render(&mut self, project: &Project, cases: &[Case<'_>]) {
        let render_options = RenderOptions { mode: self.mode, ..self.global.preview_options() };
        let done = project.render(cases, &render_options, |case, mut rendering| {
            let send_status = project.send_status(case, &mut rendering, &render_options);
            let before = self.shown.remove(case.request.name()).and_then(|shown| shown.last_good);
            let difference = match (&before, &rendering.message) {
                (Some(before), Some(now)) => difference(before, now),
                _ => None,
            };
            let last_good = rendering.message.clone().or(before);
            let shown = ShownMessage {
                template: case.template.clone(),
                request: case.request.clone(),
                customer: case.customer.clone(),
                rendering: Some(rendering),
                send_status,
                last_good,
                difference,
            };
            self.shown.insert(case.request.name().to_owned(), shown);
            Ok::<_, std::convert::Infallible>(())
        });
        match done {
            Ok(()) => {}
        }
    }

    /// Rebuilds the order: the cases in their order, and each kept message after the one it followed before.
    fn reorder(&mut self, cases: &[Case<'_>], kept: &HashSet<String>) {
        let mut order: Vec<String> = cases.iter().map(|case| case.request.name().to_owned()).collect();
        let before = std::mem::take(&mut self.order);
        for (index, name) in before.iter().enumerate().filter(|(_, name)| kept.contains(*name)) {
            let earlier =
                before[..index].iter().rev().find_map(|earlier| order.iter().position(|name| name == earlier));
            order.insert(earlier.map_or(0, |earlier| earlier + 1), name.clone());
        }
        self.order = order;
    }
}

impl Job for ScreenJob<'_> {
    fn update(&mut self, live: &LiveProject, _: &WatchEvent) -> Result<bool, Failure> {
        let project = live.project();
        let selected = project.select(self.names);
        // While a file is broken, a name may mean nothing.
        let (cases, failure) = match selected {
            Err(errors) if self.order.is_empty() => return Err(errors.into()),
            Err(errors) => (Vec::new(), Some(errors)),
            Ok(cases) => (cases, None),
        };
        let found = self.tracker.follow(project, cases.iter().map(|case| (case.request.name(), *case)));
        let changed: HashSet<_> = found.changed.iter().map(String::as_str).collect();
        let again: Vec<_> = cases.iter().filter(|case| changed.contains(case.request.name())).copied().collect();
        self.render(project, &again);
        let now: HashSet<_> = cases.iter().map(|case| case.request.name()).collect();
        let kept: HashSet<_> = self.order.iter().filter(|name| !now.contains(name.as_str())).cloned().collect();
        self.shown.retain(|name, shown| {
            let is_kept =
                kept.contains(name) && shown.last_good.is_some() && live.files().has(shown.request.source().name());
            if is_kept {
                shown.rendering = None;
            }
            is_kept || now.contains(name.as_str())
        });
        let kept: HashSet<_> = kept.into_iter().filter(|name| self.shown.contains_key(name)).collect();
        let is_first = self.order.is_empty();
        self.reorder(&cases, &kept);
        // Jump to a message that has just changed.
        if !is_first && !changed.contains(self.current.as_str()) {
            let visible = self.visible();
            if let Some(name) = visible.iter().find(|name| changed.contains(*name)).map(|name| (*name).to_owned()) {
                self.current = name;
            }
        }
        if !self.shown.contains_key(&self.current) {
            self.current = self.order.first().cloned().unwrap_or_default();
        }
        failure.map_or(Ok(true), |errors| Err(errors.into()))
    }

    fn print(&self, theme: Theme, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(self.write(theme, usize::MAX, out)?)
    }

    fn draw(&self, theme: Theme, rows: usize, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(self.write(theme, rows, out)?)
    }

    fn supports(&self, _: ScreenAction) -> bool {
        true
    }

    fn perform(&mut self, action: ScreenAction, live: &LiveProject) -> Result<String, Failure> {
        let visible = self.visible();
        let index = self.current_index(&visible);
        let target = match action {
            ScreenAction::Next => visible.get(index + 1),
            ScreenAction::Previous => visible.get(index.wrapping_sub(1)),
            ScreenAction::First => visible.first(),
            ScreenAction::Last => visible.last(),
            ScreenAction::ToggleDifferences => {
                self.shows_differences = !self.shows_differences;
                return Ok(String::new());
            }
            ScreenAction::ToggleMode => {
                self.mode = match self.mode {
                    Mode::Live => Mode::Lax,
                    Mode::Lax | Mode::Explore => Mode::Live,
                };
                let cases = live.project().select(self.names)?;
                self.render(live.project(), &cases);
                return Ok(String::new());
            }
            ScreenAction::Accept => {
                let Some(name) = visible.get(index) else { return Ok("there is nothing to accept".to_owned()) };
                return Ok(accept_one(live.project(), name, self.global));
            }
        };
        if let Some(name) = target.map(|name| (*name).to_owned()) {
            self.current = name;
        }
        Ok(String::new())
    }

    fn filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
        let visible = self.visible();
        if !visible.contains(&self.current.as_str()) {
            self.current = visible.first().map(|name| (*name).to_owned()).unwrap_or_default();
        }
    }

    fn file_to_edit(&self, live: &LiveProject) -> Option<PathBuf> {
        let shown = self.shown.get(*self.visible().get(self.current_index(&self.visible()))?)?;
        Some(live.project().root().join(shown.template.source().name()))
    }

    fn status(&self) -> String {
        let visible = self.visible();
        let mode = if self.mode == Mode::Lax { " · lax" } else { "" };
        let filter = if self.filter.is_empty() { String::new() } else { format!(" · /{}", self.filter) };
        let Some(name) = visible.get(self.current_index(&visible)) else {
            return sanitize::line(&format!("no messages{filter}{mode}")).into_owned();
        };
        let number = self.current_index(&visible) + 1;
        sanitize::line(&format!("{number} of {} · {name}{filter}{mode}", visible.len())).into_owned()
    }
}

impl ScreenJob<'_> {
    /// Draws the current message and those after it, until there are at least `rows` rows.
    fn write(&self, theme: Theme, rows: usize, out: &mut dyn Write) -> io::Result<()> {
        let visible = self.visible();
        let mut left = rows;
        for name in visible.iter().skip(self.current_index(&visible)) {
            let Some(shown) = self.shown.get(*name) else { continue };
            let mut text = Vec::new();
            self.write_shown(shown, theme, &mut text)?;
            out.write_all(&text)?;
            left = left.saturating_sub(memchr::memchr_iter(b'\n', &text).count());
            if left == 0 {
                break;
            }
        }
        Ok(())
    }

    fn write_shown(&self, shown: &ShownMessage, theme: Theme, out: &mut dyn Write) -> io::Result<()> {
        let case = Case { template: &shown.template, request: &shown.request, customer: &shown.customer };
        let output_options = self.global.output_options();
        let capabilities = self.global.capabilities().with_width(theme.width);
        if let Some(rendering) = &shown.rendering {
            let shown = Shown { case: &case, rendering: rendering.clone(), send_status: shown.send_status };
            write_message(&shown, self.view, capabilities, &output_options, out)?;
        }
        let is_stale = shown.rendering.as_ref().is_none_or(|rendering| rendering.message.is_none());
        if let Some(good) = shown.last_good.as_ref().filter(|_| is_stale) {
            writeln!(out, "  {STALE}{LAST_GOOD}{STALE:#}")?;
            writeln!(out, "{}\n", Card::new(&case, Some(good), &Diagnostics::new(), capabilities))?;
        }
        if let Some(difference) = shown.difference.as_ref().filter(|_| self.shows_differences && !is_stale) {
            writeln!(out, "  {DIM}what changed:{DIM:#}")?;
            writeln!(out, "{}", Drawing { difference, theme, layout: Layout::Wrapped })?;
        }
        Ok(())
    }
}

/// How a message changed. The send time is ignored, and so is an expiry that only moved with it.
fn difference(before: &Message, now: &Message) -> Option<Difference> {
    let lifetime = |message: &Message| message.expiry.duration_since(message.sent_at);
    let has_same_expiry = before.expiry == now.expiry || lifetime(before) == lifetime(now);
    let text = |message: &Message, expiry| {
        let shown = json!({
            "type": message.kind, "topics": message.topics, "expiry": expiry, "properties": message.properties,
        });
        serde_json::to_string_pretty(&shown).unwrap_or_default()
    };
    let expiry = if has_same_expiry { now.expiry } else { before.expiry };
    let (before, now) = (text(before, expiry), text(now, now.expiry));
    (before != now).then(|| Difference::between(&before, &now))
}
