//! Deployment: whether a new revision of a template and the backend that fills its data can be deployed in any order.

mod comparison;
mod needs;
mod revision;
mod verdict;

pub use comparison::{Side, TemplateComparison, compare, compare_projects};
pub use needs::NeedChange;
pub use revision::{Endpoints, ProjectAt, RevisionsError, read_both};
pub use verdict::{Evidence, Order, Verdict, Witness};
