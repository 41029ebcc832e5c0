//! Ids, each a type of its own.

use std::{
    cell::Cell,
    fmt,
    num::{NonZeroU32, NonZeroU64},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

/// The id of a call, unique in this program; later calls of one thread have larger ids.
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

/// The number of ids that a thread takes at once, so that submitters do not contend for one cache
/// line at each call.
const BLOCK: u64 = 1024;

impl CallId {
    /// The next id, from this thread's block of them.
    pub(crate) fn next() -> Self {
        static NEXT_BLOCK: AtomicU64 = AtomicU64::new(1);
        thread_local! { static NEXT: Cell<u64> = const { Cell::new(0) } }

        // ORDERING: Relaxed for all ids: unique numbers, which order nothing else.
        let id = NEXT.try_with(|next| {
            let id = match next.get() {
                id if id % BLOCK == 0 => NEXT_BLOCK.fetch_add(1, Ordering::Relaxed) * BLOCK,
                id => id,
            };
            next.set(id + 1);
            id
        });
        // A thread whose thread-locals were destroyed takes a whole block for each id.
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

/// The id of an executor, by which its workers know their own calls.
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
    /// Makes a new id, unique in this program.
    ///
    /// # Panics
    ///
    /// After four thousand million executors.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ExecutorId;
    ///
    /// struct Robots { id: ExecutorId }
    ///
    /// let (left, right) = (Robots { id: ExecutorId::new() }, Robots { id: ExecutorId::new() });
    /// assert_ne!(left.id, right.id);
    /// ```
    #[expect(clippy::new_without_default, reason = "each id is another one")]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // ORDERING: as in `CallId::next`.
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(NonZeroU32::new(id).expect("fewer than 2^32 executors in one program"))
    }
}

/// The id of a logical thread: a thread, and the extra threads that run calls for it.
///
/// A waiter that has little stack left runs a call on an extra thread and waits for it. That thread
/// has its waiter's id, since together they do one thing at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LogicalThreadId(NonZeroU32);

impl LogicalThreadId {
    /// An id for a thread that has none yet.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // After 2^32 threads the ids wrap around, without zero. Two threads could be confused only
        // if the program spawned 2^32 threads between them.
        loop {
            // ORDERING: as in `CallId::next`.
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
