//! Every interleaving of a call's two ends, as far as loom can try them.
//!
//! Run by `tests/run loom`. Loom reports races on the slot (through the tracker), deadlocks, and
//! cells that leak; the models themselves assert the answers.

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Poll},
};

use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{Future, Promise};
use crate::{
    cell::{CellRef, Placement, ignore_hint},
    id::ExecutorId,
    task::{Options, Task},
    wait::{ReturnWhen, as_completed, wait},
    worker_context::{self, WorkerContext},
};

/// Tries all interleavings with up to three preemptions.
pub(super) fn model(body: impl Fn() + Sync + Send + 'static) {
    model_with(3, body);
}

/// Tries all interleavings with up to `preemptions` preemptions.
pub(super) fn model_with(preemptions: usize, body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(body);
}

/// Counts its drops.
pub(super) struct DropCounter(pub(super) Arc<AtomicUsize>);

impl Drop for DropCounter {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A call that gives its argument back.
struct Echo(DropCounter);

impl Task for Echo {
    type Output = DropCounter;

    fn name() -> &'static str {
        "echo"
    }

    fn run(self) -> DropCounter {
        self.0
    }
}

/// A pending call, its job, and the count of drops of its argument.
fn echo(executor: Option<ExecutorId>) -> (Future<DropCounter>, CellRef, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let call = Echo(DropCounter(drops.clone()));
    let (future, cell) = super::pair(call, placement(executor));
    (future, cell, drops)
}

/// Where such a call is submitted to.
pub(super) fn placement(executor: Option<ExecutorId>) -> Placement {
    Placement {
        executor,
        options: Options::new(),
        records_times: false,
    }
}

/// What a worker does with a job. True if it ran.
pub(super) fn run(cell: CellRef) -> bool {
    let mut cell = cell.into_uncounted();
    let claimed = cell.claim();
    let ran = claimed.is_some();
    let left = claimed.is_some_and(|claimed| claimed.run().settle_with(true, &mut ignore_hint));
    if !left {
        // SAFETY: the count is still there, and this happens once.
        unsafe { std::mem::ManuallyDrop::drop(&mut cell) };
    }
    ran
}

/// What a thread of the model returned.
pub(super) fn joined<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("a thread of a model does not panic")
}

pub(super) fn context(executor: ExecutorId) -> WorkerContext {
    WorkerContext {
        executor,
        stack_size: 1 << 20,
        prepare: std::sync::Arc::new(|| Ok(())),
    }
}

