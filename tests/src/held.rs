//! Calls that run until the test lets them go.

use concurrent_futures::{Executor, Future, Here, Submit};

use crate::{Gate, OpenOnDrop, call};

/// A call that a worker runs, and that ends when the test says so or ends itself.
///
/// Its gate lies in the test's memory; that of a [`FarHeld`](crate::far::FarHeld) is a file.
pub type Held<T> = HeldBy<T, OpenOnDrop>;

/// A [`Held`] call, whatever its gate is.
#[derive(Debug)]
pub struct HeldBy<T, Go> {
    /// The running call.
    pub future: Future<T>,
    /// Lets the call go when dropped.
    pub go: Go,
}

impl<T, Go> HeldBy<T, Go> {
    /// Lets the call end.
    #[must_use = "the call's outcome comes with its future"]
    pub fn let_go(self) -> Future<T> {
        drop(self.go);
        self.future
    }
}

impl<T: Send + 'static> Held<T> {
    /// Submits a call that ends with `outcome` when let go, and waits until a worker runs it.
    #[track_caller]
    pub fn on(
        pool: &(impl Executor<Reach = Here> + ?Sized),
        outcome: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        let (started, go) = (Gate::new(), Gate::new());
        let future = pool.submit({
            let (started, go) = (started.clone(), go.clone());
            call(move || {
                started.open();
                go.wait();
                outcome()
            })
        });
        started.wait();
        Self {
            future,
            go: go.open_on_drop(),
        }
    }
}

/// Keeps this many workers of a pool busy until dropped.
#[track_caller]
pub fn busy(pool: &(impl Executor<Reach = Here> + ?Sized), workers: usize) -> Vec<Held<()>> {
    (0..workers).map(|_| Held::on(pool, || ())).collect()
}
