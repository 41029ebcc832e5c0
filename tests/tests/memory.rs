//! Nothing of a call is left once everybody has let go of it.
//!
//! One test alone, since it counts the bytes of the whole program.

#[expect(unsafe_code, reason = "counts what the system's allocator hands out")]
#[path = "../benches/memory/counting.rs"]
mod counting;

use std::{
    pin::pin,
    sync::{Arc, mpsc::channel},
    task::{Context, Waker},
    time::Duration,
};

use concurrent_futures::{
    Inline, MapOptions, Promise, ReturnWhen, Submit, Task, ThreadPool, as_completed, wait,
};
use counting::live_bytes;
use tests::eventually;

/// A call whose argument and result are on the heap.
struct Echo(Vec<u8>);

impl Task for Echo {
    type Output = Vec<u8>;

    fn name() -> &'static str {
        "echo"
    }

    fn run(self) -> Vec<u8> {
        self.0
    }
}

fn echo() -> Echo {
    Echo(vec![7; 100])
}

/// Every way for a call to end and be forgotten, once.
const WAYS: [(&str, fn()); 15] = [
    ("a result is taken", || drop(pool().submit(echo()).result())),
    ("a future is dropped at once", || {
        pool().submit(echo()).detach()
    }),
    ("a future is dropped when its call has ended", || {
        drop(Inline.submit(echo()));
    }),
    ("a call is cancelled", || {
        let (promise, future) = Promise::<Vec<u8>>::new();
        future.cancel();
        drop((promise, future));
    }),
    ("a canceller outlives both ends", || {
        let canceller = Inline.submit(echo()).canceller();
        canceller.cancel();
    }),
    ("a canceller is cloned and dropped first", || {
        let future = pool().submit(echo());
        drop(future.canceller().clone());
        drop(future.result());
    }),
    ("a callback keeps its own future", || {
        let future = pool().submit(echo()).shared();
        let own = future.clone();
        future.add_done_callback(move |_| drop(own));
    }),
    ("an await is given up", || {
        let mut future = pool().submit(echo());
        let mut context = Context::from_waker(Waker::noop());
        let _ = std::future::Future::poll(pin!(&mut future), &mut context);
    }),
    ("a promise is kept", || {
        let (promise, future) = Promise::new();
        let _ = promise.finish(Ok(vec![7; 100]));
        drop(future);
    }),
    ("a promise is dropped", || drop(Promise::<Vec<u8>>::new())),
    ("a task panics", || {
        let future = pool().spawn(|| std::panic::resume_unwind(Box::new(vec![7_u8; 100])));
        let _: Result<(), _> = future.result();
    }),
    ("a wait runs out of time", || {
        let (promise, future) = Promise::<Vec<u8>>::new();
        let waited = wait([&future], ReturnWhen::AllCompleted, Duration::from_nanos(1));
        assert_eq!(waited.not_done.len(), 1);
        drop(as_completed([&future]));
        let not_done = future.result_timeout(Duration::from_nanos(1));
        drop((not_done.map(drop).unwrap_err(), promise));
    }),
    ("a scope ends", || {
        let (pool, bytes) = (pool(), vec![7; 100]);
        pool.scope(|scope| {
            drop(scope.spawn(|| bytes.clone()));
            scope.spawn(|| bytes.clone()).cancel();
            drop(scope.spawn(|| bytes.clone()).result());
        });
    }),
    ("a map is read", || {
        let options = MapOptions::new().chunk_size(3).buffer(5);
        let pool = pool();
        let results = pool.map_with(options, (0..20).map(|_| echo()));
        assert_eq!(results.expect("the options make sense").count(), 20);
    }),
    ("a map is dropped", || {
        let options = MapOptions::new().unordered().cancel_on_drop();
        drop(pool().map_with(options, (0..20).map(|_| echo())));
    }),
];

/// A pool of two workers, which waits for its calls when it is dropped.
fn pool() -> ThreadPool {
    let builder = ThreadPool::builder().workers(2).name_prefix("memory");
    builder.build().expect("two workers are a pool")
}

