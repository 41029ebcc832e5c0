//! How deep a value may nest: as deep as the stack of the encoding or decoding thread has room for.
//!
//! serde visits nested values by recursion, so a few kilobytes of bytes can ask for more stack than
//! a thread has, and a stack overflow kills the whole program. Each level of nesting writes or
//! reads at least one byte of its own (a length, a variant, an `Option`'s tag), and there the codec
//! checks whether the limit is reached.
//!
//! ```text
//!   | guard page | margin |   room for nesting   | what is in use |
//!                         ^ limit                ^ here
//! ```
//!
//! Where the stack of the thread is unknown, a value may use half of std's default. The same holds
//! on a stack that is not the thread's own, as coroutines have.

use std::{cell::Cell, mem::MaybeUninit};

/// The stack that is left to the code between two checks, and to the code that ends the call, in
/// bytes.
const MARGIN: usize = 128 << 10;

/// The stack that a value may use where the end is unknown, in bytes.
const UNKNOWN: usize = 1 << 20;

/// The text of the error for a value that is nested too deep.
pub(crate) const TOO_DEEP: &str =
    "it is nested deeper than the stack of this thread has room for; send it as a list";

/// The lowest address to which the stack may grow; stacks grow downwards on all supported systems.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackLimit(usize);

/// The bounds of a thread's stack, as far as they are known.
#[derive(Clone, Copy, Default)]
struct Stack {
    low: usize,
    end: usize,
    limit: usize,
}

thread_local! {
    /// The bounds of this thread's stack, once they were looked up.
    static STACK: Cell<Option<Stack>> = const { Cell::new(None) };
}

impl StackLimit {
    /// The limit of this thread.
    #[inline]
    pub(super) fn of_this_thread() -> Self {
        if cfg!(miri) {
            // Miri's addresses tell nothing of a stack.
            return Self(0);
        }
        let here = here();
        let stack = STACK.try_with(|known| known.get().unwrap_or_else(|| look_cold(known)));
        match stack {
            Ok(stack) if stack.low <= here && here < stack.end => Self(stack.limit),
            _ => Self(here.saturating_sub(UNKNOWN)),
        }
    }

    /// Whether the stack has reached the limit.
    #[inline(always)]
    pub(super) fn is_reached(self) -> bool {
        here() <= self.0
    }
}

/// The current stack address, roughly.
#[inline(always)]
fn here() -> usize {
    // Uninitialised on purpose: only the address is needed, and hiding it from the optimizer would
    // make that forget what it knows of the bytes.
    let here = MaybeUninit::<u8>::uninit();
    here.as_ptr().addr()
}

/// Looks up the stack of this thread, once.
#[cold]
fn look_cold(known: &Cell<Option<Stack>>) -> Stack {
    let (low, end) = find().unwrap_or_default();
    let limit = low + MARGIN.min((end - low) / 4);
    let stack = Stack { low, end, limit };
    known.set(Some(stack));
    stack
}

#[cfg(all(
    feature = "processes",
    any(target_os = "android", all(target_os = "linux", target_env = "gnu"))
))]
fn find() -> Option<(usize, usize)> {
    main_thread().or_else(any_thread)
}

/// The stack of the main thread. The C library would look it up in `/proc/self/maps`, which costs a
/// worker's first call time. Its upper end is near the random bytes (`AT_RANDOM`) that the kernel
/// has put beside the arguments, and it grows down to the resource limit; a limit of more than 64
/// MiB may meet other mappings before.
#[cfg(all(
    feature = "processes",
    any(target_os = "android", all(target_os = "linux", target_env = "gnu"))
))]
fn main_thread() -> Option<(usize, usize)> {
    use rustix::process::{Resource, getpid, getrlimit};

    const MOST: u64 = 64 << 20;

    if rustix::thread::gettid() != getpid() {
        return None;
    }
    let limit = getrlimit(Resource::Stack).current?;
    let limit = usize::try_from(limit.min(MOST + 1)).ok()?;
    // SAFETY: it reads the auxiliary vector, which the kernel gave this process.
    let end = unsafe { libc::getauxval(libc::AT_RANDOM) };
    let end = usize::try_from(end).ok()?;
    let is_known = limit as u64 <= MOST && end > limit;
    is_known.then(|| (end - limit, end))
}

#[cfg(all(
    feature = "processes",
    any(target_os = "android", all(target_os = "linux", target_env = "gnu"))
))]
fn any_thread() -> Option<(usize, usize)> {
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: it has no preconditions.
    let thread = unsafe { libc::pthread_self() };
    // SAFETY: the thread is this one, which lives; `attributes` has room for the value.
    if unsafe { libc::pthread_getattr_np(thread, attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut low, mut len) = (std::ptr::null_mut(), 0);
    // SAFETY: the call above has initialised the attributes; `low` and `len` are locals.
    let got = unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut len) };
    // SAFETY: the call above has initialised them, and they are not used from here on.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    (got == 0).then(|| (low.addr(), low.addr().saturating_add(len)))
}

/// Other systems have no such call, or not for every thread.
#[cfg(not(all(
    feature = "processes",
    any(target_os = "android", all(target_os = "linux", target_env = "gnu"))
)))]
fn find() -> Option<(usize, usize)> {
    None
}

#[cfg(all(test, not(any(loom, miri))))]
mod tests {
    use super::*;

    /// The stack that is used until the limit is reached, in bytes; some kilobytes a level.
    #[inline(never)]
    fn dig(limit: StackLimit, from: usize) -> usize {
        let level = std::hint::black_box([0_u8; 2048]);
        if limit.is_reached() {
            return from - level.as_ptr().addr();
        }
        dig(limit, from).max(usize::from(std::hint::black_box(level)[0]))
    }

    fn dug(stack_size: usize) -> usize {
        let thread = std::thread::Builder::new().stack_size(stack_size);
        let body = || dig(StackLimit::of_this_thread(), here());
        let thread = thread.spawn(body).expect("the system gives a thread");
        thread.join().expect("it does not overflow its stack")
    }

    #[test]
    fn a_thread_may_use_its_stack_up_to_the_margin() {
        for size in [256 << 10, 2 << 20] {
            let dug = dug(size);

            assert!(dug < size, "{dug} of {size}");
            assert!(dug > size / 3, "{dug} of {size}");
        }
    }
}
