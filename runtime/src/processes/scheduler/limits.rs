//! What one worker may take: time for its start, its end and its calls, and memory.
//!
//! ```text
//!   flight    sent ----------- claimed ------------------ answered
//!   worker                     ^ notes `since`
//!   parent    ^ idle   ^ looks, not claimed   ^ looks: seen
//!
//!             the call runs at the latest since `seen`, and not before the last look that
//!             found it idle; where between, the worker may say
//! ```
//!
//! What a worker says can so only shorten its time. What it does not show counts too: a call that it
//! does not come for, an item that it leaves without an answer, and a word that goes back.

use std::time::{Duration, Instant};

use super::{
    batches::Watch,
    worker_record::{Member, Standing},
};
use crate::{
    error::TaskError,
    processes::{
        claims::{Number, Seen},
        clock,
        encoded_call::Parcel,
    },
};

/// How long a worker may live on once its link is closed.
const CLOSED_LIMIT: Duration = Duration::from_millis(200);

/// How long a worker may take to come for a call with a limit that is next, and how long an answer may
/// take from the worker's word that it has left; if the limit is not longer.
const LATE: Duration = Duration::from_secs(1);

/// A look that comes earlier than this would only mean to look again.
const SOONEST: Duration = Duration::from_micros(50);

/// How long a call that is not running is left alone, at most.
pub(super) const LONGEST: Duration = Duration::from_millis(100);

/// What is to be done about a call with a limit.
#[derive(Debug)]
pub(super) enum Looked {
    /// This part has reached a limit.
    Over(usize, TaskError),
    /// The worker does not come for it.
    Late,
}

impl Member {
    /// Until when it is borne with, and why not longer; `None` if nothing is wrong with it.
    pub(super) fn grace(&self, start_limit: Duration) -> Option<(Instant, String)> {
        match self.standing {
            Standing::Doomed { .. } => None,
            _ if self.is_wild => Some((self.heard, "it overwrote its claim table".to_owned())),
            Standing::Starting { since } => {
                let reason = format!("worker did not say hello within {start_limit:?}");
                Some((since.checked_add(start_limit)?, reason))
            }
            _ => {
                let since = self.closed_since?;
                Some((since + CLOSED_LIMIT, "it closed its link".to_owned()))
            }
        }
    }

    /// Calls that are to be looked at.
    pub(super) fn due(&self, now: Instant) -> Vec<Number> {
        let due = self
            .flights
            .iter()
            .filter(|flight| flight.look_at().is_some_and(|at| at <= now));
        due.map(|flight| flight.number).collect()
    }

    /// Looks whether the call that runs in this flight has reached a limit, and whether its worker does what a worker
    /// does. Notes when to look again.
    pub(super) fn look(&mut self, number: Number, now: Instant) -> Option<Looked> {
        let flight = self.flight(number)?;
        // First what runs, then since when: a worker that goes on meanwhile has begun anew.
        let (seen, answered) = (self.see(flight), flight.answered);
        let said = Duration::from_nanos(clock::now().saturating_sub(self.table.since()));
        let parcel = flight.parcel.clone();
        let mut watch = flight.watch?;
        watch.forget_answered(answered);
        let running = match seen {
            Seen::Claimed(item) if item >= answered => Some(item),
            _ => None,
        };
        if seen == Seen::Wild || watch.has_gone_back(seen) {
            self.is_wild = true;
            return None;
        }
        let looked = if let Some(part) = running {
            let ran = watch.note_running(part, said, now);
            let left = parcel.timeout().map(|limit| limit.saturating_sub(ran));
            let after = left.into_iter().chain(parcel.look_after()).min();
            let memory = parcel.memory().and_then(|_| self.process.memory());
            match memory {
                Some((_, true)) => watch.look_later_within(left, after?, now),
                _ => watch.look_soon(after?, now),
            }
            self.limits_of(part, ran, &parcel, memory)
        } else {
            watch.look_later(parcel.look_after()?, now);
            None
        };
        let limit = parcel.timeout().unwrap_or_default();
        let is_first = self.flights.first().map(|first| first.number) == Some(number);
        self.flight_mut(number)?.watch = Some(watch);
        if !is_first || looked.is_some() {
            return looked;
        }
        self.look_at_first(seen, answered, limit, now)
    }

    /// Whether this part has reached a limit after so long a time.
    fn limits_of(
        &self,
        part: usize,
        ran: Duration,
        parcel: &Parcel,
        memory: Option<(u64, bool)>,
    ) -> Option<Looked> {
        if let Some(limit) = parcel.timeout().filter(|limit| *limit < ran) {
            return Some(Looked::Over(part, TaskError::timed_out(limit)));
        }
        let limit = parcel.memory()?;
        let (size, _) = memory.filter(|(size, _)| *size > limit)?;
        Some(Looked::Over(part, TaskError::memory_exceeded(limit, size)))
    }

    /// Whether the worker comes for its first flight, which has limits, and whether what it leaves behind is heard.
    fn look_at_first(
        &mut self,
        seen: Seen,
        answered: usize,
        limit: Duration,
        now: Instant,
    ) -> Option<Looked> {
        let is_ahead = match seen {
            Seen::Over => true,
            Seen::Claimed(item) => item > answered,
            _ => false,
        };
        if is_ahead {
            let since = self.note_over(now)?;
            self.is_wild |= now.saturating_duration_since(since) > limit.max(LATE);
            return None;
        }
        let is_running = seen == Seen::Claimed(answered);
        let waits = now.saturating_duration_since(self.heard);
        // What has not left this program the worker cannot come for, and while it is not heard it may have come.
        let is_here = self.outbox().unsent() == 0 && !self.is_unheard;
        let is_late = !is_running && is_here && waits > limit.max(LATE);
        is_late.then_some(Looked::Late)
    }
}

