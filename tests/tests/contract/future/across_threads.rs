//! Calls, iterators and user code that pass from one thread to another.

use std::{
    sync::{Arc, Mutex, mpsc::channel},
    task::{Context, Wake, Waker},
    thread,
};

use concurrent_futures::{
    Canceller, Executor, ExecutorId, Future, Here, Job, MapOptions, Promise, ReturnWhen,
    SharedFuture, Submit, WorkerGuard, as_completed, wait,
};
use tests::{DEADLINE, Gate, MOMENT, Soon, call, far::FarHeld, receive};

use crate::{
    fixture::{LocalWorkers, Workers, any},
    tasks::{answer, double},
};

#[test]
fn a_promise_started_here_may_be_kept_elsewhere() {
    let (mut promise, future) = Promise::new();
    assert!(promise.start());

    let worker = thread::spawn(move || promise.finish(Ok(7)));

    assert_eq!(future.soon().unwrap(), 7);
    worker.join().unwrap().unwrap();
}

#[test]
fn a_started_promise_can_be_waited_for_on_the_thread_that_started_it() {
    let (mut promise, future) = Promise::new();
    let go = Gate::new();
    promise.start();
    let worker = thread::spawn({
        let go = go.clone();
        move || {
            go.wait();
            promise.finish(Ok(7))
        }
    });

    go.open();
    let waited = wait([future], ReturnWhen::AllCompleted, DEADLINE);

    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 0));
    worker.join().unwrap().unwrap();
}

#[test]
fn a_callback_of_a_promise_kept_elsewhere_may_not_wait_for_its_own_future() {
    let (mut promise, future) = Promise::<u64>::new();
    promise.start();
    let future = future.shared();
    let (tell, told) = channel();
    let own = future.clone();
    future.add_done_callback(move |_| {
        let _ = tell.send(own.get().is_err_and(|error| error.is_would_deadlock()));
    });

    let worker = thread::spawn(move || promise.finish(Ok(7)));

    assert!(receive(&told));
    worker.join().unwrap().unwrap();
}

#[test]
#[should_panic(expected = "the value was taken before")]
fn a_callback_added_after_the_value_was_awaited_away_is_refused() {
    let (promise, mut future) = Promise::new();
    promise.finish(Ok(7)).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(std::future::Future::poll(std::pin::pin!(&mut future), &mut context).is_ready());

    future.add_done_callback(|_| {});
}

pub(crate) fn the_drop_of_an_unwanted_result_holds_up_no_other_call<F: LocalWorkers>() {
    let pool = F::pool(2);
    let (started, dropping, go) = (Gate::new(), Gate::new(), Gate::new());
    let release = go.open_on_drop();
    let slow = SlowToDrop {
        dropping: dropping.clone(),
        go: go.clone(),
    };
    let gate = Gate::new();
    pool.submit(call({
        let (started, gate) = (started.clone(), gate.clone());
        move || {
            started.open();
            gate.wait();
            slow
        }
    }))
    .detach();
    started.wait();
    gate.open();
    dropping.wait();

    let later = pool.submit(call(|| 7));

    assert_eq!(later.soon().unwrap(), 7);
    drop(release);
}

struct SlowToDrop {
    dropping: Gate,
    go: Gate,
}

impl Drop for SlowToDrop {
    fn drop(&mut self) {
        self.dropping.open();
        self.go.wait();
    }
}

pub(crate) fn a_waker_that_takes_its_time_holds_up_no_other_call<F: LocalWorkers>() {
    let pool = any::<F>(2);
    let (waking, go) = (Gate::new(), Gate::new());
    let release = go.open_on_drop();
    let mut held = FarHeld::on(&pool, 0);
    let waker = Waker::from(Arc::new(SlowWaker {
        waking: waking.clone(),
        go: go.clone(),
    }));
    let pending = std::future::Future::poll(
        std::pin::pin!(&mut held.future),
        &mut Context::from_waker(&waker),
    );
    assert!(pending.is_pending());
    drop(held.go);
    waking.wait();

    let later = answer::submit(&pool);

    assert_eq!(later.soon().unwrap(), 42);
    drop(release);
}

struct SlowWaker {
    waking: Gate,
    go: Gate,
}

impl Wake for SlowWaker {
    fn wake(self: Arc<Self>) {
        self.waking.open();
        self.go.wait();
    }
}

/// A call that is handed an iterator and takes its first future.
type Completed = concurrent_futures::AsCompleted<SharedFuture<bool>>;

pub(crate) fn an_iterator_handed_to_the_call_it_holds_does_not_hang<F: LocalWorkers>() {
    let pool = F::pool(1);
    let (hand_over, handed_over) = channel::<Completed>();
    let future = pool
        .submit(call(move || {
            let own = receive(&handed_over).next().unwrap();
            own.get().is_err_and(|error| error.is_would_deadlock())
        }))
        .shared();

    hand_over.send(as_completed([future.clone()])).unwrap();

    assert!(future.soon().unwrap());
}

pub(crate) fn an_iterator_taken_from_the_call_it_holds_waits_for_its_end<F: LocalWorkers>() {
    let pool = F::pool(1);
    let (hand_in, handed_in) = channel::<SharedFuture<bool>>();
    let (hand_out, handed_out) = channel::<Completed>();
    let go = Gate::new();
    let future = pool
        .submit(call({
            let go = go.clone();
            move || {
                hand_out.send(as_completed([receive(&handed_in)])).unwrap();
                go.wait();
                true
            }
        }))
        .shared();
    hand_in.send(future.clone()).unwrap();
    let mut completed = receive(&handed_out);

    go.open();
    let yielded = completed.next().unwrap();

    assert!(yielded.done() && yielded.soon().unwrap());
}

