//! The life of one worker: get ready, take a job, run it, sleep, leave.

use std::{cell::Cell, hint, sync::Arc, thread};

use super::{crew::BROKEN, lot::Awake, pool::Pool};
use crate::{
    error::TaskError,
    executor::Job,
    future::settle::Worker,
    worker::{self, Post},
};

/// How often an idle worker looks again before it sleeps.
///
/// Waking a sleeper costs a system call on either side, many times what a small
/// call costs; so a short wait for the next one pays.
const LOOKS: u32 = 64;

/// The body of a worker's thread.
pub(crate) fn work(pool: &Arc<Pool>, number: usize) {
    let host = pool.clone();
    let prepare = Arc::new(move || initialize(&host));
    let stack_size = pool.settings.stack_size;
    let _entered = worker::enter(Post {
        executor: pool.id,
        stack_size,
        prepare: prepare.clone(),
    });
    let mut crewman = Crewman {
        pool,
        announced: false,
    };
    if prepare().is_ok() {
        crewman.serve();
    } else {
        crewman.abandon();
    }
    if !pool.crew.is_closing() {
        // Nobody will join a thread of a pool that goes on.
        pool.threads().remove(&number);
    }
    pool.left.ring_all();
}

/// Runs the pool's initializer on this thread. A failure breaks the pool.
fn initialize(pool: &Pool) -> Result<(), TaskError> {
    if pool.crew.is(BROKEN) {
        return Err(pool.refusal());
    }
    pool.settings.initialize().map_err(|reason| {
        pool.break_down(reason);
        pool.refusal()
    })
}

struct Crewman<'a> {
    pool: &'a Arc<Pool>,
    /// Whether the crew counts this worker as idle or woken.
    announced: bool,
}

impl Crewman<'_> {
    /// Takes jobs until it is time to leave.
    fn serve(&mut self) {
        loop {
            if let Some(job) = self.pool.queue.pop() {
                self.resume();
                self.run(job);
            } else if self.finds_something() {
                // Before the announcement: submitters need not ring for it.
            } else if !self.announced {
                // The look into the queue comes again, after the announcement.
                self.announce();
            } else if self.pool.crew.is_closing() {
                if self.quit() {
                    return;
                }
            } else if self.sleep_or_leave() {
                return;
            }
        }
    }

    fn run(&mut self, job: Job) {
        if self.pool.crew.is(BROKEN) {
            return job.fail(self.pool.refusal());
        }
        job.run_for(&mut |turn| match turn {
            Worker::Free => self.free(),
            Worker::Busy => self.busy_after_all(),
        });
    }

    /// The outcome is about to be seen. Who sees it may submit the next call,
    /// and should find this worker idle rather than start another thread.
    #[inline]
    fn free(&mut self) {
        if self.pool.crew.has_room(self.pool.settings.workers)
            && !self.announced
            && self.pool.queue.is_empty()
        {
            self.announce();
        }
    }

    /// A callback came before the outcome was out: somebody else is to take
    /// what was pushed for this worker.
    fn busy_after_all(&mut self) {
        self.resume();
        if !self.pool.queue.is_empty() {
            self.pool.find_a_hand();
        }
    }

    fn announce(&mut self) {
        self.announced = true;
        self.pool.crew.announce();
    }

    fn resume(&mut self) {
        if self.announced {
            self.announced = false;
            self.pool.crew.resume();
        }
    }

    /// Looks again for a short while.
    fn finds_something(&self) -> bool {
        (0..LOOKS).any(|look| {
            if look % 16 == 15 {
                thread::yield_now();
            } else {
                hint::spin_loop();
            }
            !self.pool.queue.is_empty()
        })
    }

    /// Sleeps until somebody wakes it. True if it has left instead.
    fn sleep_or_leave(&mut self) -> bool {
        let crew = &self.pool.crew;
        let woken = Cell::new(false);
        let slept = self.pool.idle.sleep(self.pool.settings.idle_timeout, || {
            woken.set(crew.take_wake());
            woken.get() || crew.is_closing()
        });
        // Who gets up because the pool is closing was not woken: it stays announced.
        self.announced = !woken.get();
        slept == Awake::TimedOut && crew.leave()
    }

    /// Leaves a closing pool. False if a job came in the last moment.
    fn quit(&mut self) -> bool {
        self.announced = false;
        self.pool.crew.quit();
        self.pool.queue.is_empty() || !self.pool.crew.hire(self.pool.settings.workers)
    }

    /// Leaves without having served.
    fn abandon(&mut self) {
        self.pool.crew.unhire();
    }
}
