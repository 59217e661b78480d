//! Who may pass: nothing leads out of the tree.

use slipway_example_kelp_core::Route;

pub fn may_pass(route: &Route, path: &str) -> bool {
    route.leads(path) && !path.split('/').any(|part| part == "..")
}
