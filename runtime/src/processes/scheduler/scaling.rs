//! How many workers there are: which of them count, when another is asked for, and when the pool
//! gives up.
//!
//! ```text
//!   counts           Starting, Ready            it runs a call, or could
//!                    Ready, on its last call    until that is answered
//!                    link closed, call open     until that is answered, or it is killed
//!                    Killed                     until it has ended; a second at most
//!   does not count   done with its last call, Leaving, link closed and nothing open
//! ```
//!
//! So never more than `workers` calls run at once. A worker that does not count may be there
//! beside the one that takes its place; of those there are at most `workers`, too, since leaving
//! may take its time.
//!
//! What the system refuses is waited out as long as any worker is there that was ready: one start
//! at a time is tried until one comes through. Three early ends in a row break the pool only if
//! no other worker serves.

use std::time::{Duration, Instant};

use super::{
    Effects, Scheduler, WorkerId,
    worker_record::{WorkerRecord, WorkerState},
};
use crate::error::TaskError;

/// How long to do with the workers there are once the system has refused one.
const SPAWN_PAUSE: Duration = Duration::from_millis(500);

/// How many workers in a row may end before they have run a call.
const EARLY_DEATHS: u32 = 3;

/// How long a killed worker counts, at most: one that waits for a device may not end for long.
pub(super) const KILL_GRACE: Duration = Duration::from_secs(1);

/// What a worker is to the number of workers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occupancy {
    /// It runs a call, or could.
    Counts,
    /// It has run its last call, and is about to end.
    Leaves,
    /// It was killed, and does not end.
    Lingers,
}

impl WorkerRecord {
    fn occupancy(&self) -> Occupancy {
        match self.state {
            WorkerState::Starting { .. } => Occupancy::Counts,
            WorkerState::Ready { .. } if self.batches.is_empty() && !self.is_staying() => {
                Occupancy::Leaves
            }
            WorkerState::Ready { .. } => Occupancy::Counts,
            WorkerState::Leaving { .. } => Occupancy::Leaves,
            WorkerState::Killed { since } if since.elapsed() < KILL_GRACE => Occupancy::Counts,
            WorkerState::Killed { .. } => Occupancy::Lingers,
        }
    }

    fn is_starting(&self) -> bool {
        matches!(self.state, WorkerState::Starting { .. })
    }
}

impl Scheduler {
    /// Asks for more workers, if there is more to do than those there are can do at once.
    pub(super) fn spawn_workers(&mut self, effects: &mut Effects) {
        if self.broken.is_some() {
            return;
        }
        let in_flight: usize = self.workers.values().map(WorkerRecord::in_flight).sum();
        let mut there = self.spawning + self.count_workers();
        let mut wanted = self.queued + in_flight;
        let alone = self.delayed.isolated();
        if alone > 0 {
            // Each waits for a worker of its own.
            wanted = wanted.max(there + alone.saturating_sub(self.starting()));
        }
        wanted = wanted.min(self.config.workers);
        if there >= wanted {
            return;
        }
        if let Some(moment) = self.refused_until {
            if self.starting() > 0 || !self.workers.is_empty() && Instant::now() < moment {
                return;
            }
            wanted = there + 1;
        }
        while there < wanted {
            effects.spawn.push(WorkerId(self.next_id));
            self.next_id += 1;
            self.spawning += 1;
            there += 1;
        }
    }

    /// How many workers will be ready if all goes well.
    fn starting(&self) -> usize {
        let starting = self.workers.values().filter(|worker| worker.is_starting());
        self.spawning + starting.count()
    }

    /// Whether a worker will come that was given nothing yet.
    pub(super) fn is_one_coming(&self) -> bool {
        let has_capacity = || self.spawning + self.count_workers() < self.config.workers;
        self.starting() > 0 || self.refused_until.is_none() && has_capacity()
    }

    /// How many workers count; those that leave do from a number on.
    fn count_workers(&self) -> usize {
        let (mut counting, mut leaving) = (0, 0_usize);
        for worker in self.workers.values() {
            match worker.occupancy() {
                Occupancy::Counts => counting += 1,
                Occupancy::Leaves => leaving += 1,
                Occupancy::Lingers => {}
            }
        }
        counting + leaving.saturating_sub(self.config.workers)
    }

    /// The supervisor was refused a worker. With no other, nothing can run. True if none was
    /// refused just before.
    pub(in crate::processes) fn spawn_failed(
        &mut self,
        reason: &str,
        effects: &mut Effects,
    ) -> bool {
        self.spawning -= 1;
        if self.spawning == 0 && self.workers.is_empty() {
            self.fail_pending(&|| TaskError::rejected(reason), effects);
        }
        self.note_refusal(effects)
    }

    /// A worker was started, and then refused what it needs to begin: a thread, say.
    pub(in crate::processes) fn refused(
        &mut self,
        id: WorkerId,
        reason: String,
        effects: &mut Effects,
    ) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.kill(Some(reason.clone()));
        self.note_refusal(effects);
        let mut others = self.workers.values().filter(|worker| worker.id() != id);
        let is_alone = self.spawning == 0 && others.all(|other| other.is_killed());
        if is_alone {
            self.early_deaths += 1;
        }
        if self.early_deaths >= EARLY_DEATHS && !self.has_begun_but(id) {
            // As where the supervisor is refused the only one: what comes later may fare better.
            self.early_deaths = 0;
            self.fail_pending(&|| TaskError::rejected(reason.as_str()), effects);
        }
        self.dispatch(effects);
    }

    /// One more worker ended before it was ready; after some of these in a row the pool gives up,
    /// unless another was ready.
    pub(super) fn count_failed_start(
        &mut self,
        id: WorkerId,
        reason: String,
        effects: &mut Effects,
    ) {
        let others_serve = self.has_begun_but(id);
        self.count_early_death(others_serve, reason, effects);
    }

    /// One more worker was given calls and ended before it ran any; after some of these in a row
    /// the pool gives up, unless another has run calls.
    pub(super) fn count_idle_death(&mut self, id: WorkerId, reason: String, effects: &mut Effects) {
        let runs = |other: &WorkerRecord| other.has_answered() || other.running() > 0;
        let mut others = self.workers.values().filter(|other| other.id() != id);
        let others_serve = others.any(runs);
        self.count_early_death(others_serve, reason, effects);
    }

    fn count_early_death(&mut self, others_serve: bool, reason: String, effects: &mut Effects) {
        self.early_deaths += 1;
        if self.early_deaths < EARLY_DEATHS {
            return;
        }
        if others_serve {
            self.early_deaths = 0;
            self.note_refusal(effects);
        } else {
            self.break_down(reason, effects);
        }
    }

    /// A worker has ended that had run calls: what it had of the system another may have.
    pub(super) fn note_room(&mut self) {
        if let Some(moment) = &mut self.refused_until {
            *moment = Instant::now();
        }
        if self.workers.values().all(|worker| !worker.has_begun) {
            self.early_deaths = 0;
        }
    }

    fn note_refusal(&mut self, effects: &mut Effects) -> bool {
        effects.wake = true;
        let until = Instant::now() + SPAWN_PAUSE;
        self.refused_until.replace(until).is_none()
    }

    /// Whether another worker is there that was ready once.
    fn has_begun_but(&self, id: WorkerId) -> bool {
        let mut others = self.workers.values().filter(|worker| worker.id() != id);
        others.any(|other| other.has_begun)
    }
}
