//! What one worker may take: time for its start, its end and its calls, and memory.

use std::time::{Duration, Instant};

use super::member::{Member, Standing};
use crate::{
    error::TaskError,
    processes::{claims::Number, clock},
};

/// How long a worker may live on once its link is closed.
const CLOSED_LIMIT: Duration = Duration::from_millis(200);

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

    /// Calls whose time is up, as far as the clock alone can tell.
    pub(super) fn due(&self, now: Instant) -> Vec<Number> {
        let due = self
            .flights
            .iter()
            .filter(|flight| flight.look_at.is_some_and(|at| at <= now));
        due.map(|flight| flight.number).collect()
    }

    /// Looks whether the call that runs in this flight has reached a limit: which part that is, and the error. If
    /// not, notes when to look again.
    pub(super) fn overstepped(
        &mut self,
        number: Number,
        now: Instant,
    ) -> Option<(usize, TaskError)> {
        let flight = self.flight(number)?;
        let parcel = flight.parcel.clone();
        // First what runs, then for how long: a worker that goes on meanwhile has begun anew.
        let running = self.running_item(flight);
        let ran = Duration::from_nanos(clock::now().saturating_sub(self.table.since()));
        let mut left = parcel.look_after()?;
        if let Some(part) = running {
            if let Some(limit) = parcel.timeout() {
                match limit.checked_sub(ran) {
                    None => return Some((part, TaskError::timed_out(limit))),
                    Some(rest) => left = left.min(rest),
                }
            }
            if let Some(limit) = parcel.memory()
                && let Some(size) = self.process.memory().filter(|size| *size > limit)
            {
                return Some((part, TaskError::memory_exceeded(limit, size)));
            }
        }
        let flight = self.flight_mut(number)?;
        // Looking a moment early would only mean to look again.
        flight.look_at = now.checked_add(left.max(Duration::from_micros(50)));
        None
    }
}
