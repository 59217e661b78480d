//! Routes: which path is led where.

/// One route: paths that begin with `prefix` go to `target`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub prefix: String,
    pub target: String,
}

impl Route {
    pub fn new(prefix: &str, target: &str) -> Self {
        Self {
            prefix: prefix.to_string(),
            target: target.to_string(),
        }
    }

    pub fn leads(&self, path: &str) -> bool {
        path.starts_with(&self.prefix)
    }
}
