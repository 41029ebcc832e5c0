//! Many futures that finish at the same moment: no waiter misses its wake-up.

use std::{sync::mpsc::channel, thread};

use concurrent_futures::{Promise, ReturnWhen, as_completed, wait};
use tests::{
    DEADLINE,
    far::{FileGate, pass},
    many,
};

use crate::fixture::{Workers, any};

pub(crate) fn futures_that_finish_at_once_lose_no_wake_up<F: Workers>() {
    let (pool, calls) = (any::<F>(4), many(100));
    for _ in 0..many(1_000) {
        let (gate, go) = FileGate::shut();
        let futures: Vec<_> = (0..calls).map(|_| pass::submit(&pool, &gate)).collect();
        drop(go);

        let waited = wait(futures, ReturnWhen::AllCompleted, DEADLINE);

        assert_eq!((waited.done.len(), waited.not_done.len()), (calls, 0));
    }
}

/// Promises that four threads finish while the caller begins to wait.
#[test]
fn promises_that_finish_at_once_lose_no_wake_up() {
    let (tx, rx): (Vec<_>, Vec<_>) = (0..4).map(|_| channel::<Vec<Promise<u64>>>()).unzip();
    let finishers = rx.into_iter().map(|rx| {
        thread::spawn(move || {
            rx.into_iter()
                .flatten()
                .try_for_each(|promise| promise.finish(Ok(1)))
        })
    });
    let finishers: Vec<_> = finishers.collect();

    for round in 0..many(1_000) {
        let futures: Vec<_> = tx
            .iter()
            .flat_map(|tx| {
                let (promises, futures): (Vec<_>, Vec<_>) = (0..25).map(|_| Promise::new()).unzip();
                tx.send(promises).unwrap();
                futures
            })
            .collect();
        let when = [ReturnWhen::AllCompleted, ReturnWhen::FirstCompleted][round % 2];

        let waited = wait(&futures, when, DEADLINE);

        assert!(!waited.done.is_empty(), "somebody finished");
        assert!(
            round % 2 == 1 || waited.not_done.is_empty(),
            "everybody finished"
        );
    }
    drop(tx);
    finishers
        .into_iter()
        .for_each(|thread| thread.join().unwrap().unwrap());
}

pub(crate) fn futures_that_finish_at_once_all_come<F: Workers>() {
    let pool = any::<F>(4);
    for _ in 0..many(200) {
        let (gate, go) = FileGate::shut();
        let futures: Vec<_> = (0..100).map(|_| pass::submit(&pool, &gate)).collect();
        let futures = as_completed(futures);
        drop(go);

        assert_eq!(futures.count(), 100);
    }
}
