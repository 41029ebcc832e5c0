//! The texts that name an executor.

use std::{fmt, num::NonZeroUsize, str::FromStr};

use super::{
    Pool,
    error::{NAMES, PoolChoiceError, PoolError},
};
#[cfg(all(unix, feature = "processes"))]
use crate::processes::ProcessPool;
#[cfg(feature = "work-stealing")]
use crate::work_stealing::WorkStealingPool;
use crate::{executor::Inline, threads::ThreadPool};

/// The name of an executor, parsed; for a command-line option or a setting.
///
/// It is parsed from a text and displayed as that text; [`build`](Self::build) makes the pool.
/// Blanks around the text are ignored; case matters. [`Pool`] lists the names; the names of
/// executors that this program was built without are errors. `+skip` at the end, as in
/// `threads:8+skip`, asks for [`Pool::skip_unsupported`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::PoolChoice;
///
/// let choice: PoolChoice = "threads:8".parse()?;
/// let pool = choice.build()?;
/// assert_eq!(pool.to_string(), "threads:8");
///
/// let error = "inline:3".parse::<PoolChoice>().unwrap_err();
/// let text = "`inline:3` asks `inline` for workers, of which it has none; write `inline`";
/// assert_eq!(error.to_string(), text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An option may have this type wherever `FromStr` is enough; for clap the field is
/// `#[arg(long, default_value = "threads")] on: PoolChoice`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PoolChoice {
    kind: ExecutorKind,
    workers: Option<NonZeroUsize>,
    skips_unsupported: bool,
}

/// The end of a text that asks for [`Pool::skip_unsupported`].
pub(super) const SKIP: &str = "+skip";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ExecutorKind {
    Inline,
    Threads,
    #[cfg(feature = "work-stealing")]
    Stealing,
    #[cfg(all(unix, feature = "processes"))]
    Processes,
}

impl PoolChoice {
    /// The names to choose from, for a help text; `N` stands for a number of workers.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::PoolChoice;
    ///
    /// println!("  --on EXECUTOR   one of {}", PoolChoice::NAMES.join(", "));
    /// ```
    pub const NAMES: &'static [&'static str] = NAMES;

    /// Builds the pool.
    ///
    /// A work-stealing pool starts all its workers at once, the others start none yet.
    ///
    /// # Errors
    ///
    /// [`PoolError::Build`] if the pool cannot be built, for example with too many workers, or
    /// of processes in a program that cannot be its own worker.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::PoolChoice;
    ///
    /// let pool = "threads:2".parse::<PoolChoice>()?.build()?;
    /// assert_eq!(pool.to_string(), "threads:2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(&self) -> Result<Pool, PoolError> {
        let workers = self.workers.map(NonZeroUsize::get);
        let pool: Pool = match (self.kind, workers) {
            (ExecutorKind::Inline, _) => Inline.into(),
            (ExecutorKind::Threads, None) => ThreadPool::builder().build()?.into(),
            (ExecutorKind::Threads, Some(workers)) => {
                ThreadPool::builder().workers(workers).build()?.into()
            }
            #[cfg(feature = "work-stealing")]
            (ExecutorKind::Stealing, None) => WorkStealingPool::new()?.into(),
            #[cfg(feature = "work-stealing")]
            (ExecutorKind::Stealing, Some(workers)) => {
                WorkStealingPool::builder().workers(workers).build()?.into()
            }
            #[cfg(all(unix, feature = "processes"))]
            (ExecutorKind::Processes, None) => ProcessPool::builder().build()?.into(),
            #[cfg(all(unix, feature = "processes"))]
            (ExecutorKind::Processes, Some(workers)) => {
                ProcessPool::builder().workers(workers).build()?.into()
            }
        };
        let mut pool = if self.skips_unsupported {
            pool.skip_unsupported()
        } else {
            pool
        };
        pool.name = self.to_string();
        Ok(pool)
    }
}

impl FromStr for PoolChoice {
    type Err = PoolChoiceError;

    fn from_str(text: &str) -> Result<Self, PoolChoiceError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PoolChoiceError::Empty);
        }
        let choice = text.strip_suffix(SKIP);
        let skips_unsupported = choice.is_some();
        let choice = choice.unwrap_or(text);
        let (name, number) = match choice.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (choice, None),
        };
        let kind = ExecutorKind::called(name)?;
        let workers = number.map(|number| kind.workers(text, number));
        let workers = workers.transpose()?;
        Ok(Self {
            kind,
            workers,
            skips_unsupported,
        })
    }
}

impl ExecutorKind {
    fn called(name: &str) -> Result<Self, PoolChoiceError> {
        match name {
            "inline" => Ok(Self::Inline),
            "threads" => Ok(Self::Threads),
            #[cfg(feature = "work-stealing")]
            "stealing" => Ok(Self::Stealing),
            #[cfg(not(feature = "work-stealing"))]
            "stealing" => Err(PoolChoiceError::LeftOut {
                name: "stealing",
                needs: "the cargo feature `work-stealing`",
            }),
            #[cfg(all(unix, feature = "processes"))]
            "processes" => Ok(Self::Processes),
            #[cfg(not(all(unix, feature = "processes")))]
            "processes" => Err(PoolChoiceError::LeftOut {
                name: "processes",
                needs: "a Unix and the cargo feature `processes`",
            }),
            _ => {
                let name = name.to_owned();
                Err(PoolChoiceError::Unknown { name })
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Threads => "threads",
            #[cfg(feature = "work-stealing")]
            Self::Stealing => "stealing",
            #[cfg(all(unix, feature = "processes"))]
            Self::Processes => "processes",
        }
    }

    /// The number of workers that `text` asks for; `number` is its part after the colon.
    fn workers(self, text: &str, number: &str) -> Result<NonZeroUsize, PoolChoiceError> {
        let (text, name) = (text.to_owned(), self.name());
        if self == Self::Inline {
            return Err(PoolChoiceError::NoWorkers { text, name });
        }
        match number.parse::<usize>().map(NonZeroUsize::new) {
            Ok(Some(workers)) => Ok(workers),
            Ok(None) => Err(PoolChoiceError::ZeroWorkers { text, name }),
            Err(_) => Err(PoolChoiceError::NoNumber { text, name }),
        }
    }
}

impl fmt::Display for PoolChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kind.name();
        let skip = if self.skips_unsupported { SKIP } else { "" };
        match self.workers {
            Some(workers) => f.pad(&format!("{name}:{workers}{skip}")),
            None => f.pad(&format!("{name}{skip}")),
        }
    }
}

#[cfg(all(test, not(all(unix, feature = "processes", feature = "work-stealing"))))]
mod tests {
    use super::PoolChoice;

    #[test]
    fn an_executor_that_was_left_out_is_named_but_not_offered() {
        let left_out = ["processes", "stealing"]
            .into_iter()
            .filter(|name| !PoolChoice::NAMES.contains(name));

        for name in left_out {
            let error = format!("{name}:2").parse::<PoolChoice>().unwrap_err();

            let start = format!("`{name}` is not part of this program, which would need ");
            assert!(error.to_string().starts_with(&start), "{error}");
        }
    }
}
