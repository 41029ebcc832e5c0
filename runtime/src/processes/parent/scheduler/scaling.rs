//! How many workers there are: which of them occupy a slot, when another one is spawned, and when
//! the pool gives up.
//!
//! ```text
//!   occupies a slot   Starting, Ready              runs a call, or could
//!                     Ready, on its last call      until that is answered
//!                     disconnected, call open      until that is answered, or it is killed
//!                     Killed                       until it has ended; a second at most
//!   does not          done with its last call, Leaving, disconnected and no call open
//! ```
//!
//! So never more than `workers` calls run at once. A worker that gave its slot up may live beside
//! its successor; of those there are at most `workers` too, because leaving may take time.
//!
//! If the system refuses a worker, the pool waits as long as another worker is ready, and retries
//! one spawn at a time. Three early deaths in a row break the pool only if no other worker serves.

use std::time::{Duration, Instant};

use super::{
    Effects, Scheduler, WorkerId,
    worker_record::{WorkerRecord, WorkerState},
};
use crate::error::TaskError;

/// The pause before another spawn after the system has refused a worker.
const SPAWN_PAUSE: Duration = Duration::from_millis(500);

/// The number of workers in a row that may end before they ran a call.
const EARLY_DEATHS: u32 = 3;

/// The longest time that a killed worker occupies its slot: one in an uninterruptible sleep may not
/// end for long.
pub(super) const KILL_GRACE: Duration = Duration::from_secs(1);

/// What a worker means for the number of slots.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occupancy {
    /// It occupies a slot: it runs a call, or could.
    Occupied,
    /// It has run its last call, and is about to end.
    Leaving,
    /// It was killed, and does not end.
    Lingering,
}

impl WorkerRecord {
    fn occupancy(&self) -> Occupancy {
        match self.state {
            WorkerState::Starting { .. } => Occupancy::Occupied,
            WorkerState::Ready { .. } if self.batches.is_empty() && !self.is_staying() => {
                Occupancy::Leaving
            }
            WorkerState::Ready { .. } => Occupancy::Occupied,
            WorkerState::Leaving { .. } => Occupancy::Leaving,
            WorkerState::Killed { since } if since.elapsed() < KILL_GRACE => Occupancy::Occupied,
            WorkerState::Killed { .. } => Occupancy::Lingering,
        }
    }

    fn is_starting(&self) -> bool {
        matches!(self.state, WorkerState::Starting { .. })
    }
}

impl Scheduler {
    /// Spawns workers if there are more calls than the present ones can run at once.
    pub(super) fn spawn_workers(&mut self, effects: &mut Effects) {
        if self.broken.is_some() {
            return;
        }
        let in_flight: usize = self.workers.values().map(WorkerRecord::in_flight).sum();
        let mut there = self.spawning + self.occupied_slots();
        let mut wanted = self.queued + in_flight;
        let alone = self.delayed.isolated();
        if alone > 0 {
            // Each suspect waits for a worker of its own.
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

    /// The number of workers that will be ready if all goes well.
    fn starting(&self) -> usize {
        let starting = self.workers.values().filter(|worker| worker.is_starting());
        self.spawning + starting.count()
    }

    /// Whether a fresh worker will come.
    pub(super) fn is_one_coming(&self) -> bool {
        let has_capacity = || self.spawning + self.occupied_slots() < self.config.workers;
        self.starting() > 0 || self.refused_until.is_none() && has_capacity()
    }

    /// The number of occupied slots. Leaving workers beyond `workers` occupy one as well.
    fn occupied_slots(&self) -> usize {
        let (mut counting, mut leaving) = (0, 0_usize);
        for worker in self.workers.values() {
            match worker.occupancy() {
                Occupancy::Occupied => counting += 1,
                Occupancy::Leaving => leaving += 1,
                Occupancy::Lingering => {}
            }
        }
        counting + leaving.saturating_sub(self.config.workers)
    }

    /// The system refused to spawn a worker. Without any other, nothing can run. True if it is the
    /// first refusal in a row.
    pub(crate) fn spawn_failed(&mut self, reason: &str, effects: &mut Effects) -> bool {
        self.spawning -= 1;
        if self.spawning == 0 && self.workers.is_empty() {
            self.fail_pending(&|| TaskError::rejected(reason), effects);
        }
        self.note_refusal(effects)
    }

    /// A worker was spawned, and then refused what it needs to begin: a thread, for example.
    pub(crate) fn refused(&mut self, id: WorkerId, reason: String, effects: &mut Effects) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.kill(Some(reason.clone()));
        self.note_refusal(effects);
        let mut others = self.workers.values().filter(|worker| worker.id != id);
        let is_alone = self.spawning == 0 && others.all(|other| other.is_killed());
        if is_alone {
            self.early_deaths += 1;
        }
        if self.early_deaths >= EARLY_DEATHS && !self.has_begun_but(id) {
            // As in `spawn_failed` without another worker: later calls may fare better.
            self.early_deaths = 0;
            self.fail_pending(&|| TaskError::rejected(reason.as_str()), effects);
        }
        self.dispatch(effects);
    }

    /// A worker ended before it was ready. After `EARLY_DEATHS` in a row the pool breaks, unless
    /// another worker was ready.
    pub(super) fn count_failed_start(
        &mut self,
        id: WorkerId,
        reason: String,
        effects: &mut Effects,
    ) {
        let others_serve = self.has_begun_but(id);
        self.count_early_death(others_serve, reason, effects);
    }

    /// A worker had calls and ended before it ran one. After `EARLY_DEATHS` in a row the pool
    /// breaks, unless another worker has run calls.
    pub(super) fn count_idle_death(&mut self, id: WorkerId, reason: String, effects: &mut Effects) {
        let runs = |other: &WorkerRecord| other.has_answered || other.running() > 0;
        let mut others = self.workers.values().filter(|other| other.id != id);
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

    /// A worker that had run calls has ended: its resources may serve another one.
    pub(super) fn resources_freed(&mut self) {
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

    /// Whether another worker was ready at some time.
    fn has_begun_but(&self, id: WorkerId) -> bool {
        let mut others = self.workers.values().filter(|worker| worker.id != id);
        others.any(|other| other.has_begun)
    }
}
