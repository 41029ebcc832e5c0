//! What a job tells of its call.

use super::Job;
use crate::{
    executor::{Anywhere, Reach},
    id::CallId,
    task::{Entry, Options},
};

impl<R: Reach> Job<R> {
    /// Returns whether the call is still to be run.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    /// use std::sync::Mutex;
    ///
    /// #[derive(Default)]
    /// struct Queue(Mutex<Vec<Job>>);
    ///
    /// impl Executor for Queue {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         let mut jobs = self.0.lock().unwrap();
    ///         jobs.retain(Job::is_pending); // what was cancelled takes no place
    ///         jobs.push(job);
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let queue = Queue::default();
    /// cube::submit(&queue, 3).cancel();
    /// let future = cube::submit(&queue, 4);
    /// assert_eq!(queue.0.lock().unwrap().len(), 1);
    /// assert!(!future.done());
    /// ```
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.cell().state.load().is_pending()
    }

    /// Returns the call's name: its own if it has one, else its task's.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// struct Printing;
    ///
    /// impl Executor for Printing {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         assert!(job.name().ends_with("::cube"));
    ///         println!("{} {} runs", job.name(), job.id());
    ///         job.run();
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&Printing, 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell().name()
    }

    /// Returns the call's id.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{CallId, Executor, Here, Job, prelude::*};
    /// use std::sync::Mutex;
    ///
    /// /// Notes the ids of the calls that it ran.
    /// #[derive(Default)]
    /// struct Noting(Mutex<Vec<CallId>>);
    ///
    /// impl Executor for Noting {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         self.0.lock().unwrap().push(job.id());
    ///         job.run();
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let executor = Noting::default();
    /// let future = cube::submit(&executor, 3);
    /// assert_eq!(*executor.0.lock().unwrap(), [future.id()]);
    /// ```
    #[must_use]
    pub fn id(&self) -> CallId {
        self.cell().id
    }

    /// Returns the options of the call; `None` if none is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Executor, Here, Job, prelude::*};
    ///
    /// struct Naming;
    ///
    /// impl Executor for Naming {
    ///     type Reach = Here;
    ///
    ///     fn execute(&self, job: Job) {
    ///         let name = job.options().and_then(Options::get_name);
    ///         assert_eq!(name, Some("three cubed"));
    ///         job.run();
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// let named = Options::new().name("three cubed");
    /// assert_eq!(Naming.submit_with(cube { n: 3 }, named).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    #[must_use]
    pub fn options(&self) -> Option<&Options> {
        let options = self.cell().extras.options();
        options.filter(|options| !options.are_none())
    }
}

impl Job<Anywhere> {
    /// Returns the registry entry of the call's task.
    ///
    /// `None` if the job began with reach `Here`, and an executor returned it through
    /// `&dyn AnyExecutor`.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*};
    ///
    /// /// Runs the calls of tasks, and no closures.
    /// struct TasksOnly;
    ///
    /// impl Executor for TasksOnly {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         match job.entry() {
    ///             Some(entry) => {
    ///                 println!("a call of the task at {}", entry.place());
    ///                 job.into_here().run();
    ///             }
    ///             None => job.fail(TaskError::rejected("not a call of a task")),
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn cube(n: u64) -> u64 { n * n * n }
    ///
    /// assert_eq!(cube::submit(&TasksOnly, 3).result()?, 27);
    /// # Ok::<(), TaskError>(())
    /// ```
    #[must_use]
    pub fn entry(&self) -> Option<&'static Entry> {
        self.cell().entry()
    }
}
