//! date
use super::Filter;
/// x
pub const FILTERS: &[Filter] = &[];
