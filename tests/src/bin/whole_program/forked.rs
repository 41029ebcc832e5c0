//! A program that forks while it has pools: none of their threads and workers are the child's.

use std::{env, process, thread};

use concurrent_futures::{
    AnyExecutor, Pool, ProcessPool, Submit, ThreadPool, WorkStealingPool, task,
};
use tests::{DEADLINE, Soon, eventually, far::FarHeld, system::Process, within};

#[task]
fn triple(n: u64) -> u64 {
    n * 3
}

#[task]
fn who() -> u32 {
    process::id()
}

fn processes() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}

/// Forks, by the C library or behind its back; zero in the child.
fn fork() -> libc::pid_t {
    if env::args().nth(2).as_deref() == Some("raw") {
        // SAFETY: the child runs code that this test is about, and leaves.
        let id = unsafe { libc::syscall(libc::SYS_fork) };
        return libc::pid_t::try_from(id).expect("it is an id");
    }
    // SAFETY: as above.
    unsafe { libc::fork() }
}

/// Uses and drops its pools in a child, and then goes on with them.
pub(crate) fn use_pools_in_a_child() {
    let (own, workers) = (ThreadPool::new(), processes());
    let stealing = WorkStealingPool::builder().workers(2).build();
    let stealing = stealing.expect("the settings make sense");
    let pools: [Box<dyn AnyExecutor>; 2] = [Box::new(own), Box::new(stealing)];
    for pool in &pools {
        assert_eq!(triple::submit(&**pool, 7).soon().ok(), Some(21));
    }
    let worker = who::submit(&workers).soon().expect("it is there");
    let held = FarHeld::on(&workers, 7);
    let child = fork();
    if child == 0 {
        leave_pools_alone(pools, workers);
        process::exit(7);
    }
    let mut status = 0;
    let ended = within(DEADLINE, move || {
        // SAFETY: it is a child of this program, and there is room for its status.
        (unsafe { libc::waitpid(child, &mut status, 0) }, status)
    });
    assert_eq!(ended, (child, 7 << 8), "the child has run to its end");

    assert_eq!(held.let_go().soon().ok(), Some(7));
    assert_eq!(who::submit(&workers).soon().ok(), Some(worker));
    for pool in &pools {
        assert_eq!(triple::submit(&**pool, 7).soon().ok(), Some(21));
    }
    println!("both went on");
}

/// In the child: nothing hangs, and the parent's workers are not touched.
fn leave_pools_alone(pools: [Box<dyn AnyExecutor>; 2], workers: ProcessPool) {
    for pool in &pools {
        let refused = triple::submit(&**pool, 7).soon();
        assert!(refused.is_err_and(|error| error.is_rejected()));
    }
    let error = triple::submit(&workers, 7).soon().expect_err("no worker");
    assert!(
        error.is_rejected() && error.to_string().contains("forked"),
        "{error}"
    );
    assert!(triple::map(&workers, [1, 2, 3]).all(|result| result.is_err()));
    assert!(workers.pids().is_empty());
    workers.terminate();
    workers.kill();
    workers.close();
    assert_eq!(workers.cancel_pending(), 0);
    drop((pools, workers));
    let own = processes();
    let pid = who::submit(&own)
        .soon()
        .expect("a child has workers of its own");
    let worker = Process::of(pid);
    drop(own);
    eventually("its worker is gone", || worker.has_ended());
    let chosen = Pool::from(ThreadPool::new());
    assert_eq!(chosen.submit(triple::new(1)).soon().ok(), Some(3));
    thread::yield_now();
}
