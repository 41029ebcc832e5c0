//! What it costs to look after workers that do not move.

use std::time::Duration;

use concurrent_futures::{Options, ProcessPool, Submit, task};
use rustix::process::Signal;
use tests::{
    Soon, eventually,
    far::busy,
    let_pass,
    system::{is_stopped, signal},
    time_on_cpu,
};

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

/// What the threads of the pool spend while a stopped worker holds limited calls.
pub(crate) fn watch_a_stopped_worker() {
    for (calls, options) in [
        (1, Options::new().timeout(Duration::ZERO)),
        (100, Options::new().timeout(Duration::from_millis(1))),
        (100, Options::new().memory(1 << 30)),
        (
            3,
            Options::new()
                .memory(1 << 30)
                .timeout(Duration::from_micros(1)),
        ),
    ] {
        let builder = ProcessPool::builder().workers(1);
        let pool = builder.build().expect("this program was initialized");
        assert_eq!(double::submit(&pool, 1).soon().ok(), Some(2));
        let pid = pool.pids()[0];
        signal(pid, Signal::STOP);
        eventually("it is stopped", || is_stopped(pid));
        let calls: Vec<_> = (0..calls)
            .map(|n| pool.submit_with(double::new(n), options.clone()))
            .collect();
        assert_spends_little();
        signal(pid, Signal::CONT);
        for call in calls {
            // One of no time at all may be over before it is looked at.
            let ended = call.soon();
            assert!(ended.is_ok() || ended.is_err_and(|error| error.is_timed_out()));
        }
    }
    watch_a_worker_stopped_in_a_call();
    println!("little spent");
}

/// A call that runs, and may hold so much memory; its worker is stopped.
fn watch_a_worker_stopped_in_a_call() {
    let builder = ProcessPool::builder().workers(1).memory(1 << 30);
    let pool = builder.build().expect("this program was initialized");
    let held = busy(&pool, 1);
    let pid = pool.pids()[0];
    signal(pid, Signal::STOP);
    eventually("it is stopped", || is_stopped(pid));

    assert_spends_little();

    signal(pid, Signal::CONT);
    drop(held);
}

/// The threads of the pool are next to never on a CPU.
fn assert_spends_little() {
    let before = time_on_cpu("cf-processes").expect("the system tells");
    let_pass(Duration::from_secs(2));
    let spent = time_on_cpu("cf-processes").expect("the system tells") - before;
    eprintln!("{spent:?}");
    assert!(
        spent < Duration::from_millis(40),
        "{spent:?} in two seconds"
    );
}
