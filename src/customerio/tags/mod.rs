//! Tags that Customer.io has and LiquidJS has not: one file each, but for those that only the platform can fill, which
//! share [`platform`].
//!
//! All of them are tags: as variables (`{{ unsubscribe_url }}`) they do not exist.

pub mod cio_link;
pub mod countdown;
pub mod generate_uuid;
pub mod platform;
pub mod random;
mod raw_argument;
pub mod render_liquid;

pub use platform::{PLATFORM, PlatformTag};

use crate::liquid::engine::tag::TagDefinition;

/// All tags of Customer.io's own, but those of [`PLATFORM`].
pub const ALL: &[TagDefinition] =
    &[cio_link::CIO_LINK, generate_uuid::GENERATE_UUID, random::RANDOM, render_liquid::RENDER_LIQUID];
