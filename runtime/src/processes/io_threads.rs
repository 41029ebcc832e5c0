//! The threads of a pool: one serves the links, another tells calls how they ended.
//!
//! ```text
//!   thread A   serve: poll, desk --verdicts--> [ tell: decode, callbacks ] --> idle ...
//!                                  \ hands the post over
//!   thread B   idle ----------------> serve: poll, desk ...
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

use super::{complete::tell, links::Reactor, pool::Pool, scheduler::Verdict};
use crate::{sync::spin_until, unwind, worker_context};

/// How many threads there are to be that do not sleep in a wait.
const ENOUGH: usize = 2;

/// The threads, and what they have to do.
#[derive(Default)]
pub(super) struct Crew {
    state: std::sync::Mutex<State>,
    came: Condvar,
    /// Rung when all is over.
    over: Condvar,
    /// There may be something to do for an idle thread; a hint.
    has_duty: AtomicBool,
}

#[derive(Default)]
struct State {
    verdicts: VecDeque<Verdict>,
    /// The post, while nobody has it.
    post: Option<Box<Reactor>>,
    /// Whether a thread tells verdicts, and does not sleep in a wait.
    is_telling: bool,
    /// Threads that can be counted on: none that sleeps in a wait, or has slept in one and runs user code still.
    awake: usize,
    idle: usize,
    /// Nothing more comes.
    is_over: bool,
    threads: Vec<JoinHandle<()>>,
}

/// What a thread is to do next.
enum Duty {
    Tell(Verdict),
    Serve(Box<Reactor>),
    Leave,
}

/// One thread.
struct Hand {
    pool: Arc<Pool>,
    /// Whether it is the one that tells. Written by itself.
    tells: AtomicBool,
    /// Whether it has slept in a wait of user code that it runs still: nobody counts on it. Written by itself.
    is_away: AtomicBool,
}

impl Crew {
    /// Has these told. False if only the thread that serves the links could, which has to be rung for.
    #[must_use]
    pub(super) fn add(&self, verdicts: Vec<Verdict>) -> bool {
        if verdicts.is_empty() {
            return true;
        }
        let mut state = self.state();
        state.verdicts.extend(verdicts);
        let is_heard = state.is_telling || state.idle > 0;
        self.release(state);
        is_heard
    }

    /// Has these told, by the thread that has the post and asks for it.
    pub(super) fn add_serving(&self, verdicts: Vec<Verdict>) {
        if !verdicts.is_empty() {
            self.state().verdicts.extend(verdicts);
        }
    }

    /// Has this told after all that are told now, or are to be told; false if there are none.
    pub(super) fn add_behind(&self, verdict: Verdict) -> bool {
        let mut state = self.state();
        let is_any = state.is_telling || !state.verdicts.is_empty();
        if is_any {
            state.verdicts.push_back(verdict);
        }
        is_any
    }

