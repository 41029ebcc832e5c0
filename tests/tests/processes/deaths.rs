//! Workers that die: who is blamed, what runs elsewhere, what the error says.

use concurrent_futures::{MapOptions, Submit, TaskError, task};
use rustix::process::Signal;
use tests::{
    Soon, eventually,
    far::{Death, FarHeld, FileTally},
    system::{Process, signal},
};

use crate::{
    kit::{one_worker, pool},
    tasks::{die, note, who},
};

/// A worker dies in one call while it holds twenty others.
#[track_caller]
fn assert_that_one_call_fails(how: Death) {
    let (pool, pid) = one_worker();
    let tally = FileTally::new();
    let held = FarHeld::on(&pool, 7);
    let deadly = die::submit(&pool, how);
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

    let before = held.let_go().soon();
    let error = deadly.soon().unwrap_err();

    assert_eq!(before.unwrap(), 7);
    assert_names(&error, how, pid);
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..20), "{:?}", tally.notes());
    assert_ne!(who::submit(&pool).soon().unwrap(), pid);
}

#[track_caller]
fn assert_names(error: &TaskError, how: Death, pid: u32) {
    assert!(error.is_worker_lost());
    let death = error.death().expect("its worker has died");
    assert_eq!(death.pid(), pid);
    assert_eq!(death.exit_code(), how.exit_code());
    assert_eq!(death.signal(), how.signal());
    let bytes = argument_bytes(how);
    assert_eq!(death.arguments(), bytes);
    let (task, text) = ("processes::tasks::die", error.to_string());
    assert_eq!(error.task(), Some(task));
    for words in [
        format!("process {pid} "),
        format!(" while it ran `{task}` with {bytes} bytes of arguments"),
    ] {
        assert!(text.contains(&words), "`{words}` in: {text}");
    }
}

/// Which way to end it is, and with which code.
fn argument_bytes(how: Death) -> u64 {
    1 + u64::from(how.exit_code().is_some())
}

#[test]
fn a_killed_worker_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Kill);
}

#[test]
fn a_worker_that_aborts_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Abort);
}

#[test]
fn a_worker_that_exits_well_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Exit(0));
}

#[test]
fn a_worker_that_exits_with_a_code_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Exit(3));
}

#[test]
fn a_worker_whose_stack_overflows_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Overflow);
}

#[test]
fn a_worker_that_writes_where_no_memory_is_fails_only_the_call_it_had_claimed() {
    assert_that_one_call_fails(Death::Segfault);
}

#[test]
fn the_error_of_a_lost_call_says_all_and_nothing_else() {
    for _ in 0..20 {
        let (pool, pid) = one_worker();

        let error = die::submit(&pool, Death::Exit(3)).soon().unwrap_err();

        let text = format!(
            "process {pid} exited with code 3 while it ran `processes::tasks::die` with 2 bytes of arguments"
        );
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_worker_killed_from_outside_fails_only_the_call_it_had_claimed() {
    let (pool, pid) = one_worker();
    let tally = FileTally::new();
    let held = FarHeld::on(&pool, 7);
    let others: Vec<_> = (0..50).map(|n| note::submit(&pool, &tally, n)).collect();

    signal(pid, Signal::KILL);

    let death = held.future.soon().unwrap_err().death().cloned();
    assert_eq!(
        death.map(|death| (death.pid(), death.signal())),
        Some((pid, Some(9)))
    );
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..50), "{:?}", tally.notes());
}

#[test]
fn a_worker_that_dies_with_nothing_claimed_blames_nobody() {
    let (pool, pid) = one_worker();
    let tally = FileTally::new();

    signal(pid, Signal::KILL);
    let calls: Vec<_> = (0..50).map(|n| note::submit(&pool, &tally, n)).collect();

    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..50), "{:?}", tally.notes());
}

#[test]
fn a_new_worker_takes_the_place_of_each_that_died() {
    let pool = pool(2);
    let held = [FarHeld::on(&pool, 1), FarHeld::on(&pool, 2)];
    let old: Vec<Process> = pool.pids().into_iter().map(Process::of).collect();

    old.iter().for_each(|process| process.signal(Signal::KILL));
    held.into_iter()
        .for_each(|held| assert!(held.future.soon().is_err()));
    let held = [FarHeld::on(&pool, 3), FarHeld::on(&pool, 4)];

    eventually("the dead are gone", || pool.pids().len() == 2);
    let new = pool.pids();
    assert!(old.iter().all(|process| !new.contains(&process.id())));
    for (n, held) in (3..).zip(held) {
        assert_eq!(held.let_go().soon().unwrap(), n);
    }
}

#[test]
fn calls_that_killed_their_workers_one_after_another_blame_each_its_own() {
    let pool = pool(2);

    let deaths = (0..20).map(|code| die::submit(&pool, Death::Exit(code)));
    let deaths: Vec<_> = deaths.collect();

    for (code, death) in (0..).zip(deaths) {
        let error = death.soon().unwrap_err();
        assert_eq!(
            error.death().and_then(|death| death.exit_code()),
            Some(code)
        );
    }
}

/// Notes its number, and ends the worker if that is thirteen.
#[task]
fn note_unlucky(tally: &FileTally, number: u64) -> u64 {
    tally.note(number);
    if number == 13 {
        Death::Abort.now();
    }
    number
}

#[test]
fn a_worker_lost_in_a_chunk_fails_the_item_that_ran_and_no_other() {
    let pool = pool(2);
    let tally = FileTally::new();
    let inputs = (0..40).map(|n| note_unlucky::new(&tally, n));

    let results = pool.map_with(MapOptions::new().chunk_size(10), inputs);
    let results: Vec<_> = results.unwrap().collect();

    for (n, result) in (0..).zip(results) {
        match result {
            Ok(number) => assert_eq!(number, n),
            Err(error) => assert!(n == 13 && error.is_worker_lost(), "{n}: {error}"),
        }
    }
    let mut notes = tally.notes();
    notes.sort_unstable();
    assert!(notes.into_iter().eq(0..40), "each ran once");
}
