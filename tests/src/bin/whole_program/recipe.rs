//! Workers that start late, when much has changed since their pool was made.

use std::{env, fs, process};

use concurrent_futures::{ProcessPool, task};
use tests::{Soon, far::Death};

#[task]
fn die(how: Death) {
    how.now()
}

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

/// Deletes its own file, and then asks for workers.
pub(crate) fn start_when_deleted() {
    let pool = one_worker();
    let file = env::current_exe().expect("the system tells");
    fs::remove_file(&file).expect("it is a copy made for this");
    assert_eq!(double::submit(&pool, 21).soon().ok(), Some(42));
    fs::write(&file, "another program").expect("there is room for a file");
    assert!(die::submit(&pool, Death::Abort).soon().is_err());
    assert_eq!(double::submit(&pool, 21).soon().ok(), Some(42));
    println!("started");
}

/// Where a worker is, and with what.
#[task]
fn surroundings() -> Vec<String> {
    let mut found: Vec<String> = env::args().skip(1).collect();
    let variable = env::var("SURROUNDINGS").unwrap_or_default();
    let directory = env::current_dir().expect("there is one");
    found.extend([variable, directory.to_string_lossy().into_owned()]);
    found
}

/// Moves to another directory and changes its environment, and then needs another worker.
#[expect(unsafe_code, reason = "changes the environment")]
pub(crate) fn move_about() {
    let pool = one_worker();
    let before = surroundings();
    assert_eq!(
        surroundings::submit(&pool).soon().ok(),
        Some(before.clone())
    );
    env::set_current_dir("/").expect("everybody may go there");
    // SAFETY: the threads of the pool read the environment through std, if at all.
    unsafe { env::set_var("SURROUNDINGS", "others") };
    assert_ne!(surroundings(), before);
    assert!(die::submit(&pool, Death::Abort).soon().is_err());
    assert_eq!(surroundings::submit(&pool).soon().ok(), Some(before));
    println!("process {} moved alone", process::id());
}

fn one_worker() -> ProcessPool {
    let builder = ProcessPool::builder().workers(1);
    builder.build().expect("this program was initialized")
}
