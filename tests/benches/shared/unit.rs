//! How a cost is shown to people.
//!
//! A cost is a number of which less is better, and it is of one thing: the
//! seconds of a call, of a mebibyte, of a turn; the bytes of a call.

/// What a cost is shown as.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// Seconds a call, as millions of calls a second.
    MillionsASecond,
    /// Seconds a mebibyte, as mebibytes a second.
    MebibytesASecond,
    /// Seconds, as milliseconds.
    Milliseconds,
    /// Seconds, as microseconds.
    Microseconds,
    /// Seconds, as nanoseconds.
    Nanoseconds,
    /// Bytes, as they are.
    Bytes,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Unit::MillionsASecond => "M/s",
            Unit::MebibytesASecond => "MiB/s",
            Unit::Milliseconds => "ms",
            Unit::Microseconds => "µs",
            Unit::Nanoseconds => "ns",
            Unit::Bytes => "B",
        }
    }

    /// Is a cost shown as a rate, of which more is better?
    pub(crate) fn is_rate(self) -> bool {
        matches!(self, Unit::MillionsASecond | Unit::MebibytesASecond)
    }

    /// The figure of a cost.
    pub(crate) fn figure_of(self, cost: f64) -> f64 {
        match self {
            Unit::MillionsASecond => 1e-6 / cost,
            Unit::MebibytesASecond => 1.0 / cost,
            Unit::Milliseconds => cost * 1e3,
            Unit::Microseconds => cost * 1e6,
            Unit::Nanoseconds => cost * 1e9,
            Unit::Bytes => cost,
        }
    }

    /// The cost that has this figure.
    pub(crate) fn cost_of(self, figure: f64) -> f64 {
        match self {
            Unit::MillionsASecond => 1e-6 / figure,
            Unit::MebibytesASecond => 1.0 / figure,
            _ => figure / self.figure_of(1.0),
        }
    }

    /// The figure of a cost with its unit: `2.40 M/s`.
    pub(crate) fn show(self, cost: f64) -> String {
        format!("{} {}", digits(self.figure_of(cost)), self.name())
    }
}

/// Three digits that say something.
pub(crate) fn digits(value: f64) -> String {
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

/// A ratio, with two digits behind the point where they say something.
pub(crate) fn times(ratio: f64) -> String {
    let decimals = match ratio {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{ratio:.decimals$}")
}

/// A whole number, its thousands apart: `1,000,000`.
pub(crate) fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}
