//! Fails with an error of the library, in one of the ways in which users see errors.
//!
//! `fails NAME question` returns it from `main`; `unwrap` and `expect` call the method of that
//! name. Before that the program prints the error's text. `fails list` prints the names, each of
//! which begins with the type.

use std::{env, error::Error, fmt, num::ParseIntError, sync::mpsc::channel};

use concurrent_futures::{
    Future, PoolChoice, Promise, as_completed, init, prelude::*, remote, remote::TaskKey,
};

type Ended = Result<(), Box<dyn Error>>;

/// Its name, and what fails so, in the way that is asked for.
type Case = (&'static str, fn(&str) -> Ended);

const CASES: &[Case] = &[
    ("BuildError::NotInitialized", |how| {
        end(how, ProcessPool::new())
    }),
    ("BuildError::ZeroWorkers", |how| {
        end(how, ThreadPool::builder().workers(0).build())
    }),
    ("Failure::Returned", |how| {
        end(how, parse::submit(&Inline, "7x").try_result())
    }),
    ("Failure::Returned with causes", |how| {
        end(how, order::submit(&Inline).try_result())
    }),
    ("Failure::Task", |how| {
        end(how, fall::submit(&Inline).try_result())
    }),
    ("Full", full),
    ("MapError", |how| {
        let options = MapOptions::new().chunk_size(0);
        end(how, double::map_with(&Inline, options, 0..3))
    }),
    ("NotDone", |how| {
        end(how, pending().result_timeout(Duration::ZERO))
    }),
    ("PoolChoiceError", |how| {
        end(how, "thread".parse::<PoolChoice>())
    }),
    ("PoolError", |how| {
        end(how, Pool::from_env("A_VARIABLE_OF_NO_PROGRAM", "thread"))
    }),
    ("PortableError", |how| end(how, order())),
    ("RegistryError", |how| {
        end(how, remote::find(&unknown_key()))
    }),
    ("StillBusy", still_busy),
    ("TaskError::Cancelled", cancelled),
    ("TaskError::Panicked", |how| {
        end(how, fall::submit(&Inline).result())
    }),
    ("TaskError::Rejected", |how| {
        end(how, double::submit(&Inline, 1).result())
    }),
    ("TaskError::WorkerLost", |how| end(how, die_in_a_worker())),
    ("TimedOut", |how| {
        end(how, pending().get_timeout(Duration::ZERO))
    }),
    ("Unfinished", unfinished),
    ("WorkerDeath", |how| {
        let error = die_in_a_worker().expect_err("its worker ends");
        end(
            how,
            error.death().map_or(Ok(()), |death| Err(death.clone())),
        )
    }),
];

/// Those that need workers; one of the others is that there can be none.
const OF_WORKERS: &[&str] = &["TaskError::WorkerLost", "WorkerDeath"];

fn main() -> Ended {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().expect("the name of an error");
    if name == "list" {
        CASES.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    }
    let _guard = OF_WORKERS.contains(&&*name).then(init);
    let case = CASES.iter().find(|(known, _)| *known == name);
    let how = arguments.next().expect("what to do with it");
    case.expect("an error of the list").1(&how)
}

fn end<T, E: Error + 'static>(how: &str, result: Result<T, E>) -> Ended {
    let ended = result.map(drop);
    if let Err(error) = &ended {
        println!("{error}");
    }
    match how {
        "unwrap" => ended.unwrap(),
        "expect" => ended.expect("it works"),
        _ => ended?,
    }
    Ok(())
}

#[task(timeout = "5s")]
fn double(n: u64) -> u64 {
    n * 2
}

#[task]
fn fall() -> Result<u64, ParseIntError> {
    panic!("out of paper")
}

#[task]
fn parse(text: &str) -> Result<u64, ParseIntError> {
    text.parse()
}

#[task]
fn order() -> Result<u64, PortableError> {
    Ok(parse("7x").map_err(Unreadable)?)
}

/// An error with a cause.
#[derive(Debug)]
struct Unreadable(ParseIntError);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("order cannot be read")
    }
}

impl Error for Unreadable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[task]
fn die() {
    eprintln!("there is no paper");
    eprintln!("and no ink");
    std::process::exit(3)
}

fn die_in_a_worker() -> Result<(), TaskError> {
    let builder = ProcessPool::builder().workers(1).keep_stderr(2);
    let pool = builder.build().expect("it can be built");
    die::submit(&pool).result()
}

/// A call that stays pending.
fn pending() -> Future<u64> {
    let (promise, future) = Promise::<u64>::new();
    std::mem::forget(promise);
    future
}

fn unknown_key() -> TaskKey {
    serde_json::from_str(r#"["no.such.task", 7]"#).expect("a key is a path and a number")
}

fn cancelled(how: &str) -> Ended {
    let future = pending();
    future.cancel();
    end(how, future.result())
}

fn unfinished(how: &str) -> Ended {
    let mut ends = as_completed([pending(), pending()]).timeout(Duration::ZERO);
    end(how, ends.next().expect("the time is over"))
}

/// A pool whose only worker waits, and the end of that.
fn busy() -> (ThreadPool, std::sync::mpsc::Sender<()>) {
    let builder = ThreadPool::builder().workers(1).max_pending(1);
    let pool = builder.build().expect("it can be built");
    let ((go, wait_for_go), (started, has_started)) = (channel::<()>(), channel());
    pool.spawn(move || {
        let _ = started.send(());
        let _ = wait_for_go.recv();
    })
    .detach();
    has_started.recv().expect("it starts");
    (pool, go)
}

fn full(how: &str) -> Ended {
    let (pool, _go) = busy();
    pool.spawn(|| ()).detach();
    end(how, pool.try_submit(parse::new("7")))
}

fn still_busy(how: &str) -> Ended {
    let (pool, _go) = busy();
    end(how, pool.wait_idle_timeout(Duration::ZERO))
}
