//! The moment at which something comes neither too late nor too early for sure: races are run about
//! there.

use std::time::{Duration, Instant};

/// How long something takes that may come too late or too early: it is sought where both happen.
pub(crate) struct Edge {
    micros: u64,
    /// How often it is to come too early, for each time that it comes too late.
    early: u64,
}

impl Edge {
    /// About this number of microseconds; too late as often as too early.
    pub(crate) fn at(micros: u64) -> Self {
        Self { micros, early: 1 }
    }

    /// Too late once in this number of times: what comes too late may cost a worker.
    pub(crate) fn rarely_late(self, times: u64) -> Self {
        let early = times - 1;
        Self { early, ..self }
    }

    /// A number of microseconds, which is about there.
    pub(crate) fn near(&self, number: u64) -> u64 {
        self.micros / 2 + number % (self.micros + 1)
    }

    /// It is later than was thought, or earlier.
    pub(crate) fn move_on(&mut self, is_later: bool) {
        let step = self.micros / 32 + 1;
        self.micros = if is_later {
            self.micros + step.div_ceil(self.early)
        } else {
            self.micros.saturating_sub(step)
        };
    }
}

/// Busy, since no timer is so exact.
pub(crate) fn pass_time(limit: Duration) {
    let start = Instant::now();
    while start.elapsed() < limit {
        std::hint::spin_loop();
    }
}

/// Numbers without a pattern, the same in each run.
pub(crate) fn scattered() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(0x9e37_79b9_u64), |last| {
        Some(
            last.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    })
    .map(|number| number >> 33)
}

pub(crate) fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}
