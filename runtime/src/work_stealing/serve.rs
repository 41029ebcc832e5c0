//! The loop of a worker at the inbox: take a call, run it, help rayon, leave.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    handle::StealingHandle,
    rayon,
    serve_state::BROKEN,
    shared::{StealingShared, WorkerSlot},
};
use crate::{
    cell::WorkerHint,
    executor::Job,
    sync::{has_passed, spin_until},
};

/// What a worker that serves does, and so what must happen when it takes a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ServePhase {
    /// It runs one call after another.
    Working,
    /// It has just come. One wake may stand for several calls, so it looks for more when it has
    /// taken the first, before it runs it.
    Woken,
    /// It is the one worker that spins on the queue.
    Searching,
}

/// How long calls follow one another before a worker looks whether rayon has jobs.
///
/// That look costs some ten nanoseconds for each worker of the pool, more than the smallest calls.
const UNTIL_HELP: Duration = Duration::from_micros(20);

struct ServeLoop<'a> {
    pool: &'a Arc<StealingHandle>,
    shared: &'a StealingShared,
    slot: &'a WorkerSlot,
    phase: ServePhase,
    /// When to look for jobs of rayon's.
    next_help: Instant,
    /// Whether it has left out its last help.
    has_skipped: bool,
}

/// Serves the inbox: runs calls until there are none.
pub(super) fn serve(pool: &Arc<StealingHandle>) {
    let shared = &*pool.shared;
    let number = rayon::current_thread_index().expect("only rayon's threads find wake jobs");
    shared.serve_state.start_serving();
    pool.rewake_timer.note_answered();
    let mut serve_loop = ServeLoop {
        pool,
        shared,
        slot: shared.slot(number),
        phase: ServePhase::Woken,
        next_help: Instant::now() + UNTIL_HELP,
        has_skipped: false,
    };
    serve_loop.serve();
}

impl ServeLoop<'_> {
    fn serve(&mut self) {
        let StealingShared {
            inbox, serve_state, ..
        } = self.shared;
        loop {
            if let Some(job) = inbox.queue.pop() {
                self.take_up_work();
                self.run(job);
                self.help();
            } else if self.phase != ServePhase::Searching && serve_state.start_search() {
                self.phase = ServePhase::Searching;
                spin_until(|| !inbox.queue.is_empty());
            } else if self.leave() {
                return;
            }
        }
    }

    /// Has taken a call. Submitters may have relied on this worker for more than one.
    #[inline]
    fn take_up_work(&mut self) {
        let before = std::mem::replace(&mut self.phase, ServePhase::Working);
        if before == ServePhase::Working {
            return;
        }
        if before == ServePhase::Searching {
            self.shared.serve_state.end_search();
        }
        if !self.shared.inbox.queue.is_empty() {
            self.pool.find_worker();
        }
    }

    fn run(&self, job: Job) {
        if self.shared.serve_state.is(BROKEN) {
            return job.fail(self.shared.inbox.refusal());
        }
        self.slot.set_busy(true);
        job.run_for(&mut |hint| self.slot.set_busy(hint != WorkerHint::Free));
        self.slot.set_busy(false);
    }

    /// Runs jobs of rayon's, if there are any: what calls in progress have given to rayon goes
    /// before calls that have not started.
    #[inline]
    fn help(&mut self) {
        if has_passed(Some(self.next_help)) {
            self.next_help = Instant::now() + UNTIL_HELP;
            self.slot.set_helps(true);
            // Skip once: this worker would take the wake job that is meant for another one.
            self.has_skipped = self.shared.serve_state.is_wake_pending() && !self.has_skipped;
            while !self.has_skipped && rayon::yield_now() == Some(rayon::Yield::Executed) {}
            self.slot.set_helps(false);
        }
    }

    /// Stops serving, unless a call came in the last moment.
    fn leave(&mut self) -> bool {
        let StealingShared {
            serve_state,
            inbox,
            settings,
            ..
        } = self.shared;
        serve_state.stop_serving(self.phase == ServePhase::Searching);
        self.phase = ServePhase::Woken;
        if !inbox.queue.is_empty() && serve_state.resume_serving(settings.workers) {
            return false;
        }
        self.pool.note_left();
        true
    }
}
