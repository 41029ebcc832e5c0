//! What the threads of a pool do, as **leader and followers**: the leader runs the reactor, the
//! follower completes calls (decodes results, runs callbacks).
//!
//! ```text
//!   thread A   lead: poll, schedule --completions--> [ complete: decode, callbacks ] --> idle ...
//!                                  \ hands the leadership over
//!   thread B   idle ----------------> lead: poll, schedule ...
//! ```
//!
//! - One thread leads at a time, and alone locks the reactor. A leader that finds completions, and
//!   no thread that takes them, promotes another thread, and completes them itself. So an answer
//!   needs no switch of threads on its way to its call, and user code never runs on a leader.
//! - Completions are taken in order, by one thread at a time. User code may wait for another call
//!   of the pool; when it is about to sleep, the next thread takes over. There are more than two
//!   threads only while others sleep so.

use std::{
    io,
    sync::{
        Arc, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use log::Level;

use super::{complete::complete, io_threads::ThreadsState, reactor::Reactor, shared::Shared};
use crate::{
    processes::parent::scheduler::Completion,
    sync::{Mutex, spin_until},
    unwind, worker_context,
};

/// The number of threads that are not blocked in user code: one leads, one completes.
const MIN_AWAKE: usize = 2;

/// What a thread does next.
enum Action {
    Complete(Completion),
    Lead,
    Exit,
}

/// One thread of a pool.
struct IoThread {
    pool: Arc<Shared>,
    /// The reactor of the pool. Locked by the leader, and so by one thread at a time.
    reactor: Arc<Mutex<Reactor>>,
    /// Whether it takes completions. Written by itself, under the lock of the state.
    completes: AtomicBool,
    /// Whether it has slept in a wait of user code that it still runs, so that it does not count as
    /// awake. Written by itself, under the lock of the state.
    is_away: AtomicBool,
}

/// Starts the threads of a pool; one of them leads.
pub(crate) fn start(pool: &Arc<Shared>) -> io::Result<()> {
    let reactor = Arc::new(Mutex::new(Reactor::new(pool.clone())));
    pool.io_threads.state().needs_leader = true;
    let started = (0..MIN_AWAKE).try_for_each(|_| start_one(pool, &reactor));
    if started.is_err() {
        // If one thread was started, it finds no work, and ends.
        pool.schedule(|scheduler, effects| scheduler.close(effects));
        pool.io_threads.state().is_over = true;
        pool.io_threads.work_added.notify_all();
        pool.io_threads.join();
        pool.release_supervisor();
    }
    started
}

fn start_one(pool: &Arc<Shared>, reactor: &Arc<Mutex<Reactor>>) -> io::Result<()> {
    let thread = Arc::new(IoThread {
        pool: pool.clone(),
        reactor: reactor.clone(),
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
    let mut resigns = false;
    loop {
        match thread.next(std::mem::take(&mut resigns)) {
            Action::Complete(completion) => complete(&thread.pool, completion),
            Action::Lead => {
                if thread.reactor.lock().serve() {
                    thread.end();
                } else {
                    resigns = true;
                }
            }
            Action::Exit => return,
        }
    }
}

impl IoThread {
    /// Waits for work. A leader that `resigns` promotes another thread, or leads again.
    fn next(&self, resigns: bool) -> Action {
        if !resigns && let Some(completion) = self.take_another() {
            return Action::Complete(completion);
        }
        let threads = &self.pool.io_threads;
        let mut state = threads.state();
        state.needs_leader |= resigns;
        // ORDERING: as in `take_completion`.
        state.awake += usize::from(self.is_away.swap(false, Ordering::Relaxed));
        loop {
            if let Some(completion) = self.take_completion(&mut state) {
                threads.release(state);
                return Action::Complete(completion);
            }
            if std::mem::take(&mut state.needs_leader) {
                return Action::Lead;
            }
            if state.is_over || state.awake > MIN_AWAKE {
                state.awake -= 1;
                threads.release(state);
                return Action::Exit;
            }
            state = self.idle(state);
        }
    }

    /// Takes a completion after another one, without the lock. `None` if the lock is needed.
    fn take_another(&self) -> Option<Completion> {
        // ORDERING: as in `take_completion`, for both.
        let goes_on =
            self.completes.load(Ordering::Relaxed) && !self.is_away.load(Ordering::Relaxed);
        let completions = &self.pool.io_threads.completions;
        goes_on.then(|| completions.try_recv().ok()).flatten()
    }

    fn take_completion(&self, state: &mut ThreadsState) -> Option<Completion> {
        // ORDERING: Relaxed, because only this thread uses it.
        let had_one = self.completes.load(Ordering::Relaxed);
        let completion = if had_one || !state.is_completing {
            self.pool.io_threads.completions.try_recv().ok()
        } else {
            None
        };
        let has_one = completion.is_some();
        if had_one || has_one {
            state.is_completing = has_one;
        }
        self.completes.store(has_one, Ordering::Relaxed);
        completion
    }

    /// Spins briefly for work, then sleeps until there may be some.
    fn idle<'a>(&'a self, mut state: MutexGuard<'a, ThreadsState>) -> MutexGuard<'a, ThreadsState> {
        let threads = &self.pool.io_threads;
        state.idle += 1;
        // ORDERING: as in `release`, here and below.
        threads.has_work.store(false, Ordering::Relaxed);
        drop(state);
        let has_work = spin_until(|| threads.has_work.load(Ordering::Relaxed));
        state = threads.state();
        let is_needed = has_work || state.needs_leader || state.is_over;
        if !is_needed && (threads.completions.is_empty() || state.is_completing) {
            state = threads
                .work_added
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.idle -= 1;
        state
    }

    /// The pool has ended: no call and no worker is left.
    fn end(&self) {
        self.pool.release_supervisor();
        let threads = &self.pool.io_threads;
        threads.state().is_over = true;
        // ORDERING: as in `release`.
        threads.has_work.store(true, Ordering::Relaxed);
        threads.work_added.notify_all();
        threads.over.notify_all();
    }
}

impl worker_context::BlockObserver for IoThread {
    fn on_block(&self) {
        let threads = &self.pool.io_threads;
        let mut state = threads.state();
        // ORDERING: as in `take_completion`, here and below.
        state.awake -= usize::from(!self.is_away.swap(true, Ordering::Relaxed));
        if self.completes.swap(false, Ordering::Relaxed) {
            state.is_completing = false;
        }
        threads.release(state);
        while threads.state().awake < MIN_AWAKE {
            if let Err(error) = start_one(&self.pool, &self.reactor) {
                unwind::report(
                    Level::Error,
                    format_args!("process pool: system refused a thread: {error}"),
                );
                // The leader completes the rest.
                return self.pool.waker.wake();
            }
        }
    }

    /// The thread counts as awake again once user code has returned.
    fn on_unblock(&self) {}
}

/// Aborts the program if a thread of the library panics: calls would wait for it for ever.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            std::process::abort();
        }
    }
}
