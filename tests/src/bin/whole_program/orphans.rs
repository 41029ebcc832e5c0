//! Programs that are ended while their workers compute.

use std::{env, fs::OpenOptions, hint, process, thread};

use concurrent_futures::{ProcessPool, ProcessPoolBuilder, task};
use rustix::process::setsid;
use tests::{
    Soon,
    far::{FileGate, FileTally},
};

use crate::signals::{await_interrupt, note_interrupts};

/// Tells who computes, and computes for ever.
#[task]
fn compute_for_ever(pids: &FileTally) {
    pids.note(process::id().into());
    loop {
        hint::spin_loop();
    }
}

pub(crate) fn compute() {
    compute_with(ProcessPool::builder());
}

pub(crate) fn compute_without_death_signal() {
    compute_with(ProcessPool::builder().without_death_signal());
}

/// Prints who computes, and waits to be ended.
fn compute_with(builder: ProcessPoolBuilder) {
    let pool = builder.workers(4).build().expect("it was initialized");
    let pids = FileTally::new();
    let calls: Vec<_> = (0..4)
        .map(|_| compute_for_ever::submit(&pool, &pids))
        .collect();
    pids.wait_for(4);
    pids.notes().iter().for_each(|pid| println!("{pid}"));
    // The signal that ends this program leaves no time to clean up.
    drop(pids);
    println!("all compute");
    for call in calls {
        println!("{:?}", call.result());
    }
}

/// Passes a gate.
#[task]
fn pass(gate: &FileGate) -> u32 {
    gate.pass();
    process::id()
}

/// Takes the terminal that is its second argument for its own, and says what Ctrl-C typed there
/// ends.
pub(crate) fn compute_at_a_terminal() {
    let terminal = env::args_os().nth(2).expect("the terminal is named");
    setsid().expect("this program leads no group yet");
    // The first terminal that the leader of a session opens is that session's.
    let terminal = OpenOptions::new().read(true).write(true).open(terminal);
    let terminal = terminal.expect("the terminal is there");
    note_interrupts();
    let pool = ProcessPool::builder().workers(4).build();
    let pool = pool.expect("this program was initialized");
    let (gate, go) = FileGate::shut();
    let calls: Vec<_> = (0..4).map(|_| pass::submit(&pool, &gate)).collect();
    gate.reached_by(4);
    println!("all compute");
    await_interrupt();
    // Ctrl-C reaches all of a group at once; a worker that it hit would be gone before it passes
    // the gate.
    thread::yield_now();
    drop(go);
    let went_on = calls
        .into_iter()
        .filter_map(|call| call.soon().ok())
        .count();
    drop(terminal);
    println!("{went_on} workers went on");
}
