//! Recycles the vectors of chunks: workers return them to the thread that pulls calls.
//!
//! A long map would page in fresh memory for each chunk, which costs more than small calls.
//! So the thread that pulls calls spins briefly when many chunks are in flight and vectors
//! are known to be returned. The vectors are freed with the pool, at the end of the map.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use super::backoff::Backoff;
use crate::sync::Mutex;

/// The number of chunks in flight from which the pulling thread spins for a vector.
const AHEAD: usize = 16;

/// The size from which a vector is worth spinning for, in bytes.
const WORTH_WAITING: usize = 16 << 10;

/// The pool of vectors, held by the thread that pulls calls.
pub(crate) struct VecPool<T> {
    free_list: Arc<FreeList<T>>,
    taken: usize,
    backoff: Backoff,
}

/// The handle with which one chunk returns its vector.
pub(crate) struct VecReturn<T>(Weak<FreeList<T>>);

struct FreeList<T> {
    /// The number of vectors that were taken and not returned: a heuristic, no synchronization.
    away: AtomicUsize,
    vectors: Mutex<Vec<Vec<T>>>,
}

impl<T> VecPool<T> {
    pub(crate) fn new() -> Self {
        let free_list = FreeList {
            away: AtomicUsize::new(0),
            vectors: Mutex::default(),
        };
        Self {
            free_list: Arc::new(free_list),
            taken: 0,
            backoff: Backoff::new(),
        }
    }

    /// Takes an empty vector for at most `most` calls, and the handle that returns it.
    pub(crate) fn take(&mut self, most: usize) -> (Vec<T>, VecReturn<T>) {
        if most.saturating_mul(size_of::<T>()) >= WORTH_WAITING {
            self.throttle();
        }
        self.taken += 1;
        // ORDERING: Relaxed: the counter only steers a heuristic; the mutex publishes the vectors.
        self.free_list.away.fetch_add(1, Ordering::Relaxed);
        let vector = self.free_list.vectors.lock().pop().unwrap_or_default();
        (vector, VecReturn(Arc::downgrade(&self.free_list)))
    }

    /// Spins briefly if many chunks are in flight.
    fn throttle(&mut self) {
        let away = self.free_list.away();
        if away >= AHEAD && away < self.taken {
            let free_list = &self.free_list;
            self.backoff.spin_briefly(|| free_list.away() < AHEAD);
        }
    }
}

impl<T> FreeList<T> {
    fn away(&self) -> usize {
        // ORDERING: as in `take`.
        self.away.load(Ordering::Relaxed)
    }
}

impl<T> VecReturn<T> {
    /// Returns the vector, which is empty.
    pub(crate) fn give_back(self, vector: Vec<T>) {
        if let Some(free_list) = self.0.upgrade() {
            let mut vectors = free_list.vectors.lock();
            if vectors.len() < AHEAD {
                vectors.push(vector);
            }
        }
    }
}

impl<T> Drop for VecReturn<T> {
    fn drop(&mut self) {
        if let Some(free_list) = self.0.upgrade() {
            // ORDERING: as in `take`.
            free_list.away.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
