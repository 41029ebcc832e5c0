//! The `Debug` text of errors: that of `Display`, then those of the causes.
//!
//! `?` out of `main`, `unwrap` and `expect` print `Debug`. So it begins with what a user of the
//! program can act on: the fact and the way out.

use std::{error::Error, fmt, iter};

use super::TaskError;

/// The maximum number of causes that are written, should an error be its own cause.
const MOST_CAUSES: usize = 64;

/// Implements `Debug` for errors by [`fmt_error`].
macro_rules! debug_as_error {
    ($(impl $(<$param:ident>)? for $error:ty),+ $(,)?) => {$(
        impl$(<$param>)? std::fmt::Debug for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::error::fmt_error(self, f)
            }
        }
    )+};
}
pub(crate) use debug_as_error;

/// Writes the text of an error and those of its causes.
pub(crate) fn fmt_error(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{error}")?;
    fmt_causes(error, f)
}

fn fmt_causes(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let causes = iter::successors(error.source(), |&cause| cause.source());
    for (n, cause) in causes.take(MOST_CAUSES).enumerate() {
        let heading = if n == 0 { "\n\nCaused by:" } else { "" };
        write!(f, "{heading}\n    {cause}")?;
    }
    Ok(())
}

/// Writes the text of an error of the user's, and of its `Debug` what that does not say.
pub(super) fn fmt_returned<E>(error: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result
where
    E: fmt::Debug + fmt::Display,
{
    let (text, shown) = (error.to_string(), format!("{error:?}"));
    if shown.starts_with(&text) {
        f.write_str(&shown)
    } else if shown == format!("{text:?}") {
        f.write_str(&text)
    } else {
        write!(f, "{text} [{shown}]")
    }
}

/// The text, then kind, task and place in brackets, then the causes.
impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_string();
        // Several lines are those of a worker, which a bracket is no part of.
        let gap = if text.contains('\n') { '\n' } else { ' ' };
        write!(f, "{text}{gap}[{:?}", self.kind())?;
        if let Some(task) = self.task() {
            write!(f, ", task `{task}`")?;
        }
        if let Some(location) = self.location() {
            write!(f, ", at {location}")?;
        }
        f.write_str("]")?;
        fmt_causes(self, f)
    }
}
