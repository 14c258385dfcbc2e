//! Customer.io's Liquid: LiquidJS and what Customer.io adds to it.

pub mod intl;

use std::sync::LazyLock;

use crate::liquid::Language;

/// Customer.io's current Liquid, made once.
pub static CUSTOMERIO: LazyLock<Language> = LazyLock::new(|| Language::liquidjs().named("customerio"));
