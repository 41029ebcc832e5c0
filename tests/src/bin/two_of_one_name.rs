//! Two tasks of one name: the registry says so, processes refuse, and threads do not mind.

use std::env;

use concurrent_futures::{prelude::*, remote};

#[task(name = "shop.price")]
fn price(articles: u32) -> u32 {
    articles * 3
}

#[task(name = "shop.price")]
fn reduced_price(articles: u32) -> u32 {
    articles * 2
}

#[concurrent_futures::main]
fn main() -> Result<(), TaskError> {
    let pool = ThreadPool::new();
    let (full, reduced) = (price::submit(&pool, 1), reduced_price::submit(&pool, 1));
    println!("{} {}", full.result()?, reduced.result()?);
    if env::args().nth(1).is_some_and(|mode| mode == "processes") {
        println!("{}", ProcessPool::new().expect_err("no such tasks travel"));
        return Ok(());
    }
    match remote::tasks() {
        Ok(tasks) => println!("{} tasks", tasks.len()),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
