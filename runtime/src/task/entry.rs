//! A task in the registry, and the key that names it in each process of the program.
//!
//! ```text
//!   key = name, if it was given one     else path @ file:line:column
//!         + signature: parameters and result, as they were written
//! ```
//!
//! The path is that of the call's type, which distinguishes two tasks of one name in two
//! functions of a module; `module_path!` does not.

use std::{borrow::Cow, fmt, sync::OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    error::{TaskError, debug_as_error},
    portable::Parts,
};

/// A task of this program, in the registry.
pub struct Entry {
    pub(super) name: &'static str,
    has_own_name: bool,
    type_name: fn() -> &'static str,
    pub(super) place: Place,
    pub(super) signature: u64,
    pub(super) run: Option<RunFn>,
    /// The path by which the entry is found; computed on first use.
    path: OnceLock<String>,
    /// The position in the sorted registry; computed on first use.
    #[cfg(all(unix, feature = "processes"))]
    pub(super) index: OnceLock<Result<u32, RegistryError>>,
}

/// Runs a call from the bytes of its arguments.
pub type RunFn = fn(&[u8], &mut Parts) -> Result<(), TaskError>;

/// A location in source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The key of a task: names it in each process that runs the program.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{prelude::*, remote};
///
/// #[task(name = "store.price")]
/// fn price(articles: u32) -> u32 { articles * 3 }
///
/// let entry = remote::tasks()?.iter().find(|entry| entry.name() == "store.price");
/// let key = entry.expect("the task is in this program").key();
/// assert_eq!(key.to_string(), "store.price");
/// assert_eq!(remote::find(&key)?.name(), "store.price");
/// # Ok::<(), remote::RegistryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    pub(super) path: Cow<'static, str>,
    pub(super) signature: u64,
}

/// Why a task was not found.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two tasks of this program have the same name.
    #[error(
        "two tasks are named `{name}`, at {first} and at {second}; give one of them another `name`"
    )]
    #[non_exhaustive]
    Clash {
        /// The name.
        name: String,
        /// The location of one of them.
        first: Place,
        /// The location of the other.
        second: Place,
    },
    /// This program has no task of this key.
    #[error(
        "no task `{key}` in this program; \
         link its crate, and give it a `name` if the programs are different builds"
    )]
    #[non_exhaustive]
    Unknown {
        /// What was looked for.
        key: TaskKey,
    },
    /// The task of this name has another signature.
    #[error(
        "task `{key}` has another signature in this program; \
         build both programs from the same sources"
    )]
    #[non_exhaustive]
    Changed {
        /// What was looked for.
        key: TaskKey,
    },
}

debug_as_error!(impl for RegistryError);

impl Entry {
    /// Makes an entry; for the code that `#[task]` writes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        (name, has_own_name): (&'static str, bool),
        type_name: fn() -> &'static str,
        place: Place,
        signature: u64,
        run: Option<RunFn>,
    ) -> Self {
        Self {
            name,
            has_own_name,
            type_name,
            place,
            signature,
            run,
            path: OnceLock::new(),
            #[cfg(all(unix, feature = "processes"))]
            index: OnceLock::new(),
        }
    }

    /// Returns the task's name, as [`Task::name`](crate::Task::name) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{prelude::*, remote};
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// let mut names = remote::tasks()?.iter().map(|entry| entry.name());
    /// assert!(names.any(|name| name.ends_with("::shout")));
    /// # Ok::<(), remote::RegistryError>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the location of the task in the source code.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{prelude::*, remote};
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// for entry in remote::tasks()? {
    ///     println!("{} is defined at {}", entry.name(), entry.place());
    ///     assert!(entry.place().to_string().contains(".rs:"));
    /// }
    /// # Ok::<(), remote::RegistryError>(())
    /// ```
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Returns the key that finds the task in another process of the program, or in another
    /// build of it if the task has a `name`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{prelude::*, remote};
    ///
    /// #[task(name = "text.shout")]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// let mut keys = remote::tasks()?.iter().map(|entry| entry.key().to_string());
    /// assert!(keys.any(|key| key == "text.shout"));
    /// # Ok::<(), remote::RegistryError>(())
    /// ```
    #[must_use]
    pub fn key(&'static self) -> TaskKey {
        TaskKey {
            path: self.path().into(),
            signature: self.signature,
        }
    }

    pub(super) fn path(&self) -> &str {
        self.path.get_or_init(|| {
            if self.has_own_name {
                self.name.to_owned()
            } else {
                format!("{}@{}", (self.type_name)(), self.place)
            }
        })
    }

    /// Runs a call on this thread: decodes its arguments, runs the task, encodes the result.
    ///
    /// `arguments` are the bytes of one [`Part`](crate::remote::Part) of a call, as
    /// [`to_vec`](crate::remote::Part::to_vec) returns them. Blocks as the task does.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] that [`is_decode`](TaskError::is_decode) if the bytes are not arguments
    /// of the task, [`is_panicked`](TaskError::is_panicked) if it panics, and
    /// [`is_encode`](TaskError::is_encode) if its result cannot be encoded. An `Err` that the
    /// task returns is a result.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{prelude::*, remote};
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// let tasks = remote::tasks().expect("no two tasks have one name");
    /// let entry = tasks.iter().find(|entry| entry.name().ends_with("::shout")).expect("it is above");
    /// let error = entry.run(b"no arguments").unwrap_err();
    /// assert!(error.is_decode());
    /// ```
    pub fn run(&self, arguments: &[u8]) -> Result<Vec<u8>, TaskError> {
        let mut parts = Parts::new();
        self.run_into(arguments, &mut parts)?;
        let result = parts.iter().next();
        Ok(result.expect("a call that ran has one result").to_vec())
    }
}

impl Entry {
    /// Runs a call as [`run`](Self::run) does; adds its result to `parts`, as one part.
    pub(crate) fn run_into(&self, arguments: &[u8], parts: &mut Parts) -> Result<(), TaskError> {
        let run = self
            .run
            .expect("an entry that cannot run is not registered");
        run(arguments, parts).map_err(|error| error.of_task(self.name))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("place", &format_args!("{}", self.place))
            .finish_non_exhaustive()
    }
}

impl TaskKey {
    /// Returns a hash of the task's parameters and result, as they are written in its source.
    ///
    /// It does not notice a type that has changed under the same name.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{prelude::*, remote};
    ///
    /// #[task(name = "text.loud")]
    /// fn loud(text: &str) -> String { text.to_uppercase() }
    ///
    /// #[task(name = "text.length")]
    /// fn length(text: &str) -> usize { text.len() }
    ///
    /// let tasks = remote::tasks()?;
    /// let key_of = |name| tasks.iter().find(|entry| entry.name() == name).map(|entry| entry.key());
    /// let signature_of = |name| key_of(name).map(|key| key.signature());
    /// assert_ne!(signature_of("text.loud"), signature_of("text.length"));
    /// # Ok::<(), remote::RegistryError>(())
    /// ```
    #[must_use]
    pub fn signature(&self) -> u64 {
        self.signature
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl Serialize for TaskKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.path, self.signature).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TaskKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (path, signature) = Deserialize::deserialize(deserializer)?;
        Ok(Self { path, signature })
    }
}
