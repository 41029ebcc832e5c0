//! The roles of this thread: worker of an executor, or runner of its callbacks.

use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use crate::{
    error::TaskError,
    id::{ExecutorId, LogicalThreadId},
    sync::{ThreadBuilder, current_thread, on_own_thread, thread_static},
};

/// Prepares a fresh thread of an executor, before it runs a call.
pub(crate) type PrepareWorker = Arc<dyn Fn() -> Result<(), TaskError> + Send + Sync>;

/// What a worker thread is: which executor it serves, and on which stack.
#[derive(Clone)]
pub(crate) struct WorkerContext {
    pub(crate) executor: ExecutorId,
    /// The thread's stack, in bytes.
    pub(crate) stack_size: usize,
    pub(crate) prepare: PrepareWorker,
}

/// One role of this thread: worker, or runner of callbacks, of one executor.
struct Role {
    executor: ExecutorId,
    /// `None` if the thread only runs callbacks of the executor's calls.
    work: Option<WorkerRole>,
    /// Notified when the thread blocks in a wait.
    observer: Option<Arc<dyn BlockObserver>>,
    token: usize,
}

/// Notified when a thread blocks in a wait of this library, and when it goes on.
pub(crate) trait BlockObserver: Send + Sync {
    fn on_block(&self);
    fn on_unblock(&self);
}

/// A worker's context, and the stack address when it became one.
#[derive(Clone)]
pub(super) struct WorkerRole {
    pub(super) context: WorkerContext,
    pub(super) entered: usize,
}

thread_static! {
    pub(super) static LOGICAL_THREAD: Cell<Option<LogicalThreadId>> = Cell::new(None);
    /// The roles of this thread, the latest last.
    static ROLES: RefCell<Vec<Role>> = RefCell::new(Vec::new());
}

/// The logical thread that this thread belongs to.
pub(crate) fn logical_thread() -> LogicalThreadId {
    LOGICAL_THREAD.with(|thread| {
        thread.get().unwrap_or_else(|| {
            let fresh = LogicalThreadId::next();
            thread.set(Some(fresh));
            fresh
        })
    })
}

/// Whether this thread is a worker of `executor`, and may run its calls.
pub(crate) fn serves(executor: Option<ExecutorId>) -> bool {
    executor
        .is_some_and(|executor| has_role(|role| role.executor == executor && role.work.is_some()))
}

/// Whether `executor` may be waiting for this thread, which then must not wait for the executor:
/// that would deadlock.
pub(crate) fn belongs_to(executor: ExecutorId) -> bool {
    has_role(|role| role.executor == executor)
}

fn has_role(is_it: impl Fn(&Role) -> bool) -> bool {
    // A thread whose thread-locals were destroyed has no roles.
    ROLES
        .try_with(|roles| roles.borrow().iter().any(is_it))
        .unwrap_or(false)
}

/// Makes this thread a worker, until the guard is dropped.
pub(crate) fn enter(context: WorkerContext) -> RoleGuard {
    let executor = context.executor;
    take_role(
        executor,
        Some(WorkerRole {
            context,
            entered: stack_address(),
        }),
        None,
    )
}

/// Marks this thread as running user code of the executor's calls (their callbacks, the
/// initializer), until the guard is dropped.
pub(crate) fn enter_callback(executor: ExecutorId) -> RoleGuard {
    take_role(executor, None, None)
}

/// As [`enter_callback`]; `observer` is notified when this thread blocks meanwhile.
#[cfg(all(unix, feature = "processes"))]
pub(crate) fn enter_callback_with(
    executor: ExecutorId,
    observer: Arc<dyn BlockObserver>,
) -> RoleGuard {
    take_role(executor, None, Some(observer))
}

/// Tells observers that this thread blocks in a wait, until the guard is dropped.
pub(crate) fn enter_blocking() -> Blocking {
    let observers = ROLES.try_with(|roles| {
        let roles = roles.borrow();
        let observers = roles.iter().filter_map(|role| role.observer.clone());
        observers.collect()
    });
    let observers: Vec<Arc<dyn BlockObserver>> = observers.unwrap_or_default();
    observers.iter().for_each(|observer| observer.on_block());
    Blocking(observers)
}

/// The thread blocks while this guard lives.
pub(crate) struct Blocking(Vec<Arc<dyn BlockObserver>>);

impl Drop for Blocking {
    fn drop(&mut self) {
        self.0.iter().for_each(|observer| observer.on_unblock());
    }
}

pub(super) fn take_role(
    executor: ExecutorId,
    work: Option<WorkerRole>,
    observer: Option<Arc<dyn BlockObserver>>,
) -> RoleGuard {
    let token = ROLES.try_with(|roles| {
        let mut roles = roles.borrow_mut();
        let token = roles.last().map_or(0, |last| last.token + 1);
        roles.push(Role {
            executor,
            work,
            observer,
            token,
        });
        token
    });
    RoleGuard {
        token: token.ok(),
        not_send: PhantomData,
    }
}

