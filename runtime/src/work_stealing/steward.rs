//! Passes on bells that the wrong worker came upon.
//!
//! ```text
//!   worker, inside a call --pass_on()--> steward ... a moment later: rings again
//! ```
//!
//! A worker that is inside a call does not answer, and cannot leave the bell where it
//! lay, for it would come upon it again at once. There it waits for others, who will
//! be free sooner or later, and nobody tells us when. So the bell is
//! rung again a little later, from a thread of its own: calls from outside of rayon's
//! pool lie where its workers look last. Calls wait so long at most for a worker
//! that became free.
//!
//! The thread is started when it is first needed, which in most programs is never, and
//! sleeps unless there is a bell to be passed on.

use std::{sync::Arc, time::Duration};

use super::pool::Pool;
use crate::sync::{
    AtomicU32, Condvar, JoinHandle, Mutex, Ordering, ThreadBuilder, current_thread, sleep,
};

/// How long after it was declined a bell rings again; each time in a row twice as long.
const FIRST: Duration = Duration::from_micros(50);
/// How often that doubles.
const MOST_DOUBLINGS: u32 = 5;

/// The steward of one pool.
pub(super) struct Steward {
    /// What its thread is called.
    name: String,
    desk: Arc<Desk>,
    /// How often in a row a bell was declined.
    declined: AtomicU32,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the steward's thread shares with its pool.
#[derive(Default)]
struct Desk {
    orders: Mutex<Orders>,
    changed: Condvar,
}

#[derive(Default)]
struct Orders {
    /// A bell to be rung again after so long. Its pool lives at least until then.
    due: Option<(Arc<Pool>, Duration)>,
    is_over: bool,
}

impl Steward {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            desk: Arc::default(),
            declined: AtomicU32::new(0),
            thread: Mutex::default(),
        }
    }

    /// Takes a bell, to ring it again.
    #[cold]
    pub(super) fn pass_on(&self, pool: &Arc<Pool>) {
        let doublings = self.declined.fetch_add(1, Ordering::Relaxed);
        let after = FIRST * 2_u32.pow(doublings.min(MOST_DOUBLINGS));
        if self.has_thread() {
            self.desk.orders.lock().due = Some((pool.clone(), after));
            self.desk.changed.notify_one();
        } else {
            // Nobody else can do it.
            sleep(after);
            pool.ring_again();
        }
    }

    /// Somebody has answered a bell.
    pub(super) fn note_answer(&self) {
        // Most are never declined: a look is cheaper than a write.
        if self.declined.load(Ordering::Relaxed) > 0 {
            self.declined.store(0, Ordering::Relaxed);
        }
    }

    /// Starts the thread, if need be. False if the system gives none.
    fn has_thread(&self) -> bool {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let desk = self.desk.clone();
            let builder = ThreadBuilder::new().name(self.name.clone());
            *thread = builder.spawn(move || desk.attend()).ok();
        }
        thread.is_some()
    }
}

impl Desk {
    /// The body of the thread.
    fn attend(&self) {
        while let Some((pool, after)) = self.next() {
            sleep(after);
            pool.ring_again();
        }
    }

    /// Waits for a bell; none if the pool is gone.
    fn next(&self) -> Option<(Arc<Pool>, Duration)> {
        let mut orders = self.orders.lock();
        while orders.due.is_none() && !orders.is_over {
            orders = self.changed.wait(orders);
        }
        orders.due.take()
    }
}

impl Drop for Steward {
    fn drop(&mut self) {
        self.desk.orders.lock().is_over = true;
        self.desk.changed.notify_one();
        let thread = self.thread.get_mut().take();
        // The pool's last owner may be the bell that was just passed on.
        let others = thread.filter(|thread| thread.thread().id() != current_thread().id());
        others.into_iter().for_each(|thread| {
            let _ = thread.join();
        });
    }
}
