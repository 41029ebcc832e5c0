//! The threads of a pool: one serves the links, another tells calls how they ended.
//!
//! ```text
//!   thread A   serve: poll, scheduler --completions--> [ tell: decode, callbacks ] --> idle ...
//!                                  \ hands the post over
//!   thread B   idle ----------------> serve: poll, scheduler ...
//! ```
//!
//! Serving the links is a post that one thread has at a time. Whoever has it and hears of ends gives it to the other
//! thread and tells them itself: so an answer takes one thread to its call, and user code never runs on a thread
//! that serves links. Verdicts are told in their order, one at a time but for those that sleep in a wait.
//!
//! User code may wait for another call of the pool. When the thread that tells is about to sleep in such a wait,
//! another takes over what is to be told; there are more than two only while others sleep so.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Condvar, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use log::Level;

use super::{complete::complete, links::Reactor, pool::Shared, scheduler::Completion};
use crate::{sync::spin_until, unwind, worker_context};

/// How many threads there are to be that do not sleep in a wait.
const MIN_AWAKE: usize = 2;

/// The threads, and what they have to do.
#[derive(Default)]
pub(super) struct IoThreads {
    state: std::sync::Mutex<ThreadsState>,
    work_added: Condvar,
    /// Rung when all is over.
    over: Condvar,
    /// There may be something to do for an idle thread; a hint.
    has_work: AtomicBool,
}

#[derive(Default)]
struct ThreadsState {
    completions: VecDeque<Completion>,
    /// The post, while nobody has it.
    leadership: Option<Box<Reactor>>,
    /// Whether a thread tells completions, and does not sleep in a wait.
    is_completing: bool,
    /// Threads that can be counted on: none that sleeps in a wait, or has slept in one and runs user code still.
    awake: usize,
    idle: usize,
    /// Nothing more comes.
    is_over: bool,
    threads: Vec<JoinHandle<()>>,
}

/// What a thread is to do next.
enum Action {
    Complete(Completion),
    Lead(Box<Reactor>),
    Exit,
}

/// One thread.
struct IoThread {
    pool: Arc<Shared>,
    /// Whether it is the one that tells. Written by itself.
    completes: AtomicBool,
    /// Whether it has slept in a wait of user code that it runs still: nobody counts on it. Written by itself.
    is_away: AtomicBool,
}

impl IoThreads {
    /// Has these told. False if only the thread that serves the links could, which has to be rung for.
    #[must_use]
    pub(super) fn add(&self, completions: Vec<Completion>) -> bool {
        if completions.is_empty() {
            return true;
        }
        let mut state = self.state();
        state.completions.extend(completions);
        let is_heard = state.is_completing || state.idle > 0;
        self.release(state);
        is_heard
    }

    /// Has these told, by the thread that has the post and asks for it.
    pub(super) fn add_as_leader(&self, completions: Vec<Completion>) {
        if !completions.is_empty() {
            self.state().completions.extend(completions);
        }
    }

    /// Has this told after all that are told now, or are to be told; false if there are none.
    pub(super) fn add_barrier(&self, completion: Completion) -> bool {
        let mut state = self.state();
        let is_any = state.is_completing || !state.completions.is_empty();
        if is_any {
            state.completions.push_back(completion);
        }
        is_any
    }

    /// Whether nobody tells what is to be told.
    pub(super) fn needs_follower(&self) -> bool {
        let state = self.state();
        !state.completions.is_empty() && !state.is_completing
    }

