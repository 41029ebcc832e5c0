//! What a corrupt worker does: writes by which tests try the trust of the parent.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// The link and the shared memory of a worker.
pub(crate) trait Shared: Send {
    /// Sends these bytes over the link.
    fn send(&self, bytes: &[u8]);

    /// A word of the claim table; `None` behind the last.
    fn word(&self, index: usize) -> Option<&AtomicU64>;

    /// Puts bytes into the ring, at this position of all that ever went through it.
    fn put(&self, position: u64, bytes: &[u8]);
}

static SHARED: Mutex<Option<Box<dyn Shared>>> = Mutex::new(None);

pub(crate) fn lend(shared: impl Shared + 'static) {
    *SHARED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(shared));
}

fn with<R>(body: impl FnOnce(&dyn Shared) -> R) -> R {
    let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    body(&**shared.as_ref().expect("this process is a worker"))
}

/// Sends these bytes over the link of this worker, beside what it sends itself.
pub fn send(bytes: &[u8]) {
    with(|shared| shared.send(bytes));
}

/// Fills the claim table of this worker, but not its ring, with `word`.
pub fn scribble(word: u64) {
    (0..)
        .map_while(|index| set_word(index, word))
        .for_each(drop);
}

/// A word of the claim table of this worker; `None` behind the last.
pub fn word(index: usize) -> Option<u64> {
    // ORDERING: as all of the table's words.
    with(|shared| Some(shared.word(index)?.load(Ordering::SeqCst)))
}

/// Overwrites a word of the claim table of this worker, and returns what it was; `None`
/// behind the last.
pub fn set_word(index: usize, word: u64) -> Option<u64> {
    // ORDERING: as all of the table's words.
    with(|shared| Some(shared.word(index)?.swap(word, Ordering::SeqCst)))
}

/// Puts bytes into the ring of this worker's answers, without saying that they are there.
pub fn put(position: u64, bytes: &[u8]) {
    with(|shared| shared.put(position, bytes));
}
