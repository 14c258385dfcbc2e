//! The starter project that `inkproof init` creates: small, complete and readable.

use super::Plan;

/// The files, with their paths.
const FILES: [(&str, &str); 7] = [
    ("inkproof.toml", include_str!("starter/inkproof.toml")),
    ("templates/order_shipped.liquid", include_str!("starter/templates/order_shipped.liquid")),
    ("snippets/support_line.liquid", include_str!("starter/snippets/support_line.liquid")),
    ("fixtures/customers/ada.json", include_str!("starter/fixtures/customers/ada.json")),
    ("fixtures/customers/newcomer.json", include_str!("starter/fixtures/customers/newcomer.json")),
    (
        "fixtures/requests/order_shipped/standard.json",
        include_str!("starter/fixtures/requests/order_shipped/standard.json"),
    ),
    (
        "fixtures/requests/order_shipped/several_items.json",
        include_str!("starter/fixtures/requests/order_shipped/several_items.json"),
    ),
];

/// The files of the starter project.
#[must_use]
pub fn starter() -> Plan {
    let mut plan = Plan::default();
    for (path, text) in FILES {
        plan.add(path, text);
    }
    plan
}
