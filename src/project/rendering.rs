//! Rendering of a project's cases: each template is parsed once, or once per batch of its cases.

use std::convert::Infallible;

use rayon::prelude::*;

use super::{Case, Project};
use crate::liquid::Arena;
use crate::message::{RenderOptions, Rendering};
use crate::threads::on_all_cores;

/// Batch size: how many messages of one template a thread renders at a time. Larger batches leave threads idle at the end;
/// smaller ones parse templates more often than necessary.
const PIECE: usize = 64;

impl Project {
    /// Renders cases, which should be sorted by template like those of [`Project::cases`], and calls `each` with each result.
    ///
    /// # Errors
    /// The first error of `each`.
    pub fn render<'p, E>(
        &'p self,
        cases: &[Case<'p>],
        render_options: &RenderOptions,
        mut each: impl FnMut(&Case<'p>, Rendering) -> Result<(), E>,
    ) -> Result<(), E> {
        let workspace = self.workspace();
        for of_template in cases.chunk_by(|left, right| std::ptr::eq(left.template, right.template)) {
            let Some(first) = of_template.first() else { continue };
            let arena = Arena::new();
            let compiled = first.template.compile(&workspace, &arena);
            for case in of_template {
                let rendering = match &compiled {
                    Ok(template) => template.render(case.customer, case.request, render_options),
                    Err(problems) => Rendering::failed(problems.clone()),
                };
                each(case, rendering)?;
            }
        }
        Ok(())
    }

    /// Renders cases on all cores, sorted by template as for [`Project::render`]. Returns the result of `each` for every
    /// rendering and its index, in the order of the cases.
    pub fn render_on_all_cores<'p, T: Send>(
        &'p self,
        cases: &[Case<'p>],
        render_options: &RenderOptions,
        each: impl Fn(usize, Rendering) -> T + Sync,
    ) -> Vec<T> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for of_template in cases.chunk_by(|left, right| std::ptr::eq(left.template, right.template)) {
            for piece in of_template.chunks(PIECE) {
                pieces.push((start, piece));
                start += piece.len();
            }
        }
        let render_piece = |(start, piece): (usize, &[Case<'p>])| {
            let mut made = Vec::with_capacity(piece.len());
            let done = self.render(piece, render_options, |_, rendering| {
                made.push(each(start + made.len(), rendering));
                Ok::<_, Infallible>(())
            });
            match done {
                Ok(()) => made,
            }
        };
        on_all_cores(|| pieces.into_par_iter().flat_map_iter(render_piece).collect())
    }
}
