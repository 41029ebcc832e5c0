//! What dead workers have left behind, where this program is the one that has to reap it.
//!
//! Whose parent is gone is a child of process 1 from then on, or of the nearest subreaper. If that is this
//! program, what was killed with a worker is a zombie until its status is taken. It may take a while to end:
//! the thread that serves the links looks again.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::processes::parent::handle::process::Process;

/// How often to look.
const CHECK_INTERVAL: Duration = Duration::from_millis(2);

/// How long: what has not ended by then sleeps in the kernel.
const GIVE_UP_AFTER: Duration = Duration::from_secs(1);

/// Dead workers whose groups are not reaped, each with when to give up.
#[derive(Default)]
pub(super) struct Orphans(Vec<(Arc<Process>, Instant)>);

impl Orphans {
    /// Reaps what this worker has left, now or later. The worker is reaped.
    pub(super) fn add(&mut self, worker: &Arc<Process>) {
        if !worker.reap_group() {
            self.0
                .push((worker.clone(), Instant::now() + GIVE_UP_AFTER));
        }
    }

    /// Reaps what has ended since.
    pub(super) fn reap(&mut self) {
        if !self.0.is_empty() {
            let now = Instant::now();
            self.0
                .retain(|(worker, deadline)| !worker.reap_group() && now < *deadline);
        }
    }

    /// Reaps all; waits for it, though not for ever.
    pub(super) fn reap_all(&mut self) {
        self.reap();
        while !self.0.is_empty() {
            thread::sleep(CHECK_INTERVAL);
            self.reap();
        }
    }

    /// When to look again, if anything is left.
    pub(super) fn next_check(&self) -> Option<Duration> {
        (!self.0.is_empty()).then_some(CHECK_INTERVAL)
    }
}
