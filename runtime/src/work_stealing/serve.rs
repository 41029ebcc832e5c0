//! The life of a worker at the inbox: take a call, run it, help rayon, leave.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    duty::BROKEN,
    pool::{Pool, Roster, Seat},
    rayon,
};
use crate::{
    executor::Job,
    future::settle::Turn,
    sync::{has_passed, look_for},
};

/// How the roster counts a worker that serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// It takes calls, one after another.
    Working,
    /// It has just come: there may be more than the one call it came for, so it looks
    /// when it has taken that, before it runs it.
    Sent,
    /// It is the one that looks into the queue without leaving.
    Searching,
}

/// How long calls follow one another before a worker looks what there is to help with.
///
/// That look costs some ten nanoseconds a worker of the pool, more than the smallest calls.
const UNTIL_HELP: Duration = Duration::from_micros(20);

struct Server<'a> {
    pool: &'a Arc<Pool>,
    roster: &'a Roster,
    seat: &'a Seat,
    standing: Standing,
    /// When to look what there is to help with.
    next_help: Instant,
    /// Whether it left its last help out.
    has_waited: bool,
}

/// Answers a bell: runs calls until there are none.
pub(super) fn serve(pool: &Arc<Pool>) {
    let roster = &*pool.roster;
    let number = rayon::current_thread_index().expect("only rayon's threads find bells");
    roster.duty.answer();
    pool.steward.note_answer();
    let mut server = Server {
        pool,
        roster,
        seat: roster.seat(number),
        standing: Standing::Sent,
        next_help: Instant::now() + UNTIL_HELP,
        has_waited: false,
    };
    server.serve();
}

impl Server<'_> {
    fn serve(&mut self) {
        let Roster { inbox, duty, .. } = self.roster;
        loop {
            if let Some(job) = inbox.queue.pop() {
                self.take_up_work();
                self.run(job);
                self.help();
            } else if self.standing != Standing::Searching && duty.search() {
                self.standing = Standing::Searching;
                look_for(|| !inbox.queue.is_empty());
            } else if self.leave() {
                return;
            }
        }
    }

    /// Has taken a call. Whoever pushed may have relied on this worker for more than one.
    #[inline]
    fn take_up_work(&mut self) {
        let before = std::mem::replace(&mut self.standing, Standing::Working);
        if before == Standing::Working {
            return;
        }
        if before == Standing::Searching {
            self.roster.duty.found();
        }
        if !self.roster.inbox.queue.is_empty() {
            self.pool.find_worker();
        }
    }

    fn run(&self, job: Job) {
        if self.roster.duty.is(BROKEN) {
            return job.fail(self.roster.inbox.refusal());
        }
        self.seat.set_busy(true);
        job.run_for(&mut |turn| self.seat.set_busy(turn != Turn::Free));
        self.seat.set_busy(false);
    }

    /// Does jobs of rayon's, if there are any: what calls have begun goes before what has not started.
    #[inline]
    fn help(&mut self) {
        if has_passed(Some(self.next_help)) {
            self.next_help = Instant::now() + UNTIL_HELP;
            self.seat.set_helps(true);
            // A fresh bell it would find, and it is meant for somebody else.
            self.has_waited = self.roster.duty.is_rung() && !self.has_waited;
            while !self.has_waited && rayon::yield_now() == Some(rayon::Yield::Executed) {}
            self.seat.set_helps(false);
        }
    }

    /// Leaves, unless a call came in the last moment.
    fn leave(&mut self) -> bool {
        let Roster {
            duty,
            inbox,
            settings,
            ..
        } = self.roster;
        duty.leave(self.standing == Standing::Searching);
        self.standing = Standing::Sent;
        if !inbox.queue.is_empty() && duty.come_back(settings.workers) {
            return false;
        }
        self.pool.note_left();
        true
    }
}
