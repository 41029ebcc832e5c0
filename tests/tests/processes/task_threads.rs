//! Tasks that take from their worker what it works with: its thread, its descriptors, its program.

use std::{
    os::unix::process::CommandExt,
    process::Command,
    time::{Duration, Instant},
};

use concurrent_futures::{Future, ProcessPool, TaskError, task};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use tests::{
    Soon, eventually,
    far::FileTally,
    filter::{Answer, forbid},
    let_pass,
    system::{Process, is_stopped, signal, time_on_cpu_of},
};

use crate::{
    kit::{Pool, made, one_worker},
    tasks::{note, who},
};

/// How a task takes leave of its thread.
#[task]
fn leave_thread(how: &str) {
    match how {
        "exit" => {
            // SAFETY: none. The thread ends with its frames, and nothing of it goes on.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }
        "pthread_exit" => {
            // SAFETY: as above.
            unsafe { libc::pthread_exit(std::ptr::null_mut()) };
        }
        "filter" => {
            forbid(&[libc::SYS_sethostname], Answer::EndThread, false);
            // SAFETY: nothing is read from the null pointer, since the name is empty.
            unsafe { libc::sethostname(std::ptr::null(), 0) };
        }
        _ => unreachable!("no such way: {how}"),
    }
}

/// A call that ends its thread is lost, and it alone; the others run elsewhere.
#[track_caller]
fn assert_is_lost(pool: &Pool, how: &str) -> TaskError {
    let tally = FileTally::new();
    let pid = who::submit(pool).soon().unwrap();
    let worker = Process::of(pid);
    let lost = leave_thread::submit(pool, how);
    let others: Vec<_> = (0..20).map(|n| note::submit(pool, &tally, n)).collect();

    let error = lost.soon().unwrap_err();

    assert!(error.is_worker_lost(), "{how}: {error}");
    assert_eq!(error.death().map(|death| death.pid()), Some(pid));
    worker.ends();
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    assert!(tally.notes().into_iter().eq(0..20), "each ran once");
    error
}

const REASON: &str = "since the thread that ran the task ended";

#[test]
fn a_task_that_ends_its_thread_fails_only_its_own_call_which_is_told_why() {
    for how in ["exit", "filter"] {
        let (pool, _) = one_worker();

        let text = assert_is_lost(&pool, how).to_string();

        assert!(text.ends_with(REASON), "{text}");
    }
}

#[test]
fn a_task_that_ends_its_thread_is_noticed_without_descriptors_of_threads() {
    for how in ["exit", "filter"] {
        let pool = made(ProcessPool::builder().workers(1).without_pidfd());

        let text = assert_is_lost(&pool, how).to_string();

        assert!(text.ends_with(REASON), "{text}");
    }
}

#[test]
fn a_task_that_ends_its_thread_as_c_does_fails_only_its_own_call() {
    let (pool, _) = one_worker();

    // Its frames are unwound, which the runtime may take for a reason to abort.
    assert_is_lost(&pool, "pthread_exit");
}

#[test]
fn a_task_that_ends_its_thread_beside_other_threads_of_its_worker_is_noticed() {
    let (pool, _) = one_worker();
    leave_a_thread::submit(&pool).soon().unwrap();

    let text = assert_is_lost(&pool, "exit").to_string();

    assert!(text.ends_with(REASON), "{text}");
}

#[task]
fn leave_a_thread() {
    std::thread::spawn(|| {
        loop {
            std::thread::park();
        }
    });
}

/// Closes all that the worker has open beside its standard streams, and returns a number or a long
/// text.
#[task]
fn close_all(is_long: bool) -> String {
    // SAFETY: none for who owns them; what comes of that is what is tried.
    let error = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    assert_eq!(error, 0);
    if is_long {
        "7".repeat(1 << 20)
    } else {
        "7".to_owned()
    }
}

#[test]
fn a_task_that_closes_all_descriptors_ends_and_so_does_its_worker() {
    for is_long in [false, true] {
        let (pool, pid) = one_worker();
        let worker = Process::of(pid);

        let outcome = close_all::submit(&pool, is_long).soon();

        // What it gave may have come by memory that both share.
        assert!(
            outcome.as_ref().is_ok_and(|text| text == "7" && !is_long)
                || outcome.as_ref().is_err_and(TaskError::is_worker_lost),
            "{outcome:?}"
        );
        worker.ends();
        assert_ne!(who::submit(&pool).soon().unwrap(), pid);
    }
}

/// Becomes another program.
#[task]
fn become_another() -> String {
    Command::new("sleep").arg("777").exec().to_string()
}

#[test]
fn a_task_that_becomes_another_program_fails_only_its_own_call() {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);

    let error = become_another::submit(&pool).soon().unwrap_err();

    assert!(error.is_worker_lost(), "{error}");
    worker.ends();
    assert_ne!(who::submit(&pool).soon().unwrap(), pid);
}

/// As sandboxes do once all is open that is needed; `poll` fails from here on.
#[task]
fn allow_no_files() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Nofile, none).unwrap();
}

/// Forbids to this process what its watching thread waits with.
#[task]
fn forbid_to_poll() {
    forbid(
        &[libc::SYS_poll, libc::SYS_ppoll],
        Answer::Error(libc::EPERM),
        true,
    );
}

/// Has the waits of the worker begin anew.
fn stop_and_go_on(pid: u32) {
    signal(pid, Signal::STOP);
    eventually("it is stopped", || is_stopped(pid));
    signal(pid, Signal::CONT);
    eventually("it goes on", || !is_stopped(pid));
}

#[track_caller]
fn assert_costs_nothing_idle(sandbox: impl Fn(&Pool) -> Future<()>) {
    let (pool, pid) = one_worker();
    sandbox(&pool).soon().unwrap();
    stop_and_go_on(pid);

    let (start, before) = (Instant::now(), time_on_cpu_of(pid));
    let_pass(Duration::from_millis(500));
    let (elapsed, spent) = (start.elapsed(), time_on_cpu_of(pid) - before);

    assert!(spent < elapsed / 20, "{spent:?} of {elapsed:?}");
    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
}

#[test]
fn a_worker_that_may_open_no_file_costs_nothing_while_it_is_idle() {
    assert_costs_nothing_idle(allow_no_files::submit);
}

#[test]
fn a_worker_that_may_not_poll_costs_nothing_while_it_is_idle() {
    assert_costs_nothing_idle(forbid_to_poll::submit);
}

/// Forks, and returns on both sides.
#[task]
fn fork(is_raw: bool) -> u32 {
    let child = if is_raw {
        // SAFETY: what the child does is what is tried: it goes on as if it were the worker.
        unsafe { libc::syscall(libc::SYS_fork) }
    } else {
        // SAFETY: as above.
        unsafe { libc::fork() }.into()
    };
    assert!(child >= 0, "it is forked");
    std::process::id()
}

#[test]
fn a_child_that_a_task_forked_and_that_returns_answers_nothing() {
    for is_raw in [false, true] {
        let (pool, pid) = one_worker();
        let tally = FileTally::new();
        let forks: Vec<_> = (0..20).map(|_| fork::submit(&pool, is_raw)).collect();
        let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

        for fork in forks {
            assert_eq!(fork.soon().unwrap(), pid);
        }
        for (n, other) in (0..).zip(others) {
            assert_eq!(other.soon().unwrap(), n);
        }
        assert!(tally.notes().into_iter().eq(0..20), "each ran once");
    }
}
