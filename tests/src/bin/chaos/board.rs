//! What is known here of each call while its round runs.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use concurrent_futures::{Canceller, Failure, TaskError};

use crate::tasks::Done;

/// How a call ended.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Value(Done),
    /// The task's own `Err`.
    Failed(String),
    Error(TaskError),
    /// Its future was not kept, or does not say whose error it is.
    Untold,
}

impl From<Result<Done, Failure<String>>> for Outcome {
    fn from(outcome: Result<Done, Failure<String>>) -> Self {
        match outcome {
            Ok(done) => Self::Value(done),
            Err(Failure::Returned(text)) => Self::Failed(text),
            Err(Failure::Task(error)) => Self::Error(error),
        }
    }
}

/// What is known of a call.
#[derive(Default)]
pub(crate) struct Slot {
    canceller: Mutex<Option<Canceller>>,
    outcome: Mutex<Option<Outcome>>,
    /// Whether `cancel` said that it is cancelled.
    pub(crate) was_cancelled: AtomicBool,
    /// Whether `abort` said so.
    pub(crate) was_aborted: AtomicBool,
    /// How often its callback was called.
    pub(crate) callbacks: AtomicU32,
}

/// What is known of a round.
pub(crate) struct Board {
    slots: Vec<Slot>,
    pub(crate) was_closed: AtomicBool,
    /// Whether all pending calls were cancelled.
    pub(crate) was_swept: AtomicBool,
    /// Whether the pool was told to end its workers.
    pub(crate) was_killed: AtomicBool,
    pub(crate) signals: AtomicU64,
    pub(crate) stops: AtomicU64,
}

impl Board {
    pub(crate) fn of(calls: usize) -> Self {
        Self {
            slots: (0..calls).map(|_| Slot::default()).collect(),
            was_closed: AtomicBool::new(false),
            was_swept: AtomicBool::new(false),
            was_killed: AtomicBool::new(false),
            signals: AtomicU64::new(0),
            stops: AtomicU64::new(0),
        }
    }

    pub(crate) fn slot(&self, id: u64) -> &Slot {
        let place = usize::try_from(id).expect("ids are places");
        &self.slots[place]
    }

    pub(crate) fn len(&self) -> u64 {
        self.slots.len() as u64
    }

    /// The calls whose outcome no thread has noted yet.
    pub(crate) fn open(&self) -> Vec<u64> {
        let ids = 0..self.len();
        ids.filter(|id| self.slot(*id).outcome().is_none())
            .collect()
    }
}

impl Slot {
    pub(crate) fn submitted(&self, canceller: Canceller) {
        *locked(&self.canceller) = Some(canceller);
    }

    /// Notes the outcome of the call; each has one.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let before = locked(&self.outcome).replace(outcome);
        assert!(before.is_none(), "a second outcome after {before:?}");
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        locked(&self.outcome).clone()
    }

    pub(crate) fn cancel(&self) {
        let canceller = locked(&self.canceller).clone();
        if canceller.is_some_and(|canceller| canceller.cancel()) {
            self.was_cancelled.store(true, Relaxed);
        }
    }

    pub(crate) fn abort(&self) {
        let canceller = locked(&self.canceller).clone();
        if canceller.is_some_and(|canceller| canceller.abort()) {
            self.was_aborted.store(true, Relaxed);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