    /// Waits until all is over, at most until the deadline. True if it is.
    pub(super) fn is_over_by(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state();
        while !state.is_over {
            let Some(deadline) = deadline else {
                return true;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.over.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Waits for the threads, once all is over. The caller is none of them.
    pub(super) fn join(&self) {
        loop {
            let threads = std::mem::take(&mut self.state().threads);
            if threads.is_empty() {
                return;
            }
            for thread in threads {
                // It catches all panics of user code; one of our own is in its log.
                let _ = thread.join();
            }
        }
    }

    /// Lets go of the lock, and wakes an idle thread if there is something for it.
    fn release(&self, state: MutexGuard<'_, ThreadsState>) {
        let has_work =
            state.leadership.is_some() || !state.completions.is_empty() && !state.is_completing;
        let is_needed = has_work && state.idle > 0;
        drop(state);
        if is_needed {
            // ORDERING: a hint; the lock shows what there is.
            self.has_work.store(true, Ordering::Relaxed);
            // After the lock is free: who wakes up wants it.
            self.work_added.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, ThreadsState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the threads of a pool, one of which serves the links.
pub(super) fn start(pool: &Arc<Shared>) -> io::Result<()> {
    pool.io_threads.state().leadership = Some(Box::new(Reactor::new(pool.clone())));
    let started = (0..MIN_AWAKE).try_for_each(|_| start_one(pool));
    if started.is_err() {
        // The one thread that there may be finds nothing to do, and ends.
        pool.schedule(|scheduler, effects| scheduler.close(effects));
        let mut state = pool.io_threads.state();
        state.is_over = true;
        if state.awake == 0 {
            state.leadership = None;
        }
        drop(state);
        pool.io_threads.work_added.notify_all();
        pool.io_threads.join();
        pool.release_supervisor();
    }
    started
}

fn start_one(pool: &Arc<Shared>) -> io::Result<()> {
    let thread = Arc::new(IoThread {
        pool: pool.clone(),
        completes: AtomicBool::new(false),
        is_away: AtomicBool::new(false),
    });
    let mut state = pool.io_threads.state();
    let thread = thread::Builder::new()
        .name("cf-processes".to_owned())
        .spawn(move || work(&thread))?;
    state.awake += 1;
    state.threads.retain(|thread| !thread.is_finished());
    state.threads.push(thread);
    Ok(())
}

fn work(thread: &Arc<IoThread>) {
    let _abort_on_panic = AbortOnPanic;
    let _callback = worker_context::enter_callback_with(thread.pool.id, thread.clone());
    let mut leadership = None;
    loop {
        match thread.next(leadership.take()) {
            Action::Complete(completion) => complete(&thread.pool, completion),
            Action::Lead(mut links) => {
                if links.serve() {
                    thread.end();
                } else {
                    leadership = Some(links);
                }
            }
            Action::Exit => return,
        }
    }
}

impl IoThread {
    /// What to do next; `post` goes back, to be taken by another if there is something to tell.
    fn next(&self, leadership: Option<Box<Reactor>>) -> Action {
        let threads = &self.pool.io_threads;
        let mut state = threads.state();
        if leadership.is_some() {
            state.leadership = leadership;
        }
        state.awake += usize::from(self.is_away.swap(false, Ordering::Relaxed));
        loop {
            if let Some(completion) = self.take_completion(&mut state) {
                threads.release(state);
                return Action::Complete(completion);
            }
            if let Some(links) = state.leadership.take() {
                return Action::Lead(links);
            }
            if state.is_over || state.awake > MIN_AWAKE {
                state.awake -= 1;
                threads.release(state);
                return Action::Exit;
            }
            state = self.idle(state);
        }
    }

    fn take_completion(&self, state: &mut ThreadsState) -> Option<Completion> {
        // ORDERING: this thread's own.
        let completed = self.completes.load(Ordering::Relaxed);
        let completion = if completed || !state.is_completing {
            state.completions.pop_front()
        } else {
            None
        };
        let completes = completion.is_some();
        if completed || completes {
            state.is_completing = completes;
        }
        self.completes.store(completes, Ordering::Relaxed);
        completion
    }

    /// Looks a while whether there is something to do, then sleeps until there may be.
    fn idle<'a>(&'a self, mut state: MutexGuard<'a, ThreadsState>) -> MutexGuard<'a, ThreadsState> {
        let threads = &self.pool.io_threads;
        state.idle += 1;
        threads.has_work.store(false, Ordering::Relaxed);
        drop(state);
        let has_work = spin_until(|| threads.has_work.load(Ordering::Relaxed));
        state = threads.state();
        let is_needed = has_work || state.leadership.is_some() || state.is_over;
        if !is_needed && (state.completions.is_empty() || state.is_completing) {
            state = threads
                .work_added
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.idle -= 1;
        state
    }

    /// All is over: nobody is left to be served.
    fn end(&self) {
        self.pool.release_supervisor();
        let threads = &self.pool.io_threads;
        threads.state().is_over = true;
        threads.has_work.store(true, Ordering::Relaxed);
        threads.work_added.notify_all();
        threads.over.notify_all();
    }
}

impl worker_context::BlockObserver for IoThread {
    fn on_block(&self) {
        let threads = &self.pool.io_threads;
        let mut state = threads.state();
        state.awake -= usize::from(!self.is_away.swap(true, Ordering::Relaxed));
        if self.completes.swap(false, Ordering::Relaxed) {
            state.is_completing = false;
        }
        threads.release(state);
        while threads.state().awake < MIN_AWAKE {
            if let Err(error) = start_one(&self.pool) {
                unwind::report(
                    Level::Error,
                    format_args!("process pool: system refused a thread: {error}"),
                );
                // Whoever serves the links tells the rest.
                return self.pool.waker.wake();
            }
        }
    }

    /// It is counted on again once it is through with the user's code.
    fn on_unblock(&self) {}
}

/// Ends the program if a thread of ours panics: everybody would wait for it for ever.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            std::process::abort();
        }
    }
}
