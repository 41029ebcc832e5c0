//! Chunks of a `map` on their way through another process: a part and an answer for each of their
//! calls.

use concurrent_futures::{MapOptions, TaskError, remote::Parts};
use tests::{Keeper, MOMENT, elsewhere::entry_of, let_pass};

use crate::{
    bytes::remote_calls::{finish, run_all},
    tasks::double,
};

#[test]
fn the_job_of_a_chunk_tells_the_task_of_its_calls() {
    let keeper = Keeper::default();
    let options = MapOptions::new().chunk_size(3);
    let map = double::map_with(&keeper, options, 0..3).unwrap();

    let mut jobs = keeper.jobs();
    let (job, mut parts) = (jobs.pop().unwrap(), Parts::new());
    let entry = job.entry().unwrap();
    let sent = job.encode(&mut parts).unwrap();

    assert!(std::ptr::eq(entry, entry_of::<double>()));
    assert_eq!((jobs.len(), parts.len()), (0, 3), "a part for each call");
    finish(sent, &run_all(entry, &parts));
    assert_eq!(map.into_vec().unwrap(), [0, 2, 4]);
}

#[test]
fn answers_that_are_too_few_fail_the_last_calls_of_a_chunk() {
    let (keeper, mut parts) = (Keeper::default(), Parts::new());
    let options = MapOptions::new().chunk_size(3);
    let map = double::map_with(&keeper, options, 0..3).unwrap();
    let sent = keeper.jobs().pop().unwrap().encode(&mut parts).unwrap();

    finish(sent, &run_all(entry_of::<double>(), &parts)[..2]);

    let outcomes: Vec<_> = map.collect();
    assert_eq!(
        (outcomes[0].as_ref().ok(), outcomes[1].as_ref().ok()),
        (Some(&0), Some(&2))
    );
    assert!(outcomes[2].as_ref().unwrap_err().is_worker_lost());
}

#[test]
fn a_lost_worker_fails_each_call_of_a_chunk() {
    let (keeper, mut parts) = (Keeper::default(), Parts::new());
    let options = MapOptions::new().chunk_size(3);
    let map = double::map_with(&keeper, options, 0..3).unwrap();

    drop(keeper.jobs().pop().unwrap().encode(&mut parts).unwrap());

    let lost: Vec<_> = map
        .map(|outcome| outcome.unwrap_err().is_worker_lost())
        .collect();
    assert_eq!(lost, [true; 3]);
}

#[test]
fn what_comes_after_an_item_that_did_not_start_in_time_is_not_taken_for_it() {
    let (keeper, mut parts) = (Keeper::default(), Parts::new());
    let options = MapOptions::new().chunk_size(3).timeout(MOMENT);
    let mut map = double::map_with(&keeper, options, 0..3).unwrap();
    let sent = keeper.jobs().pop().unwrap().encode(&mut parts).unwrap();
    let mut answers = run_all(entry_of::<double>(), &parts);
    let_pass(MOMENT);

    // The first was taken back; the others had started elsewhere.
    answers[0] = Err(TaskError::cancelled());
    finish(sent, &answers);

    assert!(map.next().unwrap().unwrap_err().is_timed_out());
    assert!(map.next().is_none());
}
