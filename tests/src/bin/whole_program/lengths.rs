//! Long arguments and results where memory is short, and what is kept of them.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use concurrent_futures::{ProcessPool, TaskError, task};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use tests::{
    Soon, eventually,
    far::busy,
    system::{is_stopped, signal},
};

use crate::storm::four_workers;

const MIB: usize = 1 << 20;

#[task]
fn length(bytes: Vec<u8>) -> usize {
    bytes.len()
}

#[task]
fn make(len: usize) -> Vec<u8> {
    vec![1; len]
}

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

/// Leaves this process so much address space beside what it has.
#[task]
fn have_little_space(bytes: u64) {
    have_space(bytes);
}

fn have_space(bytes: u64) {
    let maximum = getrlimit(Resource::As).maximum;
    let current = Some(pages_of_this_process(0) + bytes);
    setrlimit(Resource::As, Rlimit { current, maximum }).expect("less is always granted");
}

/// What this process has: mapped (0), or resident (1), in bytes.
fn pages_of_this_process(field: usize) -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("the system tells");
    let pages: u64 = statm
        .split(' ')
        .nth(field)
        .expect("it is there")
        .parse()
        .expect("a number");
    pages * 4096
}

fn one_worker() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}

/// Does something while small calls are submitted, each of which runs well.
fn beside_small_calls<T>(pool: &ProcessPool, work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let small = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let calls: Vec<_> = (0..20).map(|n| double::submit(pool, n)).collect();
                for (n, call) in (0..).zip(calls) {
                    assert_eq!(call.soon().ok(), Some(n * 2));
                }
            }
        });
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        small.join().expect("small calls run well");
        done
    })
}

fn assert_goes_on(pool: &ProcessPool) {
    for n in 0..20 {
        assert_eq!(double::submit(pool, n).soon().ok(), Some(n * 2));
    }
}

fn assert_lost(result: Result<impl Sized, TaskError>) {
    let error = result.err().expect("there is no memory for it");
    assert!(error.is_worker_lost(), "{error}");
    eprintln!("{error}");
}

/// Workers that have no memory for long arguments.
pub(crate) fn arguments_without_memory() {
    let builder = ProcessPool::builder().workers(2);
    let builder = builder.initializer(have_little_space::new(200 * MIB as u64));
    let pool = builder.build().expect("this program was initialized");

    let result = beside_small_calls(&pool, || length::submit(&pool, vec![1; 400 * MIB]).soon());

    let error = result.expect_err("there is no memory for it");
    let text = error.to_string();
    assert!(text.contains("3 workers ended so"), "{text}");
    assert_lost(length::submit(&pool, vec![1; 400 * MIB]).soon());
    assert_goes_on(&pool);
    println!("lost alone");
}

/// A result that this program has no memory for, though its worker has.
pub(crate) fn result_without_memory() {
    let pool = four_workers();
    assert_goes_on(&pool);
    let free = getrlimit(Resource::As);
    have_space(100 * MIB as u64);

    let result = make::submit(&pool, 400 * MIB).soon();

    setrlimit(Resource::As, free).expect("it is the hard limit");
    let text = result
        .as_ref()
        .map(Vec::len)
        .expect_err("there is no memory")
        .to_string();
    assert!(text.contains("refused memory"), "{text}");
    assert_lost(result);
    assert_goes_on(&pool);
    println!("lost alone");
}

/// The whole program has little address space, and submits a call with much of it.
pub(crate) fn in_little_space(are_others_there: bool) {
    let pool = four_workers();
    assert_goes_on(&pool);
    let long = || length::submit(&pool, vec![1; 600 * MIB]).soon();

    let result = match are_others_there {
        true => beside_small_calls(&pool, long),
        false => long(),
    };

    assert_lost(result);
    assert_goes_on(&pool);
    println!("goes on");
}

/// Calls that have ended leave none of their bytes, though workers do not read.
pub(crate) fn keep_nothing() {
    let pool = one_worker();
    assert_goes_on(&pool);
    let before = pages_of_this_process(1);
    let is_as_before = || pages_of_this_process(1) < before + 30 * MIB as u64;
    let pid = pool.pids()[0];
    for is_stopped_there in [false, true] {
        let held = (!is_stopped_there).then(|| busy(&pool, 1));
        if is_stopped_there {
            signal(pid, Signal::STOP);
            eventually("it is stopped", || is_stopped(pid));
        }
        let calls: Vec<_> = (0..3)
            .map(|_| length::submit(&pool, vec![1; 100 * MIB]))
            .collect();
        assert!(!is_as_before());

        assert!(calls.iter().all(concurrent_futures::Future::cancel));

        eventually("their bytes are gone", is_as_before);
        signal(pid, Signal::CONT);
        drop(held);
        assert_eq!(length::submit(&pool, vec![1; MIB]).soon().ok(), Some(MIB));
        assert_goes_on(&pool);
    }
    assert_eq!(pool.pids(), [pid]);
    println!("nothing kept");
}

/// A long call that a stopped worker did not take over ends elsewhere, and leaves nothing there.
pub(crate) fn keep_nothing_elsewhere() {
    let builder = ProcessPool::builder().workers(2);
    let pool = builder.build().expect("this program was initialized");
    drop(busy(&pool, 2));
    let before = pages_of_this_process(1);
    let pids = pool.pids();
    pids.iter().for_each(|pid| signal(*pid, Signal::STOP));
    eventually("they are stopped", || {
        pids.iter().all(|pid| is_stopped(*pid))
    });
    let call = length::submit(&pool, vec![1; 100 * MIB]);

    // Whichever has it: one goes on, then the other.
    signal(pids[1], Signal::CONT);
    let taken = call.get_timeout(Duration::from_secs(5)).is_ok();
    assert!(taken, "the worker that goes on has it in the end");
    drop(call);

    let is_as_before = || pages_of_this_process(1) < before + 30 * MIB as u64;
    eventually("its bytes are gone", is_as_before);
    signal(pids[0], Signal::CONT);
    assert_goes_on(&pool);
    println!("nothing kept");
}
