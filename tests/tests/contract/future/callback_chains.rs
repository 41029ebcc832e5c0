//! Long chains of calls, each of which ends in a callback of the one before: a stack of one size is
//! enough.

use std::{
    future::Future as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use concurrent_futures::{
    Canceller, Executor, Future, Here, Inline, Job, Promise, ReturnWhen, Submit, TaskError,
    ThreadPool, wait,
};
use tests::{DEADLINE, Soon, Tally, call};

const LONG: usize = 100_000;
/// Longer than any chain that nests.
const DEEP: usize = 2_000;

type Links<T> = Vec<(Promise<T>, Future<T>)>;

fn links(count: usize) -> Links<usize> {
    (0..count).map(|_| Promise::new()).collect()
}

/// Has each call ended by `end` in the callback of the one before, and ends the first; the futures,
/// and the order in which the callbacks ran.
fn chain(
    links: Links<usize>,
    end: impl Fn(usize, Promise<usize>) + Clone + Send + 'static,
) -> (Vec<Future<usize>>, Vec<usize>) {
    let order = Arc::new(Mutex::new(Vec::new()));
    let (promises, futures): (Vec<_>, Vec<_>) = links.into_iter().unzip();
    let mut promises = promises.into_iter();
    let first = promises.next().expect("a chain has a link");
    for (n, (next, future)) in promises.map(Some).chain([None]).zip(&futures).enumerate() {
        let (end, order) = (end.clone(), order.clone());
        future.add_done_callback(move |_| {
            order.lock().unwrap().push(n);
            if let Some(next) = next {
                end(n + 1, next);
            }
        });
    }
    end(0, first);
    let order = std::mem::take(&mut *order.lock().unwrap());
    (futures, order)
}

#[track_caller]
fn assert_in_order(order: &[usize], count: usize) {
    assert_eq!(
        order.len(),
        count,
        "all have run when the first end returns"
    );
    assert!(order.iter().copied().eq(0..count));
}

/// Runs on a thread with this much stack, in KiB.
#[track_caller]
fn on_stack(size: usize, body: impl FnOnce() + Send + 'static) {
    let builder = thread::Builder::new().stack_size(size << 10);
    builder.spawn(body).unwrap().join().unwrap();
}

#[test]
fn a_long_chain_of_promises_ends() {
    for size in [160, 2048] {
        on_stack(size, || {
            let (futures, order) = chain(links(LONG), |n, next| next.finish(Ok(n)).unwrap());

            assert_in_order(&order, LONG);
            for (n, future) in futures.into_iter().enumerate() {
                assert_eq!(future.soon().unwrap(), n);
            }
        });
    }
}

#[test]
fn a_long_chain_of_promises_that_run_ends() {
    let (_, order) = chain(links(LONG), |n, next| next.run(|| n));

    assert_in_order(&order, LONG);
}

#[test]
fn a_long_chain_of_promises_that_are_dropped_ends() {
    let (futures, order) = chain(links(LONG), |_, next| drop(next));

    assert_in_order(&order, LONG);
    assert!(
        futures
            .into_iter()
            .all(|future| future.soon().unwrap_err().is_worker_lost())
    );
}

#[test]
fn a_long_chain_of_cancels_ends() {
    let cancelled = Arc::new(AtomicUsize::new(0));
    let links: Links<usize> = links(LONG);
    let cancellers: Vec<Canceller> = links.iter().map(|(_, future)| future.canceller()).collect();
    for (n, (_, future)) in links.iter().enumerate() {
        let (next, cancelled) = (cancellers.get(n + 1).cloned(), cancelled.clone());
        future.add_done_callback(move |_| {
            cancelled.fetch_add(1, Ordering::SeqCst);
            next.into_iter().for_each(|next| assert!(next.cancel()));
        });
    }

    assert!(cancellers[0].cancel());

    assert_eq!(cancelled.load(Ordering::SeqCst), LONG);
    assert!(links.iter().all(|(_, future)| future.cancelled()));
}

#[derive(Clone, Default)]
struct Keeps(Arc<Mutex<Vec<Job>>>);

impl Executor for Keeps {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.0.lock().unwrap().push(job);
    }
}

fn a_long_chain_of_jobs(end: fn(Job)) {
    let (kept, ended) = (Keeps::default(), Tally::new());
    let futures: Vec<_> = (0..LONG).map(|n| kept.submit(call(move || n))).collect();
    for future in &futures {
        let (kept, ended) = (kept.clone(), ended.clone());
        future.add_done_callback(move |_| {
            ended.add();
            let job = kept.0.lock().unwrap().pop();
            job.into_iter().for_each(end);
        });
    }

    let first = kept.0.lock().unwrap().pop().unwrap();
    end(first);

    assert_eq!(ended.count(), LONG);
    assert!(futures.iter().all(Future::done));
}

