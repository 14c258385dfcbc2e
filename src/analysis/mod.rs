//! Static analysis: what a template reads from its data, and whether it can render to invalid JSON.
//!
//! There are two analyses. Both visit the tree of a template in the order of rendering, and both know what a tag does
//! from its
//! [parts](crate::liquid::syntax::part).
//!
//! - [`Needs`] lists every path of the data that is read, with what happens if it is missing. The rest of this page is
//!   about it.
//! - [`ContentProof`] executes the content on the states of a JSON parser, and proves that its JSON is valid. The page of
//!   `content/mod.rs` explains it.
//!
//! Two smaller modules work on renders instead: [`Coverage`] on their traces, and [`prints`] renders single
//! expressions.
//!
//! # What is read
//!
//! A [`Read`] is one place in the template that reads one [`Path`] of the data, such as `trigger.items[].name`, where
//! `[]` means every element of a list. Besides its path, it records
//!
//! - how much is read ([`Depth`]): a condition `{% if trigger.list %}` only reads whether there is a list, a loop reads
//!   its elements, and `{{ trigger.list | json }}` reads all of it;
//! - what happens if the path is missing ([`MissingBehavior`]);
//! - which [`Kind`] of value its use expects: `plus` expects a number;
//! - which branches it is in, and why they are rendered ([`BranchReason`]).
//!
//! [`Presence`] compares a read with actual data: whether the path is present, blank or missing there.
//!
//! # What is tracked during the walk
//!
//! `walk/` visits every node and keeps this state:
//!
//! - **Abstract values** (`abstract_value.rs`, with the lattice). A name that the template sets itself, with `assign`,
//!   `capture`, a loop or a filter, is not a read of the data. Its abstract value says which paths the value may come
//!   from, whether it is exactly what is stored there, whether it is null instead of missing, and everything else that
//!   it depends on. Reading the name reads those paths.
//! - **Guards** (`guard.rs`). The conditions around the current node. When a read is recorded that fails if its path is
//!   missing, each guard is evaluated again with that path missing. If a guard is false then, the read cannot happen
//!   (`Guarded`). If the guard is unaffected by the path, the read fails. If the result is unknown, it may fail.
//! - **Stops**. After a `break` or `continue`, the rest of the nodes is rendered only under a condition that is not
//!   evaluated again, but whose paths are known.
//!
//! # What is joined where
//!
//! - The branches of `if` and `unless` all start with the names from before the tag. One branch or `else` is rendered,
//!   so the names after the tag are the join of those after each branch and after `else` (unchanged without an `else`).
//! - The arms of `case` follow each other, because every arm that matches is rendered. After each arm, its names are
//!   joined with those from before it. The same happens after the `else`, which is rendered if no arm matched.
//! - The body of a loop starts with the names from before it, joined with those from its own end, and is visited until
//!   these no longer change (a fixpoint). Only the reads of the last visit are kept.
//! - Joining two abstract values unites their paths and dependencies. The result is exact only if both sides are exact
//!   and equal, and a name that only one side has set may be unset: it is read from the data as well.
//!
//! A guard ends with its branch, but everything that is set inside a branch depends on the paths of its guards.
//!
//! # What the budgets give up
//!
//! Templates may be hostile, so the walk is bounded. It visits a limited number of nodes (a snippet is visited again at
//! each use, a loop several times), follows paths and repeats loops only so far. When it reaches one of these limits,
//! or a tag renders a string that is only known at run time, [`Needs::reads_anything`] is set: the reads that were
//! found remain, but the template has to be treated as if it reads all data. A captured string that could depend on
//! very many reads depends on all of their variables instead. So the result gets less precise, but it stays sound.
//!
//! # An example
//!
//! ```
//! use inkproof::analysis::{Needs, MissingBehavior};
//! use inkproof::customerio::CUSTOMERIO;
//! use inkproof::liquid::{Arena, Template};
//!
//! let source = "\
//!     {% if trigger.nick %}\
//!         {% assign name = trigger.nick %}{{ trigger.nick }}\
//!     {% else %}\
//!         {% assign name = trigger.given %}\
//!     {% endif %}\
//!     {{ name }}{{ trigger.family }}";
//! let arena = Arena::new();
//! let template = Template::parse(source, &CUSTOMERIO, &arena).unwrap();
//! let needs = Needs::from_templates(&[template], &CUSTOMERIO, &|_| Vec::new(), &arena);
//! let reads: Vec<_> = needs.reads.iter().map(|read| (read.path.to_string(), read.missing_behavior)).collect();
//! let reads: Vec<_> = reads.iter().map(|(path, missing_behavior)| (path.as_str(), *missing_behavior)).collect();
//! assert_eq!(reads, [
//!     // The condition. Missing, it selects the `else`.
//!     ("trigger.nick", MissingBehavior::Decides),
//!     // `assign` sets `name` to null if its value is missing.
//!     ("trigger.nick", MissingBehavior::Nothing),
//!     // The guard `trigger.nick` is false if `trigger.nick` is missing, so this output is not reached.
//!     ("trigger.nick", MissingBehavior::Guarded),
//!     ("trigger.given", MissingBehavior::Nothing),
//!     // `{{ name }}`: after the join, its value may come from either path, and is null if that is missing.
//!     ("trigger.given", MissingBehavior::Nothing),
//!     ("trigger.nick", MissingBehavior::Nothing),
//!     // No guard is around it.
//!     ("trigger.family", MissingBehavior::Fails),
//! ]);
//! ```

mod abstract_value;
mod content;
mod coverage;
mod guard;
mod kind;
mod logic;
mod needs;
mod path;
mod presence;
mod read;
mod trial;
mod values;
mod walk;

pub use content::{ContentProof, Interpolation, JsonPosition, SyntaxIssue};
pub use coverage::{Branch, BranchKind, Coverage, branches_in, percent};
pub use kind::Kind;
pub use logic::{MixedCondition, mixed_condition};
pub use needs::{Need, Needs};
pub use path::{Dependency, Depth, Path, PathStep};
pub use presence::{Presence, places};
pub use read::{BranchReason, MissingBehavior, Property, Read};
pub use trial::{VALUES, prints, variable_of};
pub use values::{Purpose, each_value, names_and_strings};
pub use walk::SnippetLookup;
