//! One way through all URLs: what it saved, what failed, how long it took.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::progress::Progress;

/// The tally of one run.
pub(crate) struct Run {
    progress: Progress,
    started: Instant,
    elapsed: Duration,
    files: usize,
    bytes: usize,
    failures: Vec<(String, String)>,
}

impl Run {
    /// Starts the clock and the progress bar.
    pub(crate) fn start(title: &'static str, total: usize) -> Self {
        Self {
            progress: Progress::new(title, total),
            started: Instant::now(),
            elapsed: Duration::ZERO,
            files: 0,
            bytes: 0,
            failures: Vec::new(),
        }
    }

    /// Saves a file that arrived, or notes why it did not.
    ///
    /// A failed download is no error here; a full disk is.
    pub(crate) fn record<E: Error + 'static>(
        &mut self,
        url: &str,
        folder: &Folder,
        download: Result<Vec<u8>, E>,
    ) -> io::Result<()> {
        match download {
            Ok(bytes) => {
                folder.save(url, &bytes)?;
                self.files += 1;
                self.bytes += bytes.len();
            }
            Err(error) => self.note_failure(url, &error),
        }
        self.progress.step();
        Ok(())
    }

    fn note_failure(&mut self, url: &str, error: &(dyn Error + 'static)) {
        let reason = reason(error);
        self.progress.note(&format!("{url}: {reason}"));
        self.failures.push((url.to_owned(), reason));
    }

    /// Stops the clock and takes the progress bar away.
    pub(crate) fn finish(mut self) -> Self {
        self.elapsed = self.started.elapsed();
        self.progress.finish();
        self
    }

    /// How long the run took.
    pub(crate) fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How many files were saved.
    pub(crate) fn files(&self) -> usize {
        self.files
    }

    /// How many bytes they hold together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The URLs that failed, each with the reason.
    pub(crate) fn failures(&self) -> &[(String, String)] {
        &self.failures
    }
}

/// The error and its causes on one line.
fn reason(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
