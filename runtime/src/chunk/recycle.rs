//! Vectors that calls travelled in, on their way back to whoever pulls more of them.
//!
//! A long map would page in fresh memory for each of its chunks, which costs more than small calls do. So whoever pulls
//! gives way for a moment when many chunks are under way and vectors are known to come back.
//! When nothing more is pulled, nobody keeps the vectors.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use super::backoff::Backoff;
use crate::sync::Mutex;

/// So many chunks may be under way before anybody gives way.
const AHEAD: usize = 16;

/// Smaller vectors are not worth waiting for, in bytes.
const WORTH_WAITING: usize = 16 << 10;

/// The end of whoever pulls calls.
pub(crate) struct VecPool<T> {
    free_list: Arc<FreeList<T>>,
    taken: usize,
    backoff: Backoff,
}

/// The end of one chunk.
pub(crate) struct VecReturn<T>(Weak<FreeList<T>>);

struct FreeList<T> {
    /// How many vectors were taken and are not back. A plain counter.
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

    /// An empty vector for at most so many calls, and the way back for it.
    pub(crate) fn take(&mut self, most: usize) -> (Vec<T>, VecReturn<T>) {
        if most.saturating_mul(size_of::<T>()) >= WORTH_WAITING {
            self.throttle();
        }
        self.taken += 1;
        self.free_list.away.fetch_add(1, Ordering::Relaxed);
        let vector = self.free_list.vectors.lock().pop().unwrap_or_default();
        (vector, VecReturn(Arc::downgrade(&self.free_list)))
    }

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
        self.away.load(Ordering::Relaxed)
    }
}

impl<T> VecReturn<T> {
    /// Brings back a vector that is empty again.
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
            free_list.away.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