#[test]
fn loom_a_result_reaches_whoever_blocks_for_it() {
    model(|| {
        let (future, cell, drops) = echo(None);
        let worker = thread::spawn(move || run(cell));

        let value = future.result();

        assert!(value.is_ok());
        drop(value);
        assert!(joined(worker));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_cancel_and_a_claim_never_both_win() {
    model(|| {
        let (future, cell, drops) = echo(None);
        let worker = thread::spawn(move || run(cell));

        let cancelled = future.cancel();
        let result = future.result();

        assert_eq!(result.is_err(), cancelled);
        drop(result);
        assert_eq!(joined(worker), !cancelled);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_cancel_wakes_a_blocked_reader() {
    model(|| {
        let (promise, future) = Promise::<usize>::new();
        let canceller = future.canceller();
        let other = thread::spawn(move || canceller.cancel());

        let result = future.result();

        assert!(result.is_err_and(|error| error.is_cancelled()));
        assert!(joined(other));
        assert!(promise.finish(Ok(1)).is_err());
    });
}

#[test]
fn loom_a_callback_runs_once_whenever_it_is_added() {
    model(|| {
        let (future, cell, _) = echo(None);
        let runs = Arc::new(AtomicUsize::new(0));
        let worker = thread::spawn(move || run(cell));

        let counter = runs.clone();
        future.add_done_callback(move |outcome| {
            assert!(outcome.is_ok());
            counter.fetch_add(1, Ordering::SeqCst);
        });

        // The value is out only after the callback has run.
        assert!(future.get().is_ok());
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        joined(worker);
    });
}

#[test]
fn loom_a_callback_added_while_the_call_winds_up_runs_before_the_value_is_out() {
    // To the worker, back between its two looks, to it until it has settled, and back.
    model_with(4, || {
        let (future, cell, _) = echo(None);
        let runs = Arc::new(AtomicUsize::new(0));
        let count = || {
            let runs = runs.clone();
            move |_: Result<&DropCounter, crate::error::TaskError>| {
                runs.fetch_add(1, Ordering::SeqCst);
            }
        };
        // The first one sends the worker the long way.
        future.add_done_callback(count());
        let worker = thread::spawn(move || run(cell));

        future.add_done_callback(count());

        assert!(future.get().is_ok());
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        joined(worker);
    });
}

#[test]
fn loom_an_awaiting_task_is_woken() {
    model(|| {
        let (mut future, cell, _) = echo(None);
        let worker = thread::spawn(move || run(cell));

        let value = loom::future::block_on(std::future::poll_fn(|context| {
            Pin::new(&mut future).poll(context)
        }));

        assert!(value.is_ok());
        joined(worker);
    });
}

#[test]
fn loom_a_borrowing_await_that_is_dropped_leaves_no_trace() {
    model(|| {
        let (future, cell, drops) = echo(None);
        let worker = thread::spawn(move || run(cell));
        {
            let mut lent = std::future::IntoFuture::into_future(&future);
            let waker = std::task::Waker::noop();
            let polled = Pin::new(&mut lent).poll(&mut Context::from_waker(waker));
            if let Poll::Ready(value) = polled {
                assert!(value.is_ok());
            }
        }
        drop(future);
        joined(worker);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_dropped_future_leaves_one_outcome_to_be_dropped() {
    model(|| {
        let (future, cell, drops) = echo(None);
        let canceller = future.canceller();
        let worker = thread::spawn(move || run(cell));

        drop(future);
        // A canceller keeps the cell, but no result in it.
        joined(worker);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        drop(canceller);
    });
}

#[test]
fn loom_three_owners_free_one_cell() {
    model(|| {
        let (future, cell, drops) = echo(None);
        let canceller = future.canceller();
        let worker = thread::spawn(move || run(cell));
        let other = thread::spawn(move || drop(canceller));

        drop(future);

        joined(worker);
        joined(other);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_waiter_in_place_and_a_worker_run_a_call_once() {
    let executor = ExecutorId::new();
    model(move || {
        let (future, cell, drops) = echo(Some(executor));
        let worker = thread::spawn(move || run(cell));

        let entered = worker_context::enter(context(executor));
        let value = future.result();
        drop(entered);

        assert!(value.is_ok());
        drop(value);
        joined(worker);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_guard_goes_once_whoever_ends_the_pending_state() {
    model(|| {
        let (future, cell, _) = echo(None);
        let released = Arc::new(AtomicUsize::new(0));
        cell.add_guard(Box::new(DropCounter(released.clone())));
        let worker = thread::spawn(move || run(cell));

        let cancelled = future.cancel();

        // A cancel has released it, or the worker before it ran the call.
        assert!(!cancelled || released.load(Ordering::SeqCst) == 1);
        joined(worker);
        assert_eq!(released.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_promise_dropped_against_a_cancel_ends_the_call_once() {
    model(|| {
        let (promise, future) = Promise::<usize>::new();
        let worker = thread::spawn(move || drop(promise));

        let cancelled = future.cancel();
        let error = future.result().expect_err("nobody gave it a value");

        assert_eq!(error.is_cancelled(), cancelled);
        assert_eq!(error.is_worker_lost(), !cancelled);
        joined(worker);
    });
}

#[test]
fn loom_waiting_for_the_first_of_two_hears_of_one() {
    model(|| {
        let (one, first) = Promise::<usize>::new();
        let (two, second) = Promise::<usize>::new();
        let worker = thread::spawn(move || one.finish(Ok(1)).is_ok());

        let done = wait([&first, &second], ReturnWhen::FirstCompleted, None);

        assert_eq!((done.done.len(), done.not_done.len()), (1, 1));
        assert!(joined(worker));
        drop(two);
    });
}

#[test]
fn loom_as_completed_yields_each_of_two_that_finish_together() {
    model(|| {
        let (one, first) = Promise::<usize>::new();
        let (two, second) = Promise::<usize>::new();
        let worker = thread::spawn(move || one.finish(Ok(1)).is_ok());
        let mut completed = as_completed([first, second]);

        assert!(two.finish(Ok(2)).is_ok());

        let values = completed
            .by_ref()
            .map(|future| future.result().expect("both were kept"));
        assert_eq!(values.sum::<usize>(), 3);
        assert!(joined(worker));
    });
}

#[test]
fn loom_a_wish_to_stop_reaches_a_running_call_or_says_that_it_did_not() {
    model(|| {
        let (mut promise, future) = Promise::<bool>::new();
        let worker = thread::spawn(move || {
            if promise.start() {
                let stopping = promise.should_stop();
                assert!(promise.finish(Ok(stopping)).is_ok());
            }
        });

        let aborted = future.abort();
        let result = future.result();

        // Seen or not, an abort that came in time was told so.
        assert!(aborted || result.is_ok_and(|stopping| !stopping));
        joined(worker);
    });
}
