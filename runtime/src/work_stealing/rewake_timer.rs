//! Broadcasts wake jobs again, if the last broadcast found only workers that may not serve.
//!
//! ```text
//!   worker inside of a join --note_declined()--> timer ... some time later: another broadcast
//! ```
//!
//! Such a worker becomes free sooner or later, but it has taken its wake job already, and rayon
//! reports no moment when it is free. A call waits for it at most for the time between two
//! broadcasts. That time grows, since a worker that computes has to run one wake job of each of
//! them in the end.
//!
//! The timer's thread is started when it is first needed, which in most programs is never, and
//! sleeps unless a broadcast is due.

use std::{sync::Arc, time::Duration};

use crate::{
    pool_common::join_others,
    sync::{AtomicU32, Condvar, JoinHandle, Mutex, Ordering, ThreadBuilder, sleep},
};

/// The time between the first broadcast and the next one; it doubles each time in a row.
const FIRST: Duration = Duration::from_micros(50);
/// The number of times that it doubles, to 1.6 ms.
const MOST_DOUBLINGS: u32 = 5;
/// After this many broadcasts in a row, and again each time, the delay grows by those 1.6 ms.
const MANY: u32 = 64;

/// The delay after `declined` broadcasts in a row that no worker answered.
fn delay_after(declined: u32) -> Duration {
    FIRST * 2_u32.pow(declined.min(MOST_DOUBLINGS)) * (1 + declined / MANY)
}

/// The timer of one pool.
pub(super) struct RewakeTimer {
    thread_name: String,
    shared: Arc<TimerShared>,
    /// About how many broadcasts in a row no worker has answered.
    declined: AtomicU32,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the timer's thread shares with its pool.
#[derive(Default)]
struct TimerShared {
    state: Mutex<TimerState>,
    changed: Condvar,
}

#[derive(Default)]
struct TimerState {
    due: Option<PendingRewake>,
    is_over: bool,
}

impl TimerState {
    /// Returns what will not run: the rewake before, or this one if the timer has ended.
    fn replace(&mut self, due: PendingRewake) -> Option<PendingRewake> {
        if self.is_over {
            return Some(due);
        }
        self.due.replace(due)
    }
}

/// Something to run after a delay. What it owns, its pool above all, lives at least until then.
struct PendingRewake {
    delay: Duration,
    rewake: Box<dyn FnOnce() + Send>,
}

impl PendingRewake {
    fn run(self) {
        sleep(self.delay);
        (self.rewake)();
    }
}

impl RewakeTimer {
    pub(super) fn new(thread_name: String) -> Self {
        Self {
            thread_name,
            shared: Arc::default(),
            declined: AtomicU32::new(0),
            thread: Mutex::default(),
        }
    }

    /// A worker may not answer a broadcast: `rewake` runs a little later.
    #[cold]
    pub(super) fn note_declined(&self, rewake: impl FnOnce() + Send + 'static) {
        // ORDERING: Relaxed, as in `note_answered`: a number to choose a delay by.
        let declined = self.declined.fetch_add(1, Ordering::Relaxed);
        let due = PendingRewake {
            delay: delay_after(declined),
            rewake: Box::new(rewake),
        };
        if self.has_thread() {
            let replaced = self.shared.state.lock().replace(due);
            drop(replaced);
            self.shared.changed.notify_one();
        } else {
            // No other thread can do it.
            due.run();
        }
    }

    /// A worker has answered a wake job.
    pub(super) fn note_answered(&self) {
        // ORDERING: Relaxed: no other memory hangs on the number. A load is cheaper than a store,
        // and most wake jobs are answered.
        if self.declined.load(Ordering::Relaxed) > 0 {
            self.declined.store(0, Ordering::Relaxed);
        }
    }

    /// No broadcast is to follow: the thread ends.
    pub(super) fn end(&self) {
        self.shared.state.lock().is_over = true;
        self.shared.changed.notify_one();
    }

    /// Starts the thread, if there is none. False if the system refuses it.
    fn has_thread(&self) -> bool {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let shared = self.shared.clone();
            let builder = ThreadBuilder::new().name(self.thread_name.clone());
            *thread = builder.spawn(move || shared.run()).ok();
        }
        thread.is_some()
    }
}

impl TimerShared {
    /// The body of the thread.
    fn run(&self) {
        while let Some(due) = self.next() {
            due.run();
        }
    }

    /// Waits for a broadcast that was declined; `None` once the pool has ended.
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
        // The last owner of the pool may be a rewake on the timer's own thread.
        join_others(self.thread.get_mut().take());
    }
}
