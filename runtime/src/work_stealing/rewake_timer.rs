//! Starts another round of bells, if the last one found workers where they may not answer.
//!
//! ```text
//!   worker, inside of a half --note_declined()--> steward ... a moment later: another round
//! ```
//!
//! Such a worker will be free sooner or later, with the bell that was its own gone, and
//! nobody tells us when. Calls wait so long for it at most as the steward does between two rounds: longer and
//! longer, since a worker that computes has a bell of each of them to find in the end.
//!
//! The thread is started when it is first needed, which in most programs is never, and
//! sleeps unless there is a round to start.

use std::{sync::Arc, time::Duration};

use super::{handle::StealingHandle, wake_job::Broadcast};
use crate::sync::{
    AtomicU32, Condvar, JoinHandle, Mutex, Ordering, ThreadBuilder, current_thread, sleep,
};

/// How long after a round the next one starts; each time in a row twice as long.
const FIRST: Duration = Duration::from_micros(50);
/// How often that doubles, to 1.6 ms.
const MOST_DOUBLINGS: u32 = 5;
/// After each so many rounds in a row it is those 1.6 ms longer.
const MANY: u32 = 64;

/// How long to wait after so many rounds in a row that nobody answered.
fn wait_after(rounds: u32) -> Duration {
    FIRST * 2_u32.pow(rounds.min(MOST_DOUBLINGS)) * (1 + rounds / MANY)
}

/// The steward of one pool.
pub(super) struct RewakeTimer {
    /// What its thread is called.
    name: String,
    shared: Arc<TimerShared>,
    /// How many rounds in a row nobody has answered, about.
    declined: AtomicU32,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the steward's thread shares with its pool.
#[derive(Default)]
struct TimerShared {
    state: Mutex<TimerState>,
    changed: Condvar,
}

#[derive(Default)]
struct TimerState {
    /// A round that is to be followed by another one after so long, unless it is answered. Its pool lives at least until then.
    due: Option<PendingRewake>,
    is_over: bool,
}

impl TimerState {
    /// Gives back what is not to be attended: the order before, or this one if it comes too late.
    fn replace(&mut self, due: PendingRewake) -> Option<PendingRewake> {
        if self.is_over {
            return Some(due);
        }
        self.due.replace(due)
    }
}

struct PendingRewake {
    pool: Arc<StealingHandle>,
    broadcast: Arc<Broadcast>,
    after: Duration,
}

impl PendingRewake {
    /// Starts the next round when it is time.
    fn attend(self) {
        sleep(self.after);
        if self.broadcast.end() {
            self.pool.wake_by_broadcast();
        }
    }
}

impl RewakeTimer {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            shared: Arc::default(),
            declined: AtomicU32::new(0),
            thread: Mutex::default(),
        }
    }

    /// A worker has found a bell of this round where it may not answer.
    #[cold]
    pub(super) fn note_declined(&self, pool: &Arc<StealingHandle>, broadcast: &Arc<Broadcast>) {
        let rounds = self.declined.fetch_add(1, Ordering::Relaxed);
        let due = PendingRewake {
            pool: pool.clone(),
            broadcast: broadcast.clone(),
            after: wait_after(rounds),
        };
        if self.has_thread() {
            let replaced = self.shared.state.lock().replace(due);
            drop(replaced);
            self.shared.changed.notify_one();
        } else {
            // Nobody else can do it.
            due.attend();
        }
    }

    /// Somebody has answered a bell.
    pub(super) fn note_served(&self) {
        // Most are never declined: a look is cheaper than a write.
        if self.declined.load(Ordering::Relaxed) > 0 {
            self.declined.store(0, Ordering::Relaxed);
        }
    }

    /// No round is to follow any more: the thread ends.
    pub(super) fn end(&self) {
        self.shared.state.lock().is_over = true;
        self.shared.changed.notify_one();
    }

    /// Starts the thread, if need be. False if the system gives none.
    fn has_thread(&self) -> bool {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let shared = self.shared.clone();
            let builder = ThreadBuilder::new().name(self.name.clone());
            *thread = builder.spawn(move || shared.attend()).ok();
        }
        thread.is_some()
    }
}

impl TimerShared {
    /// The body of the thread.
    fn attend(&self) {
        while let Some(due) = self.next() {
            due.attend();
        }
    }

    /// Waits for a round that was declined; none if the pool is gone.
    fn next(&self) -> Option<PendingRewake> {
        let mut state = self.state.lock();
        while state.due.is_none() && !state.is_over {
            state = self.changed.wait(state);
        }
        state.due.take()
    }
}

impl Drop for RewakeTimer {
    fn drop(&mut self) {
        self.end();
        let thread = self.thread.get_mut().take();
        // The pool's last owner may be the round that was just looked at.
        let others = thread.filter(|thread| thread.thread().id() != current_thread().id());
        others.into_iter().for_each(|thread| {
            let _ = thread.join();
        });
    }
}
