//! Every interleaving of who pushes a call with who looks for one, is about to go, or waits for the end.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::duty::{Duty, WATCHED};
use crate::local::lot::Lot;

/// A pool without its calls: how many are pending and have run, and how many bells ring.
struct Office {
    duty: Duty,
    workers: usize,
    /// The queue. Nothing but `duty` orders its steps.
    pending: AtomicUsize,
    ran: AtomicUsize,
    bells: AtomicUsize,
    left: Lot,
}

impl Office {
    fn new(workers: usize) -> Arc<Self> {
        Arc::new(Self {
            duty: Duty::new(),
            workers,
            pending: AtomicUsize::new(0),
            ran: AtomicUsize::new(0),
            bells: AtomicUsize::new(0),
            left: Lot::default(),
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
        if self.duty.must_ring(self.workers) {
            self.bells.fetch_add(1, Ordering::Release);
        }
    }

    fn take(count: &AtomicUsize) -> bool {
        let less = |count: usize| count.checked_sub(1);
        count
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less)
            .is_ok()
    }

    /// What a worker does that comes upon a bell; nothing if none rings.
    fn come(&self) {
        if Self::take(&self.bells) {
            self.duty.answer();
            self.serve();
        }
    }

    /// The loop of a worker, as in `serve`.
    fn serve(&self) {
        let (mut is_working, mut is_searching) = (false, false);
        loop {
            if Self::take(&self.pending) {
                if is_searching {
                    self.duty.found();
                }
                if !is_working && !self.is_empty() {
                    self.find_worker();
                }
                (is_working, is_searching) = (true, false);
                self.ran.fetch_add(1, Ordering::Relaxed);
            } else if !is_searching && self.duty.search() {
                (is_working, is_searching) = (false, true);
            } else {
                self.duty.leave(is_searching);
                (is_working, is_searching) = (false, false);
                if self.is_empty() || !self.duty.come_back(self.workers) {
                    return self.note_left();
                }
            }
        }
    }

    fn note_left(&self) {
        if self.duty.is(WATCHED) {
            self.left.ring_all();
        }
    }

    fn is_over(&self) -> bool {
        self.duty.is_over(|| self.is_empty())
    }

    /// All bells that ring are answered; then no call may be left.
    fn check(&self, calls: usize) {
        while self.bells.load(Ordering::Acquire) > 0 {
            self.come();
        }
        assert_eq!(self.ran.load(Ordering::Relaxed), calls);
        assert!(self.is_over());
    }
}

/// Tries all interleavings with up to so many preemptions.
fn model(preemptions: usize, body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(body);
}

fn beside(office: &Arc<Office>, body: fn(&Office)) -> thread::JoinHandle<()> {
    let office = office.clone();
    thread::spawn(move || body(&office))
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("no thread of a model panics");
}

#[test]
fn loom_a_call_pushed_while_the_only_worker_goes_is_found_or_rung_for() {
    model(4, || {
        let office = Office::new(1);
        office.submit();
        let worker = beside(&office, Office::come);

        office.submit();

        join(worker);
        office.check(2);
    });
}

#[test]
fn loom_two_submitters_and_a_worker_leave_no_call_with_nobody_coming() {
    model(3, || {
        let office = Office::new(2);
        office.submit();
        let worker = beside(&office, Office::come);
        let submitter = beside(&office, Office::submit);

        office.submit();

        join(worker);
        join(submitter);
        office.check(3);
    });
}

#[test]
fn loom_two_workers_that_search_and_go_leave_no_call_behind() {
    model(3, || {
        let office = Office::new(2);
        let workers = [(); 2].map(|()| {
            office.duty.answer();
            beside(&office, Office::serve)
        });

        office.submit();

        workers.into_iter().for_each(join);
        office.check(1);
    });
}

#[test]
fn loom_it_is_not_over_before_all_that_was_submitted_has_run() {
    model(4, || {
        let office = Office::new(1);
        office.submit();
        let worker = beside(&office, Office::come);
        office.submit();

        if office.is_over() {
            assert_eq!(office.ran.load(Ordering::Relaxed), 2);
        }

        join(worker);
        office.check(2);
    });
}

#[test]
fn loom_who_waits_for_the_end_is_told_of_it() {
    model(3, || {
        let office = Office::new(1);
        office.submit();
        let worker = beside(&office, Office::come);

        office.duty.set(WATCHED);
        office.left.sleep(None, || office.is_over());

        assert_eq!(office.ran.load(Ordering::Relaxed), 1);
        join(worker);
    });
}
