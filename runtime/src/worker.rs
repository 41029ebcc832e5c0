//! Who this thread is: the executor it works for, and how much stack it has left.
//!
//! A worker that waits for a call of its own executor runs that call in place
//! (see `future::waiting`). This file answers the two questions that need asking
//! first, and lends a thread when the answer to the second is "too little":
//!
//! ```text
//!   worker's stack   |#### task #### wait #### task #### wait |      free      |
//!                    ^ entered                          here ^     limit ^    end
//!
//!   here beyond the limit: the call runs on an extra thread, the waiter waits
//! ```
//!
//! The limit is half of the stack, so a call that runs in place has at least
//! half of what it has on a fresh worker. An extra thread counts as the same
//! strand as its waiter: together they do one thing at a time.

use std::{cell::Cell, cell::RefCell, marker::PhantomData, sync::Arc};

use crate::{
    error::TaskError,
    id::{ExecutorId, StrandId},
    sync::strand_local,
};

/// Readies a fresh thread of an executor, before it runs a call.
pub(crate) type Prepare = Arc<dyn Fn() -> Result<(), TaskError> + Send + Sync>;

/// The place of a worker: which executor it serves, and on which stack.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) executor: ExecutorId,
    /// The thread's stack, in bytes.
    pub(crate) stack_size: usize,
    pub(crate) prepare: Prepare,
}

strand_local! {
    static STRAND: Cell<Option<StrandId>> = Cell::new(None);
    static EXECUTOR: Cell<Option<ExecutorId>> = Cell::new(None);
    static POST: RefCell<Option<(Post, usize)>> = RefCell::new(None);
}

/// The strand that this thread is, or stands in for.
pub(crate) fn strand() -> StrandId {
    STRAND.with(|strand| {
        strand.get().unwrap_or_else(|| {
            let fresh = StrandId::next();
            strand.set(Some(fresh));
            fresh
        })
    })
}

/// Whether this thread is a worker of `executor`.
pub(crate) fn serves(executor: Option<ExecutorId>) -> bool {
    executor.is_some() && EXECUTOR.with(Cell::get) == executor
}

/// Makes this thread a worker, until the guard is dropped.
pub(crate) fn enter(post: Post) -> Entered {
    let here = stack_address();
    let limit = here.saturating_sub(post.stack_size / 2);
    let executor = EXECUTOR.with(|cell| cell.replace(Some(post.executor)));
    let post = POST.with(|cell| cell.replace(Some((post, limit))));
    Entered {
        executor,
        post,
        not_send: PhantomData,
    }
}

/// This thread is a worker while this lives.
pub(crate) struct Entered {
    executor: Option<ExecutorId>,
    post: Option<(Post, usize)>,
    not_send: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        EXECUTOR.with(|cell| cell.set(self.executor));
        POST.with(|cell| cell.replace(self.post.take()));
    }
}

/// Runs `body` here if there is stack enough, else on an extra thread of the same
/// executor, and returns when it has run.
///
/// `body` is given an error if the extra thread could not be had or readied.
pub(crate) fn with_stack(body: impl FnOnce(Result<(), TaskError>) + Send) {
    let scarce = POST.with(|cell| match &*cell.borrow() {
        Some((post, limit)) if stack_address() < *limit => Some(post.clone()),
        _ => None,
    });
    match scarce {
        None => body(Ok(())),
        Some(post) => on_extra_thread_cold(post, body),
    }
}

#[cold]
fn on_extra_thread_cold(post: Post, body: impl FnOnce(Result<(), TaskError>) + Send) {
    let strand = strand();
    // Both ends may need the body: the extra thread, or this one if there is none.
    let body = std::sync::Mutex::new(Some(body));
    let take = || {
        body.lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take()
    };
    let name = std::thread::current().name().unwrap_or("extra").to_owned();
    let builder = std::thread::Builder::new()
        .name(name)
        .stack_size(post.stack_size);
    std::thread::scope(|scope| {
        let refused = builder.spawn_scoped(scope, || {
            STRAND.with(|cell| cell.set(Some(strand)));
            let prepare = post.prepare.clone();
            let _entered = enter(post);
            if let Some(body) = take() {
                body(prepare());
            }
        });
        // Only after a refusal: else the extra thread is to have it.
        if let Err(error) = refused
            && let Some(body) = take()
        {
            body(Err(TaskError::rejected(format!(
                "system refused a thread: {error}"
            ))));
        }
    });
}

/// Where the stack stands now; stacks grow downwards wherever this runs.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// The stack of a thread for which no size was asked: std's own rule.
pub(crate) fn default_stack_size() -> usize {
    const STD_DEFAULT: usize = 2 << 20;
    std::env::var("RUST_MIN_STACK")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(STD_DEFAULT)
}

impl ExecutorId {
    /// Makes this thread a worker of the executor, until the guard is dropped.
    ///
    /// A worker that waits for a call of its own executor which nobody has
    /// started runs it in place. The thread is taken to have the stack that
    /// `std` gives by default (2 MiB, or `RUST_MIN_STACK`).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ExecutorId;
    ///
    /// let id = ExecutorId::new();
    /// std::thread::spawn(move || {
    ///     let _worker = id.enter();
    ///     // Take jobs and run them.
    /// });
    /// ```
    #[must_use = "the thread is a worker only while the guard lives"]
    pub fn enter(self) -> WorkerGuard {
        let post = Post {
            executor: self,
            stack_size: default_stack_size(),
            prepare: Arc::new(|| Ok(())),
        };
        WorkerGuard {
            _entered: enter(post),
        }
    }
}

/// Keeps its thread a worker of an executor; made by [`ExecutorId::enter`].
pub struct WorkerGuard {
    _entered: Entered,
}

impl std::fmt::Debug for WorkerGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerGuard").finish_non_exhaustive()
    }
}
