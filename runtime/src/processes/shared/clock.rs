//! The clock that a parent and its workers share.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Now, in nanoseconds since some moment that all processes of this machine share.
pub(crate) fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or_default();
    seconds * 1_000_000_000 + nanoseconds
}

/// That moment on the shared clock; never zero.
pub(crate) fn at(moment: Instant) -> u64 {
    let left = moment.saturating_duration_since(Instant::now());
    now().saturating_add(nanoseconds(left)).max(1)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
