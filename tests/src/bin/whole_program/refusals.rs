//! Workers that the system refuses: to be run by a user of whom no other process is there, and
//! who is not the superuser.

use std::{
    collections::BTreeSet,
    fs,
    os::{fd::AsRawFd, unix::fs::MetadataExt},
    time::{Duration, Instant},
};

use concurrent_futures::{Future, ProcessPool, task};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, getuid, setrlimit};
use tests::{Soon, eventually, far::FileTally, let_pass, system::signal};

use crate::storm::four_workers;

/// Several tries of a pool that was refused a worker.
const LONG: Duration = Duration::from_millis(2_500);

/// Waits until all may go, without a thread of its own; says which worker it is.
#[task]
fn hold(came: &FileTally, go: &FileTally) -> u32 {
    came.add();
    go.wait_for(1);
    std::process::id()
}

/// How many threads of this user there are, whatever process they are of: what the system counts.
fn threads_of_this_user() -> u64 {
    let own = getuid().as_raw();
    let entries = fs::read_dir("/proc").expect("the system tells").flatten();
    let ours = entries.filter(|entry| entry.metadata().is_ok_and(|process| process.uid() == own));
    let threads = ours.filter_map(|process| fs::read_dir(process.path().join("task")).ok());
    threads.map(|threads| threads.count() as u64).sum()
}

/// Sets the number of threads that this user may have.
fn allow(threads: u64) {
    let maximum = getrlimit(Resource::Nproc).maximum;
    let current = Some(threads);
    setrlimit(Resource::Nproc, Rlimit { current, maximum }).expect("it is below the hard limit");
}

/// Sets this user's limit of threads back to the first one.
fn allow_all() {
    let maximum = getrlimit(Resource::Nproc).maximum;
    let current = maximum;
    setrlimit(Resource::Nproc, Rlimit { current, maximum }).expect("it is the hard limit");
}

/// Calls that wait until all may go.
struct Waiting {
    came: FileTally,
    go: FileTally,
    calls: Vec<Future<u32>>,
}

impl Waiting {
    fn on(pool: &ProcessPool, calls: usize) -> Self {
        let mut waiting = Self {
            came: FileTally::new(),
            go: FileTally::new(),
            calls: Vec::new(),
        };
        waiting.add(pool, calls);
        waiting
    }

    fn add(&mut self, pool: &ProcessPool, calls: usize) {
        let submit = |_| hold::submit(pool, &self.came, &self.go);
        self.calls.extend((0..calls).map(submit));
    }

    /// Lets them go; the workers that ran them.
    fn end(self) -> BTreeSet<u32> {
        self.go.add();
        let ran = self
            .calls
            .into_iter()
            .map(|call| call.soon().expect("it runs"));
        ran.collect()
    }
}

/// One worker is at work, and there is room for a part of another: what is refused is waited out.
pub(crate) fn beside_a_worker() {
    // Room for no thread more, or for a process that gets no second thread.
    for room in [0, 1] {
        let pool = four_workers();
        let mut waiting = Waiting::on(&pool, 1);
        waiting.came.wait_for(1);
        allow(threads_of_this_user() + room);
        waiting.add(&pool, 3);
        let mut seen = BTreeSet::new();
        let start = Instant::now();
        eventually("some were refused", || {
            seen.extend(pool.pids());
            seen.len() > 4 || start.elapsed() > LONG
        });

        assert_eq!(waiting.end().len(), 1);

        allow_all();
        let waiting = Waiting::on(&pool, 4);
        waiting.came.wait_for(4);
        assert_eq!(waiting.end().len(), 4);
    }
    println!("waited out");
}

/// This program has no descriptors for another worker: what is refused is waited out.
pub(crate) fn without_descriptors() {
    let pool = four_workers();
    let mut waiting = Waiting::on(&pool, 1);
    waiting.came.wait_for(1);
    let free = getrlimit(Resource::Nofile);
    let (current, maximum) = (Some(lowest_free_descriptor()), free.maximum);
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).expect("less is always granted");
    waiting.add(&pool, 7);
    let_pass(LONG);
    assert_eq!(pool.pids().len(), 1);
    setrlimit(Resource::Nofile, free).expect("it is the hard limit");

    waiting.came.wait_for(4);
    assert_eq!(waiting.end().len(), 4);
    println!("waited out");
}

/// The lowest number that no descriptor has.
fn lowest_free_descriptor() -> u64 {
    let file = fs::File::open("/dev/null").expect("there is one left");
    u64::try_from(file.as_raw_fd()).expect("it is a descriptor")
}

/// Each worker runs one call, and there is room for one and a part of another.
pub(crate) fn one_call_each() {
    let pool = four_workers();
    let waiting = Waiting::on(&pool, 1);
    waiting.came.wait_for(1);
    let there = threads_of_this_user();
    waiting.end();
    drop(pool);

    allow(there + 1);
    let builder = ProcessPool::builder().workers(4).max_tasks(1);
    let pool = builder.build().expect("this program was initialized");
    let waiting = Waiting::on(&pool, 8);
    waiting.came.wait_for(1);
    assert_eq!(waiting.end().len(), 8);
    println!("each had its own");
}

/// No worker is there, four are wanted, and there is room for one and perhaps a part of another.
pub(crate) fn from_the_start() {
    let pool = four_workers();
    let waiting = Waiting::on(&pool, 1);
    waiting.came.wait_for(1);
    let there = threads_of_this_user();
    waiting.end();
    drop(pool);

    for room in 0..2 {
        allow(there + room);
        let pool = four_workers();
        let waiting = Waiting::on(&pool, 8);
        waiting.came.wait_for(1);
        assert_eq!(waiting.end().len(), 1);
        drop(pool);
        allow_all();
    }
    println!("one works");
}

/// Not one worker can be had: calls fail with the reason, and later ones run when it is gone.
pub(crate) fn without_any() {
    let pool = four_workers();
    for room in [0, 1] {
        allow(threads_of_this_user() + room);
        for call in Waiting::on(&pool, 3).calls {
            let error = call.soon().expect_err("no worker can be had");
            assert!(error.is_rejected(), "{error}");
            let text = error.to_string();
            assert!(text.contains("cannot"), "{text}");
        }
        allow_all();
        let waiting = Waiting::on(&pool, 4);
        waiting.came.wait_for(4);
        assert_eq!(waiting.end().len(), 4);
        pool.pids()
            .into_iter()
            .for_each(|pid| signal(pid, Signal::KILL));
        eventually("none is left", || pool.pids().is_empty());
    }
    println!("refused");
}
