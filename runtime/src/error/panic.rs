//! The data of a panic, and resuming it.

use std::{
    any::Any,
    borrow::Cow,
    cmp::Ordering,
    mem,
    num::{NonZeroI32, NonZeroI64, NonZeroU8, NonZeroU32, NonZeroU64, NonZeroUsize},
    sync::{
        Arc, Mutex,
        atomic::{self, AtomicBool},
    },
    time::Duration,
};

use super::{ErrorDetail, TaskError};

/// The data of a panic.
pub(crate) struct Panic {
    /// The panic's message, or a text that says that it had none.
    pub(crate) message: Box<str>,
    /// `file:line:column`, if our hook saw the panic.
    pub(crate) location: Option<Box<str>>,
    /// The stack as text, if our hook saw the panic and backtraces are on.
    pub(crate) backtrace: Option<Box<str>>,
    /// The payload; the first `resume` takes it.
    pub(crate) payload: Mutex<Option<Box<dyn Any + Send>>>,
    /// Whether a caller was given the error. Written through any clone, read by the
    /// scope of the call.
    is_given: AtomicBool,
}

impl TaskError {
    /// Returns the panic's message, if the task panicked.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
    /// assert_eq!(error.message(), Some("out of paper"));
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.panic().map(|panic| &*panic.message)
    }

    /// Returns where the task panicked, as `file:line:column`.
    ///
    /// `None` unless [`capture_panics`](crate::capture_panics) was called before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// concurrent_futures::capture_panics(); // as `#[concurrent_futures::main]` and `init` do
    /// let pool = ThreadPool::new();
    /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
    /// assert!(error.location().is_some_and(|location| location.contains(".rs:")));
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.location.as_deref())
    }

    /// Returns the backtrace of the task's panic, as text.
    ///
    /// `None` unless [`capture_panics`](crate::capture_panics) was called before and backtraces
    /// are enabled (`RUST_BACKTRACE=1`).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// concurrent_futures::capture_panics(); // as `#[concurrent_futures::main]` and `init` do
    /// let pool = ThreadPool::new();
    /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
    /// match error.backtrace() {
    ///     Some(backtrace) => println!("{backtrace}"),
    ///     None => println!("set RUST_BACKTRACE=1 to see where"),
    /// }
    /// ```
    #[must_use]
    pub fn backtrace(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.backtrace.as_deref())
    }

    /// Resumes the task's panic on this thread.
    ///
    /// The first of an error's clones panics with the task's payload, the others with its
    /// message.
    ///
    /// # Panics
    ///
    /// Always: with the task's panic, or with this error's text if the task did not panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::panic::{AssertUnwindSafe, catch_unwind};
    ///
    /// let pool = ThreadPool::new();
    /// let error = pool.spawn(|| panic!("out of paper")).result().unwrap_err();
    /// let payload = catch_unwind(AssertUnwindSafe(|| error.resume())).unwrap_err();
    /// assert_eq!(payload.downcast_ref(), Some(&"out of paper"));
    /// ```
    pub fn resume(self) -> ! {
        let thrown = self.panic().and_then(|panic| panic.take_payload());
        match thrown {
            Some(payload) => std::panic::resume_unwind(payload),
            None => panic!(
                "{}",
                self.message()
                    .map_or_else(|| self.to_string(), str::to_owned)
            ),
        }
    }

    /// Makes the error of a task that panicked.
    pub(crate) fn from_panic(panic: Panic) -> Self {
        Self::from(ErrorDetail::Panicked(panic))
    }

    /// Marks the error as given to a caller, who handles its panic.
    pub(crate) fn given(self) -> Self {
        if let Some(panic) = self.panic() {
            // ORDERING: Relaxed, since it publishes no other data.
            panic.is_given.store(true, atomic::Ordering::Relaxed);
        }
        self
    }

    /// Whether a caller was given this panic, or a clone of it; true for other errors.
    pub(crate) fn is_given(&self) -> bool {
        self.panic()
            // ORDERING: as in `given`.
            .is_none_or(|panic| panic.is_given.load(atomic::Ordering::Relaxed))
    }

    fn panic(&self) -> Option<&Panic> {
        match &self.0.reason {
            ErrorDetail::Panicked(panic) => Some(panic),
            _ => None,
        }
    }
}

