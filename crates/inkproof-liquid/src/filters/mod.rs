//! LiquidJS's filters: one file a family. A filter is a function, and a row in its family's table that describes it.

pub mod array;
pub mod crypto;
pub mod date;
pub mod html;
pub mod math;
pub mod misc;
pub mod string;
pub mod url;

use crate::engine::filter::Filter;

/// All filters of LiquidJS.
pub const FAMILIES: [&[Filter]; 8] = [
    array::FILTERS,
    crypto::FILTERS,
    date::FILTERS,
    html::FILTERS,
    math::FILTERS,
    misc::FILTERS,
    string::FILTERS,
    url::FILTERS,
];
