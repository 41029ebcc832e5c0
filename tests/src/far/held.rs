//! Calls that run until the test lets them go, wherever that is.

use concurrent_futures::{Anywhere, Executor, Future, Remote, Submit, task};

use super::{Gate, OpenOnDrop};
use crate::eventually;

/// A call that a worker runs, and that ends when the test says so or ends itself.
#[derive(Debug)]
pub struct Held<T> {
    /// The running call.
    pub future: Future<T>,
    /// Lets the call go when dropped.
    pub go: OpenOnDrop,
}

/// Passes a gate.
#[task]
pub fn pass(gate: &Gate) {
    gate.pass();
}

/// Passes a gate, and returns a number.
#[task]
pub fn pass_with(gate: &Gate, number: u64) -> u64 {
    gate.pass();
    number
}

impl Held<u64> {
    /// Submits a call that ends with `number` when let go, and waits until a worker runs it.
    #[track_caller]
    pub fn on(pool: &(impl Executor<Reach = Anywhere> + ?Sized), number: u64) -> Self {
        Self::at(pool, |gate| pass_with::new(gate, number))
    }
}

impl<T> Held<T> {
    /// Submits a call that passes this gate, and waits until a worker runs it.
    #[track_caller]
    pub fn at<C: Remote<Output = T>>(
        pool: &(impl Executor<Reach = Anywhere> + ?Sized),
        call: impl FnOnce(Gate) -> C,
    ) -> Self {
        let (gate, go) = Gate::shut();
        let future = pool.submit(call(gate.clone()));
        gate.reached_by(1);
        // That a worker has begun may be known later here than there.
        eventually("a worker is known to run it", || future.running());
        Self { future, go }
    }

    /// Lets the call end.
    #[must_use = "the call's outcome comes with its future"]
    pub fn let_go(self) -> Future<T> {
        drop(self.go);
        self.future
    }
}

/// Keeps this many workers of a pool busy until dropped.
#[track_caller]
pub fn busy(pool: &(impl Executor<Reach = Anywhere> + ?Sized), workers: usize) -> Vec<Held<()>> {
    (0..workers).map(|_| Held::at(pool, pass::new)).collect()
}
