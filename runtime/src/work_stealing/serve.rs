//! The life of a worker at the inbox: take a call, run it, help rayon, leave.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    handle::{StealingHandle, StealingShared, WorkerSlot},
    rayon,
    serve_state::BROKEN,
};
use crate::{
    executor::Job,
    future::settle::WorkerHint,
    sync::{has_passed, spin_until},
};

/// How the pool counts a worker that serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ServePhase {
    /// It takes calls, one after another.
    Working,
    /// It has just come: there may be more than the one call it came for, so it looks
    /// when it has taken that, before it runs it.
    Sent,
    /// It is the one that looks into the queue without leaving.
    Searching,
}

/// How long calls follow one another before a worker looks what there is to help with.
///
/// That look costs some ten nanoseconds a worker of the pool, more than the smallest calls.
const UNTIL_HELP: Duration = Duration::from_micros(20);

struct ServeLoop<'a> {
    pool: &'a Arc<StealingHandle>,
    shared: &'a StealingShared,
    slot: &'a WorkerSlot,
    phase: ServePhase,
    /// When to look what there is to help with.
    next_help: Instant,
    /// Whether it left its last help out.
    has_waited: bool,
}

/// Answers a bell: runs calls until there are none.
pub(super) fn serve(pool: &Arc<StealingHandle>) {
    let shared = &*pool.shared;
    let number = rayon::current_thread_index().expect("only rayon's threads find bells");
    shared.serve_state.start_serving();
    pool.rewake_timer.note_served();
    let mut serve_loop = ServeLoop {
        pool,
        shared,
        slot: shared.slot(number),
        phase: ServePhase::Sent,
        next_help: Instant::now() + UNTIL_HELP,
        has_waited: false,
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

    /// Has taken a call. Whoever pushed may have relied on this worker for more than one.
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

    /// Does jobs of rayon's, if there are any: what calls have begun goes before what has not started.
    #[inline]
    fn help(&mut self) {
        if has_passed(Some(self.next_help)) {
            self.next_help = Instant::now() + UNTIL_HELP;
            self.slot.set_helps(true);
            // A fresh bell it would find, and it is meant for somebody else.
            self.has_waited = self.shared.serve_state.is_wake_pending() && !self.has_waited;
            while !self.has_waited && rayon::yield_now() == Some(rayon::Yield::Executed) {}
            self.slot.set_helps(false);
        }
    }

    /// Leaves, unless a call came in the last moment.
    fn leave(&mut self) -> bool {
        let StealingShared {
            serve_state,
            inbox,
            settings,
            ..
        } = self.shared;
        serve_state.stop_serving(self.phase == ServePhase::Searching);
        self.phase = ServePhase::Sent;
        if !inbox.queue.is_empty() && serve_state.resume_serving(settings.workers) {
            return false;
        }
        self.pool.note_left();
        true
    }
}
