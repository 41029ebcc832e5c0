//! Vectors that calls travelled in, on their way back to whoever pulls more of them.
//!
//! A long map would page in fresh memory for each of its chunks, which costs more than small calls do. So whoever pulls
//! gives way for a moment when many chunks are under way and vectors are known to come back.
//! When nothing more is pulled, nobody keeps the vectors.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicUsize, Ordering},
};

use super::patience::Patience;
use crate::sync::Mutex;

/// So many chunks may be under way before anybody gives way.
const AHEAD: usize = 16;

/// Smaller vectors are not worth waiting for, in bytes.
const WORTH_WAITING: usize = 16 << 10;

/// The end of whoever pulls calls.
pub(crate) struct Spares<T> {
    shelf: Arc<Shelf<T>>,
    taken: usize,
    patience: Patience,
}

/// The end of one chunk.
pub(crate) struct Return<T>(Weak<Shelf<T>>);

struct Shelf<T> {
    /// How many vectors were taken and are not back. A plain counter.
    away: AtomicUsize,
    vectors: Mutex<Vec<Vec<T>>>,
}

impl<T> Spares<T> {
    pub(crate) fn new() -> Self {
        let shelf = Shelf {
            away: AtomicUsize::new(0),
            vectors: Mutex::default(),
        };
        Self {
            shelf: Arc::new(shelf),
            taken: 0,
            patience: Patience::new(),
        }
    }

    /// An empty vector for at most so many calls, and the way back for it.
    pub(crate) fn take(&mut self, most: usize) -> (Vec<T>, Return<T>) {
        if most.saturating_mul(size_of::<T>()) >= WORTH_WAITING {
            self.give_way();
        }
        self.taken += 1;
        self.shelf.away.fetch_add(1, Ordering::Relaxed);
        let vector = self.shelf.vectors.lock().pop().unwrap_or_default();
        (vector, Return(Arc::downgrade(&self.shelf)))
    }

    fn give_way(&mut self) {
        let away = self.shelf.away();
        if away >= AHEAD && away < self.taken {
            let shelf = &self.shelf;
            self.patience.give_way(|| shelf.away() < AHEAD);
        }
    }
}

impl<T> Shelf<T> {
    fn away(&self) -> usize {
        self.away.load(Ordering::Relaxed)
    }
}

impl<T> Return<T> {
    /// Brings back a vector that is empty again.
    pub(crate) fn give(self, vector: Vec<T>) {
        if let Some(shelf) = self.0.upgrade() {
            let mut vectors = shelf.vectors.lock();
            if vectors.len() < AHEAD {
                vectors.push(vector);
            }
        }
    }
}

impl<T> Drop for Return<T> {
    fn drop(&mut self) {
        if let Some(shelf) = self.0.upgrade() {
            shelf.away.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
