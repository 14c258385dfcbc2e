//! The reading part of the App API: customers, deliveries, transactional messages and exports.

pub(super) mod customers;
pub(super) mod deliveries;
pub(super) mod exports;
pub(super) mod transactional;
