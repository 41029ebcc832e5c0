//! Why a text makes no pool.

use std::{error::Error, fmt};

use crate::{error::debug_as_error, executor::BuildError};

/// Why a text names no executor.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolChoiceError {
    /// The text is empty.
    #[error("an empty text names no executor; choose one of {}", offered())]
    Empty,
    /// There is no executor of this name.
    #[error("no executor is called `{name}`; choose one of {}", offered())]
    #[non_exhaustive]
    Unknown {
        /// The name, without a number of workers.
        name: String,
    },
    /// The executor exists, but this program was built without it.
    #[error(
        "`{name}` is not part of this program, which would need {needs}; choose one of {}",
        offered()
    )]
    #[non_exhaustive]
    LeftOut {
        /// The executor.
        name: &'static str,
        /// What the program would need for it.
        needs: &'static str,
    },
    /// The text gives a number of workers for an executor that has none.
    #[error("`{text}` asks `{name}` for workers, of which it has none; write `{name}`")]
    #[non_exhaustive]
    NoWorkers {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
    /// The text after the colon is not a number of workers, or is too large.
    #[error("`{text}` gives no number of workers; write `{name}:8`, say")]
    #[non_exhaustive]
    NoNumber {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
    /// The number of workers is zero.
    #[error("`{text}` asks for no worker at all; write `{name}:1`, or more")]
    #[non_exhaustive]
    ZeroWorkers {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
}

/// The names of the executors that this program was built with.
pub(super) const NAMES: &[&str] = &[
    "inline",
    "threads",
    "threads:N",
    #[cfg(feature = "work-stealing")]
    "stealing",
    #[cfg(feature = "work-stealing")]
    "stealing:N",
    #[cfg(all(unix, feature = "processes"))]
    "processes",
    #[cfg(all(unix, feature = "processes"))]
    "processes:N",
];

/// The names to choose from, as a list in a sentence.
fn offered() -> String {
    let quoted: Vec<_> = NAMES.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Why a [`Pool`](crate::Pool) could not be made from a text.
#[derive(Clone)]
#[non_exhaustive]
pub enum PoolError {
    /// The text names no executor.
    Choice(PoolChoiceError),
    /// The executor could not be built.
    Build(BuildError),
    /// The text of an environment variable caused the error.
    #[non_exhaustive]
    Variable {
        /// The name of the variable.
        variable: String,
        /// The error.
        error: Box<PoolError>,
    },
}

impl From<PoolChoiceError> for PoolError {
    fn from(error: PoolChoiceError) -> Self {
        Self::Choice(error)
    }
}

impl From<BuildError> for PoolError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl Error for PoolError {
    /// The source of the inner error, whose own text is part of this one's.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Choice(error) => error.source(),
            Self::Build(error) => error.source(),
            Self::Variable { error, .. } => error.source(),
        }
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(error) => fmt::Display::fmt(error, f),
            Self::Build(error) => fmt::Display::fmt(error, f),
            Self::Variable { variable, error } => {
                write!(f, "environment variable `{variable}`: {error}")
            }
        }
    }
}

debug_as_error!(impl for PoolChoiceError, impl for PoolError);

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    #[test]
    fn what_the_system_refuses_is_a_cause_and_not_repeated() {
        let error = Arc::new(io::Error::other("no more of them"));
        let refused = BuildError::System {
            what: "a thread",
            error,
        };
        let error = PoolError::Variable {
            variable: "EXECUTOR".to_owned(),
            error: Box::new(refused.into()),
        };

        let text = "environment variable `EXECUTOR`: system refused a thread";
        assert_eq!(error.to_string(), text);
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("no more of them")
        );
        assert_eq!(
            format!("{error:?}"),
            format!("{text}\n\nCaused by:\n    no more of them")
        );
    }
}