/// The thread has a role while this guard lives.
pub(crate) struct RoleGuard {
    token: Option<usize>,
    not_send: PhantomData<*const ()>,
}

impl Drop for RoleGuard {
    fn drop(&mut self) {
        // Guards may be dropped in any order, and as late as thread-locals are.
        let role = ROLES.try_with(|roles| {
            let mut roles = roles.borrow_mut();
            let index = roles
                .iter()
                .position(|role| Some(role.token) == self.token)?;
            Some(roles.remove(index))
        });
        drop(role);
    }
}

/// Runs `body` here if the stack is long enough, else on an extra thread of `executor`; returns
/// when it has run.
///
/// `body` gets an error if the extra thread could not be spawned or prepared.
pub(crate) fn with_stack(
    executor: Option<ExecutorId>,
    body: impl FnOnce(Result<(), TaskError>) + Send,
) {
    match work_for(executor).filter(|work| work.stack_used() > work.context.stack_size / 2) {
        None => body(Ok(())),
        Some(work) => on_extra_thread_cold(work, body),
    }
}

fn work_for(executor: Option<ExecutorId>) -> Option<WorkerRole> {
    let found = ROLES.try_with(|roles| {
        let roles = roles.borrow();
        let mut workers = roles
            .iter()
            .rev()
            .filter(|role| Some(role.executor) == executor);
        workers.find_map(|role| role.work.clone())
    });
    found.unwrap_or(None)
}

/// A role, as another thread can take it: executor, worker context, observer.
pub(super) type SavedRole = (
    ExecutorId,
    Option<WorkerContext>,
    Option<Arc<dyn BlockObserver>>,
);

/// The roles of this thread, for another thread to take in its place.
pub(super) fn roles() -> Vec<SavedRole> {
    let roles = ROLES.try_with(|roles| {
        let roles = roles.borrow();
        let saved = roles.iter().map(|role| {
            let context = role.work.as_ref().map(|work| work.context.clone());
            (role.executor, context, role.observer.clone())
        });
        saved.collect()
    });
    roles.unwrap_or_default()
}

/// The size of this thread's stack, if it is a worker's.
pub(super) fn own_stack_size() -> Option<usize> {
    let size = ROLES.try_with(|roles| {
        let roles = roles.borrow();
        let mut works = roles.iter().filter_map(|role| role.work.as_ref());
        works.next().map(|work| work.context.stack_size)
    });
    size.unwrap_or(None)
}

impl WorkerRole {
    /// The stack in use since the thread became a worker, in bytes.
    fn stack_used(&self) -> usize {
        self.entered.saturating_sub(stack_address())
    }
}

#[cold]
fn on_extra_thread_cold(work: WorkerRole, body: impl FnOnce(Result<(), TaskError>) + Send) {
    let thread = logical_thread();
    let WorkerContext {
        executor,
        stack_size,
        prepare,
    } = work.context.clone();
    // The extra thread runs the body, or this one if the system refuses a thread.
    let body = Mutex::new(Some(body));
    let take = || {
        body.lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take()
    };
    let name = current_thread().name().unwrap_or("extra").to_owned();
    let builder = ThreadBuilder::new().name(name).stack_size(stack_size);
    let ran = on_own_thread(builder, || {
        LOGICAL_THREAD.with(|cell| cell.set(Some(thread)));
        let ready = {
            let _callback = enter_callback(executor);
            prepare()
        };
        let _entered = enter(WorkerContext {
            executor,
            stack_size,
            prepare: prepare.clone(),
        });
        if let Some(body) = take() {
            body(ready);
        }
    });
    // Still there only after a refusal: else the extra thread has taken it.
    if let Err(error) = ran
        && let Some(body) = take()
    {
        // A quarter of the stack is enough for most calls; with less an overflow is likely.
        body(if work.stack_used() < stack_size / 4 * 3 {
            Ok(())
        } else {
            Err(TaskError::rejected(format!(
                "system refused a thread: {error}"
            )))
        });
    }
}

/// The current stack address; stacks grow downwards on all supported systems.
#[inline(never)]
pub(crate) fn stack_address() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// The default stack size of a thread, by std's own rule.
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
    /// A worker that waits for a pending call of its own executor runs it in place. The thread is
    /// assumed to have std's default stack size (2 MiB, or `RUST_MIN_STACK`); a shorter stack may
    /// overflow.
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
        let context = WorkerContext {
            executor: self,
            stack_size: default_stack_size(),
            prepare: Arc::new(|| Ok(())),
        };
        WorkerGuard {
            _entered: enter(context),
        }
    }
}

/// A guard that keeps its thread a worker of an executor; made by [`ExecutorId::enter`].
pub struct WorkerGuard {
    _entered: RoleGuard,
}

impl std::fmt::Debug for WorkerGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerGuard").finish_non_exhaustive()
    }
}
