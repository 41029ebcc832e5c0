//! What a worker is started as, and what it runs before its first call.

use std::{ffi::OsString, fmt, path::PathBuf};

use super::ProcessPoolBuilder;
use crate::{processes::parent::spawn::initializer::Initializer, task::Remote};

/// What workers are started as, and what each of them runs first.
impl ProcessPoolBuilder {
    /// Sets a call that each worker runs before any other call.
    ///
    /// A panic breaks the pool for good: calls that are pending, and later ones, fail with
    /// [`is_executor_broken`](crate::TaskError::is_executor_broken).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::sync::OnceLock;
    ///
    /// /// Each process has its own.
    /// static LANGUAGE: OnceLock<String> = OnceLock::new();
    ///
    /// #[task]
    /// fn set_language(language: String) { LANGUAGE.get_or_init(|| language); }
    ///
    /// #[task]
    /// fn language() -> Option<String> { LANGUAGE.get().cloned() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let call = set_language { language: "en".to_owned() };
    ///     let pool = ProcessPool::builder().initializer(call).build()?;
    ///     assert_eq!(language::submit(&pool).result()?.as_deref(), Some("en"));
    ///     assert_eq!(language(), None);
    ///     Ok(())
    /// }
    /// ```
    pub fn initializer<T: Remote>(mut self, call: T) -> Self {
        self.initializer = Some(Initializer::new(call));
        self
    }

    /// Sets a call that each worker runs before any other call, and that may fail.
    ///
    /// An `Err` breaks the pool as a panic does; the errors of the calls contain its text.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{ProcessPool, prelude::*};
    ///
    /// #[task]
    /// fn take_licence() -> Result<(), String> { Err("none left".to_owned()) }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().try_initializer(take_licence {}).build()?;
    ///     let error = take_licence::submit(&pool).result().unwrap_err();
    ///     assert_eq!(error.to_string(), "executor is broken: initializer failed: none left");
    ///     Ok(())
    /// }
    /// ```
    pub fn try_initializer<T, E>(mut self, call: T) -> Self
    where
        T: Remote<Output = Result<(), E>>,
        E: fmt::Display,
    {
        self.initializer = Some(Initializer::fallible(call));
        self
    }

    /// Sets the program that workers run, in place of the running one.
    ///
    /// It must be the very same build: a worker of another build is refused. For programs whose
    /// file is replaced or removed while they run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().program(std::env::current_exe()?).build()?;
    ///     assert_eq!(double::submit(&pool, 21).result()?, 42);
    ///     Ok(())
    /// }
    /// ```
    pub fn program(mut self, file: impl Into<PathBuf>) -> Self {
        self.program = Some(file.into());
        self
    }

    /// Sets the command-line arguments of the workers, in place of those of this program.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn arguments() -> Vec<String> { std::env::args().skip(1).collect() }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().args(["--quiet"]).build()?;
    ///     assert_eq!(arguments::submit(&pool).result()?, ["--quiet"]);
    ///     Ok(())
    /// }
    /// ```
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments = Some(arguments.into_iter().map(Into::into).collect());
        self
    }

    /// Sets whether tasks in the workers may make process pools of their own.
    ///
    /// `false` by default: a pool in a worker is then refused with
    /// [`BuildError::InWorker`](crate::BuildError::InWorker).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[task]
    /// fn double_elsewhere(n: u64) -> Result<u64, PortableError> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     Ok(double::submit(&pool, n).result()?)
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).nested(true).build()?;
    ///     assert_eq!(double_elsewhere::submit(&pool, 21).try_result()?, 42);
    ///     Ok(())
    /// }
    /// ```
    pub fn nested(mut self, allowed: bool) -> Self {
        self.nested = allowed;
        self
    }
}