#[test]
fn a_long_chain_of_jobs_that_run_ends() {
    a_long_chain_of_jobs(Job::run);
}

#[test]
fn a_long_chain_of_jobs_that_fail_ends() {
    a_long_chain_of_jobs(|job| job.fail(TaskError::rejected("no room")));
}

#[test]
fn a_long_chain_of_jobs_that_are_dropped_ends() {
    a_long_chain_of_jobs(drop);
}

#[test]
fn a_long_chain_of_jobs_that_are_cancelled_ends() {
    a_long_chain_of_jobs(|job| {
        job.cancel();
    });
}

#[test]
fn a_long_chain_on_a_worker_ends() {
    for size in [64 << 10, 2 << 20] {
        let pool = ThreadPool::builder()
            .workers(1)
            .stack_size(size)
            .build()
            .unwrap();
        let first = pool.spawn(|| ());
        let (ended, counted) = (Tally::new(), Tally::new());
        let counts = counted.clone();
        let seen = ended.clone();

        first.add_done_callback(move |_| {
            let (_, order) = chain(links(LONG), move |n, next| {
                counts.add();
                next.finish(Ok(n)).unwrap();
            });
            // This callback is not the outermost of all: what was put off may run after it.
            drop(order);
            seen.add();
        });
        first.soon().unwrap();

        assert_eq!((ended.count(), counted.count()), (1, LONG));
    }
}

/// Polls a future when it is woken, and ends the next call when that is ready.
struct Polls {
    future: Mutex<Option<Future<usize>>>,
    next: Mutex<Option<Promise<usize>>>,
    ended: Arc<AtomicUsize>,
}

impl Wake for Polls {
    fn wake(self: Arc<Self>) {
        self.poll();
    }
}

impl Polls {
    fn poll(self: &Arc<Self>) {
        let waker = Waker::from(self.clone());
        let mut future = self.future.lock().unwrap();
        let Some(polled) = future.as_mut() else {
            return;
        };
        if let Poll::Ready(outcome) =
            std::pin::Pin::new(polled).poll(&mut Context::from_waker(&waker))
        {
            *future = None;
            drop(future);
            self.ended.fetch_add(1, Ordering::SeqCst);
            let next = self.next.lock().unwrap().take();
            if let Some(next) = next {
                next.finish(outcome).unwrap();
            }
        }
    }
}

#[test]
fn a_long_chain_of_wakers_ends() {
    let ended = Arc::new(AtomicUsize::new(0));
    let (promises, futures): (Vec<_>, Vec<_>) = links(LONG).into_iter().unzip();
    let mut promises = promises.into_iter();
    let first = promises.next().unwrap();
    let polls: Vec<_> = futures
        .into_iter()
        .zip(promises.map(Some).chain([None]))
        .map(|(future, next)| {
            Arc::new(Polls {
                future: Mutex::new(Some(future)),
                next: Mutex::new(next),
                ended: ended.clone(),
            })
        })
        .collect();
    polls.iter().for_each(Polls::poll);

    first.finish(Ok(7)).unwrap();

    assert_eq!(ended.load(Ordering::SeqCst), LONG);
}

/// Each callback submits a call that runs at once, and adds a callback to its future, which has
/// ended.
fn submit_in_callbacks(left: usize, ended: Tally) {
    let future = Inline.submit(call(|| ()));
    future.add_done_callback(move |_| {
        ended.add();
        if left > 1 {
            submit_in_callbacks(left - 1, ended);
        }
    });
}

#[test]
fn a_long_chain_of_calls_that_run_inline_ends() {
    for size in [160, 2048] {
        on_stack(size, || {
            let ended = Tally::new();
            submit_in_callbacks(LONG / 10, ended.clone());
            assert_eq!(ended.count(), LONG / 10);
        });
    }
}

#[test]
fn a_long_chain_of_callbacks_added_late_ends_on_one_strand() {
    fn add(left: usize, futures: Arc<Vec<Future<usize>>>, ended: Tally) {
        let next = futures.clone();
        futures[left].add_done_callback(move |outcome| {
            assert_eq!(*outcome.unwrap(), left);
            // The thread is another one now and then; what it runs is not.
            assert_eq!(next[left].get_timeout(DEADLINE).unwrap().unwrap(), &left);
            ended.add();
            if left > 0 {
                add(left - 1, next, ended);
            }
        });
    }
    let futures = (0..LONG / 10).map(|n| Inline.submit(call(move || n)));
    let (futures, ended) = (Arc::new(futures.collect::<Vec<_>>()), Tally::new());

    add(LONG / 10 - 1, futures, ended.clone());

    assert_eq!(ended.count(), LONG / 10);
}

