//! The part of rayon that the pool uses, over the locks and threads that shuttle sees.
//!
//! One queue for all threads, the newest job of a thread's own not preferred: that only takes
//! orders away. What matters is here: jobs are found by idle threads, by a thread that
//! yields, and by one that waits for the half of a join, under whose feet they run.

use std::{any::Any, cell::RefCell, collections::VecDeque, io, sync::Arc};

use crate::sync::{AtomicBool, Condvar, Mutex, Ordering, thread_static};

type RayonJob = Box<dyn FnOnce() + Send>;

/// The pool's owner. The threads end when it is dropped and no job is left.
pub(crate) struct ThreadPool(Arc<Registry>);

/// One thread that is about to start.
pub(crate) struct ThreadBuilder {
    registry: Arc<Registry>,
    index: usize,
}

#[derive(Default)]
struct Registry {
    jobs: Mutex<Jobs>,
    changed: Condvar,
}

#[derive(Default)]
struct Jobs {
    queue: VecDeque<RayonJob>,
    /// The jobs that one thread alone finds, by its number.
    own: Vec<VecDeque<RayonJob>>,
    is_over: bool,
}

impl Jobs {
    /// The next job for this thread.
    fn take(&mut self) -> Option<RayonJob> {
        let number = current_thread_index().expect("a thread of the pool");
        self.own[number]
            .pop_front()
            .or_else(|| self.queue.pop_front())
    }
}

thread_static! {
    /// The pool of this thread, and its number there.
    static CURRENT: RefCell<Option<(Arc<Registry>, usize)>> = RefCell::new(None);
}

impl ThreadPool {
    pub(crate) fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        self.0.push(Box::new(job));
    }

    pub(crate) fn spawn_broadcast(&self, job: impl Fn(()) + Send + Sync + 'static) {
        let job = Arc::new(job);
        let mut jobs = self.0.jobs.lock();
        for own in &mut jobs.own {
            let job = job.clone();
            own.push_back(Box::new(move || job(())));
        }
        drop(jobs);
        self.0.changed.notify_all();
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.0.jobs.lock().is_over = true;
        self.0.changed.notify_all();
    }
}

impl ThreadBuilder {
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// The main loop of a thread.
    pub(crate) fn run(self) {
        let Self { registry, index } = self;
        CURRENT.with(|current| current.replace(Some((registry.clone(), index))));
        while let Some(job) = registry.next() {
            run(job);
        }
        CURRENT.with(|current| current.replace(None));
    }
}

impl Registry {
    fn push(&self, job: RayonJob) {
        self.jobs.lock().queue.push_back(job);
        // All threads: one that waits for its half may have it already, and take no job.
        self.changed.notify_all();
    }

    fn take(&self) -> Option<RayonJob> {
        self.jobs.lock().take()
    }

    /// Waits for a job; `None` once the pool has ended and all jobs have run.
    fn next(&self) -> Option<RayonJob> {
        let mut jobs = self.jobs.lock();
        loop {
            if let Some(job) = jobs.take() {
                return Some(job);
            }
            if jobs.is_over {
                return None;
            }
            jobs = self.changed.wait(jobs);
        }
    }

    /// Runs jobs until `is_there`.
    fn help_until(&self, is_there: impl Fn() -> bool) {
        loop {
            let mut jobs = self.jobs.lock();
            if is_there() {
                return;
            }
            let Some(job) = jobs.take() else {
                drop(self.changed.wait(jobs));
                continue;
            };
            drop(jobs);
            run(job);
        }
    }
}

/// The one place where jobs run, so that their depth on the stack tells what lies below.
#[inline(never)]
fn run(job: RayonJob) {
    job();
}

/// This thread's number in its pool.
pub(crate) fn current_thread_index() -> Option<usize> {
    CURRENT.with(|current| current.borrow().as_ref().map(|(_, index)| *index))
}

/// What became of a [`yield_now`].
#[derive(PartialEq)]
pub(crate) enum Yield {
    Executed,
    Idle,
}

/// Runs one job, if there is one.
pub(crate) fn yield_now() -> Option<Yield> {
    let job = registry()?.take();
    Some(job.map_or(Yield::Idle, |job| {
        run(job);
        Yield::Executed
    }))
}

/// Gives `half` to any worker, and runs jobs until it has ended, as a join does.
pub(crate) fn half_of_a_join(half: impl FnOnce() + Send + 'static) {
    let registry = registry().expect("joins are for the pool's own threads");
    let is_through = Arc::new(AtomicBool::new(false));
    let (host, latch) = (registry.clone(), is_through.clone());
    registry.push(Box::new(move || {
        half();
        latch.store(true, Ordering::SeqCst);
        drop(host.jobs.lock());
        host.changed.notify_all();
    }));
    registry.help_until(|| is_through.load(Ordering::SeqCst));
}

fn registry() -> Option<Arc<Registry>> {
    CURRENT.with(|current| {
        current
            .borrow()
            .as_ref()
            .map(|(registry, _)| registry.clone())
    })
}

/// The number that the pool's own settings allow.
pub(crate) fn max_num_threads() -> usize {
    1 << 16
}

/// The threads to start, and how.
pub(crate) struct ThreadPoolBuilder<S = ()> {
    threads: usize,
    spawn: S,
}

impl ThreadPoolBuilder {
    pub(crate) fn new() -> Self {
        Self {
            threads: 1,
            spawn: (),
        }
    }

    pub(crate) fn num_threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Models do not panic.
    pub(crate) fn panic_handler(self, _: impl Fn(Box<dyn Any + Send>)) -> Self {
        self
    }

    pub(crate) fn spawn_handler<S>(self, spawn: S) -> ThreadPoolBuilder<S>
    where
        S: FnMut(ThreadBuilder) -> io::Result<()>,
    {
        ThreadPoolBuilder {
            threads: self.threads,
            spawn,
        }
    }
}

impl<S: FnMut(ThreadBuilder) -> io::Result<()>> ThreadPoolBuilder<S> {
    pub(crate) fn build(self) -> io::Result<ThreadPool> {
        let Self { threads, mut spawn } = self;
        let pool = ThreadPool(Arc::default());
        pool.0.jobs.lock().own.resize_with(threads, VecDeque::new);
        for index in 0..threads {
            spawn(ThreadBuilder {
                registry: pool.0.clone(),
                index,
            })?;
        }
        Ok(pool)
    }
}
