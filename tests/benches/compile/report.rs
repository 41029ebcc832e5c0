//! What is printed: a line for the tasks beside each of the other programs.
//!
//! ```text
//! WORK tasks=2.50 s OTHER=2.06 s ratio=1.18 (quartiles 1.08 1.21)
//! ```
//!
//! The ratio is the median of the ratios a round: tasks over the other.

use crate::shared::rounds::{Quartiles, Role, Standing};
use std::fmt::{self, Display, Formatter};

/// All that is known of one work after its rounds.
pub(crate) struct Report {
    pub(crate) work: &'static str,
    pub(crate) standings: Vec<Standing>,
}

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let is_ours = |standing: &&Standing| standing.role == Role::Ours;
        let ours = self.standings.iter().find(is_ours);
        let ours = ours.expect("the tasks take part in every work");
        let mut others = self.standings.iter().filter(|other| !is_ours(other));
        others.try_for_each(|other| writeln!(out, "{} {}", self.work, line(ours, other)))
    }
}

fn line(ours: &Standing, other: &Standing) -> String {
    let Quartiles {
        lower,
        median,
        upper,
    } = other.ratio_to(ours);
    let ratio = format!("ratio={median:.2} (quartiles {lower:.2} {upper:.2})");
    format!("{} {} {ratio}", figure(ours), figure(other))
}

fn figure(standing: &Standing) -> String {
    format!("{}={:.2} s", standing.name, standing.quartiles().median)
}
