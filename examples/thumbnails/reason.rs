//! Why there is no thumbnail, in words that fit under a mark.

use std::error::Error;

use concurrent_futures::prelude::*;

use crate::limits::{Bytes, Limits, Seconds};

/// What went wrong, as far as the sheet tells reasons apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    TooSlow,
    TooLarge,
    Crashed,
    NoImage,
    Other,
}

impl Kind {
    /// Those that a legend explains, with a word for each.
    pub(crate) const ALL: [(Self, &str); 5] = [
        (Self::TooSlow, "too slow"),
        (Self::TooLarge, "too large"),
        (Self::Crashed, "crashed"),
        (Self::NoImage, "no image"),
        (Self::Other, "other"),
    ];
}

/// Why there is no thumbnail.
pub(crate) struct Reason {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Reason {
    pub(crate) fn of(failure: &Failure<PortableError>, limits: Limits) -> Self {
        match failure {
            Failure::Returned(error) => {
                let cause = first_cause(error).to_string();
                Self::new(Kind::NoImage, format!("no image: {}", cause.trim()))
            }
            Failure::Task(error) => Self::of_error(error, limits),
        }
    }

    fn of_error(error: &TaskError, limits: Limits) -> Self {
        if error.is_timed_out() {
            let text = format!("took longer than {}", Seconds(limits.time));
            Self::new(Kind::TooSlow, text)
        } else if error.is_memory_exceeded() {
            let text = format!("needed more than {}", Bytes(limits.memory));
            Self::new(Kind::TooLarge, text)
        } else if let Some(end) = how_it_died(error) {
            Self::new(Kind::Crashed, format!("worker crashed: {end}"))
        } else {
            Self::new(Kind::Other, error.to_string())
        }
    }

    fn new(kind: Kind, text: String) -> Self {
        Self { kind, text }
    }
}

/// What all began with; errors that stand around it say little that the user does not know.
fn first_cause(error: &dyn Error) -> &dyn Error {
    error.source().map_or(error, first_cause)
}

/// The signal or the exit code that a worker ended with.
fn how_it_died(error: &TaskError) -> Option<String> {
    let death = error.death()?;
    let signal = death.signal().map(|signal| format!("signal {signal}"));
    let code = death.exit_code().map(|code| format!("exit code {code}"));
    let name = death.signal_name().map(str::to_owned);
    name.or(signal).or(code)
}
