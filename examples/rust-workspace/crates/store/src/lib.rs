//! Where routes are kept: the longest prefix wins.

use slipway_example_kelp_core::Route;

#[derive(Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    pub fn add(&mut self, route: Route) {
        self.0.push(route);
    }

    pub fn find(&self, path: &str) -> Option<&Route> {
        self.0
            .iter()
            .filter(|route| route.leads(path))
            .max_by_key(|route| route.prefix.len())
    }
}
