//! Tasks whose arguments or results cannot leave the process: they run in it as any other.

use std::{
    fs::File,
    io::{self, Read},
    sync::{Arc, Mutex, mpsc::Sender},
};

use concurrent_futures::{Submit, remote, task};
use tests::{Soon, receive};

use crate::fixture::SharedMemory;

#[task]
fn first_byte(mut file: File) -> io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}

#[task]
fn open(path: &std::path::Path) -> io::Result<File> {
    File::open(path)
}

#[task]
fn applied(function: fn(u8) -> u8, closure: Box<dyn FnOnce(u8) -> u8 + Send>) -> u8 {
    closure(function(1))
}

#[task]
fn told(text: &'static str, tell: Sender<&'static str>) -> &'static str {
    let _ = tell.send(text);
    text
}

#[task]
fn counted(count: &Arc<Mutex<u32>>) -> u32 {
    let mut count = count.lock().unwrap();
    *count += 1;
    *count
}

/// Knows nothing of serde.
struct Local(u8);

#[task]
fn of_a_local(local: Local) -> Local {
    Local(local.0 + 1)
}

/// The only one here that can leave.
#[task]
fn leaves(n: u8) -> u8 {
    n
}

pub(crate) fn an_open_file_is_an_argument_and_a_result<F: SharedMemory>() {
    let pool = F::pool(1);
    let path = std::env::current_exe().unwrap();

    let file = open::submit(&pool, &path).soon().unwrap().unwrap();
    let byte = first_byte::submit(&pool, file).soon().unwrap();
    let missing = open::submit(&pool, "no such file").soon().unwrap();

    let expected = first_byte(open(&path).unwrap()).unwrap();
    assert_eq!(byte.unwrap(), expected);
    assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
}

pub(crate) fn a_closure_is_an_argument<F: SharedMemory>() {
    let (pool, more) = (F::pool(1), 40);

    let applied = applied::submit(&pool, |n| n + 1, Box::new(move |n| n + more));

    assert_eq!(applied.soon().unwrap(), 42);
}

pub(crate) fn what_lives_for_ever_is_handed_over_as_it_is<F: SharedMemory>() {
    let (pool, (tx, rx)) = (F::pool(1), std::sync::mpsc::channel());
    let text = "as it is";

    let returned = told::submit(&pool, text, tx).soon().unwrap();

    assert_eq!(
        (returned.as_ptr(), receive(&rx).as_ptr()),
        (text.as_ptr(), text.as_ptr())
    );
}

pub(crate) fn what_calls_share_they_share_with_the_caller<F: SharedMemory>() {
    let (pool, count) = (F::pool(1), Arc::new(Mutex::new(0)));

    let counts = counted::map(&pool, std::iter::repeat_n(&count, 3)).into_vec();

    assert_eq!(counts.unwrap().len(), 3);
    assert_eq!(*count.lock().unwrap(), 3);
}

pub(crate) fn a_type_that_serde_does_not_know_is_handed_over<F: SharedMemory>() {
    let pool = F::pool(1);

    let locals = of_a_local::map(&pool, [Local(1), Local(2)]).into_vec();

    assert_eq!(locals.unwrap().iter().map(|local| local.0).sum::<u8>(), 5);
    assert_eq!(
        pool.submit(of_a_local { local: Local(3) })
            .soon()
            .unwrap()
            .0,
        4
    );
}

#[test]
fn tasks_that_stay_here_are_not_in_the_registry() {
    let module = concat!(module_path!(), "::");

    let tasks = remote::tasks().unwrap();

    let names = tasks.iter().map(|entry| entry.name());
    let here: Vec<_> = names.filter(|name| name.starts_with(module)).collect();
    assert_eq!(here, [format!("{module}leaves")]);
}
