//! The life of one worker: get ready, take a job, run it, sleep, leave.

use std::{cell::Cell, sync::Arc};

use super::{crew::BROKEN, pool::Pool};
use crate::{
    error::TaskError,
    executor::Job,
    future::settle::Turn,
    local::lot::Awake,
    sync::{AtomicBool, Ordering, look_for},
    worker::{self, Post},
};

/// The body of a worker's thread.
pub(crate) fn work(pool: &Arc<Pool>, number: usize, is_busy: &AtomicBool) {
    let host = pool.clone();
    let prepare = Arc::new(move || initialize(&host));
    let mut member = Member {
        pool,
        is_busy,
        standing: Standing::Sent,
    };
    let ready = {
        let _tending = worker::tend(pool.inbox.id);
        prepare()
    };
    member.set_busy(false);
    let stack_size = pool.settings.stack_size;
    let _entered = worker::enter(Post {
        executor: pool.inbox.id,
        stack_size,
        prepare,
    });
    match ready {
        Ok(()) => member.serve(),
        Err(_) => pool.crew.unhire(),
    }
    if !pool.crew.is_closing() {
        // Nobody will join a thread of a pool that goes on.
        pool.threads.lock().remove(&number);
    }
    pool.left.ring_all();
}

/// Runs the pool's initializer on this thread. A failure breaks the pool.
fn initialize(pool: &Pool) -> Result<(), TaskError> {
    if pool.crew.is(BROKEN) {
        return Err(pool.inbox.refusal());
    }
    pool.settings.initialize().map_err(|reason| {
        pool.break_down(reason);
        pool.inbox.refusal()
    })
}

/// How the crew counts a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// It runs jobs, one after another.
    Working,
    /// It was just hired or woken: there may be more than the one job it came for,
    /// so it looks when it has taken that, before it runs it.
    Sent,
    /// It is the one that looks into the queue without sleeping.
    Searching,
    /// It has announced itself: idle, or woken since.
    Announced,
}

struct Member<'a> {
    pool: &'a Arc<Pool>,
    is_busy: &'a AtomicBool,
    standing: Standing,
}

impl Member<'_> {
    /// Takes jobs until it is time to leave.
    ///
    /// Every move to another standing is followed by another look into the queue.
    fn serve(&mut self) {
        loop {
            if let Some(job) = self.pool.inbox.queue.pop() {
                self.set_busy(true);
                self.take_up_work();
                self.run(job);
                self.set_busy(false);
            } else if self.pool.crew.is_closing() {
                if self.quit() {
                    return;
                }
            } else {
                match self.standing {
                    Standing::Working | Standing::Sent => self.stand_by(),
                    Standing::Searching => self.search(),
                    Standing::Announced => {
                        if self.sleep_or_leave() {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn run(&mut self, job: Job) {
        if self.pool.crew.is(BROKEN) {
            return job.fail(self.pool.inbox.refusal());
        }
        job.run_for(&mut |turn| match turn {
            Turn::Free => self.free(),
            Turn::Busy => self.busy_again(),
        });
    }

    /// The outcome is about to be seen. Who sees it may submit the next call,
    /// and should find this worker there rather than start another thread.
    #[inline]
    fn free(&mut self) {
        self.set_busy(false);
        let pool = self.pool;
        if pool.crew.has_room(pool.settings.workers) && pool.inbox.queue.is_empty() {
            self.stand_by();
        }
    }

    /// There is user code to run before the worker is free, or after all.
    fn busy_again(&mut self) {
        self.set_busy(true);
        self.take_up_work();
    }

    #[inline]
    fn set_busy(&self, is_busy: bool) {
        // ORDERING: whoever sees an outcome, through the cell, sees this as well.
        self.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// Has nothing to do: searches, or announces itself if another one does.
    fn stand_by(&mut self) {
        self.standing = if self.pool.crew.search() {
            Standing::Searching
        } else {
            self.pool.crew.announce();
            Standing::Announced
        };
    }

    /// Has something to do again. Whoever pushed may have relied on this worker
    /// for more than one job: if there are more, another one is sent.
    #[inline]
    fn take_up_work(&mut self) {
        if self.step_up(Standing::Working) != Standing::Working && !self.pool.inbox.queue.is_empty()
        {
            self.pool.find_worker();
        }
    }

    /// Leaves its standing, so that the crew counts it as working.
    #[inline]
    fn step_up(&mut self, next: Standing) -> Standing {
        let before = std::mem::replace(&mut self.standing, next);
        match before {
            Standing::Working | Standing::Sent => {}
            Standing::Searching => self.pool.crew.found(),
            Standing::Announced => self.pool.crew.resume(),
        }
        before
    }

    /// Looks into the queue for a short while, then announces itself.
    fn search(&mut self) {
        let Pool { crew, inbox, .. } = &**self.pool;
        if !look_for(|| !inbox.queue.is_empty() || crew.is_closing()) {
            crew.give_up();
            self.standing = Standing::Announced;
        }
    }

    /// Sleeps until somebody wakes it. True if it has left instead.
    fn sleep_or_leave(&mut self) -> bool {
        let crew = &self.pool.crew;
        let woken = Cell::new(false);
        let slept = self.pool.idle.sleep(self.pool.idle_timeout, || {
            woken.set(crew.take_wake());
            woken.get() || crew.is_closing()
        });
        if woken.get() {
            self.standing = Standing::Sent;
        }
        slept == Awake::TimedOut && crew.leave()
    }

    /// Leaves a closing pool. False if a job came in the last moment.
    fn quit(&mut self) -> bool {
        self.step_up(Standing::Sent);
        let Pool {
            crew,
            inbox,
            settings,
            ..
        } = &**self.pool;
        crew.unhire();
        inbox.queue.is_empty() || !crew.hire(settings.workers)
    }
}
