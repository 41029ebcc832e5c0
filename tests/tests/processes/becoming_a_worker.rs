//! Programs that become workers where that is hard, and what must never become one.
//!
//! Whatever was started to be a worker is one or leaves: it never runs `main`, whose pool would
//! start it again, for ever.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use concurrent_futures::ProcessPool;
use rustix::process::geteuid;
use tests::{Ended, Soon, run_command};

use crate::{
    kit::made,
    tasks::who,
    whole_programs::{WHOLE_PROGRAM, copy_whole_program},
};

/// Users that this machine does not have otherwise: the limit on their processes counts only those
/// of a test.
const USER: u32 = 61_234;
const OTHER_USER: u32 = 61_235;

/// A directory of a test, which goes with it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let directory = env::temp_dir().join(format!("births-{name}-{}", std::process::id()));
        // It may be left from a test that died, whose process had our id.
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).unwrap();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        Self(directory)
    }

    /// A copy of the whole program.
    fn program(&self) -> PathBuf {
        let copy = self.0.join("program");
        copy_whole_program(&copy);
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
        copy
    }

    /// An empty file that every user may write to.
    fn notes(&self) -> PathBuf {
        let notes = self.0.join("notes");
        fs::write(&notes, "").unwrap();
        fs::set_permissions(&notes, fs::Permissions::from_mode(0o666)).unwrap();
        notes
    }

    /// A script that starts the whole program, said by these lines of a shell.
    fn wrapper(&self, lines: &str) -> PathBuf {
        let script = self.0.join("wrapper");
        let lines = lines.replace("PROGRAM", WHOLE_PROGRAM);
        fs::write(&script, format!("#!/bin/sh\n{lines}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        script
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left disturbs no other test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether this test must be left out, which it says.
fn is_skipped(surrounding: &str, is_there: bool) -> bool {
    if !is_there {
        eprintln!("SKIPPED: this machine has no {surrounding}");
    }
    !is_there
}

fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok()
}

fn is_root() -> bool {
    geteuid().is_root()
}

/// Runs a program as a user with a limit on processes, should it start itself for ever.
fn run_bounded(user: Option<u32>, program: &Path, arguments: &[&Path]) -> Ended {
    let mut command = Command::new("prlimit");
    command.args(["--nproc=100", "--cpu=20", "setpriv"]);
    if let Some(user) = user {
        let (user, group) = (format!("--reuid={user}"), format!("--regid={user}"));
        command.args([user, group]).arg("--clear-groups");
    }
    command.arg("--").arg(program).args(arguments);
    run_command(command)
}

/// How often `main` has run.
fn mains(notes: &Path) -> usize {
    fs::read_to_string(notes).unwrap().lines().count()
}

#[track_caller]
fn assert_makes_no_pool(program: &Path, notes: &Path) {
    let ended = run_bounded(Some(USER), program, &["asks and notes".as_ref(), notes]);

    let expected = "no pool: this program runs with raised rights";
    assert!(ended.printed.starts_with(expected), "{ended:?}");
    assert_eq!((ended.code, mains(notes)), (Some(0), 1), "{ended:?}");
}

/// A copy of the program that gives these rights to other users, if such a thing can be had.
fn raised(place: &Place, mode: u32) -> Option<PathBuf> {
    let program = place.program();
    chown(&program, Some(OTHER_USER), Some(OTHER_USER)).ok()?;
    fs::set_permissions(&program, fs::Permissions::from_mode(mode)).ok()?;
    let kept = fs::metadata(&program).ok()?.mode() & 0o7777 == mode;
    let flags = rustix::fs::statvfs(&program).ok()?.f_flag;
    let gives = !flags.contains(rustix::fs::StatVfsMountFlags::NOSUID);
    (kept && gives && has("setpriv") && has("prlimit")).then_some(program)
}

#[test]
fn a_set_uid_program_makes_no_pool_and_runs_main_once() {
    let place = Place::new("set-uid");
    let program = raised(&place, 0o4755);
    if is_skipped(
        "set-uid programs for this user",
        program.is_some() && is_root(),
    ) {
        return;
    }

    assert_makes_no_pool(&program.unwrap(), &place.notes());
}

#[test]
fn a_set_gid_program_makes_no_pool_and_runs_main_once() {
    let place = Place::new("set-gid");
    let program = raised(&place, 0o2755);
    if is_skipped(
        "set-gid programs for this user",
        program.is_some() && is_root(),
    ) {
        return;
    }

    assert_makes_no_pool(&program.unwrap(), &place.notes());
}

/// A copy of the program that has a capability, if such a thing can be had.
fn capable(place: &Place) -> Option<PathBuf> {
    let program = place.program();
    let mut setcap = Command::new("setcap");
    let done = setcap.arg("cap_net_raw+ep").arg(&program).output();
    (done.is_ok_and(|done| done.status.success()) && has("setpriv") && is_root()).then_some(program)
}

#[test]
fn a_program_with_file_capabilities_makes_no_pool_and_runs_main_once() {
    let place = Place::new("capable");
    let program = capable(&place);
    if is_skipped("file capabilities for this user", program.is_some()) {
        return;
    }

    assert_makes_no_pool(&program.unwrap(), &place.notes());
}

#[test]
fn a_worker_that_would_have_raised_rights_leaves_with_the_reason() {
    let place = Place::new("raised-later");
    let (program, notes) = (capable(&place), place.notes());
    if is_skipped("file capabilities for this user", program.is_some()) {
        return;
    }
    let arguments = ["asks as another user".as_ref(), &*notes, USER_TEXT.as_ref()];

    // Root gains nothing by such a file, but the user does whom the program becomes.
    let ended = run_bounded(None, &program.unwrap(), &arguments);

    assert!(ended.printed.contains("raised rights"), "{ended:?}");
    assert_eq!(mains(&notes), 1, "{ended:?}");
}

const USER_TEXT: &str = "61234";

/// What a program prints whose workers are started by this script, and how often `main` ran.
#[track_caller]
fn asked_through(name: &str, lines: &str) -> Ended {
    let place = Place::new(name);
    let notes = place.notes();
    let mut command = Command::new(WHOLE_PROGRAM);
    command.arg("asks and notes").arg(&notes);
    let ended = run_command({
        command.arg(place.wrapper(lines));
        command
    });
    assert_eq!(mains(&notes), 1, "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended
}

#[test]
fn a_worker_without_its_link_as_input_leaves_and_says_why() {
    let ended = asked_through("no-link", r#"exec "PROGRAM" "$@" </dev/null"#);

    assert!(ended.printed.starts_with("no answer: "), "{ended:?}");
    assert!(
        ended
            .complaints
            .contains("its standard input is not the link"),
        "{ended:?}"
    );
}

#[test]
fn a_worker_whose_link_was_moved_tells_its_parent_why_it_leaves() {
    let ended = asked_through("moved-link", r#"exec "PROGRAM" "$@" 7<&0 </dev/null"#);

    assert!(
        ended.printed.contains("its standard input is not the link"),
        "{ended:?}"
    );
}

#[test]
fn a_grandchild_without_the_link_as_input_leaves() {
    let ended = asked_through("grandchild", "\"PROGRAM\" \"$@\" </dev/null\nexit $?");

    assert!(ended.printed.starts_with("no answer: "), "{ended:?}");
}

#[test]
fn a_grandchild_with_the_link_as_input_leaves() {
    let ended = asked_through("grandchild-link", "\"PROGRAM\" \"$@\"\nexit $?");

    assert!(ended.printed.starts_with("no answer: "), "{ended:?}");
}

#[test]
fn a_worker_that_lost_its_mark_leaves_and_tells_its_parent_why() {
    let ended = asked_through("no-mark", r#"exec env -i "PROGRAM" "$@""#);

    assert!(
        ended.printed.contains("CONCURRENT_FUTURES_WORKER"),
        "{ended:?}"
    );
}

#[test]
fn a_worker_without_standard_input_leaves() {
    let ended = asked_through("no-input", r#"exec "PROGRAM" "$@" <&-"#);

    assert!(ended.printed.starts_with("no answer: "), "{ended:?}");
}

#[test]
fn a_worker_that_may_open_no_descriptor_leaves_and_tells_its_parent_why() {
    let ended = asked_through("no-descriptors", "ulimit -n 3\nexec \"PROGRAM\" \"$@\"");

    assert!(ended.printed.starts_with("no answer: "), "{ended:?}");
}

/// What runs in a child of the next test, in place of what would make it a worker.
#[test]
#[ignore = "it is a helper of `a_child_that_skips_init_makes_no_pool`"]
fn a_pool_in_a_child() {
    if let Err(error) = ProcessPool::builder().build() {
        panic!("{error}");
    }
}

#[test]
fn a_child_that_skips_init_makes_no_pool() {
    let child = "becoming_a_worker::a_pool_in_a_child";
    let arguments = [child, "--exact", "--include-ignored", "--nocapture"];
    let builder = ProcessPool::builder().workers(1).args(arguments);
    let pool = made(builder.keep_stderr(20));

    let error = who::submit(&pool).soon().unwrap_err();

    assert!(error.is_executor_broken(), "{error}");
    let reason = "cannot be its own worker";
    assert!(error.to_string().contains(reason), "{error}");
}

/// What a program prints that asks a worker, started by this line of a shell.
#[track_caller]
fn asked_in(line: &str) -> Ended {
    let mut shell = Command::new("bash");
    shell.args(["-c", line, "bash", WHOLE_PROGRAM]);
    run_command(shell)
}

#[track_caller]
fn assert_answers_or_says_why(line: &str) -> Ended {
    let ended = asked_in(line);
    let said = ["answer: 42\n", "no answer: ", "no pool: "];
    assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
    assert!(
        said.iter().any(|said| ended.printed.starts_with(said)),
        "{line}: {ended:?}"
    );
    ended
}

#[test]
fn a_limit_on_the_size_of_files_is_a_typed_error_and_no_signal() {
    for limit in [0, 1, 100, 255] {
        let ended = asked_in(&format!("ulimit -f {limit}; exec \"$1\" asks"));

        assert_eq!(ended.code, Some(0), "{ended:?}");
        let expected = "no pool: system refused memory to share with workers";
        assert!(ended.printed.starts_with(expected), "{ended:?}");
    }
    assert_eq!(
        asked_in("ulimit -f 300; exec \"$1\" asks").printed,
        "answer: 42\n"
    );
}

#[test]
fn small_limits_give_an_answer_or_a_typed_error() {
    // With fewer the loader finds no library.
    for files in 5..=24 {
        assert_answers_or_says_why(&format!("ulimit -n {files}; exec \"$1\" asks"));
    }
    for limit in ["-l 0", "-s 256", "-c 0", "-x 0", "-i 0", "-q 0"] {
        assert_answers_or_says_why(&format!("ulimit {limit}; exec \"$1\" asks"));
    }
    for kib in [30_000, 60_000, 100_000] {
        assert_answers_or_says_why(&format!("ulimit -v {kib}; exec \"$1\" asks"));
    }
}

#[test]
fn few_processes_give_an_answer_or_a_typed_error() {
    if is_skipped(
        "root, who can become another user",
        is_root() && has("setpriv"),
    ) {
        return;
    }
    let place = Place::new("few");
    let program = place.program();
    for processes in 1..=6 {
        let mut command = Command::new("prlimit");
        command.arg(format!("--nproc={processes}")).arg("setpriv");
        command.args([format!("--reuid={OTHER_USER}"), "--clear-groups".to_owned()]);
        command.arg(&program).arg("asks");

        let ended = run_command(command);

        let said = ["answer: 42\n", "no answer: ", "no pool: "];
        assert!(
            said.iter().any(|said| ended.printed.starts_with(said)),
            "{processes}: {ended:?}"
        );
    }
}

/// The dynamic loader of this system, as the program names it.
fn loader() -> Option<PathBuf> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let mut files = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5));
    files.find(|file| file.contains("/ld-")).map(PathBuf::from)
}

#[test]
fn a_program_started_through_the_loader_starts_itself() {
    let loader = loader();
    if is_skipped("dynamic loader", loader.is_some()) {
        return;
    }
    let place = Place::new("loader");
    let program = place.program();
    for name in [&*program, "./program".as_ref()] {
        let mut command = Command::new(loader.as_ref().unwrap());
        command.current_dir(&place.0).arg(name).arg("asks");

        let ended = run_command(command);

        assert_eq!(ended.printed, "answer: 42\n", "{ended:?}");
    }
}

#[test]
fn a_program_that_its_loader_alone_may_run_makes_no_pool() {
    let loader = loader();
    if is_skipped("dynamic loader", loader.is_some()) {
        return;
    }
    let place = Place::new("not-executable");
    let program = place.program();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
    let mut command = Command::new(loader.unwrap());
    command.arg(&program).arg("asks");

    let ended = run_command(command);

    assert!(ended.printed.starts_with("no pool: "), "{ended:?}");
    assert!(ended.printed.contains("program"), "{ended:?}");
}

/// What a program prints that asks a worker where this command of a shell has changed what is
/// mounted.
fn asked_with_mounts(change: &str) -> Option<Ended> {
    let unshare = |line: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "bash", "-c", line, "bash", WHOLE_PROGRAM]);
        command
    };
    let can = unshare(change)
        .output()
        .is_ok_and(|done| done.status.success());
    if is_skipped("mounts that a test may change", can) {
        return None;
    }
    Some(run_command(unshare(&format!(
        "{change} && exec \"$1\" asks"
    ))))
}

#[test]
fn without_proc_a_program_still_starts_workers() {
    let Some(ended) = asked_with_mounts("umount -l /proc") else {
        return;
    };

    assert_eq!(ended.printed, "answer: 42\n", "{ended:?}");
}

#[test]
fn without_dev_null_a_worker_still_reads_an_empty_input() {
    let change = "mount -t tmpfs none /dev";
    let Some(ended) = asked_with_mounts(change) else {
        return;
    };

    assert_eq!(ended.printed, "answer: 42\n", "{ended:?}");
}
