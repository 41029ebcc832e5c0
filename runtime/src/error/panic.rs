//! What is known of a panic, and how it goes on.

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

/// What is known of a panic.
pub(crate) struct Panic {
    /// The panic's message, or words that say that it had none.
    pub(crate) message: Box<str>,
    /// `file:line:column`, if our hook saw the panic.
    pub(crate) location: Option<Box<str>>,
    /// The stack as text, if our hook saw the panic and backtraces are on.
    pub(crate) backtrace: Option<Box<str>>,
    /// What was thrown, for whoever lets the panic go on first.
    pub(crate) payload: Mutex<Option<Box<dyn Any + Send>>>,
    /// Whether a caller was given the error. Written through any clone, read by the
    /// scope of the call.
    is_given: AtomicBool,
}

impl TaskError {
    /// The panic's message.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.panic().map(|panic| &*panic.message)
    }

    /// Where the task panicked, as `file:line:column`.
    ///
    /// Known if [`capture_panics`](crate::capture_panics) was called before.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.location.as_deref())
    }

    /// The stack of the task when it panicked.
    ///
    /// Known if [`capture_panics`](crate::capture_panics) was called before and
    /// backtraces are on (`RUST_BACKTRACE=1`).
    #[must_use]
    pub fn backtrace(&self) -> Option<&str> {
        self.panic().and_then(|panic| panic.backtrace.as_deref())
    }

    /// Lets the task's panic go on in this thread.
    ///
    /// The first of an error's clones throws what the task threw; the others
    /// throw its message.
    ///
    /// # Panics
    ///
    /// Always: with the task's panic, or with this error's text if it is no panic.
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

    /// The task panicked, and this is what is known of it.
    pub(crate) fn from_panic(panic: Panic) -> Self {
        Self::from(ErrorDetail::Panicked(panic))
    }

    /// This error, given to a caller: its panic is theirs to deal with.
    pub(crate) fn given(self) -> Self {
        if let Some(panic) = self.panic() {
            // ORDERING: nothing is read on the strength of it.
            panic.is_given.store(true, atomic::Ordering::Relaxed);
        }
        self
    }

    /// Whether a caller was given the panic that this is, or a clone of it; true of what is
    /// no panic.
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
    /// What can be read off the payload alone.
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

/// Drops what the drop of a user's value has thrown, if that is a text. Any other value may throw again, and is
/// leaked.
pub(crate) fn leak_or_drop(thrown: Box<dyn Any + Send>) {
    if !thrown.is::<&str>() && !thrown.is::<String>() {
        mem::forget(thrown);
    }
}

/// The text that a panic carries: that of `panic!`, and what is known of a value that was thrown.
///
/// Only types that are named here can be told apart. Runs no user code: a panic hook asks this too.
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

/// The text that a payload of one of `std`'s types is.
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

/// A plain value and its type, as text.
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
    // The text of such an error may be what a user's type writes.
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
