//! Progress: a bar on a terminal, and nothing anywhere else.

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "decoding: {wide_bar} {pos} of {len} files{msg}";

/// How far the workers have come.
pub(crate) struct Progress {
    failures: usize,
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(files: usize) -> Self {
        let style =
            ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        // A bar draws itself on a terminal and hides where there is none.
        let bar = ProgressBar::new(files as u64).with_style(style);
        Self { failures: 0, bar }
    }

    /// One more file is through, whether well or not.
    pub(crate) fn step(&mut self, is_failure: bool) {
        if is_failure {
            self.failures += 1;
            self.bar.set_message(format!(", {} failed", self.failures));
        }
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
