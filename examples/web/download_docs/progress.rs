//! Progress: a bar on a terminal, a few plain lines anywhere else.
//!
//! Everything goes to standard error, so the summary can be piped on.

use indicatif::{ProgressBar, ProgressStyle};

/// The bar and the lines hold the same three things.
const TEMPLATE: &str = "{msg}: {wide_bar} {pos} of {len} files";

/// A run writes about this many plain lines.
const LINES: usize = 4;

/// How far a run has come.
pub(crate) struct Progress {
    title: &'static str,
    done: usize,
    total: usize,
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(title: &'static str, total: usize) -> Self {
        let style =
            ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        // A bar draws itself on a terminal and hides where there is none.
        let bar = ProgressBar::new(total as u64)
            .with_style(style)
            .with_message(title);
        Self {
            title,
            done: 0,
            total,
            bar,
        }
    }

    /// One more file is through, whether well or not.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        self.bar.inc(1);
        let every = self.total.div_ceil(LINES);
        let line_is_due = self.done.is_multiple_of(every) || self.done == self.total;
        if self.bar.is_hidden() && line_is_due {
            eprintln!("{}: {} of {} files", self.title, self.done, self.total);
        }
    }

    /// Writes a line above the bar.
    pub(crate) fn note(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{}: {line}", self.title));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
