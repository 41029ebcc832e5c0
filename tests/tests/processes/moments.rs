//! Workers that die at each moment of a call's life.
//!
//! ```text
//!   read   claimed   decoded   ran   half answered   answered   finished
//!   -----| ---------------------------------------| ---------------------
//!   blames no call         blames the call           blames no call: its answer is whole
//! ```

use concurrent_futures::{ProcessPool, TaskError, hooks, hooks::Moment, task};
use serde::{Deserialize, Serialize};
use tests::{
    Soon,
    far::{Death, FarHeld, FileTally},
};

use crate::{
    kit::{made, one_worker},
    tasks::{note, who},
};

/// A moment to die at, or to linger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum When {
    TakingOver,
    Read,
    Claimed,
    Decoded,
    Ran,
    HalfAnswered,
    Answered,
    Finished,
}

impl When {
    pub(crate) fn moment(self) -> Moment {
        match self {
            Self::TakingOver => Moment::TakingOver,
            Self::Read => Moment::Read,
            Self::Claimed => Moment::Claimed,
            Self::Decoded => Moment::Decoded,
            Self::Ran => Moment::Ran,
            Self::HalfAnswered => Moment::HalfAnswered,
            Self::Answered => Moment::Answered,
            Self::Finished => Moment::Finished,
        }
    }
}

/// Has the worker die when it comes to this moment next: in this call, or in the one after it.
#[task]
pub(crate) fn die_when(when: When) {
    hooks::watch(when.moment(), || Death::Kill.now());
}

/// What became of a call that has its worker die, and of ten calls after it.
struct Fates {
    first: Result<(), TaskError>,
    others: Vec<Result<u64, TaskError>>,
    notes: Vec<u64>,
}

#[track_caller]
fn fates(when: When) -> Fates {
    let (pool, pid) = one_worker();
    let tally = FileTally::new();
    let held = FarHeld::on(&pool, 7);
    let first = die_when::submit(&pool, when);
    let others: Vec<_> = (0..10).map(|n| note::submit(&pool, &tally, n)).collect();

    assert_eq!(held.let_go().soon().unwrap(), 7);
    let first = first.soon();
    let others = others.into_iter().map(Soon::soon).collect();

    assert_ne!(
        who::submit(&pool).soon().unwrap(),
        pid,
        "the first has died"
    );
    Fates {
        first,
        others,
        notes: tally.notes(),
    }
}

/// All calls ended well, and ran once each in their order.
#[track_caller]
fn assert_nobody_is_blamed(when: When) {
    let Fates {
        first,
        others,
        notes,
    } = fates(when);

    first.unwrap();
    assert!(others.into_iter().map(Result::unwrap).eq(0..10));
    assert!(notes.iter().copied().eq(0..10), "{notes:?}");
}

/// The call after the one that armed the worker is lost before it ran.
#[track_caller]
fn assert_the_next_is_blamed(when: When) {
    let Fates {
        first,
        others,
        notes,
    } = fates(when);

    first.unwrap();
    let mut others = others.into_iter();
    let lost = others.next().unwrap().unwrap_err();
    assert_eq!(lost.death().and_then(|death| death.signal()), Some(9));
    assert!(others.map(Result::unwrap).eq(1..10));
    assert!(notes.iter().copied().eq(1..10), "{notes:?}");
}

/// The call that armed the worker is lost though it ran.
#[track_caller]
fn assert_the_first_is_blamed(when: When) {
    let Fates {
        first,
        others,
        notes,
    } = fates(when);

    let death = first.unwrap_err().death().cloned();
    assert_eq!(death.and_then(|death| death.signal()), Some(9));
    assert!(others.into_iter().map(Result::unwrap).eq(0..10));
    assert!(notes.iter().copied().eq(0..10), "{notes:?}");
}

#[test]
fn a_worker_that_dies_after_it_read_a_call_blames_nobody() {
    assert_nobody_is_blamed(When::Read);
}

#[test]
fn a_worker_that_dies_after_it_claimed_a_call_blames_that() {
    assert_the_next_is_blamed(When::Claimed);
}

#[test]
fn a_worker_that_dies_after_it_decoded_a_call_blames_that() {
    assert_the_next_is_blamed(When::Decoded);
}

#[test]
fn a_worker_that_dies_after_it_ran_a_call_blames_that() {
    assert_the_first_is_blamed(When::Ran);
}

#[test]
fn a_worker_that_dies_in_the_middle_of_an_answer_blames_that_call() {
    assert_the_first_is_blamed(When::HalfAnswered);
}

#[test]
fn a_worker_that_dies_after_its_answer_blames_nobody() {
    assert_nobody_is_blamed(When::Answered);
}

#[test]
fn a_worker_that_dies_after_it_finished_a_call_blames_nobody() {
    assert_nobody_is_blamed(When::Finished);
}

#[test]
fn workers_of_which_none_comes_to_run_a_call_break_the_pool() {
    let builder = ProcessPool::builder().workers(1);
    let pool = made(builder.initializer(die_when::new(When::Read)));

    let error = who::submit(&pool).soon().unwrap_err();

    assert!(error.is_executor_broken(), "{error}");
    assert!(error.to_string().contains("SIGKILL"), "{error}");
}
