//! A trace: what was called, and how deep inside other calls.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    pub depth: usize,
}

#[derive(Debug, Default)]
pub struct Trace {
    depth: usize,
    calls: Vec<Call>,
}

impl Trace {
    pub fn enter(&mut self, name: &str) {
        self.calls.push(Call { name: name.to_owned(), depth: self.depth });
        self.depth += 1;
    }

    /// A return without a call changes nothing: tracing may begin in the middle of a program.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// One line for each call, with two spaces for each call that it is inside of.
    pub fn render(&self) -> String {
        self.calls.iter().map(|call| format!("{}{}\n", "  ".repeat(call.depth), call.name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_indented_by_what_they_are_inside_of() {
        let mut trace = Trace::default();
        trace.enter("main");
        trace.enter("parse");
        trace.leave();
        trace.enter("run");
        assert_eq!(trace.render(), "main\n  parse\n  run\n");
    }

    #[test]
    fn a_return_without_a_call_changes_nothing() {
        let mut trace = Trace::default();
        trace.leave();
        trace.enter("late");
        assert_eq!(trace.calls(), [Call { name: "late".to_owned(), depth: 0 }]);
    }
}
