//! Calls that run until the test lets them go, wherever that is.

use concurrent_futures::{Anywhere, Executor, Remote, Submit, task};

use super::{FileGate, UnlockOnDrop};
use crate::{HeldBy, eventually};

/// A [`Held`](crate::Held) call that may run in another process.
pub type FarHeld<T> = HeldBy<T, UnlockOnDrop>;

/// Passes a gate.
#[task]
pub fn pass(gate: &FileGate) {
    gate.pass();
}

/// Passes a gate, and returns a number.
#[task]
pub fn pass_with(gate: &FileGate, number: u64) -> u64 {
    gate.pass();
    number
}

impl FarHeld<u64> {
    /// Submits a call that ends with `number` when let go, and waits until a worker runs it.
    #[track_caller]
    pub fn on(pool: &(impl Executor<Reach = Anywhere> + ?Sized), number: u64) -> Self {
        Self::at(pool, |gate| pass_with::new(gate, number))
    }
}

impl<T> FarHeld<T> {
    /// Submits a call that passes this gate, and waits until a worker runs it.
    #[track_caller]
    pub fn at<C: Remote<Output = T>>(
        pool: &(impl Executor<Reach = Anywhere> + ?Sized),
        call: impl FnOnce(FileGate) -> C,
    ) -> Self {
        let (gate, go) = FileGate::shut();
        let future = pool.submit(call(gate.clone()));
        gate.reached_by(1);
        // That a worker has begun may be known later here than there.
        eventually("a worker is known to run it", || future.running());
        Self { future, go }
    }
}

/// Keeps this many workers of a pool busy until dropped.
#[track_caller]
pub fn busy(pool: &(impl Executor<Reach = Anywhere> + ?Sized), workers: usize) -> Vec<FarHeld<()>> {
    (0..workers).map(|_| FarHeld::at(pool, pass::new)).collect()
}
