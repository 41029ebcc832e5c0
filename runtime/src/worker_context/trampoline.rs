//! A trampoline for callbacks that end further calls: they nest for a while, and then take turns.
//!
//! ```text
//!   callback of 1 -> finish 2 -> callback of 2 -> ... -> finish 60     deep: deferred
//!   |                                                       |
//!   `-- the outermost returns <-----------------------------'
//!   callback of 60 -> finish 61 -> ...                                 shallow again
//! ```
//!
//! So a chain of any length takes a bounded stack. The deferred work is the completion of a call
//! that is decided: its state has changed, and its callbacks are still to run. The thread that
//! deferred it runs it as soon as the outermost callback has returned, or before it blocks in any
//! wait of this library.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use super::roles::{own_stack_size, stack_address};
use crate::sync::thread_static;

/// The stack in which callbacks may nest, in bytes: at most, and on a thread of unknown stack size.
const NESTING_LIMIT: usize = 64 << 10;

type Deferred = Box<dyn FnOnce() + Send>;

thread_static! {
    /// The stack address when the outermost callback began; 0 outside of all callbacks.
    static BASE: Cell<usize> = Cell::new(0);
    /// The stack that may be used from there on, in bytes.
    static LIMIT: Cell<usize> = Cell::new(NESTING_LIMIT);
    /// The stack size of a thread that `with_fresh_stack` spawned; 0 for any other.
    static OWN_STACK: Cell<usize> = Cell::new(0);
    static DEFERRED: RefCell<VecDeque<Deferred>> = RefCell::new(VecDeque::new());
}

/// Runs a callback or a waker; after the outermost one, runs the deferred work.
pub(crate) fn run_nested(body: impl FnOnce()) {
    if used().is_none_or(|used| used > 0) {
        return body();
    }
    let _outermost = Outermost::begin();
    body();
    run_deferred();
}

/// Whether callbacks have nested so deep that the next completion must be deferred.
#[inline]
pub(crate) fn is_deep() -> bool {
    used().is_some_and(|used| used > 0 && used > LIMIT.with(Cell::get))
}

/// Defers `work` on this thread, which is inside of a callback.
pub(crate) fn defer(work: Deferred) {
    DEFERRED.with(|put_off| put_off.borrow_mut().push_back(work));
}

/// Runs the deferred work of this thread; false if there is none.
pub(crate) fn run_deferred() -> bool {
    let mut is_any = false;
    while let Some(work) = next() {
        work();
        is_any = true;
    }
    is_any
}

/// As [`run_deferred`], for a wait that can be refused: false if there is work that would nest too
/// deep.
#[must_use]
pub(crate) fn try_run_deferred() -> bool {
    let is_too_deep = used().is_some_and(|used| used > 0 && used > 2 * LIMIT.with(Cell::get));
    if is_too_deep && DEFERRED.with(|put_off| !put_off.borrow().is_empty()) {
        return false;
    }
    run_deferred();
    true
}

/// Lets callbacks on this thread nest in a quarter of its stack.
pub(super) fn set_stack_size(size: usize) {
    OWN_STACK.with(|own| own.set(size));
}

fn next() -> Option<Deferred> {
    if used().is_none_or(|used| used == 0) {
        return None;
    }
    DEFERRED.with(|put_off| put_off.borrow_mut().pop_front())
}

/// The stack in use since the outermost callback began: at least one byte inside of it, zero
/// outside. `None` on a thread whose thread-locals were destroyed: it nests without limit.
#[inline]
fn used() -> Option<usize> {
    let base = BASE.try_with(Cell::get).ok()?;
    if base == 0 {
        return Some(0);
    }
    Some(base.saturating_sub(stack_address()).max(1))
}

/// A guard: the outermost callback of this thread runs while it lives.
struct Outermost;

impl Outermost {
    fn begin() -> Self {
        BASE.with(|base| base.set(stack_address()));
        let limit = match OWN_STACK.with(Cell::get) {
            0 => own_stack_size().map_or(NESTING_LIMIT, |size| NESTING_LIMIT.min(size / 4)),
            size => size / 4,
        };
        LIMIT.with(|own| own.set(limit));
        Self
    }
}

impl Drop for Outermost {
    fn drop(&mut self) {
        BASE.with(|base| base.set(0));
    }
}
