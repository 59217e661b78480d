//! The proxy for other programs.

pub use slipway_example_kelp_core::Route;
use slipway_example_kelp_guard::may_pass;
use slipway_example_kelp_store::Routes;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Default)]
pub struct Proxy(Routes);

impl Proxy {
    pub fn with(mut self, prefix: &str, target: &str) -> Self {
        self.0.add(Route::new(prefix, target));
        self
    }

    pub fn lead(&self, path: &str) -> Option<String> {
        let route = self.0.find(path)?;
        may_pass(route, path).then(|| format!("{}{}", route.target, &path[route.prefix.len()..]))
    }
}
