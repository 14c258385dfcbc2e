//! What a template needs, told without rendering it.

mod guard;
mod kind;
mod meaning;
mod needs;
mod path;
mod read;
mod walk;

pub use kind::Kind;
pub use needs::{Need, Needs};
pub use path::{Dependency, Depth, Path, Step};
pub use read::{Outcome, Read};
pub use walk::SnippetTexts;
