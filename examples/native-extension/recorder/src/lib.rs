//! Records which functions a Python program calls.

pub mod trace;

#[cfg(feature = "python")]
mod python {
    use crate::trace::Trace;
    use pyo3::prelude::*;

    /// Keeps what it is told: `enter` with a name, `leave`, and `render` at the end.
    #[pyclass]
    #[derive(Default)]
    struct Recorder {
        trace: Trace,
    }

    #[pymethods]
    impl Recorder {
        #[new]
        fn new() -> Self {
            Self::default()
        }

        fn enter(&mut self, name: &str) {
            self.trace.enter(name);
        }

        fn leave(&mut self) {
            self.trace.leave();
        }

        fn render(&self) -> String {
            self.trace.render()
        }
    }

    #[pymodule]
    fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add_class::<Recorder>()
    }
}
