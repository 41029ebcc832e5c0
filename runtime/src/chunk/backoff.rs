//! Exponential backoff for a thread that spins in the hope that workers make progress.
//!
//! A thread that submits calls must not wait for slow ones. So it spins briefly, and each
//! spin in vain doubles the number of times that it does not spin afterwards: all spins
//! together stay short, whatever the number of calls.

use crate::sync::spin_until;

/// How often not to spin.
pub(crate) struct Backoff {
    /// The number of times that are still skipped.
    times: usize,
    /// The number of times to skip after the next spin in vain.
    next: usize,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { times: 0, next: 1 }
    }

    /// Spins briefly until `is_there`; not at all if the last spins were in vain.
    pub(crate) fn spin_briefly(&mut self, is_there: impl Fn() -> bool) {
        *self = match self.times.checked_sub(1) {
            Some(times) => Self { times, ..*self },
            None if spin_until(is_there) => Self::new(),
            None => Self {
                times: self.next,
                next: self.next.saturating_mul(2),
            },
        };
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn in_vain_nobody_gives_way_more_than_a_few_times() {
        let (mut backoff, looks) = (Backoff::new(), Cell::new(0));
        let mut moments = 0;

        for _ in 0..1_000 {
            let before = looks.get();
            backoff.spin_briefly(|| {
                looks.set(looks.get() + 1);
                false
            });
            moments += usize::from(looks.get() > before);
        }

        assert_eq!(moments, 10);
    }

    #[test]
    fn a_moment_that_helps_is_followed_by_the_next() {
        let (mut backoff, looks) = (Backoff::new(), Cell::new(0));

        for _ in 0..10 {
            backoff.spin_briefly(|| {
                looks.set(looks.get() + 1);
                true
            });
        }

        assert!(looks.get() >= 10);
    }
}
