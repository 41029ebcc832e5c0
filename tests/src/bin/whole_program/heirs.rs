//! Programs that end while what their tasks have started goes on.
//!
//! ```text
//!   test --"begets", mark, end, surroundings--> program --> workers --> two `sleep` with the mark
//!                                                  |
//!   "all beget" <-----------------------------'   then it waits for a line, and ends as it was
//!   told
//! ```

use std::{env, fs, hint, io, process, process::Command, thread};

use concurrent_futures::{Future, ProcessPool, task};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use tests::{
    eventually,
    far::FileTally,
    system::{is_stopped, signal},
};

use crate::signals::{block_all_signals, ignore_children};

/// Starts a program that outlasts the test, and computes for ever, or does what the surroundings
/// ask for.
#[expect(clippy::zombie_processes, reason = "it outlives the worker, if it can")]
#[task]
fn beget(sleeps: &str, surroundings: &str, begun: &FileTally) {
    let mut sleeper = Command::new("sleep")
        .arg(sleeps)
        .spawn()
        .expect("it starts");
    begun.note(process::id().into());
    match surroundings {
        "a task that has returned" => return,
        "a task that waits" => drop(sleeper.wait()),
        "a task that blocks all signals" => block_all_signals(),
        "a sandbox" => allow_no_files(),
        _ => {}
    }
    loop {
        hint::spin_loop();
    }
}

/// As sandboxes do once all is open that is needed; `poll` fails from here on.
fn allow_no_files() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Nofile, none).expect("less is always granted");
}

fn may_open_no_file(pid: u32) -> bool {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    files.is_some_and(|line| line.split_whitespace().nth(3) == Some("0"))
}

pub(crate) fn beget_and_end() {
    let mut arguments = env::args().skip(2);
    let mut next = || arguments.next().expect("the test says what is wanted");
    let (sleeps, end, surroundings) = (next(), next(), next());
    if surroundings == "ignored children" {
        ignore_children();
    }
    let pool = pool(&surroundings);
    let begun = FileTally::new();
    let calls = (0..2).map(|_| beget::submit(&pool, &*sleeps, &*surroundings, &begun));
    let calls: Vec<_> = calls.collect();
    begun.wait_for(2);
    drop(begun);
    match &*surroundings {
        "a task that has returned" => {
            eventually("both have returned", || calls.iter().all(Future::done))
        }
        "stopped workers" => each_worker(&pool, Signal::STOP),
        // A wait that was interrupted is begun anew.
        "a sandbox" => {
            eventually("it may open no file", || {
                pool.pids().into_iter().all(may_open_no_file)
            });
            each_worker(&pool, Signal::STOP);
            each_worker(&pool, Signal::CONT);
        }
        _ => {}
    }
    println!("all beget");
    // The end of the input, or a line.
    io::stdin()
        .read_line(&mut String::new())
        .expect("it can be read");
    drop(calls);
    end_by(&end);
}

fn pool(surroundings: &str) -> ProcessPool {
    let builder = ProcessPool::builder().workers(2);
    let builder = match surroundings {
        "no death signal" => builder.without_death_signal(),
        "no pidfd" => builder.without_pidfd(),
        "neither" => builder.without_death_signal().without_pidfd(),
        _ => builder,
    };
    builder.build().expect("this program was initialized")
}

fn each_worker(pool: &ProcessPool, how: Signal) {
    for pid in pool.pids() {
        signal(pid, how);
        eventually("it takes the signal", || {
            is_stopped(pid) == (how == Signal::STOP)
        });
    }
}

fn end_by(end: &str) {
    match end {
        "exit" => process::exit(0),
        "abort" => process::abort(),
        "panic" => {
            std::panic::set_hook(Box::new(|_| process::abort()));
            panic!("as if panics aborted");
        }
        _ => loop {
            thread::park();
        },
    }
}
