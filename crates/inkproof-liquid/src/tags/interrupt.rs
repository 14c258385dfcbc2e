//! `{% break %}` and `{% continue %}`

use crate::engine::output::Output;
use crate::engine::runtime::{Interrupt, Runtime};
use crate::engine::tag::{Tag, TagDefinition};
use crate::error::Result;
use crate::syntax::part::Part;

/// Ends the loop; outside of one, the template.
///
/// ```
/// let template = "{% for i in (1..9) %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}";
/// assert_eq!(inkproof_liquid::render(template, "{}").unwrap(), "123");
/// ```
pub const BREAK: TagDefinition = TagDefinition { name: "break", parse: |_, _| Ok(&Stop(Interrupt::Break)) };

/// Goes on with the next turn of the loop; outside of one, ends the template.
///
/// ```
/// let template = "{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}";
/// assert_eq!(inkproof_liquid::render(template, "{}").unwrap(), "134");
/// ```
pub const CONTINUE: TagDefinition = TagDefinition { name: "continue", parse: |_, _| Ok(&Stop(Interrupt::Continue)) };

/// A parsed `break` or `continue`.
#[derive(Debug)]
pub struct Stop(pub Interrupt);

impl Tag for Stop {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, _: &mut Output) -> Result<()> {
        // LiquidJS keeps both marks, and a loop asks for `break` only.
        if runtime.interrupt != Some(Interrupt::Break) {
            runtime.interrupt = Some(self.0);
        }
        Ok(())
    }

    fn parts(&self) -> Vec<Part<'_>> {
        vec![Part::Stop]
    }
}
