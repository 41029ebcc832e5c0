//! What the system hands on to a worker, and what it does not.

use std::{
    fs::{self, File},
    io::{Seek, Write},
    os::fd::AsRawFd,
};

use concurrent_futures::{ProcessPool, task};
use rustix::{
    fs::{MemfdFlags, Mode, memfd_create},
    process::{Resource, Rlimit, setrlimit, umask},
};
use tests::Soon;

/// What the system says of the process, and of its thread, that asks.
fn found(handed_on: i32) -> Vec<String> {
    let status = fs::read_to_string("/proc/thread-self/status").expect("the system tells");
    let kept = [
        "Umask",
        "Uid",
        "Groups",
        "NoNewPrivs",
        "Seccomp:",
        "Cpus_allowed:",
        "CapEff",
    ];
    let lines = status.lines();
    let lines = lines.filter(|line| kept.iter().any(|kept| line.starts_with(kept)));
    let mut found: Vec<String> = lines.map(str::to_owned).collect();
    let limits = fs::read_to_string("/proc/self/limits").expect("the system tells");
    found.extend(limits.lines().map(str::to_owned));
    let killed = fs::read_to_string("/proc/self/oom_score_adj");
    found.push(format!(
        "oom_score_adj {}",
        killed.expect("the system tells")
    ));
    found.push(format!("nice {:?}", rustix::process::nice(0)));
    found.push(format!("handed on: {:?}", text_in(handed_on)));
    found
}

/// What is in the file of this number.
fn text_in(number: i32) -> Option<String> {
    fs::read_to_string(format!("/proc/self/fd/{number}")).ok()
}

#[task]
fn inherited(handed_on: i32) -> Vec<String> {
    found(handed_on)
}

/// How many seconds are left until an alarm, and whether a descriptor that is closed on exec is
/// open.
#[task]
#[expect(unsafe_code, reason = "asks for an alarm")]
fn left_behind(closed: i32) -> (u32, bool) {
    // SAFETY: ends an alarm, if there is one.
    let alarm = unsafe { libc::alarm(0) };
    (alarm, text_in(closed).is_some())
}

fn file(text: &str, flags: MemfdFlags) -> File {
    let mut file = File::from(memfd_create(c"inherited", flags).expect("the system gives memory"));
    write!(file, "{text}").expect("there is room");
    file.rewind().expect("it is a file");
    file
}

/// Changes all of that, makes a pool, and compares what its worker has.
#[expect(unsafe_code, reason = "changes what has no safe name")]
pub(crate) fn compare() {
    umask(Mode::from_raw_mode(0o027));
    let few = Rlimit {
        current: Some(200),
        maximum: Some(300),
    };
    setrlimit(Resource::Nofile, few).expect("less is always granted");
    rustix::process::nice(3).expect("less is always granted");
    fs::write("/proc/self/oom_score_adj", "500").expect("more is always granted");
    // SAFETY: changes what this process may gain, and nothing in memory.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: sets an alarm, long after this program has ended.
    unsafe { libc::alarm(10_000) };
    let mut first = rustix::thread::CpuSet::new();
    first.set(0);
    // A machine may keep its first CPU from this program.
    let _ = rustix::thread::sched_setaffinity(None, &first);
    let handed_on = file("handed on", MemfdFlags::empty());
    let closed = file("closed", MemfdFlags::CLOEXEC);
    // A number that no worker uses for anything else.
    let closed = rustix::io::fcntl_dupfd_cloexec(&closed, 150).expect("there is room");
    let pool = ProcessPool::builder().workers(1).build();
    let pool = pool.expect("this program was initialized");

    let theirs = inherited::submit(&pool, handed_on.as_raw_fd()).soon();
    let rest = left_behind::submit(&pool, closed.as_raw_fd()).soon();

    assert_eq!(theirs.expect("it runs"), found(handed_on.as_raw_fd()));
    assert_eq!(rest.expect("it runs"), (0, false));
    println!("inherited");
}