/// A value that ends the next call when it is dropped, with such a value.
struct Ends {
    next: Option<Promise<Ends>>,
    rest: Option<Arc<Mutex<Vec<Promise<Ends>>>>>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        let Some(rest) = self.rest.take() else { return };
        let Some(next) = self.next.take() else { return };
        let after = rest.lock().unwrap().pop();
        let _ = next.finish(Ok(Ends {
            next: after,
            rest: Some(rest),
        }));
    }
}

#[test]
fn a_long_chain_of_values_that_are_dropped_ends() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..LONG).map(|_| Promise::new()).unzip();
    let ended = Tally::new();
    for future in futures {
        let ended = ended.clone();
        future.add_done_callback(move |_| ended.add());
    }
    let rest = Arc::new(Mutex::new(promises));
    let next = rest.lock().unwrap().pop();

    drop(Ends {
        next,
        rest: Some(rest),
    });

    assert_eq!(ended.count(), LONG);
}

#[test]
fn a_call_that_ends_deep_in_a_chain_has_its_result_there() {
    let seen = Tally::new();
    let counts = seen.clone();
    let (_, order) = chain(links(DEEP), move |n, next| {
        let (promise, future) = Promise::new();
        let counts = counts.clone();
        future.add_done_callback(move |_| counts.add());
        promise.finish(Ok(n)).unwrap();
        assert_eq!(future.result().unwrap(), n);
        next.finish(Ok(n)).unwrap();
    });

    assert_in_order(&order, DEEP);
    assert_eq!(seen.count(), DEEP);
}

#[test]
fn what_a_deep_callback_ends_can_be_waited_for_there() {
    let (_, order) = chain(links(DEEP), |n, next| {
        let (outer, middle) = Promise::new();
        let (inner, last) = Promise::new();
        middle.add_done_callback(move |_| inner.finish(Ok(n)).unwrap());
        outer.finish(Ok(n)).unwrap();
        let waited = wait([&last], ReturnWhen::AllCompleted, DEADLINE);
        assert_eq!(waited.done.len(), 1);
        assert_eq!(last.soon().unwrap(), n);
        next.finish(Ok(n)).unwrap();
    });

    assert_in_order(&order, DEEP);
}

#[test]
fn each_call_of_a_deep_chain_that_waits_for_the_next_has_an_answer() {
    on_stack(2048, || {
        let links: Vec<_> = (0..LONG).map(|_| Promise::new()).collect();
        let (promises, futures): (Vec<Promise<usize>>, Vec<Future<usize>>) =
            links.into_iter().unzip();
        let futures: Vec<_> = futures.into_iter().map(Future::shared).collect();
        let answered = Arc::new(AtomicUsize::new(0));
        let mut promises = promises.into_iter();
        let first = promises.next().unwrap();
        for (n, next) in promises.enumerate() {
            let (after, answered) = (futures[n + 1].clone(), answered.clone());
            futures[n].add_done_callback(move |_| {
                next.finish(Ok(n)).unwrap();
                match after.get() {
                    Ok(value) => assert_eq!(*value, n),
                    Err(error) => assert!(error.is_would_deadlock(), "{error}"),
                }
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }

        first.finish(Ok(0)).unwrap();

        assert_eq!(answered.load(Ordering::SeqCst), LONG - 1);
        assert!(futures.iter().all(|future| future.done()));
    });
}

#[test]
fn other_threads_see_the_end_of_a_chain() {
    let mut links = links(LONG);
    let (promise, last) = Promise::new();
    let future = links[LONG - 1].1.canceller();
    links[LONG - 1]
        .1
        .add_done_callback(move |_| promise.finish(Ok(7)).unwrap());
    let waiter = thread::spawn(move || last.result_timeout(DEADLINE));

    let (futures, _) = chain(std::mem::take(&mut links), |n, next| {
        next.finish(Ok(n)).unwrap()
    });

    assert_eq!(waiter.join().unwrap().unwrap().unwrap(), 7);
    assert!(future.done() && futures.iter().all(Future::done));
}

#[test]
fn callbacks_of_a_deep_call_run_once_each_in_the_order_added() {
    let (_, order) = chain(links(DEEP), |n, next| {
        let (promise, future) = Promise::new();
        let order = Arc::new(Mutex::new(Vec::new()));
        for m in 0..3 {
            let order = order.clone();
            future.add_done_callback(move |_| order.lock().unwrap().push(m));
        }
        promise.finish(Ok(n)).unwrap();
        assert!(
            future.done(),
            "the state has changed before the callbacks run"
        );
        assert_eq!(
            future.get_timeout(Duration::from_secs(9)).unwrap().unwrap(),
            &n
        );
        assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
        next.finish(Ok(n)).unwrap();
    });

    assert_in_order(&order, DEEP);
}
