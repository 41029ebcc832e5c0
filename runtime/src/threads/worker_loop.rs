//! The life of one worker: get ready, take a job, run it, sleep, leave.

use std::sync::Arc;

use super::{shared::ThreadPoolShared, sleepers::IdleEnd, worker_counts::BROKEN};
use crate::{
    cell::WorkerHint,
    error::TaskError,
    executor::Job,
    sync::{AtomicBool, Ordering, spin_until},
    worker_context::{self, WorkerContext},
};

/// The body of a worker's thread.
pub(crate) fn work(pool: &Arc<ThreadPoolShared>, number: usize, is_busy: &AtomicBool) {
    let host = pool.clone();
    let prepare = Arc::new(move || initialize(&host));
    let mut worker_loop = WorkerLoop {
        pool,
        is_busy,
        phase: WorkerPhase::Coming,
    };
    let ready = {
        let _callback = worker_context::enter_callback(pool.inbox.id);
        prepare()
    };
    worker_loop.set_busy(false);
    let stack_size = pool.settings.stack_size;
    let _entered = worker_context::enter(WorkerContext {
        executor: pool.inbox.id,
        stack_size,
        prepare,
    });
    match ready {
        Ok(()) => worker_loop.serve(),
        Err(_) => pool.counts.remove_coming(),
    }
    if !pool.counts.is_closing() {
        // The pool goes on and joins no thread: the handle is dropped here.
        pool.threads.lock().remove(&number);
    }
    pool.note_left();
}

/// Runs the pool's initializer on this thread. A failure breaks the pool.
fn initialize(pool: &ThreadPoolShared) -> Result<(), TaskError> {
    if pool.counts.is(BROKEN) {
        return Err(pool.inbox.refusal());
    }
    pool.settings.initialize().map_err(|reason| {
        pool.break_down(reason);
        pool.inbox.refusal()
    })
}

/// How `WorkerCounts` counts this worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum WorkerPhase {
    /// It has claimed a call, or has shown its outcome while no more threads were allowed.
    Working,
    /// It was started or notified, or goes on to a job that it has seen. When it has claimed the
    /// job it looks for more, before it runs it.
    Coming,
    /// It is the one worker that spins on the queue.
    Searching,
    /// It has announced itself: it is idle, or was woken since.
    Announced,
}

struct WorkerLoop<'a> {
    pool: &'a Arc<ThreadPoolShared>,
    is_busy: &'a AtomicBool,
    phase: WorkerPhase,
}

impl WorkerLoop<'_> {
    /// Takes jobs until it is time to leave.
    ///
    /// After each move to another phase it rechecks the queue: no lost wakeup.
    fn serve(&mut self) {
        loop {
            if let Some(job) = self.pool.inbox.queue.pop() {
                self.set_busy(true);
                self.run(job);
                self.set_busy(false);
            } else if self.pool.counts.is_closing() {
                if self.quit() {
                    return;
                }
            } else {
                match self.phase {
                    WorkerPhase::Working | WorkerPhase::Coming => self.stand_by(),
                    WorkerPhase::Searching => self.search(),
                    WorkerPhase::Announced => {
                        if self.sleep_or_leave() {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn run(&mut self, job: Job) {
        if self.pool.counts.is(BROKEN) {
            return job.fail(self.pool.inbox.refusal());
        }
        job.run_for(&mut |hint| match hint {
            WorkerHint::Claimed => self.take_up_work(),
            WorkerHint::Free => self.free(),
            WorkerHint::Busy => self.busy_again(),
        });
    }

    /// The outcome is about to be seen. A thread that sees it may submit the next call, and should
    /// find this worker ready rather than start another thread.
    #[inline]
    fn free(&mut self) {
        self.set_busy(false);
        let pool = self.pool;
        if pool.counts.has_room(pool.settings.workers) {
            if pool.inbox.queue.is_empty() {
                self.stand_by();
            } else if !pool.is_refused_threads() {
                pool.counts.mark_coming();
                self.phase = WorkerPhase::Coming;
            }
        }
    }

    /// User code runs before the worker is free, or once more after it was.
    fn busy_again(&mut self) {
        self.set_busy(true);
        self.take_up_work();
    }

    #[inline]
    fn set_busy(&self, is_busy: bool) {
        // ORDERING: Relaxed is enough: a thread that sees an outcome, through the cell, sees what
        // the worker wrote before it.
        self.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// Has nothing to do: searches, or announces itself if another worker searches.
    fn stand_by(&mut self) {
        let counts = &self.pool.counts;
        let is_coming = self.phase == WorkerPhase::Coming;
        self.phase = if counts.search() {
            if is_coming {
                counts.mark_working();
            }
            WorkerPhase::Searching
        } else {
            if is_coming {
                counts.coming_to_idle();
            } else {
                counts.mark_idle();
            }
            WorkerPhase::Announced
        };
    }

    /// Has claimed a call. Submitters may have relied on this worker for more than one job: if
    /// there are more, it wakes another one.
    #[inline]
    fn take_up_work(&mut self) {
        if self.step_up() != WorkerPhase::Working && !self.pool.inbox.queue.is_empty() {
            self.pool.find_worker();
        }
    }

    /// Leaves its phase, so that it counts as working.
    #[inline]
    fn step_up(&mut self) -> WorkerPhase {
        let before = std::mem::replace(&mut self.phase, WorkerPhase::Working);
        match before {
            WorkerPhase::Working => {}
            WorkerPhase::Searching => self.pool.counts.found(),
            WorkerPhase::Coming | WorkerPhase::Announced => self.pool.counts.mark_working(),
        }
        before
    }

    /// Spins on the queue for a short while, then announces itself.
    fn search(&mut self) {
        let ThreadPoolShared { counts, inbox, .. } = &**self.pool;
        if !spin_until(|| !inbox.queue.is_empty() || counts.is_closing()) {
            counts.searching_to_idle();
            self.phase = WorkerPhase::Announced;
        }
    }

    /// Sleeps until it is notified. True if it has left instead.
    fn sleep_or_leave(&mut self) -> bool {
        let counts = &self.pool.counts;
        match self.pool.sleepers.sleep(counts, self.pool.idle_timeout) {
            IdleEnd::Notified => self.phase = WorkerPhase::Coming,
            IdleEnd::Closing => {}
            IdleEnd::TimedOut => return counts.remove_idle(),
        }
        false
    }

    /// Leaves a closing pool. False if a job came in the last moment, and this worker is back.
    fn quit(&mut self) -> bool {
        self.step_up();
        let ThreadPoolShared {
            counts,
            inbox,
            settings,
            ..
        } = &**self.pool;
        counts.remove_working();
        let has_left = inbox.queue.is_empty() || !counts.come_back(settings.workers);
        self.phase = WorkerPhase::Coming;
        has_left
    }
}
