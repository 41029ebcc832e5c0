//! The life of one worker: get ready, take a job, run it, sleep, leave.

use std::sync::Arc;

use super::{crew::BROKEN, pool::Pool, sleepers::Awake};
use crate::{
    error::TaskError,
    executor::Job,
    future::settle::Turn,
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
        standing: Standing::Coming,
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
        Err(_) => pool.crew.dismiss(),
    }
    if !pool.crew.is_closing() {
        // Nobody will join a thread of a pool that goes on.
        pool.threads.lock().remove(&number);
    }
    pool.note_left();
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
    /// It has claimed a call, or has shown its outcome while there could be no more threads.
    Working,
    /// It was hired or notified, or goes on to a job that it has seen: it counts for one
    /// until it has claimed it. There may be more, so it looks then, before it runs it.
    Coming,
    /// It is the one that looks into the queue without sleeping.
    Searching,
    /// It has announced itself: idle, or called since.
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
                self.run(job);
                self.set_busy(false);
            } else if self.pool.crew.is_closing() {
                if self.quit() {
                    return;
                }
            } else {
                match self.standing {
                    Standing::Working | Standing::Coming => self.stand_by(),
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
            Turn::Claimed => self.take_up_work(),
            Turn::Free => self.free(),
            Turn::Busy => self.busy_again(),
        });
    }

    /// The outcome is about to be seen. A thread that sees it may submit the next call,
    /// and should find this worker there rather than start another thread.
    #[inline]
    fn free(&mut self) {
        self.set_busy(false);
        let pool = self.pool;
        if pool.crew.has_room(pool.settings.workers) {
            if pool.inbox.queue.is_empty() {
                self.stand_by();
            } else if !pool.is_refused_threads() {
                pool.crew.come();
                self.standing = Standing::Coming;
            }
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
        let crew = &self.pool.crew;
        let is_coming = self.standing == Standing::Coming;
        self.standing = if crew.search() {
            if is_coming {
                crew.arrive();
            }
            Standing::Searching
        } else {
            if is_coming {
                crew.settle_down();
            } else {
                crew.announce();
            }
            Standing::Announced
        };
    }

    /// Has claimed a call. A submitter may have relied on this worker
    /// for more than one job: if there are more, another one is called.
    #[inline]
    fn take_up_work(&mut self) {
        if self.step_up() != Standing::Working && !self.pool.inbox.queue.is_empty() {
            self.pool.find_worker();
        }
    }

    /// Leaves its standing, so that the crew counts it as working.
    #[inline]
    fn step_up(&mut self) -> Standing {
        let before = std::mem::replace(&mut self.standing, Standing::Working);
        match before {
            Standing::Working => {}
            Standing::Searching => self.pool.crew.found(),
            Standing::Coming | Standing::Announced => self.pool.crew.arrive(),
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

    /// Sleeps until it is notified. True if it has left instead.
    fn sleep_or_leave(&mut self) -> bool {
        let crew = &self.pool.crew;
        match self.pool.sleepers.sleep(crew, self.pool.idle_timeout) {
            Awake::Notified => self.standing = Standing::Coming,
            Awake::Closing => {}
            Awake::TimedOut => return crew.leave(),
        }
        false
    }

    /// Leaves a closing pool. False if a job came in the last moment.
    fn quit(&mut self) -> bool {
        self.step_up();
        let Pool {
            crew,
            inbox,
            settings,
            ..
        } = &**self.pool;
        crew.unhire();
        let has_left = inbox.queue.is_empty() || !crew.come_back(settings.workers);
        self.standing = Standing::Coming;
        has_left
    }
}
