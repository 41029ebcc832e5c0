//! What a work should reach: a ratio to its best peer, a figure, or both.

use super::report::Report;
use super::rounds::Standing;
use super::unit::{Unit, grouped};

/// What one of ours should reach in a work.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// This factor better than the best peer.
    Ratio(f64),
    /// A figure in the unit of the work.
    Figure(f64),
    /// Both of them.
    Both(f64, f64),
    /// At most this factor of the cost of the limit of that name.
    TimesLimit(f64, &'static str),
}

impl Goal {
    /// Do these rounds of ours meet it?
    pub(crate) fn is_met(self, ours: &Standing, report: &Report) -> bool {
        let reaches = |ratio: f64| {
            let best = report.best();
            best.is_some_and(|best| ours.ratio_to(best).median >= ratio)
        };
        let costs_at_most = |cost: f64| ours.quartiles().median <= cost;
        let shows = |figure| costs_at_most(report.work.unit.cost_of(figure));
        match self {
            Goal::Ratio(ratio) => reaches(ratio),
            Goal::Figure(figure) => shows(figure),
            Goal::Both(ratio, figure) => reaches(ratio) && shows(figure),
            Goal::TimesLimit(times, limit) => {
                let limit = report.standing(limit);
                limit.is_some_and(|limit| costs_at_most(times * limit.quartiles().median))
            }
        }
    }

    /// In words: `2.0×`, `25× and 1 M/s`, `5 µs`.
    pub(crate) fn text(self, unit: Unit) -> String {
        let figure = |figure: f64| format!("{} {}", round(figure), unit.name());
        match self {
            Goal::Ratio(ratio) => format!("{}×", plain(ratio)),
            Goal::Figure(wanted) => figure(wanted),
            Goal::Both(ratio, wanted) => format!("{}× and {}", plain(ratio), figure(wanted)),
            Goal::TimesLimit(times, limit) => format!("{times} × {limit}"),
        }
    }
}

/// A ratio as people write it: `2.0`, `0.95`, `25`.
fn plain(ratio: f64) -> String {
    let exact = format!("{ratio:.2}");
    match ratio {
        10.0.. => round(ratio),
        _ => exact.strip_suffix('0').unwrap_or(&exact).to_owned(),
    }
}

fn round(figure: f64) -> String {
    grouped(figure.round() as u64)
}
