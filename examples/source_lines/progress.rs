//! Progress: a bar on a terminal, nothing anywhere else.
//!
//! It goes to standard error, so that the table can be piped on.

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "  {bar:40.green/blue} {human_pos} of {human_len} files  {msg:.dim}";

/// How far the counting has come.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn start(files: u64) -> Self {
        let style =
            ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(files).with_style(style.progress_chars("█▌░"));
        Self(bar)
    }

    /// Shows whose files are being counted.
    pub(crate) fn name(&self, name: &str) {
        self.0.set_message(name.to_owned());
    }

    /// One more file is through, whether well or not.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Writes a line above the bar.
    pub(crate) fn note(&self, line: &str) {
        self.0.suspend(|| eprintln!("  {line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