/// Waits for `future` in every way that can be given up, and gives up.
fn give_up(future: &concurrent_futures::Future<Vec<u8>>) {
    let limit = Duration::from_nanos(1);
    assert!(future.get_timeout(limit).is_err());
    assert_eq!(
        wait([future], ReturnWhen::AllCompleted, limit).done.len(),
        0
    );
    assert!(
        as_completed([future])
            .timeout(limit)
            .next()
            .is_some_and(|next| next.is_err())
    );
    drop(as_completed([future]));
    let mut lent = pin!(std::future::IntoFuture::into_future(future));
    let mut context = Context::from_waker(Waker::noop());
    assert!(std::future::Future::poll(lent.as_mut(), &mut context).is_pending());
}

#[test]
fn nothing_is_left_of_calls_and_waits_that_are_over() {
    nothing_of_a_call_is_left_when_all_have_let_go_of_it();
    nothing_of_a_wait_is_left_at_a_call_that_goes_on();
    a_scope_on_a_worker_keeps_nothing_of_the_calls_that_have_run();
    cancelled_calls_go_while_all_workers_are_busy();
}

/// A call that waits in front of them all, and is not cancelled, keeps its place.
fn cancelled_calls_go_while_all_workers_are_busy() {
    const CALLS: usize = 20_000;
    let builder = ThreadPool::builder().workers(1).name_prefix("busy");
    let pool = builder.build().expect("one worker is a pool");
    let (open, gate) = channel::<()>();
    let busy = pool.spawn(move || gate.recv().is_err());
    let in_front = pool.submit(echo());

    let before = live_bytes();
    let all: Vec<_> = (0..CALLS).map(|_| pool.submit(echo())).collect();
    let held = live_bytes() - before;
    assert!(all.into_iter().all(|future| future.cancel()));
    let left = live_bytes() - before;
    (0..CALLS).for_each(|_| assert!(pool.submit(echo()).cancel()));
    let left_later = live_bytes() - before;

    assert!(left < held / 20, "{left} bytes are left of {held}");
    assert!(
        left_later < held / 20,
        "{left_later} bytes are left of {held}"
    );
    drop(open);
    assert!(in_front.result().is_ok_and(|bytes| bytes == echo().0));
    assert!(busy.result().is_ok_and(|is_open| is_open));
}

/// It knows its pending calls, to run them itself, and the panics that no caller was told of.
fn a_scope_on_a_worker_keeps_nothing_of_the_calls_that_have_run() {
    const TIMES: isize = 20_000;
    let pool = Arc::new(pool());
    let inner = Arc::clone(&pool);

    let in_scope = move || {
        inner.scope(|scope| {
            let before = live_bytes();
            for _ in 0..TIMES {
                assert!(scope.spawn(|| ()).result().is_ok());
                let panics = scope.spawn(|| -> u8 { std::panic::resume_unwind(Box::new([7; 9])) });
                assert!(panics.result().is_err());
            }
            // What this worker ran itself leaves a stale entry in the queue, until the other one
            // passes it.
            eventually("less than a tenth of the cells is left", || {
                live_bytes() - before < TIMES * 16
            });
        });
    };

    assert!(pool.spawn(in_scope).result().is_ok());
}

fn nothing_of_a_wait_is_left_at_a_call_that_goes_on() {
    const TIMES: isize = 200;
    let (_promise, future) = Promise::new();
    give_up(&future);

    let before = live_bytes();
    (0..TIMES).for_each(|_| give_up(&future));
    let left = live_bytes() - before;

    assert!(left < TIMES * 8, "{left} bytes are left of {TIMES} waits");
}

fn nothing_of_a_call_is_left_when_all_have_let_go_of_it() {
    const TIMES: isize = 500;
    // Places for cells that this thread keeps, and the page that it takes the next ones from.
    const PAGES: isize = 2 * 4_096;
    // Allocations that stay: of the test harness, of std, of this thread.
    WAYS.iter().for_each(|(_, way)| way());

    for (what, way) in WAYS {
        let before = live_bytes();
        (0..TIMES).for_each(|_| way());
        let left = live_bytes() - before;

        // A cell takes 64 bytes; less than eight a time is noise.
        assert!(
            left < TIMES * 8 + PAGES,
            "{what}: {left} bytes are left of {TIMES} times"
        );
    }
}
