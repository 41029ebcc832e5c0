//! Leaves fifty calls behind, each of which prints a line; its `main` carries our attribute.

use std::{
    error::Error,
    mem::forget,
    sync::{
        LazyLock,
        mpsc::{Receiver, channel},
    },
};

use concurrent_futures::ThreadPool;

static POOL: LazyLock<ThreadPool> = LazyLock::new(one_worker);

fn one_worker() -> ThreadPool {
    ThreadPool::builder()
        .workers(1)
        .build()
        .expect("one worker is enough")
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    // The first call waits until this is dropped: nothing runs while `main` does.
    let (_until_main_ends, main_ends) = channel::<()>();
    let mode = std::env::args().nth(1).unwrap_or_default();
    match &*mode {
        "static" => fifty_calls(&POOL, main_ends),
        "chain" => chain(0, Some(main_ends)),
        "forgotten" => {
            let pool = one_worker();
            fifty_calls(&pool, main_ends);
            // The program is to remember them all, and not the last one alone.
            forget((pool, one_worker()));
        }
        _ => {
            let pool = one_worker();
            fifty_calls(&pool, main_ends);
            pool.shutdown_detached();
        }
    }
    println!("main ends");
    match &*mode {
        "panic" => panic!("main was asked to panic"),
        "error" => Err("main was asked to fail".into()),
        _ => Ok(()),
    }
}

fn fifty_calls(pool: &ThreadPool, main_ends: Receiver<()>) {
    pool.spawn(move || main_ends.recv().is_ok()).detach();
    for n in 0..50 {
        pool.spawn(move || println!("call {n}")).detach();
    }
}

/// Each call submits the next.
fn chain(n: u32, main_ends: Option<Receiver<()>>) {
    POOL.spawn(move || {
        if let Some(main_ends) = main_ends {
            let _ = main_ends.recv();
        }
        println!("call {n}");
        if n < 49 {
            chain(n + 1, None);
        }
    })
    .detach();
}
