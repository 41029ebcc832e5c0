//! `cancel_on_drop`: the calls of a request that is dropped leave the queue.

use std::{future::Future as _, pin::Pin, task::Context};

use concurrent_futures::{as_completed, task};
use tests::{
    MOMENT, Soon,
    far::{self, FarHeld},
};

use crate::{
    fixture::{Fixture, Workers, any},
    tasks::{answer, double, note},
};

#[task]
fn note_after(gate: &far::FileGate, tally: &far::FileTally) {
    gate.pass();
    tally.add();
}

pub(crate) fn a_future_that_cancels_when_dropped_gives_its_value<F: Fixture>() {
    let pool = any::<F>(1);

    let awaited = pollster::block_on(answer::submit(&pool).cancel_on_drop());
    let kept = answer::submit(&pool).cancel_on_drop().keep().soon();
    let lent = answer::submit(&pool).cancel_on_drop().get().copied();

    assert_eq!([awaited, kept, lent].map(Result::unwrap), [42; 3]);
}

pub(crate) fn futures_that_cancel_when_dropped_can_be_waited_for_together<F: Fixture>() {
    let pool = any::<F>(2);
    let futures = [1, 2, 3].map(|n| (n, double::submit(&pool, n).cancel_on_drop()));

    let sum: u64 = as_completed(futures)
        .map(|(n, future)| {
            let value = future.keep().soon().unwrap();
            assert_eq!(value, 2 * n);
            value
        })
        .sum();

    assert_eq!(sum, 12);
}

pub(crate) fn dropping_a_future_that_cancels_takes_a_pending_call_along<F: Workers>() {
    let pool = any::<F>(1);
    let (held, ran) = (FarHeld::on(&pool, 0), far::FileTally::new());
    let mut pending = note::submit(&pool, &ran, 1).cancel_on_drop();
    let canceller = pending.canceller();
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(Pin::new(&mut pending).poll(&mut context).is_pending());

    drop(pending);

    assert!(canceller.cancelled(), "while the worker is still busy");
    held.let_go().soon().unwrap();
    F::shutdown(pool.0);
    assert_eq!(ran.count(), 0);
}

pub(crate) fn dropping_a_future_that_cancels_leaves_a_running_call_to_end<F: Workers>() {
    let pool = any::<F>(1);
    let ended = far::FileTally::new();
    let FarHeld { future, go } = FarHeld::at(&pool, |gate| note_after::new(gate, &ended));

    drop(future.cancel_on_drop());
    drop(go);

    ended.wait_for(1);
}

pub(crate) fn a_kept_future_cancels_nothing_when_dropped<F: Workers>() {
    let pool = any::<F>(1);
    let (held, ran) = (FarHeld::on(&pool, 0), far::FileTally::new());
    let pending = note::submit(&pool, &ran, 1).cancel_on_drop();

    drop(pending.keep());
    held.let_go().detach();

    ran.wait_for(1);
}

pub(crate) fn a_request_whose_time_is_up_takes_its_pending_calls_along<F: Workers>() {
    let pool = any::<F>(1);
    let (held, ran) = (FarHeld::on(&pool, 0), far::FileTally::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let request = async {
        let calls = [1, 2].map(|n| note::submit(&pool, &ran, n).cancel_on_drop());
        for call in calls {
            call.await.unwrap();
        }
    };

    let is_late = runtime.block_on(async { tokio::time::timeout(MOMENT, request).await.is_err() });
    held.let_go().soon().unwrap();
    F::shutdown(pool.0);

    assert_eq!((is_late, ran.count()), (true, 0));
}