impl Panic {
    /// Makes the data that the payload alone gives.
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self {
            message: message_of(&*payload).into(),
            location: None,
            backtrace: None,
            payload: Mutex::new(Some(payload)),
            is_given: AtomicBool::new(false),
        }
    }

    fn take_payload(&self) -> Option<Box<dyn Any + Send>> {
        self.payload
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .take()
    }
}

/// Drops the payload of a panic in the drop of a user's value, if it is a text. Any other
/// payload may panic again when dropped, and is leaked.
pub(crate) fn leak_or_drop(thrown: Box<dyn Any + Send>) {
    if !thrown.is::<&str>() && !thrown.is::<String>() {
        mem::forget(thrown);
    }
}

/// The message of a panic: the text of `panic!`, or a description of another payload.
///
/// Only the types that are named here are described. Runs no user code, since a panic hook
/// calls it too.
pub(crate) fn message_of(payload: &dyn Any) -> Cow<'_, str> {
    if let Some(text) = payload.downcast_ref::<&str>() {
        Cow::Borrowed(text)
    } else if let Some(text) = payload.downcast_ref::<String>() {
        Cow::Borrowed(text)
    } else {
        message_of_value_cold(payload)
    }
}

#[cold]
fn message_of_value_cold(payload: &dyn Any) -> Cow<'_, str> {
    if let Some(text) = text_of(payload) {
        return Cow::Borrowed(text);
    }
    let value = value_of(payload);
    value.map_or(
        Cow::Borrowed("a value of a type that is no text or number was thrown"),
        |value| Cow::Owned(format!("a value was thrown: {value}")),
    )
}

/// The text of a payload of one of `std`'s text types.
fn text_of(payload: &dyn Any) -> Option<&str> {
    macro_rules! first_of {
        ($($ty:ty),*) => {
            None$(.or_else(|| payload.downcast_ref::<$ty>().map(|text| &**text)))*
        };
    }
    let strings: Option<&String> = first_of!(Box<String>, Arc<String>, &String);
    let text: Option<&str> = first_of!(Box<str>, Arc<str>, Cow<'static, str>);
    text.or_else(|| strings.map(String::as_str))
}

/// A plain value with its type, as text.
fn value_of(payload: &dyn Any) -> Option<String> {
    macro_rules! first_of {
        ($($ty:ident)*) => {$(
            if let Some(value) = payload.downcast_ref::<$ty>() {
                return Some(format!("{value:?} ({})", stringify!($ty)));
            }
        )*};
    }
    first_of!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char);
    first_of!(NonZeroI32 NonZeroI64 NonZeroU8 NonZeroU32 NonZeroU64 NonZeroUsize);
    first_of!(Duration Ordering);
    if payload.is::<()>() {
        return Some("()".to_owned());
    }
    // Not its text, which a user's type may write.
    let error = payload.downcast_ref::<TaskError>()?;
    Some(format!("{} (TaskError)", error.kind()))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn thrown(value: impl Any + Send) -> String {
        let payload: Box<dyn Any + Send> = Box::new(value);
        message_of(&*payload).into_owned()
    }

    #[test]
    fn texts_of_all_kinds_are_told_as_they_are() {
        let texts = [
            thrown("spilled"),
            thrown("spilled".to_owned()),
            thrown(Box::<str>::from("spilled")),
            thrown(Arc::<str>::from("spilled")),
            thrown(Cow::Borrowed("spilled")),
            thrown(Box::new("spilled".to_owned())),
        ];

        assert!(texts.iter().all(|text| text == "spilled"), "{texts:?}");
    }

    #[test]
    fn a_plain_value_is_told_with_its_type() {
        let values = [
            (thrown(17), "17 (i32)"),
            (thrown(u64::MAX), "18446744073709551615 (u64)"),
            (thrown(-0.5_f32), "-0.5 (f32)"),
            (thrown(true), "true (bool)"),
            (thrown('é'), "'é' (char)"),
            (thrown(()), "()"),
            (thrown(Duration::from_millis(1_500)), "1.5s (Duration)"),
            (thrown(TaskError::cancelled()), "cancelled (TaskError)"),
        ];

        for (text, told) in values {
            assert_eq!(text, format!("a value was thrown: {told}"));
        }
    }

    #[test]
    fn any_other_value_is_said_to_be_no_text_or_number() {
        struct Opaque;

        let expected = "a value of a type that is no text or number was thrown";
        assert_eq!(thrown(Opaque), expected);
        assert_eq!(thrown(vec![1_u8]), expected);
    }
}
