//! Each call's outcome against the log of its round, and each worker's against the pool's settings.
//!
//! ```text
//!   plan     what was asked -----.
//!   board    what came back -----+--> what is wrong
//!   log      what really ran ----'
//! ```

mod outcomes;
mod workers;

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::Ordering::Relaxed,
};

use crate::{
    board::Board,
    log::{Note, Step},
    plan::{Call, End, Kind, Plan},
};

/// One run of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pid: u32,
    has_ended: bool,
    is_dying: bool,
}

/// What is known of a round, beside its calls.
struct Facts {
    kind: Kind,
    was_closed: bool,
    /// Pending calls may have been cancelled by their pool.
    was_swept: bool,
    /// The pool may have ended its workers.
    was_killed: bool,
    /// The processes that were sent a signal.
    signalled: HashSet<u32>,
}

/// All that is wrong with a round.
pub(crate) fn mistakes(plan: &Plan, board: &Board, notes: &[Note]) -> Vec<String> {
    let facts = Facts::of(plan, board, notes);
    let runs = runs(notes);
    let none = Vec::new();
    let of_calls = plan.calls().into_iter().filter_map(|call| {
        let runs = runs.get(&call.id).unwrap_or(&none);
        let what = outcomes::judge(call, board.slot(call.id), runs, &facts).err()?;
        Some(tell(call, &what, board, runs))
    });
    let mut mistakes: Vec<String> = of_calls.collect();
    mistakes.extend(workers::too_many_at_once(notes, plan.settings.workers));
    if plan.settings.kind == Kind::Processes
        && let Some(most) = plan.settings.max_tasks
    {
        mistakes.extend(workers::overused(notes, most));
    }
    mistakes
}

fn tell(call: &Call, what: &str, board: &Board, runs: &[Run]) -> String {
    let slot = board.slot(call.id);
    format!(
        "{what}: {call:?}, outcome {:?}, runs {runs:?}, cancelled {}, aborted {}",
        slot.outcome(),
        slot.was_cancelled.load(Relaxed),
        slot.was_aborted.load(Relaxed)
    )
}

impl Facts {
    fn of(plan: &Plan, board: &Board, notes: &[Note]) -> Self {
        let is_killing = matches!(plan.end, End::Terminate | End::Kill);
        let signals = notes.iter().filter(|note| note.step == Step::Signalled);
        Self {
            kind: plan.settings.kind,
            was_closed: board.was_closed.load(Relaxed),
            was_swept: board.was_swept.load(Relaxed) || plan.end == End::ShutdownCancelling,
            was_killed: board.was_killed.load(Relaxed) || is_killing,
            signalled: signals.map(|note| note.pid).collect(),
        }
    }
}

/// The runs of each call, in their order.
fn runs(notes: &[Note]) -> HashMap<u64, Vec<Run>> {
    let mut runs: HashMap<u64, Vec<Run>> = HashMap::new();
    for note in notes.iter().filter(|note| note.step != Step::Signalled) {
        let of_call = runs.entry(note.id).or_default();
        if note.step == Step::Begun {
            of_call.push(Run {
                pid: note.pid,
                has_ended: false,
                is_dying: false,
            });
        } else if let Some(run) = of_call.iter_mut().rfind(|run| run.pid == note.pid) {
            run.has_ended = note.step == Step::Ended;
            run.is_dying = note.step == Step::Dying;
        }
    }
    runs
}
