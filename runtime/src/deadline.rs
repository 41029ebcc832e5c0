//! Limits of time, as moments of the clock.

use std::time::{Duration, Instant};

pub(crate) use crate::sync::has_passed;

/// The moment `limit` from now; `None` for no limit, and for one beyond all clocks.
pub(crate) fn after(limit: Option<Duration>) -> Option<Instant> {
    Instant::now().checked_add(limit?)
}
