//! Every interleaving of submitters, workers that search or leave, and threads that wait for the
//! end.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::serve_state::{ServeState, WATCHED};
use crate::pool_common::sleep_queue::SleepQueue;

/// A pool without its calls: how many are pending and have run, and how many wake jobs are queued.
struct PoolModel {
    serve_state: ServeState,
    workers: usize,
    /// The queue. Nothing but `serve_state` orders its steps.
    pending: AtomicUsize,
    ran: AtomicUsize,
    wake_jobs: AtomicUsize,
    left: SleepQueue,
}

impl PoolModel {
    fn new(workers: usize) -> Arc<Self> {
        Arc::new(Self {
            serve_state: ServeState::new(),
            workers,
            pending: AtomicUsize::new(0),
            ran: AtomicUsize::new(0),
            wake_jobs: AtomicUsize::new(0),
            left: SleepQueue::default(),
        })
    }

    fn is_empty(&self) -> bool {
        self.pending.load(Ordering::Acquire) == 0
    }

    fn submit(&self) {
        self.pending.fetch_add(1, Ordering::Release);
        self.find_worker();
    }

    fn find_worker(&self) {
        if self.serve_state.must_wake(self.workers) {
            self.wake_jobs.fetch_add(1, Ordering::Release);
        }
    }

    fn take(count: &AtomicUsize) -> bool {
        let less = |count: usize| count.checked_sub(1);
        count
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less)
            .is_ok()
    }

    /// What a worker does that finds a wake job; nothing if there is none.
    fn come(&self) {
        if Self::take(&self.wake_jobs) {
            self.serve_state.start_serving();
            self.serve();
        }
    }

    /// The loop of a worker, as in `serve`.
    fn serve(&self) {
        let (mut is_working, mut is_searching) = (false, false);
        loop {
            if Self::take(&self.pending) {
                if is_searching {
                    self.serve_state.end_search();
                }
                if !is_working && !self.is_empty() {
                    self.find_worker();
                }
                (is_working, is_searching) = (true, false);
                self.ran.fetch_add(1, Ordering::Relaxed);
            } else if !is_searching && self.serve_state.start_search() {
                (is_working, is_searching) = (false, true);
            } else {
                self.serve_state.stop_serving(is_searching);
                (is_working, is_searching) = (false, false);
                if self.is_empty() || !self.serve_state.resume_serving(self.workers) {
                    return self.note_left();
                }
            }
        }
    }

    fn note_left(&self) {
        if self.serve_state.is(WATCHED) {
            self.left.notify_all();
        }
    }

    fn is_over(&self) -> bool {
        self.serve_state.is_over(|| self.is_empty())
    }

    /// All queued wake jobs are run; then no call may be left.
    fn check(&self, calls: usize) {
        while self.wake_jobs.load(Ordering::Acquire) > 0 {
            self.come();
        }
        assert_eq!(self.ran.load(Ordering::Relaxed), calls);
        assert!(self.is_over());
    }
}

/// Tries all interleavings with at most `preemptions` preemptions.
fn model(preemptions: usize, body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(body);
}

fn beside(pool: &Arc<PoolModel>, body: fn(&PoolModel)) -> thread::JoinHandle<()> {
    let pool = pool.clone();
    thread::spawn(move || body(&pool))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("no thread of a model panics");
}

#[test]
fn loom_a_call_pushed_while_the_only_worker_goes_is_found_or_rung_for() {
    model(4, || {
        let pool = PoolModel::new(1);
        pool.submit();
        let worker = beside(&pool, PoolModel::come);

        pool.submit();

        join(worker);
        pool.check(2);
    });
}

#[test]
fn loom_two_submitters_and_a_worker_leave_no_call_with_nobody_coming() {
    model(3, || {
        let pool = PoolModel::new(2);
        pool.submit();
        let worker = beside(&pool, PoolModel::come);
        let submitter = beside(&pool, PoolModel::submit);

        pool.submit();

        join(worker);
        join(submitter);
        pool.check(3);
    });
}

#[test]
fn loom_two_workers_that_search_and_go_leave_no_call_behind() {
    model(3, || {
        let pool = PoolModel::new(2);
        let workers = [(); 2].map(|()| {
            pool.serve_state.start_serving();
            beside(&pool, PoolModel::serve)
        });

        pool.submit();

        workers.into_iter().for_each(join);
        pool.check(1);
    });
}

#[test]
fn loom_it_is_not_over_before_all_that_was_submitted_has_run() {
    model(4, || {
        let pool = PoolModel::new(1);
        pool.submit();
        let worker = beside(&pool, PoolModel::come);
        pool.submit();

        if pool.is_over() {
            assert_eq!(pool.ran.load(Ordering::Relaxed), 2);
        }

        join(worker);
        pool.check(2);
    });
}

#[test]
fn loom_who_waits_for_the_end_is_told_of_it() {
    model(3, || {
        let pool = PoolModel::new(1);
        pool.submit();
        let worker = beside(&pool, PoolModel::come);

        pool.serve_state.set(WATCHED);
        pool.left.sleep(None, || pool.is_over());

        assert_eq!(pool.ran.load(Ordering::Relaxed), 1);
        join(worker);
    });
}