/// Keeps its jobs until the test takes them.
#[derive(Default)]
struct Shelf(Mutex<Vec<Job>>);

impl Executor for Shelf {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.0.lock().unwrap().push(job);
    }
}

#[test]
fn a_call_that_is_only_failed_never_looks_running() {
    let shelf = Shelf::default();
    let canceller = Arc::new(Mutex::new(None::<Canceller>));
    let looked = Arc::new(Mutex::new(None));
    let argument = LooksAround {
        canceller: Arc::clone(&canceller),
        looked: Arc::clone(&looked),
    };
    let future: Future<()> = shelf.submit(call(move || drop(argument)));
    *canceller.lock().unwrap() = Some(future.canceller());
    let job = shelf.0.lock().unwrap().pop().unwrap();

    job.fail(concurrent_futures::TaskError::rejected("no room"));

    assert!(future.soon().unwrap_err().is_rejected());
    assert_eq!(
        *looked.lock().unwrap(),
        Some(true),
        "done while its arguments are dropped"
    );
}

/// Notes in its drop whether its call counts as ended.
struct LooksAround {
    canceller: Arc<Mutex<Option<Canceller>>>,
    looked: Arc<Mutex<Option<bool>>>,
}

impl Drop for LooksAround {
    fn drop(&mut self) {
        let done = self.canceller.lock().unwrap().as_ref().map(Canceller::done);
        *self.looked.lock().unwrap() = done;
    }
}

pub(crate) fn a_callback_on_a_cancelling_thread_may_shut_its_pool_down<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let pending = double::submit(&pool, 21).shared();
    pending.add_done_callback(move |_| F::shutdown(pool.0));

    assert!(pending.cancel());

    assert!(held.future.running(), "nobody has waited for it");
    assert_eq!(held.let_go().soon().unwrap(), 42);
}

pub(crate) fn a_callback_on_a_cancelling_thread_may_shut_down_the_pool_that_waits_for_its_call<
    F: LocalWorkers,
>() {
    let pool = F::pool(1);
    let cancelling = Gate::new();
    let (hand_in, handed_in) = channel::<SharedFuture<()>>();
    let waiter = pool.submit(call({
        let cancelling = cancelling.clone();
        move || {
            let pending = receive(&handed_in);
            cancelling.wait();
            pending.soon().is_err()
        }
    }));
    let pending = pool.submit(call(|| ())).shared();
    pending.add_done_callback(move |_| {
        // The worker waits for this very callback to end.
        cancelling.open();
        F::shutdown(pool);
    });
    hand_in.send(pending.clone()).unwrap();

    assert!(pending.cancel());

    assert!(waiter.soon().unwrap());
}

/// An argument that holds the last handle of the pool it is submitted to.
pub(crate) fn arguments_that_hold_the_last_handle_of_the_pool_may_be_cancelled<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let (started, go) = (Gate::new(), Gate::new());
    let (hand_in, handed_in) = channel::<SharedFuture<()>>();
    let waiter = pool.submit(call({
        let (started, go) = (started.clone(), go.clone());
        move || {
            let cancelled = receive(&handed_in);
            started.open();
            go.wait();
            cancelled.soon().is_err()
        }
    }));
    let own = Arc::clone(&pool);
    let holds_the_pool = pool.submit(call(move || drop(own))).shared();
    hand_in.send(holds_the_pool.clone()).unwrap();
    drop(pool);
    started.wait();
    let canceller = thread::spawn(move || holds_the_pool.cancel());

    go.open();

    assert!(waiter.soon().is_ok());
    canceller.join().unwrap();
}

#[test]
fn worker_guards_may_be_dropped_in_any_order() {
    let (one, two) = (ExecutorId::new(), ExecutorId::new());
    let (first, second) = (one.enter(), two.enter());
    drop(first);
    let shelf = Owned(one, Shelf::default());
    let future = shelf.submit(call(|| 7));

    let waited = future.get_timeout(MOMENT).is_err();

    drop(second);
    assert!(
        waited,
        "no worker of `one` any more: the call is left alone"
    );
}

#[test]
fn a_worker_guard_in_a_thread_local_ends_with_its_thread() {
    thread_local! {
        static GUARD: std::cell::OnceCell<WorkerGuard> = const { std::cell::OnceCell::new() };
    }

    let thread = thread::spawn(|| GUARD.with(|guard| guard.set(ExecutorId::new().enter()).is_ok()));

    assert!(thread.join().unwrap());
}

/// A shelf with workers of its own.
struct Owned(ExecutorId, Shelf);

impl Executor for Owned {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.1.execute(job);
    }

    fn id(&self) -> Option<ExecutorId> {
        Some(self.0)
    }
}

#[test]
fn the_job_of_a_chunk_bears_the_name_of_its_task() {
    let shelf = Shelf::default();
    let options = MapOptions::new().chunk_size(2);
    let results = shelf
        .map_with(options, [(); 2].map(|()| call(|| ())))
        .unwrap();

    let job = shelf.0.lock().unwrap().pop().unwrap();

    assert_eq!(job.name(), "closure");
    job.run();
    assert_eq!(results.into_vec().unwrap().len(), 2);
}
