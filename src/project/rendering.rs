//! Rendering of a project's cases: each template is parsed once.

use super::{Case, Project};
use crate::liquid::Arena;
use crate::message::{Circumstances, Rendering};

impl Project {
    /// Renders cases, which are expected by template as [`Project::cases`] gives them, and hands each to `each`.
    ///
    /// # Errors
    /// The first error of `each`.
    pub fn render<'p, E>(
        &'p self,
        cases: &[Case<'p>],
        circumstances: &Circumstances,
        mut each: impl FnMut(&Case<'p>, Rendering) -> Result<(), E>,
    ) -> Result<(), E> {
        let workspace = self.workspace();
        for of_template in cases.chunk_by(|left, right| std::ptr::eq(left.template, right.template)) {
            let Some(first) = of_template.first() else { continue };
            let arena = Arena::new();
            let compiled = first.template.compile(&workspace, &arena);
            for case in of_template {
                let rendering = match &compiled {
                    Ok(template) => template.render(case.customer, case.request, circumstances),
                    Err(problems) => Rendering::failed(problems.clone()),
                };
                each(case, rendering)?;
            }
        }
        Ok(())
    }
}
