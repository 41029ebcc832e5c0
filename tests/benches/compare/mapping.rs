//! `map` of `mix` over many numbers into a `Vec`, in order.

use crate::mix::mix;
use crate::relay;
use crate::shared::rounds::{Entrant, Role};
use std::time::Instant;

/// From zero to `count`, and what must come of them.
#[derive(Clone, Copy)]
pub(crate) struct Numbers {
    pub(crate) count: u64,
    pub(crate) checksum: u64,
}

impl Numbers {
    pub(crate) fn to(count: u64) -> Numbers {
        let checksum = relay::checksum(count);
        Numbers { count, checksum }
    }

    /// Lets `map` take turns, each of which costs what one number does.
    pub(crate) fn entrant<'a>(
        self,
        name: &'static str,
        role: Role,
        map: impl Fn(u64) -> Vec<u64> + 'a,
    ) -> Entrant<'a> {
        let turn = Box::new(move || self.time(&map));
        Entrant { name, role, turn }.per(self.count as f64)
    }

    /// The limit, or what is only told beside it: a loop in this thread.
    pub(crate) fn serial(self) -> Entrant<'static> {
        self.entrant("a loop in this thread", Role::Limit, |count| {
            (0..count).map(mix).collect()
        })
    }

    fn time(self, map: impl Fn(u64) -> Vec<u64>) -> f64 {
        let start = Instant::now();
        let results = map(self.count);
        let cost = start.elapsed().as_secs_f64();
        let found = results.into_iter().fold(0, relay::add);
        let expected = self.checksum;
        assert_eq!(found, expected, "a result is wrong, or in a wrong place");
        cost
    }
}
