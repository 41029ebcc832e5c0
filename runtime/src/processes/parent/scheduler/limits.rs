//! Limits on one worker: time to start, to end and to run a call, and memory.
//!
//! ```text
//!   batch    sent ----------- claimed ------------------ answered
//!   worker                     ^ notes `since`
//!   parent    ^ check: idle   ^ check: idle      ^ check: running
//!
//!             the item began after the last check that found it idle, and before the first that
//!             found it running; where between, the worker may say
//! ```
//!
//! The parent measures by its own clock, so a false `since` can only shorten the worker's own time.
//! What the worker fails to show is limited too: a call that it does not claim, an item that it
//! leaves without an answer, and a claim word that goes back.

use std::time::{Duration, Instant};

use super::{
    batches::Watch,
    encoded_call::EncodedCall,
    worker_record::{WorkerRecord, WorkerState},
};
use crate::{
    error::TaskError,
    processes::shared::{
        claims::{BatchNumber, Observed},
        table::clock,
    },
};

/// The time from the end of a worker's connection to its kill.
const CLOSED_LIMIT: Duration = Duration::from_millis(200);

/// The time for a worker to claim a call with a limit that is next, and for an answer to arrive
/// once the claim word says that it was sent. The limit of the call counts if it is longer.
const CLAIM_LIMIT: Duration = Duration::from_secs(1);

/// The shortest interval of checks: an earlier one would find nothing new.
const MIN_PAUSE: Duration = Duration::from_micros(50);

/// The longest interval of checks of a call that is not running.
pub(super) const MAX_PAUSE: Duration = Duration::from_millis(100);

/// What a check has found.
#[derive(Debug)]
pub(super) enum LimitCheck {
    /// The item at this position exceeds a limit.
    Exceeded(usize, TaskError),
    /// The worker does not claim the batch.
    Unclaimed,
}

impl WorkerRecord {
    /// The deadline of the current state, and the reason for the kill after it; `None` if it has
    /// none.
    pub(super) fn kill_deadline(&self, start_timeout: Duration) -> Option<(Instant, String)> {
        match self.state {
            WorkerState::Killed { .. } => None,
            _ if self.is_corrupt => Some((
                self.last_progress,
                "it overwrote its claim table".to_owned(),
            )),
            WorkerState::Starting { since } => {
                let reason = format!("worker did not say hello within {start_timeout:?}");
                Some((since.checked_add(start_timeout)?, reason))
            }
            _ => {
                let since = self.closed_since?;
                Some((since + CLOSED_LIMIT, "it closed its link".to_owned()))
            }
        }
    }

    /// The batches whose check is due.
    pub(super) fn due(&self, now: Instant) -> Vec<BatchNumber> {
        let due = self
            .batches
            .iter()
            .filter(|batch| batch.next_check().is_some_and(|at| at <= now));
        due.map(|batch| batch.number).collect()
    }

    /// Checks whether the running item of this batch exceeds a limit, and whether the worker
    /// behaves. Sets the next check.
    pub(super) fn check_batch(&mut self, number: BatchNumber, now: Instant) -> Option<LimitCheck> {
        let batch = self.batch(number)?;
        // First the item, then its start: if the worker goes on in between, the start is too late,
        // never too early.
        let (seen, answered) = (self.observe(batch), batch.answered);
        let said = Duration::from_nanos(clock::now().saturating_sub(self.table.since()));
        let call = batch.call.clone();
        let mut watch = batch.watch?;
        watch.forget_answered(answered);
        let running = match seen {
            Observed::Claimed(item) if item >= answered => Some(item),
            _ => None,
        };
        if seen == Observed::Corrupt || watch.has_gone_back(seen) {
            self.is_corrupt = true;
            return None;
        }
        let checked = if let Some(position) = running {
            let ran = watch.note_running(position, said, now);
            let left = call.timeout().map(|limit| limit.saturating_sub(ran));
            let after = left.into_iter().chain(call.check_interval()).min();
            let memory = call.memory().and_then(|_| self.process.memory());
            match memory {
                Some((_, true)) => watch.check_later_within(left, after?, now),
                _ => watch.check_soon(after?, now),
            }
            self.limits_of(position, ran, &call, memory)
        } else {
            watch.check_later(call.check_interval()?, now);
            None
        };
        let limit = call.timeout().unwrap_or_default();
        let is_first = self.batches.first().map(|first| first.number) == Some(number);
        self.batches.get_mut(number)?.watch = Some(watch);
        if !is_first || checked.is_some() {
            return checked;
        }
        self.check_first(seen, answered, limit, now)
    }

    /// Whether the item exceeds a limit after running for `ran`.
    fn limits_of(
        &self,
        position: usize,
        ran: Duration,
        call: &EncodedCall,
        memory: Option<(u64, bool)>,
    ) -> Option<LimitCheck> {
        if let Some(limit) = call.timeout().filter(|limit| *limit < ran) {
            return Some(LimitCheck::Exceeded(position, TaskError::timed_out(limit)));
        }
        let limit = call.memory()?;
        let (size, _) = memory.filter(|(size, _)| *size > limit)?;
        Some(LimitCheck::Exceeded(
            position,
            TaskError::memory_exceeded(limit, size),
        ))
    }

