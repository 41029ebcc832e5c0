//! The builder of a process pool.

// First, so that the docs of the builder begin with `workers`.
mod limits;

mod defaults;
mod entry;
mod output;
mod startup;

use std::{
    ffi::OsString,
    fmt, io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use super::{
    io::{
        leader_followers,
        shared::{Plan, Shared},
        waker::Waker,
    },
    pool::{ProcessPool, TELLS_MEMORY},
    scheduler::SchedulerConfig,
    spawn::{command::WorkerCommand, initializer::Initializer, supervisor::Supervisor},
    stderr::options::OutputOptions,
};
use crate::{
    executor::{BuildError, SkipLog},
    exit,
    processes::{
        IS_WORKER, MAY_NEST,
        os::{program::Program, rights},
        shared::table::Table,
        wire::{
            control::RawBytes,
            handshake::{SystemFeatures, Welcome},
            identity::Identity,
        },
    },
    task::Options,
};
use entry::Entry;

/// The least frame limit: no call and no result is shorter.
const MIN_FRAME: u64 = 64;

/// The maximum number of workers: more processes than any pool should have.
const MAX_WORKERS: usize = 4096;

/// Configures a [`ProcessPool`]; made by [`ProcessPool::builder`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::{ProcessPool, prelude::*};
/// use std::time::Duration;
///
/// #[task]
/// fn warm_up() {}
///
/// #[concurrent_futures::main]
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let pool = ProcessPool::builder()
///         .workers(2)
///         .max_pending(10_000)
///         .max_tasks(1_000)
///         .idle_timeout(Duration::from_secs(30))
///         .initializer(warm_up {})
///         .build()?;
///     warm_up::submit(&pool).result()?;
///     Ok(())
/// }
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ProcessPoolBuilder {
    workers: usize,
    bound: Option<usize>,
    idle_timeout: Option<Duration>,
    max_tasks: Option<u64>,
    start_timeout: Duration,
    frame_limit: u64,
    record_times: bool,
    skip_unsupported: bool,
    /// The options of calls that neither the call nor its task sets.
    defaults: Options,
    initializer: Option<Initializer>,
    program: Option<PathBuf>,
    arguments: Option<Vec<OsString>>,
    nested: bool,
    pub(crate) output_options: OutputOptions,
    features: SystemFeatures,
}

impl ProcessPoolBuilder {
    pub(crate) fn new() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            bound: None,
            idle_timeout: None,
            max_tasks: None,
            start_timeout: Duration::from_secs(10),
            frame_limit: 1 << 30,
            record_times: false,
            skip_unsupported: false,
            defaults: Options::new(),
            initializer: None,
            program: None,
            arguments: None,
            nested: false,
            output_options: OutputOptions::default(),
            features: SystemFeatures::ALL,
        }
    }

    /// Does not use the parent-death signal: workers learn from their connection alone that the
    /// program is gone.
    #[cfg(feature = "test-hooks")]
    #[doc(hidden)]
    pub fn without_death_signal(mut self) -> Self {
        self.features.death_signal = false;
        self
    }

    /// Makes the pool. Starts no worker yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the setting that makes no sense, or the reason why this program cannot
    /// have such a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{BuildError, prelude::*};
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(2).build()?;
    ///     assert!(pool.pids().is_empty());
    ///
    ///     let refused = ProcessPool::builder().workers(0).build();
    ///     assert!(matches!(refused, Err(BuildError::ZeroWorkers)));
    ///     Ok(())
    /// }
    /// ```
    pub fn build(self) -> Result<ProcessPool, BuildError> {
        self.check()?;
        let config = self.scheduler_config();
        let entry = Entry::find()?;
        let identity = Identity::of_this_program()?;
        let program = self.program.map(Program::named);
        let program = program.map_or_else(Program::own, Ok)?;
        let (call, check) = match self.initializer {
            None => (None, None),
            Some(Initializer { call, check }) => {
                let call = call.map_err(BuildError::Initializer)?;
                (Some(call), Some(check))
            }
        };
        let welcome = Welcome {
            frame_limit: self.frame_limit,
            tells_starts: self.bound.is_some() || self.record_times,
            may_nest: self.nested,
            features: self.features,
            has_output: matches!(entry, Entry::Test(_)),
            // It is read when a worker starts.
            logs: log::LevelFilter::Off,
            memory: self.defaults.memory_limit().unwrap_or_default(),
            name: program_name(&program),
            initializer: call.map(|(task, arguments)| (task, RawBytes(arguments.into()))),
        };
        let arguments = self.arguments.or(entry.arguments());
        let program = (program, identity.fingerprint());
        let heard = self.output_options.flags();
        let worker_command = WorkerCommand::new(program, arguments, welcome, heard)
            .map_err(|error| refused("a descriptor of its directory", error))?;
        let plan = Plan {
            worker_command,
            output_options: self.output_options,
            config,
            bound: self.bound,
            records_times: self.record_times,
            skips: self.skip_unsupported.then(SkipLog::new),
            defaults: self.defaults,
            identity,
            check,
            waker: Waker::new().map_err(|error| refused("a socket pair", error))?,
            supervisor: Supervisor::get().map_err(|error| refused("a thread", error))?,
        };
        start(plan).map_err(|error| refused("a thread", error))
    }

    fn scheduler_config(&self) -> SchedulerConfig {
        SchedulerConfig {
            workers: self.workers,
            max_tasks: self.max_tasks,
            idle_timeout: self.idle_timeout,
            start_timeout: self.start_timeout,
        }
    }

    fn check(&self) -> Result<(), BuildError> {
        BuildError::check(self.workers, MAX_WORKERS, self.bound)?;
        if self.max_tasks == Some(0) {
            return Err(BuildError::ZeroTasks);
        }
        if self.frame_limit < MIN_FRAME {
            let (limit, least) = (self.frame_limit, MIN_FRAME);
            return Err(BuildError::FrameLimit { limit, least });
        }
        if rights::are_raised() {
            return Err(BuildError::RaisedRights);
        }
        let memory = Table::check_limit();
        memory.map_err(|error| refused("memory to share with workers", error))?;
        // ORDERING: Acquire pairs with the Release stores in `note_worker`.
        if IS_WORKER.load(Ordering::Acquire) && !MAY_NEST.load(Ordering::Acquire) {
            return Err(BuildError::InWorker);
        }
        if !TELLS_MEMORY && self.defaults.memory_limit().is_some() {
            return Err(refused("a memory limit", io::ErrorKind::Unsupported.into()));
        }
        Ok(())
    }
}

