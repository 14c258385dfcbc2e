//! string
use super::Filter;
/// x
pub const FILTERS: &[Filter] = &[];
