//! Tags that Customer.io adds to LiquidJS, one file each, except those that only the platform can fill, which share
//! [`platform`].
//!
//! All of them are tags: there are no variables with these names (`{{ unsubscribe_url }}`).

pub mod cio_link;
pub mod countdown;
pub mod generate_uuid;
pub mod platform;
pub mod random;
mod raw_argument;
pub mod render_liquid;

pub use platform::{PLATFORM, PlatformTag};

use crate::liquid::engine::tag::TagDefinition;

/// All of Customer.io's own tags, except those of [`PLATFORM`].
pub const ALL: &[TagDefinition] =
    &[cio_link::CIO_LINK, generate_uuid::GENERATE_UUID, random::RANDOM, render_liquid::RENDER_LIQUID];
