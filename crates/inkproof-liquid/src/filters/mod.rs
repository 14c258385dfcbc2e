//! LiquidJS's filters, one file per family. A filter is a function, and a row in the table of its family that describes
//! it.

pub mod array;
pub mod crypto;
pub mod date;
pub mod html;
pub mod math;
pub mod misc;
pub mod string;
pub mod url;

use crate::engine::filter::Filter;

/// All filters of LiquidJS, by family.
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
