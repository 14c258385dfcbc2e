//! Rendering again what a change touches: `preview --watch` and `render --watch`, as lines.

use std::collections::HashSet;
use std::io::{self, Write};

use super::{Job, LiveProject};
use crate::cli::preview::{Sheet, View};
use crate::cli::render::Line;
use crate::cli::{Failure, Global, terminal};
use crate::diagnostics::{Diagnostic, Look, Severity};
use crate::message::{RenderOptions, Rendering};
use crate::project::{Case, Gone, Ingredients, Project};
use crate::watch::Told;

/// Cards of the messages that a change touches.
pub(super) struct Previews<'a> {
    messages: Messages<'a>,
    view: View,
    text: Vec<u8>,
}

/// Lines of JSON about the messages that a change touches.
pub(in crate::cli) struct Lines<'a> {
    messages: Messages<'a>,
    text: Vec<u8>,
}

/// The messages that are followed.
struct Messages<'a> {
    names: &'a [String],
    global: &'a Global,
    circumstances: fn(&Global) -> RenderOptions,
    ingredients: Ingredients,
}

impl<'a> Messages<'a> {
    fn new(names: &'a [String], global: &'a Global, circumstances: fn(&Global) -> RenderOptions) -> Self {
        Self { names, global, circumstances, ingredients: Ingredients::default() }
    }

    /// Hands over what is gone, and then what is touched, rendered.
    fn update<'p>(
        &mut self,
        project: &'p Project,
        text: &mut Vec<u8>,
        gone: impl Fn(&Gone, &mut Vec<u8>) -> io::Result<()>,
        mut each: impl FnMut(&Case<'p>, Rendering, &mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        text.clear();
        let cases = project.select(self.names)?;
        let found = self.ingredients.follow(project, cases.iter().map(|case| (case.request.name(), *case)));
        let touched: HashSet<_> = found.touched.iter().map(String::as_str).collect();
        let cases: Vec<_> = cases.into_iter().filter(|case| touched.contains(case.request.name())).collect();
        found.gone.iter().try_for_each(|is_gone| gone(is_gone, text))?;
        Ok(project.render(&cases, &(self.circumstances)(self.global), |case, rendering| each(case, rendering, text))?)
    }
}

impl<'a> Previews<'a> {
    pub(super) fn new(names: &'a [String], view: View, global: &'a Global) -> Self {
        Self { messages: Messages::new(names, global, Global::circumstances_of_preview), view, text: Vec::new() }
    }
}

impl Job for Previews<'_> {
    fn is_for_people(&self) -> bool {
        // Where people see a screen, it is another job's.
        false
    }

    fn update(&mut self, live: &LiveProject, _: &Told) -> Result<bool, Failure> {
        let project = live.project();
        let mut sheet = Sheet::new(self.view, terminal::canvas(), self.messages.global.manner());
        self.messages.update(
            project,
            &mut self.text,
            |_, _| Ok(()),
            |case, rendering, text| sheet.add(case, &rendering, text),
        )?;
        sheet.finish(&mut self.text)?;
        Ok(!self.text.is_empty())
    }

    fn print(&self, _: Look, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}

impl<'a> Lines<'a> {
    pub(in crate::cli) fn new(names: &'a [String], global: &'a Global) -> Self {
        Self { messages: Messages::new(names, global, Global::circumstances), text: Vec::new() }
    }
}

impl Job for Lines<'_> {
    fn is_for_people(&self) -> bool {
        false
    }

    fn update(&mut self, live: &LiveProject, _: &Told) -> Result<bool, Failure> {
        let project = live.project();
        self.messages.update(
            project,
            &mut self.text,
            |gone, text| Line::gone(&gone.name, &causes(project, gone)).write(text),
            |case, rendering, text| Line::new(case, &rendering).write(text),
        )?;
        Ok(!self.text.is_empty())
    }

    fn print(&self, _: Look, out: &mut dyn Write, _: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(&self.text)?)
    }
}

/// Why there is a message no more, where it is not simply that its request is gone.
fn causes(project: &Project, gone: &Gone) -> Vec<Diagnostic> {
    let is_its = |problem: &&Diagnostic| {
        problem.severity == Severity::Error
            && problem.location().is_some_and(|location| gone.files.iter().any(|file| file == location.source().name()))
    };
    project.problems().iter().filter(is_its).cloned().collect()
}
