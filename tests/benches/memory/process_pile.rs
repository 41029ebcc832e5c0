//! Piles up calls that are pending in front of busy processes.
//!
//! Weighed is what this process holds; a few dozen calls of ours are with the
//! workers already. `procspawn` keeps descriptors for each, so that it can
//! have 200 at most; those are not weighed.

use crate::WORKERS;
use crate::meeting::{Meeting, knock};
use crate::mix::mix;
use crate::pile::{check, pile_up};
use concurrent_futures::ProcessPool;

/// More than that run out of descriptors.
const PROCSPAWN_CALLS: u64 = 200;

pub(crate) fn on_ours(calls: u64) -> f64 {
    let builder = ProcessPool::builder().workers(WORKERS);
    let pool = builder.build().expect("two processes can be started");
    let meeting = Meeting::open("memory");
    let visits = [(); WORKERS].map(|()| knock::submit(&pool, meeting.path()));
    let gate = [(); WORKERS].map(|()| meeting.next());
    let submit = |n| mix::submit(&pool, n);
    let (futures, bytes) = pile_up(calls, submit);
    drop(gate);
    for visit in visits {
        visit.result().expect("its worker lives");
    }
    check(futures, |future| {
        future.result().expect("`mix` does not panic")
    });
    bytes
}

pub(crate) fn on_procspawn(calls: u64) -> f64 {
    let pool = procspawn::Pool::new(WORKERS).expect("two processes can be started");
    let meeting = Meeting::open("memory");
    let path = || meeting.path().to_owned();
    let visits = [(); WORKERS].map(|()| pool.spawn(path(), |path| knock(&path)));
    let gate = [(); WORKERS].map(|()| meeting.next());
    let submit = |n| pool.spawn(n, mix);
    let (handles, bytes) = pile_up(calls.min(PROCSPAWN_CALLS), submit);
    drop(gate);
    for visit in visits {
        visit.join().expect("its worker lives");
    }
    check(handles, |handle| {
        handle.join().expect("`mix` does not panic")
    });
    bytes
}
