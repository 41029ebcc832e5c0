//! Programs that have changed their signals, their terminal or their directory before they need a
//! worker.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    process::{Command, id},
};

use concurrent_futures::{ProcessPool, task};
use rustix::process::{getpgid, getsid, setsid};
use tests::{Soon, far::FarHeld};

use crate::inherited;

/// Runs the program of this name, if it is one of these.
pub(crate) fn run(name: &str) -> bool {
    match name {
        "inherits" => inherited::compare(),
        "blocks all signals" => block_all_signals(),
        "prints at a terminal" => print_at_a_terminal(),
        "moves away" => move_away(),
        "stays where forbidden" => stay_where_forbidden(),
        _ => return false,
    }
    true
}

fn one_worker() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}

/// Which signals are blocked and ignored, as `/proc` tells of them.
fn signals(status: &str) -> Vec<String> {
    let lines = status.lines();
    let lines = lines.filter(|line| line.starts_with("SigBlk") || line.starts_with("SigIgn"));
    lines.map(|line| line.replace('\t', " ")).collect()
}

/// The signals of the thread that runs a task, and those of a program that it starts.
#[task]
fn tell_signals() -> Vec<String> {
    let own = fs::read_to_string("/proc/thread-self/status").expect("the system tells");
    let output = Command::new("cat").arg("/proc/self/status").output();
    let theirs = String::from_utf8(output.expect("there is such a program").stdout);
    [own, theirs.expect("it is text")]
        .iter()
        .flat_map(|status| signals(status))
        .collect()
}

/// Blocks all signals, ignores some, and says what tasks find of that; then terminates a call.
#[expect(unsafe_code, reason = "says how signals are dealt with")]
fn block_all_signals() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: it fills in the set that it is lent.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: the set was filled in; only this thread, and those it starts, are concerned.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut()) };
    for signal in [libc::SIGHUP, libc::SIGCHLD, libc::SIGUSR1, libc::SIGRTMIN()] {
        // SAFETY: no handler of ours runs.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
    let pool = one_worker();
    for line in tell_signals::submit(&pool).soon().expect("it runs") {
        println!("{line}");
    }
    let held = FarHeld::on(&pool, 7);
    pool.terminate();
    let error = held.future.soon().expect_err("its worker was ended");
    println!("{error}");
}

/// What a worker is to the terminal, and what comes of touching it.
#[task]
fn touch_terminal(path: &str) -> Vec<String> {
    println!("printed by a task");
    let opened = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let terminal = OpenOptions::new().write(true).open(path);
    let terminal = terminal.expect("it is there");
    let drained = rustix::termios::tcgetattr(&terminal).and_then(|modes| {
        rustix::termios::tcsetattr(&terminal, rustix::termios::OptionalActions::Drain, &modes)
    });
    let own = rustix::process::getpid();
    vec![
        format!(
            "/dev/tty: {}",
            opened.err().map(|error| error.kind()).is_some()
        ),
        format!("modes: {}", drained.is_ok()),
        format!("group: {}", getpgid(None) == Ok(own)),
        format!("session: {}", getsid(None) == Ok(own)),
    ]
}

/// Prints from a task to the terminal that is its second argument, which stops who does that in the
/// background.
fn print_at_a_terminal() {
    let path = env::args().nth(2).expect("the terminal is named");
    setsid().expect("this program leads no group yet");
    // The first terminal that the leader of a session opens is that session's.
    let terminal = OpenOptions::new().read(true).write(true).open(&path);
    let terminal = terminal.expect("the terminal is there");
    let mut modes = rustix::termios::tcgetattr(&terminal).expect("it is a terminal");
    modes.local_modes |= rustix::termios::LocalModes::TOSTOP;
    rustix::termios::tcsetattr(&terminal, rustix::termios::OptionalActions::Now, &modes)
        .expect("it is ours");
    rustix::stdio::dup2_stdout(&terminal).expect("a descriptor is a descriptor");
    let pool = one_worker();
    for line in touch_terminal::submit(&pool, path).soon().expect("it runs") {
        println!("{line}");
    }
    within_deadline(pool);
    println!("the end");
    io::stdout().flush().expect("the terminal takes it");
}

fn within_deadline(pool: ProcessPool) {
    tests::within(tests::DEADLINE, || drop(pool));
}

/// Where a worker is.
#[task]
fn directory() -> String {
    let found = fs::read_link("/proc/self/cwd").expect("the system tells");
    found.to_string_lossy().into_owned()
}

fn say_directory(pool: &ProcessPool) {
    match directory::submit(pool).soon() {
        Ok(directory) => println!("in {directory}"),
        Err(error) => println!("no worker: {error}"),
    }
}

/// Makes a pool in a new directory, moves away, changes the directory as its second argument says,
/// and needs workers.
fn move_away() {
    let how = env::args().nth(2).expect("a way is named");
    let directory = env::temp_dir().join(format!("left-{}", id()));
    fs::create_dir(&directory).expect("there is room");
    env::set_current_dir(&directory).expect("it is ours");
    let pool = one_worker();
    env::set_current_dir("/").expect("everybody may go there");
    let renamed = directory.with_extension("renamed");
    match &*how {
        "removed" => fs::remove_dir(&directory).expect("it is empty"),
        "renamed" => fs::rename(&directory, &renamed).expect("it is ours"),
        "replaced" => {
            fs::rename(&directory, &renamed).expect("it is ours");
            File::create(&directory).expect("there is room");
        }
        "forbidden" => forbid(&directory),
        _ => panic!("no way is named `{how}`"),
    }
    say_directory(&pool);
    let rest: [fn(PathBuf) -> io::Result<()>; 2] =
        [|path| fs::remove_dir(path), |path| fs::remove_file(path)];
    for remove in rest {
        // What there is of them depends on the way.
        let _ = remove(directory.clone());
        let _ = remove(renamed.clone());
    }
}

fn forbid(directory: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    let none = fs::Permissions::from_mode(0o000);
    fs::set_permissions(directory, none).expect("it is ours");
}

/// Needs a worker in a directory that this program may not enter any more, and has not left.
fn stay_where_forbidden() {
    let directory = env::temp_dir().join(format!("kept-{}", id()));
    fs::create_dir(&directory).expect("there is room");
    env::set_current_dir(&directory).expect("it is ours");
    let pool = one_worker();
    forbid(&directory);
    say_directory(&pool);
    fs::remove_dir(&directory).expect("it is empty");
}
