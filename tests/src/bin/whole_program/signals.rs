//! Programs that deal with signals in ways of their own.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use concurrent_futures::{ProcessPool, task};
use rustix::process::{Signal, WaitOptions, wait};
use tests::{
    DEADLINE, Soon, eventually,
    far::{Death, FarHeld},
    system::signal,
    within,
};

static WAS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

extern "C" fn note_interrupt(_: libc::c_int) {
    WAS_INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Has Ctrl-C noted, and nothing else done.
pub(crate) fn note_interrupts() {
    let handler: extern "C" fn(libc::c_int) = note_interrupt;
    // SAFETY: the handler stores to an atomic and does nothing else.
    unsafe { libc::signal(libc::SIGINT, handler as libc::sighandler_t) };
}

/// Waits until there was a Ctrl-C.
pub(crate) fn await_interrupt() {
    eventually("it is interrupted", || {
        WAS_INTERRUPTED.load(Ordering::Relaxed)
    });
}

#[task]
fn die(how: Death) {
    how.now()
}

#[task]
fn measure(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}

fn pool(workers: usize) -> ProcessPool {
    let builder = ProcessPool::builder().workers(workers);
    builder.build().expect("this program was initialized")
}

/// Writes to workers that die, with the signal for that as C programs have it.
pub(crate) fn with_default_sigpipe() {
    // SAFETY: no handler of ours runs.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let pool = pool(2);
    let long = vec![7; 1 << 20];
    for _ in 0..50 {
        let calls: Vec<_> = (0..4).map(|_| measure::submit(&pool, &long[..])).collect();
        pool.pids()
            .into_iter()
            .for_each(|pid| signal(pid, Signal::KILL));
        for call in calls {
            let outcome = call.soon();
            assert!(outcome.is_ok() || outcome.is_err_and(|error| error.is_worker_lost()));
        }
        // Workers that die before they are ready would break the pool in the end.
        measure::submit(&pool, &[][..])
            .soon()
            .expect("the pool goes on");
    }
    println!("alive");
}

/// Has the system reap its children.
pub(crate) fn with_ignored_sigchld() {
    ignore_children();
    lose_workers();
}

/// Has the system reap the children of this program.
pub(crate) fn ignore_children() {
    // SAFETY: no handler of ours runs.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// Blocks each signal that can be blocked, on this thread.
pub(crate) fn block_all_signals() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: it fills the set, and reads nothing of it.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: the set is filled, and the old mask is not asked for.
    let error =
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut()) };
    assert_eq!(error, 0, "each thread may do so");
}

/// Reaps all children there are, as fast as it can.
pub(crate) fn with_a_reaper() {
    thread::spawn(|| {
        loop {
            // Without children there is nothing to be done.
            if wait(WaitOptions::empty()).is_err() {
                thread::yield_now();
            }
        }
    });
    lose_workers();
}

/// Loses workers whose status cannot be collected, and ends.
fn lose_workers() {
    let pool = pool(2);
    for _ in 0..20 {
        let error = die::submit(&pool, Death::Exit(3))
            .soon()
            .expect_err("it died");
        let death = error.death().expect("its worker has died");
        assert!(
            error.to_string().contains("its status unknown") || death.exit_code() == Some(3),
            "{error}"
        );
        if death.exit_code().is_none() {
            println!("status unknown");
        }
    }
    let held = FarHeld::on(&pool, 7);
    assert_eq!(held.let_go().soon().ok(), Some(7));
    within(DEADLINE, || drop(pool));
    println!("alive");
}
