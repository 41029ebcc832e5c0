//! One work, measured, and the lines that are printed of it.
//!
//! ```text
//! WORK ours=OURS:5.10 M/s best=PEER:2.40 M/s ratio=2.12 (quartiles 2.05 2.20) goal=2.0× (met)
//!     OURS  5.10 M/s (4.95 to 5.21)
//!     PEER  2.40 M/s (2.31 to 2.44)  ratio=2.12 (quartiles 2.05 2.20)
//! ```
//!
//! The first line comes once for each of ours. The best peer is the one with
//! the best median; the ratio is the median of the ratios a round, above 1
//! where ours is better. A limit is listed with the peers but is never the
//! best of them. The last lines compare with the first of ours.

use super::rounds::{Quartiles, Role, Standing};
use super::unit::{digits, grouped};
use super::works::{self, Work};
use std::fmt::{self, Display, Formatter};

/// All that is known of one work after its rounds.
pub(crate) struct Report {
    pub(crate) work: &'static Work,
    /// The size that it was measured at, if it is measured at several.
    pub(crate) at: Option<u64>,
    pub(crate) standings: Vec<Standing>,
}

impl Report {
    pub(crate) fn of(work: &'static str, standings: Vec<Standing>) -> Report {
        Report {
            work: works::named(work),
            at: None,
            standings,
        }
    }

    /// Those of ours that took part.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Standing> {
        let standings = self.standings.iter();
        standings.filter(|standing| standing.role == Role::Ours)
    }

    /// The peer with the best median, if any took part.
    pub(crate) fn best(&self) -> Option<&Standing> {
        let peers = self.standings.iter().filter(|peer| peer.role == Role::Peer);
        peers.min_by(|one, other| one.quartiles().median.total_cmp(&other.quartiles().median))
    }

    /// The entrant of that name.
    pub(crate) fn standing(&self, name: &str) -> Option<&Standing> {
        let mut standings = self.standings.iter();
        standings.find(|standing| standing.name == name)
    }

    /// The median in the unit of the work.
    pub(crate) fn figure(&self, standing: &Standing) -> String {
        self.work.unit.show(standing.quartiles().median)
    }

    /// What ours should reach, and whether it does.
    pub(crate) fn verdict(&self, ours: &Standing) -> Option<(String, bool)> {
        let goal = self.work.goal_of(&ours.name)?;
        Some((goal.text(self.work.unit), goal.is_met(ours, self)))
    }

    fn first_line(&self, ours: &Standing) -> String {
        let best = self.best().map_or("none".into(), |best| {
            let ratio = ours.ratio_to(best);
            format!("{}:{} {ratio}", best.name, self.figure(best))
        });
        let goal = self.verdict(ours).map_or("none".into(), |(goal, is_met)| {
            format!("{goal} ({})", if is_met { "met" } else { "not met" })
        });
        let (name, figure) = (&ours.name, self.figure(ours));
        format!(
            "{} ours={name}:{figure} best={best} goal={goal}",
            self.name()
        )
    }

    /// The work, and the size that it was measured at.
    fn name(&self) -> String {
        let name = self.work.name;
        self.at
            .map_or(name.into(), |at| format!("{name} at {}", grouped(at)))
    }

    fn line_of(&self, standing: &Standing) -> String {
        let (name, figure, spread) = (&standing.name, self.figure(standing), self.spread(standing));
        let ratio = self.ours().next().map(|ours| ours.ratio_to(standing));
        let comparison = match (standing.role, ratio) {
            (Role::Ours, _) | (_, None) => String::new(),
            (Role::Peer, Some(ratio)) => format!("  {ratio}"),
            (Role::Limit, Some(ratio)) => format!("  {ratio} limit"),
        };
        format!("    {name:<24}{figure:>12} {spread}{comparison}")
    }

    /// The quartiles in the unit of the work, the smaller figure first.
    fn spread(&self, standing: &Standing) -> String {
        let Quartiles { lower, upper, .. } = standing.quartiles();
        let unit = self.work.unit;
        let (one, other) = (unit.figure_of(lower), unit.figure_of(upper));
        format!("({} to {})", digits(one.min(other)), digits(one.max(other)))
    }
}

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let first = self.ours().map(|ours| self.first_line(ours));
        let others = self.standings.iter().map(|one| self.line_of(one));
        let lines: Vec<String> = first.chain(others).collect();
        out.write_str(&lines.join("\n"))
    }
}

impl Display for Quartiles {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Quartiles {
            lower,
            median,
            upper,
        } = self;
        write!(out, "ratio={median:.2} (quartiles {lower:.2} {upper:.2})")
    }
}
