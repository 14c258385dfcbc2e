//! `{% break %}` and `{% continue %}`

use crate::engine::output::Output;
use crate::engine::row::Example;
use crate::engine::runtime::{Interrupt, Runtime};
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::part::Part;

/// Ends the loop, or the template if it is outside a loop.
pub const BREAK: TagDefinition = TagDefinition::new("break", |_, _| Ok(&Stop(Interrupt::Break)))
    .summary("Ends the loop; outside a loop, the template.")
    .syntax("{% break %}")
    .since("1.9.1")
    .examples(&[Example::new("{% for i in (1..9) %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "123")]);

/// Continues with the next iteration of the loop; outside a loop, ends the template.
pub const CONTINUE: TagDefinition = TagDefinition::new("continue", |_, _| Ok(&Stop(Interrupt::Continue)))
    .summary("Continues with the next iteration of the loop; outside a loop, ends the template.")
    .syntax("{% continue %}")
    .since("1.9.1")
    .examples(&[Example::new(
        "{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
        "134",
    )]);

/// A parsed `break` or `continue`.
#[derive(Debug)]
pub struct Stop(pub Interrupt);

impl Tag for Stop {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        // LiquidJS has a flag for each of the two, and a loop only checks the one for `break`.
        if runtime.interrupt != Some(Interrupt::Break) {
            runtime.interrupt = Some(self.0);
        }
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Stop]
    }
}