/// The name that the system shows for this program, and is to show for its workers.
fn program_name(program: &Program) -> String {
    // The system keeps 15 bytes of a name.
    program
        .file_name()
        .chars()
        .filter(|char| char.is_ascii() && *char != '\0')
        .take(15)
        .collect()
}

fn refused(what: &'static str, error: io::Error) -> BuildError {
    let error = Arc::new(error);
    BuildError::System { what, error }
}

/// Starts the threads of the pool.
fn start(plan: Plan) -> io::Result<ProcessPool> {
    let pool = Arc::new(Shared::new(plan));
    leader_followers::start(&pool)?;
    let drain: Arc<dyn exit::Drain> = pool.clone();
    exit::register(Arc::downgrade(&drain));
    Ok(ProcessPool { pool, waits: true })
}

impl fmt::Debug for ProcessPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolBuilder")
            .field("workers", &self.workers)
            .field("bound", &self.bound)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_tasks", &self.max_tasks)
            .field("start_timeout", &self.start_timeout)
            .field("frame_limit", &self.frame_limit)
            .field("record_times", &self.record_times)
            .field("skip_unsupported", &self.skip_unsupported)
            .field("defaults", &self.defaults)
            .field("initializer", &self.initializer.is_some())
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("nested", &self.nested)
            .field("output_options", &self.output_options)
            .finish_non_exhaustive()
    }
}
