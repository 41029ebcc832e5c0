//! Giving way to workers for a moment, as long as that helps.
//!
//! Who submits calls must not wait for those that take their time. So each wait is a moment, and each in vain makes the
//! next one come later: all of them together are no more than a few moments, however many calls there are.

use crate::sync::spin_until;

/// How often nobody is to give way.
pub(crate) struct Backoff {
    /// How many times from here on.
    times: usize,
    /// How many times that will be after the next moment in vain.
    next: usize,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { times: 0, next: 1 }
    }

    /// Gives way for a moment, until `is_there`; or not at all, if that did not help lately.
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
