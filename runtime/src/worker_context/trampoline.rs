//! Calls that end in callbacks of other calls: they nest for a while, and then take turns.
//!
//! ```text
//!   callback of 1 -> finish 2 -> callback of 2 -> ... -> finish 60     deep: put off
//!   |                                                       |
//!   `-- the outermost returns <-----------------------------'
//!   callback of 60 -> finish 61 -> ...                                 shallow again
//! ```
//!
//! So a chain of any length takes a stack of one size. What is put off is the end of a call that is decided: its state has
//! changed, and its callbacks are still to run. The thread that put it off runs it as soon as the outermost callback
//! has returned, and before that if the thread waits for anything in this library.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use super::stack_address;
use crate::sync::thread_static;

/// How much stack callbacks may nest in, on a thread of unknown size, and at most.
const NESTING_LIMIT: usize = 64 << 10;

type Deferred = Box<dyn FnOnce() + Send>;

thread_static! {
    /// Where the stack stood when the outermost callback began; 0 outside of all.
    static BASE: Cell<usize> = Cell::new(0);
    /// How much may be used from there on.
    static LIMIT: Cell<usize> = Cell::new(NESTING_LIMIT);
    /// The stack of a thread that was made for callbacks that nest; 0 for any other.
    static OWN_STACK: Cell<usize> = Cell::new(0);
    static DEFERRED: RefCell<VecDeque<Deferred>> = RefCell::new(VecDeque::new());
}

/// Runs a callback or a waker. The outermost one is followed by what was put off meanwhile.
pub(crate) fn run_nested(body: impl FnOnce()) {
    if used().is_none_or(|used| used > 0) {
        return body();
    }
    let _outermost = Outermost::begin();
    body();
    run_deferred();
}

/// Whether callbacks have nested so far that what comes next is to be put off.
#[inline]
pub(crate) fn is_deep() -> bool {
    used().is_some_and(|used| used > 0 && used > LIMIT.with(Cell::get))
}

/// Has this thread run `work` later: it is inside of a callback.
pub(crate) fn defer(work: Deferred) {
    DEFERRED.with(|put_off| put_off.borrow_mut().push_back(work));
}

/// Runs what this thread has put off; false if that is nothing.
pub(crate) fn run_deferred() -> bool {
    let mut is_any = false;
    while let Some(work) = next() {
        work();
        is_any = true;
    }
    is_any
}

/// As [`run_deferred`], for a wait that can be refused: false if there is something that would lie too deep.
#[must_use]
pub(crate) fn try_run_deferred() -> bool {
    let is_too_deep = used().is_some_and(|used| used > 0 && used > 2 * LIMIT.with(Cell::get));
    if is_too_deep && DEFERRED.with(|put_off| !put_off.borrow().is_empty()) {
        return false;
    }
    run_deferred();
    true
}

/// Lets callbacks on this thread, which was made for that, nest in a quarter of its stack.
pub(super) fn set_stack_size(size: usize) {
    OWN_STACK.with(|own| own.set(size));
}

fn next() -> Option<Deferred> {
    if used().is_none_or(|used| used == 0) {
        return None;
    }
    DEFERRED.with(|put_off| put_off.borrow_mut().pop_front())
}

/// How much stack is used since the outermost callback began: at least one byte inside of it, and none outside. `None` on a thread
/// whose thread-locals are gone: it nests.
#[inline]
fn used() -> Option<usize> {
    let base = BASE.try_with(Cell::get).ok()?;
    if base == 0 {
        return Some(0);
    }
    Some(base.saturating_sub(stack_address()).max(1))
}

/// The outermost callback of this thread runs while it lives.
struct Outermost;

impl Outermost {
    fn begin() -> Self {
        BASE.with(|base| base.set(stack_address()));
        let limit = match OWN_STACK.with(Cell::get) {
            0 => super::own_stack_size().map_or(NESTING_LIMIT, |size| NESTING_LIMIT.min(size / 4)),
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
