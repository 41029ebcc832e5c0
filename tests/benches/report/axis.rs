//! A logarithmic axis: where a value is, and which values are written on it.

/// From `low` at `start` to `high` at `end`; the end may be to the left, or above.
pub(crate) struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Axis {
    /// An axis that holds all values, with a little room on both sides.
    pub(crate) fn over(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values {
            (low, high) = (low.min(value), high.max(value));
        }
        Axis {
            low: low / 1.15,
            high: high * 1.15,
            start,
            end,
        }
    }

    /// Where a value is.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        self.start + share * (self.end - self.start)
    }

    /// The values that are written on it: 1, 2, 5, 10, … where there is room, else fewer.
    pub(crate) fn ticks(&self) -> impl Iterator<Item = f64> {
        let decade = (self.place(10.0) - self.place(1.0)).abs();
        let digits: &[f64] = match decade {
            120.0.. => &[1.0, 2.0, 5.0],
            60.0.. => &[1.0, 3.0],
            _ => &[1.0],
        };
        let decades = (self.low.log10().floor() as i32)..=(self.high.log10().ceil() as i32);
        let of_decade = |decade| digits.iter().map(move |digit| digit * 10f64.powi(decade));
        let values = decades.flat_map(of_decade);
        values.filter(|value| (self.low..=self.high).contains(value))
    }
}

/// A number as it stands on an axis: no more digits than it needs.
pub(crate) fn label(value: f64) -> String {
    match value {
        1e6.. => format!("{}M", value / 1e6),
        1e3.. => format!("{}k", value / 1e3),
        _ => format!("{}", (value * 1e3).round() / 1e3),
    }
}
