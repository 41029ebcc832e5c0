//! Automatic chunks beside fixed ones, on processes: `cargo bench -- chunks`.
//!
//! ```text
//!   shape             items      an item costs
//!   uniform-fine      200,000    some ns
//!   uniform-coarse      2,000    some 200 µs
//!   growing             2,000    from nothing to some 400 µs
//!   wild               20,000    some ns; one in a hundred some 2 ms
//! ```
//!
//! One shape alone: `cargo bench -- chunks-wild`. The best peer is the fixed
//! size that suits the shape best, which is not known beforehand. Costs are
//! numbers of steps and not times, so that every entrant has the same to do
//! on every machine. A chunk larger than the shape is all of its items.

use crate::grind::grind;
use crate::mix::mix;
use crate::peers::ours;
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use crate::shared::works;
use concurrent_futures::{MapOptions, ProcessPool};
use std::time::Instant;

/// The steps of `grind` in a microsecond, on an idle machine of 2026.
const MICROSECOND: u64 = 150;

/// Decides which items of the wild shape are costly.
const WILD_SEED: u64 = 1 << 20;

/// The sizes that are tried beside the one that is chosen.
const FIXED: [(&str, usize); 5] = [
    ("chunks of 1", 1),
    ("chunks of 8", 8),
    ("chunks of 64", 64),
    ("chunks of 512", 512),
    ("chunks of 4096", 4096),
];

/// What the items of a map cost, from the first to the last.
pub(crate) struct Shape {
    pub(crate) work: &'static str,
    items: u64,
    laps: usize,
    /// The steps of the item at a place, among `count`.
    steps: fn(u64, u64) -> u64,
}

/// One step is one `mix`.
pub(crate) const UNIFORM_FINE: Shape = Shape {
    work: "chunks-uniform-fine",
    items: 200_000,
    laps: 3,
    steps: |_, _| 1,
};

pub(crate) const UNIFORM_COARSE: Shape = Shape {
    work: "chunks-uniform-coarse",
    items: 2_000,
    laps: 1,
    steps: |_, _| 200 * MICROSECOND,
};

pub(crate) const GROWING: Shape = Shape {
    work: "chunks-growing",
    items: 2_000,
    laps: 1,
    steps: |place, items| 400 * MICROSECOND * place / items,
};

pub(crate) const WILD: Shape = Shape {
    work: "chunks-wild",
    items: 20_000,
    laps: 1,
    steps: |place, _| match mix(WILD_SEED ^ place) % 100 {
        0 => 2_000 * MICROSECOND,
        _ => 1,
    },
};

/// What each item is to do, and what comes of it.
struct Items {
    steps: Vec<u64>,
    results: Vec<u64>,
}

impl Shape {
    pub(crate) fn measure(&self, arguments: &Arguments) -> Report {
        let items = &Items::of(self, arguments.calls(self.items));
        let automatic = entrant(works::CHOOSING, Role::Ours, MapOptions::new(), items);
        let fixed = FIXED.map(|(name, size)| {
            let options = MapOptions::new().chunk_size(size);
            entrant(name, Role::Peer, options, items)
        });
        let entrants = [automatic].into_iter().chain(fixed);
        let schedule = arguments.schedule(11, self.laps);
        Report::of(self.work, rounds::alternate(entrants.collect(), schedule))
    }
}

impl Items {
    fn of(shape: &Shape, count: u64) -> Items {
        let steps: Vec<u64> = (0..count).map(|n| (shape.steps)(n, count)).collect();
        let results = steps.iter().zip(0..).map(|(&steps, n)| grind(steps, n));
        let results = results.collect();
        Items { steps, results }
    }
}

/// Each has a pool of its own: what one has learnt helps no other.
fn entrant<'a>(
    name: &'static str,
    role: Role,
    options: MapOptions,
    items: &'a Items,
) -> Entrant<'a> {
    let pool = ours::process_pool();
    let turn = Box::new(move || time(&pool, &options, items));
    Entrant { name, role, turn }
}

fn time(pool: &ProcessPool, options: &MapOptions, items: &Items) -> f64 {
    let steps = items.steps.iter().copied();
    let start = Instant::now();
    let map = grind::map_with(pool, options.clone(), steps, 0..);
    let results = map.expect("the items end").into_vec();
    let cost = start.elapsed().as_secs_f64();
    let results = results.expect("`grind` does not panic");
    assert!(results == items.results, "an item is wrong, or misplaced");
    cost
}