impl Watch {
    /// Of a flight that is sent at this moment, to be looked at after so long a time.
    pub(super) fn new(after: Duration, now: Instant) -> Self {
        Self {
            look_at: now.checked_add(after),
            after,
            looked: now,
            idle: now,
            running: None,
        }
    }

    /// How many parts were seen to be the worker's for good.
    pub(super) fn claimed(&self) -> usize {
        self.running.map_or(0, |(item, _)| item + 1)
    }

    /// Its flight is the first, and may run: when it is looked at, if that is sooner than it was.
    pub(super) fn hasten(&mut self, after: Duration, now: Instant) -> Option<Instant> {
        let soon = now.checked_add(after)?;
        let is_sooner = self.after > after && self.look_at.is_none_or(|at| soon < at);
        is_sooner.then(|| *self.look_at.insert(soon))
    }

    fn forget_answered(&mut self, answered: usize) {
        self.running = self.running.filter(|(item, _)| *item >= answered);
    }

    /// Whether the word says less than it has said.
    fn has_gone_back(&self, seen: Seen) -> bool {
        self.running.is_some_and(|(before, _)| match seen {
            Seen::Claimed(item) => item < before,
            Seen::Sent => true,
            Seen::Over | Seen::Wild => false,
        })
    }

    /// This item is seen to run, for so long as the worker says: how long that is by all that is known.
    fn note_running(&mut self, item: usize, said: Duration, now: Instant) -> Duration {
        let before = self.running.filter(|(before, _)| *before == item);
        let (_, seen) = before.unwrap_or_else(|| {
            self.idle = self.looked;
            (item, now)
        });
        self.running = Some((item, seen));
        let most = now.saturating_duration_since(self.idle);
        let least = now.saturating_duration_since(seen);
        said.min(most).max(least)
    }

    fn look_soon(&mut self, after: Duration, now: Instant) {
        self.looked = now;
        self.after = after;
        self.look_at = now.checked_add(after.max(SOONEST));
    }

    /// What runs is stopped, and holds what it holds: only its time may be over, after `left`.
    fn look_later_within(&mut self, left: Option<Duration>, first: Duration, now: Instant) {
        self.look_later(first, now);
        let end = left.and_then(|left| now.checked_add(left.max(SOONEST)));
        self.look_at = self.look_at.into_iter().chain(end).min();
    }

    /// Nothing runs: each look comes twice as late as the one before.
    fn look_later(&mut self, first: Duration, now: Instant) {
        let first = first.max(SOONEST);
        self.looked = now;
        self.after = self
            .after
            .saturating_mul(2)
            .clamp(first, LONGEST.max(first));
        self.look_at = now.checked_add(self.after);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(10);

    /// A watch, and the moment a multiple of the limit after its flight was sent.
    fn watch() -> (Watch, impl Fn(u32) -> Instant) {
        let sent = Instant::now();
        (Watch::new(LIMIT, sent), move |times| sent + times * LIMIT)
    }

    #[test]
    fn a_worker_that_says_nothing_true_has_the_time_from_the_first_look_at_most() {
        for said in [Duration::ZERO, Duration::from_nanos(1)] {
            let (mut watch, at) = watch();

            assert_eq!(watch.note_running(0, said, at(1)), said);
            assert_eq!(watch.note_running(0, said, at(3)), 2 * LIMIT);
        }
    }

    #[test]
    fn a_worker_cannot_have_started_before_it_was_seen_idle() {
        let (mut watch, at) = watch();

        watch.look_later(LIMIT, at(1));

        assert_eq!(watch.note_running(0, Duration::MAX, at(3)), 2 * LIMIT);
    }

    #[test]
    fn the_next_item_has_a_time_of_its_own() {
        let (mut watch, at) = watch();
        watch.note_running(0, LIMIT, at(1));
        watch.look_soon(LIMIT, at(1));

        let ran = watch.note_running(1, Duration::MAX, at(2));

        assert_eq!(ran, LIMIT);
    }

    #[test]
    fn an_item_that_was_seen_to_run_is_never_unclaimed_again() {
        let (mut watch, at) = watch();
        watch.note_running(3, LIMIT, at(1));

        assert!(watch.has_gone_back(Seen::Sent) && watch.has_gone_back(Seen::Claimed(2)));
        assert!(!watch.has_gone_back(Seen::Claimed(3)) && !watch.has_gone_back(Seen::Over));
        assert_eq!(watch.claimed(), 4);
    }

    #[test]
    fn looks_at_what_does_not_run_come_ever_later_up_to_a_longest() {
        let (mut watch, at) = watch();
        let mut now = at(0);
        let mut looks = 0;

        while now < at(1_000) {
            watch.look_later(Duration::ZERO, now);
            now = watch.look_at.expect("there is a next look");
            looks += 1;
        }

        assert!(looks < 120, "{looks}");
        assert_eq!(watch.hasten(Duration::ZERO, at(999)), Some(at(999)));
    }
}
