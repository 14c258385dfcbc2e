//! What a template needs, told without rendering it; and what it finds in some data.

mod content;
mod coverage;
mod guard;
mod kind;
mod meaning;
mod needs;
mod path;
mod presence;
mod read;
mod trial;
mod values;
mod walk;

pub use content::{Break, ContentProof, Decision, Hole, Position, Question, Slip, Verdict};
pub use coverage::{Branch, BranchKind, Coverage, percent};
pub use kind::Kind;
pub use needs::{Need, Needs};
pub use path::{Dependency, Depth, Path, Step};
pub use presence::{Presence, places};
pub use read::{Choice, Outcome, Read};
pub use trial::{VALUES, prints, variable_of};
pub use values::{Purpose, each_value, names_and_texts};
pub use walk::SnippetTexts;
