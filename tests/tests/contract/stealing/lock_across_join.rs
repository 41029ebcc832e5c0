//! The classic trap of work stealing: a lock held across a join, and a call that wants it.
//!
//! ```text
//!   a thread's stack   | call: locks | join, waits for its other half | ? |
//!                                                                       |
//!   another call, which wants the lock: run there, it waits for the code below it
//! ```
//!
//! Rayon has a thread that waits do whatever there is to do meanwhile, another call too. Here the
//! other half goes on only once the other call has begun, or has had time enough to begin: so it is
//! certain that plain rayon falls into the trap, and a pool that does not is known to stay out of
//! it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use concurrent_futures::WorkStealingPool;
use crossbeam_channel::{Receiver, Sender, bounded};
use tests::{A_WHILE, DEADLINE, Gate, Tally, let_pass};

struct Trap {
    lock: Mutex<()>,
    /// The half that the holder of the lock waits for runs elsewhere.
    stolen: Gate,
    /// The call that wants the lock has begun, on this thread.
    begun: (Sender<ThreadId>, Receiver<ThreadId>),
    /// How long it is given to begin.
    patience: Duration,
    /// Whether it began on top of the one that holds the lock.
    has_sprung: AtomicBool,
    ended: Tally,
}

impl Trap {
    fn new(patience: Duration) -> Arc<Self> {
        Arc::new(Self {
            lock: Mutex::new(()),
            stolen: Gate::new(),
            begun: bounded(1),
            patience,
            has_sprung: AtomicBool::new(false),
            ended: Tally::new(),
        })
    }

    fn hold_the_lock_across_a_join(&self) {
        let here = thread::current().id();
        let guard = self.lock.lock().unwrap();
        rayon::join(
            || self.stolen.wait(),
            || {
                self.stolen.open();
                let begun = self.begun.1.recv_timeout(self.patience);
                let has_sprung = begun.is_ok_and(|thread| thread == here);
                self.has_sprung.store(has_sprung, Ordering::SeqCst);
            },
        );
        drop(guard);
    }

    /// Where nothing but rayon lies below on the stack: the call itself waits on another thread.
    fn hold_the_lock_in_a_stolen_half(&self) {
        let stolen = Gate::new();
        rayon::join(
            || stolen.wait(),
            || {
                stolen.open();
                self.hold_the_lock_across_a_join();
            },
        );
    }

    fn want_the_lock(&self) {
        self.begun.0.send(thread::current().id()).unwrap();
        drop(self.lock.lock().unwrap());
    }
}

/// Has two workers run one call that holds the lock and one that wants it.
fn set(trap: &Arc<Trap>, hold_the_lock: fn(&Trap), submit: impl Fn(Box<dyn FnOnce() + Send>)) {
    let (holds, wants) = (Arc::clone(trap), Arc::clone(trap));
    submit(Box::new(move || {
        hold_the_lock(&holds);
        holds.ended.add();
    }));
    trap.stolen.wait();
    submit(Box::new(move || {
        wants.want_the_lock();
        wants.ended.add();
    }));
}

pub(crate) fn a_lock_held_across_a_join_is_met_by_no_call_below() {
    all_get_through(Trap::hold_the_lock_across_a_join);
}

pub(crate) fn a_lock_held_across_a_join_in_a_stolen_half_is_met_by_no_call_below() {
    all_get_through(Trap::hold_the_lock_in_a_stolen_half);
}

fn all_get_through(hold_the_lock: fn(&Trap)) {
    let trap = Trap::new(A_WHILE);
    let pool = WorkStealingPool::builder().workers(2).build().unwrap();

    set(&trap, hold_the_lock, |call| pool.spawn(call).detach());

    trap.ended.wait_for(2);
    assert!(!trap.has_sprung.load(Ordering::SeqCst));
}

pub(crate) fn a_lock_held_across_a_join_deadlocks_on_plain_rayon() {
    deadlocks_on_plain_rayon(Trap::hold_the_lock_across_a_join);
}

pub(crate) fn a_lock_held_across_a_join_in_a_stolen_half_deadlocks_on_plain_rayon() {
    deadlocks_on_plain_rayon(Trap::hold_the_lock_in_a_stolen_half);
}

/// Leaves two threads behind, which wait for ever.
fn deadlocks_on_plain_rayon(hold_the_lock: fn(&Trap)) {
    let trap = Trap::new(DEADLINE);
    let builder = rayon::ThreadPoolBuilder::new().num_threads(2);
    let pool = builder.build().unwrap();

    set(&trap, hold_the_lock, |call| pool.spawn(call));

    tests::eventually("the trap has sprung", || {
        trap.has_sprung.load(Ordering::SeqCst)
    });
    let_pass(A_WHILE);
    assert_eq!(trap.ended.count(), 0, "plain rayon has got out of the trap");
}
