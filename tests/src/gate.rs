//! What says when to go on: a gate to pass, and a tally to wait for.

use std::sync::{Arc, Condvar, Mutex};

use crate::DEADLINE;

/// Shut until opened; the threads that wait at it go on then. Clones are one gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Tally);

impl Gate {
    /// A gate that is shut.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everybody pass, from now on.
    pub fn open(&self) {
        self.0.add();
    }

    /// Whether it was opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.count() > 0
    }

    /// Waits until it is open.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`].
    #[track_caller]
    pub fn wait(&self) {
        assert!(self.0.reaches(1), "the gate stayed shut for {DEADLINE:?}");
    }

    /// A value that opens the gate when it is dropped: as an argument or a result, it tells when
    /// those go.
    #[must_use]
    pub fn open_on_drop(&self) -> OpenOnDrop {
        OpenOnDrop(self.clone())
    }
}

/// Opens its gate when dropped; made by [`Gate::open_on_drop`].
#[derive(Debug)]
pub struct OpenOnDrop(Gate);

impl Drop for OpenOnDrop {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// Counts what happens. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Tally {
    /// A tally of zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn add(&self) {
        *self.0.count.lock().expect("nothing panics under the lock") += 1;
        self.0.changed.notify_all();
    }

    /// How many so far.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.0.count.lock().expect("nothing panics under the lock")
    }

    /// Waits until there are at least `count`.
    ///
    /// # Panics
    ///
    /// If that takes longer than [`DEADLINE`].
    #[track_caller]
    pub fn wait_for(&self, count: usize) {
        assert!(
            self.reaches(count),
            "{} instead of {count} after {DEADLINE:?}",
            self.count()
        );
    }

    fn reaches(&self, count: usize) -> bool {
        let now = self.0.count.lock().expect("nothing panics under the lock");
        let too_few = |now: &mut usize| *now < count;
        let waited = self.0.changed.wait_timeout_while(now, DEADLINE, too_few);
        *waited.expect("nothing panics under the lock").0 >= count
    }
}
