//! Catching a panic, with its place and backtrace.
//!
//! `catch_unwind` gives back only the payload. Place and backtrace are known to the panic hook
//! alone, while the panicking frames are still on the stack. So our hook leaves them in a
//! thread-local note, and the code that catches the panic picks the note up. The hook then calls
//! the hook that was installed before it: what a program prints on a panic stays the same.
//!
//! ```text
//!   task panics --> our hook: note place, stack --> the hook before ours
//!        |                       |
//!        v                       v
//!   catch_unwind ----------> TaskError { message, location, backtrace }
//! ```

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::{Cell, RefCell},
    fmt,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use log::Level;

use crate::error::{self, Panic, TaskError};

/// What the hook saw of this thread's last panic.
struct PanicNote {
    /// Tells this panic from another that the task itself caught before, or that was thrown past
    /// the hook.
    message: Box<str>,
    location: Option<Box<str>>,
    backtrace: Option<Box<str>>,
}

thread_local! {
    static NOTE: RefCell<Option<PanicNote>> = const { RefCell::new(None) };
    /// The number of nested `catch` calls of this thread; the hook takes notes only inside of one.
    static CATCHING: Cell<u32> = const { Cell::new(0) };
}

/// Records the place and backtrace of panics in their [`TaskError`]s.
///
/// Installs a panic hook, once for the program, that records both and then calls the hook that was
/// installed before. Backtraces are taken only if they are on (`RUST_BACKTRACE=1`). Programs whose
/// `main` carries our attribute, or that call [`init`](crate::init), have it already.
///
/// # Examples
///
/// ```
/// concurrent_futures::capture_panics();
/// let pool = concurrent_futures::ThreadPool::new();
/// let error = pool.spawn(|| -> () { panic!("here") }).result().unwrap_err();
/// assert!(error.location().is_some_and(|place| place.contains(".rs:")));
/// ```
pub fn capture_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            take_note(info);
            before(info);
        }));
    });
}

fn take_note(info: &PanicHookInfo<'_>) {
    if CATCHING.try_with(Cell::get).unwrap_or(0) == 0 {
        return;
    }
    let message = error::message_of(info.payload()).into();
    let location = info.location().map(|place| place.to_string().into());
    let stack = Backtrace::capture();
    let backtrace = (stack.status() == BacktraceStatus::Captured).then(|| stack.to_string().into());
    let _ = NOTE.try_with(|note| {
        *note.borrow_mut() = Some(PanicNote {
            message,
            location,
            backtrace,
        })
    });
}

/// Runs `body`; a panic becomes an error with message, place and backtrace.
pub(crate) fn catch<T>(body: impl FnOnce() -> T) -> Result<T, TaskError> {
    let _inside = CatchDepth::enter();
    // Unwind safety: every caller here drops or replaces the data that `body` may leave half done.
    panic::catch_unwind(AssertUnwindSafe(body)).map_err(|payload| {
        let mut panic = Panic::new(payload);
        if let Some(note) = take_note_of(&panic.message) {
            panic.location = note.location;
            panic.backtrace = note.backtrace;
        }
        TaskError::from_panic(panic)
    })
}

/// Takes the note of the panic with this message; the note of another panic stays.
fn take_note_of(message: &str) -> Option<PanicNote> {
    let taken = NOTE.try_with(|note| note.borrow_mut().take_if(|note| *note.message == *message));
    taken.unwrap_or(None)
}

/// Runs user code that is not a task (`what`); a panic of it is logged and goes no further.
pub(crate) fn contain(what: &str, body: impl FnOnce()) {
    if let Err(error) = catch(body) {
        let place = error
            .location()
            .map(|place| format!(" at {place}"))
            .unwrap_or_default();
        let message = error.message().unwrap_or_default();
        report(
            Level::Error,
            format_args!("{what} panicked{place}: {message}"),
        );
        discard(error);
    }
}

/// A value of the user's whose drop is [contained](contain), also while another panic unwinds.
pub(crate) struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }

    pub(crate) fn get(&self) -> &T {
        self.0.as_ref().expect("only dropping takes it")
    }
}

impl<T> Drop for Contained<T> {
    #[inline]
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            let value = self.0.take();
            contain("dropping what was turned into bytes", || drop(value));
        }
    }
}

/// Drops values of the user's one after another; a panic of one is logged, and the others are
/// dropped all the same.
pub(crate) fn drop_all<T>(what: &str, values: impl IntoIterator<Item = T>) {
    let mut values = values.into_iter();
    let mut is_over = false;
    while !is_over {
        contain(what, || {
            values.by_ref().for_each(drop);
            is_over = true;
        });
    }
}

/// Logs; a panic of the logger is discarded.
pub(crate) fn report(level: Level, text: fmt::Arguments<'_>) {
    if let Err(error) = catch(|| log::log!(level, "{text}")) {
        discard(error);
    }
}

/// Drops an error. Its payload is a user's value, and dropping it may panic again; the payload of
/// that panic is leaked, unless it is a text.
pub(crate) fn discard(error: TaskError) {
    if let Err(again) = panic::catch_unwind(AssertUnwindSafe(|| drop(error))) {
        error::leak_or_drop(again);
    }
}

/// A guard that counts one nested `catch`.
struct CatchDepth;

impl CatchDepth {
    #[inline]
    fn enter() -> Self {
        let _ = CATCHING.try_with(|depth| depth.set(depth.get() + 1));
        Self
    }
}

impl Drop for CatchDepth {
    #[inline]
    fn drop(&mut self) {
        let _ = CATCHING.try_with(|depth| depth.set(depth.get() - 1));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_tells_its_message_and_place() {
        capture_panics();

        let error = catch(|| -> () { panic!("spilled") }).unwrap_err();

        assert_eq!(error.message(), Some("spilled"));
        assert!(
            error
                .location()
                .is_some_and(|place| place.starts_with(file!()))
        );
    }

    #[test]
    fn the_note_of_an_inner_panic_is_not_left_for_an_outer_one() {
        capture_panics();
        let inner = catch(|| -> () { panic!("inner") }).unwrap_err();

        let outer = catch(|| panic::resume_unwind(Box::new("thrown without a hook"))).unwrap_err();

        assert!(inner.location().is_some());
        assert_eq!(outer.location(), None);
    }

    #[test]
    fn the_place_of_a_caught_panic_is_not_given_to_one_thrown_past_the_hook() {
        capture_panics();

        let error = catch(|| {
            let _ = panic::catch_unwind(|| panic!("caught by the task itself"));
            panic::resume_unwind(Box::new("thrown"));
        })
        .unwrap_err();

        assert_eq!((error.message(), error.location()), (Some("thrown"), None));
    }

    #[test]
    fn a_logger_that_panics_concerns_nobody() {
        struct Bomb;

        impl log::Log for Bomb {
            fn enabled(&self, _: &log::Metadata<'_>) -> bool {
                true
            }

            fn log(&self, _: &log::Record<'_>) {
                panic!("no paper in the log");
            }

            fn flush(&self) {}
        }

        log::set_logger(&Bomb).expect("no other test of this binary sets a logger");
        log::set_max_level(log::LevelFilter::Trace);

        contain("something", || panic!("spilled"));
    }
}
