//! The thread that tells calls how they ended: decodes results, runs callbacks.
//!
//! ```text
//!   links, submitters --verdicts--> [ queue ] --one at a time--> callbacks thread: user code
//! ```
//!
//! User code may take its time, or wait for another call of the pool: no link waits for it. When
//! the thread is about to sleep in such a wait, another one takes the queue over, so that what it waits for
//! can come. There is more than one only while all others sleep so.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use log::Level;

use super::{desk::Verdict, parcel::Parcel, pool::Pool};
use crate::{executor::Sent, future::settle::Turn, sync::look_for, unwind, worker};

/// Verdicts, and who tells them.
#[derive(Default)]
pub(super) struct Callbacks {
    state: std::sync::Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    verdicts: VecDeque<Verdict>,
    /// Threads that tell verdicts, or wait for some.
    awake: usize,
    /// Nothing more comes.
    is_over: bool,
    threads: Vec<JoinHandle<()>>,
}

impl Callbacks {
    /// Has these told.
    pub(super) fn add(&self, verdicts: Vec<Verdict>) {
        if verdicts.is_empty() {
            return;
        }
        self.state().verdicts.extend(verdicts);
        self.came.notify_one();
    }

    /// Nothing more comes; the threads end when all is told.
    pub(super) fn finish(&self) {
        self.state().is_over = true;
        self.came.notify_all();
    }

    /// Waits for the threads, once no more comes. The caller is none of them.
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next verdict; `None` once this thread is not needed any more.
    fn take(&self) -> Option<Verdict> {
        look_for(|| {
            let state = self.state();
            !state.verdicts.is_empty() || state.is_over
        });
        let mut state = self.state();
        loop {
            let is_needed = state.awake == 1;
            if is_needed && let Some(verdict) = state.verdicts.pop_front() {
                return Some(verdict);
            }
            if !is_needed || state.is_over {
                state.awake -= 1;
                // What woke this one may have been meant for the other.
                self.came.notify_one();
                return None;
            }
            state = self
                .came
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Starts another thread that tells the pool's verdicts.
pub(super) fn start(pool: &Arc<Pool>) -> std::io::Result<()> {
    let own = pool.clone();
    let mut state = pool.callbacks.state();
    let thread = thread::Builder::new()
        .name("cf-callbacks".to_owned())
        .spawn(move || serve(&own))?;
    state.awake += 1;
    state.threads.retain(|thread| !thread.is_finished());
    state.threads.push(thread);
    Ok(())
}

fn serve(pool: &Arc<Pool>) {
    let host = pool.clone();
    let _tending = worker::tend_with(pool.id, Arc::new(Relief(host)));
    while let Some(verdict) = pool.callbacks.take() {
        tell(pool, verdict);
    }
}

/// Has another thread take over while this one sleeps in a wait.
struct Relief(Arc<Pool>);

impl worker::Sleeps for Relief {
    fn falls_asleep(&self) {
        let pool = &self.0;
        let is_last = {
            let mut state = pool.callbacks.state();
            state.awake -= 1;
            state.awake == 0
        };
        if is_last && let Err(error) = start(pool) {
            unwind::report(
                Level::Error,
                format_args!("process pool: system refused a thread: {error}"),
            );
        }
    }

    fn wakes_up(&self) {
        self.0.callbacks.state().awake += 1;
    }
}

fn tell(pool: &Arc<Pool>, verdict: Verdict) {
    match verdict {
        Verdict::Started(parcel) => start_call(&parcel),
        Verdict::Answered(parcel, answers) => {
            settle(pool, parcel, |sent, mut turn| {
                sent.finish_for(answers, &mut turn)
            });
        }
        Verdict::Aborted(parcel) => {
            settle(pool, parcel, |sent, mut turn| {
                sent.cancel_started(&mut turn)
            });
        }
        Verdict::Initialized(id, bytes) => super::initializer::judge(pool, id, &bytes),
    }
}

fn start_call(parcel: &Parcel) {
    if let Some(mut sent) = parcel.take_sent() {
        sent.start();
        parcel.put_sent(sent);
    }
}

/// Ends a call. The desk counts it as settled before its outcome can be seen: who sees that finds a quiet pool.
fn settle(pool: &Arc<Pool>, parcel: Arc<Parcel>, end: impl FnOnce(Sent, &mut dyn FnMut(Turn))) {
    let sent = parcel.take_sent();
    // Its arguments go before anybody hears of the end.
    drop(parcel);
    let mut is_settled = false;
    let mut turn = |turn: Turn| {
        if is_settled != (turn == Turn::Free) {
            is_settled = !is_settled;
            pool.at_desk(|desk, next| desk.note_settled(is_settled, next));
        }
    };
    if let Some(sent) = sent {
        end(sent, &mut turn);
    }
    turn(Turn::Free);
}
