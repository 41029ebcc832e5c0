//! Turns and statistics: who runs when, and what the costs say.
//!
//! ```text
//!   ours  a  b     a  ours  b     b  ours  a     ...    one round
//!   `-- lap --'    backwards      first place rotates
//! ```
//!
//! In a lap everybody has one turn, and the laps of a round are averaged
//! into one cost: the shorter the turns, the less can change between
//! ours and a peer. Laps rotate and every other one runs backwards, so that
//! no entrant always inherits the memory and the caches of the same neighbour.
//! A cost is any number of which less is better: seconds, bytes.

use serde::{Deserialize, Serialize};

/// Who takes part, seen from the line that is printed.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Role {
    /// The library measured here; it may take part more than once.
    Ours,
    /// What a user could take instead.
    Peer,
    /// What the machine allows with less than the library promises.
    Limit,
}

/// One who takes a turn in every lap.
pub(crate) struct Entrant<'a> {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// Runs one turn and returns its cost.
    pub(crate) turn: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Entrant<'a> {
    /// The same, with a cost that is of one of several things.
    pub(crate) fn per(self, things: f64) -> Entrant<'a> {
        let mut turn = self.turn;
        Entrant {
            turn: Box::new(move || turn() / things),
            ..self
        }
    }
}

/// What each round cost one entrant.
#[derive(Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) name: String,
    pub(crate) role: Role,
    costs: Vec<f64>,
}

/// The middle half of some samples.
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

/// How many costs of everybody, and how many laps for each.
pub(crate) struct Schedule {
    pub(crate) rounds: usize,
    pub(crate) laps: usize,
}

/// Runs the schedule, after one lap that does not count.
pub(crate) fn alternate(mut entrants: Vec<Entrant<'_>>, schedule: Schedule) -> Vec<Standing> {
    for entrant in &mut entrants {
        (entrant.turn)();
    }
    let mut costs = vec![vec![0.0; schedule.rounds]; entrants.len()];
    for lap in 0..schedule.rounds * schedule.laps {
        for place in order(lap, entrants.len()) {
            let cost = (entrants[place].turn)();
            costs[place][lap / schedule.laps] += cost / schedule.laps as f64;
        }
    }
    let standing = |(entrant, costs): (Entrant<'_>, _)| Standing {
        name: entrant.name.to_owned(),
        role: entrant.role,
        costs,
    };
    entrants.into_iter().zip(costs).map(standing).collect()
}

/// The places of all entrants in one lap.
fn order(lap: usize, entrants: usize) -> impl Iterator<Item = usize> {
    (0..entrants).map(move |turn| {
        let forwards = lap.is_multiple_of(2);
        let step = if forwards { turn } else { entrants - turn };
        (lap + step) % entrants
    })
}

impl Standing {
    /// How often it took part.
    pub(crate) fn rounds(&self) -> usize {
        self.costs.len()
    }

    /// The middle half of what its rounds cost.
    pub(crate) fn quartiles(&self) -> Quartiles {
        Quartiles::of(self.costs.iter().copied())
    }

    /// How many times as much `other` cost, compared round by round.
    pub(crate) fn ratio_to(&self, other: &Standing) -> Quartiles {
        let pairs = self.costs.iter().zip(&other.costs);
        Quartiles::of(pairs.map(|(own, others)| others / own))
    }
}

impl Quartiles {
    fn of(samples: impl Iterator<Item = f64>) -> Quartiles {
        let mut sorted: Vec<f64> = samples.collect();
        sorted.sort_by(f64::total_cmp);
        Quartiles {
            lower: quantile(&sorted, 0.25),
            median: quantile(&sorted, 0.5),
            upper: quantile(&sorted, 0.75),
        }
    }
}

/// Between two samples the line that joins them counts.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor(), place.ceil());
    let (low, high) = (sorted[below as usize], sorted[above as usize]);
    low + (high - low) * (place - below)
}
