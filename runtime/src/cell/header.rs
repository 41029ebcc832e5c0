//! What every cell begins with: its fields and operations that need no types; and what the
//! operations that need them return: how a call ended, and what stays behind of an encoded one.

use std::{any::Any, ptr::NonNull, time::Instant};

use super::{extras::Extras, state::StateWord};
use crate::{
    error::TaskError,
    id::{CallId, ExecutorId, LogicalThreadId},
    portable::Parts,
    sync::{AtomicU32, Ordering, Tracker},
    task::{AnswerSource, Entry, Options, Ticket},
    unwind,
};

/// The part of a cell that needs no types: the state word, the vtable, ids, extras.
pub(crate) struct CellHeader {
    pub(crate) state: StateWord,
    /// The logical thread that last claimed, ran or settled the call; zero if unknown.
    ///
    /// Valid only before Settled. A logical thread writes its own number, or zero, and reads the
    /// word only to compare it with its own number.
    pub(super) runner: AtomicU32,
    pub(super) vtable: &'static Vtable,
    /// The executor whose workers may run this call in place.
    pub(crate) executor: Option<ExecutorId>,
    pub(crate) id: CallId,
    pub(crate) extras: Extras,
    pub(super) tracker: Tracker,
}

/// Type-erased operations of a cell: a hand-written vtable, made by the `vtable` module.
///
/// Each function is given the start of a living cell of its own type. The methods of
/// [`CellRef`](super::cell_ref::CellRef) that call them say under `# Safety` what the state must
/// have allowed before.
pub(crate) struct Vtable {
    pub(super) name: fn() -> &'static str,
    /// Offset of the slot from the start of the cell, in bytes.
    pub(super) slot: usize,
    pub(super) run: unsafe fn(NonNull<CellHeader>) -> Ran,
    pub(super) drop_call: unsafe fn(NonNull<CellHeader>),
    pub(super) box_call: unsafe fn(NonNull<CellHeader>) -> Box<dyn Send>,
    pub(super) put_error: unsafe fn(NonNull<CellHeader>, TaskError),
    pub(super) drop_outcome: unsafe fn(NonNull<CellHeader>),
    pub(super) free: unsafe fn(NonNull<CellHeader>),
    /// `None` if the call cannot become bytes.
    pub(super) wire: Option<&'static WireVtable>,
}

/// Operations of a cell whose call can go to another process.
pub(crate) struct WireVtable {
    pub(super) entry: fn() -> &'static Entry,
    pub(super) encode: unsafe fn(NonNull<CellHeader>, &mut Parts) -> Outcome<Lifted>,
    pub(super) answer: unsafe fn(NonNull<CellHeader>, &mut dyn AnswerSource, RetainedBox) -> bool,
}

/// How a call ended, unless it was cancelled.
pub(crate) type Outcome<T> = Result<T, TaskError>;

/// What is known of an outcome without its type.
pub(crate) struct Ran {
    pub(super) failed: bool,
    /// Given back last, when this thread has finished with the outcome.
    pub(super) ticket: Option<Ticket>,
}

impl Ran {
    /// For a call that ran and carried this ticket.
    #[inline]
    pub(crate) fn new<T>(outcome: &Outcome<T>, failed: bool, ticket: Option<Ticket>) -> Self {
        if let (Err(error), Some(ticket)) = (outcome, &ticket) {
            ticket.note_panic(error);
        }
        Self { failed, ticket }
    }

    /// For a call that did not run.
    pub(super) fn not(failed: bool) -> Self {
        Self {
            failed,
            ticket: None,
        }
    }
}

/// The part of an encoded call that stays in this process, its type erased.
pub(crate) type RetainedBox = Box<dyn Any + Send>;

/// What is left of a call that has become parts.
pub(super) struct Lifted {
    pub(super) retained: RetainedBox,
    /// No part of the call may start after this moment.
    pub(super) deadline: Option<Instant>,
}

impl CellHeader {
    /// The call's own name, or its task's.
    pub(crate) fn name(&self) -> &str {
        let own = self.extras.options().and_then(Options::get_name);
        own.unwrap_or_else(|| self.task_name())
    }

    /// The task's name. A hand-written `name` may panic, which must not leave a waiter blocked.
    fn task_name(&self) -> &'static str {
        unwind::catch(self.vtable.name).unwrap_or_else(|error| {
            unwind::discard(error);
            "a task whose name panics"
        })
    }

    /// Marks `thread` as the one that runs the call or its callbacks from here on.
    pub(crate) fn mark_runner(&self, thread: LogicalThreadId) {
        // ORDERING: only the logical thread itself compares the word with its own number, so the
        // order within one thread is enough.
        self.runner.store(thread.get(), Ordering::Relaxed);
    }

    /// Forgets the runner: the thread that claimed the call need not be the thread that finishes
    /// it.
    pub(crate) fn unmark_runner(&self) {
        // ORDERING: as in `mark_runner`.
        self.runner.store(0, Ordering::Relaxed);
    }

    /// Whether `thread` was the last to be marked.
    pub(crate) fn is_run_by(&self, thread: LogicalThreadId) -> bool {
        // ORDERING: as in `mark_runner`.
        self.runner.load(Ordering::Relaxed) == thread.get()
    }
}
