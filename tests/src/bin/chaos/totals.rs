//! The counts of all rounds.

use std::{fmt, sync::atomic::Ordering::Relaxed, time::Duration};

use concurrent_futures::TaskErrorKind;

use crate::{
    board::{Board, Outcome},
    log::{Note, Step},
};

/// What there was, added up.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    rounds: u64,
    calls: u64,
    runs: u64,
    values: u64,
    errs: u64,
    panics: u64,
    cancelled: u64,
    lost: u64,
    limits: u64,
    other: u64,
    untold: u64,
    signals: u64,
    stops: u64,
    seconds: u64,
    pub(crate) mistakes: usize,
}

impl Totals {
    /// Adds a round.
    pub(crate) fn add(&mut self, board: &Board, notes: &[Note], mistakes: usize) {
        self.rounds += 1;
        self.calls += board.len();
        self.runs += notes.iter().filter(|note| note.step == Step::Begun).count() as u64;
        self.signals += board.signals.load(Relaxed);
        self.stops += board.stops.load(Relaxed);
        self.mistakes += mistakes;
        for id in 0..board.len() {
            *self.of_outcome(board.slot(id).outcome().as_ref()) += 1;
        }
    }

    fn of_outcome(&mut self, outcome: Option<&Outcome>) -> &mut u64 {
        match outcome {
            Some(Outcome::Value(_)) => &mut self.values,
            Some(Outcome::Failed(_)) => &mut self.errs,
            Some(Outcome::Untold) | None => &mut self.untold,
            Some(Outcome::Error(error)) => match error.kind() {
                TaskErrorKind::Panicked => &mut self.panics,
                TaskErrorKind::Cancelled => &mut self.cancelled,
                TaskErrorKind::WorkerLost => &mut self.lost,
                TaskErrorKind::TimedOut | TaskErrorKind::MemoryExceeded => &mut self.limits,
                _ => &mut self.other,
            },
        }
    }

    pub(crate) fn took(&mut self, time: Duration) {
        self.seconds = time.as_secs();
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rounds,
            calls,
            runs,
            values,
            errs,
            panics,
            cancelled,
            lost,
            limits,
            other,
            untold,
            signals,
            stops,
            seconds,
            mistakes,
        } = self;
        write!(
            f,
            "{rounds} rounds in {seconds} s, {calls} calls, {runs} runs: {values} values, {errs} errs, \
             {panics} panics, {cancelled} cancelled, {lost} lost, {limits} beyond a limit, {other} refused, \
             {untold} not asked for; {signals} signals, {stops} stops; {mistakes} mistakes"
        )
    }
}
