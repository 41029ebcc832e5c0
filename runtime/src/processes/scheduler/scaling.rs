//! How many workers there are: which of them count, when another is asked for, and when the pool
//! gives up.
//!
//! ```text
//!   counts           Starting, Ready            it runs a call, or could
//!                    Ready, on its last call    until that is answered
//!                    link closed, call open     until that is answered, or it is killed
//!                    Doomed                     until it has ended; a second at most
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
    Desk, Next, WorkerId,
    worker_record::{Member, Standing},
};
use crate::error::TaskError;

/// How long to do with the workers there are once the system has refused one.
const REFUSED: Duration = Duration::from_millis(500);

/// How many workers in a row may end before they have run a call.
const EARLY_DEATHS: u32 = 3;

/// How long a killed worker counts, at most: one that waits for a device may not end for long.
pub(super) const DYING: Duration = Duration::from_secs(1);

/// What a worker is to the number of workers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It runs a call, or could.
    Counts,
    /// It has run its last call, and is about to end.
    Leaves,
    /// It was killed, and does not end.
    Lingers,
}

impl Member {
    fn part(&self) -> Part {
        match self.standing {
            Standing::Starting { .. } => Part::Counts,
            Standing::Ready { .. } if self.flights.is_empty() && !self.is_staying() => Part::Leaves,
            Standing::Ready { .. } => Part::Counts,
            Standing::Leaving { .. } => Part::Leaves,
            Standing::Doomed { since } if since.elapsed() < DYING => Part::Counts,
            Standing::Doomed { .. } => Part::Lingers,
        }
    }

    fn is_starting(&self) -> bool {
        matches!(self.standing, Standing::Starting { .. })
    }
}

impl Desk {
    /// Asks for more workers, if there is more to do than those there are can do at once.
    pub(super) fn hire(&mut self, next: &mut Next) {
        if self.broken.is_some() {
            return;
        }
        let in_flight: usize = self.members.values().map(Member::in_flight).sum();
        let mut there = self.ordered + self.count_workers();
        let mut wanted = self.queued + in_flight;
        let alone = self.resting.waiting_alone();
        if alone > 0 {
            // Each waits for a worker of its own.
            wanted = wanted.max(there + alone.saturating_sub(self.starting()));
        }
        wanted = wanted.min(self.rules.workers);
        if there >= wanted {
            return;
        }
        if let Some(moment) = self.refused_until {
            if self.starting() > 0 || !self.members.is_empty() && Instant::now() < moment {
                return;
            }
            wanted = there + 1;
        }
        while there < wanted {
            next.hire.push(WorkerId(self.next_id));
            self.next_id += 1;
            self.ordered += 1;
            there += 1;
        }
    }

    /// How many workers will be ready if all goes well.
    fn starting(&self) -> usize {
        let starting = self.members.values().filter(|member| member.is_starting());
        self.ordered + starting.count()
    }

    /// Whether a worker will come that was given nothing yet.
    pub(super) fn is_one_coming(&self) -> bool {
        let has_room = || self.ordered + self.count_workers() < self.rules.workers;
        self.starting() > 0 || self.refused_until.is_none() && has_room()
    }

    /// How many workers count; those that leave do from a number on.
    fn count_workers(&self) -> usize {
        let (mut counting, mut leaving) = (0, 0_usize);
        for member in self.members.values() {
            match member.part() {
                Part::Counts => counting += 1,
                Part::Leaves => leaving += 1,
                Part::Lingers => {}
            }
        }
        counting + leaving.saturating_sub(self.rules.workers)
    }

    /// The supervisor was refused a worker. With no other, nothing can run. True if none was
    /// refused just before.
    pub(in crate::processes) fn stillborn(&mut self, reason: &str, next: &mut Next) -> bool {
        self.ordered -= 1;
        if self.ordered == 0 && self.members.is_empty() {
            self.fail_pending(&|| TaskError::rejected(reason), next);
        }
        self.note_refusal(next)
    }

    /// A worker was started, and then refused what it needs to begin: a thread, say.
    pub(in crate::processes) fn refused(&mut self, id: WorkerId, reason: String, next: &mut Next) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        member.doom(Some(reason.clone()));
        self.note_refusal(next);
        let mut others = self.members.values().filter(|member| member.id() != id);
        let is_alone = self.ordered == 0 && others.all(|other| other.is_doomed());
        if is_alone {
            self.early_deaths += 1;
        }
        if self.early_deaths >= EARLY_DEATHS && !self.has_begun_but(id) {
            // As where the supervisor is refused the only one: what comes later may fare better.
            self.early_deaths = 0;
            self.fail_pending(&|| TaskError::rejected(reason.as_str()), next);
        }
        self.dispatch(next);
    }

    /// One more worker ended before it was ready; after some of these in a row the pool gives up,
    /// unless another was ready.
    pub(super) fn count_failed_start(&mut self, id: WorkerId, reason: String, next: &mut Next) {
        let others_serve = self.has_begun_but(id);
        self.count_early_death(others_serve, reason, next);
    }

    /// One more worker was given calls and ended before it ran any; after some of these in a row
    /// the pool gives up, unless another has run calls.
    pub(super) fn count_idle_death(&mut self, id: WorkerId, reason: String, next: &mut Next) {
        let runs = |other: &Member| other.has_answered() || other.running() > 0;
        let mut others = self.members.values().filter(|other| other.id() != id);
        let others_serve = others.any(runs);
        self.count_early_death(others_serve, reason, next);
    }

    fn count_early_death(&mut self, others_serve: bool, reason: String, next: &mut Next) {
        self.early_deaths += 1;
        if self.early_deaths < EARLY_DEATHS {
            return;
        }
        if others_serve {
            self.early_deaths = 0;
            self.note_refusal(next);
        } else {
            self.break_down(reason, next);
        }
    }

    /// A worker has ended that had run calls: what it had of the system another may have.
    pub(super) fn note_room(&mut self) {
        if let Some(moment) = &mut self.refused_until {
            *moment = Instant::now();
        }
        if self.members.values().all(|member| !member.has_begun) {
            self.early_deaths = 0;
        }
    }

    fn note_refusal(&mut self, next: &mut Next) -> bool {
        next.wake = true;
        let until = Instant::now() + REFUSED;
        self.refused_until.replace(until).is_none()
    }

    /// Whether another worker is there that was ready once.
    fn has_begun_but(&self, id: WorkerId) -> bool {
        let mut others = self.members.values().filter(|member| member.id() != id);
        others.any(|other| other.has_begun)
    }
}
