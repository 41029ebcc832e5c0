//! What befalls workers and calls while a round runs.
//!
//! ```text
//!   workers   signals that end them, stops, each continued a moment later
//!   calls     cancels, aborts
//!   all       close, cancel_pending, terminate, kill
//! ```
//!
//! Only workers that have begun a call are struck: a pool none of whose workers comes to be
//! ready is broken, and rightly so. Signals reach children of this program alone.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
};

use rustix::process::Signal;
use tests::{
    far::FileTally,
    system::{children, is_stopped, signal},
};

use crate::{
    arena::Arena,
    board::Board,
    chance::Chance,
    log::{Step, note, notes},
    plan::{End, Events, Plan},
};

/// What ends a worker, but for the last: the first of these that comes from outside is swallowed by
/// std's handler.
const SIGNALS: [Signal; 5] = [
    Signal::KILL,
    Signal::KILL,
    Signal::TERM,
    Signal::ABORT,
    Signal::SEGV,
];

/// What has events happen.
struct Storm<'a> {
    events: Events,
    arena: Option<&'a Arena>,
    log: &'a FileTally,
    board: &'a Board,
    chance: Chance,
}

/// Does something while events happen; those that strike the whole pool only if it is given.
pub(crate) fn during<T>(
    plan: &Plan,
    arena: Option<&Arena>,
    log: &FileTally,
    board: &Arc<Board>,
    what: impl FnOnce() -> T,
) -> T {
    let mut storm = Storm {
        events: plan.events,
        arena,
        log,
        board,
        chance: Chance::stream(plan.seed, 1 + u64::from(arena.is_some())),
    };
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Relaxed) {
                let pause = storm
                    .chance
                    .number(0, storm.events.pause.as_micros() as u64);
                thread::sleep(std::time::Duration::from_micros(pause));
                storm.strike();
            }
        });
        let over = SetOnDrop(&is_over);
        let done = what();
        drop(over);
        done
    })
}

/// Ends the storm even if a panic goes through.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl Storm<'_> {
    /// One event at most, and an end for those that happened before.
    fn strike(&mut self) {
        let Events {
            signals,
            stops,
            cancels,
            aborts,
            sweeps,
            ..
        } = self.events;
        let mut drawn = self.chance.number(0, 999);
        let mut falls_to = |share: u64| {
            let is_it = drawn < share;
            drawn = if is_it {
                u64::MAX
            } else {
                drawn.saturating_sub(share)
            };
            is_it
        };
        if falls_to(signals) {
            self.end_a_worker();
        } else if falls_to(stops) {
            self.stop_a_worker();
        } else if falls_to(cancels) {
            self.board.slot(self.call()).cancel();
        } else if falls_to(aborts) {
            self.board.slot(self.call()).abort();
        } else if falls_to(sweeps) {
            self.sweep();
        }
        self.continue_workers();
    }

    /// The id of some call, submitted or not.
    fn call(&mut self) -> u64 {
        self.chance.number(0, self.board.len() - 1)
    }

    fn end_a_worker(&mut self) {
        let how = self.chance.one_of(&SIGNALS);
        if let Some(pid) = self.worker() {
            // Noted before: what the worker had begun may be over from here on.
            note(
                self.log,
                Step::Signalled,
                how.as_raw().unsigned_abs().into(),
                pid,
            );
            signal(pid, how);
            self.board.signals.fetch_add(1, Relaxed);
        }
    }

    fn stop_a_worker(&mut self) {
        if let Some(pid) = self.worker() {
            signal(pid, Signal::STOP);
            self.board.stops.fetch_add(1, Relaxed);
        }
    }

    /// A worker that has begun a call.
    fn worker(&mut self) -> Option<u32> {
        let begun = notes(self.log)
            .into_iter()
            .filter(|note| note.step == Step::Begun);
        let begun: HashSet<u32> = begun.map(|note| note.pid).collect();
        let mut alive = children();
        alive.retain(|pid| begun.contains(pid));
        alive.sort_unstable();
        (!alive.is_empty()).then(|| self.chance.one_of(&alive))
    }

    /// Lets some of those go on that were stopped, or stopped themselves.
    fn continue_workers(&mut self) {
        for pid in children().into_iter().filter(|pid| is_stopped(*pid)) {
            if self.chance.permille(500) {
                signal(pid, Signal::CONT);
            }
        }
    }

    fn sweep(&mut self) {
        let Some(arena) = self.arena else { return };
        let board = self.board;
        match self.chance.number(0, 3) {
            0 => {
                board.was_closed.store(true, Relaxed);
                arena.close();
            }
            1 => {
                board.was_swept.store(true, Relaxed);
                arena.cancel_pending();
            }
            drawn => {
                let end = if drawn == 2 {
                    End::Terminate
                } else {
                    End::Kill
                };
                if arena.end_workers(end) {
                    board.was_closed.store(true, Relaxed);
                    board.was_killed.store(true, Relaxed);
                }
            }
        }
    }
}