    /// Whether nobody tells what is to be told.
    pub(super) fn is_untold(&self) -> bool {
        let state = self.state();
        !state.verdicts.is_empty() && !state.is_telling
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
    fn release(&self, state: MutexGuard<'_, State>) {
        let has_duty = state.post.is_some() || !state.verdicts.is_empty() && !state.is_telling;
        let is_needed = has_duty && state.idle > 0;
        drop(state);
        if is_needed {
            // ORDERING: a hint; the lock shows what there is.
            self.has_duty.store(true, Ordering::Relaxed);
            // After the lock is free: who wakes up wants it.
            self.came.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the threads of a pool, one of which serves the links.
pub(super) fn start(pool: &Arc<Pool>) -> io::Result<()> {
    pool.crew.state().post = Some(Box::new(Reactor::new(pool.clone())));
    let started = (0..ENOUGH).try_for_each(|_| start_one(pool));
    if started.is_err() {
        // The one thread that there may be finds nothing to do, and ends.
        pool.at_desk(|desk, next| desk.close(next));
        let mut state = pool.crew.state();
        state.is_over = true;
        if state.awake == 0 {
            state.post = None;
        }
        drop(state);
        pool.crew.came.notify_all();
        pool.crew.join();
        pool.let_supervisor_go();
    }
    started
}

fn start_one(pool: &Arc<Pool>) -> io::Result<()> {
    let hand = Arc::new(Hand {
        pool: pool.clone(),
        tells: AtomicBool::new(false),
        is_away: AtomicBool::new(false),
    });
    let mut state = pool.crew.state();
    let thread = thread::Builder::new()
        .name("cf-processes".to_owned())
        .spawn(move || work(&hand))?;
    state.awake += 1;
    state.threads.retain(|thread| !thread.is_finished());
    state.threads.push(thread);
    Ok(())
}

fn work(hand: &Arc<Hand>) {
    let _abort_on_panic = AbortOnPanic;
    let _callback = worker_context::enter_callback_with(hand.pool.id, hand.clone());
    let mut post = None;
    loop {
        match hand.next(post.take()) {
            Duty::Tell(verdict) => tell(&hand.pool, verdict),
            Duty::Serve(mut links) => {
                if links.serve() {
                    hand.end();
                } else {
                    post = Some(links);
                }
            }
            Duty::Leave => return,
        }
    }
}

impl Hand {
    /// What to do next; `post` goes back, to be taken by another if there is something to tell.
    fn next(&self, post: Option<Box<Reactor>>) -> Duty {
        let crew = &self.pool.crew;
        let mut state = crew.state();
        if post.is_some() {
            state.post = post;
        }
        state.awake += usize::from(self.is_away.swap(false, Ordering::Relaxed));
        loop {
            if let Some(verdict) = self.take_verdict(&mut state) {
                crew.release(state);
                return Duty::Tell(verdict);
            }
            if let Some(links) = state.post.take() {
                return Duty::Serve(links);
            }
            if state.is_over || state.awake > ENOUGH {
                state.awake -= 1;
                crew.release(state);
                return Duty::Leave;
            }
            state = self.idle(state);
        }
    }

    fn take_verdict(&self, state: &mut State) -> Option<Verdict> {
        // ORDERING: this thread's own.
        let tells = self.tells.load(Ordering::Relaxed);
        let verdict = if tells || !state.is_telling {
            state.verdicts.pop_front()
        } else {
            None
        };
        let tells_on = verdict.is_some();
        if tells || tells_on {
            state.is_telling = tells_on;
        }
        self.tells.store(tells_on, Ordering::Relaxed);
        verdict
    }

    /// Looks a while whether there is something to do, then sleeps until there may be.
    fn idle<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let crew = &self.pool.crew;
        state.idle += 1;
        crew.has_duty.store(false, Ordering::Relaxed);
        drop(state);
        let has_duty = spin_until(|| crew.has_duty.load(Ordering::Relaxed));
        state = crew.state();
        let is_needed = has_duty || state.post.is_some() || state.is_over;
        if !is_needed && (state.verdicts.is_empty() || state.is_telling) {
            state = crew
                .came
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.idle -= 1;
        state
    }

    /// All is over: nobody is left to be served.
    fn end(&self) {
        self.pool.let_supervisor_go();
        let crew = &self.pool.crew;
        crew.state().is_over = true;
        crew.has_duty.store(true, Ordering::Relaxed);
        crew.came.notify_all();
        crew.over.notify_all();
    }
}

impl worker_context::BlockObserver for Hand {
    fn on_block(&self) {
        let crew = &self.pool.crew;
        let mut state = crew.state();
        state.awake -= usize::from(!self.is_away.swap(true, Ordering::Relaxed));
        if self.tells.swap(false, Ordering::Relaxed) {
            state.is_telling = false;
        }
        crew.release(state);
        while crew.state().awake < ENOUGH {
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
