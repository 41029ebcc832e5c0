//! What is printed: a line a work, below it a line an entrant with its quartiles.
//!
//! ```text
//! WORK ours=5.10 M/s best=PEER:2.40 M/s ratio=2.12 (quartiles 2.05 2.20) goal=2.0
//!     OURS  5.10 M/s (4.95 to 5.21)
//!     PEER  2.40 M/s (2.31 to 2.44)  ratio=2.12 (quartiles 2.05 2.20)
//! ```
//!
//! The best peer is the one with the best median; the ratio is the median
//! of the ratios a round, above 1 where ours is better. A limit is listed
//! with the peers but is never the best of them.

use crate::rounds::{Quartiles, Role, Standing};
use std::fmt::{self, Display, Formatter};
use std::process::Command;

/// How a cost is shown to people.
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    pub(crate) of_cost: Box<dyn Fn(f64) -> f64>,
}

/// All that is known of one work after its rounds.
pub(crate) struct Report {
    pub(crate) work: &'static str,
    pub(crate) goal: &'static str,
    pub(crate) unit: Unit,
    pub(crate) standings: Vec<Standing>,
}

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (ours, best) = (self.ours(), self.best());
        write!(out, "{} ours={} ", self.work, self.figure(ours))?;
        write!(out, "best={}:{} ", best.name, self.figure(best))?;
        write!(out, "{} goal={}", ours.ratio_to(best), self.goal)?;
        let mut all = self.standings.iter();
        all.try_for_each(|standing| write!(out, "\n{}", self.line_of(standing)))
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

impl Report {
    fn ours(&self) -> &Standing {
        let mut standings = self.standings.iter();
        standings
            .find(|standing| standing.role == Role::Ours)
            .expect("ours takes part in every work")
    }

    fn best(&self) -> &Standing {
        let peers = self.standings.iter().filter(|peer| peer.role == Role::Peer);
        peers
            .min_by(|one, other| one.quartiles().median.total_cmp(&other.quartiles().median))
            .expect("every work has a peer")
    }

    fn line_of(&self, standing: &Standing) -> String {
        let (name, figure, spread) = (standing.name, self.figure(standing), self.spread(standing));
        let ratio = self.ours().ratio_to(standing);
        let comparison = match standing.role {
            Role::Ours => String::new(),
            Role::Peer => format!("  {ratio}"),
            Role::Limit => format!("  {ratio} limit"),
        };
        format!("    {name:<24}{figure:>12} {spread}{comparison}")
    }

    /// The median in the unit of the work.
    fn figure(&self, standing: &Standing) -> String {
        let median = (self.unit.of_cost)(standing.quartiles().median);
        format!("{} {}", digits(median), self.unit.name)
    }

    /// The quartiles in the unit of the work, the smaller figure first.
    fn spread(&self, standing: &Standing) -> String {
        let Quartiles { lower, upper, .. } = standing.quartiles();
        let (one, other) = ((self.unit.of_cost)(lower), (self.unit.of_cost)(upper));
        format!("({} to {})", digits(one.min(other)), digits(one.max(other)))
    }

    fn row(&self) -> String {
        let (ours, best) = (self.ours(), self.best());
        let Quartiles {
            lower,
            median,
            upper,
        } = ours.ratio_to(best);
        format!(
            "| {} | {} | {} ({}) | **{median:.2}** ({lower:.2}–{upper:.2}) | {} |",
            self.work,
            self.figure(ours),
            self.figure(best),
            best.name,
            self.goal,
        )
    }
}

/// Three digits that say something.
fn digits(value: f64) -> String {
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

/// A table for the README, with the machine named above it.
pub(crate) fn markdown(reports: &[Report]) -> String {
    let rows: Vec<String> = reports.iter().map(Report::row).collect();
    format!(
        "\n{}\n\n| work | ours | best peer | ratio (quartiles) | goal |\n|---|---|---|---|---|\n{}",
        machine(),
        rows.join("\n"),
    )
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = output_of("uname", &["-s", "-r", "-m"]);
    let compiler = output_of("rustc", &["--version"]);
    let date = output_of("date", &["-u", "+%F"]);
    format!("{cores} cores, {kernel}, {compiler}, {date}")
}

/// What a command prints, or that it is unknown: a table fails nothing.
fn output_of(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    output.map_or_else(
        |_| format!("{command} unknown"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
