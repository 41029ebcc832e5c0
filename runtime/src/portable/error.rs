//! An error that crosses process boundaries, made from any other error by `?`.
//!
//! It is an [`Error`] itself, so that `?` turns it into whatever its caller returns, and so that it
//! stands in [`Failure`](crate::Failure) like any error. That excludes `impl<E: Error> From<E>`,
//! which would also cover the type itself, for which `core` has an impl already (coherence). So the
//! impl excludes the type by an auto trait: other errors are `Unpin`, and `PortableError` is not.
//! Errors are never pinned, and futures of them are `Unpin` all the same. An error with a
//! `PortableError` as a direct field is not `Unpin` either, and has no such `From`: `Failure`
//! implements `Unpin` by hand, and other errors keep it in a box.

use std::{any, error::Error, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::debug_as_error;

/// Any error in a form that can be sent to another process: its text, the texts of its causes, and
/// the name of its type.
///
/// `?` makes it from any type that converts into a `Box<dyn Error + Send + Sync>`: errors of `std`
/// and of other crates, `anyhow::Error`, strings. An error of your own that contains a
/// `PortableError` keeps it in a `Box`, so that `?` works on it. At most 63 causes are kept; if
/// there were more, the last one says so.
///
/// Two errors are equal if their texts and the names of their types are.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn port(text: &str) -> Result<u16, PortableError> {
///     let port: u16 = text.trim().parse()?;
///     if port < 1024 {
///         Err("that port is the system's")?;
///     }
///     Ok(port)
/// }
///
/// let pool = ThreadPool::new();
/// assert_eq!(port::submit(&pool, " 8080").try_result()?, 8080);
/// let failure = port::submit(&pool, "http").try_result().unwrap_err();
/// assert_eq!(failure.to_string(), "invalid digit found in string");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PortableError(Box<Repr>);

#[derive(Clone, PartialEq, Eq)]
struct Repr {
    type_name: String,
    chain: CauseText,
}

/// The text of an error, and of its causes.
#[derive(Clone, PartialEq, Eq)]
struct CauseText {
    text: String,
    cause: Option<Box<CauseText>>,
}

// Never holds. The lifetime makes the bound look generic, else the compiler rejects a bound that is
// always false.
impl Unpin for PortableError where for<'never> Repr: Never {}

/// A trait without implementations.
#[diagnostic::on_unimplemented(
    message = "this error holds a `PortableError`, and so turns into none",
    note = "keep the `PortableError` in a `Box` there"
)]
trait Never {}

impl<E> From<E> for PortableError
where
    E: Into<Box<dyn Error + Send + Sync>> + Unpin,
{
    fn from(error: E) -> Self {
        let error = error.into();
        Self::new(any::type_name::<E>(), texts(&*error))
    }
}

/// The maximum number of texts: the error's own, those of its causes, and the note that there are
/// more.
const MOST: usize = 64;

/// The last text of a chain that was cut.
const MORE: &str = "… (cut; there are more causes)";

/// The error's text, and those of its causes.
fn texts(mut error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    // Bounded, should an error be its own cause; one more text than the maximum says that there are
    // more.
    while let Some(cause) = error.source()
        && texts.len() <= MOST
    {
        texts.push(cause.to_string());
        error = cause;
    }
    texts
}

impl PortableError {
    fn new(type_name: impl Into<String>, mut texts: Vec<String>) -> Self {
        if texts.len() > MOST {
            texts.truncate(MOST - 1);
            texts.push(MORE.to_owned());
        }
        let chain = texts.into_iter().rev().fold(None, |cause, text| {
            Some(Box::new(CauseText { text, cause }))
        });
        let chain = chain.map_or_else(CauseText::empty, |chain| *chain);
        let type_name = type_name.into();
        Self(Box::new(Repr { type_name, chain }))
    }

    /// Returns the name of the type that it was made from, with its path.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::PortableError;
    ///
    /// let error = PortableError::from(std::fmt::Error);
    /// assert_eq!(error.type_name(), "core::fmt::Error");
    /// ```
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.0.type_name
    }

    fn causes(&self) -> impl Iterator<Item = &CauseText> {
        let first = self.0.chain.cause.as_deref();
        std::iter::successors(first, |link| link.cause.as_deref())
    }
}

impl CauseText {
    fn empty() -> Self {
        let (text, cause) = (String::new(), None);
        Self { text, cause }
    }
}

impl Error for PortableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.chain.source()
    }
}

impl Error for CauseText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause = self.cause.as_deref()?;
        Some(cause)
    }
}

impl fmt::Display for PortableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chain.fmt(f)
    }
}

impl fmt::Display for CauseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

debug_as_error!(impl for PortableError);

impl fmt::Debug for CauseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PortableError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = std::iter::once(&self.0.chain).chain(self.causes());
        let texts: Vec<&str> = texts.map(|link| &*link.text).collect();
        (self.type_name(), texts).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PortableError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (type_name, texts) = <(String, Vec<String>)>::deserialize(deserializer)?;
        Ok(Self::new(type_name, texts))
    }
}
