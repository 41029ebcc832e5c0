//! A program that may not signal its workers.

use std::{env, hint, time::Duration};

use concurrent_futures::{Options, ProcessPool, Submit, task};
use tests::{
    DEADLINE, Soon, eventually,
    filter::{Answer, forbid},
    system::children,
    within,
};

#[task]
fn compute_for_ever() {
    loop {
        hint::spin_loop();
    }
}

#[task]
fn who() -> u32 {
    std::process::id()
}

fn pool() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}

/// Calls end in all ways in which their workers are killed, as do the pools.
pub(crate) fn end_calls() {
    let pools: Vec<ProcessPool> = (0..4).map(|_| pool()).collect();
    for pool in &pools {
        who::submit(pool).soon().expect("its worker is there");
    }
    let limit = Options::new().timeout(Duration::from_millis(200));
    let limited = pools[0].submit_with(compute_for_ever::new(), limit);
    let calls: Vec<_> = pools[1..].iter().map(compute_for_ever::submit).collect();
    eventually("all run", || {
        calls.iter().all(concurrent_futures::Future::running)
    });
    let forbidden: &[libc::c_long] = match env::args().nth(2).as_deref() {
        Some("pidfd") => &[libc::SYS_pidfd_send_signal],
        _ => &[
            libc::SYS_pidfd_send_signal,
            libc::SYS_kill,
            libc::SYS_tgkill,
        ],
    };
    forbid(forbidden, Answer::Error(libc::EPERM), true);

    assert!(limited.soon().is_err_and(|error| error.is_timed_out()));
    pools[1].terminate();
    pools[2].kill();
    calls[2].abort();
    let [terminated, killed, aborted] = <[_; 3]>::try_from(calls).expect("there are three");
    assert!(terminated.soon().is_err_and(|error| error.is_worker_lost()));
    assert!(killed.soon().is_err_and(|error| error.is_worker_lost()));
    assert!(aborted.soon().is_err_and(|error| error.is_cancelled()));
    within(DEADLINE, || drop(pools));
    eventually("no worker is left", || children().is_empty());
    println!("all ended");
}
