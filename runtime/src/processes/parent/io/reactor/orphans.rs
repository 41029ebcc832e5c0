//! Orphans: processes that were killed with their worker, and that this program has to reap.
//!
//! An orphan becomes a child of process 1, or of the nearest subreaper. If that is this program,
//! the orphan is a zombie until this program takes its status. A killed process may need a while to
//! end, so the reactor looks again.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::processes::parent::handle::process::Process;

/// How often to look.
const CHECK_INTERVAL: Duration = Duration::from_millis(2);

/// How long: an orphan that has not ended by then sleeps in the kernel.
const GIVE_UP_AFTER: Duration = Duration::from_secs(1);

/// Dead workers whose process groups are not reaped, each with the time to give up.
#[derive(Default)]
pub(super) struct Orphans(Vec<(Arc<Process>, Instant)>);

impl Orphans {
    /// Reaps the process group of this worker, now or later. The worker itself is reaped.
    pub(super) fn add(&mut self, worker: &Arc<Process>) {
        if !worker.reap_group() {
            self.0
                .push((worker.clone(), Instant::now() + GIVE_UP_AFTER));
        }
    }

    /// Reaps the orphans that have ended.
    pub(super) fn reap(&mut self) {
        if !self.0.is_empty() {
            let now = Instant::now();
            self.0
                .retain(|(worker, deadline)| !worker.reap_group() && now < *deadline);
        }
    }

    /// Reaps all orphans. Waits for them, each until its time to give up.
    pub(super) fn reap_all(&mut self) {
        self.reap();
        while !self.0.is_empty() {
            thread::sleep(CHECK_INTERVAL);
            self.reap();
        }
    }

    /// The time until the next look, if any orphan is left.
    pub(super) fn next_check(&self) -> Option<Duration> {
        (!self.0.is_empty()).then_some(CHECK_INTERVAL)
    }
}
