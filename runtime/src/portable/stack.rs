//! How deep a value may nest: as deep as the stack of the thread that reads or writes it has room for.
//!
//! serde goes into nested values by recursion, so a few kilobytes of bytes can ask for more stack
//! than a thread has, and a stack overflow ends the whole program. Each level of nesting reads or
//! writes at least one byte of its own (whether there is more, how much, which variant), and there
//! the codec asks whether the floor is reached.
//!
//! ```text
//!   | guard page | margin |   room for nesting   | what is in use |
//!                         ^ floor                ^ here
//! ```
//!
//! Where the stack of the thread is not known, a value has half of what `std` gives a thread. So it
//! has on a stack that is not the thread's own, as coroutines have.

use std::{cell::Cell, mem::MaybeUninit};

/// What is left to the code between two levels, and to that which ends the call.
const MARGIN: usize = 128 << 10;

/// What a value may use of a stack whose end is not known.
const UNKNOWN: usize = 1 << 20;

/// Where the stack may not grow beyond; stacks grow downwards wherever this runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackLimit(usize);

/// The stack of a thread, as far as it is known.
#[derive(Clone, Copy, Default)]
struct Stack {
    low: usize,
    end: usize,
    floor: usize,
}

thread_local! {
    /// That of this thread, once it was looked for.
    static STACK: Cell<Option<Stack>> = const { Cell::new(None) };
}

impl StackLimit {
    /// That of this thread.
    #[inline]
    pub(super) fn of_this_thread() -> Self {
        if cfg!(miri) {
            // Addresses there tell nothing of a stack.
            return Self(0);
        }
        let here = here();
        let stack = STACK.try_with(|known| known.get().unwrap_or_else(|| look_cold(known)));
        match stack {
            Ok(stack) if stack.low <= here && here < stack.end => Self(stack.floor),
            _ => Self(here.saturating_sub(UNKNOWN)),
        }
    }

    /// Whether nothing more may be nested here.
    #[inline(always)]
    pub(super) fn is_reached(self) -> bool {
        here() <= self.0
    }
}

/// Where the stack stands now, about.
#[inline(always)]
fn here() -> usize {
    // Nothing is kept there: an address is all that is asked for, and to hide it from the compiler would have it
    // forget what it knows of the bytes.
    let here = MaybeUninit::<u8>::uninit();
    here.as_ptr().addr()
}

/// Looks for the stack of this thread, once.
#[cold]
fn look_cold(known: &Cell<Option<Stack>>) -> Stack {
    let (low, end) = find().unwrap_or_default();
    let floor = low + MARGIN.min((end - low) / 4);
    let stack = Stack { low, end, floor };
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

/// That of the main thread, which the C library looks for in `/proc/self/maps`, at some cost to a
/// worker's first call. Its end is where the kernel has put random bytes, beside the arguments, and it grows
/// down to the limit; one of more than 64 MiB may meet other mappings before.
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
    // SAFETY: it reads what the kernel has told of this process.
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
    // SAFETY: it asks for nothing.
    let thread = unsafe { libc::pthread_self() };
    // SAFETY: the thread is this one, which lives; there is room for the attributes.
    if unsafe { libc::pthread_getattr_np(thread, attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut low, mut len) = (std::ptr::null_mut(), 0);
    // SAFETY: the call above has made the attributes; both places live here.
    let got = unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut len) };
    // SAFETY: the call above has made them, and nothing uses them from here on.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    (got == 0).then(|| (low.addr(), low.addr().saturating_add(len)))
}

/// Elsewhere no call tells it in the same way, or not of every thread.
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

    /// How many bytes of stack are used until the floor is reached, some kilobytes a level.
    #[inline(never)]
    fn dig(floor: StackLimit, from: usize) -> usize {
        let level = std::hint::black_box([0_u8; 2048]);
        if floor.is_reached() {
            return from - level.as_ptr().addr();
        }
        dig(floor, from).max(usize::from(std::hint::black_box(level)[0]))
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
