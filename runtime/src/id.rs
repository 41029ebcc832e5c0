//! Ids, each a type of its own.

use std::{
    cell::Cell,
    fmt,
    num::{NonZeroU32, NonZeroU64},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

/// Names one call in this program; later calls of one thread have larger ids.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let (one, two) = (pool.spawn(|| 1), pool.spawn(|| 2));
/// assert!(one.id() < two.id());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(NonZeroU64);

/// Ids a thread takes at once, so that submitters do not share a cache line for each call.
const BLOCK: u64 = 1024;

impl CallId {
    /// The next id, from this thread's block of them.
    pub(crate) fn next() -> Self {
        static NEXT_BLOCK: AtomicU64 = AtomicU64::new(1);
        thread_local! { static NEXT: Cell<u64> = const { Cell::new(0) } }

        let id = NEXT.try_with(|next| {
            let id = match next.get() {
                id if id % BLOCK == 0 => NEXT_BLOCK.fetch_add(1, Ordering::Relaxed) * BLOCK,
                id => id,
            };
            next.set(id + 1);
            id
        });
        // A thread that is ending has no block any more; it pays for a whole one.
        let id = id.unwrap_or_else(|_| NEXT_BLOCK.fetch_add(1, Ordering::Relaxed) * BLOCK);
        Self(NonZeroU64::new(id).expect("blocks are numbered from one"))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallId({})", self.0)
    }
}

/// Names one executor, so that its own workers can run what they wait for.
///
/// An executor that returns an id from [`Executor::id`](crate::Executor::id)
/// calls [`enter`](ExecutorId::enter) on each of its worker threads.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ExecutorId;
///
/// assert_ne!(ExecutorId::new(), ExecutorId::new());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExecutorId(NonZeroU32);

impl ExecutorId {
    /// Makes an id that no other executor of this program has.
    ///
    /// # Panics
    ///
    /// After four thousand million executors.
    #[expect(clippy::new_without_default, reason = "each id is another one")]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(NonZeroU32::new(id).expect("fewer than 2^32 executors in one program"))
    }
}

/// Names one line of execution: a thread, or the chain of threads that stand in for it.
///
/// A waiter that has little stack left runs a call on an extra thread and waits
/// for it; that thread has its waiter's id, since both do one thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LogicalThreadId(NonZeroU32);

impl LogicalThreadId {
    /// An id for a thread that has none yet.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // After 2^32 threads ids come round again, zero left out. Two threads
        // would have to live four thousand million threads apart to be confused.
        loop {
            if let Some(id) = NonZeroU32::new(NEXT.fetch_add(1, Ordering::Relaxed)) {
                return Self(id);
            }
        }
    }

    /// The number stored in a call while this logical thread runs it; never zero.
    pub(crate) fn get(self) -> u32 {
        self.0.get()
    }
}