    /// Whether the worker claims its first batch, which has limits, and whether its answers arrive.
    fn check_first(
        &mut self,
        seen: Observed,
        answered: usize,
        limit: Duration,
        now: Instant,
    ) -> Option<LimitCheck> {
        let is_ahead = match seen {
            Observed::Over => true,
            Observed::Claimed(item) => item > answered,
            _ => false,
        };
        if is_ahead {
            let since = self.note_over(now)?;
            self.is_corrupt |= now.saturating_duration_since(since) > limit.max(CLAIM_LIMIT);
            return None;
        }
        let is_running = seen == Observed::Claimed(answered);
        let waits = now.saturating_duration_since(self.last_progress);
        // Bytes that were not sent cannot be claimed; and a throttled worker may have claimed
        // unnoticed.
        let is_here = self.outbox.unsent() == 0 && !self.is_throttled;
        let is_late = !is_running && is_here && waits > limit.max(CLAIM_LIMIT);
        is_late.then_some(LimitCheck::Unclaimed)
    }
}

impl Watch {
    /// Watches a batch that is sent at `now`; the first check is due `after` that.
    pub(super) fn new(after: Duration, now: Instant) -> Self {
        Self {
            next_check: now.checked_add(after),
            after,
            last_check: now,
            idle: now,
            running: None,
        }
    }

    /// The number of items that were seen to be claimed.
    pub(super) fn claimed(&self) -> usize {
        self.running.map_or(0, |(item, _)| item + 1)
    }

    /// Its batch is the first, and may run: brings the next check forward. Returns it if it
    /// changed.
    pub(super) fn hasten(&mut self, after: Duration, now: Instant) -> Option<Instant> {
        let soon = now.checked_add(after)?;
        let is_sooner = self.after > after && self.next_check.is_none_or(|at| soon < at);
        is_sooner.then(|| *self.next_check.insert(soon))
    }

    fn forget_answered(&mut self, answered: usize) {
        self.running = self.running.filter(|(item, _)| *item >= answered);
    }

    /// Whether the claim word has gone back.
    fn has_gone_back(&self, seen: Observed) -> bool {
        self.running.is_some_and(|(before, _)| match seen {
            Observed::Claimed(item) => item < before,
            Observed::Sent => true,
            Observed::Over | Observed::Corrupt => false,
        })
    }

    /// Notes that `item` runs. Returns for how long, by all that is known; `said` is the worker's
    /// word.
    fn note_running(&mut self, item: usize, said: Duration, now: Instant) -> Duration {
        let before = self.running.filter(|(before, _)| *before == item);
        let (_, seen) = before.unwrap_or_else(|| {
            self.idle = self.last_check;
            (item, now)
        });
        self.running = Some((item, seen));
        let most = now.saturating_duration_since(self.idle);
        let least = now.saturating_duration_since(seen);
        said.min(most).max(least)
    }

    fn check_soon(&mut self, after: Duration, now: Instant) {
        self.last_check = now;
        self.after = after;
        self.next_check = now.checked_add(after.max(MIN_PAUSE));
    }

    /// The process is stopped, so its memory does not change: only the time can run out, after
    /// `left`.
    fn check_later_within(&mut self, left: Option<Duration>, first: Duration, now: Instant) {
        self.check_later(first, now);
        let end = left.and_then(|left| now.checked_add(left.max(MIN_PAUSE)));
        self.next_check = self.next_check.into_iter().chain(end).min();
    }

    /// Nothing runs: the interval of checks doubles.
    fn check_later(&mut self, first: Duration, now: Instant) {
        let first = first.max(MIN_PAUSE);
        self.last_check = now;
        self.after = self
            .after
            .saturating_mul(2)
            .clamp(first, MAX_PAUSE.max(first));
        self.next_check = now.checked_add(self.after);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(10);

    /// A watch, and a function from multiples of the limit to moments after the send.
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

        watch.check_later(LIMIT, at(1));

        assert_eq!(watch.note_running(0, Duration::MAX, at(3)), 2 * LIMIT);
    }

    #[test]
    fn the_next_item_has_a_time_of_its_own() {
        let (mut watch, at) = watch();
        watch.note_running(0, LIMIT, at(1));
        watch.check_soon(LIMIT, at(1));

        let ran = watch.note_running(1, Duration::MAX, at(2));

        assert_eq!(ran, LIMIT);
    }

    #[test]
    fn an_item_that_was_seen_to_run_is_never_unclaimed_again() {
        let (mut watch, at) = watch();
        watch.note_running(3, LIMIT, at(1));

        assert!(watch.has_gone_back(Observed::Sent) && watch.has_gone_back(Observed::Claimed(2)));
        assert!(!watch.has_gone_back(Observed::Claimed(3)) && !watch.has_gone_back(Observed::Over));
        assert_eq!(watch.claimed(), 4);
    }

    #[test]
    fn looks_at_what_does_not_run_come_ever_later_up_to_a_longest() {
        let (mut watch, at) = watch();
        let mut now = at(0);
        let mut checks = 0;

        while now < at(1_000) {
            watch.check_later(Duration::ZERO, now);
            now = watch.next_check.expect("there is a effects look");
            checks += 1;
        }

        assert!(checks < 120, "{checks}");
        assert_eq!(watch.hasten(Duration::ZERO, at(999)), Some(at(999)));
    }
}
