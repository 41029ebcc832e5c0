//! The threads that submit calls, and those that take the results.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
};

use concurrent_futures::{AnyExecutor, Failure, Future, MapOptions, Submit, as_completed};
use tests::far::FileTally;

use crate::{
    board::{Board, Outcome},
    plan::{Call, Fate, Plan, Portion},
    tasks::{Done, act, payload},
};

/// A call whose result is to be taken.
pub(crate) type Taken = (u64, Future<Result<Done, String>>);

/// One who submits.
struct Submitter<'a> {
    pool: &'a dyn AnyExecutor,
    log: &'a FileTally,
    board: &'a Arc<Board>,
    taken: Vec<Taken>,
}

/// Has each submitter submit its calls; maps are over when this returns, the other calls may not
/// be.
pub(crate) fn submit_all(
    plan: &Plan,
    pool: &dyn AnyExecutor,
    log: &FileTally,
    board: &Arc<Board>,
) -> Vec<Taken> {
    thread::scope(|scope| {
        let submit = |portions| {
            let mut submitter = Submitter {
                pool,
                log,
                board,
                taken: Vec::new(),
            };
            move || {
                submitter.submit(portions);
                submitter.taken
            }
        };
        let running: Vec<_> = plan
            .portions
            .iter()
            .map(|list| scope.spawn(submit(list)))
            .collect();
        let taken = running
            .into_iter()
            .flat_map(|one| one.join().expect("it says what it finds"));
        taken.collect()
    })
}

/// Waits for all results: one after the other, or as they come.
pub(crate) fn take_all(plan: &Plan, board: &Board, taken: Vec<Taken>) {
    if plan.seed.is_multiple_of(2) {
        for (id, future) in taken {
            board.slot(id).ended(future.try_result().into());
        }
    } else {
        for (id, future) in as_completed(taken) {
            board.slot(id).ended(future.try_result().into());
        }
    }
}

impl Submitter<'_> {
    fn submit(&mut self, portions: &[Portion]) {
        for portion in portions {
            match portion {
                Portion::Single(call) => self.submit_one(call),
                Portion::Map { .. } => self.submit_map(portion),
            }
        }
    }

    fn call(&self, call: &Call) -> act {
        act {
            log: self.log.clone(),
            id: call.id,
            what: call.act,
            payload: payload(call.id, call.payload),
        }
    }

    fn submit_one(&mut self, call: &Call) {
        let slot = self.board.slot(call.id);
        let future = self.submit_somehow(call);
        slot.submitted(future.canceller());
        match call.fate {
            Fate::Taken => self.taken.push((call.id, future)),
            Fate::CalledBack => {
                let (board, id) = (self.board.clone(), call.id);
                future.add_done_callback(move |_| {
                    board.slot(id).callbacks.fetch_add(1, Relaxed);
                });
                self.taken.push((call.id, future));
            }
            Fate::Detached => {
                slot.ended(Outcome::Untold);
                future.detach();
            }
        }
    }

    /// Now and then by `try_submit`, which takes no options.
    fn submit_somehow(&self, call: &Call) -> Future<Result<Done, String>> {
        let made = self.call(call);
        if call.asks != Default::default() || !call.id.is_multiple_of(4) {
            return self.pool.submit_with(made, call.asks.options());
        }
        match self.pool.try_submit(made) {
            Ok(future) => future,
            Err(full) => self.pool.submit(full.into_call()),
        }
    }

    fn submit_map(&self, portion: &Portion) {
        let Portion::Map {
            calls,
            chunk_size,
            buffer,
            unordered,
        } = portion
        else {
            return;
        };
        let mut options = MapOptions::new().each(calls[0].asks.options());
        if let Some(size) = *chunk_size {
            options = options.chunk_size(size);
        }
        if let Some(buffer) = *buffer {
            options = options.buffer(buffer);
        }
        if *unordered {
            options = options.unordered();
        }
        let made: Vec<act> = calls.iter().map(|call| self.call(call)).collect();
        let map = self
            .pool
            .map_with(options, made)
            .expect("the options make sense");
        let results: Vec<_> = map.try_results().collect();
        assert_eq!(
            results.len(),
            calls.len(),
            "a map gives a result for each call"
        );
        if *unordered {
            self.note_by_value(calls, results);
        } else {
            for (call, result) in calls.iter().zip(results) {
                self.board.slot(call.id).ended(result.into());
            }
        }
    }

    /// Of results without an order those with a value say whose they are.
    fn note_by_value(&self, calls: &[Call], results: Vec<Result<Done, Failure<String>>>) {
        for done in results.into_iter().flatten() {
            self.board.slot(done.id).ended(Outcome::Value(done));
        }
        for call in calls {
            let slot = self.board.slot(call.id);
            if slot.outcome().is_none() {
                slot.ended(Outcome::Untold);
            }
        }
    }
}
