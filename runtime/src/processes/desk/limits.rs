//! How long things may take with one worker: its start, its end, its calls.

use std::time::{Duration, Instant};

use super::member::{Member, Standing};
use crate::processes::{claims::Number, clock};

/// How long a worker may live on once its link is closed.
const CLOSED_LIMIT: Duration = Duration::from_millis(200);

impl Member {
    /// Until when it is borne with, and why not longer; `None` if nothing is wrong with it.
    pub(super) fn grace(&self, start_limit: Duration) -> Option<(Instant, String)> {
        match self.standing {
            Standing::Doomed => None,
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

    /// The moment to look at this call again; `None` if it has run as long as it may.
    pub(super) fn postpone(&mut self, number: Number, now: Instant) -> Option<Instant> {
        let is_claimed = self.has_claimed(number);
        let ran = Duration::from_nanos(clock::now().saturating_sub(self.table.since()));
        let flight = self.flights.get_mut(number)?;
        let limit = flight.parcel.timeout()?;
        let left = if is_claimed {
            limit.checked_sub(ran)?
        } else {
            limit
        };
        // Looking a moment early would only mean to look again.
        flight.look_at = now.checked_add(left.max(Duration::from_micros(50)));
        flight.look_at
    }
}
