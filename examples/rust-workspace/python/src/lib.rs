use pyo3::prelude::*;
use slipway_example_kelp_sdk::{Proxy, VERSION};

/// Where a path is led; None for nowhere.
#[pyfunction]
fn lead(path: &str) -> Option<String> {
    Proxy::default()
        .with("/api/", "http://127.0.0.1:8000/")
        .lead(path)
}

#[pymodule]
fn slipway_example_kelp(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", VERSION)?;
    module.add_function(wrap_pyfunction!(lead, module)?)
}
